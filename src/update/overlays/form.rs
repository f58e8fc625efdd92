//! Filling in a data form (XEP-0004): moving between fields, checking, sending.
//!
//! Fields that are not shown are sent back as they came. An error of a field is shown at the field, an error from the
//! server above the buttons; what was typed is never lost.

use super::super::turn::Turn;
use super::layer::{FORM, FORM_AND_LINE, Hints, Layer, PLAIN, TypedLine};
use super::opening;
use crate::action::InForm;
use crate::contract::{Command, command};
use crate::model::{AccountId, BareJid, Field, FieldKind, Form, FormKind, Jid, Token, Untrusted};
use crate::state::State;
use crate::state::composer::TextBox;
use crate::state::overlays::{Choice, FormPurpose, FormView, Overlay};
use crate::state::work::Question;
use crate::words;
use crate::words::hint;

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    contexts: |state| match state.overlays.last() {
        Some(Overlay::Form(view)) if is_at_text(view) => FORM_AND_LINE,
        Some(_) | None => FORM,
    },
    hints,
    line: |state| match state.overlays.last_mut() {
        Some(Overlay::Form(view)) if is_at_text(view) => Some(TypedLine::Box(&mut view.editor)),
        Some(_) | None => None,
    },
    edited,
    list: |turn, list| {
        if let Some(key) = list.in_form() {
            form(turn, key);
        }
    },
    form,
    close,
    ..PLAIN
};

/// The hints for a field of this kind, in a form that is saved and in one that is sent.
macro_rules! hints_for {
    ($($at_field:expr),*) => {
        [
            &[$($at_field,)* ("form.submit", hint::save), ("form.raw", hint::raw_names), ("cancel", hint::close)],
            &[$($at_field,)* ("form.submit", hint::send), ("form.raw", hint::raw_names), ("cancel", hint::close)],
        ]
    };
}

static AT_TEXT: [Hints; 2] = hints_for![("form.next", hint::next)];
static AT_SECRET: [Hints; 2] = hints_for![("form.next", hint::next), ("form.reveal", hint::show)];
static AT_LINES: [Hints; 2] = hints_for![("form.next", hint::next), ("form.activate", hint::new_line)];
static AT_BOX: [Hints; 2] = hints_for![("form.next", hint::next), ("form.toggle", hint::switch)];
static AT_LIST: [Hints; 2] =
    hints_for![("form.next", hint::next), ("form.option_next", hint::other_option), ("form.toggle", hint::choose)];
static AT_BUTTON: [Hints; 2] = hints_for![("form.next", hint::next), ("form.activate", hint::press)];

/// What the keys do at the field where they are.
fn hints(state: &State) -> Hints {
    let Some(Overlay::Form(view)) = state.overlays.last() else { return AT_BUTTON[0] };
    let all = match view.form.fields.get(view.focused).map(|f| &f.kind) {
        Some(FieldKind::TextSingle | FieldKind::JidSingle) => &AT_TEXT,
        Some(FieldKind::TextPrivate) => &AT_SECRET,
        Some(FieldKind::TextMulti | FieldKind::JidMulti) => &AT_LINES,
        Some(FieldKind::Boolean) => &AT_BOX,
        Some(FieldKind::ListSingle | FieldKind::ListMulti) => &AT_LIST,
        Some(FieldKind::Fixed | FieldKind::Hidden) | None => &AT_BUTTON,
    };
    all[usize::from(!view.purpose.is_saved())]
}

/// Shows a form.
pub(crate) fn open(turn: &mut Turn, purpose: FormPurpose, form: Form) {
    let mut view = FormView {
        purpose,
        original: form.clone(),
        form,
        focused: 0,
        editor: TextBox::default(),
        option: 0,
        errors: Vec::new(),
        error: None,
        is_raw: false,
        is_revealed: false,
        top: 0,
        waiting: None,
    };
    super::first_run::prefill(turn, &mut view);
    super::first_run::ask_twice(&mut view);
    view.focused =
        (0..view.form.fields.len()).find(|i| is_editable(&view.form.fields[*i])).unwrap_or(view.form.fields.len());
    load(&mut view);
    let of = match &view.purpose {
        FormPurpose::Account(of) | FormPurpose::Register(of, _) | FormPurpose::Room(of, _) => of.clone(),
    };
    // A form that comes a second time takes the place of the first.
    turn.state.overlays.retain(|o| !matches!(o, Overlay::Form(f) if f.purpose == view.purpose));
    opening::open_for(turn, &of, Overlay::Form(Box::new(view)));
}

