//! Message Styling (XEP-0393) as data: lines, quote depth, code blocks, and runs of styles in byte ranges.
//!
//! The directives stay in the text, as the XEP asks; the screen only dims them. Every step takes linear time, whatever
//! a stranger writes.

use super::{clean, encode, mention, width};
use linkify::{LinkFinder, LinkKind};
use std::borrow::Cow;
use std::ops::Range;

/// How deep quotes are shown.
const QUOTE_MAX: u8 = 8;

/// The style of a run of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Between `*`.
    pub is_strong: bool,
    /// Between `_`.
    pub is_emphasis: bool,
    /// Between `~`.
    pub is_strike: bool,
    /// Between backticks.
    pub is_code: bool,
    /// A directive itself, such as a `*`.
    pub is_directive: bool,
    /// A link.
    pub is_link: bool,
    /// The user's own name.
    pub is_mention: bool,
}

/// A part of a text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Byte offsets into the whole text.
    pub range: Range<usize>,
    /// The style of this range.
    pub style: Style,
}

/// One line as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text without the signs of quoting: byte offsets into the whole text.
    pub range: Range<usize>,
    /// How deep it is quoted.
    pub quote: u8,
    /// Inside a code block.
    pub is_code: bool,
    /// The runs; together they are exactly `range`.
    pub runs: Vec<Run>,
}

/// The lines of a cleaned body. `nick` is the user's own name there, cleaned too; its mentions are marked, except in
/// links, addresses and code.
#[must_use]
pub fn lines(text: &str, nick: Option<&str>) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut fence: Option<u8> = None;
    let mut start = 0;
    for raw in text.split('\n') {
        let (quote, skip) = quote_depth(raw, fence);
        let range = start + skip..start + raw.len();
        start += raw.len() + 1;
        let content = &text[range.clone()];
        // A code block ends with the quote that it stands in (XEP-0393 §5.1.3).
        if fence.is_some_and(|depth| quote < depth) {
            fence = None;
        }
        match fence {
            None if content.starts_with("```") => fence = Some(quote),
            Some(_) if content.trim_end() == "```" => fence = None,
            _ => {
                let is_code = fence.is_some();
                let runs = if is_code { plain(range.clone()) } else { runs(text, range.clone(), nick) };
                out.push(Line { range, quote, is_code, runs });
            }
        }
    }
    if out.is_empty() {
        // Nothing but fences: show them as they are.
        out.push(Line { range: 0..text.len(), quote: 0, is_code: true, runs: plain(0..text.len()) });
    }
    out
}

/// The links of a cleaned text that may be opened (`encode::url` takes each of them), in order.
#[must_use]
pub fn links(text: &str) -> Vec<Range<usize>> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let is_web = |s: &str| encode::url(s).is_some();
    let only = with_plain_hosts(text, without_other_marks(text));
    let mut found: Vec<_> = finder.links(&only).map(|l| l.start()..l.end()).collect();
    found.retain(|link| is_web(&text[link.clone()]));
    for scheme in ["xmpp:", "mailto:"] {
        let mut past = 0;
        for (at, _) in text.match_indices(scheme) {
            if at < past {
                continue;
            }
            let is_start = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            let len = text[at..].find(|c: char| !c.is_ascii_graphic() || "<>\"'`".contains(c));
            let end = len.map_or(text.len(), |l| at + l);
            // Where letters follow that no address may have, the part before them is not the address that was meant.
            let goes_on = text[end..].chars().next().is_some_and(|c| is_narrow_letter(c) || encode::is_link_mark(c));
            let end = at + text[at..end].trim_end_matches(['.', ',', ')', ']', '!', ':', ';']).len();
            past = end;
            if is_start && end > at + scheme.len() && !goes_on && is_web(&text[at..end]) {
                found.push(at..end);
            }
        }
    }
    found.sort_by_key(|r| (r.start, std::cmp::Reverse(r.end)));
    found.dedup_by(|next, kept| next.start < kept.end);
    found
}

/// A letter beyond ASCII that may stand in a link. Wide ones may not: where those are written, no space stands between a
/// link and the next word.
fn is_narrow_letter(c: char) -> bool {
    encode::is_link_letter(c) && width::width(c.encode_utf8(&mut [0; 4])) == 1
}

