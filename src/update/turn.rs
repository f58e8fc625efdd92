//! One call of `update`: the state, the effects so far, and fresh ids. Every handler takes a [`Turn`] and nothing else,
//! so that none has a clock, random numbers or a channel of its own.

use super::effect::{Effect, Effects};
use super::msg::Stamp;
use crate::action::Keymap;
use crate::contract::{Command, Query, UserWrite, command};
use crate::model::{AccountId, StanzaId, Time, Token, Untrusted};
use crate::state::State;
use crate::state::overlays::Choice;
use crate::state::toasts::{Severity, Toast};
use crate::state::work::Question;
use std::collections::VecDeque;
use std::time::Duration;

/// How many toasts are shown at once.
const TOASTS: usize = 5;

/// Done, or why not, in words for the user.
pub(crate) type Done = Result<(), String>;

/// What a handler of `update` works with.
pub(crate) struct Turn<'a> {
    /// The state, to read and to change.
    pub(crate) state: &'a mut State,
    /// The effects so far, in order.
    pub(crate) effects: Effects,
    /// The keymap in force.
    pub(crate) keymap: &'a Keymap,
    is_by_user: bool,
    chosen: VecDeque<Choice>,
    seed: u128,
    ids: u128,
}

impl<'a> Turn<'a> {
    /// Begins a turn; `is_by_user` where a key of the user began it.
    pub(crate) fn new(state: &'a mut State, stamp: Stamp, keymap: &'a Keymap, is_by_user: bool) -> Self {
        state.now = stamp.now;
        state.zone_minutes = stamp.zone_minutes;
        Self { state, effects: Effects::new(), keymap, is_by_user, chosen: VecDeque::new(), seed: stamp.seed, ids: 0 }
    }

    /// A key of the user that waited for a moment is done now: what comes of it is theirs.
    pub(crate) fn goes_on_for_user(&mut self) {
        self.is_by_user = true;
    }

    /// Whether all that happens in this turn comes of a key that the user pressed.
    pub(crate) fn is_by_user(&self) -> bool {
        self.is_by_user
    }

    /// The clock.
    pub(crate) fn now(&self) -> Time {
        self.state.now
    }

    /// Asks something of the world.
    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Notes what the user chose in an overlay. It is done when the message has been dealt with: overlays know nothing
    /// of actions, since actions open overlays.
    pub(crate) fn choose(&mut self, choice: Choice) {
        self.chosen.push_back(choice);
    }

    /// The next of what was chosen, which is to be done now.
    pub(crate) fn next_chosen(&mut self) -> Option<Choice> {
        self.chosen.pop_front()
    }

    /// Hands a command to an account's engine.
    pub(crate) fn command(&mut self, account: &AccountId, command: Command) {
        self.effects.push(Effect::Command(account.clone(), command));
    }

    /// Hands a command about a room to an account's engine.
    pub(crate) fn muc(&mut self, account: &AccountId, command: command::muc::Command) {
        self.command(account, Command::Muc(command));
    }

    /// Has the store write. How far a chat is read is said once for all messages of a turn.
    pub(crate) fn write(&mut self, write: UserWrite) {
        if let UserWrite::Read { chat, up_to } = &write
            && let Some(Effect::Write(UserWrite::Read { chat: before, up_to: old })) = self.effects.last_mut()
            && before == chat
        {
            *old = *up_to;
            return;
        }
        self.effects.push(Effect::Write(write));
    }

    /// Asks the store.
    pub(crate) fn query(&mut self, query: Query) {
        self.effects.push(Effect::Query(query));
    }

    /// A number for a query.
    pub(crate) fn seq(&mut self) -> u64 {
        self.state.work.last_seq += 1;
        self.state.work.last_seq
    }

    /// A token for a question that no answer has yet.
    pub(crate) fn token(&mut self) -> Token {
        self.state.work.last_token += 1;
        Token(self.state.work.last_token)
    }

    /// A token that remembers what was asked.
    pub(crate) fn ask(&mut self, account: &AccountId, asked: Question) -> Token {
        let token = self.token();
        let open = &mut self.state.work.asked;
        if open.len() >= 256 {
            open.remove(0);
        }
        open.push((token, account.clone(), asked));
        token
    }

    /// What was asked with this token; it is forgotten. `None` for tokens that are not ours.
    pub(crate) fn asked(&mut self, account: &AccountId, token: Token) -> Option<Question> {
        let open = &mut self.state.work.asked;
        let at = open.iter().position(|(t, a, _)| *t == token && a == account)?;
        Some(open.remove(at).2)
    }

    /// A fresh id: 128 random bits of the turn, told apart within it.
    pub(crate) fn id(&mut self) -> StanzaId {
        // The multiplier is odd, so different counts give different ids for one seed.
        let id = self.seed ^ self.ids.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        self.ids += 1;
        format!("{id:032x}").into()
    }

    /// Keeps a line in the log.
    pub(crate) fn log(&mut self, text: impl Into<Untrusted>) {
        let now = self.now();
        self.state.console.note(now, text.into());
    }

    /// Shows short news, and keeps it in the log.
    pub(crate) fn toast(&mut self, severity: Severity, text: impl Into<Untrusted>) {
        let text = text.into();
        self.log(text.clone());
        let seconds = match severity {
            Severity::Info => Some(4),
            Severity::Warning => Some(8),
            Severity::Error => None,
        };
        let until = seconds.map(|s| self.now().plus(Duration::from_secs(s)));
        let list = &mut self.state.toasts.list;
        list.retain(|t| t.text != text);
        if list.len() >= TOASTS {
            // Errors wait for a key, so they are the last to make room.
            let at = list.iter().position(|t| t.until.is_some()).unwrap_or(0);
            list.remove(at);
        }
        list.push(Toast { severity, text, until });
    }

    /// Good to know.
    pub(crate) fn info(&mut self, text: impl Into<Untrusted>) {
        self.toast(Severity::Info, text);
    }

    /// Look at it.
    pub(crate) fn warn(&mut self, text: impl Into<Untrusted>) {
        self.toast(Severity::Warning, text);
    }

    /// Something failed: what, why, what to do.
    pub(crate) fn error(&mut self, text: impl Into<Untrusted>) {
        self.toast(Severity::Error, text);
    }

    /// The sidebar's rows are out of date.
    pub(crate) fn touch_sidebar(&mut self) {
        self.state.work.is_sidebar_stale = true;
    }
}