fn top<'t>(turn: &'t mut Turn<'_>) -> Option<&'t mut FormView> {
    if let Some(Overlay::Form(view)) = turn.state.overlays.last_mut() { Some(view) } else { None }
}

fn is_editable(field: &Field) -> bool {
    !matches!(field.kind, FieldKind::Hidden | FieldKind::Fixed)
}

fn is_text(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::TextSingle
        | FieldKind::TextPrivate
        | FieldKind::TextMulti
        | FieldKind::JidSingle
        | FieldKind::JidMulti => true,
        FieldKind::Boolean | FieldKind::Fixed | FieldKind::Hidden | FieldKind::ListSingle | FieldKind::ListMulti => {
            false
        }
    }
}

fn is_lines(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::TextMulti | FieldKind::JidMulti)
}

/// Whether the keys are at a field that text is typed into.
fn is_at_text(view: &FormView) -> bool {
    view.form.fields.get(view.focused).is_some_and(|f| is_text(&f.kind))
}

/// Whether the keys are at a text of several lines.
fn is_multiline(view: &FormView) -> bool {
    view.form.fields.get(view.focused).is_some_and(|f| is_lines(&f.kind))
}

/// Brings the focused field into the editor.
fn load(view: &mut FormView) {
    let Some(field) = view.form.fields.get(view.focused) else { return };
    view.editor = TextBox::new(&field.values.join("\n"));
    let chosen = field.values.first();
    view.option = field.options.iter().position(|(v, _)| Some(v) == chosen).unwrap_or(0);
}

/// Brings the editor's text into the focused field.
fn edited(turn: &mut Turn) {
    let Some(view) = top(turn) else { return };
    let (at, text) = (view.focused, view.editor.text.clone());
    let Some(field) = view.form.fields.get_mut(at) else { return };
    field.values = if is_lines(&field.kind) {
        text.split('\n').map(str::to_owned).collect()
    } else if text.is_empty() {
        Vec::new()
    } else {
        vec![text]
    };
    view.errors.retain(|(i, _)| *i != at);
    view.error = None;
}

fn form(turn: &mut Turn, key: InForm) {
    let Some(view) = top(turn) else { return };
    match key {
        InForm::Next => step(view, true),
        InForm::Prev => step(view, false),
        InForm::Toggle => toggle(view),
        InForm::OptionPrev => option(view, false),
        InForm::OptionNext => option(view, true),
        InForm::Raw => view.is_raw = !view.is_raw,
        InForm::Reveal => view.is_revealed = !view.is_revealed,
        InForm::Submit => submit(turn),
        InForm::Activate => activate(turn),
    }
}

fn activate(turn: &mut Turn) {
    let Some(view) = top(turn) else { return };
    let fields = view.form.fields.len();
    if view.focused == fields {
        submit(turn);
    } else if view.focused > fields {
        close(turn);
    } else if is_multiline(view) {
        let at = view.editor.cursor;
        view.editor.text.insert(at, '\n');
        view.editor.cursor = at + 1;
        edited(turn);
    } else if is_at_text(view) {
        step(view, true);
    } else {
        toggle(view);
    }
}

/// To the next or the former field that can be filled in; behind the last are the two buttons.
fn step(view: &mut FormView, is_forward: bool) {
    let fields = view.form.fields.len();
    let stops: Vec<usize> =
        (0..fields).filter(|i| is_editable(&view.form.fields[*i])).chain([fields, fields + 1]).collect();
    let at = stops.iter().position(|s| *s == view.focused).unwrap_or(0);
    let to = if is_forward { (at + 1) % stops.len() } else { (at + stops.len() - 1) % stops.len() };
    view.focused = stops[to];
    load(view);
}

