//! S-14: nicknames that pass for others, on the screen.

use super::server::occupant;
use super::stage::Stage;
use crate::figures::figure;

const ROOM: &str = "r@muc.a.test";

fn spoken(nick: &str, id: &str, by: &str, body: &str) -> String {
    format!(
        "<message from='{ROOM}/{nick}' type='groupchat' id='{id}'><body>{body}</body><occupant-id \
        xmlns='urn:xmpp:occupant-id:0' id='{by}'/></message>"
    )
}

fn gone(nick: &str, by: &str) -> String {
    occupant(ROOM, nick, by, "").replace("<presence", "<presence type='unavailable'")
}

/// The line of the screen that holds a text.
fn line(stage: &mut Stage, words: &str) -> String {
    let screen = stage.screen();
    let found = screen.lines().find(|l| l.contains(words)).map(str::to_owned);
    found.unwrap_or_else(|| panic!("no {words:?} on the screen:\n{screen}"))
}

#[tokio::test]
async fn s14_lookalike_nicks() {
    let mut stage = Stage::new().await;
    stage.resize(180, 60);
    stage.joins(ROOM, &["bob", "dora"]).await;
    stage.says(&spoken("bob", "t", "id-of-bob", "I am the true one")).await;
    assert!(!line(&mut stage, "I am the true one").contains('≈'));
    let forged = [
        ("bob ", "U+0020"),
        (" bob", "U+0020"),
        ("b\u{200b}ob", "U+200B"),
        ("bоb", "U+043E"),
        ("Bob", "otherwise"),
        ("BOB", "otherwise"),
        ("ｂｏｂ", "U+FF42"),
        ("𝐛𝐨𝐛", "U+1D41B"),
        ("bo\u{202e}b", "U+202E"),
        ("b\u{2060}ob\u{feff}", "U+2060"),
    ];
    for (n, (nick, why)) in forged.iter().enumerate() {
        let id = format!("id-of-{n}");
        stage.send(&occupant(ROOM, nick, &id, ""));
        stage.says(&spoken(nick, &format!("f{n}"), &id, &format!("pay me {n}"))).await;
        assert!(line(&mut stage, &format!("pay me {n}")).contains('≈'), "{nick:?}\n{}", stage.screen());
        let screen = stage.screen();
        let told = screen.lines().rev().find(|l| l.contains("looks like bob and is not")).unwrap_or_default();
        assert!(told.contains(why), "{nick:?}: {screen}");
        stage.says(&gone(nick, &id)).await;
        // The mark stays with what was said.
        assert!(line(&mut stage, &format!("pay me {n}")).contains('≈'), "{nick:?}");
    }
    // In private she is marked as well.
    stage.send(&occupant(ROOM, "bоb", "id-of-3", ""));
    stage.says(&format!("<message from='{ROOM}/bоb' type='chat' id='pm'><body>between us</body></message>")).await;
    stage.opens(&format!("{ROOM}/bоb")).await;
    assert!(line(&mut stage, "between us").contains("≈bоb"), "{}", stage.screen());
    stage.opens(ROOM).await;
    // Others are not accused, nor is the true one.
    stage.send(&occupant(ROOM, "bobby", "id-of-bobby", ""));
    stage.says(&spoken("bobby", "g", "id-of-bobby", "I am another")).await;
    stage.says(&spoken("bob", "h", "id-of-bob", "still me")).await;
    assert!(!line(&mut stage, "I am another").contains('≈') && !line(&mut stage, "still me").contains('≈'));
    figure("S-14", "scripted server", &format!("{} nicknames that look like another, all marked", forged.len()));
}

