//! Suspending with Ctrl-Z.
//!
//! The whole process group stops, as the shell expects of a job. This process stops itself with a signal that it cannot
//! handle, because it listens to the other one. SIGCONT tells that it continues; this is never guessed.

use rustix::process::{Signal, getpid, getsid, kill_current_process_group, kill_process};

/// Stops the process. Returns `false` where nobody could wake it: it leads the session, so there is no
/// shell above it.
pub fn stop() -> bool {
    if getsid(None).is_ok_and(|session| session == getpid()) {
        return false;
    }
    let group = kill_current_process_group(Signal::TSTP);
    let own = kill_process(getpid(), Signal::STOP);
    group.is_ok() && own.is_ok()
}
