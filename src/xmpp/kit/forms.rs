//! Data forms (XEP-0004) between XML and the model.
//!
//! Reading is lenient: a field of an unknown type is a line of text, a field that makes no sense is left out, and
//! nobody's form can grow without end. Validation (XEP-0122), layout (XEP-0141) and media (XEP-0221) are passed over.

use super::element::{Build, child_text, el, text_el};
use super::{ns, payload};
use crate::model::{Field, FieldKind, Form, FormKind, Standard};
use minidom::Element;
use xmpp_parsers::data_forms::{self, DataForm, DataFormType};

/// The row of the reference.
pub const STANDARD: Standard = Standard::complete("XEP-0004", "Data Forms", "2.13.2");

/// At most so many fields, and so many options, of one form are read.
const FIELDS_MAX: usize = 2_000;

/// Reads an `<x xmlns='jabber:x:data'/>`; `None` for any other element.
#[must_use]
pub fn parse(x: &Element) -> Option<Form> {
    if !x.is("x", ns::DATA_FORMS) {
        return None;
    }
    let is_asked = x.attr("type") != Some("result");
    let mut left = Left { fields: FIELDS_MAX, options: FIELDS_MAX, is_asked };
    let mut form = Form {
        kind: kind_of(x.attr("type")),
        title: child_text(x, "title"),
        instructions: Vec::new(),
        fields: Vec::new(),
        reported: Vec::new(),
        items: Vec::new(),
    };
    for child in x.children().filter(|c| c.has_ns(ns::DATA_FORMS)) {
        match child.name() {
            "instructions" if form.instructions.len() < FIELDS_MAX => form.instructions.push(child.text().into()),
            "field" => form.fields.extend(left.field(child)),
            "reported" => form.reported.extend(child.children().filter_map(|f| left.field(f))),
            "item" => {
                let cells = child.children().filter_map(|f| left.field(f)).map(|f| (f.var, f.values));
                form.items.push(cells.collect());
            }
            _ => {}
        }
    }
    form.items.retain(|i| !i.is_empty());
    Some(form)
}

/// The form among the children of an element.
#[must_use]
pub fn child(parent: &Element) -> Option<Form> {
    parent.children().find_map(parse)
}

/// The answer to a form: what was filled in, with the hidden fields as they came. A form of kind
/// [`FormKind::Cancel`] gives the form up; every other kind is submitted.
///
/// A line of text that was emptied goes as an empty value, so that the other side forgets the old one; a list or
/// an address without a choice goes without a value, since an empty one is none of the options.
#[must_use]
pub fn build(form: &Form) -> Element {
    if form.kind == FormKind::Cancel {
        return cancel();
    }
    let fields = form.fields.iter().filter(|f| !f.var.is_empty() && f.kind != FieldKind::Fixed);
    empty_submit().with_children(fields.map(build_field))
}

/// A form that is given up.
#[must_use]
pub fn cancel() -> Element {
    payload::write(&bare(DataFormType::Cancel))
}

/// The shortest submitted form: accept whatever the defaults are.
#[must_use]
pub fn empty_submit() -> Element {
    payload::write(&bare(DataFormType::Submit))
}

/// A form of plain values to submit, with its `FORM_TYPE` first.
#[must_use]
pub fn submit<'a>(form_type: &str, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> DataForm {
    let fields = values.into_iter().map(|(var, value)| data_forms::Field::text_single(var, value));
    DataForm::new(DataFormType::Submit, form_type, fields.collect())
}

fn bare(type_: DataFormType) -> DataForm {
    DataForm { type_, title: None, instructions: None, fields: Vec::new() }
}

/// The first value of a field.
#[must_use]
pub fn value<'a>(form: &'a Form, var: &str) -> Option<&'a str> {
    form.fields.iter().find(|f| f.var == var)?.values.first().map(String::as_str)
}

