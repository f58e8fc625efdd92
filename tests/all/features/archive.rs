//! The archive: pages, gaps, and who may answer.

use super::harness::{Script, T0};
use super::outbox::row;
use super::people::contact;
use parlour::contract::{Bootstrap, Interval};
use parlour::model::{BareJid, Delivery, Time};

pub const MAM: &str = "urn:xmpp:mam:2";
pub const EXTENDED: &str = "urn:xmpp:mam:2#extended";

/// Copies are asked for, and they will come.
const CARBONS: &str = "> <iq type='set' id='$c'><enable xmlns='urn:xmpp:carbons:2'/></iq>\n";
const COPIES: &str = "< <iq type='result' id='{c}'/>\n";

pub fn stored(first: &str, last: &str) -> Bootstrap {
    let interval = Interval {
        first: first.into(),
        last: last.into(),
        first_time: Time(T0.0 - 1_000_000),
        last_time: Time(T0.0 - 900_000),
        is_start: false,
    };
    Bootstrap {
        contacts: vec![contact("bob@sec.test")],
        archives: vec![(BareJid::parse("me@sec.test").unwrap(), vec![interval])],
        ..Bootstrap::default()
    }
}

pub fn result(id: &str, body: &str) -> String {
    format!(
        "< <message from='me@sec.test'><result xmlns='urn:xmpp:mam:2' queryid='{{n}}' id='{id}'><forwarded xmlns='urn:xmpp:forward:0'>
         <delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:59:00Z'/><message xmlns='jabber:client' from='bob@sec.test/a'
          to='me@sec.test/tui' type='chat' id='m{id}'><body>{body}</body></message></forwarded></result></message>\n"
    )
}

pub fn fin(complete: bool) -> String {
    format!("< <iq type='result' id='{{q}}'><fin xmlns='urn:xmpp:mam:2' complete='{complete}'/></iq>\n")
}

pub fn ask(set: &str) -> String {
    let max = if set.contains("<before/>") { 100 } else { 250 };
    format!(
        "> <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'>
         <set xmlns='http://jabber.org/protocol/rsm'><max>{max}</max>{set}</set></query></iq>\n"
    )
}

fn bound(question: &str) -> String {
    format!(
        "* bound\n> <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>\n{question}! Event(History(CatchUpStarted(\"me@sec.test\"))\n"
    )
}

/// The archive was never asked before: a mark of that goes first.
fn bound_first(question: &str) -> String {
    bound(question)
        .replace("! Event(History(CatchUpStarted", "! Write(Intervals { … last: \"\"\n! Event(History(CatchUpStarted")
}

/// A page of messages from before the program was first started.
fn old_page(ids: &[&str], complete: bool) -> String {
    page(ids, complete).replace("07:59:00Z", "07:29:00Z")
}

fn page(ids: &[&str], complete: bool) -> String {
    ids.iter().map(|id| result(id, "x")).collect::<String>() + &fin(complete)
}

