//! XEP-0054: vcard-temp.
//!
//! The card of a contact, or of somebody in a room: names, address, work, as far as they tell. It is shown with
//! `/whois`. Pictures, keys and sounds are passed over, and the user's own card is not edited here.
//!
//! Security: a card is text that somebody else wrote; so many lines of so many characters are taken, no more.

use super::answer::entity_answer;
use crate::contract::command::service as ask;
use crate::contract::event::service as events;
use crate::contract::{Command, Event};
use crate::model::{EntityAnswer, Jid, Token, Untrusted};
use crate::xmpp::feature::{Answer, Cx, Feature, QuestionId, Spec, Stage, Support};
use crate::xmpp::kit::element::el;
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::{iq, ns};
use minidom::Element;

/// Lines of a card.
const LINES_MAX: usize = 24;
/// Characters of a line.
const CHARS_MAX: usize = 400;
/// What is read: the path in the card, and what it is called.
const FIELDS: &[(&str, &str, &str)] = &[
    ("FN", "", "Full name"),
    ("NICKNAME", "", "Nickname"),
    ("TITLE", "", "Title"),
    ("ROLE", "", "Work"),
    ("ORG", "ORGNAME", "Organisation"),
    ("EMAIL", "USERID", "E-mail"),
    ("TEL", "NUMBER", "Telephone"),
    ("ADR", "LOCALITY", "Place"),
    ("ADR", "CTRY", "Country"),
    ("URL", "", "Web"),
    ("BDAY", "", "Birthday"),
    ("DESC", "", "About"),
];

static SPEC: Spec = Spec {
    name: "XEP-0054",
    title: "vcard-temp",
    version: "1.3.0",
    support: Support::Partial,
    disco: &[],
    stage: Stage::Classify,
};

/// The questions of the user that are open: about whom, and the token that the app knows each by.
#[derive(Default)]
pub struct Vcard(Questions<(Jid, Token)>);

impl Feature for Vcard {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        let Some((jid, token)) = self.0.take(id) else { return };
        let answer = entity_answer(&answer, |card| Some(EntityAnswer::Card(card.map(read).unwrap_or_default())));
        cx.emit(Event::Service(events::Event::EntityAnswered { token, jid, answer }));
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        let Command::Service(ask::Command::Card { jid, token }) = command else { return Err(Box::new(command)) };
        let question = iq::get(Some(jid.as_str()), el("vCard", ns::VCARD));
        self.0.ask(cx, question, (jid, token));
        Ok(())
    }
}

/// The lines of a card: what each is called, and what it says.
fn read(card: &Element) -> Vec<(String, Untrusted)> {
    let mut lines = Vec::new();
    for (name, inner, label) in FIELDS {
        for element in card.children().filter(|c| c.is(*name, ns::VCARD)) {
            let text = match *inner {
                "" => element.text(),
                inner => element.get_child(inner, ns::VCARD).map(Element::text).unwrap_or_default(),
            };
            let text: String = text.trim().chars().take(CHARS_MAX).collect();
            if !text.is_empty() && lines.len() < LINES_MAX {
                lines.push(((*label).to_owned(), text.into()));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_read_within_bounds() {
        let card: Element = "<vCard xmlns='vcard-temp'><FN>Juliet 罗</FN><ORG><ORGNAME>Capulet</ORGNAME></ORG>\
             <PHOTO><BINVAL>AAAA</BINVAL></PHOTO><EMAIL><USERID>j@capulet.lit</USERID></EMAIL><TITLE> </TITLE></vCard>"
            .parse()
            .unwrap();
        let lines: Vec<(String, String)> = read(&card).into_iter().map(|(l, t)| (l, t.raw().to_owned())).collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            lines,
            [pair("Full name", "Juliet 罗"), pair("Organisation", "Capulet"), pair("E-mail", "j@capulet.lit")]
        );
        let many = format!("<vCard xmlns='vcard-temp'>{}</vCard>", format!("<FN>{}</FN>", "x".repeat(5000)).repeat(90));
        let lines = read(&many.parse().unwrap());
        assert_eq!((lines.len(), lines[0].1.raw().len()), (LINES_MAX, CHARS_MAX));
    }
}
