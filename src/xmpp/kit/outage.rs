//! What operators put at a status address (XEP-0455 §2.2), from JSON to the model.
//!
//! Whatever is not understood is passed over, as the XEP asks. All text is of others, and bounded.

use super::time;
use crate::model::{Outage, Untrusted};
use serde_json::Value;

/// So many languages of the message are kept.
const LANGUAGES_MAX: usize = 64;
/// So many characters of one message are kept.
const MESSAGE_MAX: usize = 1_000;

/// Reads the document; `None` in it says that there is no outage.
///
/// # Errors
/// In words, for the log.
pub fn parse(body: &[u8]) -> Result<Option<Outage>, String> {
    let read: Value = serde_json::from_slice(body).map_err(|e| format!("it is no JSON: {e}"))?;
    let all = read.as_object().ok_or_else(|| "it is no JSON object".to_owned())?;
    let text = |key: &str| all.get(key).and_then(Value::as_str);
    let Some(beginning) = text("beginning") else {
        let is_about_one = ["planned", "expected_end", "message"].iter().any(|key| all.contains_key(*key));
        return if is_about_one { Err("it has no beginning".to_owned()) } else { Ok(None) };
    };
    let beginning = time::parse(beginning).ok_or_else(|| "its beginning is no time".to_owned())?;
    let mut messages: Vec<(String, Untrusted)> = Vec::new();
    for (tag, text) in all.get("message").and_then(Value::as_object).into_iter().flatten() {
        if let Some(text) = text.as_str().filter(|_| tag.len() <= 64)
            && (messages.len() < LANGUAGES_MAX || tag == "default")
        {
            messages.push((tag.clone(), text.chars().take(MESSAGE_MAX).collect::<String>().into()));
        }
    }
    Ok(Some(Outage {
        is_planned: all.get("planned").and_then(Value::as_bool).unwrap_or(false),
        beginning,
        expected_end: text("expected_end").and_then(time::parse),
        messages,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    #[test]
    fn the_example_of_the_xep_and_what_is_not_in_it() {
        let text = br#"{ "planned": true, "beginning": "2021-01-12T01:01:01Z", "expected_end": "2021-01-12T05:00:00Z",
            "contact": {"deep": [1, 2]}, "message": { "default": "Mise \u00e0 jour", "en": "being updated", "x": 7 } }"#;
        let outage = parse(text).unwrap().unwrap();
        assert!(outage.is_planned);
        assert_eq!((outage.beginning, outage.expected_end), (Time(1_610_413_261_000), Some(Time(1_610_427_600_000))));
        assert_eq!(outage.message("en-GB").map(Untrusted::raw), Some("being updated"));
        assert_eq!(outage.message("ja").map(Untrusted::raw), Some("Mise à jour"));
        assert_eq!(outage.messages.len(), 2);
    }

    #[test]
    fn little_is_enough_and_an_empty_object_is_no_outage() {
        let outage = parse(br#"{"beginning":"2021-01-12T01:01:01+02:00","expected_end":"soon","planned":"yes"}"#);
        let outage = outage.unwrap().unwrap();
        assert_eq!((outage.is_planned, outage.expected_end, outage.messages.len()), (false, None, 0));
        assert_eq!(parse(b"{}"), Ok(None));
        assert_eq!(parse(br#"{"of_another_version": true}"#), Ok(None));
    }

    #[test]
    fn what_is_no_status_is_refused_in_words() {
        let deep = "[".repeat(60_000);
        for bad in [
            "",
            "null",
            "[]",
            "3",
            "{",
            "\u{feff}{}",
            "<html>",
            r#"{"planned":true}"#,
            r#"{"beginning":"later"}"#,
            &deep,
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{}", &bad[..bad.len().min(40)]);
        }
        assert!(parse(b"{\"beginning\":\"\xff\"}").is_err());
    }

    #[test]
    fn text_is_bounded() {
        let long = "x".repeat(20_000);
        let many = (0..500).fold(String::new(), |out, n| out + &format!(",\"l{n}\":\"a\""));
        let body = format!(r#"{{"beginning":"2021-01-12T01:01:01Z","message":{{"default":"{long}"{many}}}}}"#);
        let outage = parse(body.as_bytes()).unwrap().unwrap();
        assert!(outage.messages.len() <= LANGUAGES_MAX + 1);
        assert_eq!(outage.message("none").unwrap().raw().len(), MESSAGE_MAX);
    }
}
