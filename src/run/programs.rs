//! Other programs: the one that knows a password, the one that opens a link. Never through a shell.

use crate::words;
use crate::{model::Secret, text::encode};
use std::{
    borrow::Cow,
    io,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
    time::{Instant, sleep_until},
};

/// How long a password command may take: a person may have to type into it.
const COMMAND_LIMIT: Duration = Duration::from_mins(2);
/// How long it may go on when its first line is there.
const AFTER_LINE: Duration = Duration::from_secs(5);
/// How long what it printed may take to be read when it has ended.
const LEFT_OVER: Duration = Duration::from_millis(200);
/// How much it may print after its first line, in bytes.
const REST_MAX: usize = 16 << 20;
/// Longest password in bytes.
const PASSWORD_MAX: usize = 4096;

/// Runs a password command with the terminal as its own (it may ask for a passphrase) and takes the
/// first line that it prints. The screen must not be up.
///
/// # Errors
/// In words that hold neither the command's arguments nor what it printed.
pub async fn password_command(argv: &[String]) -> Result<Secret, String> {
    let Some((program, rest)) = argv.split_first() else { return Err(words::outside::nothing_given()) };
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::inherit()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
    // Before the command runs, so that no Ctrl-C is lost.
    let mut interrupts = signal(SignalKind::interrupt()).map_err(words::outside::no_signal)?;
    let mut child = command.spawn().map_err(|e| words::outside::cannot_run(program, e))?;
    let out = child.stdout.take();
    let work = async {
        let Some(out) = out else { return Err(words::outside::cannot_read(program)) };
        let printed =
            Printed::read(out, &mut child).await.map_err(|e| words::outside::cannot_read_because(program, e))?;
        match printed.status {
            Some(status) if !status.success() => {
                drop(first_line(printed.start, program));
                Err(words::outside::ended_with(program, status))
            }
            Some(_) | None => first_line(printed.start, program),
        }
    };
    tokio::select! {
        done = work => done,
        () = tokio::time::sleep(COMMAND_LIMIT) => Err(words::outside::took_too_long(program, COMMAND_LIMIT.as_secs())),
        _ = interrupts.recv() => Err(words::outside::interrupted(program)),
    }
}

/// What a command has printed when it is done with: it has ended, or its first line is there and it goes on for too long.
/// It may have left a process behind that holds the pipe open: that is not waited for.
struct Printed {
    /// The start, up to a password's length.
    start: Vec<u8>,
    /// How it ended, where it did.
    status: Option<ExitStatus>,
}

impl Printed {
    /// Reads what comes after the first line as well, since a full pipe would stop the command. Nothing of that is left
    /// in memory (K-07).
    async fn read(mut out: impl AsyncRead + Unpin, child: &mut Child) -> io::Result<Self> {
        // Room from the start: a vector that grows leaves its old bytes behind.
        let mut start = Vec::with_capacity(PASSWORD_MAX + 1);
        let mut status = None;
        let mut rest = 0;
        let mut until = None;
        let mut is_open = true;
        let mut is_whole = false;
        let mut piece = [0; 1024];
        while is_open || status.is_none() {
            let count = tokio::select! {
                biased;
                count = out.read(&mut piece), if is_open => count?,
                ended = child.wait(), if status.is_none() => {
                    status = Some(ended?);
                    // What it printed before it ended is there already.
                    until = Some(Instant::now() + LEFT_OVER);
                    continue;
                }
                () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => break,
            };
            is_open = count > 0;
            if is_whole {
                rest += count;
            } else {
                start.extend_from_slice(&piece[..count.min(PASSWORD_MAX + 1 - start.len())]);
            }
            piece.fill(0);
            std::hint::black_box(&piece);
            is_whole = !is_open || start.contains(&b'\n') || start.len() > PASSWORD_MAX;
            if is_whole && (status.is_some() || rest > REST_MAX) {
                break;
            }
            if is_whole {
                until.get_or_insert_with(|| Instant::now() + AFTER_LINE);
            }
        }
        Ok(Self { start, status })
    }
}

fn first_line(mut printed: Vec<u8>, program: &str) -> Result<Secret, String> {
    let end = printed.iter().position(|b| *b == b'\n').unwrap_or(printed.len());
    let line = printed[..end].strip_suffix(b"\r").unwrap_or(&printed[..end]);
    let found = if line.is_empty() {
        Err(words::outside::no_password(program))
    } else if line.len() > PASSWORD_MAX {
        Err(words::outside::too_long(program))
    } else {
        std::str::from_utf8(line).map(Secret::new).map_err(|_| words::outside::not_text(program))
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
        return Err(words::outside::link_not_opened());
    };
    let told = words::outside::no_opener(&link);
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
    async fn k03_a_password_command_that_does_not_let_go_is_not_waited_for() {
        let began = Instant::now();
        for (script, limit) in [
            // A child holds the pipe; the program itself has ended.
            ("sleep 60 & echo first", 3),
            ("(sleep 60; echo late) & printf first", 3),
            // It prints for ever, or stays.
            ("echo first; yes", 10),
            ("echo first; exec sleep 60", 10),
            ("echo first; exec >&-; exec sleep 60", 10),
        ] {
            let began = Instant::now();
            assert_eq!(password_command(&argv(&["sh", "-c", script])).await.unwrap().expose(), "first", "{script}");
            assert!(began.elapsed() < Duration::from_secs(limit), "{script}: {:?}", began.elapsed());
        }
        let endless = password_command(&argv(&["cat", "/dev/zero"])).await;
        assert!(endless.unwrap_err().contains("too long"));
        let failed = password_command(&argv(&["sh", "-c", "sleep 60 & echo first; exit 3"])).await;
        assert!(failed.unwrap_err().contains("exit status: 3"));
        assert!(began.elapsed() < Duration::from_secs(40));
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
