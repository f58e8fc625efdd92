//! When the session looks at what the server's operators say of outages (XEP-0455), beside everything else.
//!
//! After the second attempt in a row that failed, when a login works although there was an outage, when the server names
//! new addresses or is reached in another way, when the user asks, and every hour while an outage is known. A task of its
//! own does it: no attempt, no stanza and no key waits for it. What could not be found out in the background is a line of the log.

use super::Session;
use super::status::{Status, StatusDue, look};
use crate::contract::event::session;
use crate::model::{Phase, StatusNews};
use std::time::Duration;
use tokio::time::Instant;

/// Attempts in a row that must have failed.
const FAILURES: u32 = 2;
/// Between two looks while attempts go on failing.
const WHILE_DOWN: Duration = Duration::from_mins(10);
/// Between two looks where something is new: the link went down, or came back during an outage.
const AFTER_NEWS: Duration = Duration::from_secs(30);
/// Between two looks while logins work.
const WHILE_UP: Duration = Duration::from_hours(1);

impl Session<'_> {
    /// A login worked. Where an outage was told it may be over.
    pub(super) fn status_of_login(&mut self) {
        self.status.failures = 0;
        match self.status.phase() {
            Some(Phase::Now) if Status::rested(self.status.looked, AFTER_NEWS) => self.look(),
            Some(Phase::Now) => self.status.again = Some(Instant::now() + AFTER_NEWS),
            Some(Phase::Ahead) => {
                self.look_at_login();
                self.status.again.get_or_insert(Instant::now() + WHILE_UP);
            }
            Some(Phase::Over) | None => {}
        }
    }

    /// The server named other addresses than before. Where it names none any more, nobody could tell that an outage is over.
    pub(super) async fn status_places_changed(&mut self) {
        if !self.router.facts().status_places.addresses.is_empty() {
            self.look_at_login();
        } else if self.status.known.take().is_some() {
            self.status.again = None;
            self.status_told(StatusNews::Told(None)).await;
        }
    }

    /// The server named other addresses than before, or the login is news by itself.
    pub(super) fn look_at_login(&mut self) {
        if Status::rested(self.status.looked_at_login, WHILE_UP) {
            self.status.looked_at_login = Some(Instant::now());
            self.look();
        }
    }

    /// The link is down; `was_online`: after a session. For good: nothing is looked at any more unless somebody asks.
    pub(super) fn status_of_down(&mut self, was_online: bool, is_final: bool) {
        if is_final {
            self.status.again = None;
            self.status.failures = 0;
            return;
        }
        let status = &mut self.status;
        status.is_down_news |= was_online;
        status.failures = if was_online { 0 } else { status.failures.saturating_add(1) };
        let pause = if status.is_down_news { AFTER_NEWS } else { WHILE_DOWN };
        if status.failures >= FAILURES && Status::rested(status.looked, pause) {
            self.look();
        }
    }

    /// The user wants to know.
    pub(super) async fn status_asked(&mut self) {
        self.status.is_asked = true;
        if let Err(why) = self.try_look() {
            self.status_told(StatusNews::Unknown(why.into())).await;
        }
    }

    /// Something is due.
    pub(super) async fn status_due(&mut self, due: StatusDue) {
        match due {
            StatusDue::Again => self.look(),
            StatusDue::Looked(found) => {
                let news = match found {
                    Ok(outage) => {
                        self.status.known.clone_from(&outage);
                        StatusNews::Told(outage)
                    }
                    Err(why) => StatusNews::Unknown(why.into()),
                };
                self.status.again = self.status.phase().map(|_| Instant::now() + WHILE_UP);
                self.status_told(news).await;
            }
        }
    }

    async fn status_told(&mut self, news: StatusNews) {
        let is_asked = std::mem::take(&mut self.status.is_asked);
        self.tell(session::Event::StatusArrived { news, is_asked }).await;
    }

    fn look(&mut self) {
        if let Err(why) = self.try_look() {
            tracing::debug!("no look at the server's status: {why}");
        }
    }

    /// Begins a look, where none is under way.
    fn try_look(&mut self) -> Result<(), &'static str> {
        let status = &mut self.status;
        let fetch = status.fetch.clone().ok_or("there is no network here")?;
        let places = self.router.facts().status_places.clone();
        if places.addresses.is_empty() {
            return Err("the server has not said where its operators tell of outages");
        }
        if status.look.is_none() {
            status.looked = Some(Instant::now());
            status.is_down_news = false;
            status.look = Some(tokio::spawn(look(fetch, self.engine.settings.clone(), places)));
        }
        Ok(())
    }
}
