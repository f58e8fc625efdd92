//! Making an account before there is a login (XEP-0077 §3.1): the server's own form, filled in by the user.

use super::negotiate::{Progress, Talk};
use crate::model::{DownReason, Form, Secret, Step, StepState};
use crate::xmpp::kit::{element::el, errors, iq, ns, register};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long a form may lie on the desk. Servers hang up on idle strangers much sooner.
const FILL_IN: Duration = Duration::from_mins(15);
/// Time for the server's answers.
const ANSWER: Duration = Duration::from_secs(45);

/// Fetches the form, waits for the user, sends it; gives user name and password of the new account.
pub async fn register(
    talk: &mut Talk<'_>,
    local: Option<&str>,
    forms: &mut mpsc::Receiver<Form>,
) -> Result<(String, Secret), DownReason> {
    talk.step(Step::SignIn, StepState::Running("asking for the registration form".into())).await;
    let late = |_| DownReason::StepTimeout(Step::SignIn);
    let form = timeout(ANSWER, fetch(talk, local)).await.map_err(late)??;
    talk.tell(Progress::FormAsked(form)).await;
    let filled = timeout(FILL_IN, wait(talk, forms)).await.map_err(late)??;
    let value = |var: &str| filled.fields.iter().find(|f| f.var == var).and_then(|f| f.values.first()).cloned();
    let user = value("username").or_else(|| local.map(str::to_owned));
    let (Some(user), Some(password)) = (user.filter(|u| !u.is_empty()), value("password")) else {
        return Err(DownReason::Registration("the form has no user name or no password".into()));
    };
    let password = Secret::new(&password);
    let mut early = Vec::new();
    let sent = talk.ask(iq::set(None, register::build(&filled)), &mut early);
    let answer = timeout(ANSWER, sent).await.map_err(late)??;
    if answer.type_.as_deref() == Some("error") {
        let (condition, words) = errors::read(&answer);
        let words = match condition.as_str() {
            "conflict" => format!("the name {user} is taken"),
            _ => words,
        };
        return Err(DownReason::Registration(words.into()));
    }
    talk.tell(Progress::Registered { user: user.clone(), password: password.clone() }).await;
    Ok((user, password))
}

async fn fetch(talk: &mut Talk<'_>, local: Option<&str>) -> Result<Form, DownReason> {
    let mut early = Vec::new();
    let answer = talk.ask(iq::get(None, el("query", ns::REGISTER)), &mut early).await?;
    if answer.type_.as_deref() == Some("error") {
        return Err(DownReason::Registration(errors::read(&answer).1.into()));
    }
    let query = answer.child("query", ns::REGISTER);
    let mut form =
        query.and_then(register::parse).ok_or_else(|| DownReason::Registration("the server sent no form".into()))?;
    if let (Some(local), Some(field)) = (local, form.fields.iter_mut().find(|f| f.var == "username"))
        && field.values.iter().all(String::is_empty)
    {
        field.values = vec![local.to_owned()];
    }
    Ok(form)
}

/// The user's form, unless the server hangs up first.
async fn wait(talk: &mut Talk<'_>, forms: &mut mpsc::Receiver<Form>) -> Result<Form, DownReason> {
    loop {
        tokio::select! {
            form = forms.recv() => {
                return form.ok_or(DownReason::Asked);
            }
            received = talk.next() => {
                received?;
            }
        }
    }
}
