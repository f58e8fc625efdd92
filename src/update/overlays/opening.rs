//! Opens overlays: nothing else puts one on the screen.
//!
//! A key of the user opens one at once. Whatever else wants one (a server that asks for the password, a form that comes
//! late, the keyring) would take the keys from somebody in the middle of a sentence, and the rest of the sentence would
//! go to whoever asked. So such a box waits until no key was pressed for a while and nothing is written; a line says what
//! it wants and which key opens it. The keys of its first moments still go where they would have gone without it, and
//! the box waits again. What a room or a stranger causes opens no box at all: it is a line in the chat, or a request.

use super::super::turn::{Done, Turn};
use crate::action::Action;
use crate::model::{AccountId, Time, Untrusted};
use crate::state::boxes::{Opened, Waiting};
use crate::state::composer::TextBox;
use crate::state::overlays::{FormPurpose, Overlay, Prompt, PromptKind};
use crate::words;
use std::mem;
use std::time::Duration;

/// So long no key was pressed before a box opens by itself.
const QUIET: Duration = Duration::from_secs(3);
/// So long after it opened by itself the keys are not the box's.
const YOUNG: Duration = Duration::from_millis(500);
/// More do not wait.
const MOST: usize = 32;

/// Opens an overlay; one that no key opens waits. Of several that ask the same, the newest stays.
pub(crate) fn open(turn: &mut Turn, overlay: Overlay) {
    open_about(turn, None, overlay);
}

/// Opens an overlay about an account: the user may have asked for it with the last key, and wait for it.
pub(crate) fn open_for(turn: &mut Turn, account: &AccountId, overlay: Overlay) {
    open_about(turn, Some(account.clone()), overlay);
}

/// Shows a line to fill in. The same question that is open already stays, with what is typed.
pub(super) fn open_prompt(
    turn: &mut Turn,
    account: &AccountId,
    kind: PromptKind,
    text: String,
    is_secret: bool,
    error: Option<Untrusted>,
) {
    let is_it = |o: &&mut Overlay| matches!(o, Overlay::Prompt(p) if p.kind == kind);
    if let Some(Overlay::Prompt(open)) = turn.state.overlays.iter_mut().find(is_it) {
        (open.text, open.error) = (text.into(), error);
        return;
    }
    let prompt = Prompt { kind, text: text.into(), input: TextBox::default(), is_secret, saving: None, error };
    open_for(turn, account, Overlay::Prompt(prompt));
}

fn open_about(turn: &mut Turn, account: Option<AccountId>, overlay: Overlay) {
    // Without an account there is nothing behind the first screen that anybody could be writing into.
    let is_first = matches!(overlay, Overlay::FirstRun(_)) && turn.state.accounts.list.is_empty();
    turn.state.boxes.waiting.retain(|w| !is_same(&w.overlay, &overlay));
    if turn.is_by_user() || is_first {
        turn.state.overlays.push(overlay);
        return;
    }
    if turn.state.boxes.waiting.len() >= MOST {
        return;
    }
    let words = words(&overlay);
    turn.log(words.clone());
    turn.state.boxes.waiting.push(Waiting { overlay, account, words });
    let keys = turn.keymap.keys_of(&Action::Question);
    turn.state.boxes.key = keys.first().cloned().unwrap_or_else(|| "Ctrl-P".to_owned());
}

/// Whether both ask the same, so that one is enough.
fn is_same(one: &Overlay, other: &Overlay) -> bool {
    match (one, other) {
        (Overlay::Prompt(a), Overlay::Prompt(b)) => a.kind == b.kind,
        (Overlay::Form(a), Overlay::Form(b)) => a.purpose == b.purpose,
        _ => mem::discriminant(one) == mem::discriminant(other),
    }
}

/// What a box wants, in one line.
fn words(overlay: &Overlay) -> Untrusted {
    let words = match overlay {
        Overlay::Prompt(Prompt { kind, .. }) => match kind {
            PromptKind::Password(account) => words::question::needs_password(account),
            PromptKind::Consent(account, _) => words::question::needs_yes(account),
            PromptKind::RoomPassword(_, room) => words::question::needs_password(room),
            PromptKind::Join | PromptKind::Obsolete => words::question::question(),
        },
        Overlay::Form(form) => match &form.purpose {
            FormPurpose::Account(account) => words::question::account_form(account),
            FormPurpose::Register(_, jid) => words::question::registration_form(jid),
            FormPurpose::Room(_, room) => words::question::room_form(room),
        },
        Overlay::Confirm(confirm) => return confirm.text.clone(),
        Overlay::Picker(_)
        | Overlay::Disco(_)
        | Overlay::Presence(_)
        | Overlay::FirstRun(_)
        | Overlay::Text(_)
        | Overlay::Search(_)
        | Overlay::Console => words::question::answer(),
    };
    words.into()
}

