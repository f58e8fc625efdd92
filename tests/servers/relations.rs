//! Corrections, reactions, answers and retractions between the engine and tokio-xmpp's client, through real servers; and
//! that a device which was not there finds the same in the archive.

use crate::harness::Server;
use crate::peer::{Peer, send};
use crate::third::{Third, arrived, delivered, payload, presences, start, tell, text, words};
use parlour::contract::event::{chat, history, muc, roster};
use parlour::contract::{Command, Event, command};
use parlour::model::*;
use tokio_xmpp::Stanza;
use tokio_xmpp::jid::Jid as TheirJid;
use tokio_xmpp::minidom::Element;
use tokio_xmpp::parsers::message::{Id, Lang, Message as Theirs};
use tokio_xmpp::parsers::message_correct::Replace;
use tokio_xmpp::parsers::muc::Muc;
use tokio_xmpp::parsers::presence::Presence as TheirPresence;
use tokio_xmpp::parsers::reactions::{Reaction as TheirReaction, Reactions};
use tokio_xmpp::parsers::stanza_id;

fn says(chat: &ChatId, kind: ChatKind, id: &str, body: &str, relation: Relation) -> Command {
    let (chat, body, id) = (chat.clone(), body.to_owned(), StanzaId::from(id));
    Command::Chat(command::chat::Command::Send { chat, kind, body, id, relation })
}

fn doing(id: &str, deed: Deed) -> Relation {
    Relation { reply: None, act: Some(Act { id: id.to_owned(), deed, since: None }) }
}

/// Until a message is as `is` wants it.
async fn changed(peer: &mut Peer, what: &str, is: impl Fn(&Message) -> bool) -> Message {
    peer.wait(what, |event| match event {
        Event::Chat(chat::Event::MessageChanged(m)) if is(m) => Some((**m).clone()),
        _ => None,
    })
    .await
}

fn child<'m>(message: &'m Theirs, name: &str, ns: &str) -> Option<&'m Element> {
    message.payloads.iter().find(|p| p.is(name, ns))
}

/// The next message with such a child.
async fn with_child(third: &mut Third, name: &str, ns: &'static str) -> Theirs {
    third
        .wait(name, |stanza| match stanza {
            Stanza::Message(m) => child(m, name, ns).map(|_| m.clone()),
            Stanza::Presence(_) | Stanza::Iq(_) => None,
        })
        .await
}

fn retract(id: &str) -> Element {
    Element::builder("retract", "urn:xmpp:message-retract:1").attr("id".try_into().unwrap(), id).build()
}

fn store() -> Element {
    Element::builder("store", "urn:xmpp:hints").build()
}

/// With payloads that the client has no types for.
fn with(mut message: Theirs, payloads: impl IntoIterator<Item = Element>) -> Theirs {
    message.payloads.extend(payloads);
    message
}

/// What the engine makes of what the client does.
async fn theirs(alice: &mut Peer, bob: &mut Third, chat: &ChatId) {
    let to = TheirJid::new(&alice.id.to_string()).unwrap();
    bob.say(words(to.clone(), "b1", "see you at sixx")).await;
    arrived(alice, "see you at sixx").await;
    let fixed = words(to.clone(), "b2", "see you at six").with_payload(Replace { id: Id("b1".to_owned()) });
    bob.say(fixed).await;
    let now = changed(alice, "the correction", |m| m.body.raw() == "see you at six").await;
    assert_eq!((now.extra.versions.len(), now.ids.stanza), (1, Some("b1".into())));
    tell(alice, send(chat, "party")).await;
    let own = bob.heard("party").await.id.unwrap().0;
    let reaction = TheirReaction { emoji: "🎉".to_owned() };
    let all = Reactions { id: own.clone(), reactions: vec![reaction] };
    let reacting = Theirs { id: Some(Id("b3".to_owned())), ..Theirs::chat(to.clone()) }.with_payload(all);
    bob.say(with(reacting, [store()])).await;
    let now = changed(alice, "the reaction", |m| !m.extra.reactions.is_empty()).await;
    assert_eq!((now.body.raw(), now.extra.reactions[0].emoji.as_str()), ("party", "🎉"));
    bob.say(words(to.clone(), "b4", "the secret")).await;
    arrived(alice, "the secret").await;
    bob.say(with(words(to, "b5", "/me retracted a message"), [retract("b4"), store()])).await;
    changed(alice, "the retraction", |m| m.extra.retracted.is_some() && m.body.raw().is_empty()).await;
}

