//! What was learned of the strength of an account's server, login by login.
//!
//! An attacker between the user and the server can take away what the server offers, but not what we remember of
//! it. So a login that would be weaker than an earlier one asks the user first. What is remembered is a handful of
//! facts, each with a name for the file that keeps them; the facts of a further extension are one field, one row in
//! [`Strength::facts`], one arm in [`Strength::set`], and one line in [`Strength::weaknesses`].

use super::Untrusted;

/// How the user proves who they are, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// The password itself is sent.
    Plain,
    /// SCRAM with SHA-1.
    ScramSha1,
    /// SCRAM with SHA-256.
    ScramSha256,
    /// SCRAM with SHA-512.
    ScramSha512,
    /// A client certificate.
    Certificate,
}

impl Proof {
    const ALL: [Self; 5] = [Self::Plain, Self::ScramSha1, Self::ScramSha256, Self::ScramSha512, Self::Certificate];

    /// Its name, for people and for the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::Certificate => "EXTERNAL",
        }
    }
}

/// What a login is bound to, from the weaker to the stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binding {
    /// The server's certificate (RFC 5929).
    EndPoint,
    /// This very TLS session (RFC 9266).
    Exporter,
}

impl Binding {
    const ALL: [Self; 2] = [Self::EndPoint, Self::Exporter];

    /// Its name in the protocol.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EndPoint => "tls-server-end-point",
            Self::Exporter => "tls-exporter",
        }
    }
}

/// What is known of a server, or what one login came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Strength {
    /// The best proof that it took.
    pub proof: Option<Proof>,
    /// The best channel binding that a login had.
    pub binding: Option<Binding>,
    /// It spoke TLS 1.3.
    pub is_tls13: bool,
    /// It offered channel binding and refused it. It is not tried again until the server lists its types (XEP-0440).
    pub is_plus_refused: bool,
    /// It signed the list of what it offers (XEP-0474), so it can prove that a weaker list is its own.
    pub is_list_signed: bool,
}

impl Strength {
    /// What is weaker in a login (`now`) than it was before, in words; empty where nothing is.
    #[must_use]
    pub fn weaknesses(&self, now: &Self) -> Vec<String> {
        let mut found = Vec::new();
        if let (Some(was), Some(is)) = (self.proof, now.proof)
            && is < was
        {
            found.push(format!("it took {} and now offers only {}", was.name(), is.name()));
        }
        match (self.binding, now.binding) {
            (Some(_), None) => {
                found.push("logins were bound to the TLS session, and it offers that no more".to_owned());
            }
            (Some(was), Some(is)) if is < was => {
                found.push(format!("logins were bound by {}, and it now offers only {}", was.name(), is.name()));
            }
            (None | Some(_), _) => {}
        }
        if self.is_tls13 && !now.is_tls13 {
            found.push("it spoke TLS 1.3 and now speaks an older version".to_owned());
        }
        found
    }

    /// A login went well: what is remembered from now on.
    #[must_use]
    pub fn with(&self, now: &Self) -> Self {
        Self {
            proof: self.proof.max(now.proof),
            binding: self.binding.max(now.binding),
            is_tls13: self.is_tls13 || now.is_tls13,
            is_plus_refused: now.is_plus_refused,
            is_list_signed: self.is_list_signed || now.is_list_signed,
        }
    }

    /// The user takes the weaker server: what is remembered until it proves better.
    #[must_use]
    pub fn lowered(&self, now: &Self) -> Self {
        Self {
            proof: self.proof.min(now.proof.or(self.proof)),
            binding: self.binding.min(now.binding),
            is_tls13: self.is_tls13 && now.is_tls13,
            ..self.clone()
        }
    }

    /// The facts for a file, by name.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let flag = |name, is: bool| is.then(|| (name, "yes".to_owned()));
        let rows = [
            self.proof.map(|p| ("proof", p.name().to_owned())),
            self.binding.map(|b| ("binding", b.name().to_owned())),
            flag("tls13", self.is_tls13),
            flag("plus_refused", self.is_plus_refused),
            flag("list_signed", self.is_list_signed),
        ];
        rows.into_iter().flatten().collect()
    }

    /// Takes a fact from a file; `false` where it is not known.
    #[must_use]
    pub fn set(&mut self, name: &str, value: &str) -> bool {
        let is_yes = value == "yes";
        match name {
            "proof" => self.proof = Proof::ALL.into_iter().find(|p| p.name() == value),
            "binding" => self.binding = Binding::ALL.into_iter().find(|b| b.name() == value),
            "tls13" => self.is_tls13 = is_yes,
            "plus_refused" => self.is_plus_refused = is_yes,
            "list_signed" => self.is_list_signed = is_yes,
            _ => return false,
        }
        true
    }
}

/// A login that was refused because the server is weaker than before.
#[derive(Debug, Clone, PartialEq)]
pub struct Weaker {
    /// What is weaker, in words.
    pub words: Untrusted,
    /// What is remembered from now on if the user accepts it.
    pub accepted: Strength,
}

impl Strength {
    /// The refusal of a login (`now`) that is weaker than what is remembered.
    ///
    /// # Errors
    /// [`Weaker`], where it is.
    pub fn check(&self, now: &Self) -> Result<(), Box<Weaker>> {
        let found = self.weaknesses(now);
        if found.is_empty() {
            return Ok(());
        }
        Err(Box::new(Weaker { words: found.join("; ").into(), accepted: self.lowered(now) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong() -> Strength {
        Strength {
            proof: Some(Proof::ScramSha256),
            binding: Some(Binding::Exporter),
            is_tls13: true,
            ..Strength::default()
        }
    }

    #[test]
    fn t05_each_loss_is_told_and_what_was_accepted_is_no_loss_any_more() {
        let losses = [
            Strength { proof: Some(Proof::ScramSha1), ..strong() },
            Strength { proof: Some(Proof::Plain), ..strong() },
            Strength { binding: None, ..strong() },
            Strength { binding: Some(Binding::EndPoint), ..strong() },
            Strength { is_tls13: false, ..strong() },
        ];
        for now in losses {
            let weaker = strong().check(&now).unwrap_err();
            assert!(!weaker.words.raw().is_empty());
            assert_eq!(weaker.accepted.check(&now), Ok(()), "{now:?}");
        }
        assert_eq!(strong().check(&strong()), Ok(()));
        // Only what was asked is accepted.
        let sha1 = Strength { proof: Some(Proof::ScramSha1), ..strong() };
        let accepted = strong().check(&sha1).unwrap_err().accepted;
        assert!(accepted.check(&Strength { binding: None, ..sha1 }).is_err());
        let stronger = Strength { proof: Some(Proof::ScramSha512), ..strong() };
        assert_eq!(strong().check(&stronger), Ok(()));
        assert!(strong().with(&stronger).check(&strong()).is_err());
        assert_eq!(Strength::default().check(&Strength::default()), Ok(()));
    }

    #[test]
    fn facts_come_back() {
        let all = Strength { is_plus_refused: true, is_list_signed: true, ..strong() };
        let mut read = Strength::default();
        for (name, value) in all.facts() {
            assert!(read.set(name, &value), "{name}");
        }
        assert_eq!(read, all);
        assert!(!read.set("later", "x"));
    }
}
