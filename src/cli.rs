//! Flags and subcommands. There is no `--password`: what stands on a command line, every other
//! user of the machine can read.

use crate::model::BareJid;
use crate::slash::manual;
use clap::{CommandFactory, Parser, Subcommand};
use std::{
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
};

/// A terminal chat client for XMPP.
#[derive(Debug, Clone, Parser)]
#[command(name = "parlour", version, max_term_width = 100, after_help = AFTER)]
pub struct Args {
    /// Read this config file instead of the profile's own.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep config, messages and log apart under this name.
    #[arg(long, global = true, value_name = "NAME", value_parser = profile_name)]
    pub profile: Option<String>,
    /// Sign in to this account alone.
    #[arg(long, global = true, value_name = "JID", value_parser = jid)]
    pub account: Option<BareJid>,
    /// How much to log (error, warn, info, debug, trace), or the file to log to.
    #[arg(long, global = true, value_name = "LEVEL|FILE", value_parser = log_choice)]
    pub log: Option<LogChoice>,
    /// Keep nothing on the disk: messages, drafts and the log are in a temporary folder that is deleted at the end. What
    /// is not sent by then is lost.
    #[arg(long, global = true)]
    pub no_history: bool,
    /// What to do instead of chatting with your accounts.
    #[command(subcommand)]
    pub task: Option<Task>,
}

const AFTER: &str = "Exit codes: 0 all well, 1 a fault, 2 a wrong command line, 3 a fault in the config.\n\
                     Inside: F1 for help, Ctrl-P for everything that can be done, Ctrl-Q to quit.";

/// A subcommand.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Task {
    /// Try parlour without an account or a network: a small server inside the program.
    Demo,
    /// Print the manual page (roff).
    Man,
    /// Print a completion script.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
}

/// What `--log` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogChoice {
    /// How much, into the profile's log file.
    Level(tracing::Level),
    /// Everything of parlour's own down to `debug`, into this file.
    File(PathBuf),
}

fn jid(text: &str) -> Result<BareJid, String> {
    BareJid::parse(text).map_err(|e| format!("not a valid address: {e}"))
}

fn log_choice(text: &str) -> Result<LogChoice, String> {
    match text.parse() {
        Ok(level) => Ok(LogChoice::Level(level)),
        Err(_) if text.is_empty() => Err("give a level or a file".to_owned()),
        Err(_) => Ok(LogChoice::File(PathBuf::from(text))),
    }
}

/// A profile's name becomes a folder's name, so that it must not climb out of its place.
fn profile_name(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if text.is_empty() || text.len() > 64 || !text.chars().all(is_plain) {
        return Err("use letters, digits, - and _, at most 64".to_owned());
    }
    Ok(text.to_owned())
}

/// Reads a command line.
///
/// # Errors
/// `--help` and `--version` come here too: `clap::Error::exit` prints and ends with the right code.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Args, clap::Error> {
    Args::try_parse_from(args)
}

/// The command line's description, for the manual page and the completion scripts.
#[must_use]
pub fn command() -> clap::Command {
    Args::command()
}

/// Writes a completion script.
///
/// # Errors
/// When `out` does.
pub fn write_completions(shell: clap_complete::Shell, out: &mut dyn Write) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "parlour", &mut script);
    out.write_all(&script)
}

/// Writes the manual page: the flags, then commands, keys and settings from their tables.
///
/// # Errors
/// When `out` does.
pub fn write_man(out: &mut dyn Write) -> io::Result<()> {
    let man = clap_mangen::Man::new(command());
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    man.render_subcommands_section(out)?;
    let sections = [manual::commands_roff(), manual::keys_roff(), manual::settings_roff()];
    out.write_all(sections.concat().as_bytes())?;
    man.render_version_section(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Args, clap::Error> {
        parse(std::iter::once("parlour").chain(args.iter().copied()).map(OsString::from))
    }

    #[test]
    fn log_is_a_level_or_a_file() {
        assert_eq!(read(&["--log", "debug"]).unwrap().log, Some(LogChoice::Level(tracing::Level::DEBUG)));
        assert_eq!(read(&["--log", "./debug.txt"]).unwrap().log, Some(LogChoice::File("./debug.txt".into())));
    }

    #[test]
    fn a_profile_cannot_climb_out() {
        for bad in ["", "..", "a/b", "x\0"] {
            assert!(read(&["--profile", bad]).is_err(), "{bad:?}");
        }
        assert_eq!(read(&["--profile", "work-2"]).unwrap().profile.as_deref(), Some("work-2"));
    }

    #[test]
    fn no_password_on_the_command_line() {
        for arg in command().get_arguments() {
            assert!(!arg.get_id().as_str().contains("password"));
        }
        assert_eq!(read(&["--password", "x"]).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn wrong_addresses_say_why() {
        let e = read(&["--account", "@x"]).unwrap_err();
        assert!(e.to_string().contains("not a valid address: "), "{e}");
    }
}
