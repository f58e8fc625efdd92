//! The keeper: a small shell beside parlour that restores the terminal where parlour no longer can: after an abort, a
//! stack overflow or a `kill -9`.
//!
//! A killed process cannot tidy up, and a handler for an abort would be unsafe code. So a `sh` waits at the end of a
//! pipe and is told whether the screen is up. When the pipe ends while it is up, the keeper leaves the alternate screen
//! and restores the modes that it found, unless the user's shell has set its own already. It ignores the signals that a
//! terminal sends to the whole group. Without a `sh` or `stty`, there is no keeper, and nothing else changes.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{
    process::{ChildStderr, ChildStdin, Command, Stdio},
    sync::OnceLock,
};

/// What it runs; `$1` is what leaves the screen, in octal. Its standard output is the terminal.
const SCRIPT: &str = r#"trap '' HUP INT QUIT TERM TSTP TTIN TTOU
exec 3<&1
modes=$(stty -g <&3) || exit
echo ready >&2
exec 2>/dev/null
taken=
while read -r word; do
    taken=
    [ "$word" = on ] && taken=$(stty -g <&3)
done
[ "$taken" ] || exit
printf %b "$1"
[ "$(stty -g <&3)" = "$taken" ] && stty "$modes" <&3"#;

/// How long it may take to start once everything else is ready for the first frame, in nanoseconds.
const START: i64 = 300_000_000;

static TELL: OnceLock<ChildStdin> = OnceLock::new();

/// One that is being started.
#[must_use]
pub struct Starting(Option<(ChildStdin, ChildStderr)>);

/// Starts it: two programs, so this is done early and awaited late. It writes `leaving` where parlour was killed.
pub fn start(leaving: &[u8]) -> Starting {
    // In octal: a list of processes must not say it to somebody's terminal.
    let leaving: Vec<String> = leaving.iter().map(|byte| format!("\\0{byte:03o}")).collect();
    let mut command = Command::new("/bin/sh");
    command.args(["-c", SCRIPT, "parlour-keeper", &leaving.concat()]);
    command.stdin(Stdio::piped()).stdout(Stdio::inherit()).stderr(Stdio::piped());
    Starting(command.spawn().ok().and_then(|mut child| child.stdin.take().zip(child.stderr.take())))
}

impl Starting {
    /// Waits until it has read the terminal's modes: before that the terminal must not be made raw.
    pub fn wait(self) {
        let Some((tell, ready)) = self.0 else { return };
        let mut fds = [PollFd::new(&ready, PollFlags::IN)];
        let limit = Timespec { tv_sec: 0, tv_nsec: START };
        let mut byte = [0u8; 16];
        if poll(&mut fds, Some(&limit)) == Ok(1) && rustix::io::read(&ready, &mut byte).is_ok_and(|n| n > 0) {
            let _ = TELL.set(tell);
        } else {
            tracing::info!("no sh or stty: after a kill the terminal stays as it was");
        }
    }
}

/// Tells it whether the screen is up.
pub(super) fn tell(is_on: bool) {
    let Some(tell) = TELL.get() else { return };
    // A keeper that was killed keeps nothing; parlour does as well without.
    let _ = rustix::io::write(tell, if is_on { b"on\n" } else { b"off\n" });
}
