//! Outages that the operators of a server announce (XEP-0455), and where they announce them.

use super::{Time, Untrusted};

/// How far an address reaches, from the narrowest. What a server's operator names must not lead to the user's own
/// machine or house (S-61), unless the server itself is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Anybody on the internet.
    #[default]
    Public,
    /// The house or the company: 10.0.0.0/8, fc00::/7 and their like.
    Private,
    /// This link alone: 169.254.0.0/16, fe80::/10.
    Link,
    /// This machine.
    Loopback,
    /// No address of anybody: multicast, reserved, unset.
    Nobody,
}

impl Reach {
    /// Whether what is known from an address of this reach may lead to one of the other.
    #[must_use]
    pub fn may_lead_to(self, other: Self) -> bool {
        match other {
            Self::Public => true,
            Self::Private | Self::Link => self == other || self == Self::Loopback,
            Self::Loopback => self == other,
            Self::Nobody => false,
        }
    }
}

/// Where a server's operators say how it is, also while the server itself says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatusPlaces {
    /// The addresses as the server gave them, in its order.
    pub addresses: Vec<String>,
    /// How far the address reached by which the server was met when it gave them.
    pub reach: Reach,
}

/// An outage, or one that is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// Whether it is by intent.
    pub is_planned: bool,
    /// When it begins, or began.
    pub beginning: Time,
    /// When it is expected to end, where that is known.
    pub expected_end: Option<Time>,
    /// What the operators say to the users: (`default` or a language tag, the text).
    pub messages: Vec<(String, Untrusted)>,
}

/// Where in an outage a moment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It has not begun.
    Ahead,
    /// It is under way.
    Now,
    /// Its end was expected before this moment.
    Over,
}

impl Outage {
    /// Where in it a moment is. One whose end is before its beginning is taken as without an end.
    #[must_use]
    pub fn phase(&self, now: Time) -> Phase {
        if now < self.beginning {
            Phase::Ahead
        } else if self.end().is_some_and(|end| end <= now) {
            Phase::Over
        } else {
            Phase::Now
        }
    }

    /// When it is expected to end, where that makes sense.
    #[must_use]
    pub fn end(&self) -> Option<Time> {
        self.expected_end.filter(|end| *end > self.beginning)
    }

    /// All that is told of it in one line, in a language: whether it is planned, its beginning, its end, the message.
    #[must_use]
    pub fn told(&self, language: &str) -> (bool, i64, Option<i64>, Option<&str>) {
        let message = self.message(language).map(Untrusted::raw);
        (self.is_planned, self.beginning.0, self.end().map(|end| end.0), message)
    }

    /// The message in a language such as `de-AT`, else in the nearest one, else the default.
    #[must_use]
    pub fn message(&self, language: &str) -> Option<&Untrusted> {
        let wanted = language.to_ascii_lowercase();
        let short = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
        let find = |is_it: &dyn Fn(&str) -> bool| {
            self.messages.iter().find(|(tag, _)| is_it(&tag.to_ascii_lowercase())).map(|(_, text)| text)
        };
        let near = |tag: &str| !wanted.is_empty() && short(tag) == short(&wanted);
        find(&|tag| tag == wanted)
            .or_else(|| find(&|tag| tag == short(&wanted)))
            .or_else(|| find(&near))
            .or_else(|| find(&|tag| tag == "default").or_else(|| self.messages.first().map(|(_, text)| text)))
    }
}

/// What came of a look at what the operators say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusNews {
    /// They say this; `None`: that all is well.
    Told(Option<Outage>),
    /// It could not be found out, for this reason.
    Unknown(Untrusted),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outage(messages: &[(&str, &str)]) -> Outage {
        let messages = messages.iter().map(|(tag, text)| ((*tag).to_owned(), Untrusted::from(*text))).collect();
        Outage { is_planned: true, beginning: Time(100), expected_end: Some(Time(200)), messages }
    }

    #[test]
    fn a_moment_is_before_in_or_after_it() {
        let mut one = outage(&[]);
        let phases = [99, 100, 199, 200].map(|t| one.phase(Time(t)));
        assert_eq!(phases, [Phase::Ahead, Phase::Now, Phase::Now, Phase::Over]);
        one.expected_end = None;
        assert_eq!(one.phase(Time(i64::MAX)), Phase::Now, "nobody knows when it ends");
        one.expected_end = Some(Time(50));
        assert_eq!(
            (one.phase(Time(99)), one.phase(Time(300))),
            (Phase::Ahead, Phase::Now),
            "an end before the beginning"
        );
    }

    #[test]
    fn the_message_is_in_the_users_language_where_there_is_one() {
        let one = outage(&[("fr", "mise à jour"), ("default", "update"), ("de", "Wartung"), ("pt-BR", "manutenção")]);
        let cases = [("de-AT", "Wartung"), ("DE", "Wartung"), ("pt", "manutenção"), ("ja", "update"), ("", "update")];
        for (language, wanted) in cases {
            assert_eq!(one.message(language).map(Untrusted::raw), Some(wanted), "{language}");
        }
        assert_eq!(outage(&[]).message("de"), None);
        assert_eq!(outage(&[("fr", "x")]).message("de").map(Untrusted::raw), Some("x"), "no default: better than none");
    }

    #[test]
    fn nothing_leads_from_outside_into_the_house() {
        use Reach::{Link, Loopback, Nobody, Private, Public};
        for from in [Public, Private, Link, Loopback] {
            assert!(from.may_lead_to(Public) && !from.may_lead_to(Nobody), "{from:?}");
        }
        for (from, to, may) in [
            (Public, Private, false),
            (Public, Link, false),
            (Public, Loopback, false),
            (Private, Private, true),
            (Private, Loopback, false),
            (Private, Link, false),
            (Link, Link, true),
            (Loopback, Private, true),
            (Loopback, Loopback, true),
        ] {
            assert_eq!(from.may_lead_to(to), may, "{from:?} {to:?}");
        }
    }
}
