//! Handles answers of entities and services. An answer whose token nobody waits for is dropped.

use super::super::actions;
use super::super::overlays::{self, text};
use super::super::turn::Turn;
use crate::contract::event::service::Event;
use crate::model::{AccountId, EntityAnswer, Jid, Untrusted};
use crate::state::overlays::FormPurpose;
use crate::state::work::Question;
use crate::words;

pub(super) fn event(turn: &mut Turn, account: &AccountId, event: Event) {
    match event {
        Event::InfoArrived { token, answer } => overlays::disco::info(turn, token, answer),
        Event::ItemsArrived { token, answer } => match turn.asked(account, token) {
            Some(Question::Near(room)) => actions::missing::ask(turn, account, &room, answer),
            Some(_) | None => overlays::disco::items(turn, token, answer),
        },
        Event::EntityAnswered { token, jid, answer } => {
            match (turn.asked(account, token), answer) {
                (Some(Question::Card), EntityAnswer::Card(lines)) => {
                    actions::questions::card_arrived(turn, &jid, lines);
                }
                // Most people have no card; nobody asked in so many words.
                (Some(Question::Card) | None, _) => {}
                (Some(_), answer) => answered(turn, &jid, answer),
            }
        }
        Event::FormArrived { token, jid, form } => {
            let purpose = match turn.asked(account, token) {
                Some(Question::RoomForm(room)) => FormPurpose::Room(account.clone(), room),
                Some(Question::RegisterForm(jid)) => FormPurpose::Register(account.clone(), jid),
                Some(
                    Question::Entity | Question::Card | Question::Info(_) | Question::Submitted(_) | Question::Near(_),
                )
                | None => return,
            };
            match form {
                Ok(form) => overlays::form::open(turn, purpose, form),
                Err(reason) => turn.error(words::service::no_form(&jid, reason.raw())),
            }
        }
        Event::FormAnswered { token, answer } => {
            let asked = turn.asked(account, token);
            if let Some(Question::Submitted(what)) = asked {
                overlays::form::answered(turn, token, &what, answer);
            }
        }
        Event::ServerKnown { info, services } => {
            if let Some(known) = turn.state.accounts.get_mut(account) {
                known.server = Some(info);
                known.services = services;
            }
            actions::rooms::services_known(turn, account);
        }
    }
}

fn answered(turn: &mut Turn, jid: &Jid, answer: EntityAnswer) {
    let who = turn.state.current_id().filter(|id| id.address.bare() == jid.bare() && jid.resource().is_none());
    let name = match (who, jid.resource()) {
        (Some(id), _) => turn.state.chat_name(id),
        // Somebody in a room is known by the nickname.
        (None, Some(nick)) if turn.state.rooms.by_jid.keys().any(|(_, room)| *room == jid.bare()) => nick.into(),
        (None, _) => jid.as_str().into(),
    };
    match answer {
        EntityAnswer::Version { name: program, version, os } => {
            let os = os.as_ref().map(Untrusted::raw);
            turn.info(words::service::uses(name.raw(), program.raw(), version.raw(), os));
        }
        EntityAnswer::Ping(took) => {
            turn.info(words::service::answered_in(name.raw(), took.as_millis()));
        }
        EntityAnswer::Time { utc, zone } => {
            let clock = text::clock(turn, utc, zone.raw());
            turn.info(words::service::local_time(name.raw(), &clock));
        }
        EntityAnswer::Card(_) => {}
        EntityAnswer::Refused(reason) => turn.warn(words::service::does_not_tell(name.raw(), reason.raw())),
        EntityAnswer::Timeout => turn.warn(words::service::no_answer(name.raw())),
    }
}
