//! The scanner: hostile input, and the same frames however the bytes are cut.

use super::*;
use crate::xmpp::kit::ns;
use crate::xmpp::stream::codec::Decoder;
use proptest::prelude::*;

const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id=\"a>'b\">";

/// The frames of a stream, fed in pieces of `size`, and how it ended.
fn scan(text: &[u8], size: usize) -> (Vec<Frame>, Option<Malformed>) {
    let mut scanner = Scanner::new(Bounds::default());
    let mut frames = VecDeque::new();
    let error = text.chunks(size).find_map(|piece| scanner.feed(piece, &mut frames).err());
    (frames.into(), error)
}

/// The stanzas after the header; whole at once and byte by byte they are the same.
fn stanzas(text: &str) -> (Vec<Frame>, Option<Malformed>) {
    let all = format!("{HEADER}{text}");
    let (mut frames, error) = scan(all.as_bytes(), usize::MAX);
    for size in [1, 3] {
        assert_eq!(
            scan(all.as_bytes(), size),
            (frames.clone(), error),
            "in pieces of {size}: {}",
            &text[..text.len().min(200)]
        );
    }
    assert!(matches!(frames.remove(0), Frame::Header(_)));
    (frames, error)
}

fn whole(text: &str) -> Frame {
    Frame::Stanza(text.as_bytes().to_vec())
}

/// The one stanza of a text that is over a bound, and a sound one after it.
fn broken(text: &str) -> (String, Broken) {
    let (frames, error) = stanzas(&format!("{text}<message id='next'/>"));
    assert_eq!(error, None);
    assert_eq!(frames[1..], [whole("<message id='next'/>")]);
    match &frames[0] {
        Frame::Oversized(head, why) => (String::from_utf8_lossy(head).into_owned(), *why),
        other @ (Frame::Header(_) | Frame::Stanza(_) | Frame::Footer) => panic!("{other:?}"),
    }
}

#[test]
fn frames_are_what_is_between_the_tags() {
    let (frames, error) = stanzas(" \n<message a='>/>' b=\"'<\"/>".replace("'<", "'&lt;").as_str());
    assert_eq!((frames, error), (vec![whole("<message a='>/>' b=\"'&lt;\"/>")], None));
    let (frames, error) = stanzas("<a><a/><b ></b\n></a>\n<presence/></stream:stream>anything < goes");
    assert_eq!(frames, [whole("<a><a/><b ></b\n></a>"), whole("<presence/>"), Frame::Footer]);
    assert_eq!(error, None);
}

#[test]
fn comments_instructions_and_declarations_are_left_out() {
    let (frames, error) = stanzas(
        "<!-- <x> --><?php <y> ?><message>a<!-- -- > ->-->b<?z?>c<![CDATA[</message>]] ]>]]></message><?xml version='1.0'?><iq/>",
    );
    assert_eq!(frames, [whole("<message>abc<![CDATA[</message>]] ]>]]></message>"), whole("<iq/>")]);
    assert_eq!(error, None);
}

#[test]
fn a_broken_outline_ends_the_stream_after_what_was_whole() {
    for (text, why) in [
        ("<!DOCTYPE x>", Malformed::Declaration),
        ("<a><!ENTITY x 'y'></a>", Malformed::Declaration),
        ("<![CDATA[x]]>", Malformed::Declaration),
        ("<a></b>", Malformed::EndTag),
        ("<a><b></a></b>", Malformed::EndTag),
        ("<ab></a>", Malformed::EndTag),
        ("<a></ab>", Malformed::EndTag),
        ("<a b=c/>", Malformed::Tag),
        ("<a b/>", Malformed::Tag),
        ("<a / >", Malformed::Tag),
        ("< a/>", Malformed::Tag),
        ("<a b='<'/>", Malformed::Tag),
        ("<<a/>", Malformed::Tag),
        ("hello", Malformed::Text),
        ("</stream>", Malformed::EndTag),
    ] {
        let (frames, error) = stanzas(&format!("<message id='first'/>{text}"));
        assert_eq!(error, Some(why), "{text}");
        assert_eq!(frames[0], whole("<message id='first'/>"), "{text}");
    }
}