/// The text with each non-ASCII character that ends a link (quotes, wide letters, invisible marks, marks on no letter)
/// replaced by as many spaces as it has bytes, so that offsets stay the same.
fn without_other_marks(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut is_after_letter = false;
    for c in text.chars() {
        let is_letter =
            c.is_ascii_alphanumeric() || is_narrow_letter(c) || (is_after_letter && encode::is_link_mark(c));
        is_after_letter = is_letter;
        if is_letter || c.is_ascii() {
            out.push(c);
        } else {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        }
    }
    Cow::Owned(out)
}

/// The text with the hosts that the finder does not know, IPv6 addresses and names in wide letters, replaced by plain ones
/// of the same length.
fn with_plain_hosts<'a>(text: &str, only: Cow<'a, str>) -> Cow<'a, str> {
    let mut hosts = Vec::new();
    for (at, sign) in text.match_indices("://") {
        let start = at + sign.len();
        let is_web = ["http", "https"].iter().any(|scheme| {
            let before = at.checked_sub(scheme.len()).and_then(|from| Some((text.get(..from)?, text.get(from..at)?)));
            before.is_some_and(|(before, found)| {
                found.eq_ignore_ascii_case(scheme) && !before.ends_with(|c: char| c.is_ascii_alphanumeric())
            })
        });
        let length = if is_web { odd_host(&text[start..]) } else { 0 };
        if length > 0 {
            hosts.push(start..start + length);
        }
    }
    if hosts.is_empty() {
        return only;
    }
    let mut out = String::with_capacity(only.len());
    let mut at = 0;
    for host in hosts {
        out.push_str(&only[at..host.start]);
        out.extend(std::iter::repeat_n('a', host.len()));
        at = host.end;
    }
    out.push_str(&only[at..]);
    Cow::Owned(out)
}

/// How many bytes of a link's host are an IPv6 address in brackets or a name that has wide letters; 0 for other hosts.
fn odd_host(text: &str) -> usize {
    const LONGEST: usize = 255;
    if let Some(rest) = text.strip_prefix('[') {
        let inner = rest.find(']').filter(|end| *end < LONGEST).and_then(|end| rest.get(..end));
        return inner.filter(|inner| inner.parse::<std::net::Ipv6Addr>().is_ok()).map_or(0, |inner| inner.len() + 2);
    }
    let (mut length, mut has_wide) = (0, false);
    for label in text.split_inclusive('.') {
        // After a label of ASCII the next word of the text follows without a space: `https://a.test是`.
        let is_wide = label.starts_with(|c| encode::is_link_letter(c) && !is_narrow_letter(c));
        let fits = |c: char| {
            c.is_ascii_alphanumeric()
                || c == '-'
                || (if is_wide { encode::is_link_letter(c) } else { is_narrow_letter(c) })
        };
        let end = label.find(|c| !fits(c)).unwrap_or(label.len());
        has_wide |= is_wide;
        length += end;
        if end == 0 || !label[end..].starts_with('.') || length > LONGEST {
            break;
        }
        // A full stop at the end of a sentence is no part of the name.
        if text[length + 1..].starts_with(|c: char| c.is_alphanumeric()) {
            length += 1;
        } else {
            break;
        }
    }
    if has_wide && length <= LONGEST { length } else { 0 }
}

/// Whether a text that somebody sent calls `nick`: whether `lines` marks any of it.
#[must_use]
pub fn is_mention(raw: &str, nick: &str) -> bool {
    let (text, nick) = (clean::body(raw), clean::line(nick));
    // Most messages name nobody, and need no look at their styles.
    !mention::ranges(&text, &nick).is_empty()
        && lines(&text, Some(&nick)).iter().flat_map(|l| &l.runs).any(|r| r.style.is_mention)
}

fn plain(range: Range<usize>) -> Vec<Run> {
    if range.is_empty() { Vec::new() } else { vec![Run { range, style: Style::default() }] }
}

/// How deep a line is quoted, and how many bytes say so. Inside a code block only its own quotes count.
fn quote_depth(line: &str, fence: Option<u8>) -> (u8, usize) {
    let (mut depth, mut skip) = (0, 0);
    while depth < fence.unwrap_or(QUOTE_MAX) && line[skip..].starts_with('>') {
        depth += 1;
        skip += 1;
        if line[skip..].starts_with(' ') {
            skip += 1;
        }
    }
    (depth, skip)
}

