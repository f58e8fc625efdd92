//! Signing in with the elements of RFC 6120 §6 (called SASL 1 since XEP-0388).

use super::negotiate::{Progress, Talk};
use super::sasl::exchange::answer;
use super::sasl::{Exchange, Mechanism, Offer, Plan, Terms, choose};
use crate::model::{DownReason, LoginFact, Secret, Step, StepState, Strength, Untrusted};
use crate::xmpp::kit::element::{Build, el};
use crate::xmpp::kit::ns;
use crate::xmpp::random::random_id;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use minidom::Element;

impl Talk<'_> {
    /// Signs in; gives the features of the stream after it.
    pub async fn authenticate(
        &mut self,
        features: &Element,
        user: &str,
        password: &Secret,
        terms: Terms<'_>,
    ) -> Result<Element, DownReason> {
        let mut plan = choose(&Offer::read(features, "mechanisms", ns::SASL), &terms)?;
        loop {
            match self.attempt(&plan, user, password).await? {
                Ok(is_list_signed) => {
                    let now = Strength { is_list_signed, ..plan.strength.clone() };
                    self.step(Step::SignIn, StepState::Done(plan.told(user).into())).await;
                    let mechanism = plan.mechanism.name().into();
                    let binding = now.binding.map(|b| b.name().into());
                    self.tell(Progress::Learned(LoginFact::SignedIn { mechanism, binding })).await;
                    self.tell(Progress::Strength(terms.strength.with(&now))).await;
                    self.tell(Progress::PasswordAccepted).await;
                    return self.open().await;
                }
                Err(refusal) => {
                    let unbound = is_binding_refused(&refusal).then(|| plan.unbound(&terms)).flatten();
                    plan = unbound.ok_or_else(|| refused(plan.mechanism, &refusal))?;
                }
            }
        }
    }

    /// One exchange: whether the server signed its offer, or its `<failure/>`.
    async fn attempt(
        &mut self,
        plan: &Plan,
        user: &str,
        password: &Secret,
    ) -> Result<Result<bool, Element>, DownReason> {
        self.step(Step::SignIn, StepState::Running(plan.told(user).into())).await;
        let mut exchange = Exchange::new(plan, user, password, random_id() + &random_id());
        let auth = el("auth", ns::SASL).with_attr("mechanism", plan.mechanism.name());
        self.send(&auth.with_text(&encode(&exchange.initial())))?;
        loop {
            let element = self.element().await?;
            if element.ns() != ns::SASL {
                continue;
            }
            match element.name() {
                "challenge" => {
                    let (back, words) = answer(exchange, decode(&element)?).await?;
                    exchange = back;
                    self.send(&el("response", ns::SASL).with_text(&BASE64.encode(words)))?;
                }
                "success" => {
                    exchange.finish(&decode(&element)?)?;
                    return Ok(Ok(exchange.is_list_signed()));
                }
                "failure" => return Ok(Err(element)),
                _ => {}
            }
        }
    }
}

/// What a `<failure/>` means, where there was no password in it.
fn refused(mechanism: Mechanism, refusal: &Element) -> DownReason {
    match (mechanism, failure(refusal)) {
        (Mechanism::External, DownReason::Password(_)) => {
            DownReason::Refused("it does not take your certificate for this account".into())
        }
        (Mechanism::Anonymous, DownReason::Password(_)) => DownReason::Refused("it takes no guest now".into()),
        (_, reason) => reason,
    }
}

/// Whether a `<failure/>` says that the server cannot bind to this kind of channel, and nothing else: the words of
/// RFC 5802 §7, and those of ejabberd, which has the same for all that is wrong with a binding.
#[must_use]
pub fn is_binding_refused(failure: &Element) -> bool {
    let said = failure.children().find(|c| c.name() == "text").map(|t| t.text().to_ascii_lowercase());
    let said = said.unwrap_or_default();
    ["unsupported-channel-binding-type", "channel-binding-not-supported", "invalid channel binding"]
        .iter()
        .any(|words| said.contains(words))
}

/// First words as they go into an element; `=` says that there are words, but none to say (RFC 6120 §6.4.2).
#[must_use]
pub fn encode(words: &[u8]) -> String {
    if words.is_empty() { "=".to_owned() } else { BASE64.encode(words) }
}

/// The words in an element.
///
/// # Errors
/// When they are not base64.
pub fn decode(element: &Element) -> Result<Vec<u8>, DownReason> {
    let text = element.text();
    match text.trim() {
        "" | "=" => Ok(Vec::new()),
        text => BASE64.decode(text).map_err(|_| DownReason::ServerProof("its words are not base64".into())),
    }
}

/// What a `<failure/>` means for the account (RFC 6120 §6.5), in words. The conditions are in the namespace of RFC
/// 6120 in every profile, so the text is taken from whichever child is called so.
#[must_use]
pub fn failure(failure: &Element) -> DownReason {
    let text = failure.children().find(|c| c.name() == "text");
    let text = text.map(|t| t.text().chars().take(500).collect::<String>());
    let condition =
        failure.children().find(|c| c.is(c.name(), ns::SASL) && c.name() != "text").map_or("", Element::name);
    let sentence = match condition {
        "account-disabled" => "the account is disabled",
        "credentials-expired" => "the password has expired",
        "not-authorized" => "wrong user name or password",
        "temporary-auth-failure" => "it cannot check passwords now",
        "mechanism-too-weak" | "encryption-required" => "it wants a stronger way to sign in",
        "invalid-mechanism" => "it does not take the mechanism that it offered",
        "aborted" => "the login was aborted",
        "invalid-authzid" | "incorrect-encoding" | "malformed-request" => "it did not understand the login",
        _ => "it gave no reason that is known here",
    };
    let words: Untrusted = match text.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        Some(text) => format!("{sentence} (the server says: {text})").into(),
        None => sentence.into(),
    };
    match condition {
        "account-disabled" | "credentials-expired" | "not-authorized" => DownReason::Password(words),
        "temporary-auth-failure" | "aborted" => DownReason::Stream(words),
        "mechanism-too-weak" | "encryption-required" | "invalid-mechanism" => DownReason::NoMechanism(words),
        _ => DownReason::Refused(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_words() {
        let make = |condition: &str| {
            let text = el("text", ns::SASL).with_text("no way");
            el("failure", ns::SASL).with_child(el(condition, ns::SASL)).with_child(text)
        };
        let words = "wrong user name or password (the server says: no way)".into();
        assert_eq!(failure(&make("not-authorized")), DownReason::Password(words));
        assert!(!failure(&make("temporary-auth-failure")).is_final());
        assert!(failure(&make("account-disabled")).is_final());
        assert!(failure(&el("failure", ns::SASL)).is_final());
    }

    #[test]
    fn words_in_elements() {
        let element = |text: &str| el("success", ns::SASL).with_text(text);
        assert_eq!(decode(&element(" djE= ")), Ok(b"v1".to_vec()));
        assert_eq!((decode(&element("")), decode(&element("="))), (Ok(Vec::new()), Ok(Vec::new())));
        assert!(matches!(decode(&element("?")), Err(DownReason::ServerProof(_))));
        assert_eq!((encode(b""), encode(b"v1")), ("=".to_owned(), "djE=".to_owned()));
    }
}