#[test]
fn each_bound_costs_only_its_stanza() {
    let deep = |n: usize| format!("<message id='d'>{}{}</message>", "<a>".repeat(n), "</a>".repeat(n));
    assert_eq!(stanzas(&deep(99)).0, [whole(&deep(99))]);
    assert_eq!(broken(&deep(100)), ("<message id='d'>".to_owned(), Broken::Depth));
    assert_eq!(broken(&deep(100_000)).1, Broken::Depth);

    let value = |n: usize| format!("<message id='{}' to='x'/>", "v".repeat(n));
    assert_eq!(stanzas(&value(8000)).1, None);
    let (head, why) = broken(&value(9000));
    assert!(why == Broken::Value && head.ends_with("to='x'/>"), "the other attributes are still known");
    assert_eq!(
        broken(&format!("<message id='x'><a b='{}'/></message>", "v".repeat(9000))),
        ("<message id='x'>".to_owned(), Broken::Value)
    );

    let body = format!("<message id='big'><body>{}</body></message>", "b".repeat(2_000_000));
    assert_eq!(broken(&body), ("<message id='big'>".to_owned(), Broken::Size));
    assert_eq!(broken(&format!("<message {}/>", "a='1' ".repeat(101))).1, Broken::Attributes);
    assert_eq!(broken(&format!("<message>{}</message>", "<a/>".repeat(10_001))).1, Broken::Children);
    let rows = format!("<a>{}</a>", "<b/>".repeat(9_000));
    assert_eq!(broken(&format!("<message>{}</message>", rows.repeat(6))).1, Broken::Nodes);
    assert_eq!(broken(&format!("<message><{0}></{0}></message>", "n".repeat(257))).1, Broken::Name);
    assert_eq!(broken(&format!("<message><a {}='1'/></message>", "n".repeat(257))).1, Broken::Name);
}

#[test]
fn a_head_that_never_ends_is_not_kept() {
    let (head, why) = broken(&format!("<message {}/>", "a='1' ".repeat(100_000)));
    assert_eq!(why, Broken::Attributes);
    assert!(head.len() <= HEAD_MAX);
    let mut scanner = Scanner::new(Bounds { skipped: 1 << 16, ..Bounds::default() });
    let mut frames = VecDeque::new();
    scanner.feed(HEADER.as_bytes(), &mut frames).unwrap();
    let endless = (0..).find_map(|_| scanner.feed(&[b'<', b'a', b'>'].repeat(1000), &mut frames).err());
    assert_eq!(endless, Some(Malformed::Endless));
    assert!(scanner.buf.len() <= HEAD_MAX && scanner.levels.len() <= 101 && scanner.names.len() < 1 << 16);
}

#[test]
fn a_header_over_a_bound_is_refused() {
    let text = format!("<stream:stream x='{}'>", "v".repeat(9000));
    assert_eq!(scan(text.as_bytes(), 100).1, Some(Malformed::Header));
}

#[test]
fn between_frames() {
    let mut scanner = Scanner::new(Bounds::default());
    let mut frames = VecDeque::new();
    for (piece, is_between) in [(HEADER, true), ("<", false), ("a>", false), ("</a>", true), (" ", true), ("<b", false)]
    {
        scanner.feed(piece.as_bytes(), &mut frames).unwrap();
        assert_eq!(scanner.is_between_frames(), is_between, "{piece}");
    }
}