fn runs(text: &str, range: Range<usize>, nick: Option<&str>) -> Vec<Run> {
    let content = &text[range.clone()];
    let links = if content.contains(':') { links(content) } else { Vec::new() };
    let names = nick.map(|n| names(content, n, &links)).unwrap_or_default();
    let mut parser = Parser { text: content, links: &links, out: Vec::new() };
    parser.span(0..content.len(), Style::default());
    let mut out = over(parser.out, &links, |s| Style { is_link: true, ..s });
    out = over(out, &names, |s| Style { is_mention: !s.is_code, ..s });
    for run in &mut out {
        run.range = run.range.start + range.start..run.range.end + range.start;
    }
    out
}

/// Where a line names `nick`, outside of links and addresses.
fn names(content: &str, nick: &str, links: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = mention::ranges(content, nick);
    if !found.is_empty() {
        let addresses = mention::addresses(content);
        let is_inside = |list: &[Range<usize>], r: &Range<usize>| {
            list.get(list.partition_point(|l| l.end <= r.start)).is_some_and(|l| l.start < r.end)
        };
        found.retain(|r| !is_inside(links, r) && !is_inside(&addresses, r));
    }
    found
}

/// Lays a style over some ranges; both lists are in order.
fn over(runs: Vec<Run>, ranges: &[Range<usize>], change: impl Fn(Style) -> Style) -> Vec<Run> {
    if ranges.is_empty() {
        return runs;
    }
    let mut out = Vec::with_capacity(runs.len() + 2 * ranges.len());
    let mut next = 0;
    for run in runs {
        let mut at = run.range.start;
        while at < run.range.end {
            while next < ranges.len() && ranges[next].end <= at {
                next += 1;
            }
            let (end, is_inside) = match ranges.get(next) {
                Some(r) if r.start <= at => (r.end.min(run.range.end), true),
                Some(r) => (r.start.min(run.range.end), false),
                None => (run.range.end, false),
            };
            out.push(Run { range: at..end, style: if is_inside { change(run.style) } else { run.style } });
            at = end;
        }
    }
    out
}

/// Finds spans in one line (XEP-0393 §5.2).
struct Parser<'t> {
    text: &'t str,
    links: &'t [Range<usize>],
    out: Vec<Run>,
}

impl Parser<'_> {
    fn push(&mut self, range: Range<usize>, style: Style) {
        if range.is_empty() {
            return;
        }
        match self.out.last_mut() {
            Some(last) if last.style == style && last.range.end == range.start => last.range.end = range.end,
            _ => self.out.push(Run { range, style }),
        }
    }

    fn span(&mut self, range: Range<usize>, style: Style) {
        let bytes = self.text.as_bytes();
        // Once a directive has no partner up to the end, none of its kind later in the range has.
        let mut hopeless = [false; 128];
        let mut link = self.links.partition_point(|l| l.end <= range.start);
        let mut at = range.start;
        let mut done = range.start;
        while at < range.end {
            while self.links.get(link).is_some_and(|l| l.end <= at) {
                link += 1;
            }
            if let Some(l) = self.links.get(link).filter(|l| l.start <= at) {
                at = l.end;
                continue;
            }
            let b = bytes[at];
            let Some(inner) = nested(style, b).filter(|_| !hopeless[usize::from(b)] && self.opens(at, &range)) else {
                at += 1;
                continue;
            };
            let Some(close) = self.closer(b, at + 1..range.end) else {
                hopeless[usize::from(b)] = true;
                at += 1;
                continue;
            };
            self.push(done..at, style);
            self.push(at..at + 1, Style { is_directive: true, ..inner });
            if b == b'`' {
                self.push(at + 1..close, inner);
            } else {
                self.span(at + 1..close, inner);
            }
            self.push(close..close + 1, Style { is_directive: true, ..inner });
            at = close + 1;
            done = at;
        }
        self.push(done..range.end, style);
    }

    /// Whether the directive at `at` may open a span: at the start, after a space or after another directive.
    fn opens(&self, at: usize, range: &Range<usize>) -> bool {
        let before = self.text[range.start..at].chars().next_back();
        let after = self.text[at + 1..range.end].chars().next();
        before.is_none_or(|c| c.is_whitespace() || "*_~`(\"'[".contains(c)) && after.is_some_and(|c| !c.is_whitespace())
    }

    /// The directive that closes a span begun before `range`.
    fn closer(&self, b: u8, range: Range<usize>) -> Option<usize> {
        let part = &self.text[range.clone()];
        part.match_indices(b as char)
            .map(|(i, _)| i)
            .find(|&i| i > 0 && part[..i].chars().next_back().is_some_and(|c| !c.is_whitespace()))
            .map(|i| range.start + i)
    }
}

