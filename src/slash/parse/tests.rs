//! Valid lines, invalid lines, and random lines.

use super::super::spec::ArgKind;
use super::*;
use crate::action::{HistoryAsk, OnAccount, RoomName, Target};
use crate::model::Availability;
use crate::slash::read::room;
use proptest::prelude::*;
use std::collections::HashSet;

/// The marked part of the line and the words.
fn wrong(line: &str) -> (String, String) {
    let error = parse(line).unwrap_err();
    (line[error.span.clone()].to_owned(), error.words)
}

#[test]
fn words_are_unique_and_examples_work() {
    let mut seen = HashSet::new();
    for slash in table::all() {
        for word in slash.words() {
            assert!(seen.insert(word), "/{word} twice");
        }
        assert!(!slash.examples.is_empty(), "/{} has no example", slash.name);
        for example in slash.examples {
            assert!(example.starts_with(&format!("/{}", slash.name)), "{example}");
            let action = parse(example);
            assert!(action.is_ok(), "{example}: {action:?}");
        }
        let optional_first = slash.args.windows(2).any(|w| !w[0].is_required && w[1].is_required);
        assert!(!optional_first || matches!(slash.args[0].kind, ArgKind::Flag(_)), "/{}", slash.name);
        let rest = slash.args.iter().position(|a| a.kind.takes_rest());
        assert!(rest.is_none_or(|i| i + 1 == slash.args.len()), "/{}", slash.name);
    }
}

#[test]
fn the_habits_of_others_work() {
    for (alias, name) in [
        ("j", "join"),
        ("leave", "part"),
        ("wc", "close"),
        ("query", "msg"),
        ("q", "msg"),
        ("m", "msg"),
        ("message", "msg"),
        ("whisper", "pm"),
        ("w", "pm"),
        ("subject", "topic"),
        ("who", "names"),
        ("occupants", "names"),
        ("info", "whois"),
        ("wi", "whois"),
        ("sub", "accept"),
        ("decline", "deny"),
        ("rooms", "list"),
        ("lastlog", "search"),
        ("grep", "search"),
        ("scrollback", "history"),
        ("mam", "history"),
        ("go", "win"),
        ("buffer", "win"),
        ("b", "win"),
        ("url", "open"),
        ("xmlconsole", "xml"),
        ("rawxml", "raw"),
        ("exit", "quit"),
        ("bye", "quit"),
        ("?", "help"),
        ("JOIN", "join"),
    ] {
        assert_eq!(table::find(alias).map(|s| s.name), Some(name), "{alias}");
    }
}

#[test]
fn every_command_of_the_house_is_there() {
    let names = "help join part close msg pm me say nick topic names whois invite accept deny kick ban unban list disco \
                 search history add remove rename group status away xa dnd online back presence priority version ping \
                 time connect disconnect reconnect register account set unset win next prev open copy quote log xml raw \
                 reload quit";
    for name in names.split_whitespace() {
        assert_eq!(table::find(name).map(|s| s.name), Some(name));
    }
}

