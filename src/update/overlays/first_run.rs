//! The first-run screen: signs in with an address and a password, or makes a new account, and shows each step of the
//! login. The config is written only when the server has accepted the password.

use super::super::effect::Effect;
use super::super::turn::Turn;
use super::certificate::grouped;
use super::layer::{FORM, FORM_AND_LINE, Layer, PLAIN, TypedLine};
use super::opening;
use crate::action::InForm;
use crate::model::host::host_name;
use crate::model::login::{TYPED_MIN, typed_fingerprint};
use crate::model::{
    AccountId, AccountSettings, BareJid, DownReason, Field, FieldKind, Form, Intent, Refusal, Secret, Socks5, Step,
    StepState, Untrusted,
};
use crate::state::accounts;
use crate::state::composer::TextBox;
use crate::state::overlays::{FirstRun, FirstRunField, FirstRunMode, FormPurpose, FormView, Overlay};
use crate::state::work::Registering;
use crate::words;
use crate::words::hint;

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    contexts: |state| match state.overlays.last() {
        Some(Overlay::FirstRun(view)) if view.field().is_text() => FORM_AND_LINE,
        Some(_) | None => FORM,
    },
    hints: |_| {
        &[
            ("form.next", hint::next),
            ("form.activate", hint::sign_in),
            ("form.reveal", hint::show),
            ("help", hint::help),
            ("quit", hint::quit),
            ("theme.next", hint::colours),
        ]
    },
    line: |state| match state.overlays.last_mut() {
        Some(Overlay::FirstRun(view)) => view.text_mut(view.field()).map(TypedLine::Box),
        Some(_) | None => None,
    },
    edited,
    list: |turn, list| {
        if let Some(key) = list.in_form() {
            form(turn, key);
        }
    },
    form,
    close,
    ..PLAIN
};

/// Shows the screen.
pub(crate) fn open(turn: &mut Turn, mode: FirstRunMode, address: &str) {
    // Some digits, so that two profiles of one account do not throw each other out.
    let digits: String = turn.id().as_str().chars().take(4).collect();
    let mut view = FirstRun::new(&format!("parlour.{digits}"));
    view.mode = mode;
    view.address = TextBox::new(address);
    turn.state.overlays.retain(|o| !matches!(o, Overlay::FirstRun(_)));
    opening::open(turn, Overlay::FirstRun(Box::new(view)));
    turn.effect(Effect::LookForKeyring);
}

fn view<'t>(turn: &'t mut Turn<'_>) -> Option<&'t mut FirstRun> {
    turn.state
        .overlays
        .iter_mut()
        .rev()
        .find_map(|o| if let Overlay::FirstRun(view) = o { Some(&mut **view) } else { None })
}

/// The shell found a keyring, or says why not.
pub(crate) fn keyring(turn: &mut Turn, found: Result<String, String>) {
    if let Some(view) = view(turn) {
        // Who said no before the answer came meant it.
        view.is_saving &= found.is_ok();
        view.keyring = Some(found);
    }
}

/// The text changed: what was wrong may be right now.
fn edited(turn: &mut Turn) {
    if let Some(view) = view(turn) {
        view.error = None;
    }
}

/// Keys of a form.
fn form(turn: &mut Turn, key: InForm) {
    let Some(view) = view(turn) else { return };
    let count = view.fields().len();
    match key {
        InForm::Next => view.focused = (view.focused + 1) % count,
        InForm::Prev => view.focused = (view.focused + count - 1) % count,
        InForm::Toggle | InForm::OptionPrev | InForm::OptionNext => toggle(view),
        InForm::Reveal => view.is_revealed = !view.is_revealed,
        InForm::Raw => {}
        InForm::Submit => go(turn),
        InForm::Activate => match view.field() {
            FirstRunField::Mode
            | FirstRunField::Save
            | FirstRunField::Advanced
            | FirstRunField::DirectTls
            | FirstRunField::AllowPlain
            | FirstRunField::Guest => toggle(view),
            // From an address without a password, Enter goes to the password.
            FirstRunField::Address if view.mode == FirstRunMode::SignIn && view.password.text.is_empty() => {
                view.focused += 1;
            }
            FirstRunField::Address
            | FirstRunField::Password
            | FirstRunField::Host
            | FirstRunField::Port
            | FirstRunField::Socks5
            | FirstRunField::CaFile
            | FirstRunField::Pin
            | FirstRunField::Certificate
            | FirstRunField::Key
            | FirstRunField::Resource
            | FirstRunField::Go => go(turn),
        },
    }
}