/// The style inside a directive, if it opens one here: no kind nests in itself.
fn nested(style: Style, b: u8) -> Option<Style> {
    match b {
        b'*' if !style.is_strong => Some(Style { is_strong: true, ..style }),
        b'_' if !style.is_emphasis => Some(Style { is_emphasis: true, ..style }),
        b'~' if !style.is_strike => Some(Style { is_strike: true, ..style }),
        b'`' => Some(Style { is_code: true, ..style }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Renders runs as `<style:text>`; plain runs as they are.
    fn show(text: &str) -> String {
        let mut out = String::new();
        for line in lines(text, Some("Romeo")) {
            out.push_str(&"|".repeat(line.quote.into()));
            out.push_str(if line.is_code { "#" } else { "" });
            for run in &line.runs {
                let s = run.style;
                let names = [
                    (s.is_strong, 'b'),
                    (s.is_emphasis, 'i'),
                    (s.is_strike, 's'),
                    (s.is_code, 'c'),
                    (s.is_link, 'l'),
                    (s.is_mention, 'm'),
                ];
                let tags: String = names.iter().filter(|(on, _)| *on).map(|(_, c)| *c).collect();
                let text = &text[run.range.clone()];
                match (s.is_directive, tags.is_empty()) {
                    (true, _) => {}
                    (false, true) => out.push_str(text),
                    (false, false) => out.push_str(&format!("<{tags}:{text}>")),
                }
            }
            out.push('/');
        }
        out
    }

    #[test]
    fn spans() {
        assert_eq!(show("a *b* _c_ ~d~ `e`"), "a <b:b> <i:c> <s:d> <c:e>/");
        assert_eq!(show("*a _b_ c*"), "<b:a ><bi:b><b: c>/");
        assert_eq!(show("`*a*`"), "<c:*a*>/");
        for text in ["2 * 3 * 4", "a*b*c", "** x", "*a", "* a*", "*a *", "snake_case_name"] {
            assert_eq!(show(text), format!("{text}/"));
        }
        assert_eq!(show("*this *is bold*"), "<b:this *is bold>/");
    }

    #[test]
    fn blocks() {
        assert_eq!(show("> a\n>> b\nc"), "|a/||b/c/");
        assert_eq!(show("```rust\nlet *x* = 1;\n> 2\n```\n*y*"), "#let *x* = 1;/#> 2/<b:y>/");
        assert_eq!(show("> ```\n> code\nplain"), "|#code/plain/");
        assert_eq!(show("```"), "#```/");
    }

    #[test]
    fn links_and_mentions() {
        assert_eq!(show("see https://a.example/_x_ now"), "see <l:https://a.example/_x_> now/");
        assert_eq!(show("(https://a.example/Bär)"), "(<l:https://a.example/Bär>)/");
        assert_eq!(show("看https://a.example/x。好"), "看<l:https://a.example/x>。好/");
        assert_eq!(show("„https://ä.example/x“, ja"), "„<l:https://ä.example/x>“, ja/");
        assert_eq!(show("xmpp:room@b?join."), "<l:xmpp:room@b?join>./");
        assert_eq!(show("javascript:alert(1) file:///x"), "javascript:alert(1) file:///x/");
        assert_eq!(show("@romeo: hi, Romeos"), "@<m:romeo>: hi, Romeos/");
    }

    #[test]
    fn hosts_in_wide_letters_and_addresses_in_brackets_are_links() {
        for (text, shown) in [
            ("https://[2001:db8::1]/x", "<l:https://[2001:db8::1]/x>"),
            ("(http://[::1]:8080/a?b)", "(<l:http://[::1]:8080/a?b>)"),
            ("看http://[::ffff:1.2.3.4]/，好", "看<l:http://[::ffff:1.2.3.4]/>，好"),
            ("HTTPS://[2001:DB8::1].", "<l:HTTPS://[2001:DB8::1]>."),
            ("https://例え.テスト/x", "<l:https://例え.テスト/x>"),
            ("see https://例え.テスト, yes", "see <l:https://例え.テスト>, yes"),
            ("https://www.例え.jp:8080/?q=1.", "<l:https://www.例え.jp:8080/?q=1>."),
            ("在https://中文.com。好", "在<l:https://中文.com>。好"),
            ("https://中文.com是好", "<l:https://中文.com>是好"),
            ("http://한국.kr/a", "<l:http://한국.kr/a>"),
            ("https://a.example是好", "<l:https://a.example>是好"),
        ] {
            assert_eq!(show(text), format!("{shown}/"), "{text}");
        }
        for text in ["https://[::1", "https://[::g]/", "https://[1.2.3.4]/", "xhttps://[::1]", "ftp://[::1]/x"] {
            assert!(links(text).iter().all(|l| !text[l.clone()].contains('[')), "{text}: {:?}", links(text));
        }
        assert_eq!(encode::url("https://例え.テスト/x").as_deref(), Some("https://xn--r8jz45g.xn--zckzah/x"));
    }

    #[test]
    fn marks_belong_to_the_letters_of_a_link() {
        for link in [
            "https://hi.wikipedia.org/wiki/हिन्दी",
            "https://a.test/Mu\u{308}ller",
            "https://mu\u{308}ller.test/x",
            "https://he.wikipedia.org/wiki/עִבְרִית",
            "https://th.wikipedia.org/wiki/น้ำ",
            "https://a.test/e\u{301}\u{323}?q=e\u{301}",
        ] {
            assert_eq!(show(link), format!("<l:{link}>/"));
            assert!(encode::url(link).is_some(), "{link}");
        }
        // Not after a sign, and nothing that cannot be seen.
        for odd in [
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{202e}',
            '\u{2066}',
            '\u{feff}',
            '\u{fe0f}',
            '\u{34f}',
            '\u{17b4}',
            '\u{20dd}',
            '\u{ad}',
            '\u{61c}',
            '\u{e0041}',
            '\u{1f3fb}',
        ] {
            assert_eq!(show(&format!("https://a.test/ab{odd}c")), format!("<l:https://a.test/ab>{odd}c/"), "{odd:?}");
            let inside = format!("https://a.test/ab{odd}c");
            assert_eq!(encode::url(&inside), None, "{odd:?}");
        }
        assert_eq!(show("https://a.test/x/\u{301}y"), "<l:https://a.test/x/>\u{301}y/");
        assert_eq!(encode::url("https://a.test/x/\u{301}y"), None);
    }

    #[test]
    fn what_is_offered_as_a_link_can_be_opened() {
        let long = format!("https://a.test/{}", "x".repeat(3000));
        let wide = format!("https://a.test/{}", "ä".repeat(700));
        let address = format!("xmpp:{}@a.test", "x".repeat(3000));
        let texts = [
            "xmpp:ä@x",
            "xmpp:räum@x?join",
            "mailto:jürgen@a.test",
            "xmpp:a@bä",
            "xmpp://ä@x",
            "http://[ä",
            "https://ä:ä/",
            &long,
            &wide,
            &address,
        ];
        for text in texts {
            for range in links(text) {
                assert!(encode::url(&text[range.clone()]).is_some(), "{text}: {range:?}");
            }
        }
        // Half an address is another one.
        for text in
            ["xmpp:ä@x", "xmpp:räum@x?join", "mailto:jürgen@a.test", "xmpp:a@bä", "xmpp:a.ä@x", "xmpp:e\u{301}@x"]
        {
            assert!(links(text).is_empty(), "{text}");
        }
        for long in [&long, &wide, &address] {
            assert!(links(long).is_empty());
        }
        assert_eq!(show("xmpp:room@b?join，好"), "<l:xmpp:room@b?join>，好/");
        assert_eq!(show("xmpp:room@b?join好"), "<l:xmpp:room@b?join>好/");
    }

    #[test]
    fn hostile_lines_take_linear_time() {
        for part in ["*a ", "_*", "`a ", "*_~`", "a*", "*a* ", "xmpp:", "> ", "http://", "http://[", "http://例."] {
            let text = part.repeat(64 * 1024 / part.len());
            let start = std::time::Instant::now();
            let runs: usize = lines(&text, Some("a")).iter().map(|l| l.runs.len()).sum();
            assert!(runs > 0);
            // It takes 20 ms; quadratic, it took 14 s.
            assert!(start.elapsed() < std::time::Duration::from_secs(3), "{part:?}");
        }
    }
}
