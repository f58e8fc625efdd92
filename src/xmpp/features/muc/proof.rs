//! What proves when something was said in a room, and by whom.
//!
//! A room repeats on entering what was said before, each with a stamp (XEP-0045 §7.2.13). Such a stamp may name the room, its
//! service, an occupant or nobody (`from` is optional in XEP-0203 §2), and may be of the old kind (XEP-0091). What comes
//! with any stamp before the subject is what the room repeats; after the subject, what is stamped earlier than the user's
//! coming. All else is live, and its stamp only a claim.
//!
//! Security: rooms pass on the stamps that an occupant put there. So after the subject a stamp never puts a message above
//! what the user has read or written; one with an archive's id stands where it arrived. A nickname may have been somebody
//! else's before: what was said in the past is the user's own only by the occupant-id (XEP-0421), by an id of the user's own
//! outbox, or, out of an archive of a room that makes no such ids, by the address in it. Archives strip what occupants
//! put there (XEP-0313 §6.1.2); what a room repeats on entering may bear a forged address, as ejabberd's does.

use super::parse;
use super::room::Room;
use crate::model::{BareJid, Delay, Placing, Time};
use crate::xmpp::feature::{Cx, Inbound, Origin};
use crate::xmpp::kit::{message, time};
use std::time::Duration;

/// A room that sends no subject is done with repeating after this time.
const REPEATING: Duration = Duration::from_mins(2);

/// Judges the stamp of what a room said, which is not out of an archive: of what it repeats, and of what is new.
pub(super) fn judge(now: Time, jid: &BareJid, room: &Room, message: &mut Inbound) {
    let Some(stamp) = stamp(message, jid) else { return };
    let is_archived = message.ids.archive.is_some();
    let is_repeating = !room.has_subject && now.since(room.came) < REPEATING;
    let placing = if is_repeating {
        Placing::Time
    } else if stamp < room.came && !is_archived {
        Placing::Unread
    } else {
        Placing::Arrival(now)
    };
    message.delay = Some(Delay { stamp: stamp.min(now), placing });
    if !matches!(placing, Placing::Arrival(_)) {
        message.ids.replay = Some(stamp);
    }
}

/// The stamp that tells most: the room's own, else one of somebody in it, else any.
fn stamp(message: &Inbound, room: &BareJid) -> Option<Time> {
    let stamps: Vec<_> = time::stamps(&message.stanza.children).filter(|(_, stamp)| *stamp >= time::FIRST).collect();
    let by = |is_it: &dyn Fn(&crate::model::Jid) -> bool| {
        stamps.iter().filter(|(by, _)| by.as_ref().is_some_and(is_it)).map(|(_, stamp)| *stamp).next_back()
    };
    // A room puts its own behind what was there.
    by(&|by| *by == room.to_jid()).or_else(|| by(&|by| by.bare() == *room)).or_else(|| Some(stamps.first()?.1))
}

/// Whether the user wrote what a room said.
pub(super) fn is_own(cx: &Cx<'_>, jid: &BareJid, message: &Inbound) -> bool {
    let is_now = message.origin == Origin::Live && message.delay.is_none_or(|delay| delay.is_claim());
    let has_nick = message::is_own_occupant(cx.facts, &message.from);
    let own_id = cx.facts.rooms.get(jid).and_then(|room| room.occupant_id.as_deref());
    match (own_id, message.ids.occupant.as_deref()) {
        (Some(own), Some(id)) => own == id || (is_now && has_nick),
        (Some(_) | None, _) if is_now => has_nick,
        (Some(_) | None, _) => {
            let me = cx.facts.own_bare();
            let addresses = parse::addresses(&message.stanza);
            let is_proven = !addresses.is_empty() && addresses.iter().all(|jid| jid.as_ref() == Some(&me));
            is_proven && matches!(message.origin, Origin::Archive { .. })
        }
    }
}