fn toggle(view: &mut FirstRun) {
    match view.field() {
        FirstRunField::Mode => {
            view.mode = match view.mode {
                FirstRunMode::SignIn => FirstRunMode::Register,
                FirstRunMode::Register => FirstRunMode::Demo,
                FirstRunMode::Demo => FirstRunMode::SignIn,
            };
            view.error = None;
        }
        FirstRunField::Save => view.is_saving = !view.is_saving && !matches!(view.keyring, Some(Err(_))),
        FirstRunField::Advanced => view.is_advanced = !view.is_advanced,
        FirstRunField::DirectTls => view.direct_tls = !view.direct_tls,
        FirstRunField::AllowPlain => view.allow_plain = !view.allow_plain,
        FirstRunField::Guest => {
            view.is_guest = !view.is_guest;
            view.error = None;
            view.focused = view.fields().iter().position(|f| *f == FirstRunField::Guest).unwrap_or(1);
        }
        FirstRunField::Address
        | FirstRunField::Password
        | FirstRunField::Host
        | FirstRunField::Port
        | FirstRunField::Socks5
        | FirstRunField::CaFile
        | FirstRunField::Pin
        | FirstRunField::Certificate
        | FirstRunField::Key
        | FirstRunField::Resource
        | FirstRunField::Go => {}
    }
}

/// What the fields say, or which is wrong and why.
fn settings(view: &FirstRun) -> Result<AccountSettings, (FirstRunField, String)> {
    let address = view.address.text.trim();
    let bad_address = |why: String| (FirstRunField::Address, why);
    if let Some(why) = missing_half(view, address) {
        return Err(bad_address(why));
    }
    let jid = BareJid::parse(address).map_err(|why| bad_address(words::address::not_valid(why)))?;
    if view.mode == FirstRunMode::SignIn {
        if jid.local().is_some() && view.is_guest {
            return Err(bad_address(words::first_run::guest_has_no_name(jid.domain())));
        }
        if view.password.text.is_empty() && !view.is_guest && view.certificate.text.trim().is_empty() {
            return Err((FirstRunField::Password, words::first_run::password_missing()));
        }
    }
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    let mut settings = AccountSettings::new(AccountId(jid), "parlour".to_owned());
    if let Some(resource) = filled(&view.resource.text) {
        let checked = settings.id.jid().with_resource(&resource);
        checked.map_err(|why| (FirstRunField::Resource, words::address::bad_resource(why)))?;
        settings.resource = resource;
    }
    settings.socks5 = match filled(&view.socks5.text) {
        None => None,
        Some(text) => Some(Socks5::parse(&text).map_err(|why| (FirstRunField::Socks5, why))?.into()),
    };
    settings.pins = pinned(view)?.into_iter().collect();
    settings.host = filled(&view.host.text);
    if let Some(host) = &settings.host {
        host_name(host).map_err(|why| (FirstRunField::Host, why))?;
    }
    settings.port = match filled(&view.port.text) {
        None => None,
        Some(text) => match text.parse::<u16>() {
            Ok(port) if port > 0 => Some(port),
            Ok(_) | Err(_) => {
                return Err((FirstRunField::Port, words::first_run::bad_port()));
            }
        },
    };
    // By a proxy nothing is found by itself.
    let needs_host = settings.host.is_none() && settings.socks5.is_none();
    if needs_host && settings.port.is_some() {
        return Err((FirstRunField::Host, words::first_run::port_needs_host()));
    }
    if needs_host && view.direct_tls {
        return Err((FirstRunField::Host, words::first_run::tls_needs_host()));
    }
    settings.direct_tls = view.direct_tls;
    settings.allow_plain = view.allow_plain;
    if view.mode == FirstRunMode::SignIn {
        settings.is_guest = view.is_guest;
        settings.client_certificate = filled(&view.certificate.text).map(Into::into);
        settings.client_key = filled(&view.key.text).map(Into::into);
    }
    settings.ca_file = filled(&view.ca_file.text).map(Into::into);
    Ok(settings)
}

