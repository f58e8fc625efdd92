//! Data forms: moving, checking, sending, and what goes back unchanged.

use super::desk::*;
use parlour::contract::command::muc;
use parlour::contract::event::service;
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::overlays::{FormView, Overlay};
use parlour::update::Effects;

const PLAZA: &str = "plaza@rooms.montague.lit";

fn view(desk: &Desk) -> &FormView {
    match desk.top() {
        Some(Overlay::Form(form)) => form,
        other => panic!("{other:?}"),
    }
}

fn field(var: &str, kind: FieldKind, values: &[&str]) -> Field {
    Field {
        var: var.into(),
        kind,
        label: None,
        desc: None,
        is_required: false,
        values: values.iter().map(|v| (*v).to_owned()).collect(),
        options: vec![],
    }
}

/// The settings form of a room, open.
fn configuring() -> Desk {
    let mut desk = Desk::online();
    desk.joins(PLAZA, &["romeo"]);
    desk.opens("plaza");
    let effects = desk.palette("change the settings");
    let token = match &commands(&effects)[..] {
        [Command::Muc(muc::Command::Configure { token, .. })] => *token,
        other => panic!("{other:?}"),
    };
    let mut name = field("muc#roomconfig_roomname", FieldKind::TextSingle, &["Plaza"]);
    name.is_required = true;
    let mut whois = field("whois", FieldKind::ListSingle, &["moderators"]);
    whois.options = vec![("moderators".into(), None), ("anyone".into(), None)];
    let form = Form {
        kind: FormKind::Form,
        title: None,
        instructions: vec![],
        fields: vec![
            field("FORM_TYPE", FieldKind::Hidden, &["http://jabber.org/protocol/muc#roomconfig"]),
            name,
            field("members", FieldKind::Boolean, &["0"]),
            whois,
            field("admins", FieldKind::JidMulti, &[]),
        ],
        reported: vec![],
        items: vec![],
    };
    let jid = Jid::parse(PLAZA).unwrap();
    desk.event(Event::Service(service::Event::FormArrived { token, jid, form: Ok(form) }));
    desk.waits(1);
    desk
}

impl Desk {
    /// Runs an action by its words in the palette.
    fn palette(&mut self, words: &str) -> Effects {
        self.key("ctrl-p");
        self.types(words);
        self.key("enter")
    }
}

fn submitted(effects: &Effects) -> Option<(Form, Token)> {
    commands(effects).into_iter().find_map(|c| match c {
        Command::Muc(muc::Command::SubmitConfig { form, token, .. }) => Some((form, token)),
        _ => None,
    })
}

#[test]
fn a_form_is_filled_in_by_keys_and_hidden_fields_go_back() {
    let mut desk = configuring();
    assert_eq!(view(&desk).focused, 1, "the keys are at the first field that can be filled in");
    desk.types("!");
    desk.key("tab");
    desk.key("space");
    desk.key("tab");
    desk.key("right");
    desk.key("tab");
    desk.types("juliet@capulet.lit");
    desk.key("enter");
    desk.types("nurse@capulet.lit");
    let (form, _) = submitted(&desk.key("ctrl-s")).unwrap();
    let values: Vec<_> = form.fields.iter().map(|f| f.values.join("+")).collect();
    assert_eq!(
        values,
        ["http://jabber.org/protocol/muc#roomconfig", "Plaza!", "1", "anyone", "juliet@capulet.lit+nurse@capulet.lit"]
    );
    assert_eq!(form.kind, FormKind::Submit);
}

#[test]
fn what_is_wrong_stands_at_its_field_and_nothing_is_sent() {
    let mut desk = configuring();
    desk.key("ctrl-u");
    for _ in 0..3 {
        desk.key("tab");
    }
    desk.types("nurse@");
    assert_eq!(submitted(&desk.key("ctrl-s")), None);
    let errors: Vec<_> = view(&desk).errors.iter().map(|(i, words)| (*i, words.raw().to_owned())).collect();
    assert_eq!(errors[0], (1, "must be filled in".to_owned()));
    assert!(errors[1].1.contains("not a valid address"));
    assert_eq!(view(&desk).focused, 1);
    desk.types("Piazza");
    assert_eq!(view(&desk).errors.len(), 1, "what is put right is right at once");
}

#[test]
fn a_refusal_keeps_the_form() {
    let mut desk = configuring();
    let (_, token) = submitted(&desk.key("ctrl-s")).unwrap();
    assert_eq!(submitted(&desk.key("ctrl-s")), None, "not twice");
    desk.event(Event::Service(service::Event::FormAnswered { token, answer: Err("not-allowed".into()) }));
    assert_eq!(view(&desk).error.as_ref().unwrap().raw(), "refused: not-allowed");
    let (_, token) = submitted(&desk.key("ctrl-s")).unwrap();
    desk.event(Event::Service(service::Event::FormAnswered { token, answer: Ok(()) }));
    assert!(desk.state.overlays.is_empty());
    assert!(desk.toasts()[0].contains("settings of plaza"));
}

#[test]
fn what_was_changed_is_not_discarded_without_a_yes() {
    let mut desk = configuring();
    desk.key("esc");
    assert!(desk.state.overlays.is_empty(), "nothing was changed");
    for gives_up in ["esc", "cancel button"] {
        let mut desk = configuring();
        desk.types("!");
        let close = |desk: &mut Desk| {
            if gives_up == "esc" {
                desk.key("esc");
            } else {
                desk.key("shift-tab");
                desk.key("enter");
            }
        };
        close(&mut desk);
        let Some(Overlay::Confirm(question)) = desk.top() else { panic!("{gives_up}") };
        assert!(question.text.raw().contains("discard what you changed in one field"), "{:?}", question.text);
        desk.key("n");
        assert_eq!(view(&desk).form.fields[1].values, ["Plaza!"], "{gives_up}: all is as it was");
        desk.key("esc");
        desk.key("y");
        assert!(desk.state.overlays.is_empty());
    }
}

#[test]
fn a_change_that_was_taken_back_needs_no_question() {
    let mut desk = configuring();
    desk.types("!");
    desk.key("backspace");
    desk.key("esc");
    assert!(desk.state.overlays.is_empty());
}

#[test]
fn the_hints_are_right_at_every_field() {
    let mut desk = configuring();
    let words = |desk: &Desk| desk.state.hints.iter().map(|(_, words)| words.clone()).collect::<Vec<_>>();
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(words(&desk)[1].clone());
        assert!(words(&desk).contains(&"save".to_owned()), "what the button says: {:?}", words(&desk));
        desk.key("tab");
    }
    assert_eq!(seen, ["save", "switch", "other option", "new line", "press"]);
}