/// What kind of form it is by its `FORM_TYPE` (XEP-0068). Only a hidden field says it, save in results.
#[must_use]
pub fn form_type(form: &Form) -> Option<&str> {
    let field = form.fields.iter().find(|f| f.var == "FORM_TYPE" && f.kind == FieldKind::Hidden)?;
    field.values.first().map(String::as_str)
}

/// What may still be read.
struct Left {
    fields: usize,
    options: usize,
    /// Fields of a result leave their type out, and may hold several values then.
    is_asked: bool,
}

impl Left {
    fn field(&mut self, field: &Element) -> Option<Field> {
        if field.name() != "field" {
            return None;
        }
        self.fields = self.fields.checked_sub(1)?;
        let kind = field_kind(field.attr("type"));
        let var = field.attr("var").unwrap_or_default().to_owned();
        if var.is_empty() && kind != FieldKind::Fixed {
            return None;
        }
        let values =
            field.children().filter(|c| c.is("value", ns::DATA_FORMS)).take(FIELDS_MAX).map(Element::text).collect();
        Some(Field {
            var,
            label: field.attr("label").map(Into::into),
            desc: child_text(field, "desc"),
            is_required: field.has_child("required", ns::DATA_FORMS),
            values: if self.is_asked { one_where_one_is_meant(&kind, values) } else { values },
            options: self.options(field),
            kind,
        })
    }

    fn options(&mut self, field: &Element) -> Vec<(String, Option<crate::model::Untrusted>)> {
        let mut out = Vec::new();
        for option in field.children().filter(|c| c.is("option", ns::DATA_FORMS)) {
            let Some(value) = option.get_child("value", ns::DATA_FORMS) else { continue };
            let Some(left) = self.options.checked_sub(1) else { break };
            self.options = left;
            out.push((value.text(), option.attr("label").map(Into::into)));
        }
        out
    }
}

fn one_where_one_is_meant(kind: &FieldKind, mut values: Vec<String>) -> Vec<String> {
    match kind {
        FieldKind::Boolean
        | FieldKind::TextSingle
        | FieldKind::TextPrivate
        | FieldKind::ListSingle
        | FieldKind::JidSingle => values.truncate(1),
        FieldKind::Fixed | FieldKind::Hidden | FieldKind::TextMulti | FieldKind::ListMulti | FieldKind::JidMulti => {}
    }
    if *kind == FieldKind::Boolean {
        let is_on = values.first().is_some_and(|v| matches!(v.trim(), "1" | "true"));
        return vec![if is_on { "1" } else { "0" }.to_owned()];
    }
    values
}

fn kind_of(type_: Option<&str>) -> FormKind {
    match type_ {
        Some("submit") => FormKind::Submit,
        Some("cancel") => FormKind::Cancel,
        Some("result") => FormKind::Result,
        _ => FormKind::Form,
    }
}

fn field_kind(type_: Option<&str>) -> FieldKind {
    match type_ {
        Some("boolean") => FieldKind::Boolean,
        Some("fixed") => FieldKind::Fixed,
        Some("hidden") => FieldKind::Hidden,
        Some("text-private") => FieldKind::TextPrivate,
        Some("text-multi") => FieldKind::TextMulti,
        Some("list-single") => FieldKind::ListSingle,
        Some("list-multi") => FieldKind::ListMulti,
        Some("jid-single") => FieldKind::JidSingle,
        Some("jid-multi") => FieldKind::JidMulti,
        _ => FieldKind::TextSingle,
    }
}

fn type_word(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Boolean => "boolean",
        FieldKind::Fixed => "fixed",
        FieldKind::Hidden => "hidden",
        FieldKind::TextSingle => "text-single",
        FieldKind::TextPrivate => "text-private",
        FieldKind::TextMulti => "text-multi",
        FieldKind::ListSingle => "list-single",
        FieldKind::ListMulti => "list-multi",
        FieldKind::JidSingle => "jid-single",
        FieldKind::JidMulti => "jid-multi",
    }
}

