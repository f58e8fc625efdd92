//! Verified capabilities (XEP-0115): what a hash stands for.

use super::Sql;
use crate::contract::CapsEntry;
use crate::model::{DiscoIdentity, DiscoInfo, Field, FieldKind, Form, FormKind, Untrusted};
use rusqlite::{Connection, params};

/// How many are kept: the most recently learnt.
const KEPT: i64 = 2000;
/// Between records; like [`UNIT`], no XML can carry it.
const RECORD: char = '\u{1e}';
/// Between the parts of a record.
const UNIT: char = '\u{1f}';

/// Keeps an answer.
pub(in crate::store) fn put(conn: &Connection, entry: &CapsEntry) -> Sql<()> {
    conn.execute("DELETE FROM caps WHERE hash = ?1 AND ver = ?2", params![entry.hash, entry.ver])?;
    conn.execute(
        "INSERT INTO caps (hash, ver, info) VALUES (?1, ?2, ?3)",
        params![entry.hash, entry.ver, write(&entry.info)],
    )?;
    conn.execute("DELETE FROM caps WHERE id <= (SELECT max(id) FROM caps) - ?1", [KEPT])?;
    Ok(())
}

/// All that are kept, the newest first.
pub(in crate::store) fn all(conn: &Connection) -> Sql<Vec<CapsEntry>> {
    let mut statement = conn.prepare("SELECT hash, ver, info FROM caps ORDER BY id DESC LIMIT ?1")?;
    let rows = statement.query_map([KEPT], |row| {
        Ok(CapsEntry { hash: row.get(0)?, ver: row.get(1)?, info: read(row.get_ref(2)?.as_str()?) })
    })?;
    rows.collect()
}

/// Records: `i` identity, `f` feature, `d` the begin of a form, `v` a field of the form before it.
fn write(info: &DiscoInfo) -> String {
    let mut out = String::new();
    for i in &info.identities {
        let name = i.name.as_ref().map(Untrusted::raw);
        record(&mut out, "i", &[&i.category, &i.kind, &i.lang, flag(name.is_some()), name.unwrap_or_default()]);
    }
    for feature in &info.features {
        record(&mut out, "f", &[feature]);
    }
    for form in &info.forms {
        let title = form.title.as_ref().map(Untrusted::raw);
        record(&mut out, "d", &[flag(title.is_some()), title.unwrap_or_default()]);
        for field in &form.fields {
            let label = field.label.as_ref().map(Untrusted::raw);
            let hidden = flag(field.kind == FieldKind::Hidden);
            let mut parts = vec![field.var.as_str(), hidden, flag(label.is_some()), label.unwrap_or_default()];
            parts.extend(field.values.iter().map(String::as_str));
            record(&mut out, "v", &parts);
        }
    }
    out
}

fn record(out: &mut String, name: &str, parts: &[&str]) {
    out.push_str(name);
    for part in parts {
        out.push(UNIT);
        out.extend(part.chars().filter(|c| !matches!(*c, RECORD | UNIT)));
    }
    out.push(RECORD);
}

fn flag(is_there: bool) -> &'static str {
    if is_there { "1" } else { "" }
}

fn read(text: &str) -> DiscoInfo {
    let mut info = DiscoInfo::default();
    let optional = |is: &str, text: &str| (!is.is_empty()).then(|| Untrusted::from(text));
    for line in text.split_terminator(RECORD) {
        let parts: Vec<&str> = line.split(UNIT).collect();
        match parts.as_slice() {
            ["i", category, kind, lang, has_name, name] => info.identities.push(DiscoIdentity {
                category: (*category).to_owned(),
                kind: (*kind).to_owned(),
                lang: (*lang).to_owned(),
                name: optional(has_name, name),
            }),
            ["f", feature] => info.features.push((*feature).to_owned()),
            ["d", has_title, title] => info.forms.push(Form {
                kind: FormKind::Result,
                title: optional(has_title, title),
                instructions: Vec::new(),
                fields: Vec::new(),
                reported: Vec::new(),
                items: Vec::new(),
            }),
            ["v", var, hidden, has_label, label, values @ ..] => {
                let field = Field {
                    var: (*var).to_owned(),
                    kind: match (hidden.is_empty(), values.len()) {
                        (false, _) => FieldKind::Hidden,
                        (true, 0 | 1) => FieldKind::TextSingle,
                        (true, _) => FieldKind::TextMulti,
                    },
                    label: optional(has_label, label),
                    desc: None,
                    is_required: false,
                    values: values.iter().map(|v| (*v).to_owned()).collect(),
                    options: Vec::new(),
                };
                if let Some(form) = info.forms.last_mut() {
                    form.fields.push(field);
                }
            }
            _ => {}
        }
    }
    info
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_was() {
        let info = DiscoInfo {
            identities: vec![DiscoIdentity {
                category: "client".into(),
                kind: "console".into(),
                lang: String::new(),
                name: Some("parlour 🦉".into()),
            }],
            features: vec!["urn:xmpp:ping".into(), "jabber:iq:version".into()],
            forms: vec![Form {
                kind: FormKind::Result,
                title: None,
                instructions: vec![],
                fields: vec![Field {
                    var: "os".into(),
                    kind: FieldKind::TextMulti,
                    label: None,
                    desc: None,
                    is_required: false,
                    values: vec!["Mac".into(), String::new()],
                    options: vec![],
                }],
                reported: vec![],
                items: vec![],
            }],
        };
        assert_eq!(read(&write(&info)), info);
        assert_eq!(read(""), DiscoInfo::default());
        assert_eq!(read("garbage\u{1e}v\u{1f}x"), DiscoInfo::default());
    }
}
