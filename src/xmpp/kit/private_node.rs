//! XEP-0223: a node of the account's own (XEP-0163) that holds private items.
//!
//! Such a node is read, made and configured before anything is put into it. The conditions that go along with a publish
//! (publish-options) do not do: some servers refuse one that they do not know, others make the node with what is left,
//! and then it keeps a single item. So the configuration is always read back, and nothing may be published before it
//! says that only the account itself can read the node.
//!
//! The node is the memory of one feature, which asks what [`PrivateNode`] wants asked and hands the answers over.

use super::element::{Build, el};
use super::{errors, forms, iq, ns};
use crate::model::Form;
use crate::xmpp::feature::Answer;
use crate::xmpp::stanza::Stanza;
use minidom::Element;
use xmpp_parsers::data_forms::DataForm;

const ACCESS: &str = "pubsub#access_model";
const ITEMS: &str = "pubsub#max_items";
const PERSIST: &str = "pubsub#persist_items";
/// The access model that lets in the account alone.
const WHITELIST: &str = "whitelist";

/// How many items to ask for, the best first: not every server knows `max`, and some refuse a number above their own.
const LIMITS: [&str; 4] = ["max", "1000", "250", "100"];
/// A node that keeps so many is left as it is.
const ENOUGH: usize = 250;

/// How far the node is.
#[derive(Debug, Default, PartialEq)]
enum Phase {
    #[default]
    Unknown,
    /// Its configuration is asked.
    Reading,
    /// It is being made, with our configuration or, where that was refused, with the server's.
    Creating { is_plain: bool },
    /// Our configuration was sent; what became of it is read next.
    Configuring,
    /// It is private and keeps so many items.
    Fit(usize),
    /// It cannot be used during this session.
    Unfit,
}

/// A node of the account's own, and what is known of its configuration.
pub struct PrivateNode {
    name: &'static str,
    phase: Phase,
    /// How many of [`LIMITS`] were tried.
    tries: usize,
}

/// What comes after an answer.
pub enum Next {
    /// Ask this.
    Ask(Stanza),
    /// It is private: publish.
    Fit,
    /// It cannot be used, for this reason.
    Unfit(String),
    /// No answer came: begin again another time.
    Later,
}

impl PrivateNode {
    /// A node of which nothing is known.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, phase: Phase::Unknown, tries: 0 }
    }

    /// What was known is out of date: there is another session, or the node was changed by somebody else.
    pub fn forget(&mut self) {
        *self = Self::new(self.name);
    }

    /// How many items it keeps, where it is fit to be published to.
    #[must_use]
    pub fn keeps(&self) -> Option<usize> {
        if let Phase::Fit(items) = self.phase { Some(items) } else { None }
    }

    /// The first question; `None` where it was asked already.
    pub fn begin(&mut self) -> Option<Stanza> {
        (self.phase == Phase::Unknown).then(|| self.read())
    }

    fn read(&mut self) -> Stanza {
        self.phase = Phase::Reading;
        iq::get(None, owner(self.configure_el()))
    }

    /// An answer came.
    pub fn answered(&mut self, answer: &Answer) -> Next {
        if matches!(answer, Answer::Down | Answer::Timeout) {
            self.forget();
            return Next::Later;
        }
        match (&self.phase, answer) {
            (Phase::Reading, Answer::Result(Some(query))) => match config(query) {
                Some(form) => self.judge(&form),
                None => self.give_up("it does not tell how the node is configured"),
            },
            (Phase::Reading, Answer::Error { condition, .. }) if condition == "item-not-found" && self.tries == 0 => {
                self.create(false)
            }
            (Phase::Creating { is_plain: false }, Answer::Error { condition, .. }) if condition != "conflict" => {
                self.create(true)
            }
            // Also where it was refused: another client was faster, or the limit was too high. Reading shows it.
            (Phase::Creating { .. } | Phase::Configuring, Answer::Result(_))
            | (Phase::Creating { is_plain: false } | Phase::Configuring, Answer::Error { .. }) => {
                Next::Ask(self.read())
            }
            (Phase::Unknown | Phase::Fit(_) | Phase::Unfit, _) => Next::Later,
            (Phase::Reading | Phase::Creating { .. } | Phase::Configuring, _) => {
                let why = errors::reason(answer).unwrap_or_else(|| "its answer makes no sense".to_owned());
                self.give_up(&why)
            }
        }
    }

    fn give_up(&mut self, why: &str) -> Next {
        self.phase = Phase::Unfit;
        Next::Unfit(why.to_owned())
    }

    fn create(&mut self, is_plain: bool) -> Next {
        self.phase = Phase::Creating { is_plain };
        let create = el("create", ns::PUBSUB).with_attr("node", self.name);
        let config = (!is_plain).then(|| el("configure", ns::PUBSUB).with_child(submit(LIMITS[0], |_| true)));
        // The first limit is tried, and a node that vanishes at once is not made again.
        self.tries = 1;
        Next::Ask(iq::set(None, el("pubsub", ns::PUBSUB).with_child(create).with_children(config)))
    }

    /// Whether what the node is now will do; else the next try.
    fn judge(&mut self, form: &Form) -> Next {
        let is_private = forms::value(form, ACCESS) == Some(WHITELIST);
        let is_kept = forms::value(form, PERSIST).is_none_or(|value| matches!(value.trim(), "1" | "true"));
        let keeps = keeps(form);
        let is_right = is_private && is_kept;
        if is_right && keeps >= ENOUGH {
            self.phase = Phase::Fit(keeps);
            return Next::Fit;
        }
        if let Some(limit) = LIMITS.get(self.tries) {
            self.tries += 1;
            self.phase = Phase::Configuring;
            let configure =
                self.configure_el().with_child(submit(limit, |var| form.fields.iter().any(|f| f.var == var)));
            return Next::Ask(iq::set(None, owner(configure)));
        }
        if is_right {
            self.phase = Phase::Fit(keeps);
            return Next::Fit;
        }
        self.give_up(if is_private { "it would not keep them" } else { "others could read them" })
    }

    fn configure_el(&self) -> Element {
        el("configure", ns::PUBSUB_OWNER).with_attr("node", self.name)
    }
}

