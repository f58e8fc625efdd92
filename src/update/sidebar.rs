//! The rows of the sidebar. They are made again from the state, at most thirty times a second, so that a flood of
//! presences and messages costs no more than a quiet minute. A key always sees the newest rows.

use super::turn::Turn;
use crate::model::{AccountId, Availability, BareJid, ChatId, ChatKind, Contact, Untrusted};
use crate::state::State;
use crate::state::sidebar::{Row, Section};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// The least time between two makings while nobody presses a key.
pub(crate) const REST: Duration = Duration::from_millis(33);

/// Makes the rows anew where they are out of date and it is time, or `now` says that it must be.
pub(crate) fn freshen(turn: &mut Turn, is_urgent: bool) {
    let work = &turn.state.work;
    if !work.is_sidebar_stale {
        return;
    }
    let now = turn.now();
    let is_due = now.since(work.sidebar_made) >= REST || work.sidebar_made > now;
    if !is_urgent && !is_due {
        return;
    }
    turn.state.work.is_sidebar_stale = false;
    turn.state.work.sidebar_made = now;
    let before = turn.state.sidebar.rows.get(turn.state.sidebar.selected).cloned();
    let rows = rows(turn.state);
    let sidebar = &mut turn.state.sidebar;
    // The keys stay at what they were at, wherever it stands now.
    let again = before.and_then(|row| rows.iter().position(|r| is_same(r, &row)));
    sidebar.selected = again.unwrap_or_else(|| sidebar.selected.min(rows.len().saturating_sub(1)));
    sidebar.rows = rows;
}

fn is_same(a: &Row, b: &Row) -> bool {
    match (a, b) {
        (Row::Contact { account, jid, .. }, Row::Contact { account: of, jid: who, .. }) => account == of && jid == who,
        (Row::Section { section, group, .. }, Row::Section { section: s, group: g, .. }) => section == s && group == g,
        (Row::Account(_) | Row::Section { .. } | Row::Chat(_) | Row::Contact { .. } | Row::Request(_), _) => a == b,
    }
}

fn rows(state: &State) -> Vec<Row> {
    let mut out = Vec::new();
    let filter = state.sidebar.filter.as_deref().unwrap_or_default().to_lowercase();
    for account in &state.accounts.list {
        let id = account.id();
        if state.accounts.list.len() > 1 {
            out.push(Row::Account(id.clone()));
        }
        let mut of_account = Rows { state, account: id, filter: &filter, out: &mut out };
        of_account.requests();
        of_account.chats();
        of_account.rooms();
        of_account.contacts();
    }
    out
}

struct Rows<'a> {
    state: &'a State,
    account: &'a AccountId,
    filter: &'a str,
    out: &'a mut Vec<Row>,
}

impl Rows<'_> {
    fn section(&mut self, section: Section, group: Option<Untrusted>, rows: Vec<Row>) {
        if rows.is_empty() {
            return;
        }
        let key = (section, group);
        // While the user filters, what is folded away is found as well.
        let is_folded = self.filter.is_empty() && self.state.sidebar.folded.contains(&key);
        let (section, group) = key;
        self.out.push(Row::Section { section, group, count: rows.len(), is_folded });
        if !is_folded {
            self.out.extend(rows);
        }
    }

    fn is_wanted(&self, name: &str, address: &str) -> bool {
        self.filter.is_empty() || name.to_lowercase().contains(self.filter) || address.contains(self.filter)
    }

    fn requests(&mut self) {
        let list = self.state.requests.list.iter().enumerate().filter(|(_, r)| r.account() == self.account);
        let rows = list.map(|(at, _)| Row::Request(at)).collect();
        if self.filter.is_empty() {
            self.section(Section::Requests, None, rows);
        }
    }

    fn open_chats(&self, is_room: bool) -> Vec<(ChatId, Untrusted, crate::model::Time)> {
        let current = self.state.chats.current.as_ref();
        let list = self.state.chats.by_id.values().filter(|c| c.id.account == *self.account);
        list.filter(|c| (c.kind == ChatKind::Room) == is_room)
            .filter(|c| c.is_open || (c.is_accepted && current == Some(&c.id)))
            .map(|c| (c.id.clone(), self.state.chat_name(&c.id), c.last_activity))
            .filter(|(id, name, _)| self.is_wanted(name.raw(), id.address.as_str()))
            .collect()
    }

    fn chats(&mut self) {
        let mut list = self.open_chats(false);
        // The latest first; the address keeps those without any activity in one order.
        list.sort_by(|(a, _, x), (b, _, y)| y.cmp(x).then_with(|| a.address.cmp(&b.address)));
        self.section(Section::Chats, None, list.into_iter().map(|(id, ..)| Row::Chat(id)).collect());
    }

    fn rooms(&mut self) {
        let mut list = self.open_chats(true);
        // By name, so that a busy room does not move under the user's eyes.
        list.sort_by_cached_key(|(id, name, _)| (name.raw().to_lowercase(), id.address.clone()));
        self.section(Section::Rooms, None, list.into_iter().map(|(id, ..)| Row::Chat(id)).collect());
    }

    fn contacts(&mut self) {
        let Some(contacts) = self.state.roster.by_account.get(self.account) else { return };
        let open: HashSet<BareJid> = self.open_chats(false).into_iter().map(|(id, ..)| id.address.bare()).collect();
        let mut groups: BTreeMap<Option<Untrusted>, Vec<(bool, String, Row)>> = BTreeMap::new();
        for contact in contacts.values().filter(|c| !open.contains(&c.jid)) {
            let name = contact.name.as_ref().filter(|n| !n.is_empty()).map_or(contact.jid.as_str(), Untrusted::raw);
            if !self.is_wanted(name, contact.jid.as_str()) {
                continue;
            }
            let availability = self.state.presence.availability(self.account, &contact.jid);
            for group in groups_of(contact) {
                let row = Row::Contact { account: self.account.clone(), jid: contact.jid.clone(), availability };
                let key = (availability == Availability::Offline, name.to_lowercase(), row);
                groups.entry(group).or_default().push(key);
            }
        }
        for (group, mut rows) in groups {
            rows.sort_by(|(a, x, _), (b, y, _)| a.cmp(b).then_with(|| x.cmp(y)));
            self.section(Section::Contacts, group, rows.into_iter().map(|(.., row)| row).collect());
        }
    }
}

fn groups_of(contact: &Contact) -> Vec<Option<Untrusted>> {
    if contact.groups.is_empty() { vec![None] } else { contact.groups.iter().cloned().map(Some).collect() }
}
