//! What every phase of a session reacts to, and what the app's commands about the connection do in each.
//!
//! Each command stands here once, with what differs between the phases beside it.

use super::{CommonInput, Next, Phase, Session, raw};
use crate::contract::Command;
use crate::contract::command::session::Command as Ask;
use crate::contract::event::session;
use crate::model::{DownReason, Intent, Time};

impl Session<'_> {
    /// Reacts; returns the next phase where this one is over.
    pub(super) async fn happened(&mut self, input: CommonInput, phase: Phase) -> Option<Next> {
        match input {
            CommonInput::AppGone => return Some(Next::Quit),
            CommonInput::Committed => self.on_committed().await,
            CommonInput::Timer => self.on_timer().await,
            CommonInput::Status(due) => self.status_due(due).await,
            CommonInput::Command(Command::Session(command)) => return self.ask(command, phase).await,
            CommonInput::Command(command) => {
                let outputs = self.router.on_command(Time::now(), command);
                self.commit(outputs).await;
            }
        }
        None
    }

    async fn ask(&mut self, command: Ask, phase: Phase) -> Option<Next> {
        match command {
            Ask::Connect => return (phase != Phase::Live).then_some(Next::Connect),
            Ask::NetworkChanged => self.suspect_link(),
            Ask::SetPassword(password) => {
                self.engine.intent = Intent::SignIn(password);
                return self.try_again(phase);
            }
            Ask::SetToken(token) => self.engine.token = Some(*token),
            Ask::SetPins(pins) => self.engine.settings.pins = pins,
            Ask::AcceptWeaker(strength) => {
                self.engine.settings.strength = *strength;
                return self.try_again(phase);
            }
            Ask::AllowPlain => {
                self.engine.settings.allow_plain = true;
                return self.try_again(phase);
            }
            Ask::Disconnect => {
                if phase == Phase::Live {
                    self.farewell().await;
                }
                return (phase != Phase::Stopped).then_some(Next::Down(DownReason::Asked));
            }
            Ask::SendRaw(text) => self.send_raw(&text, phase).await,
            Ask::CheckStatus => self.status_asked().await,
            Ask::WatchWire(is_wanted) => {
                self.engine.watched.send_replace(is_wanted);
            }
            Ask::SubmitRegistration(_) => {
                let words = match phase {
                    Phase::Live => "the account is there already",
                    Phase::Trying | Phase::Stopped => "the server no longer waits for this form: connect again",
                };
                self.notice(words).await;
            }
            Ask::Quit => return Some(Next::Quit),
        }
        None
    }

    /// The user removed what stood in the way of a login. A session that is signed in goes on.
    fn try_again(&mut self, phase: Phase) -> Option<Next> {
        if phase == Phase::Live {
            return None;
        }
        self.backoff.reset();
        Some(Next::Connect)
    }

    /// The machine's network has changed: the link must show soon that it is alive.
    fn suspect_link(&mut self) {
        if let Some(online) = &mut self.online {
            online.watchdog.suspect();
            self.management.forget_request();
        }
    }

    async fn send_raw(&mut self, text: &str, phase: Phase) {
        let stanza = match phase {
            Phase::Live => raw::parse(text),
            Phase::Trying | Phase::Stopped => Err("not sent: the account is offline".to_owned()),
        };
        match stanza {
            Ok(stanza) => {
                self.transmit(vec![stanza]);
            }
            Err(words) => self.tell(session::Event::RawRefused(words.into())).await,
        }
    }
}