/// How many items a configuration keeps. One that says nothing of it sets no limit.
fn keeps(form: &Form) -> usize {
    match forms::value(form, ITEMS).map(str::trim) {
        None | Some("max") => usize::MAX,
        Some(number) => number.parse().unwrap_or(0),
    }
}

fn owner(what: Element) -> Element {
    el("pubsub", ns::PUBSUB_OWNER).with_child(what)
}

fn config(query: &Element) -> Option<Form> {
    forms::child(query.get_child("configure", ns::PUBSUB_OWNER)?)
}

/// The configuration that we want, of those fields that the node has.
fn submit(limit: &str, has: impl Fn(&str) -> bool) -> Element {
    let wanted = [(PERSIST, "true"), (ITEMS, limit), ("pubsub#send_last_published_item", "never"), (ACCESS, WHITELIST)];
    let fields = wanted.into_iter().filter(|(var, _)| has(var));
    let form: DataForm = forms::submit(ns::PUBSUB_CONFIGURE, fields);
    super::payload::write(&form)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOT_THERE: &str = "item-not-found";

    fn refused(condition: &str) -> Answer {
        Answer::Error { condition: condition.into(), words: condition.into() }
    }

    fn is(access: &str, items: &str) -> Answer {
        let items = match items {
            "" => String::new(),
            items => format!("<field var='{ITEMS}'><value>{items}</value></field>"),
        };
        let xml = format!(
            "<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='n'><x xmlns='jabber:x:data' type='form'>\
             <field var='{ACCESS}' type='list-single'><value>{access}</value></field>{items}</x></configure></pubsub>"
        );
        Answer::Result(Some(xml.parse().unwrap()))
    }

    /// What is asked, as one word each, and how it ends.
    fn told(answers: &[Answer]) -> (String, PrivateNode, Result<(), String>) {
        let mut node = PrivateNode::new("n");
        let first = node.begin().unwrap();
        assert!(node.begin().is_none(), "asked once");
        let mut asked = vec![word(&first)];
        let mut end = Err("not yet".to_owned());
        for answer in answers {
            match node.answered(answer) {
                Next::Ask(stanza) => asked.push(word(&stanza)),
                Next::Fit => end = Ok(()),
                Next::Unfit(why) => end = Err(why),
                Next::Later => end = Err("later".to_owned()),
            }
        }
        (asked.join(" "), node, end)
    }

    fn word(stanza: &Stanza) -> String {
        let text = String::from(&stanza.children[0]);
        let limit = LIMITS.iter().find(|l| text.contains(&format!("<value>{l}</value>")));
        let verb = if text.contains("<create") {
            "create"
        } else if limit.is_some() || text.contains("submit") {
            "set"
        } else {
            "get"
        };
        limit.map_or_else(|| verb.to_owned(), |limit| format!("{verb}:{limit}"))
    }

    #[test]
    fn a_node_is_made_and_read_back_before_it_counts() {
        let done = Answer::Result(None);
        for (answers, asked, keeps) in [
            // It is right.
            (vec![is("whitelist", "max")], "get", Some(usize::MAX)),
            (vec![is("whitelist", "")], "get", Some(usize::MAX)),
            (vec![is("whitelist", "1000")], "get", Some(1_000)),
            // It is not there.
            (vec![refused(NOT_THERE), done.clone(), is("whitelist", "max")], "get create:max get", Some(usize::MAX)),
            // The server makes it as it likes, and takes a number.
            (
                vec![refused(NOT_THERE), done.clone(), is("presence", "1"), done.clone(), is("whitelist", "1000")],
                "get create:max get set:1000 get",
                Some(1_000),
            ),
            // It makes none with a configuration.
            (
                vec![
                    refused(NOT_THERE),
                    refused("not-acceptable"),
                    done.clone(),
                    is("presence", "1"),
                    done.clone(),
                    is("whitelist", "500"),
                ],
                "get create:max create get set:1000 get",
                Some(500),
            ),
            // Another client was faster.
            (
                vec![refused(NOT_THERE), refused("conflict"), is("whitelist", "max")],
                "get create:max get",
                Some(usize::MAX),
            ),
            // Made by a version that left the limit out.
            (vec![is("whitelist", "1"), done.clone(), is("whitelist", "max")], "get set:max get", Some(usize::MAX)),
            (vec![is("open", "max"), done.clone(), is("whitelist", "max")], "get set:max get", Some(usize::MAX)),
            // The server knows no max, and few numbers.
            (
                vec![
                    is("whitelist", "1"),
                    refused("bad-request"),
                    is("whitelist", "1"),
                    refused("bad-request"),
                    is("whitelist", "1"),
                    done.clone(),
                    is("whitelist", "250"),
                ],
                "get set:max get set:1000 get set:250 get",
                Some(250),
            ),
            // It says yes and does what it likes: what it keeps is known.
            (
                vec![
                    is("whitelist", "10"),
                    done.clone(),
                    is("whitelist", "20"),
                    done.clone(),
                    is("whitelist", "20"),
                    done.clone(),
                    is("whitelist", "20"),
                    done.clone(),
                    is("whitelist", "20"),
                ],
                "get set:max get set:1000 get set:250 get set:100 get",
                Some(20),
            ),
        ] {
            let (told, node, end) = told(&answers);
            assert_eq!((told.as_str(), node.keeps()), (asked, keeps), "{end:?}");
            assert_eq!(end, Ok(()));
        }
    }

    #[test]
    fn a_node_that_others_can_read_is_never_fit() {
        let done = Answer::Result(None);
        let open = || is("open", "max");
        for answers in [
            vec![refused("forbidden")],
            vec![Answer::Result(None)],
            vec![refused(NOT_THERE), refused("not-allowed"), refused("not-allowed")],
            vec![refused(NOT_THERE), done.clone(), refused(NOT_THERE)],
            vec![open(), done.clone(), open(), done.clone(), open(), done.clone(), open(), done.clone(), open()],
            vec![
                open(),
                refused("forbidden"),
                open(),
                refused("forbidden"),
                open(),
                refused("forbidden"),
                open(),
                refused("forbidden"),
                open(),
            ],
        ] {
            let (_, node, end) = told(&answers);
            assert!(end.is_err_and(|why| !why.is_empty() && why != "later" && why != "not yet"));
            assert!(node.keeps().is_none());
        }
    }

    #[test]
    fn without_an_answer_it_begins_again() {
        for silence in [Answer::Down, Answer::Timeout] {
            let (_, mut node, end) = told(&[refused(NOT_THERE), silence]);
            assert_eq!(end, Err("later".to_owned()));
            assert!(node.keeps().is_none() && node.begin().is_some());
        }
    }
}