/// What the client gets of what the engine does.
async fn ours(alice: &mut Peer, bob: &mut Third, chat: &ChatId) {
    let kind = ChatKind::Contact;
    let rows = alice.stored(chat).await;
    let first = rows.iter().find(|m| m.ids.stanza == Some("b1".into())).unwrap();
    tell(alice, says(chat, kind, "a1", "👍 🎉", doing("b1", Deed::React))).await;
    let (_, got) = bob.got::<Reactions>("reactions").await;
    let emoji: Vec<&str> = got.reactions.iter().map(|r| r.emoji.as_str()).collect();
    assert_eq!((got.id.as_str(), emoji), ("b1", vec!["👍", "🎉"]));
    let original = Original {
        row: first.row,
        order: first.order,
        from: first.from.clone(),
        is_own: false,
        words: first.body.clone(),
    };
    let reply = Reply { id: "b1".to_owned(), to: Some(first.from.clone()), original: Some(Box::new(original)) };
    tell(alice, says(chat, kind, "a2", "yes", Relation { reply: Some(reply), act: None })).await;
    let heard = with_child(bob, "reply", "urn:xmpp:reply:0").await;
    assert_eq!(text(&heard), "> see you at six\nyes");
    assert_eq!(child(&heard, "reply", "urn:xmpp:reply:0").unwrap().attr("id"), Some("b1"));
    let fallback = child(&heard, "fallback", "urn:xmpp:fallback:0").unwrap();
    let part = fallback.children().next().unwrap();
    let end = "> see you at six\n".chars().count().to_string();
    assert_eq!(
        (fallback.attr("for"), part.attr("start"), part.attr("end")),
        (Some("urn:xmpp:reply:0"), Some("0"), Some(end.as_str()))
    );
    tell(alice, says(chat, kind, "a3", "yes!", doing("a2", Deed::Correct))).await;
    let heard = bob.heard("yes!").await;
    assert_eq!(payload::<Replace>(&heard).map(|r| r.id.0), Some("a2".to_owned()));
    tell(alice, says(chat, kind, "a4", "oops", Relation::default())).await;
    bob.heard("oops").await;
    tell(alice, says(chat, kind, "a5", "/me retracted a message", doing("a4", Deed::Retract))).await;
    let heard = with_child(bob, "retract", "urn:xmpp:message-retract:1").await;
    assert_eq!(child(&heard, "retract", "urn:xmpp:message-retract:1").unwrap().attr("id"), Some("a4"));
    delivered(alice, &"a5".into(), &Delivery::Acked).await;
}

/// What is seen of a message.
fn look(m: &Message) -> String {
    let reactions: Vec<String> = m.extra.reactions.iter().map(|r| format!("{}{}", r.emoji, r.who.len())).collect();
    let reply = m.extra.relation.reply.as_ref().and_then(|r| r.original.as_ref()).map(|o| o.words.raw().to_owned());
    let (edited, gone) = (m.extra.edited.is_some(), m.extra.retracted.is_some());
    format!("{} | {} edited {edited} gone {gone} {} re {reply:?}", m.is_own(), m.body.raw(), reactions.join(" "))
}

/// A device that was not there pages through the archive and sees the same.
async fn late(home: &std::path::Path, server: &Server, alice: &mut Peer, chat: &ChatId) {
    let mut late = start(home, server, "late");
    late.wait("the archive's end", |event| match event {
        Event::History(history::Event::CatchUpDone(archive)) if archive == alice.id.jid() => Some(()),
        Event::History(history::Event::Failed { reason, .. }) => panic!("{reason:?}"),
        _ => None,
    })
    .await;
    let see = |rows: Vec<Message>| rows.iter().map(look).collect::<Vec<_>>();
    let (here, there) = (see(alice.stored(chat).await), see(late.stored(chat).await));
    assert_eq!(here, there);
    assert_eq!(
        here,
        [
            "false | see you at six edited true gone false 👍1 🎉1 re None",
            "true | party edited false gone false 🎉1 re None",
            "false |  edited false gone true  re None",
            "true | yes! edited true gone false  re Some(\"see you at six\")",
            "true |  edited false gone true  re None",
        ]
    );
    late.close().await;
}