#[test]
fn good_lines() {
    let room = |t: &str| Some(room(t).unwrap());
    let join = |r, nick: Option<&str>, password: Option<&str>| {
        Ok(Action::Join { room: r, nick: nick.map(Into::into), password: password.map(Into::into) })
    };
    assert_eq!(parse("/join #Plaza"), join(Some(RoomName::Local("plaza".into())), None, None));
    assert_eq!(parse("/j  a@b.c \"two words\"  pw "), join(room("a@b.c"), Some("two words"), Some("pw")));
    assert_eq!(parse("/join xmpp:a@b.c?join"), join(room("a@b.c"), None, None));
    assert_eq!(parse("/join"), join(None, None, None));
    assert_eq!(
        parse("/msg \"Friar Lawrence\" \"hi\"  there\nand there"),
        Ok(Action::Talk { to: Target::Name("Friar Lawrence".into()), text: Some("\"hi\"  there\nand there".into()) })
    );
    assert_eq!(parse("/whois Friar Lawrence"), Ok(Action::Whois(Some(Target::Name("Friar Lawrence".into())))));
    assert_eq!(parse("/nick Friar 🌹"), Ok(Action::Nick("Friar 🌹".into())));
    assert_eq!(parse("/search -a -a x"), Ok(Action::Search { words: "-a x".into(), is_everywhere: true }));
    assert_eq!(parse("/search x"), Ok(Action::Search { words: "x".into(), is_everywhere: false }));
    assert_eq!(parse("/history"), Ok(Action::History(HistoryAsk::Page)));
    assert_eq!(parse("/priority -128"), Ok(Action::Priority(-128)));
    assert_eq!(parse("/account"), Ok(Action::Account(OnAccount::List)));
    assert_eq!(parse("/win 2"), Ok(Action::NthChat(2)));
    assert_eq!(parse("/win xmpp dev"), Ok(Action::OpenChat("xmpp dev".into())));
    assert_eq!(parse("/help /join"), Ok(Action::HelpOn("join".into())));
    assert_eq!(
        parse("/group juliet Verona,  Best Friends,"),
        Ok(Action::Group { who: Target::Name("juliet".into()), groups: vec!["Verona".into(), "Best Friends".into()] })
    );
    assert_eq!(parse("/set notify.bell off"), {
        Ok(Action::Set { key: Some("notify.bell".into()), value: Some("off".into()) })
    });
}

#[test]
fn text_is_text() {
    for line in ["hello", "", "a /join b", "  indented", "1/2", " /usr/bin is a path"] {
        assert_eq!(parse(line), Ok(Action::Say(line.into())));
    }
    assert_eq!(parse("//shrug"), Ok(Action::Say("/shrug".into())));
    assert_eq!(parse("/say /join x"), Ok(Action::Say("/join x".into())));
}

#[test]
fn an_unknown_word_is_never_sent() {
    let error = parse("/jion plaza").unwrap_err();
    assert_eq!((error.span, error.near), (0..5, Some("join")));
    assert!(error.words.contains("did you mean /join?"));
    assert_eq!(wrong("/usr/bin/env\nx").0, "/usr/bin/env");
    assert_eq!(parse("/xyzzy").unwrap_err().near, None);
    assert!(wrong("/").1.contains("missing"));
    // An alias leads to its command.
    assert_eq!(parse("/leav").unwrap_err().near, Some("part"));
}

#[test]
fn a_space_before_the_slash_is_a_slip() {
    let error = parse("  /join plaza").unwrap_err();
    assert_eq!((error.span, error.near), (0..2, Some("join")));
}

#[test]
fn the_wrong_word_is_marked() {
    let is = |line: &str, marked: &str, words: &str| {
        let (m, w) = wrong(line);
        assert!(m == marked && w.contains(words), "{line}: {m:?} {w}");
    };
    is("/add juliet@ Juliet", "juliet@", "not a valid address: the domain is not a host name");
    is("/add montague.lit", "montague.lit", "name@server");
    is("/unban a@b/c", "a@b/c", "not a valid address: leave out the /");
    is("/join a@b..c nick", "a@b..c", "not a valid address");
    is("/kick", "", "<nick> is missing");
    is("/close now please", "now please", "more than the command takes");
    is("/msg \"Friar hi", "\"Friar hi", "the quote is not closed");
    is("/status dnb", "dnb", "must be one of chat, online");
    is("/priority 300", "300", "-128 to 127");
    is("/open 0", "0", "from 1");
    is("/history 2026-02-30", "2026-02-30", "no such day");
    is("/account use", "", "is missing");
    is("/account add a@b", "a@b", "takes no address");
    is("/account burn", "burn", "must be list, add");
    is("/cert pin 1234", "1234", "too short");
    is("/cert pin", "pin", "needs the fingerprint");
    is("/cert burn", "burn", "must be show");
    is("/cert show now", "now", "takes nothing");
    is("/set ui.theem dark", "ui.theem", "did you mean ui.theme?");
    is("/set ui.theme pink", "pink", "must be auto, light, dark or mono");
    is("/raw hello", "hello", "must be one <message>");
    is("/search -a", "", "<words> is missing");
    assert_eq!(parse("/kick").unwrap_err().usage, "/kick <nick> [reason]");
    assert_eq!(table::find("search").unwrap().usage(), "/search [-a] <words>");
}