/// Well-formed elements with everything that a scanner could trip over.
fn element() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[ a-z\u{e9}\u{4e2d}\u{1f600}'\"/>=-]{0,12}".prop_map(|t| t.replace("]]>", "")),
        Just("<!-- a > b -->".to_owned()),
        Just("<![CDATA[ <x> ]] > ]]>".to_owned()),
        Just("&lt;&amp;&#x41;".to_owned()),
    ];
    let value = prop_oneof![
        "[ a-z>/=]{0,8}".prop_map(|v| format!("'{v}\"'")),
        "[ a-z>/=]{0,8}".prop_map(|v| format!("\"{v}'\""))
    ];
    let head = ("[a-z][a-z0-9]{0,5}", proptest::option::of(value));
    let leaf = (head.clone(), text).prop_map(|((name, value), text)| tagged(&name, value.as_deref(), &text));
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (head.clone(), proptest::collection::vec(inner, 0..4))
            .prop_map(|((name, value), children)| tagged(&name, value.as_deref(), &children.concat()))
    })
}

fn tagged(name: &str, value: Option<&str>, inner: &str) -> String {
    let value = value.map(|v| format!(" v = {v}")).unwrap_or_default();
    if inner.is_empty() { format!("<{name}{value}/>") } else { format!("<{name}{value}>{inner}</{name} >") }
}

proptest! {
    #[test]
    fn well_formed_streams_are_cut_as_the_parser_reads_them(elements in proptest::collection::vec(element(), 1..6), size in 1usize..40) {
        let text = format!("{HEADER}{}</stream:stream>", elements.join(" "));
        let (frames, error) = scan(text.as_bytes(), size);
        prop_assert_eq!(error, None);
        prop_assert_eq!(frames.len(), elements.len() + 2);
        let mut decoder = Decoder::client().unwrap();
        for (frame, element) in frames[1..].iter().zip(&elements) {
            let Frame::Stanza(bytes) = frame else { return Err(TestCaseError::fail("not a stanza")) };
            let ours = decoder.decode(bytes);
            let plain = String::from_utf8_lossy(bytes).into_owned();
            prop_assert!(ours.is_ok(), "{} from {}", plain, element);
            prop_assert_eq!(name_of(element), name_of(&plain));
        }
    }

    #[test]
    fn any_bytes_are_survived_and_cut_alike(bytes in proptest::collection::vec(prop_oneof![
        proptest::sample::select(b"<>/='\"!-[]?& ax".to_vec()), any::<u8>()], 0..300), size in 1usize..9) {
        let mut all = HEADER.as_bytes().to_vec();
        all.extend_from_slice(&bytes);
        prop_assert_eq!(scan(&all, size), scan(&all, usize::MAX));
    }

    #[test]
    fn what_the_parser_takes_as_a_stream_is_cut_into_as_many_elements(bytes in proptest::collection::vec(
        proptest::sample::select(vec!["<a>", "</a>", "<b/>", "<c x='1'>", "</c>", " ", "<!---->", "<![CDATA[<]]>", "t"]), 0..14)) {
        let body = bytes.concat();
        let header = format!("<stream:stream xmlns='{}' xmlns:stream='{}'>", ns::JABBER_CLIENT, ns::STREAM);
        if let Some(tops) = tops(&format!("{header}{body}</stream:stream>")) {
            let (frames, error) = scan(format!("{header}{body}</stream:stream>").as_bytes(), 2);
            prop_assert_eq!(error, None);
            prop_assert_eq!(frames.len(), tops + 2);
        }
    }
}

fn name_of(text: &str) -> String {
    text.chars().skip(1).take_while(char::is_ascii_alphanumeric).collect()
}

/// How many top-level elements rxml sees; `None` where it refuses the stream or there is text between them.
fn tops(text: &str) -> Option<usize> {
    use rxml::{Event, Parse};
    let mut parser = rxml::Parser::default();
    let mut rest = text.as_bytes();
    let (mut depth, mut tops) = (0, 0);
    loop {
        match parser.parse(&mut rest, true).ok()? {
            None => return Some(tops),
            Some(Event::StartElement(..)) => {
                tops += usize::from(depth == 1);
                depth += 1;
            }
            Some(Event::EndElement(_)) => depth -= 1,
            Some(Event::Text(_, text)) if depth == 1 && !text.trim().is_empty() => return None,
            Some(Event::Text(..) | Event::XmlDeclaration(..)) => {}
        }
    }
}