#[test]
fn the_first_login_takes_one_page() {
    let mut script = Script::new(&[MAM], Bootstrap::default());
    script.play(
        &(bound_first(&ask("<before/>"))
            + &old_page(&["8", "9"], false)
            + r#"! Write(Page { archive: "me@sec.test", messages: [Message { … is_delayed: true … id: "8" … id: "9" … after: None, before: None
                 ! Write(FirstRead { archive: "me@sec.test", begun: Time(1795248000000)
                 ! Write(Intervals { archive: "me@sec.test", intervals: [Interval { first: "8", last: "9" … is_start: false }]
                 ! Event(History(CatchUpDone("me@sec.test"))"#),
    );
}

#[test]
fn pages_from_the_newest_down_to_what_is_known() {
    let mut script = Script::new(&[MAM], stored("1", "3"));
    let text = bound(&ask("<before/>"))
        + &page(&["8", "9"], false)
        + &ask("<before>8</before>")
        + r#"! Write(Page { … before: None
             ! Write(Intervals { … first: "1", last: "3" … first: "8", last: "9"
            "#
        + &page(&["3", "4", "7"], false)
        + r#"! Write(Page { … id: "4" … id: "7" … after: Some("3"), before: Some("8")
             ! Write(Intervals { archive: "me@sec.test", intervals: [Interval { first: "1", last: "9" … }] }
             ! Event(History(CatchUpDone("me@sec.test"))"#;
    script.play(&text);
}

#[test]
fn a_floor_where_the_archive_knows_ids_and_none_where_it_forgot() {
    let mut script = Script::new(&[MAM, EXTENDED], stored("1", "3"));
    let text = bound(
        "> <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='?'><x xmlns='jabber:x:data' type='submit'>
         <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='after-id'><value>3</value></field></x>
         <set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>\n",
    ) + "< <iq type='error' id='{q}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>\n"
        + &ask("<before/>")
        + &page(&["20", "21"], true)
        + r#"! Write(Page { … after: None, before: None
             ! Write(Intervals { archive: "me@sec.test", intervals: [Interval { first: "20", last: "21" … is_start: true }]
             ! Event(History(CatchUpDone"#;
    script.play(&text);
}

/// A question with a floor, whose ids are kept under these names.
fn ask_above(q: &str, n: &str, cursor: &str) -> String {
    let (max, before) = match cursor {
        "" => (100, "<before/>".to_owned()),
        _ => (250, format!("<before>{cursor}</before>")),
    };
    format!(
        "> <iq type='set' id='${q}'><query xmlns='urn:xmpp:mam:2' queryid='${n}'><x xmlns='jabber:x:data' type='submit'>
         <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='after-id'><value>3</value></field></x>
         <set xmlns='http://jabber.org/protocol/rsm'><max>{max}</max>{before}</set></query></iq>\n"
    )
}

fn result_of(n: &str, id: &str) -> String {
    result(id, "x").replace("{n}", &format!("{{{n}}}"))
}

fn fin_of(q: &str, complete: bool) -> String {
    fin(complete).replace("{q}", &format!("{{{q}}}"))
}

/// Up to the first message of somebody else in the second page.
fn long_catch_up() -> String {
    bound(&ask_above("q1", "n1", ""))
        + &result_of("n1", "28")
        + &result_of("n1", "29")
        + &fin_of("q1", false)
        + &ask_above("q2", "n2", "28")
        + "! Write(Page { …\n! Write(Intervals { …\n"
        // An own message is no end of a stretch.
        + &result_of("n2", "25").replace("from='bob@sec.test/a'", "from='me@sec.test/a'").replace("to='me@sec.test/tui'", "to='bob@sec.test'")
        + &result_of("n2", "26")
        + &ask_above("q3", "n3", "26")
        + &result_of("n2", "27")
}

#[test]
fn a_long_catch_up_asks_for_the_next_page_while_this_one_comes_in() {
    let mut script = Script::new(&[MAM, EXTENDED], stored("1", "3"));
    script.play(
        &(long_catch_up()
        + &fin_of("q2", false)
        + r#"! Write(Page { … id: "25" … id: "26" … id: "27" … after: None, before: Some("28")
             ! Write(Intervals { … first: "1", last: "3" … first: "26", last: "29"
            "#
        + &result_of("n3", "24")
        + &ask_above("q4", "n4", "24")
        + &result_of("n3", "25")
        + &fin_of("q3", true)
        + r#"! Write(Page { … id: "24" … id: "25" … after: Some("3"), before: Some("26")
             ! Write(Intervals { archive: "me@sec.test", intervals: [Interval { first: "1", last: "29" … }] }
             ! Event(History(CatchUpDone("me@sec.test"))
            "#
        // It was one question too many: its answer is nobody's.
        + &result_of("n4", "2")
        + &fin_of("q4", true)),
    );
}

#[test]
fn pages_that_overtake_each_other_are_asked_for_again() {
    let mut script = Script::new(&[MAM, EXTENDED], stored("1", "3"));
    script.play(&(long_catch_up()
        + &result_of("n3", "24")
        + &fin_of("q3", true)
        + &fin_of("q2", false)
        + &ask_above("q3", "n3", "26")
        + "! Write(Page { … id: \"25\" … id: \"26\" … id: \"27\"\n! Write(Intervals { …\n"
        + &result_of("n3", "24")
        + &ask_above("q4", "n4", "24")
        + &fin_of("q3", true)
        + "! Write(Page { … id: \"24\" … after: Some(\"3\"), before: Some(\"26\")\n! Write(Intervals { …\n! Event(History(CatchUpDone("));
}

#[test]
fn a_question_ahead_that_is_refused_is_asked_again_in_its_turn() {
    let mut script = Script::new(&[MAM, EXTENDED], stored("1", "3"));
    let refused = "< <iq type='error' id='{q3}'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>\n";
    script.play(
        &(long_catch_up()
            + refused
            + &fin_of("q2", false)
            + &ask_above("q3", "n3", "26")
            + "! Write(Page { …\n! Write(Intervals { …\n"
            + &fin_of("q3", true)
            + "! Write(Intervals { …\n! Event(History(CatchUpDone("),
    );
}

#[test]
fn s02_results_from_anybody_else_are_dropped() {
    let mut script = Script::new(&[MAM], Bootstrap::default());
    script.play(&bound_first(&ask("<before/>")));
    let forged = |from: &str, id: &str| {
        format!(
            "< <message{from}><result xmlns='urn:xmpp:mam:2' queryid='{id}' id='1'><forwarded xmlns='urn:xmpp:forward:0'>
             <message xmlns='jabber:client' from='bob@sec.test/a' to='me@sec.test' type='chat'><body>pay</body></message>
             </forwarded></result><body>outer</body></message>\n"
        )
    };
    for from in ["eve@evil.test/x", "sec.test", "me@sec.test/other", "me@sec.test.evil.test", "r@muc.sec.test"] {
        script.play(&forged(&format!(" from='{from}'"), "{n}"));
    }
    for id in ["", "other", "id1"] {
        script.play(&forged(" from='me@sec.test'", id));
    }
    // Not one of them is in the page; and when the question is answered, its id is worth nothing.
    script.play(&(fin(true) + "! Event(History(CatchUpDone"));
    script.play(&forged(" from='me@sec.test'", "{n}"));
}

#[test]
fn s02c_a_room_answers_for_itself_alone() {
    let mut script = Script::new(&[], Bootstrap::default());
    script.play("* bound\n> <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>");
    script.play(
        r#"
        * join r@muc.sec.test me urn:xmpp:mam:2
        > <iq type='set' to='r@muc.sec.test' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>
        ! Write(Intervals { … last: ""
        ! Event(History(CatchUpStarted("r@muc.sec.test"))
        < <message from='r@muc.sec.test'><result xmlns='urn:xmpp:mam:2' queryid='{n}' id='1'><forwarded xmlns='urn:xmpp:forward:0'>
            <message xmlns='jabber:client' from='bob@sec.test/a' to='me@sec.test' type='chat'><body>pay</body></message></forwarded></result></message>
        < <message from='r@muc.sec.test'><result xmlns='urn:xmpp:mam:2' queryid='{n}' id='2'><forwarded xmlns='urn:xmpp:forward:0'>
            <message xmlns='jabber:client' from='other@muc.sec.test/bob' type='groupchat'><body>pay</body></message></forwarded></result></message>
        < <iq type='result' id='{q}' from='r@muc.sec.test'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>
        ! Write(Intervals { archive: "r@muc.sec.test"
        ! Event(History(CatchUpDone
        "#,
    );
}

#[test]
fn s38_an_archive_that_repeats_itself_is_left() {
    let mut script = Script::new(&[MAM], stored("1", "3"));
    let same = page(&["8", "9"], false);
    let text = bound(&ask("<before/>"))
        + &same
        + &ask("<before>8</before>")
        + "! …\n"
        + &same
        + "! Write(Page\n! Write(Intervals\n! Event(History(CatchUpDone";
    script.play(&text);
}

#[test]
fn live_messages_extend_what_is_known_and_a_lost_link_saves_it() {
    let mut script = Script::new(&[MAM, "urn:xmpp:carbons:2"], Bootstrap::default());
    let text = bound_first(&(CARBONS.to_owned() + &ask("<before/>")))
        + &page(&["8"], true)
        + "! …\n"
        + COPIES
        + r#"
        < <message from='bob@sec.test/a' type='chat' id='l'><body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id='9'/></message>
        ! Write(Message
        * down
        ! Write(Intervals { archive: "me@sec.test", intervals: [Interval { first: "8", last: "9"
        ! Event(Presence(AllGone))
        "#;
    script.play(&text);
}

#[test]
fn a_link_that_dies_in_the_middle_leaves_a_known_gap_and_catch_up_goes_on() {
    let mut script = Script::new(&[MAM], stored("1", "3"));
    let text = bound(&ask("<before/>"))
        + &page(&["8", "9"], false)
        + &ask("<before>8</before>")
        + "! …\n* down\n! …\n"
        + "* resumed\n"
        + &ask("<before/>")
        + "> <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>\n"
        + "! Event(History(CatchUpStarted\n"
        + &page(&["9", "10"], false)
        + &ask("<before>8</before>")
        + r#"! Write(Page { … id: "10" … after: Some("9"), before: None
             ! Write(Intervals { … first: "1", last: "3" … first: "8", last: "10"
            "#
        + &page(&["2", "3", "4"], false)
        + r#"! Write(Page { … id: "4" … after: Some("3"), before: Some("8")
             ! Write(Intervals { archive: "me@sec.test", intervals: [Interval { first: "1", last: "10" … }] }
             ! Event(History(CatchUpDone"#;
    script.play(&text);
}

/// After a resumption a server may deliver what is new before what it held back. Should that session end as well, what
/// was held back must not lie below what is known.
#[test]
fn r01_what_came_after_a_resumption_extends_nothing_before_the_archive_was_read() {
    let mut script = signed_in();
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n{}! …\n", ask("<before/>"), page(&["a9"], true)));
    script.play(&format!("{}* down\n! Write(Intervals {{ … last: \"a10\"\n! …\n", live("a10")));
    // Nothing is asked before there is a reason.
    script.play("* resumed\n! …\n");
    script.play(&format!("{}{}! …\n", live("a13").trim_end_matches("! …\n"), ask("<before/>")));
    script.play(&live("a14"));
    // The resumed session ends before the archive answers: all above a10 is still to be asked for.
    script.play("* down\n! Event(Presence(AllGone))\n");
}

/// What bounds the next page must have a row, and must be known also after the link was lost.
#[test]
fn r01_a_stretch_begins_at_a_message_and_not_at_a_receipt() {
    let receipt = |id: &str| {
        result(id, "x").replace("<body>x</body>", "<received xmlns='urn:xmpp:receipts' id='q'/>")
            + "! Write(Addition(Delivery { … id: \"q\", delivery: Delivered\n"
    };
    let mut script = Script::new(&[MAM], stored("1", "3"));
    script.play(
        &(bound(&ask("<before/>"))
            + &receipt("7")
            + &page(&["8", "9"], false)
            + &ask("<before>8</before>")
            + "! …\n* down\n! …\n"),
    );
    script.play(&format!(
        "* resumed\n{}> <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>\n! Event(History(CatchUpStarted\n",
        ask("<before/>")
    ));
    script.play(&format!("{}{}! …\n", page(&["9"], true), ask("<before>8</before>")));
    // All of one second, so the order hangs on the bound alone.
    script.play(&format!(
        "{}! Write(Page {{ … id: \"4\" … id: \"5\" … before: Some(\"8\")\n! …\n",
        receipt("4").replace("id='4'", "id='3b'") + &page(&["4", "5"], true)
    ));
}

/// The archive fails in the middle of a gap that an earlier start left: nobody knows yet what lies in it.
#[test]
fn r01_what_is_in_doubt_waits_until_every_gap_was_read() {
    let mut stored = stored("1", "3");
    let newest = Interval { first: "8".into(), last: "9".into(), ..stored.archives[0].1[0].clone() };
    stored.archives[0].1.push(newest);
    stored.outbox = vec![row("a1", Delivery::Sent)];
    let started = "! Event(History(CatchUpStarted(\"me@sec.test\"))\n";
    let mut script = Script::new(&[MAM], stored);
    script.play(&(bound(&ask("<before/>")) + &page(&["9"], true) + &ask("<before>8</before>") + "! …\n"));
    script.play(&format!("{}! Event(History(Failed {{ … again in 5 s\n", refusal("wait", "internal-server-error")));
    // Neither sent again nor given up.
    script.play("* wait 4");
    script.play(&format!("* wait 1\n{}{started}", ask("<before/>")));
    script.play(&(page(&["9"], true) + &ask("<before>8</before>") + "! …\n"));
    let own = result("5", "text of a1")
        .replace("from='bob@sec.test/a'", "from='me@sec.test/tui'")
        .replace("to='me@sec.test/tui'", "to='bob@sec.test'")
        .replace("id='m5'", "id='a1'");
    script.play(&(own + &fin(true) + "! Write(Page\n! Write(Intervals\n! Event(History(CatchUpDone\n! Write(Addition(Delivery { … id: \"a1\", delivery: Acked\n"));
    script.play("* wait 10\n");
}

/// `type='error'` with a condition.
fn refusal(type_: &str, condition: &str) -> String {
    format!(
        "< <iq type='error' id='{{q}}'><error type='{type_}'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>
         </error></iq>\n"
    )
}

#[test]
fn an_archive_that_is_busy_is_asked_again_and_one_that_refuses_is_not() {
    let started = "! Event(History(CatchUpStarted(\"me@sec.test\"))\n";
    let mut script = Script::new(&[MAM], stored("1", "3"));
    script.play(&bound(&ask("<before/>")));
    script.play(&format!(
        "{}! Event(History(Failed {{ … reason: \"the server has a fault of its own; it is asked again in 5 s\n",
        refusal("wait", "internal-server-error")
    ));
    script.play("* wait 4");
    script.play(&format!("* wait 1\n{}{started}", ask("<before/>")));
    script.play(&format!(
        "{}! Event(History(Failed {{ … reason: \"the server is too busy for this; it is asked again in 10 s\n",
        refusal("wait", "resource-constraint")
    ));
    script.play("* wait 9");
    script.play(&format!("* wait 1\n{}{started}", ask("<before/>")));
    // Half of the gap is filled when it fails once more: the next try begins where this one stopped.
    script.play(&format!("{}{}! …\n", page(&["8", "9"], false), ask("<before>8</before>")));
    script.play(&format!(
        "{}! Event(History(Failed {{ … it is asked again in 20 s\n",
        refusal("wait", "internal-server-error")
    ));
    // Within those the roster's time is over.
    script.play("* wait 16\n> <presence/>\n! …\n");
    script.play(&format!("* wait 4\n{}{started}", ask("<before/>")));
    script.play(&format!("{}{}! …\n", page(&["8", "9"], false), ask("<before>8</before>")));
    script.play(&format!("{}! Write(Page\n! Write(Intervals\n! Event(History(CatchUpDone\n", page(&["3", "4"], false)));
    // It worked, so the pauses begin anew; and a refusal for good is the end.
    script.play(&format!("* down\n! …\n{}! …\n", bound(&ask("<before/>"))));
    script.play(&format!(
        "{}! Event(History(Failed {{ … reason: \"you are not allowed to do that\"\n",
        refusal("auth", "forbidden")
    ));
    script.play("* wait 1000\n> <presence/>\n! …\n");
}

#[test]
fn older_pages_of_one_chat() {
    let mut script = Script::new(&[MAM], Bootstrap::default());
    script.play(&(bound_first(&ask("<before/>")) + &old_page(&["8"], false) + "! …"));
    script.play(
        &(r#"* older bob@sec.test
        > <iq type='set' id='$q'><query xmlns='urn:xmpp:mam:2' queryid='$n'><x xmlns='jabber:x:data' type='submit'>
          <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>bob@sec.test</value></field>
          <field var='end'><value>2026-11-21T08:00:00.000Z</value></field></x>
          <set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>
        "#
        .to_owned()
            + &page(&["6", "7"], true)
            + r#"! Write(Page { archive: "me@sec.test"
                 ! Event(History(OlderFetched { chat: ChatId { … address: "bob@sec.test" }, is_start: true"#),
    );
    script.play(
        r#"* older r@muc.sec.test
        ! Event(History(Failed { … chat: Some(ChatId { … address: "r@muc.sec.test" } … reason: "there is no archive"#,
    );
}

#[test]
fn where_there_is_no_archive_what_is_stored_is_all() {
    let mut script = Script::new(&[], Bootstrap::default());
    script.play(
        "* bound
         > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
         * older bob@sec.test
         ! Event(History(OlderFetched { chat: ChatId { … address: \"bob@sec.test\" }, is_start: true",
    );
}

#[test]
fn what_is_not_confirmed_stays_within_reach_of_the_next_catch_up() {
    let mut script = Script::new(&[MAM, "urn:xmpp:carbons:2"], Bootstrap::default());
    let live = |id: &str| {
        format!(
            "< <message from='bob@sec.test/a' type='chat' id='l{id}'><body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id='{id}'/></message>
             ! Write(Message\n"
        )
    };
    let text = bound_first(&(CARBONS.to_owned() + &ask("<before/>")))
        + &page(&["8"], true)
        + "! …\n"
        + COPIES
        + "* send bob@sec.test a1 hi
           > <message type='chat' to='bob@sec.test' id='a1'><body>hi</body><origin-id xmlns='urn:xmpp:sid:0' id='a1'/>
             <request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>
           ! …
           * handed a1
           ! …\n"
        // a1 may be number 9 there: nobody knows. A kill now must find it again.
        + &live("10")
        + "* wait 5\n";
    script.play(&text);
    script.play("* acked a1\n! Write(Addition(Delivery");
    script.play(&(live("11") + "* wait 5\n! Write(Intervals { … first: \"8\", last: \"11\""));
}

pub const ROSTER: &str = "< <iq type='result' id='{r}'><query xmlns='jabber:iq:roster'><item jid='bob@sec.test' subscription='both'/></query></iq>\n";

/// The login up to the roster's question; the archive is known to be there.
fn signed_in() -> Script {
    let mut script = Script::with_presence(&[MAM, "urn:xmpp:carbons:2"], stored("a1", "a9"));
    sign_in(&mut script);
    script
}

pub fn sign_in(script: &mut Script) {
    sign_in_by(script, "bound");
}

pub fn sign_in_by(script: &mut Script, bound: &str) {
    script.play(&format!(
        "* {bound}
         > <iq type='get' id='$r'><query xmlns='jabber:iq:roster'/></iq>
         > <iq type='set' id='$c'><enable xmlns='urn:xmpp:carbons:2'/></iq>
         < <iq type='result' id='{{c}}'/>"
    ));
}

pub fn live(id: &str) -> String {
    format!(
        "< <message from='bob@sec.test/a' to='me@sec.test' type='chat' id='m{id}'><body>x</body>
         <stanza-id xmlns='urn:xmpp:sid:0' by='me@sec.test' id='{id}'/></message>\n! …\n"
    )
}

#[test]
fn the_archive_is_read_after_the_presence_is_sent() {
    // What comes before that may be delivered to nobody, and the live message after it would hide the hole.
    let mut script = signed_in();
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n", ask("<before/>")));
}

#[test]
fn becoming_available_again_reads_the_archive_again() {
    let mut script = signed_in();
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n{}! …\n", ask("<before/>"), page(&["a9"], true)));
    script.play(&format!("{}* presence offline\n> <presence type='unavailable'/>\n! …\n", live("a10")));
    // Meanwhile somebody writes, and nobody is there who could take it.
    script.play(&format!("* presence online\n> <presence/>\n{}! …\n", ask("<before/>")));
    // A message that comes before the answer does not close the gap by itself: the next start asks below it.
    script.play(&live("a13"));
    script.play(&format!("{}! …\n", page(&["a9", "a10", "a11", "a12", "a13"], true)));
    script.play(&format!("{}* wait 6\n! Write(Intervals {{ … last: \"a14\"\n! …\n", live("a14")));
}

/// A page that was asked for in an earlier stay ends with what was said then: what followed while the user was out must
/// not count as read with it.
#[test]
fn a_page_of_an_earlier_stay_in_a_room_is_nobodys() {
    let room_ask = |q: &str, n: &str| {
        format!(
            "> <iq type='set' to='r@muc.sec.test' id='${q}'><query xmlns='urn:xmpp:mam:2' queryid='${n}'>
             <set xmlns='http://jabber.org/protocol/rsm'><max>100</max><before/></set></query></iq>"
        )
    };
    let room_result = |n: &str, id: &str| {
        format!(
            "< <message from='r@muc.sec.test'><result xmlns='urn:xmpp:mam:2' queryid='{{{n}}}' id='{id}'><forwarded xmlns='urn:xmpp:forward:0'>
             <message xmlns='jabber:client' from='r@muc.sec.test/bob' type='groupchat'><body>x</body></message></forwarded></result></message>"
        )
    };
    let room_fin = |q: &str| {
        format!(
            "< <iq type='result' id='{{{q}}}' from='r@muc.sec.test'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>"
        )
    };
    let mut script = Script::new(&[], Bootstrap::default());
    script.play(&format!(
        "* bound
         > <iq type='get' id='?'><query xmlns='jabber:iq:roster'/></iq>
         * join r@muc.sec.test me urn:xmpp:mam:2
         {}
         ! …
         {}
         * leave r@muc.sec.test
         ! Event(History(CatchUpDone(
         * join r@muc.sec.test me urn:xmpp:mam:2
         {}
         ! Event(History(CatchUpStarted(
         {}
         {}
         {}
         {}
         {}
         ! Write(Intervals {{ … first: \"1\", last: \"5\"
         ! Event(History(CatchUpDone(",
        room_ask("q", "n"),
        room_result("n", "1"),
        room_ask("r", "m"),
        room_result("n", "2"),
        room_fin("q"),
        room_result("m", "1"),
        room_result("m", "5"),
        room_fin("r"),
    ));
}

/// The session is resumed in the middle of a catch-up, and that goes on. The first live message wants one more reading;
/// until that has begun, the messages after it extend nothing either.
#[test]
fn r01_after_a_resumption_no_live_message_extends_what_a_catch_up_has_not_read() {
    let mut script = signed_in();
    script.play(&format!("{ROSTER}> <presence/>\n{}! …\n", ask("<before/>")));
    script.play(&format!("{}{}! …\n", page(&["b8", "b9"], false), ask("<before>b8</before>")));
    script.play(&format!("* down\n! …\n* resumed\n{}! …\n", ask("<before/>")));
    script.play(&format!("{}{}! …\n", page(&["b9", "b10"], false), ask("<before>b8</before>")));
    script.play(&(live("b13") + &live("b14")));
    script.play("* down\n! Event(Presence(AllGone))\n");
}