/// A contact's name counts like that of somebody who is here; so does one that is there when the user comes.
#[tokio::test]
async fn s14_lookalikes_of_contacts_and_of_people_before() {
    let mut stage = Stage::new().await;
    stage.resize(180, 60);
    stage.joins(ROOM, &["cаrol", "carol", "dora", "dorа", "zed"]).await;
    let screen = stage.screen();
    assert!(screen.contains("≈cаrol") && screen.contains("≈dorа"), "{screen}");
    assert!(!screen.contains("≈carol") && !screen.contains("≈dora") && !screen.contains("≈zed"), "{screen}");
    // "Carol" is a contact of that name, perhaps the very one; with her letters changed she is not.
    stage.joins("s@muc.a.test", &["carol"]).await;
    assert!(!stage.screen().contains("≈carol"), "{}", stage.screen());
    stage.says(&occupant("s@muc.a.test", "сarol", "x", "")).await;
    assert!(stage.screen().contains("≈сarol"), "{}", stage.screen());
    // Where the room tells addresses, the name alone is enough to know better.
    let item = "<item jid='eve@evil.test/x' affiliation='none' role='participant'/>";
    let known = occupant("s@muc.a.test", "Bob", "y", "").replace("<item affiliation='none' role='participant'/>", item);
    stage.says(&known).await;
    let screen = stage.screen();
    assert!(screen.contains("≈Bob") && screen.contains("Bob looks like"), "{screen}");
}

/// Who takes a nickname over is told apart from the one who had it, in the room and in private.
#[tokio::test]
async fn s14_a_nickname_with_another_owner() {
    let mut stage = Stage::new().await;
    stage.resize(180, 60);
    stage.joins(ROOM, &["bob", "eve"]).await;
    stage.says(&spoken("bob", "1", "id-of-bob", "first")).await;
    let pm = format!("{ROOM}/bob");
    stage.says(&format!("<message from='{pm}' type='chat' id='p'><body>between us</body></message>")).await;
    stage.opens(&pm).await;
    stage.opens(ROOM).await;
    // He goes and comes back: nothing to tell.
    stage.send(&gone("bob", "id-of-bob"));
    stage.says(&occupant(ROOM, "bob", "id-of-bob", "")).await;
    assert!(!stage.screen().contains("somebody else"), "{}", stage.screen());
    // Eve takes the name by a change of hers.
    stage.send(&gone("bob", "id-of-bob"));
    let renamed = "<item nick='bob' affiliation='none' role='participant'/><status code='303'/>";
    stage.send(&gone("eve", "id-of-eve").replace("<item affiliation='none' role='participant'/>", renamed));
    stage.says(&occupant(ROOM, "bob", "id-of-eve", "")).await;
    stage.says(&spoken("bob", "2", "id-of-eve", "second")).await;
    let told = line(&mut stage, "bob is somebody else now");
    assert!(told.contains("not the one who had this nickname here before"), "{told}");
    assert!(line(&mut stage, "second").contains("bob"), "she has a line of her own:\n{}", stage.screen());
    stage.opens(&pm).await;
    assert!(stage.screen().contains("bob is somebody else now"), "{}", stage.screen());
    // The same while the user was away.
    stage.opens(ROOM).await;
    stage.enters("/part").await;
    stage.server.rooms.insert(ROOM.to_owned(), vec![occupant(ROOM, "bob", "id-of-mallory", "")]);
    stage.enters(&format!("/join {ROOM}")).await;
    let told = line(&mut stage, "not the ones who had these nicknames");
    assert!(told.contains("bob"), "{told}");
    // A room that was made anew under its name has other ids for all, the user too: nothing to tell.
    stage.enters("/part").await;
    stage.server.age = "-anew".to_owned();
    stage.server.rooms.insert(ROOM.to_owned(), vec![occupant(ROOM, "bob", "id-of-bob-anew", "")]);
    stage.enters(&format!("/join {ROOM}")).await;
    let screen = stage.screen();
    assert_eq!(screen.matches("not the ones who had these nicknames").count(), 1, "{screen}");
}

/// Names that no room takes for different stand under one only where they are one.
#[tokio::test]
async fn s14_words_of_two_owners_are_not_one_group() {
    let mut stage = Stage::new().await;
    stage.resize(180, 60);
    stage.joins(ROOM, &["bob", "eve"]).await;
    stage.send(&spoken("bob", "1", "id-of-bob", "first"));
    stage.send(&spoken("bob", "2", "id-of-bob", "again"));
    stage.says(&spoken("bob", "3", "id-of-eve", "forged")).await;
    assert!(
        !line(&mut stage, "again").contains("bob") && line(&mut stage, "forged").contains("bob"),
        "{}",
        stage.screen()
    );
}