/// The user asks something of an account, and may look at the screen until the answer is there: as long as they press no
/// further key, a box that comes of it opens at once.
pub(crate) fn awaits(turn: &mut Turn, account: &AccountId) {
    if turn.is_by_user() {
        turn.state.boxes.awaited = Some((account.clone(), turn.now()));
    }
}

/// Whether the user has done nothing since they asked something of an account and writes nothing: what comes of it may
/// change the screen.
pub(crate) fn is_awaited(turn: &Turn, account: &AccountId) -> bool {
    let boxes = &turn.state.boxes;
    let is_last = |at: Time| boxes.last_key.is_none_or(|key| key <= at);
    !is_writing(turn) && boxes.awaited.as_ref().is_some_and(|(of, at)| of == account && is_last(*at))
}

fn is_writing(turn: &Turn) -> bool {
    let (composer, work) = (&turn.state.composer, &turn.state.work);
    let is_in_the_middle = !work.chord.is_empty() || work.held.is_some();
    !composer.text.text.is_empty() || composer.pending_paste.is_some() || is_in_the_middle
}

/// When the oldest box may open; `None` while it may not, however long nothing happens.
pub(crate) fn due(turn: &Turn) -> Option<Time> {
    let first = turn.state.boxes.waiting.first()?;
    let awaited = first.account.as_ref().filter(|of| is_awaited(turn, of));
    if awaited.is_some() {
        return Some(turn.now());
    }
    let is_free = match (turn.state.overlays.last(), &first.account) {
        (None, _) => true,
        // The login that is tried on the first screen asks back.
        (Some(Overlay::FirstRun(view)), Some(of)) => view.trying.as_ref().is_none_or(|trying| trying == of),
        (Some(_), _) => false,
    };
    let quiet = turn.state.boxes.last_key.map_or(Time::default(), |key| key.plus(QUIET));
    (is_free && !is_writing(turn)).then_some(quiet)
}

/// Opens the oldest box that waits, where it may.
pub(crate) fn settle(turn: &mut Turn) {
    if !turn.is_by_user() && due(turn).is_some_and(|due| due <= turn.now()) {
        let Waiting { overlay, account, words } = turn.state.boxes.waiting.remove(0);
        turn.state.overlays.push(overlay);
        turn.state.boxes.opened = Some(Opened { at: turn.now(), depth: turn.state.overlays.len(), account, words });
    }
}

/// A key, before it does anything: it is not for a box that has opened by itself just now.
pub(crate) fn pressed(turn: &mut Turn) {
    let now = turn.now();
    turn.state.boxes.last_key = Some(now);
    if let Some(Opened { at, depth, account, words }) = turn.state.boxes.opened.take()
        && now.since(at) < YOUNG
        && turn.state.overlays.len() == depth
        && let Some(overlay) = turn.state.overlays.pop()
    {
        turn.state.boxes.waiting.insert(0, Waiting { overlay, account, words });
    }
}

/// The user opens the oldest box that waits.
pub(crate) fn open_waiting(turn: &mut Turn) -> Done {
    if turn.state.boxes.waiting.is_empty() {
        return Err(words::question::none_waiting());
    }
    let first = turn.state.boxes.waiting.remove(0);
    turn.state.overlays.push(first.overlay);
    Ok(())
}

/// The prompts of this kind, open or waiting.
pub(super) fn prompts<'t>(turn: &'t mut Turn<'_>, kind: &PromptKind) -> Vec<&'t mut Prompt> {
    let state = &mut *turn.state;
    let waiting = state.boxes.waiting.iter_mut().map(|w| &mut w.overlay);
    let all =
        state.overlays.iter_mut().chain(waiting).filter_map(|o| {
            if let Overlay::Prompt(prompt) = o { (prompt.kind == *kind).then_some(prompt) } else { None }
        });
    all.collect()
}

/// What was asked has lost its reason: the boxes for which this holds go. One that the user may be typing into stays,
/// and says so: else the rest of the password would go into the chat below.
pub(crate) fn withdraw(turn: &mut Turn, is_it: impl Fn(&Overlay) -> bool) {
    turn.state.boxes.waiting.retain(|w| !is_it(&w.overlay));
    let is_quiet = turn.state.boxes.last_key.is_none_or(|key| turn.now().since(key) >= QUIET);
    let (is_by_user, depth) = (turn.is_by_user(), turn.state.overlays.len());
    if let Some(top) = turn.state.overlays.last_mut().filter(|top| !is_by_user && is_it(top))
        && let Overlay::Prompt(prompt) = top
        && (!is_quiet || !prompt.input.text.is_empty())
    {
        prompt.kind = PromptKind::Obsolete;
        prompt.error = Some(words::question::not_needed().into());
    }
    turn.state.overlays.retain(|o| !is_it(o));
    if turn.state.overlays.len() != depth {
        turn.state.boxes.opened = None;
    }
}