/// A word that an argument of this kind takes.
fn sample(kind: ArgKind) -> BoxedStrategy<String> {
    match kind {
        ArgKind::Text | ArgKind::Nick => "[a-z世🌹]{1,8}( [a-z\"']{1,8}){0,2}".boxed(),
        ArgKind::Groups => "[A-Z][a-z]{1,5}, [A-Z][a-z]{1,5}".boxed(),
        ArgKind::Word | ArgKind::Chat | ArgKind::Command => "[a-z]{1,8}".boxed(),
        ArgKind::Number => "[1-9][0-9]?".boxed(),
        ArgKind::Since => prop_oneof!["[1-9][0-9]{0,2}", Just("2026-11-20".to_owned())].boxed(),
        ArgKind::Room => prop_oneof!["#?[a-z]{1,8}", "[a-z]{1,8}@[a-z]{1,8}\\.lit"].boxed(),
        ArgKind::Person => {
            prop_oneof!["[a-z世]{1,8}( [a-z]{1,4})?", "[a-z]{1,8}@[a-z]{1,8}(/[a-z ]{1,4}[a-z])?"].boxed()
        }
        ArgKind::Address | ArgKind::Account => "[a-z]{1,8}@[a-z]{1,8}".boxed(),
        ArgKind::Jid => "([a-z]{1,8}@)?[a-z]{1,8}(/[a-z🌹]{1,8})?".boxed(),
        ArgKind::Service => "[a-z]{1,8}\\.lit".boxed(),
        ArgKind::Availability => {
            prop::sample::select(Availability::ALL.to_vec()).prop_map(|a| a.word().to_owned()).boxed()
        }
        ArgKind::Setting => Just("ui.theme".to_owned()).boxed(),
        ArgKind::Value => Just("dark".to_owned()).boxed(),
        ArgKind::Fingerprint => "(sha256:)?([0-9a-f]{4}[ :]?){4,16}".boxed(),
        ArgKind::OneOf(words) => {
            let takes_more = ["use", "pin"].into_iter().find(|w| words.contains(w)).unwrap_or(words[0]);
            Just(takes_more.to_owned()).boxed()
        }
        ArgKind::Flag(flag) => Just(flag.to_owned()).boxed(),
    }
}

/// A line that follows the usage line of some command, and with how many arguments.
fn any_line() -> impl Strategy<Value = String> {
    let all: Vec<&'static Slash> = table::all().filter(|s| s.name != "raw").collect();
    prop::sample::select(all).prop_flat_map(|slash| {
        let words: Vec<BoxedStrategy<String>> = slash.args.iter().map(|a| sample(a.kind)).collect();
        words.prop_map(move |words| {
            let mut line = format!("/{}", slash.name);
            for (arg, word) in slash.args.iter().zip(words) {
                let word = if arg.kind.takes_rest() { word } else { lex::quote(&word) };
                line.push(' ');
                line.push_str(&word);
            }
            line
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_the_usage_line_says_is_understood(line in any_line()) {
        let action = parse(&line);
        prop_assert!(action.is_ok(), "{}: {:?}", line, action);
    }

    #[test]
    fn no_line_is_too_odd(line in "[ /]{0,2}(join|msg|set|search|account|raw|x)?[ \"]?\\PC{0,20}[ \"\\\\\n]?\\PC{0,10}") {
        if let Err(error) = parse(&line) {
            prop_assert!(line.get(error.span.clone()).is_some(), "{:?} {:?}", line, error.span);
        }
    }

    #[test]
    fn only_plain_text_and_say_are_sent(word in "[a-z]{1,10}") {
        let line = format!("/{word} x");
        if table::find(&word).is_none() {
            prop_assert!(parse(&line).is_err());
        }
    }
}