/// Which half of an address is missing, where one is needed.
fn missing_half(view: &FirstRun, address: &str) -> Option<String> {
    let needs_name = view.mode == FirstRunMode::SignIn && !view.is_guest;
    match address.split_once('@') {
        _ if address.is_empty() && needs_name => Some(words::first_run::address_missing()),
        _ if address.is_empty() => Some(words::first_run::server_missing()),
        Some(("", server)) if needs_name => Some(words::first_run::name_missing(server)),
        Some((name, "")) => Some(words::first_run::no_server_after(name)),
        // A lone word is a name, what has a dot a server.
        None if needs_name && address.contains(['.', ':']) => Some(words::first_run::name_missing(address)),
        None if needs_name => Some(words::first_run::no_server(address)),
        Some(_) | None => None,
    }
}

/// The key that is to be accepted alone. Its first digits do where the server has shown it: they say that the user
/// has compared it.
fn pinned(view: &FirstRun) -> Result<Option<String>, (FirstRunField, String)> {
    let typed = view.pin.text.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = |why: String| (FirstRunField::Pin, why);
    let digits = typed_fingerprint(typed).map_err(wrong)?;
    let is_it = |key: &&String| key.strip_prefix("sha256:").is_some_and(|whole| whole.starts_with(&digits));
    match view.refused.as_ref().filter(is_it) {
        Some(key) => Ok(Some(key.clone())),
        None if digits.len() == 64 => Ok(Some(format!("sha256:{digits}"))),
        None if view.refused.is_some() => Err(wrong(words::first_run::other_key())),
        None => Err(wrong(words::first_run::whole_key())),
    }
}

/// What to do about a refused certificate, and where.
fn refused(view: &mut FirstRun, refusal: &Refusal) -> (FirstRunField, String) {
    view.refused = refusal.certificate.as_ref().map(|c| c.key.clone());
    match &refusal.certificate {
        // A pin that does not fit says old and new already.
        Some(_) if !refusal.pins.is_empty() => (FirstRunField::Pin, words::first_run::nothing_sent()),
        Some(shown) => {
            let words = words::first_run::pin_it(&grouped(&shown.key), TYPED_MIN);
            (FirstRunField::Pin, words)
        }
        None => (FirstRunField::CaFile, words::first_run::right_server()),
    }
}

/// Shows what is wrong at a field, and puts the keys there.
fn fault(view: &mut FirstRun, field: FirstRunField, words: impl Into<Untrusted>) {
    let is_advanced = matches!(
        field,
        FirstRunField::Host
            | FirstRunField::Port
            | FirstRunField::DirectTls
            | FirstRunField::Socks5
            | FirstRunField::CaFile
            | FirstRunField::Pin
            | FirstRunField::AllowPlain
            | FirstRunField::Certificate
            | FirstRunField::Key
            | FirstRunField::Guest
            | FirstRunField::Resource
    );
    view.is_advanced |= is_advanced;
    let at = view.fields().iter().position(|f| *f == field).unwrap_or(1);
    view.focused = at;
    view.error = Some((at, words.into()));
}

/// The password, where one was typed and is meant: a guest has none.
fn typed_password(view: &FirstRun) -> Option<Secret> {
    (!view.is_guest && !view.password.text.is_empty()).then(|| Secret::new(&view.password.text))
}

fn go(turn: &mut Turn) {
    let known: Vec<AccountId> = turn.state.accounts.list.iter().map(|a| a.id().clone()).collect();
    let Some(view) = view(turn) else { return };
    if view.trying.is_some() {
        return;
    }
    if view.mode == FirstRunMode::Demo {
        turn.state.is_quitting = true;
        return turn.effect(Effect::Demo);
    }
    let settings = match settings(view) {
        Ok(settings) => settings,
        Err((field, words)) => return fault(view, field, words),
    };
    if known.contains(&settings.id) {
        return fault(view, FirstRunField::Address, words::first_run::already_there());
    }
    view.error = None;
    view.steps.clear();
    view.trying = Some(settings.id.clone());
    let intent = match view.mode {
        FirstRunMode::SignIn => {
            let secret = typed_password(view);
            turn.state.work.to_save = None;
            secret.map_or(Intent::WithoutPassword, Intent::SignIn)
        }
        FirstRunMode::Register | FirstRunMode::Demo => Intent::Register,
    };
    opening::awaits(turn, &settings.id);
    turn.effect(Effect::StartAccount(Box::new(settings), intent));
}

/// A step of the login that is tried went on.
pub(crate) fn step(turn: &mut Turn, account: &AccountId, step: Step, state: &StepState) {
    let Some(view) = view(turn).filter(|v| v.trying.as_ref() == Some(account)) else { return };
    accounts::put_step(&mut view.steps, step, state.clone());
}

