//! What a server archives after the next session has begun, below what it hands to that session (R-02; ejabberd).

use super::archive::{EXTENDED, MAM, ROSTER, fin, live, sign_in, sign_in_by, stored};
use super::harness::Script;
use super::outbox::row;
use parlour::contract::Interval;
use parlour::model::{Delivery, Time};

/// A question for what lies above `floor` and below `cursor`.
fn ask(floor: &str, cursor: &str) -> String {
    let (max, before) = match cursor {
        "" => (100, "<before/>".to_owned()),
        _ => (250, format!("<before>{cursor}</before>")),
    };
    format!(
        "> <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'><x xmlns='jabber:x:data' type='submit'>
         <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='after-id'><value>{floor}</value></field></x>
         <set xmlns='http://jabber.org/protocol/rsm'><max>{max}</max>{before}</set></query></iq>\n"
    )
}

/// The page below, asked for while this one comes in.
fn ahead(cursor: &str) -> String {
    ask("b1", cursor).replace("$q", "$q0").replace("$n", "$n0")
}

/// The newest item that is stored, of 07:45. Only archives whose ids are times are read twice.
const A9: &str = "1795247100000000";
const STARTED: &str = "! Event(History(CatchUpStarted(\"me@sec.test\"))\n";
const DONE: &str = "! Event(History(CatchUpDone(\"me@sec.test\"))\n";

/// An item of the archive from so many seconds after 07:50.
fn item(id: &str, seconds: u32) -> String {
    let (m, s) = (50 + seconds / 60, seconds % 60);
    super::archive::result(id, "x").replace("07:59:00Z", &format!("07:{m}:{s:02}Z"))
}

