//! Other programs: the one that knows a password, the one that opens a link. Never through a shell.

use crate::{model::Secret, text::encode};
use std::{borrow::Cow, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Command,
    signal::unix::{SignalKind, signal},
};

/// How long a password command may take: a person may have to type into it.
const COMMAND_LIMIT: Duration = Duration::from_mins(2);
/// Longest password in bytes.
const PASSWORD_MAX: usize = 4096;

/// Runs a password command with the terminal as its own (it may ask for a passphrase) and takes the
/// first line that it prints. The screen must not be up.
///
/// # Errors
/// In words that hold neither the command's arguments nor what it printed.
pub async fn password_command(argv: &[String]) -> Result<Secret, String> {
    let Some((program, rest)) = argv.split_first() else { return Err("no program is given".to_owned()) };
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::inherit()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
    // Before the command runs, so that no Ctrl-C is lost.
    let mut interrupts = signal(SignalKind::interrupt()).map_err(|e| format!("no signal can be waited for: {e}"))?;
    let mut child = command.spawn().map_err(|e| format!("{program} cannot be run: {e}"))?;
    let out = child.stdout.take();
    let work = async {
        let printed = match out {
            Some(out) => read_start(out).await.map_err(|e| format!("{program} cannot be read: {e}"))?,
            None => Vec::new(),
        };
        let status = child.wait().await.map_err(|e| format!("{program} was lost: {e}"))?;
        if status.success() { first_line(printed, program) } else { Err(format!("{program} ended with {status}")) }
    };
    tokio::select! {
        done = work => done,
        () = tokio::time::sleep(COMMAND_LIMIT) => Err(format!("{program} took longer than {} s", COMMAND_LIMIT.as_secs())),
        _ = interrupts.recv() => Err(format!("{program} was interrupted")),
    }
}

/// The start of what a command prints, which is read to its end: a full pipe would stop it. Nothing else of it is left
/// in memory (K-07).
async fn read_start(mut out: impl AsyncRead + Unpin) -> std::io::Result<Vec<u8>> {
    // Room from the start: a vector that grows leaves its old bytes behind.
    let mut kept = Vec::with_capacity(PASSWORD_MAX + 1);
    let mut piece = [0; 1024];
    loop {
        let count = out.read(&mut piece).await?;
        if count == 0 {
            return Ok(kept);
        }
        if !kept.contains(&b'\n') {
            kept.extend_from_slice(&piece[..count.min(PASSWORD_MAX + 1 - kept.len())]);
        }
        piece.fill(0);
        std::hint::black_box(&piece);
    }
}

fn first_line(mut printed: Vec<u8>, program: &str) -> Result<Secret, String> {
    let end = printed.iter().position(|b| *b == b'\n').unwrap_or(printed.len());
    let line = printed[..end].strip_suffix(b"\r").unwrap_or(&printed[..end]);
    let found = if line.is_empty() {
        Err(format!("{program} printed no password in its first line"))
    } else if line.len() > PASSWORD_MAX {
        Err(format!("{program} printed a first line that is too long"))
    } else {
        std::str::from_utf8(line).map(Secret::new).map_err(|_| format!("{program} printed what is not UTF-8"))
    };
    printed.fill(0);
    std::hint::black_box(&printed);
    found
}

/// Opens a link with the system's opener: only what `encode::url` takes, so that its scheme in front also keeps it from
/// being an option.
///
/// # Errors
/// In words.
pub async fn open(link: String) -> Result<(), String> {
    let Some(link) = encode::url(&link).map(Cow::into_owned) else {
        return Err("not opened: only http, https, xmpp and mailto links are".to_owned());
    };
    let told = format!("no program here opens links; the link is {link}");
    // Which launchers were tried and how each ended helps nobody; the link itself can be copied.
    let opened = tokio::task::spawn_blocking(move || open::that_detached(link)).await;
    if matches!(opened, Ok(Ok(()))) { Ok(()) } else { Err(told) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argv(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| (*w).to_owned()).collect()
    }

    #[tokio::test]
    async fn a_password_command_is_no_shell_line() {
        let ok = |words: &'static [&'static str]| async move { password_command(&argv(words)).await };
        assert_eq!(ok(&["printf", "%s\nsecond\n", "s3cret"]).await.unwrap().expose(), "s3cret");
        assert_eq!(ok(&["printf", "%s", "$(id) `id` ; id"]).await.unwrap().expose(), "$(id) `id` ; id");
        assert_eq!(ok(&["printf", " pass word \r\n"]).await.unwrap().expose(), " pass word ");
        assert!(ok(&["printf", "\nlater"]).await.unwrap_err().contains("no password"));
        assert!(ok(&["printf", "\\377\n"]).await.unwrap_err().contains("UTF-8"));
        assert!(ok(&["false"]).await.unwrap_err().contains("ended with"));
        assert!(ok(&["/nowhere/at/all", "s3cret"]).await.is_err_and(|e| !e.contains("s3cret")));
        assert!(ok(&["head", "-c", "5000", "/dev/zero"]).await.unwrap_err().contains("too long"));
        assert!(password_command(&[]).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn k03_a_password_command_that_never_ends_is_given_up() {
        let began = tokio::time::Instant::now();
        let words = password_command(&argv(&["sleep", "600"])).await.err();
        assert_eq!(words.as_deref(), Some("sleep took longer than 120 s"));
        assert_eq!(began.elapsed().as_secs(), COMMAND_LIMIT.as_secs());
    }

    #[tokio::test]
    async fn a_chatty_password_command_is_read_to_its_end() {
        let words = argv(&["sh", "-c", "echo first; head -c 200000 /dev/zero"]);
        assert_eq!(password_command(&words).await.unwrap().expose(), "first");
    }

    #[tokio::test]
    async fn only_harmless_links_reach_the_opener() {
        let long = format!("https://{}", "x".repeat(4096));
        for bad in [
            "file:///etc/passwd",
            "javascript:1",
            "-oProxyCommand=x",
            "https://a b",
            "",
            "https",
            "ssh://x",
            "https://x/\u{1b}]0;",
            "https://x/\u{202e}",
            "xmpp:ä@x",
            &long,
        ] {
            let words = open(bad.to_owned()).await;
            assert!(words.is_err_and(|why| why.starts_with("not opened")), "{bad}");
        }
    }
}
