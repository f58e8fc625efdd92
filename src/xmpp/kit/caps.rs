//! The verification string of entity capabilities (XEP-0115 §5).
//!
//! Made from the answer as it came, not from what we understand of it: whatever our readers leave out is in the hash.

use super::element::lang;
use super::ns;
use base64::{Engine, engine::general_purpose::STANDARD};
use minidom::Element;
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};

/// Whether a hash algorithm can be checked.
#[must_use]
pub fn is_hash_known(hash: &str) -> bool {
    matches!(hash, "sha-1" | "sha-256" | "sha-512")
}

/// The verification string of an answer to disco#info. `None` where the algorithm is unknown or the answer is
/// ill-formed (§5.4: identities, features or forms that come twice).
#[must_use]
pub fn verification(query: &Element, hash: &str) -> Option<String> {
    let text = text(query)?;
    Some(match hash {
        "sha-1" => STANDARD.encode(Sha1::digest(text)),
        "sha-256" => STANDARD.encode(Sha256::digest(text)),
        "sha-512" => STANDARD.encode(Sha512::digest(text)),
        _ => return None,
    })
}

/// The string that is hashed (§5.1).
fn text(query: &Element) -> Option<String> {
    let of = |name: &'static str| query.children().filter(move |c| c.is(name, ns::DISCO_INFO));
    let identities = of("identity").map(|i| {
        let attr = |name: &str| i.attr(name).unwrap_or_default().to_owned();
        [attr("category"), attr("type"), lang(i).unwrap_or_default().to_owned(), attr("name")]
    });
    let identities = sorted_once(identities.collect())?;
    let features = sorted_once(of("feature").map(|f| f.attr("var").unwrap_or_default().to_owned()).collect())?;
    let mut out = String::new();
    for identity in identities {
        push(&mut out, &identity.join("/"));
    }
    for feature in features {
        push(&mut out, &feature);
    }
    let mut forms = Vec::new();
    for x in query.children().filter(|c| c.is("x", ns::DATA_FORMS)) {
        forms.extend(form(x)?);
    }
    forms.sort_unstable();
    if forms.windows(2).any(|w| w[0].0 == w[1].0) {
        return None;
    }
    for (form_type, fields) in forms {
        push(&mut out, &form_type);
        for (var, values) in fields {
            push(&mut out, &var);
            for value in &values {
                push(&mut out, value);
            }
        }
    }
    Some(out)
}

/// A form's type and its fields in order; `Some(None)` where the form is passed over, `None` where all is ill-formed.
#[expect(clippy::type_complexity, reason = "read once, two lines below its only use")]
fn form(x: &Element) -> Option<Option<(String, Vec<(String, Vec<String>)>)>> {
    let values = |field: &Element| -> Vec<String> {
        field.children().filter(|c| c.is("value", ns::DATA_FORMS)).map(Element::text).collect()
    };
    let mut fields = Vec::new();
    let mut form_type = None;
    for field in x.children().filter(|c| c.is("field", ns::DATA_FORMS)) {
        let var = field.attr("var").unwrap_or_default().to_owned();
        let mut values = values(field);
        values.sort_unstable();
        if var != "FORM_TYPE" {
            fields.push((var, values));
        } else if field.attr("type") == Some("hidden") {
            values.dedup();
            match <[String; 1]>::try_from(values) {
                Ok([value]) => form_type = Some(value),
                Err(several) if several.len() > 1 => return None,
                Err(_) => {}
            }
        }
    }
    fields.sort_unstable();
    Some(form_type.map(|form_type| (form_type, fields)))
}

fn sorted_once<T: Ord>(mut list: Vec<T>) -> Option<Vec<T>> {
    list.sort_unstable();
    if list.windows(2).any(|w| w[0] == w[1]) { None } else { Some(list) }
}

fn push(out: &mut String, part: &str) {
    out.push_str(part);
    out.push('<');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ver(children: &str) -> Option<String> {
        let xml = format!("<query xmlns='http://jabber.org/protocol/disco#info'>{children}</query>");
        verification(&xml.parse().unwrap(), "sha-1")
    }

    const FEATURES: &str = "<feature var='http://jabber.org/protocol/muc'/>\
        <feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/caps'/>\
        <feature var='http://jabber.org/protocol/disco#info'/>";

    #[test]
    fn the_examples_of_the_xep() {
        let simple = format!("<identity category='client' type='pc' name='Exodus 0.9.1'/>{FEATURES}");
        assert_eq!(ver(&simple).as_deref(), Some("QgayPKawpkPSDYmwT/WM94uAlu0="));
        let complex = format!(
            "<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>\
             <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>{FEATURES}\
             <x xmlns='jabber:x:data' type='result'>\
             <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>\
             <field var='ip_version' type='text-multi'><value>ipv6</value><value>ipv4</value></field>\
             <field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>\
             <field var='software'><value>Psi</value></field>\
             <field var='software_version'><value>0.11</value></field></x>"
        );
        assert_eq!(ver(&complex).as_deref(), Some("q07IKJEyjvHSyhy//CH0CxmKi8w="));
    }

    #[test]
    fn ill_formed_answers_have_no_hash() {
        let form = "<x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>a</value></field></x>";
        let two = "<x xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>a</value><value>b</value>\
                   </field></x>";
        for bad in
            ["<feature var='a'/>".repeat(2), "<identity category='a' type='b'/>".repeat(2), form.repeat(2), two.into()]
        {
            assert_eq!(ver(&bad), None, "{bad}");
        }
        let plain = "<x xmlns='jabber:x:data'><field var='a'><value>b</value></field></x>";
        assert_eq!(ver(plain), ver(""), "a form without a type is passed over");
    }
}