/// A new session up to the archive's answer: b1 is older than a minute, b2 and b3 are not.
fn signed_in() -> Script {
    let mut script = Script::with_presence(&[MAM, EXTENDED, "urn:xmpp:carbons:2"], stored("a1", A9));
    sign_in(&mut script);
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n", ask(A9, "")));
    script.play(&format!(
        "{}{}{}{}! Write(Page {{ … id: \"b1\" … id: \"b3\"
         ! Write(Intervals {{ … first: \"a1\", last: \"b3\"
         ! Write(Intervals {{ … first: \"a1\", last: \"b1\"
         {DONE}",
        item("b1", 0),
        item("b2", 40),
        item("b3", 90),
        fin(true)
    ));
    script
}

#[test]
fn r02_what_the_server_archives_late_is_found_half_a_minute_later() {
    let mut script = signed_in();
    script.play(&live("b9"));
    script.play(&live("b10"));
    script.play("* wait 5\n! Write(Intervals { … last: \"b1\" … first: \"b9\", last: \"b10\"\n");
    script.play("* wait 24");
    script.play(&format!("* wait 1\n{}{STARTED}", ask("b10", "")));
    script.play(&format!("{}{}", fin(true), ask("b1", "b9")));
    script.play(&format!(
        "{}{}{}{}{}! Write(Page {{ … id: \"b2\" … id: \"b3\" … id: \"b5\" … after: Some(\"b1\"), before: Some(\"b9\")
         ! Write(Intervals {{ archive: \"me@sec.test\", intervals: [Interval {{ first: \"a1\", last: \"b10\" … }}] }}
         {DONE}",
        item("b2", 40),
        ahead("b2"),
        item("b3", 90),
        item("b5", 92),
        fin(true)
    ));
    // From now on live messages join what is known.
    script.play(&format!("{}* wait 5\n! Write(Intervals {{ … first: \"a1\", last: \"b11\"\n", live("b11")));
    script.play("* wait 100");
}

#[test]
fn r02_where_nothing_came_live_the_gap_is_read_from_the_newest_down() {
    let mut script = signed_in();
    script.play(&format!("* wait 30\n{}{STARTED}", ask("b1", "")));
    script.play(&format!(
        "{}{}{}! Write(Page {{ … id: \"b3\" … id: \"b5\" … after: Some(\"b1\"), before: None
         ! Write(Intervals {{ archive: \"me@sec.test\", intervals: [Interval {{ first: \"a1\", last: \"b5\" … }}] }}
         {DONE}",
        item("b3", 90),
        item("b5", 92),
        fin(true)
    ));
    script.play(&format!("{}* wait 5\n! Write(Intervals {{ … first: \"a1\", last: \"b11\"\n", live("b11")));
}

/// A timer of a session that has ended says nothing about this one; the gap of that one is read with the first reading.
#[test]
fn r02_a_session_that_ends_soon_leaves_the_gap_to_the_next() {
    let mut script = signed_in();
    script.play(&live("b9"));
    script.play("* wait 20\n! …");
    script.play("* down\n! …\n");
    sign_in(&mut script);
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n", ask("b9", "")));
    script.play(&format!("{}{}", fin(true), ask("b1", "b9")));
    script.play(&format!(
        "{}{}{}{}! Write(Page {{ … id: \"b3\" … id: \"b5\"
         ! Write(Intervals {{ … first: \"a1\", last: \"b9\" … }}] }}
         ! Write(Intervals {{ … first: \"a1\", last: \"b1\" … }}] }}
         {DONE}",
        item("b3", 90),
        ahead("b3"),
        item("b5", 92),
        fin(true)
    ));
    script.play("* wait 10");
    script.play("* wait 19");
    script.play(&format!("* wait 1\n{}{STARTED}", ask("b1", "")));
}

/// A reading that a message after a resumption caused is answered, and leaves its own gap for half a minute.
fn still_doubtful(script: &mut Script) {
    script.play(&format!("{}{}{}! …\n", item("b10", 200), fin(true), ask("b1", "b9")));
    script.play(&format!(
        "{}{}{}! Write(Page\n! Write(Intervals {{ … first: \"a1\", last: \"b10\" … }}] }}
         ! Write(Intervals {{ … first: \"a1\", last: \"b1\" … }}] }}\n{DONE}",
        item("b3", 90),
        ahead("b3"),
        fin(true)
    ));
    script.play(&format!("* wait 30\n{}{STARTED}", ask("b1", "")));
}

/// Resumed within the half minute: reading the archive because of that is not the end of the doubt.
#[test]
fn r02_a_resumption_in_between_changes_nothing() {
    let mut script = signed_in();
    script.play(&live("b9"));
    script.play("* down\n! …\n* resumed\n! …\n");
    script.play(&format!("{}{}! …\n", live("b10").trim_end_matches("! …\n"), ask("b9", "")));
    still_doubtful(&mut script);
}

/// Most links are just lost. The server has timed the session out by itself then, and nothing is under way any more.
#[test]
fn what_the_server_has_ended_in_its_time_is_not_read_twice() {
    let mut script = Script::with_presence(&[MAM, EXTENDED, "urn:xmpp:carbons:2"], stored("a1", A9));
    sign_in_by(&mut script, "bound late");
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n", ask(A9, "")));
    script.play(&format!(
        "{}{}! Write(Page\n! Write(Intervals {{ … first: \"a1\", last: \"b3\"\n{DONE}",
        item("b3", 90),
        fin(true)
    ));
    script.play(&format!("{}* wait 5\n! Write(Intervals {{ … first: \"a1\", last: \"b4\"\n", live("b4")));
    script.play("* wait 100");
}

/// What comes live while the gap is being closed moves no end that the question was about.
#[test]
fn r02_a_gap_is_not_forgotten_where_messages_come_while_it_is_closed() {
    let mut script = signed_in();
    script.play(&live("b9"));
    script.play(&format!("* wait 30\n! …\n{}", ask("b9", "")));
    script.play(&(live("b10") + &live("b11")));
    script.play(&format!("{}{}{}! …\n", item("b10", 200), fin(true), ask("b1", "b9")));
    script.play(&format!(
        "{}{}{}! Write(Page {{ … id: \"b5\"
         ! Write(Intervals {{ archive: \"me@sec.test\", intervals: [Interval {{ first: \"a1\", last: \"b10\" … }}] }}
         {DONE}",
        item("b5", 92),
        ahead("b5"),
        fin(true)
    ));
}

/// The half minute is over while the archive is read for another reason: what that has read so far is from before.
#[test]
fn r02_a_reading_under_way_does_not_end_the_doubt() {
    let mut script = signed_in();
    script.play(&live("b9"));
    script.play("* wait 10\n! …\n* down\n! …\n* resumed\n! …\n");
    script.play(&format!("{}{}! …\n", live("b10").trim_end_matches("! …\n"), ask("b9", "")));
    script.play("* wait 20");
    still_doubtful(&mut script);
}

/// A reading that came to no end: what it has found was in doubt when it was found, however late the next one is.
#[test]
fn r02_the_doubt_of_a_broken_reading_is_not_forgotten() {
    let mut script = Script::with_presence(&[MAM, EXTENDED, "urn:xmpp:carbons:2"], stored("a1", A9));
    sign_in(&mut script);
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n", ask(A9, "")));
    script.play(&format!("{}{}{}{}! …\n", item("b1", 200), item("b2", 210), fin(false), ask(A9, "b1")));
    script.play("* down\n! …\n");
    sign_in(&mut script);
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n", ask("b2", "")));
    script.play(&format!("{}{}{}! …\n", item("c1", 500), fin(true), ask(A9, "b1")));
    script.play(&format!(
        "{}{}{}{}! Write(Page\n! Write(Intervals {{ … first: \"a1\", last: \"c1\" … }}] }}
         ! Write(Intervals {{ … first: \"a1\", last: \"a11\" … }}] }}\n{DONE}",
        item("a11", 150),
        ask(A9, "a11").replace("$q", "$q0").replace("$n", "$n0"),
        item("a12", 151),
        fin(true)
    ));
}

/// The same for the very first reading: what it was to be read down to is no stretch, and it is past it at the end.
#[test]
fn r02_the_doubt_of_a_broken_first_reading_is_not_forgotten() {
    let mut stored = stored("b1", A9);
    let list = &mut stored.archives[0].1;
    let anchor = Interval { first: String::new(), last: String::new(), ..list[0].clone() };
    list.insert(0, anchor);
    // What was read then ends at 07:45, half an hour after the anchor.
    list[0].last_time = Time(list[0].last_time.0 - 1_800_000);
    let mut script = Script::with_presence(&[MAM, EXTENDED, "urn:xmpp:carbons:2"], stored);
    sign_in(&mut script);
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n", ask(A9, "")));
    let below = super::archive::ask("<before>b1</before>");
    script.play(&format!("{}{}{below}! …\n", item("c1", 500), fin(true)));
    let old = |id: &str, time: &str| super::archive::result(id, "x").replace("07:59:00Z", time);
    script.play(&format!(
        "{}{}{}! Write(Page\n! Write(FirstRead {{\n! Write(Intervals {{ … first: \"z1\", last: \"c1\" … }}] }}
         ! Write(Intervals {{ … first: \"z1\", last: \"z2\" … }}] }}\n{DONE}",
        old("z1", "07:10:00Z"),
        old("z2", "07:43:00Z"),
        fin(false)
    ));
    script.play(&format!("* wait 30\n{}{STARTED}", ask("z2", "")));
}

/// No session lives for half a minute, and one of them was broken off: the others go on as ever.
#[test]
fn r02_a_doubt_that_no_session_lived_to_see_the_end_of_ends_with_its_time() {
    let mut script = signed_in();
    script.play(&live("b9"));
    script.play("* down\n! …\n* wait 29\n* wait 2");
    sign_in_by(&mut script, "bound late");
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n", ask("b9", "")));
    script.play(&format!("{}{}", fin(true), ask("b1", "b9")));
    script.play(&format!(
        "{}{}{}{}! Write(Page {{ … id: \"b3\" … id: \"b5\"
         ! Write(Intervals {{ … first: \"a1\", last: \"b9\" … }}] }}
         {DONE}",
        item("b3", 90),
        ahead("b3"),
        item("b5", 92),
        fin(true)
    ));
    script.play(&format!("{}* wait 5\n! Write(Intervals {{ … first: \"a1\", last: \"b10\"\n", live("b10")));
    script.play("* wait 100");
}

/// Where ids are no times the archive is another server's, and written when a message is routed.
#[test]
fn an_archive_of_another_kind_is_not_read_twice() {
    let mut script = Script::with_presence(&[MAM, EXTENDED, "urn:xmpp:carbons:2"], stored("a1", "a9"));
    sign_in(&mut script);
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n", ask("a9", "")));
    script.play(&format!(
        "{}{}! Write(Page\n! Write(Intervals {{ … first: \"a1\", last: \"b3\"\n{DONE}",
        item("b3", 90),
        fin(true)
    ));
    script.play("* wait 100");
}

/// Offline there is nothing to ask; the session goes on where it was, and so does the doubt.
#[test]
fn r02_half_a_minute_that_ends_offline_begins_again_with_the_resumption() {
    let mut script = signed_in();
    script.play("* down\n! …\n* wait 40\n* wait 1000\n* resumed\n! …\n* wait 29");
    script.play(&format!("* wait 1\n{}{STARTED}", ask("b1", "")));
}

/// The second look for what a dead connection still held begins above all that was read, not at the gap.
#[test]
fn r02_the_look_before_a_resend_begins_at_the_top() {
    let mut stored = stored("a1", A9);
    stored.outbox = vec![row("o1", Delivery::Sent)];
    let mut script = Script::new(&[MAM, EXTENDED], stored);
    script.play(&format!(
        "* bound\n> <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>\n{}{STARTED}",
        ask(A9, "")
    ));
    script.play(&format!("{}{}{}! …\n", item("b1", 0), item("b3", 90), fin(true)));
    let above = "> <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'>
         <set xmlns='http://jabber.org/protocol/rsm'><max>250</max><after>b3</after></set></query></iq>\n";
    script.play(&format!("* wait 5\n{above}"));
}