/// By hand: the typed field leaves out the type `text-single`, which the other side gave and gets back.
fn build_field(field: &Field) -> Element {
    let may_be_empty = match field.kind {
        FieldKind::Boolean
        | FieldKind::ListSingle
        | FieldKind::ListMulti
        | FieldKind::JidSingle
        | FieldKind::JidMulti => false,
        FieldKind::Fixed
        | FieldKind::Hidden
        | FieldKind::TextSingle
        | FieldKind::TextPrivate
        | FieldKind::TextMulti => true,
    };
    let values = field.values.iter().filter(|v| may_be_empty || !v.trim().is_empty());
    el("field", ns::DATA_FORMS)
        .with_attr("var", &field.var)
        .with_attr("type", type_word(&field.kind))
        .with_children(values.map(|v| value_el(v)))
}

fn value_el(value: &str) -> Element {
    if value.is_empty() { el("value", ns::DATA_FORMS) } else { text_el("value", ns::DATA_FORMS, value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(xml: &str) -> Form {
        parse(&format!("<x xmlns='jabber:x:data' type='form'>{xml}</x>").parse().unwrap()).unwrap()
    }

    #[test]
    fn every_kind_is_read_and_an_unknown_one_is_a_line_of_text() {
        let form = form(
            "<title>Room</title><instructions>one</instructions><instructions>two</instructions>\
             <field type='hidden' var='FORM_TYPE'><value>t</value></field>\
             <field type='fixed'><value>Heading</value></field>\
             <field type='boolean' var='b' label='B'><value>true</value></field>\
             <field type='list-single' var='l'><option label='One'><value>1</value></option><option/>\
             <value>1</value></field>\
             <field type='holographic' var='h'><required/><desc>d</desc><value>x</value></field>\
             <field type='text-single'><value>no name</value></field>",
        );
        assert_eq!(form_type(&form), Some("t"));
        assert_eq!(form.instructions.len(), 2);
        assert_eq!(form.fields.len(), 5, "the field without a name is left out");
        assert_eq!(value(&form, "b"), Some("1"));
        assert_eq!(form.fields[3].options, [("1".to_owned(), Some("One".into()))]);
        assert_eq!(form.fields[4].kind, FieldKind::TextSingle);
        assert!(form.fields[4].is_required);
    }

    #[test]
    fn a_table_is_read() {
        let form = form(
            "<reported><field var='jid' label='Address'/></reported>\
             <item><field var='jid'><value>a@b</value></field></item><item/>",
        );
        assert_eq!(form.reported.len(), 1);
        assert_eq!(form.items, [vec![("jid".to_owned(), vec!["a@b".to_owned()])]]);
    }

    #[test]
    fn what_was_filled_in_goes_back_with_the_hidden_fields() {
        let mut form = form(
            "<field type='hidden' var='FORM_TYPE'><value>t</value></field><field type='fixed'><value>x</value></field>\
             <field type='text-single' var='name'><value>old</value></field>\
             <field type='list-single' var='who'><value>all</value></field>",
        );
        form.fields[2].values = vec![String::new()];
        form.fields[3].values = vec![String::new()];
        let expected = "<x xmlns='jabber:x:data' type='submit'>\
            <field var='FORM_TYPE' type='hidden'><value>t</value></field>\
            <field var='name' type='text-single'><value/></field><field var='who' type='list-single'/></x>";
        assert_eq!(build(&form), expected.parse::<Element>().unwrap());
        form.kind = FormKind::Cancel;
        assert_eq!(build(&form).children().count(), 0);
    }

    #[test]
    fn s34_a_form_of_ten_thousand_fields_is_cut() {
        let form = form(&"<field var='a'><option><value>1</value></option></field>".repeat(10_000));
        assert_eq!(form.fields.len(), FIELDS_MAX);
        assert_eq!(form.fields.iter().map(|f| f.options.len()).sum::<usize>(), FIELDS_MAX);
    }

    #[test]
    fn not_a_form() {
        assert!(parse(&"<x xmlns='jabber:x:oob'/>".parse().unwrap()).is_none());
    }
}