/// The login that is tried failed: the reason is shown, the fields stay. Returns whether it was that one.
pub(crate) fn failed(turn: &mut Turn, account: &AccountId, reason: &DownReason) -> bool {
    let Some(view) = view(turn).filter(|v| v.trying.as_ref() == Some(account)) else { return false };
    view.trying = None;
    let (field, advice) = match reason {
        DownReason::Password(_) => (FirstRunField::Password, words::first_run::type_again()),
        DownReason::Certificate(refusal) => refused(view, refusal),
        DownReason::CaFile(_) => (FirstRunField::CaFile, words::first_run::ca_file()),
        DownReason::NoTls(_) => (FirstRunField::DirectTls, words::first_run::no_tls()),
        DownReason::Unreachable(_) if !view.socks5.text.trim().is_empty() => {
            (FirstRunField::Socks5, words::first_run::check_proxy())
        }
        DownReason::Unreachable(_) if !view.host.text.trim().is_empty() => {
            (FirstRunField::Host, words::first_run::check_host())
        }
        DownReason::Unreachable(_) => (FirstRunField::Address, words::first_run::check_address()),
        DownReason::NoMechanism(_) => (FirstRunField::Address, words::first_run::no_mechanism()),
        DownReason::OnlyPlain => (FirstRunField::AllowPlain, words::first_run::allow_plain()),
        DownReason::Weaker(_) => (FirstRunField::Go, words::first_run::weaker()),
        DownReason::ServerProof(_) => (FirstRunField::Go, words::first_run::server_proof()),
        DownReason::Conflict => (FirstRunField::Resource, words::first_run::conflict()),
        DownReason::Registration(_) => (FirstRunField::Go, words::first_run::registration()),
        DownReason::LinkLost(_)
        | DownReason::Silent
        | DownReason::StepTimeout(_)
        | DownReason::Stream(_)
        | DownReason::Asked
        | DownReason::Refused(_)
        | DownReason::SentElsewhere(_)
        | DownReason::Crashed(_) => (FirstRunField::Go, words::first_run::retry()),
    };
    let words = words::first_run::failed(reason.words().raw(), &advice);
    // A step that was under way did not get further.
    for (_, state) in &mut view.steps {
        if matches!(state, StepState::Running(_)) {
            *state = StepState::Failed(reason.words());
        }
    }
    fault(view, field, words.clone());
    if matches!(reason, DownReason::Weaker(_)) {
        super::consent::ask(turn, account, reason);
    }
    turn.log(words::first_run::failed_for(account, &words));
    remove(turn, account);
    true
}

/// An account that was only tried is not kept.
fn remove(turn: &mut Turn, account: &AccountId) {
    turn.effect(Effect::StopAccount(account.clone()));
    turn.state.accounts.list.retain(|a| a.id() != account);
    if turn.state.accounts.current.as_ref() == Some(account) {
        turn.state.accounts.current = turn.state.accounts.list.first().map(|a| a.id().clone());
    }
    opening::withdraw(turn, |o| matches!(o, Overlay::Form(f) if f.purpose == FormPurpose::Account(account.clone())));
    turn.touch_sidebar();
}

/// The server took the password: the account is kept, and the screen makes room for the chats.
pub(crate) fn accepted(turn: &mut Turn, account: &AccountId) {
    let Some(view) = view(turn).filter(|v| v.trying.as_ref() == Some(account)) else { return };
    let (is_saving, mode) = (view.is_saving && !matches!(view.keyring, Some(Err(_))), view.mode);
    let typed = typed_password(view);
    let registered = turn.state.work.registering.take().map(|r| r.password);
    let secret = match mode {
        FirstRunMode::SignIn => typed,
        FirstRunMode::Register | FirstRunMode::Demo => registered,
    };
    if let Some(settings) = turn.state.accounts.get(account).map(|a| a.settings.clone()) {
        turn.effect(Effect::SaveAccount(Box::new(settings)));
    }
    if let Some(secret) = secret.filter(|_| is_saving) {
        turn.effect(Effect::SavePassword(account.clone(), secret));
    }
    turn.state.accounts.current = Some(account.clone());
    turn.state.overlays.retain(|o| !matches!(o, Overlay::FirstRun(_)));
    turn.info(words::first_run::welcome(account));
}

