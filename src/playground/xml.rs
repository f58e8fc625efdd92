//! Writing XML by hand: escaping, and reading an element's parts.

use minidom::Element;
use std::fmt::Write as _;

/// RFC 6120.
pub const CLIENT: &str = "jabber:client";
/// XEP-0045.
pub const MUC: &str = "http://jabber.org/protocol/muc";
/// XEP-0045.
pub const MUC_USER: &str = "http://jabber.org/protocol/muc#user";
/// XEP-0004.
pub const DATA: &str = "jabber:x:data";
/// XEP-0059.
pub const RSM: &str = "http://jabber.org/protocol/rsm";

/// Text made fit for element content and quoted attributes.
pub fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&apos;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// An attribute, or nothing.
pub fn attr<'a>(element: &'a Element, name: &str) -> &'a str {
    element.attrs().iter().find(|((_, n), _)| n.as_str() == name).map_or("", |(_, v)| v.as_str())
}

/// The text of a child.
pub fn text(element: &Element, name: &str, ns: &str) -> Option<String> {
    element.get_child(name, ns).map(Element::text)
}

/// A field of a data form.
pub fn field(var: &str, kind: &str, label: &str, values: &[&str], options: &[(&str, &str)], required: bool) -> String {
    let mut out = format!("<field var='{}' type='{kind}' label='{}'>", esc(var), esc(label));
    if required {
        out.push_str("<required/>");
    }
    for value in values {
        let _ = write!(out, "<value>{}</value>", esc(value));
    }
    for (value, label) in options {
        let _ = write!(out, "<option label='{}'><value>{}</value></option>", esc(label), esc(value));
    }
    out.push_str("</field>");
    out
}