fn toggle(view: &mut FormView) {
    let (at, option) = (view.focused, view.option);
    let Some(field) = view.form.fields.get_mut(at) else { return };
    match field.kind {
        FieldKind::Boolean => {
            let is_on = is_on(field);
            field.values = vec![if is_on { "0" } else { "1" }.to_owned()];
        }
        FieldKind::ListSingle => {
            if let Some((value, _)) = field.options.get(option) {
                field.values = vec![value.clone()];
            }
        }
        FieldKind::ListMulti => {
            if let Some((value, _)) = field.options.get(option).cloned() {
                if field.values.contains(&value) {
                    field.values.retain(|v| *v != value);
                } else {
                    field.values.push(value);
                }
            }
        }
        FieldKind::Fixed
        | FieldKind::Hidden
        | FieldKind::TextSingle
        | FieldKind::TextPrivate
        | FieldKind::TextMulti
        | FieldKind::JidSingle
        | FieldKind::JidMulti => return,
    }
    view.errors.retain(|(i, _)| *i != at);
    view.error = None;
}

fn is_on(field: &Field) -> bool {
    field.values.first().is_some_and(|v| v == "1" || v == "true")
}

fn option(view: &mut FormView, is_next: bool) {
    let Some(field) = view.form.fields.get(view.focused) else { return };
    let count = field.options.len();
    match field.kind {
        FieldKind::ListSingle | FieldKind::ListMulti if count > 0 => {
            view.option = if is_next { (view.option + 1) % count } else { (view.option + count - 1) % count };
            // With one choice, going to it is choosing it.
            if field.kind == FieldKind::ListSingle {
                toggle(view);
            }
        }
        FieldKind::Boolean => toggle(view),
        FieldKind::ListSingle
        | FieldKind::ListMulti
        | FieldKind::Fixed
        | FieldKind::Hidden
        | FieldKind::TextSingle
        | FieldKind::TextPrivate
        | FieldKind::TextMulti
        | FieldKind::JidSingle
        | FieldKind::JidMulti => {}
    }
}

/// What is wrong with a field, in words.
fn fault(field: &Field) -> Option<String> {
    let texts: Vec<&str> = field.values.iter().map(|v| v.trim()).filter(|v| !v.is_empty()).collect();
    if texts.is_empty() {
        // A box that is off is an answer.
        let is_missing = field.is_required && is_editable(field) && field.kind != FieldKind::Boolean;
        return is_missing.then(words::form::required);
    }
    match field.kind {
        FieldKind::JidSingle | FieldKind::JidMulti => {
            let bad = texts.iter().find_map(|t| Jid::parse(t).err().map(|why| (t, why)));
            bad.map(|(text, why)| words::address::not_valid_named(text, why))
        }
        FieldKind::ListSingle | FieldKind::ListMulti => {
            let is_offered = |t: &&str| field.options.iter().any(|(v, _)| v == t);
            let is_strange = !field.options.is_empty() && !texts.iter().all(is_offered);
            is_strange.then(words::form::choose_one)
        }
        FieldKind::Boolean
        | FieldKind::Fixed
        | FieldKind::Hidden
        | FieldKind::TextSingle
        | FieldKind::TextPrivate
        | FieldKind::TextMulti => None,
    }
}

