//! Queries about people and servers (version, ping, time, card), and setting the user's own presence.

use super::super::overlays::{first_run, form, presence, text};
use super::super::turn::{Done, Turn};
use super::target::{account, online, or_peer, resolve, with_resource};
use crate::action::Target;
use crate::contract::{Command, command};
use crate::model::{AccountId, Availability, BareJid, ChatId, Jid, OwnPresence, Untrusted};
use crate::state::overlays::{FirstRunMode, Overlay};
use crate::state::work::Question;
use crate::text::date;
use crate::words;

/// Which software somebody uses.
pub(crate) fn version(turn: &mut Turn, who: Option<Target>) -> Done {
    let of = online(turn)?;
    let jid = or_peer(turn, who)?;
    let jid = with_resource(turn, &of, jid);
    let token = turn.ask(&of, Question::Entity);
    turn.command(&of, Command::Service(command::service::Command::Version { jid, token }));
    Ok(())
}

/// How long an answer takes; the server's without a name.
pub(crate) fn ping(turn: &mut Turn, who: Option<Target>) -> Done {
    let of = online(turn)?;
    let jid = match who {
        Some(who) => {
            let jid = resolve(turn, &who)?;
            Some(with_resource(turn, &of, jid))
        }
        None => None,
    };
    let token = turn.ask(&of, Question::Entity);
    turn.command(&of, Command::Service(command::service::Command::Ping { jid, token }));
    Ok(())
}

/// What time it is where somebody is.
pub(crate) fn time(turn: &mut Turn, who: Option<Target>) -> Done {
    let of = online(turn)?;
    let jid = or_peer(turn, who)?;
    let jid = with_resource(turn, &of, jid);
    let token = turn.ask(&of, Question::Entity);
    turn.command(&of, Command::Service(command::service::Command::Time { jid, token }));
    Ok(())
}

/// Registers with a service, or makes a new account on a server.
pub(crate) fn register(turn: &mut Turn, server: Option<BareJid>) {
    match (server, online(turn)) {
        // A service of one's own server is registered with; any other server gets a new account.
        (Some(jid), Ok(of)) if is_service(turn, &of, &jid) => {
            form::ask_registration(turn, &of, jid.to_jid());
        }
        (Some(jid), _) => first_run::open(turn, FirstRunMode::Register, jid.as_str()),
        (None, _) => first_run::open(turn, FirstRunMode::Register, ""),
    }
}

fn is_service(turn: &Turn, account: &AccountId, jid: &BareJid) -> bool {
    let domain = jid.as_str();
    let own = account.jid().domain();
    let is_known =
        turn.state.accounts.get(account).is_some_and(|a| a.services.iter().any(|(_, s)| s.as_str() == domain));
    is_known || (domain.ends_with(own) && domain != own)
}

/// Everything that is known about somebody.
pub(crate) fn whois(turn: &mut Turn, who: Option<Target>) -> Done {
    let of = account(turn)?;
    let jid = or_peer(turn, who)?;
    card(turn, &of, &jid);
    Ok(())
}