/// In a room: named by the room's ids, and who is who by what the room shows.
async fn in_a_room(server: &Server, alice: &mut Peer, bob: &mut Third) {
    let room = BareJid::parse(&format!("acts@{}", server.info["muc"].as_str().unwrap())).unwrap();
    let at = TheirJid::new(&room.to_string()).unwrap();
    let join = command::muc::Command::Join { room: room.clone(), nick: Some("Alice".to_owned()), password: None };
    tell(alice, Command::Muc(join)).await;
    let joined = |event: &Event| match event {
        Event::Muc(muc::Event::Joined { .. }) => Some(()),
        Event::Muc(muc::Event::JoinFailed { reason, .. }) => panic!("{reason:?}"),
        _ => None,
    };
    alice.wait("the engine in the room", joined).await;
    let bob_at = TheirJid::new(&format!("{room}/Bob")).unwrap();
    bob.say(TheirPresence::available().with_to(bob_at).with_payload(Muc::new())).await;
    let came = |event: &Event| match event {
        Event::Muc(muc::Event::OccupantChanged { occupant, .. }) if occupant.nick.raw() == "Bob" => Some(()),
        _ => None,
    };
    alice.wait("the client in the room", came).await;
    let chat = ChatId::new(alice.id.clone(), room.clone());
    let kind = ChatKind::Room;

    // Hers: sent, known by the room's id once it is back, then edited.
    tell(alice, says(&chat, kind, "ra1", "who comes", Relation::default())).await;
    let heard = bob.heard("who comes").await;
    let sid = payload::<stanza_id::StanzaId>(&heard);
    delivered(alice, &"ra1".into(), &Delivery::Acked).await;
    tell(alice, says(&chat, kind, "ra2", "who comes?", doing("ra1", Deed::Correct))).await;
    let heard = bob.heard("who comes?").await;
    assert_eq!(payload::<Replace>(&heard).map(|r| r.id.0), Some("ra1".to_owned()));
    changed(alice, "her own edit", |m| m.body.raw() == "who comes?").await;

    // His: corrected live, by the same occupant.
    let said = |id: &str, body: &str| {
        let to = Theirs { id: Some(Id(id.to_owned())), ..Theirs::groupchat(at.clone()) };
        to.with_body(Lang::new(), body.to_owned())
    };
    bob.say(said("rb1", "me to")).await;
    let row = arrived(alice, "me to").await;
    bob.say(said("rb2", "me too").with_payload(Replace { id: Id("rb1".to_owned()) })).await;
    changed(alice, "his edit", |m| m.body.raw() == "me too" && m.extra.edited.is_some()).await;

    // Reactions by the room's ids, both ways.
    let sid = sid.expect("both servers give ids in rooms").id;
    let all = Reactions { id: sid, reactions: vec![TheirReaction { emoji: "🎉".to_owned() }] };
    bob.say(with(
        Theirs { id: Some(Id("rb3".to_owned())), ..Theirs::groupchat(at.clone()) }.with_payload(all),
        [store()],
    ))
    .await;
    let now = changed(alice, "his reaction", |m| !m.extra.reactions.is_empty()).await;
    assert_eq!((now.body.raw(), now.extra.reactions[0].who[0].resource()), ("who comes?", Some("Bob")));
    let name = row.named(Some(Deed::React)).expect("the room gave it an id");
    tell(alice, says(&chat, kind, "ra3", "👍", doing(&name, Deed::React))).await;
    // His own came back before.
    assert_eq!(bob.got::<Reactions>("his reaction").await.1.reactions[0].emoji, "🎉");
    let (_, got) = bob.got::<Reactions>("her reaction").await;
    assert_eq!((got.id, got.reactions[0].emoji.as_str()), (name, "👍"));
    let now = changed(alice, "her own reaction", |m| m.extra.reactions.iter().any(|r| r.is_own)).await;
    assert_eq!(now.body.raw(), "me too");

    // Somebody else's deeds do nothing: he edits and retracts hers.
    bob.say(said("rb4", "nobody comes").with_payload(Replace { id: Id("ra1".to_owned()) })).await;
    arrived(alice, "nobody comes").await;
    let her = alice.stored(&chat).await.into_iter().find(|m| m.ids.stanza == Some("ra1".into())).unwrap();
    assert_eq!((her.body.raw(), her.extra.retracted), ("who comes?", None));
}

/// She made the room, so she may remove what he said; only Prosody's rooms can.
async fn moderation(server: &Server, alice: &mut Peer, bob: &mut Third) {
    let room = BareJid::parse(&format!("acts@{}", server.info["muc"].as_str().unwrap())).unwrap();
    let at = TheirJid::new(&room.to_string()).unwrap();
    let said = Theirs { id: Some(Id("rb9".to_owned())), ..Theirs::groupchat(at) };
    bob.say(said.with_body(Lang::new(), "an insult".to_owned())).await;
    let row = arrived(alice, "an insult").await;
    let id = row.named(Some(Deed::Moderate)).unwrap();
    let reason = Some("no insults".to_owned());
    tell(alice, Command::Muc(command::muc::Command::Moderate { room, id, reason })).await;
    let gone = changed(alice, "the removal", |m| m.row == row.row && m.extra.retracted.is_some()).await;
    let how = gone.extra.retracted.unwrap();
    assert_eq!((gone.body.raw(), how.is_moderated, how.reason), ("", true, Some("no insults".into())));
}

async fn relations(kind: &str) {
    let server = Server::start(kind);
    let home = tempfile::tempdir().unwrap();
    let mut alice = start(home.path(), &server, "parlour");
    alice.wait("the roster", |event| matches!(event, Event::Roster(roster::Event::Loaded(_))).then_some(())).await;
    let mut bob = Third::start(&server, "bob").await;
    presences(&mut alice, &mut bob).await;
    let chat = alice.chat(&BareJid::parse(bob.me.to_bare().as_str()).unwrap());
    theirs(&mut alice, &mut bob, &chat).await;
    ours(&mut alice, &mut bob, &chat).await;
    late(home.path(), &server, &mut alice, &chat).await;
    in_a_room(&server, &mut alice, &mut bob).await;
    if kind == "prosody" {
        moderation(&server, &mut alice, &mut bob).await;
    }
    alice.close().await;
}

#[tokio::test]
async fn prosody() {
    relations("prosody").await;
}

#[tokio::test]
async fn ejabberd() {
    relations("ejabberd").await;
}