fn submit(turn: &mut Turn) {
    let Some(view) = top(turn) else { return };
    if view.waiting.is_some() {
        return;
    }
    let faults = view.form.fields.iter().enumerate().filter_map(|(i, f)| Some((i, fault(f)?.into())));
    view.errors = faults.collect();
    if let Some(at) = super::first_run::typed_otherwise(&view.form) {
        view.errors.retain(|(i, _)| *i != at);
        view.errors.push((at, words::form::not_the_same().into()));
    }
    if let Some((first, _)) = view.errors.first() {
        view.focused = *first;
        load(view);
        return;
    }
    view.error = None;
    let mut form = Form { kind: FormKind::Submit, ..view.form.clone() };
    for field in form.fields.iter_mut().filter(|f| is_lines(&f.kind)) {
        field.values.retain(|v| !v.trim().is_empty());
    }
    match view.purpose.clone() {
        FormPurpose::Account(account) => {
            super::first_run::strip(&mut form);
            super::first_run::submitting(turn, &account, &form);
            opening::awaits(turn, &account);
            turn.command(&account, Command::Session(command::session::Command::SubmitRegistration(form)));
            // The login's steps show how it goes on.
            turn.state.overlays.pop();
        }
        FormPurpose::Register(account, jid) => {
            let token = turn.ask(&account, Question::Submitted(words::form::registered(&jid)));
            turn.command(&account, Command::Service(command::service::Command::RegisterSubmit { jid, form, token }));
            wait(turn, token);
        }
        FormPurpose::Room(account, room) => {
            let token = turn.ask(&account, Question::Submitted(words::form::saved(&room)));
            turn.muc(&account, command::muc::Command::SubmitConfig { room, form, token });
            wait(turn, token);
        }
    }
}

fn wait(turn: &mut Turn, token: Token) {
    if let Some(view) = top(turn) {
        view.waiting = Some(token);
    }
}

/// The answer to a form that was sent.
pub(crate) fn answered(turn: &mut Turn, token: Token, what: &str, answer: Result<(), Untrusted>) {
    let at = turn.state.overlays.iter().position(|o| matches!(o, Overlay::Form(f) if f.waiting == Some(token)));
    match answer {
        Ok(()) => {
            if let Some(at) = at {
                turn.state.overlays.remove(at);
            }
            turn.info(what.to_owned());
        }
        Err(reason) => match at.and_then(|at| turn.state.overlays.get_mut(at)) {
            Some(Overlay::Form(view)) => {
                view.waiting = None;
                view.error = Some(words::form::refused(reason.raw()).into());
            }
            Some(_) | None => turn.error(words::form::was_refused(reason.raw())),
        },
    }
}

/// The connection is gone: what was sent may be sent again.
pub(crate) fn offline(turn: &mut Turn, account: &AccountId) {
    let state = &mut *turn.state;
    for overlay in state.overlays.iter_mut().chain(state.boxes.waiting.iter_mut().map(|w| &mut w.overlay)) {
        if let Overlay::Form(view) = overlay {
            let is_of = match &view.purpose {
                FormPurpose::Account(of) | FormPurpose::Register(of, _) | FormPurpose::Room(of, _) => of == account,
            };
            if is_of && view.waiting.take().is_some() {
                view.error = Some(words::form::link_lost().into());
            }
        }
    }
}

/// Closes the form; asks first where something was changed in it.
fn close(turn: &mut Turn) {
    let changed = top(turn).filter(|view| view.waiting.is_none()).map_or(0, |view| view.changed());
    if changed == 0 {
        return discard(turn);
    }
    super::confirm::ask(turn, words::form::ask_discard(changed), Choice::DiscardForm);
}

/// Closes the form with all that was typed into it.
pub(crate) fn discard(turn: &mut Turn) {
    if let Some(Overlay::Form(view)) = turn.state.overlays.pop()
        && let FormPurpose::Account(account) = view.purpose
    {
        super::first_run::gave_up(turn, &account);
    }
}

/// Asks a room for the form with its settings.
pub(crate) fn ask_room(turn: &mut Turn, account: &AccountId, room: &BareJid) {
    opening::awaits(turn, account);
    let token = turn.ask(account, Question::RoomForm(room.clone()));
    turn.muc(account, command::muc::Command::Configure { room: room.clone(), token });
}

/// Asks a service for the form to register with it.
pub(crate) fn ask_registration(turn: &mut Turn, account: &AccountId, jid: Jid) {
    opening::awaits(turn, account);
    let token = turn.ask(account, Question::RegisterForm(jid.clone()));
    turn.command(account, Command::Service(command::service::Command::RegisterForm { jid, token }));
}
