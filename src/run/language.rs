//! The languages that the user reads, as the system says: `LANGUAGE`, then the locale of messages.

use crate::model::account::is_language_tag;
use std::env;

/// All of them as tags, the best first: `de-AT` of `de_AT.UTF-8`. None in the C locale.
#[must_use]
pub(super) fn all() -> Vec<String> {
    let variable = |name: &str| env::var(name).ok().filter(|v| !v.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    of(variable("LANGUAGE").as_deref(), locale.as_deref())
}

fn of(list: Option<&str>, locale: Option<&str>) -> Vec<String> {
    let tag = |locale: &str| {
        let tag = locale.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
        (!matches!(tag.as_str(), "C" | "POSIX") && is_language_tag(&tag)).then_some(tag)
    };
    // In the C locale the list counts for nothing (gettext).
    let Some(first) = locale.and_then(tag) else { return Vec::new() };
    let mut all: Vec<String> = list.unwrap_or_default().split(':').filter_map(tag).collect();
    if !all.contains(&first) {
        all.push(first);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_words_become_tags() {
        for (list, locale, tags) in [
            (None, Some("de_AT.UTF-8"), &["de-AT"][..]),
            (Some("fr:de"), Some("de_AT.UTF-8"), &["fr", "de", "de-AT"]),
            (Some(""), Some("sr_RS@latin"), &["sr-RS"]),
            (Some("fr"), Some("C"), &[]),
            (Some("fr"), Some("C.UTF-8"), &[]),
            (None, Some("POSIX"), &[]),
            (None, Some("'><x"), &[]),
            (None, None, &[]),
        ] {
            assert_eq!(of(list, locale), tags, "{list:?} {locale:?}");
        }
    }
}