/// A card of all that is known about an address.
pub(crate) fn card(turn: &mut Turn, of: &AccountId, jid: &Jid) {
    let mut lines: Vec<Untrusted> = vec![text::row(words::card::address(), jid.shown())];
    if jid.shown() != jid.as_str() {
        lines.push(text::row(words::card::as_sent(), jid));
    }
    let heading = lines.len();
    let bare = jid.bare();
    if let Some(contact) = turn.state.roster.get(of, &bare) {
        if let Some(name) = &contact.name {
            lines.push(text::row(words::card::name(), name.raw()));
        }
        let how = contact.subscription.word();
        let how = if contact.is_asked { words::card::asked(how) } else { how.to_owned() };
        lines.push(text::row(words::card::subscription(), how));
        if !contact.groups.is_empty() {
            let groups: Vec<&str> = contact.groups.iter().map(Untrusted::raw).collect();
            lines.push(text::row(words::card::groups(), groups.join(", ")));
        }
    }
    if let Some(room) = turn.state.rooms.get(of, &bare) {
        match jid.resource().and_then(|nick| room.occupants.get(nick)) {
            Some(occupant) => {
                lines.push(text::row(words::card::nickname(), occupant.nick.raw()));
                lines.push(text::row(words::card::role(), occupant.role.word()));
                lines.push(text::row(words::card::affiliation(), occupant.affiliation.word()));
                lines.push(text::row(words::card::presence(), words::presence::label(occupant.availability)));
                if let Some(real) = &occupant.real_jid {
                    lines.push(text::row(words::card::real_address(), real));
                }
                if let Some(status) = occupant.status.as_ref().filter(|s| !s.is_empty()) {
                    lines.push(text::row(words::card::status(), status.raw()));
                }
            }
            None => {
                lines.push(text::row(words::card::people(), room.occupants.len()));
                if let Some(words) = room.description.as_ref().filter(|d| !d.is_empty()) {
                    lines.push(text::row(words::card::description(), words.raw()));
                }
                if !room.traits.is_empty() {
                    lines.push(text::row(words::card::traits(), room.traits.join(" · ")));
                }
                if !room.subject.is_empty() {
                    lines.push(text::row(words::card::subject(), room.subject.raw()));
                }
            }
        }
    }
    let device = turn.state.chats.get(&ChatId::new(of.clone(), &bare)).and_then(|chat| chat.device.clone());
    if let Some(device) = device.as_ref().and_then(Jid::resource) {
        lines.push(text::row(words::card::messages_to(), device));
    }
    let zone = turn.state.zone_minutes;
    for resource in turn.state.presence.of(of, &bare) {
        lines
            .push(format!("# {}", resource.jid.resource().map_or_else(words::card::no_resource, str::to_owned)).into());
        lines.push(text::row(words::card::presence(), words::presence::label(resource.availability)));
        if let Some(status) = resource.status.as_ref().filter(|s| !s.is_empty()) {
            lines.push(text::row(words::card::status(), status.raw()));
        }
        lines.push(text::row(words::card::priority(), resource.priority));
        lines.push(text::row(words::card::since(), date::stamp(resource.since.0, zone)));
        if let Some(idle) = resource.idle_since {
            let how_long = date::span(turn.now().0 - idle.0);
            let idle = words::card::idle_for(&how_long, &date::stamp(idle.0, zone));
            lines.push(text::row(words::card::idle(), idle));
        }
        if let Some(client) = &resource.client {
            lines.push(text::row(words::card::client(), client.raw()));
        }
    }
    if lines.len() == heading {
        lines.push(words::card::nothing_more().into());
    }
    let title = turn.state.contact_name(of, &bare, None);
    text::open(turn, crate::text::line(title.raw()).into_owned(), lines);
    ask_card(turn, of, jid);
}

/// Asks for the card (XEP-0054) of a person; a room has none of its own that is shown here.
fn ask_card(turn: &mut Turn, of: &AccountId, jid: &Jid) {
    let is_online = turn.state.accounts.get(of).is_some_and(|a| a.conn.is_online());
    let is_room = turn.state.rooms.get(of, &jid.bare()).is_some();
    let whom = if is_room { jid.clone() } else { jid.bare().to_jid() };
    if !is_online || (is_room && whom.is_bare()) {
        return;
    }
    let token = turn.ask(of, Question::Card);
    turn.command(of, Command::Service(command::service::Command::Card { jid: whom, token }));
}

/// A card came: it goes below what is shown of that person, if that is still open.
pub(crate) fn card_arrived(turn: &mut Turn, jid: &Jid, lines: Vec<(String, Untrusted)>) {
    let Some(Overlay::Text(view)) = turn.state.overlays.last_mut() else { return };
    let heading = text::row(words::card::address(), jid.shown());
    let is_theirs = view
        .lines
        .first()
        .and_then(|line| line.raw().strip_prefix(heading.raw()))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if !is_theirs || lines.is_empty() {
        return;
    }
    view.lines.push(format!("# {}", words::card::card()).into());
    view.lines.extend(lines.into_iter().map(|(label, text)| text::row(label, text.raw())));
}

/// What the user shows now, as the base of a change.
fn shown(turn: &Turn) -> Result<OwnPresence, String> {
    let of = account(turn)?;
    let known = turn.state.accounts.get(&of).ok_or_else(words::session::no_such_account)?;
    Ok(known.before_auto_away.clone().unwrap_or_else(|| known.presence.clone()))
}

/// Shows this of the user.
pub(crate) fn set_presence(turn: &mut Turn, availability: Option<Availability>, text: Option<String>) -> Done {
    let before = shown(turn)?;
    let status: String = text.unwrap_or_default().chars().take(presence::STATUS).collect();
    let wanted = OwnPresence { availability: availability.unwrap_or(before.availability), status, ..before };
    presence::set(turn, None, &wanted);
    Ok(())
}

/// Shows this to one address only.
pub(crate) fn direct(turn: &mut Turn, to: Jid, availability: Availability, text: Option<String>) -> Done {
    let of = online(turn)?;
    let wanted = OwnPresence { availability, status: text.unwrap_or_default(), ..shown(turn)? };
    turn.info(words::presence::directed(&to, &words::presence::label(availability)));
    turn.command(&of, Command::Presence(command::presence::Command::Direct { to, presence: wanted }));
    Ok(())
}

/// The priority of this client.
pub(crate) fn priority(turn: &mut Turn, priority: i8) -> Done {
    let wanted = OwnPresence { priority, ..shown(turn)? };
    presence::set(turn, None, &wanted);
    turn.info(words::presence::priority_is(priority));
    Ok(())
}
