//! The program itself.

use crate::action::Action;
use crate::action::near::nearest;
use crate::model::{OPTIONS, OptionSpec, Options};
use crate::slash::read::jid;
use crate::slash::spec::{Arg, ArgKind, Domain, Slash};

/// A setting's key.
fn setting(text: &str) -> Result<&'static OptionSpec, String> {
    let near = || match nearest(text, OPTIONS.iter().map(|o| o.key)) {
        Some(near) => format!("there is no setting {text}; did you mean {near}?"),
        None => format!("there is no setting {text}; /set lists all"),
    };
    OptionSpec::find(text).ok_or_else(near)
}

const HELP: Slash = Slash {
    name: "help",
    aliases: &["?", "h"],
    domain: Domain::Program,
    args: &[Arg::may("command", ArgKind::Command, "a command, or the word keys")],
    summary: "show help",
    detail: "",
    examples: &["/help", "/help join", "/help keys"],
    xeps: &[],
    run: |p| Ok(p.text(0).map_or(Action::Help, |t| Action::HelpOn(t.trim_start_matches('/').to_owned()))),
};

const SET: Slash = Slash {
    name: "set",
    aliases: &["prefs"],
    domain: Domain::Program,
    args: &[
        Arg::may("key", ArgKind::Setting, "a setting; all are shown if left out"),
        Arg::may("value", ArgKind::Value, "the new value; shown if left out"),
    ],
    summary: "show a setting, or change it",
    detail: "It is also written into the config, whose comments stay.",
    examples: &["/set", "/set ui.theme", "/set ui.theme dark", "/set notify.bell off"],
    xeps: &[],
    run: |p| {
        let key = p.read(0, setting)?;
        let value = match key {
            Some(spec) => p.read(1, |v| spec.set(&mut Options::default(), v).map(|()| v.to_owned()))?,
            None => None,
        };
        Ok(Action::Set { key: key.map(|spec| spec.key.to_owned()), value })
    },
};

const THEME: Slash = Slash {
    name: "theme",
    aliases: &["colours", "colors"],
    domain: Domain::Program,
    args: &[Arg::may("name", ArgKind::OneOf(&["auto", "light", "dark", "mono"]), "the theme; shown if left out")],
    summary: "change the colours",
    detail: "`dark` and `light` have a background of their own, at their best with true colour. `auto` keeps the \
             terminal's, and asks it once what its colours look like. `mono` uses none. F9 takes the next one.",
    examples: &["/theme", "/theme dark"],
    xeps: &[],
    run: |p| {
        let value = p.text(0).map(|name| name.to_lowercase());
        if let Some(name) = &value {
            let known = OptionSpec::find("ui.theme").map(|spec| spec.set(&mut Options::default(), name));
            if let Some(Err(why)) = known {
                return Err(p.error(0, why.to_string()));
            }
        }
        Ok(Action::Set { key: Some("ui.theme".to_owned()), value })
    },
};

const UNSET: Slash = Slash {
    name: "unset",
    aliases: &[],
    domain: Domain::Program,
    args: &[Arg::need("key", ArgKind::Setting, "a setting")],
    summary: "reset a setting to its default",
    detail: "",
    examples: &["/unset ui.theme"],
    xeps: &[],
    run: |p| Ok(Action::Unset(p.need(0, setting)?.key.to_owned())),
};

const LOG: Slash = Slash {
    name: "log",
    aliases: &[],
    domain: Domain::Program,
    args: &[],
    summary: "show the log",
    detail: "",
    examples: &["/log"],
    xeps: &[],
    run: |_| Ok(Action::ShowLog),
};

const XML: Slash = Slash {
    name: "xml",
    aliases: &["xmlconsole"],
    domain: Domain::Program,
    args: &[Arg::may("address", ArgKind::Jid, "only what goes to or comes from it")],
    summary: "show the raw XML; passwords are left out",
    detail: "",
    examples: &["/xml", "/xml rooms.montague.lit"],
    xeps: &[],
    run: |p| Ok(Action::ShowXml(p.read(0, jid)?)),
};

const RAW: Slash = Slash {
    name: "raw",
    aliases: &["rawxml"],
    domain: Domain::Program,
    args: &[Arg::need("stanza", ArgKind::Text, "one message, presence or iq element")],
    summary: "send raw XML",
    detail: "It must be one whole, well-formed element.",
    examples: &["/raw <presence><priority>1</priority></presence>"],
    xeps: &[],
    run: |p| {
        let stanza = p.need_text(0)?;
        let names = ["<message", "<presence", "<iq"];
        if names.iter().any(|n| stanza.starts_with(n)) && stanza.ends_with('>') {
            Ok(Action::Raw(stanza))
        } else {
            Err(p.error(0, "must be one <message>, <presence> or <iq>"))
        }
    },
};

const RELOAD: Slash = Slash {
    name: "reload",
    aliases: &[],
    domain: Domain::Program,
    args: &[],
    summary: "read the config again",
    detail: "",
    examples: &["/reload"],
    xeps: &[],
    run: |_| Ok(Action::Reload),
};

const QUIT: Slash = Slash {
    name: "quit",
    aliases: &["exit", "bye"],
    domain: Domain::Program,
    args: &[Arg::may("message", ArgKind::Text, "last words")],
    summary: "quit parlour",
    detail: "",
    examples: &["/quit", "/quit parting is such sweet sorrow"],
    xeps: &[],
    run: |p| Ok(Action::Quit(p.text(0))),
};

/// The rows.
pub const TABLE: &[Slash] = &[HELP, SET, UNSET, THEME, LOG, XML, RAW, RELOAD, QUIT];
