//! In-band registration forms (XEP-0077), for the account itself and for services.
//!
//! A server may ask with the old plain fields, with a data form, or with the address of a web page. People get one
//! form for all three. A form made from plain fields carries a hidden mark, so that the answer goes back as plain
//! fields again.

use super::element::{Build, child_text, el, text_el};
use super::forms;
use super::ns;
use crate::model::{Field, FieldKind, Form, FormKind, Untrusted};
use minidom::Element;

/// The hidden field that marks a form made from plain fields.
const PLAIN: &str = "parlour#plain-fields";

/// The plain fields of XEP-0077 §14.1 and what they are called on the screen.
const FIELDS: &[(&str, &str)] = &[
    ("username", "User name"),
    ("nick", "Nickname"),
    ("password", "Password"),
    ("name", "Full name"),
    ("first", "First name"),
    ("last", "Last name"),
    ("email", "E-mail address"),
    ("address", "Street"),
    ("city", "City"),
    ("state", "State or region"),
    ("zip", "Postal code"),
    ("phone", "Telephone number"),
    ("url", "Web page"),
    ("date", "Date"),
    ("misc", "Further details"),
    ("text", "Text"),
];

/// Reads a `<query xmlns='jabber:iq:register'/>` that asks for something; `None` for any other element.
#[must_use]
pub fn parse(query: &Element) -> Option<Form> {
    if !query.is("query", ns::REGISTER) {
        return None;
    }
    let mut form = forms::child(query).unwrap_or_else(|| plain(query));
    if form.instructions.is_empty() {
        form.instructions.extend(child_text(query, "instructions"));
    }
    if query.has_child("registered", ns::REGISTER) {
        form.instructions.push("You are registered here already; sending the form changes what is known.".into());
    }
    let page = query.get_child("x", ns::OOB).and_then(|x| x.get_child("url", ns::OOB));
    if let Some(page) = page {
        form.instructions.push(format!("Register on this web page: {}", page.text()).into());
    }
    Some(form)
}

/// The filled-in form as the child of an iq of type `set`.
#[must_use]
pub fn build(form: &Form) -> Element {
    let query = el("query", ns::REGISTER);
    if !form.fields.iter().any(|f| f.var == PLAIN) {
        return query.with_child(forms::build(form));
    }
    let fields = form.fields.iter().filter(|f| f.var != PLAIN);
    let value = |f: &Field| f.values.first().cloned().unwrap_or_default();
    query.with_children(fields.map(|f| text_el(&f.var, ns::REGISTER, &value(f))))
}

fn plain(query: &Element) -> Form {
    let known = |child: &Element| {
        let (name, label) = FIELDS.iter().find(|(name, _)| *name == child.name())?;
        Some(field(name, kind_of(name), Some((*label).into()), child.text()))
    };
    let mut fields: Vec<Field> = query.children().filter(|c| c.has_ns(ns::REGISTER)).filter_map(known).collect();
    fields.truncate(FIELDS.len());
    if let Some(key) = query.get_child("key", ns::REGISTER) {
        fields.push(field("key", FieldKind::Hidden, None, key.text()));
    }
    if !fields.is_empty() {
        fields.push(field(PLAIN, FieldKind::Hidden, None, String::new()));
    }
    Form {
        kind: FormKind::Form,
        title: None,
        instructions: Vec::new(),
        fields,
        reported: Vec::new(),
        items: Vec::new(),
    }
}

fn kind_of(name: &str) -> FieldKind {
    if name == "password" { FieldKind::TextPrivate } else { FieldKind::TextSingle }
}

fn field(var: &str, kind: FieldKind, label: Option<Untrusted>, value: String) -> Field {
    // XEP-0077 §3.1.1: every plain field that is asked for must be filled in.
    let is_required = kind != FieldKind::Hidden;
    Field { var: var.to_owned(), kind, label, desc: None, is_required, values: vec![value], options: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(children: &str) -> Form {
        parse(&format!("<query xmlns='jabber:iq:register'>{children}</query>").parse().unwrap()).unwrap()
    }

    #[test]
    fn plain_fields_become_a_form_and_go_back_as_plain_fields() {
        let mut form = query("<instructions>hi</instructions><username/><password/><key>k</key><remove/>");
        assert_eq!(form.instructions, ["hi".into()]);
        assert_eq!(form.fields[1].kind, FieldKind::TextPrivate);
        form.fields[0].values = vec!["romeo".to_owned()];
        form.fields[1].values = vec!["secret".to_owned()];
        let expected = "<query xmlns='jabber:iq:register'><username>romeo</username><password>secret</password>\
                        <key>k</key></query>";
        assert_eq!(build(&form), expected.parse::<Element>().unwrap());
    }

    #[test]
    fn a_data_form_wins_over_the_plain_fields() {
        let form = query(
            "<instructions>old</instructions><username/><x xmlns='jabber:x:data' type='form'>\
             <instructions>new</instructions><field var='username' type='text-single'/></x>",
        );
        assert_eq!(form.instructions, ["new".into()]);
        assert!(build(&form).has_child("x", ns::DATA_FORMS));
    }

    #[test]
    fn a_web_page_is_told() {
        let form = query("<x xmlns='jabber:x:oob'><url>https://a.test/</url></x>");
        assert_eq!(form.instructions, ["Register on this web page: https://a.test/".into()]);
        assert!(form.fields.is_empty());
    }
}
