//! Starts that are refused: a profile that cannot be written, one that another parlour has.
//!
//! Root may write everywhere, so as root the program runs as nobody (`setpriv`).

use super::harness::{Home, Plan, Term};
use crate::figures::{figure, scale};
use rustix::process::Signal;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Where `nobody` can reach it: the build's own folder may be closed to others.
struct Place {
    home: Home,
    program: PathBuf,
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether a test must be left out: without root nothing can belong to somebody else, and parlour mends the modes of the
/// user's own files.
fn lacks_root() -> bool {
    if !is_root() {
        println!("left out: only root can make files of another user");
    }
    !is_root()
}

fn own(path: &Path) {
    if is_root() {
        let status = Command::new("chown").arg("-R").arg("65534:65534").arg(path).status().unwrap();
        assert!(status.success());
    }
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

impl Place {
    /// A profile that was used once.
    fn new() -> Self {
        let home = Home::new();
        chmod(home.path(), 0o755);
        let program = home.path().join("parlour");
        // A link shares the disk; where the folders lie on two of them it is a copy.
        if fs::hard_link(env!("CARGO_BIN_EXE_parlour"), &program).is_err() {
            fs::copy(env!("CARGO_BIN_EXE_parlour"), &program).unwrap();
        }
        for folder in ["config", "data", "state", "run"] {
            fs::create_dir(home.path().join(folder)).unwrap();
            own(&home.path().join(folder));
        }
        let place = Self { home, program };
        let mut term = place.start(&[]);
        term.wait_for("Welcome.");
        term.send("\x11");
        assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
        place
    }

    fn start(&self, args: &[&str]) -> Term {
        let program = self.program.to_str().unwrap();
        let mut all = vec!["--reuid", "65534", "--regid", "65534", "--clear-groups", program];
        let program = if is_root() {
            "setpriv"
        } else {
            all.clear();
            program
        };
        all.extend(args);
        Term::start(&self.home, &Plan { program, args: &all, size: (160, 24), ..Plan::default() })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }
}

#[test]
fn r10_a_profile_that_cannot_be_written_is_refused_with_its_path() {
    if lacks_root() {
        return;
    }
    let mut longest = Duration::ZERO;
    let rows: &[(&str, u32, &str)] = &[
        // What, its mode, what the message must name.
        ("data/parlour/history.db", 0o400, "history.db"),
        ("data/parlour/history.db", 0o000, "history.db"),
        ("data/parlour", 0o500, "data/parlour"),
        ("data/parlour/lock", 0o400, "lock"),
        ("data", 0o000, "data/parlour"),
        ("state/parlour", 0o500, "state/parlour"),
        ("state/parlour/parlour.log", 0o400, "parlour.log"),
        ("state", 0o000, "state/parlour"),
        ("config/parlour/config.toml", 0o000, "config.toml"),
    ];
    for (name, mode, named) in rows {
        let place = Place::new();
        let path = place.at(name);
        if name.contains("config.toml") {
            fs::create_dir(place.at("config/parlour")).unwrap();
            fs::write(&path, "").unwrap();
            own(&place.at("config"));
        }
        // The folder is narrowed by parlour itself where it may; what is not its own it may not.
        if *mode == 0o500 {
            let root_owned = is_root() && Command::new("chown").arg("0:0").arg(&path).status().unwrap().success();
            chmod(&path, if root_owned { 0o755 } else { *mode });
        } else if is_root() && path.is_file() && *mode == 0o400 {
            assert!(Command::new("chown").arg("0:0").arg(&path).status().unwrap().success());
            chmod(&path, 0o444);
        } else {
            chmod(&path, *mode);
        }
        let began = Instant::now();
        let mut term = place.start(&[]);
        let code = term.wait_exit();
        let took = began.elapsed();
        longest = longest.max(took);
        let told = term.screen().contents();
        assert!(code == 1 || code == 3, "{name} {mode:o}: {code}: {told}");
        assert!(told.contains(named), "{name} {mode:o}: {told}");
        let has_reason =
            ["ermission denied", "belongs to another user", "not permitted"].iter().any(|r| told.contains(r));
        assert!(has_reason, "{name} {mode:o}: {told}");
        assert!(took < Duration::from_secs(1), "{name} {mode:o}: {took:?}");
        assert!(!term.raw.contains(&0x1b), "{name} {mode:o}: the terminal was never taken");
        term.assert_restored();
        chmod(&path, 0o755);
    }
    figure(
        "R-10",
        "",
        &format!(
            "{} kinds of closed profiles refused with path and reason within {} ms",
            rows.len(),
            longest.as_millis()
        ),
    );
}

#[test]
fn r10_a_home_that_cannot_be_written_can_be_used_without_history() {
    if lacks_root() {
        return;
    }
    let place = Place::new();
    for folder in ["data", "state", "config"] {
        assert!(
            !is_root() || Command::new("chown").args(["-R", "0:0"]).arg(place.at(folder)).status().unwrap().success()
        );
        chmod(&place.at(folder), 0o555);
    }
    let mut term = place.start(&[]);
    assert_eq!(term.wait_exit(), 1);
    let mut term = place.start(&["--no-history"]);
    term.wait_for("Welcome.");
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    term.assert_restored();
    let left: Vec<_> = fs::read_dir(place.at("run")).unwrap().collect();
    assert!(left.is_empty(), "nothing stays: {left:?}");
    for folder in ["data", "state", "config"] {
        chmod(&place.at(folder), 0o755);
    }
}

#[test]
fn r12_the_second_is_told_the_first_and_a_kill_leaves_no_lock() {
    let rounds = scale(3, 50);
    let home = Home::new();
    for _ in 0..rounds {
        let mut first = Term::start(&home, &Plan::default());
        first.wait_for("Welcome.");
        let pid = first.pid().as_raw_nonzero().to_string();
        let began = Instant::now();
        let mut second = Term::start(&home, &Plan { size: (160, 24), ..Plan::default() });
        assert_eq!(second.wait_exit(), 1);
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        let told = second.screen().contents();
        assert!(told.contains(&format!("process {pid}")), "{told}");
        second.assert_restored();
        first.send("romeo");
        first.wait_for("romeo");
        first.signal(Signal::KILL);
        first.wait_exit();
    }
    let mut last = Term::start(&home, &Plan::default());
    last.wait_for("Welcome.");
    last.send("\x11");
    assert_eq!(last.wait_exit(), 0);
    figure(
        "R-12",
        "",
        &format!(
            "{rounds} second starts refused with the first's pid; after kill -9 the next start has the lock at once"
        ),
    );
}

#[test]
fn r12_a_file_system_without_locks_is_refused() {
    let home = Home::new();
    let (source, shim) = (home.path().join("nolock.c"), home.path().join("nolock.so"));
    fs::write(&source, "#include <errno.h>\nint flock(int fd, int how) { errno = ENOLCK; return -1; }\n").unwrap();
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&shim).arg(&source).status();
    assert!(built.expect("cc, which the build needs too").success());
    let env = [("LD_PRELOAD", shim.to_str().unwrap())];
    let mut term = Term::start(&home, &Plan { env: &env, size: (160, 24), ..Plan::default() });
    assert_eq!(term.wait_exit(), 1);
    let told = term.screen().contents();
    assert!(told.contains("/lock") && told.contains("No locks available"), "{told}");
}
