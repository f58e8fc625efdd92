//! The clipboard. What keeps a text is a program of the desktop or tmux, which say whether they have it; the terminal
//! (OSC 52) never does, and many ignore it. So that comes last, in other words.
//!
//! Each program gets the text on its standard input and little time: one that fails or hangs is passed over.

use super::note::{Note, Notes};
use crate::update::{Msg, ShellNews};
use crate::words;
use std::{process::Stdio, time::Duration};
use tokio::{io::AsyncWriteExt, process::Command, task::JoinHandle};

/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(1);

/// A program that keeps a text, and what it is when it has it.
#[derive(Debug, Clone, Copy)]
struct Keeper {
    argv: &'static [&'static str],
    words: words::Text,
}

const fn keeper(argv: &'static [&'static str], words: words::Text) -> Keeper {
    Keeper { argv, words }
}

/// tmux drops what a program inside it says to the terminal. `-w` passes it on to the terminal outside; older ones do
/// not know it.
const TMUX: [Keeper; 2] = [
    keeper(&["tmux", "load-buffer", "-w", "-"], words::outside::copied_to_tmux),
    keeper(&["tmux", "load-buffer", "-"], words::outside::copied_to_tmux),
];
const WAYLAND: Keeper = keeper(&["wl-copy", "--type", "text/plain"], words::outside::copied);
const X11: [Keeper; 2] = [
    keeper(&["xclip", "-selection", "clipboard"], words::outside::copied),
    keeper(&["xsel", "--clipboard", "--input"], words::outside::copied),
];
const MACOS: Keeper = keeper(&["pbcopy"], words::outside::copied);

/// Begins to copy a text. What became of it comes back: in words, or as a text for the terminal.
pub fn begin(text: String, notes: Notes) -> JoinHandle<()> {
    let keepers = keepers(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
    tokio::spawn(async move {
        match give(&keepers, &text).await {
            Some(words) => notes.msg(Msg::Shell(ShellNews::Info(words))).await,
            None => notes.tell(Note::CopyByTerminal(text)).await,
        }
    })
}

/// The programs to try, the best first. Through ssh, the desktop is not the one that the user sits at.
fn keepers(is_set: impl Fn(&str) -> bool) -> Vec<Keeper> {
    if is_set("TMUX") {
        return TMUX.to_vec();
    }
    let mut found = Vec::new();
    if is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
        return found;
    }
    if is_set("WAYLAND_DISPLAY") {
        found.push(WAYLAND);
    }
    if is_set("DISPLAY") {
        found.extend(X11);
    }
    if cfg!(target_os = "macos") {
        found.push(MACOS);
    }
    found
}

/// Gives the text to the first that takes it; what the user is told then. `None` where nobody takes it.
async fn give(keepers: &[Keeper], text: &str) -> Option<String> {
    for keeper in keepers {
        match tokio::time::timeout(LIMIT, run(keeper.argv, text)).await {
            Ok(Ok(())) => return Some((keeper.words)()),
            Ok(Err(why)) => tracing::info!("not copied: {why}"),
            Err(_) => tracing::info!("not copied: {} does not answer", keeper.argv.concat()),
        }
    }
    None
}

async fn run(argv: &[&str], text: &str) -> Result<(), String> {
    let Some((program, rest)) = argv.split_first() else { return Err(words::outside::nothing_given()) };
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    // Such programs stay behind to serve the text; what ends the terminal must not end them.
    command.process_group(0);
    let mut child = command.spawn().map_err(|e| words::outside::cannot_run(program, e))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes()).await.map_err(|e| words::outside::does_not_read(program, e))?;
        drop(stdin);
    }
    let status = child.wait().await.map_err(|e| words::outside::lost(program, e))?;
    if status.success() { Ok(()) } else { Err(words::outside::ended_with(program, status)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[&str]) -> Vec<&'static str> {
        keepers(|name| set.contains(&name)).iter().filter_map(|k| k.argv.first().copied()).collect()
    }

    #[test]
    fn who_is_asked_depends_on_where_parlour_runs() {
        assert_eq!(with(&["TMUX", "DISPLAY", "SSH_CONNECTION"]), ["tmux", "tmux"]);
        assert_eq!(with(&["WAYLAND_DISPLAY", "DISPLAY"]), ["wl-copy", "xclip", "xsel"]);
        assert_eq!(with(&["DISPLAY"]), ["xclip", "xsel"]);
        assert_eq!(with(&["DISPLAY", "SSH_CONNECTION"]), Vec::<&str>::new());
        assert_eq!(with(&["WAYLAND_DISPLAY", "SSH_TTY"]), Vec::<&str>::new());
        assert_eq!(with(&[]), Vec::<&str>::new());
    }

    const GOOD: Keeper = keeper(&["sh", "-c", "test \"$(cat)\" = '$(id) -n'"], || "good".to_owned());
    const BAD: Keeper = keeper(&["false"], || "bad".to_owned());
    const ABSENT: Keeper = keeper(&["/nowhere/at/all"], || "absent".to_owned());
    const DEAF: Keeper = keeper(&["sh", "-c", "exec <&-; exit 1"], || "deaf".to_owned());

    #[tokio::test]
    async fn the_first_that_takes_the_text_has_it() {
        assert_eq!(give(&[ABSENT, BAD, GOOD], "$(id) -n").await.as_deref(), Some("good"));
        assert_eq!(give(&[ABSENT, BAD], "x").await, None);
        assert_eq!(give(&[DEAF], &"x".repeat(1 << 20)).await, None);
        assert_eq!(give(&[], "x").await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_hangs_is_passed_over() {
        const HANGS: Keeper = keeper(&["sleep", "600"], || "hangs".to_owned());
        assert_eq!(give(&[HANGS], "x").await, None);
    }
}