/// Closes the screen; a login that is tried is given up. Without any account there is nothing behind it.
fn close(turn: &mut Turn) {
    let Some(view) = view(turn) else { return };
    if let Some(account) = view.trying.take() {
        view.steps.clear();
        remove(turn, &account);
    } else if turn.state.accounts.list.is_empty() {
        turn.info(words::first_run::no_account_yet());
    } else {
        turn.state.overlays.retain(|o| !matches!(o, Overlay::FirstRun(_)));
    }
}

/// Fills a registration form with what is known: the name in the address, and what was typed before.
pub(crate) fn prefill(turn: &mut Turn, form: &mut FormView) {
    let FormPurpose::Account(account) = &form.purpose else { return };
    let before = turn.state.work.registering.as_ref().filter(|r| r.account == *account).map(|r| r.values.clone());
    for field in form.form.fields.iter_mut().filter(|f| f.kind != FieldKind::Hidden && f.kind != FieldKind::Fixed) {
        let typed = before.as_ref().and_then(|b| b.iter().find(|(var, _)| *var == field.var));
        if let Some((_, values)) = typed {
            field.values.clone_from(values);
        } else if field.var == "username"
            && field.values.is_empty()
            && let Some(local) = account.jid().local()
        {
            field.values = vec![local.to_owned()];
        }
    }
}

/// The field that has a new password typed a second time: one that was mistyped would lock its owner out. It is this
/// screen's own and never sent.
const AGAIN: &str = "parlour:password-again";

/// Asks for the password of a registration form twice.
pub(crate) fn ask_twice(form: &mut FormView) {
    let FormPurpose::Account(_) = form.purpose else { return };
    let is_password = |f: &Field| f.var == "password" && f.kind == FieldKind::TextPrivate;
    let Some(at) = form.form.fields.iter().position(is_password) else { return };
    let again = Field {
        var: AGAIN.to_owned(),
        label: Some(words::first_run::password_again().into()),
        desc: None,
        ..form.form.fields[at].clone()
    };
    let empty = Field { values: Vec::new(), ..again.clone() };
    form.form.fields.insert(at + 1, again);
    form.original.fields.insert(at + 1, empty);
}

/// The field where the password is typed again, where it was typed otherwise.
pub(crate) fn typed_otherwise(form: &Form) -> Option<usize> {
    let at = form.fields.iter().position(|f| f.var == AGAIN)?;
    let password = form.fields.get(at.checked_sub(1)?)?;
    (password.values != form.fields[at].values).then_some(at)
}

/// Takes out what is not for the server.
pub(crate) fn strip(form: &mut Form) {
    form.fields.retain(|f| f.var != AGAIN);
}

/// A registration form is on its way: its password is the account's, once the server has made it.
pub(crate) fn submitting(turn: &mut Turn, account: &AccountId, form: &Form) {
    let value = |var: &str| form.fields.iter().find(|f| f.var == var).and_then(|f| f.values.first().cloned());
    turn.state.work.registering = Some(Registering {
        account: account.clone(),
        password: Secret::new(&value("password").unwrap_or_default()),
        values: form.fields.iter().map(|f| (f.var.clone(), f.values.clone())).collect(),
    });
}

/// The account was made. Where it is called otherwise than what we signed in as, sign in anew as that.
pub(crate) fn registered(turn: &mut Turn, account: &AccountId, username: &str) {
    let Ok(jid) = BareJid::parse(&format!("{username}@{}", account.jid().domain())) else { return };
    let made = AccountId(jid);
    if made == *account {
        return;
    }
    let password = turn.state.work.registering.as_ref().map(|r| r.password.clone());
    let settings = turn.state.accounts.get(account).map(|a| a.settings.clone());
    let (Some(password), Some(settings)) = (password, settings) else { return };
    if let Some(view) = view(turn) {
        view.trying = Some(made.clone());
        view.steps.clear();
    }
    remove(turn, account);
    let settings = AccountSettings { id: made, ..settings };
    turn.effect(Effect::StartAccount(Box::new(settings), Intent::SignIn(password)));
}

/// The registration form was closed without sending it.
pub(crate) fn gave_up(turn: &mut Turn, account: &AccountId) {
    if let Some(view) = view(turn).filter(|v| v.trying.as_ref() == Some(account)) {
        view.trying = None;
        view.steps.clear();
        remove(turn, account);
    }
}
