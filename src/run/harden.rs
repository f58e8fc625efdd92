//! Turns off core dumps and forbids other processes to read this one's memory, where passwords are. A debug build keeps
//! both, for its debugger.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Gives them up. What the system refuses is not worth a word to the user: it is a second line of defence.
pub fn give_up_dumps() {
    if cfg!(debug_assertions) {
        return;
    }
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
