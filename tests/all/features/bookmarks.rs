//! Bookmarks in a node of the account's own: made, configured and read back before anything is published.

use super::harness::Script;
use super::rooms::{INFO, ROOM, SELF, info, online, room, there};
use parlour::contract::Command;
use parlour::contract::command::muc::Command as Ask;

/// No bookmarks, of neither kind.
const NONE: &str = "
    < <iq type='error' id='{pep}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    > <iq type='get' id='$old'><query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query></iq>
    < <iq type='result' id='{old}'><query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query></iq>
    ! Event(Muc(BookmarksLoaded([])))";

/// The configuration is asked.
const READ: &str = "
    > <iq type='get' id='$node'><pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='urn:xmpp:bookmarks:1'/></pubsub></iq>";

fn refused(id: &str, condition: &str) -> String {
    format!(
        "< <iq type='error' id='{{{id}}}'><error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    )
}

/// The node is this.
fn is(access: &str, items: &str) -> String {
    format!(
        "< <iq type='result' id='{{node}}'><pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='urn:xmpp:bookmarks:1'>
         <x xmlns='jabber:x:data' type='form'><field var='pubsub#persist_items' type='boolean'><value>1</value></field>
         <field var='pubsub#max_items'><value>{items}</value></field>
         <field var='pubsub#access_model' type='list-single'><value>{access}</value></field></x></configure></pubsub></iq>"
    )
}

/// The fields that we want, where the node has all.
fn fields(items: &str, is_whole: bool) -> String {
    let last = if is_whole { "<field var='pubsub#send_last_published_item'><value>never</value></field>" } else { "" };
    format!(
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>
         <value>http://jabber.org/protocol/pubsub#node_config</value></field>
         <field var='pubsub#persist_items'><value>true</value></field><field var='pubsub#max_items'><value>{items}</value></field>
         {last}<field var='pubsub#access_model'><value>whitelist</value></field></x>"
    )
}

fn create() -> String {
    format!(
        "> <iq type='set' id='$made'><pubsub xmlns='http://jabber.org/protocol/pubsub'><create node='urn:xmpp:bookmarks:1'/>
         <configure>{}</configure></pubsub></iq>",
        fields("max", true)
    )
}

fn configure(items: &str) -> String {
    format!(
        "> <iq type='set' id='$set'><pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='urn:xmpp:bookmarks:1'>
         {}</configure></pubsub></iq>",
        fields(items, false)
    )
}

fn publish(room: &str, name: &str, is_autojoin: bool) -> String {
    let options = "<publish-options><x xmlns='jabber:x:data' type='submit'>
         <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#publish-options</value></field>
         <field var='pubsub#access_model'><value>whitelist</value></field></x></publish-options>";
    published(room, name, is_autojoin, options)
}

fn published(room: &str, name: &str, is_autojoin: bool, options: &str) -> String {
    format!(
        "> <iq type='set' id='$pub'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:bookmarks:1'><item id='{room}'>
         <conference xmlns='urn:xmpp:bookmarks:1' {name} autojoin='{is_autojoin}'><nick>me</nick></conference></item></publish>
         {options}</pubsub></iq>"
    )
}

/// Enters the room of all scripts; `after` is what follows the presence that says that we are in.
fn join(script: &mut Script, after: &str) {
    script.ask(
        Command::Muc(Ask::Join { room: room(), nick: Some("me".into()), password: None }),
        &format!(
            "{INFO}
             ! …
             {}
             > <presence to='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>
             ! …
             {}
             {after}",
            info(&["http://jabber.org/protocol/muc", "urn:xmpp:mam:2"]),
            there("me", "affiliation='none' role='moderator'", SELF),
        ),
    );
}

const TEA: &str = "name='Tea'";

#[test]
fn a_node_that_is_not_there_is_made_and_read_back_first() {
    let mut script = online();
    script.play(NONE);
    join(
        &mut script,
        &format!(
            "{READ}
             ! Write(Chat
             ! Event(Muc(Joined
             ! Event(Muc(BookmarksLoaded([(\"{ROOM}\", Some(\"Tea\"), true)])))
             {}
             {}
             < <iq type='result' id='{{made}}'/>
             {READ}
             {}
             {}",
            refused("node", "item-not-found"),
            create(),
            is("whitelist", "max"),
            publish(ROOM, TEA, true),
        ),
    );
    // Once in a session is enough; leaving is the same bookmark without autojoin.
    script.play("< <iq type='result' id='{pub}'/>");
    script.ask(
        Command::Muc(Ask::Leave { room: room(), reason: None }),
        &format!("> <presence type='unavailable' to='{ROOM}/me'/>\n{}\n! …", publish(ROOM, TEA, false)),
    );
}

/// Made by a version that left the limit out; open to all; a server that takes numbers alone.
#[test]
fn a_node_that_is_wrong_is_mended_before_it_is_used() {
    for (was, mended) in [
        (
            is("whitelist", "1"),
            format!("{}\n< <iq type='result' id='{{set}}'/>\n{READ}\n{}", configure("max"), is("whitelist", "max")),
        ),
        (
            is("presence", "max"),
            format!("{}\n< <iq type='result' id='{{set}}'/>\n{READ}\n{}", configure("max"), is("whitelist", "max")),
        ),
        (
            is("whitelist", "10"),
            format!(
                "{}\n{}\n{READ}\n{}\n{}\n< <iq type='result' id='{{set}}'/>\n{READ}\n{}",
                configure("max"),
                refused("set", "not-acceptable"),
                is("whitelist", "10"),
                configure("1000"),
                is("whitelist", "1000")
            ),
        ),
    ] {
        let mut script = online();
        script.play(NONE);
        join(&mut script, &format!("{READ}\n! …\n{was}\n{mended}\n{}", publish(ROOM, TEA, true)));
    }
}

/// The bookmarks that are there say that there is a node: it is looked at though nothing is to be written.
#[test]
fn a_wrong_node_with_bookmarks_is_mended_at_the_login() {
    online().play(&format!(
        "< <iq type='result' id='{{pep}}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>
             <item id='a@muc.sec.test'><conference xmlns='urn:xmpp:bookmarks:1'/></item></items></pubsub></iq>
         {READ}
         ! Event(Muc(BookmarksLoaded([(\"a@muc.sec.test\", None, false)])))
         {}
         {}
         < <iq type='result' id='{{set}}'/>
         {READ}
         {}",
        is("open", "1"),
        configure("max"),
        is("whitelist", "max")
    ));
}

#[test]
fn nothing_is_published_where_others_could_read_it() {
    let unfit = |answers: &str| {
        let mut script = online();
        script.play(NONE);
        join(
            &mut script,
            &format!("{READ}\n! …\n{answers}\n! Event(Session(Noticed(\"your bookmarks are not saved on the server: "),
        );
        // The user is told once; the next wish is not published either.
        script.ask(
            Command::Muc(Ask::Leave { room: room(), reason: None }),
            &format!("> <presence type='unavailable' to='{ROOM}/me'/>\n! …"),
        );
    };
    unfit(&refused("node", "forbidden"));
    unfit("< <iq type='result' id='{node}'/>");
    let tries = ["max", "1000", "250", "100"].map(|limit| {
        format!("{}\n{}\n< <iq type='result' id='{{set}}'/>\n{READ}", is("presence", "max"), configure(limit))
    });
    unfit(&format!("{}\n{}", tries.join("\n"), is("presence", "max")));
}

/// A server that keeps no more, whatever it is asked.
#[test]
fn a_node_that_is_full_loses_none() {
    let tries = ["max", "1000", "250", "100"].map(|limit| {
        format!("{}\n{}\n{}\n{READ}", is("whitelist", "1"), configure(limit), refused("set", "not-acceptable"))
    });
    let mut script = online();
    script.play(&format!(
        "< <iq type='result' id='{{pep}}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>
             <item id='a@muc.sec.test'><conference xmlns='urn:xmpp:bookmarks:1'/></item></items></pubsub></iq>
         {READ}
         ! …
         {}
         {}",
        tries.join("\n"),
        is("whitelist", "1")
    ));
    join(&mut script, "! …");
}

/// Somebody opened the node since it was read: it is read again, mended, and the bookmark goes after that.
#[test]
fn a_node_that_changed_is_read_again() {
    let mut script = online();
    script.play(NONE);
    join(&mut script, &format!("{READ}\n! …\n{}\n{}", is("whitelist", "max"), publish(ROOM, TEA, true)));
    script.play(&format!(
        "{}
         {READ}
         {}
         {}
         < <iq type='result' id='{{set}}'/>
         {READ}
         {}
         {}",
        refused("pub", "conflict"),
        is("open", "max"),
        configure("max"),
        is("whitelist", "max"),
        publish(ROOM, TEA, true)
    ));
}

/// A server that takes no conditions gets none, once the node was read to be private.
#[test]
fn a_server_that_refuses_conditions_gets_the_bookmark_without() {
    for condition in ["bad-request", "not-acceptable", "feature-not-implemented"] {
        let mut script = online();
        script.play(NONE);
        join(
            &mut script,
            &format!(
                "{READ}\n! …\n{}\n{}\n{}\n{}\n< <iq type='result' id='{{pub}}'/>",
                is("whitelist", "max"),
                publish(ROOM, TEA, true),
                refused("pub", condition),
                published(ROOM, TEA, true, "")
            ),
        );
    }
}

/// What is there is not written over by what was wished before it was seen.
#[test]
fn a_wish_waits_for_the_bookmarks() {
    let mut script = online();
    join(&mut script, "! …");
    script.play(&format!(
        "< <iq type='result' id='{{pep}}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>
             <item id='{ROOM}'><conference xmlns='urn:xmpp:bookmarks:1' name='Mine'><nick>old</nick><password>p</password></conference></item></items></pubsub></iq>
         {READ}
         ! Event(Muc(BookmarksLoaded([(\"{ROOM}\", Some(\"Mine\"), true)])))
         {}
         {}",
        is("whitelist", "max"),
        publish(ROOM, "name='Mine'", true).replace("</nick>", "</nick><password>p</password>")
    ));
}

/// A fault says nothing of what is there.
#[test]
fn what_could_not_be_read_is_not_written_over() {
    let mut script = online();
    script.play(&format!(
        "{}
         > <iq type='get' id='$old'><query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query></iq>
         {}
         ! Event(Muc(BookmarksLoaded([])))",
        refused("pep", "internal-server-error"),
        refused("old", "item-not-found")
    ));
    join(&mut script, "! …");
}

/// The bookmarks with this one.
fn kept(conference: &str) -> String {
    format!(
        "< <iq type='result' id='{{pep}}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>
             <item id='{ROOM}'><conference xmlns='urn:xmpp:bookmarks:1' name='Tea' {conference}</conference></item></items></pubsub></iq>
         {READ}
         ! Event(Muc(BookmarksLoaded"
    )
}

/// Enters as the bookmark says, or under the account's own nickname, and keeps what the bookmark has.
fn entered_as(nick: &str, password: &str) -> String {
    format!(
        "{}
         > <presence to='{ROOM}/{nick}'><x xmlns='http://jabber.org/protocol/muc'>{password}<history maxstanzas='0'/></x></presence>
         ! …
         {}
         ! …
         {}",
        info(&["http://jabber.org/protocol/muc", "urn:xmpp:mam:2"]),
        there(nick, "affiliation='none' role='participant'", SELF),
        is("whitelist", "max"),
    )
}

/// Rooms that were open when the program ended wait for the bookmarks, and nothing of these is written over.
#[test]
fn a_room_is_entered_again_as_its_bookmark_says() {
    let reenter = || Command::Muc(Ask::Reenter { room: room() });
    for is_autojoin in ["autojoin='true'>", ">"] {
        let mut script = online();
        script.ask(reenter(), "");
        script.play(&format!(
            "{}
             {INFO}
             ! Event(Muc(Joining {{ room: \"{ROOM}\", nick: \"貓\"
             {}",
            kept(&format!("{is_autojoin}<nick>貓</nick><password>p</password>")),
            entered_as("貓", "<password>p</password>"),
        ));
    }
}

/// Typed without a nickname, it is the bookmark's; a named one becomes the bookmark's.
#[test]
fn the_bookmark_has_a_nickname_for_who_names_none() {
    let mut script = online();
    script.play(&kept("><nick>貓</nick>"));
    script.ask(
        Command::Muc(Ask::Enter { room: room(), nick: None, password: None }),
        &format!("{INFO}\n! Event(Muc(Joining {{ room: \"{ROOM}\", nick: \"貓\""),
    );
}

/// Where the bookmarks cannot be had, a room is entered all the same; but it is not made.
#[test]
fn a_room_is_entered_again_without_bookmarks() {
    let mut script = online();
    script.ask(Command::Muc(Ask::Reenter { room: room() }), "");
    script.play(&format!(
        "{NONE}
         {INFO}
         ! Event(Muc(Joining
         < <iq type='error' id='{{info}}' from='{ROOM}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
         ! Event(Muc(JoinFailed {{ room: \"{ROOM}\", reason: NotThere"
    ));
}

/// With the first new bookmark nobody looks at the old place any more, so all go along.
#[test]
fn the_old_bookmarks_go_along_with_the_first_new_one() {
    let mut script = online();
    script.play(&NONE.replace(
        "<storage xmlns='storage:bookmarks'/></query></iq>\n    !",
        "<storage xmlns='storage:bookmarks'><conference jid='a@muc.sec.test' name='A'><nick>me</nick></conference></storage></query></iq>\n    !",
    ).replace("BookmarksLoaded([])", "BookmarksLoaded([(\"a@muc.sec.test\", Some(\"A\"), false)])"));
    join(
        &mut script,
        &format!(
            "{READ}\n! …\n{}\n{}\n{}",
            is("whitelist", "max"),
            publish("a@muc.sec.test", "name='A'", false),
            publish(ROOM, TEA, true)
        ),
    );
}

/// The link broke before the server had said that it has the bookmark: it goes with the next session.
#[test]
fn what_was_under_way_is_sent_again() {
    let mut script = online();
    script.play(NONE);
    join(&mut script, &format!("{READ}\n! …\n{}\n{}", is("whitelist", "max"), publish(ROOM, TEA, true)));
    script.play(&format!("* down\n! …\n* resumed\n{}", publish(ROOM, TEA, true)));
}

/// `/nick` is kept: the next start has that nickname, and what else the bookmark holds stays. One that the room refuses is not.
#[test]
fn a_nickname_that_is_taken_in_the_room_is_kept_in_the_bookmark() {
    let mut script = online();
    script.play(&format!(
        "{}\n{INFO}\n! Event(Muc(Joining\n{}",
        kept("autojoin='true'><nick>me</nick><password>p</password>"),
        entered_as("me", "<password>p</password>")
    ));
    let set = |nick: &str| Command::Muc(Ask::SetNick { room: room(), nick: nick.into() });
    script.ask(
        set("taken"),
        &format!(
            "> <presence to='{ROOM}/taken'/>
             < <presence type='error' from='{ROOM}/taken'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
             ! Event(Muc(Refused"
        ),
    );
    let published = publish(ROOM, TEA, true).replace("<nick>me</nick>", "<nick>moi</nick><password>p</password>");
    script.ask(
        set("moi"),
        &format!(
            "> <presence to='{ROOM}/moi'/>
             < <presence type='unavailable' from='{ROOM}/me'><x xmlns='http://jabber.org/protocol/muc#user'>
               <item nick='moi' affiliation='none' role='participant'/><status code='303'/><status code='110'/></x></presence>
             {published}
             ! …
             {}
             ! …",
            there("moi", "affiliation='none' role='participant'", SELF),
        ),
    );
}