/// The frames of a stream in which the answer `q1` is a list; the same however the bytes are cut.
fn lists(text: &str) -> Vec<Frame> {
    let all = format!("{HEADER}{text}");
    let scan = |size: usize| {
        let mut scanner = Scanner::new(Bounds::default());
        scanner.await_list("q1");
        let mut frames = VecDeque::new();
        for piece in all.as_bytes().chunks(size) {
            scanner.feed(piece, &mut frames).unwrap();
        }
        Vec::from(frames)
    };
    let mut frames = scan(usize::MAX);
    assert_eq!(scan(7), frames, "in pieces of 7");
    frames.remove(0);
    frames
}

#[test]
fn a_list_that_was_asked_for_may_be_long() {
    let items = "<item jid='somebody-in-the-list@example.org' subscription='both'/>".repeat(30_000);
    let list = format!("<iq type='result' id='q1'><query xmlns='jabber:iq:roster' ver='1'>{items}</query></iq>");
    assert!(list.len() > Bounds::default().stanza);
    assert_eq!(lists(&list), [whole(&list)]);
    // Any other answer, and the same one a second time, has the usual bounds.
    for other in [list.replace("'q1'", "'q2'"), list.replace(" id='q1'", " xid='q1'")] {
        assert!(matches!(lists(&other)[..], [Frame::Oversized(..)]));
    }
    assert!(matches!(lists(&format!("{list}{list}"))[..], [Frame::Stanza(_), Frame::Oversized(_, Broken::Children)]));
}

#[test]
fn an_entry_over_a_bound_costs_only_itself() {
    let long = "x".repeat(9_000);
    let deep = "<g>".repeat(200) + &"</g>".repeat(200);
    let odd = [
        format!("<item jid='a' name='{long}'/>"),
        format!("<item jid='b'>{deep}</item>"),
        format!("<item jid='c'><{long}/></item>"),
        format!("<item jid='d'>{}</item>", "<group/>".repeat(200_000)),
    ];
    for odd in odd {
        let list =
            format!("<iq id=\"q1\" type='result'><query><item jid='1'/> {odd} <item jid='2'></item></query></iq>");
        let cut =
            format!("<iq id=\"q1\" type='result'><query><item jid='1'/>  <item jid='2'></item>{CUT}</query></iq>");
        let frames = lists(&format!("{list}<message/>"));
        let Frame::Stanza(got) = &frames[0] else { panic!("{:?}", frames[0]) };
        let got = String::from_utf8_lossy(got).replace("  ", " ");
        assert_eq!(got, cut.replace("  ", " "));
        assert_eq!(frames[1..], [whole("<message/>")], "the next stanza is read as ever");
    }
}

#[test]
fn a_list_over_all_bounds_is_cut() {
    let item = "<item jid='somebody@example.org' name='Somebody with a rather long name' subscription='both'/>";
    let count = Bounds::of_list().stanza / item.len() + 100;
    let list = format!("<iq id='q1' type='result'><query>{}</query></iq><message/>", item.repeat(count));
    let frames = lists(&list);
    let Frame::Stanza(got) = &frames[0] else { panic!("no list") };
    let got = String::from_utf8_lossy(got);
    assert!(got.ends_with(&format!("{item}{CUT}</query></iq>")) && got.len() > (8 << 20) - 200);
    assert_eq!(frames[1..], [whole("<message/>")]);
    let many = format!("<iq id='q1' type='result'><query>{}</query></iq>", "<item/>".repeat(150_000));
    let frames = lists(&many);
    let Frame::Stanza(got) = &frames[0] else { panic!("no list") };
    assert_eq!(String::from_utf8_lossy(got).matches("<item/>").count(), Bounds::of_list().children as usize);
    // What breaks a bound before the first entry is no list.
    let long = format!("<iq id='q1' type='result'><query a='{}'><item/></query></iq>", "x".repeat(9_000));
    assert!(matches!(lists(&long)[..], [Frame::Oversized(_, Broken::Value)]));
}
