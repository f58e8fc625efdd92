//! K-01 to K-10: where passwords come from, where they go, and where they never are. The real binary, a real server
//! behind TLS, and the real gnome-keyring on a bus of its own.

use super::{
    harness::{DEADLINE, Home, KEY_MAX, Plan, Term, lacks, says},
    rogue::{Login, Rogue},
};
use crate::figures::figure;
use base64::Engine as _;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

const PARLOUR: &str = env!("CARGO_BIN_EXE_parlour");
/// Nowhere else in the world.
const SECRET: &str = "Xq7-parlour-k04-Zw9";

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The secret, and what it looks like in SASL.
fn shapes(secret: &str) -> Vec<Vec<u8>> {
    let base64 = |bytes: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        text.trim_end_matches('=').as_bytes().to_vec()
    };
    let plain = format!("\0me\0{secret}");
    vec![secret.as_bytes().to_vec(), base64(secret.as_bytes()), base64(plain.as_bytes())]
}

/// How often any of these stands in the bytes.
fn hits(bytes: &[u8], shapes: &[Vec<u8>]) -> usize {
    // The first bytes rule nearly everything out.
    let starts = |at: usize| shapes.iter().any(|s| bytes[at..].starts_with(s));
    (0..bytes.len()).filter(|at| shapes.iter().any(|s| s[0] == bytes[*at]) && starts(*at)).count()
}

#[test]
fn k01_without_a_bus_the_user_is_asked() {
    let rogue = Rogue::start();
    let home = Home::new().with_config(&rogue.account());
    let began = Instant::now();
    let mut term = Term::start(&home, &Plan { size: (120, 36), ..Plan::default() });
    term.wait_for_box("Password of me@a.test");
    let took = began.elapsed();
    assert!(says(term.screen(), "no keyring is running here"), "{}", term.screen().contents());
    assert!(took < Duration::from_secs(3), "{took:?}");
    term.send("secret\r");
    term.wait_for("● online");
    term.quit();
    figure("K-01", "pty", &format!("asked after {} ms", took.as_millis()));
}

/// Something that owns the name of the Secret Service and never says a word.
const SILENT: &str = r"
import os, socket, sys
path = os.environ['DBUS_SESSION_BUS_ADDRESS'].split('path=')[1].split(',')[0]
bus = socket.socket(socket.AF_UNIX)
bus.connect(path)
bus.sendall(b'\0AUTH EXTERNAL ' + str(os.getuid()).encode().hex().encode() + b'\r\n')
assert bus.recv(500).startswith(b'OK')
bus.sendall(b'BEGIN\r\n')
def call(serial, member, signature=b'', body=b''):
    def text(t): t = t.encode(); return len(t).to_bytes(4, 'little') + t + b'\0'
    fields = b''
    for code, kind, value in [(1, b'o', '/org/freedesktop/DBus'), (6, b's', 'org.freedesktop.DBus'), (2, b's', 'org.freedesktop.DBus'), (3, b's', member)]:
        fields += b'\0' * (-len(fields) % 8) + bytes([code, 1]) + kind + b'\0' + text(value)
    if signature:
        fields += b'\0' * (-len(fields) % 8) + bytes([8, 1]) + b'g\0' + bytes([len(signature)]) + signature + b'\0'
    head = b'l\1\0\1' + len(body).to_bytes(4, 'little') + serial.to_bytes(4, 'little') + len(fields).to_bytes(4, 'little') + fields
    bus.sendall(head + b'\0' * (-len(head) % 8) + body)
call(1, 'Hello')
name = b'org.freedesktop.secrets'
call(2, 'RequestName', b'su', len(name).to_bytes(4, 'little') + name + b'\0' + b'\0' * (-(len(name) + 5) % 4) + (4).to_bytes(4, 'little'))
got = b''
while got.count(b'l\2') < 2 and got.count(b'l\3') < 1: got += bus.recv(4096)
if os.fork(): os._exit(0)
for fd in (0, 1, 2): os.close(fd)
while got := bus.recv(4096):
    if b'l\1' in got: open(os.environ['HOME'] + '/asked', 'w').close()
";

#[test]
fn k02_a_keyring_that_never_answers_keeps_nobody_waiting() {
    if lacks(&["dbus-run-session", "dbus-daemon", "setpriv", "python3"]) {
        return;
    }
    let rogue = Rogue::start();
    let home = Home::new().with_config(&rogue.account());
    fs::write(home.path().join("silent.py"), SILENT).unwrap();
    let script = "python3 \"$HOME/silent.py\" && exec \"$PARLOUR\"";
    let mut term = on_a_bus(&home, script);
    term.wait_until("the screen", vt100::Screen::alternate_screen);
    let began = Instant::now();
    // The keys work while the keyring is asked.
    let asked = home.path().join("asked");
    term.wait_while("the keyring is asked", || !asked.exists());
    let slowest = term.slowest_key();
    assert!(slowest < KEY_MAX, "{slowest:?}");
    // A box waits for whoever writes.
    term.send("\x15");
    term.wait_for_box("Password of me@a.test");
    let took = began.elapsed();
    assert!(says(term.screen(), "the keyring did not answer within 3 s"), "{}", term.screen().contents());
    assert!(took < Duration::from_secs(6), "{took:?}");
    term.send("secret\r");
    term.wait_for("● online");
    term.quit();
    figure("K-02", "pty", &format!("asked after {} ms; slowest key {} ms", took.as_millis(), slowest.as_millis()));
}

/// One start on a bus of its own, with a keyring that is unlocked.
fn with_keyring(home: &Home, args: &str) -> Term {
    let script = format!(
        "printf 'unlock me' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec \"$PARLOUR\" {args}"
    );
    let run = home.path().join("run");
    fs::create_dir_all(&run).unwrap();
    fs::set_permissions(&run, fs::Permissions::from_mode(0o700)).unwrap();
    on_a_bus(home, &script)
}

/// Runs a script on a bus of its own, which ends with it, however that ends. What the bus itself has to tell is not for
/// the terminal.
fn on_a_bus(home: &Home, script: &str) -> Term {
    let daemon = home.path().join("bus");
    fs::write(&daemon, "#!/bin/sh\nexec setpriv --pdeathsig KILL dbus-daemon \"$@\"\n").unwrap();
    fs::set_permissions(&daemon, fs::Permissions::from_mode(0o700)).unwrap();
    let script = format!("exec 2>&3 3>&-; {script}");
    let args = ["-c", "exec 3>&2 2>/dev/null; exec dbus-run-session --dbus-daemon=\"$HOME/bus\" -- sh -c \"$SCRIPT\""];
    let env = [("PARLOUR", PARLOUR), ("SCRIPT", &script)];
    Term::start(home, &Plan { program: "sh", args: &args, env: &env, size: (120, 36) })
}

/// K-04 and K-10: saved at the first run, found at the next start, changed, forgotten; and nowhere else meanwhile.
#[test]
fn k04_k10_the_keyring_has_the_password_and_nothing_else_does() {
    if lacks(&["dbus-run-session", "dbus-daemon", "setpriv", "gnome-keyring-daemon"]) {
        return;
    }
    let rogue = Rogue::start();
    rogue.set_password(SECRET);
    let home = Home::new();
    let mut term = with_keyring(&home, "--log trace");
    term.wait_for("Welcome.");
    term.wait_for("Secret Service");
    for step in ["me@a.test", "\t", SECRET, "\t", "\t", " "] {
        term.send(step);
    }
    term.wait_for("Host");
    let port = rogue.port.to_string();
    let ca = rogue.ca_file().to_string_lossy().into_owned();
    for step in ["\t", "127.0.0.1", "\t", &port, "\t", " ", "\t", &ca, "\t\t\t\t\t", "\x15here", "\x13"] {
        term.send(step);
    }
    term.wait_for("is saved in the keyring");
    let mut found = nowhere_but(&home, &term, SECRET);
    term.quit();
    // The next start finds it.
    let mut term = with_keyring(&home, "--log trace");
    term.wait_for("● online");
    assert!(!term.screen().contents().contains("Password of"));
    term.quit();
    // The password was changed elsewhere: asked once, saved with a yes.
    let other = "Yr8-parlour-changed-Va3";
    rogue.set_password(other);
    let mut term = with_keyring(&home, "--log trace");
    term.wait_for_box("Password of me@a.test");
    term.wait_for("[ ] save it in the keyring");
    term.send("\x1b[B");
    term.wait_for("[x] save it in the keyring");
    term.send(&format!("{other}\r"));
    term.wait_for("is saved in the keyring");
    found += nowhere_but(&home, &term, other);
    term.quit();
    let mut term = with_keyring(&home, "--log trace");
    term.wait_for("● online");
    // Forgotten with the account.
    term.send("/account remove me@a.test\r");
    term.wait_for("Please confirm");
    term.send("\r");
    term.wait_for("removed me@a.test");
    term.wait_for("the password of me@a.test is removed from the keyring");
    term.quit();
    // The same account again: nothing is known of it.
    fs::write(home.config(), rogue.account()).unwrap();
    let mut term = with_keyring(&home, "");
    term.wait_for_box("Password of me@a.test");
    term.wait_for("it is not in the keyring");
    term.quit();
    figure("K-04", "pty", &format!("config, data, logs, /tmp, /proc/PID: {found} hits of 3 shapes of 2 passwords"));
}

/// Greps everything that the program wrote, and what others can see of it while it runs.
fn nowhere_but(home: &Home, term: &Term, secret: &str) -> usize {
    let shapes = shapes(secret);
    let mut all = Vec::new();
    files(home.path(), &mut all);
    assert!(
        all.iter().any(|p| p.ends_with("parlour.log")) && all.iter().any(|p| p.ends_with("config.toml")),
        "{all:?}"
    );
    let mut count = 0;
    for path in all {
        // The keyring's own file is encrypted, so it is not left out.
        let bytes = fs::read(&path).unwrap_or_default();
        assert_eq!(hits(&bytes, &shapes), 0, "{} holds the password", path.display());
        count += 1;
    }
    assert!(count > 5);
    for process in fs::read_dir("/proc").unwrap().flatten() {
        for file in ["cmdline", "environ"] {
            let bytes = fs::read(process.path().join(file)).unwrap_or_default();
            let is_ours = bytes.windows(7).any(|w| w == b"parlour");
            assert!(!is_ours || hits(&bytes, &shapes) == 0, "{} {file}", process.path().display());
        }
    }
    let mut temporary = Vec::new();
    for entry in fs::read_dir("/tmp").unwrap().flatten().filter(|e| e.file_name().to_string_lossy().contains("parlour"))
    {
        files(&entry.path(), &mut temporary);
    }
    for path in temporary.iter().filter(|p| fs::metadata(p).is_ok_and(|m| m.is_file() && m.len() < 1 << 20)) {
        let is_test_source = path.extension().is_some_and(|e| e == "rs");
        assert!(is_test_source || hits(&fs::read(path).unwrap_or_default(), &shapes) == 0, "{}", path.display());
    }
    assert_eq!(hits(&term.raw, &shapes), 0, "the screen showed it");
    0
}

/// Starts with a password command, gives what was on the user's own screen before ours, and the term.
fn with_command(rogue: &Rogue, argv: &str) -> (Home, Term) {
    let home = Home::new().with_config(&format!("{}password_command = {argv}\n", rogue.account()));
    let term = Term::start(&home, &Plan { size: (120, 36), args: &["--log", "trace"], ..Plan::default() });
    (home, term)
}

#[test]
fn k03_password_command() {
    let rogue = Rogue::start();
    rogue.set_password(SECRET);
    // Those that give the password, whatever else they do.
    let fine = [
        format!("[\"printf\", \"{SECRET}\\\\nsecond line\\\\nthird\"]"),
        format!("[\"printf\", \"{SECRET}\"]"),
        format!("[\"printf\", \"{SECRET}\\\\r\\\\n\"]"),
        format!("[\"sh\", \"-c\", \"echo told on stderr >&2; echo {SECRET}\"]"),
        format!("[\"sh\", \"-c\", \"echo {SECRET}; head -c 3000000 /dev/zero\"]"),
        format!("[\"sh\", \"-c\", \"test -t 0 && test -t 2 && echo {SECRET}\"]"),
        format!("[\"sh\", \"-c\", \"stty -echo </dev/tty; echo {SECRET}; stty echo </dev/tty\"]"),
    ];
    for argv in &fine {
        let (home, mut term) = with_command(&rogue, argv);
        term.wait_for("● online");
        term.quit();
        let said = term.screen().contents();
        assert_eq!(said.contains("told on stderr"), argv.contains("told on stderr"), "{said}");
        let log = fs::read_to_string(home.path().join("state/parlour/parlour.log")).unwrap();
        assert!(!log.contains(SECRET), "{log}");
    }
    // Those that do not, and what is said; the words never hold what was printed.
    let broken = [
        (format!("[\"sh\", \"-c\", \"echo {SECRET}; exit 3\"]"), "exit status: 3"),
        (format!("[\"sh\", \"-c\", \"echo; echo {SECRET}\"]"), "printed no password in its first"),
        ("[\"/no/such/program\"]".to_owned(), "cannot be run"),
        ("[\"true\"]".to_owned(), "printed no password in its first"),
        (format!("[\"sh\", \"-c\", \"echo {SECRET}; kill -9 $$\"]"), "signal: 9"),
        ("[\"printf\", \"\\\\377\\\\376\\\\n\"]".to_owned(), "not UTF-8"),
        ("[\"head\", \"-c\", \"9000\", \"/dev/zero\"]".to_owned(), "too long"),
    ];
    for (argv, words) in &broken {
        let (home, mut term) = with_command(&rogue, argv);
        term.wait_for_box("Password of me@a.test");
        term.wait_until(words, |s| says(s, words));
        term.quit();
        let log = fs::read_to_string(home.path().join("state/parlour/parlour.log")).unwrap();
        assert!(!log.contains(SECRET) && !String::from_utf8_lossy(&term.raw).contains(SECRET), "{argv}");
    }
    // No shell ever reads it: what would be one's work is an argument.
    let (home, mut term) = with_command(&rogue, "[\"printf\", \"%s\", \"$(touch pwned)`touch pwned`;touch pwned\"]");
    term.wait_for_box("Password of me@a.test");
    term.quit();
    assert!(!home.path().join("pwned").exists());
    // It can be given up, and the user is asked.
    let (_home, mut term) = with_command(&rogue, "[\"sh\", \"-c\", \"echo it runs >&2; exec sleep 600\"]");
    term.wait_for("asking sh for the password");
    term.wait_for("it runs");
    term.send("\x03");
    term.wait_for_box("Password of me@a.test");
    term.quit();
    figure(
        "K-03",
        "pty",
        &format!("{} of {} commands as promised", fine.len() + broken.len() + 2, fine.len() + broken.len() + 2),
    );
}

#[test]
fn k05_files_are_the_users_alone() {
    let rogue = Rogue::start();
    let home = Home::new().with_config(&format!("{}password_command = [\"echo\", \"secret\"]\n", rogue.account()));
    let at = |name: &str| home.path().join(name);
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    // What is there already is wide, and the config folder is a link.
    for dir in ["data/parlour", "state/parlour"] {
        fs::create_dir_all(at(dir)).unwrap();
        mode(&at(dir), 0o777);
    }
    fs::write(at("state/parlour/parlour.log"), "old\n").unwrap();
    mode(&at("state/parlour/parlour.log"), 0o666);
    mode(&home.config(), 0o644);
    fs::rename(at("config/parlour"), at("elsewhere")).unwrap();
    std::os::unix::fs::symlink(at("elsewhere"), at("config/parlour")).unwrap();
    let run = |who: &str| {
        let args = ["-c", "umask 000; exec \"$PARLOUR\" --log trace"];
        let env = [("PARLOUR", PARLOUR)];
        let mut term = Term::start(&home, &Plan { program: "sh", args: &args, env: &env, size: (120, 36) });
        term.wait_for("● online");
        // Drafts, settings, history. What was being written is there again.
        term.send("\x15/set ui.theme dark\r");
        term.wait_for("ui.theme = dark");
        term.send(&format!("/msg {who}@a.test\r"));
        term.wait_for(&format!("Write to {who}"));
        term.send("a draft");
        term.wait_for("a draft");
        term.quit();
    };
    run("bob");
    let check = || {
        let mut found = Vec::new();
        files(&at("data/parlour"), &mut found);
        files(&at("state/parlour"), &mut found);
        files(&at("elsewhere"), &mut found);
        assert!(found.len() >= 4, "{found:?}");
        for path in &found {
            let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
        }
        for dir in ["data/parlour", "state/parlour"] {
            assert_eq!(fs::metadata(at(dir)).unwrap().permissions().mode() & 0o777, 0o700, "{dir}");
        }
        found
    };
    let found = check();
    // Everything was wide when it was found: narrowed at the next start.
    for path in &found {
        mode(path, 0o666);
    }
    mode(&at("data/parlour"), 0o755);
    run("carol");
    check();
    assert!(at("config/parlour").is_symlink(), "the link is a link still");
    // A folder of somebody else's is refused.
    if rustix::process::geteuid().is_root() {
        for dir in ["data/parlour", "state/parlour"] {
            std::os::unix::fs::chown(at(dir), Some(12345), None).unwrap();
            let mut term = Term::start(&home, &Plan::default());
            assert_eq!(term.wait_exit(), 1);
            assert!(term.screen().contents().contains("belongs to another user"), "{}", term.screen().contents());
            std::os::unix::fs::chown(at(dir), Some(0), None).unwrap();
        }
    }
    figure("K-05", "pty", &format!("{} files under umask 000 and found wide: 0 wider than 0600", found.len()));
}

/// K-07: what a core of an idle parlour holds, wherever the password came from. A debug build may be dumped; a release
/// build gives that up.
#[test]
fn k07_memory() {
    if lacks(&["gcore"]) {
        return;
    }
    let rogue = Rogue::start();
    rogue.set_password(SECRET);
    let typed = Home::new().with_config(&rogue.account());
    let count = copies(&typed, "sh", &["-c", "echo $$ >\"$HOME/pid\"; exec \"$PARLOUR\""], true);
    // The pieces are put together by another program, so that the config does not hold it.
    let (front, back) = SECRET.split_at(6);
    let argv = format!("[\"printf\", \"%s%s\", \"{front}\", \"{back}\"]");
    let commanded = Home::new().with_config(&format!("{}password_command = {argv}\n", rogue.account()));
    let from_command = copies(&commanded, "sh", &["-c", "echo $$ >\"$HOME/pid\"; exec \"$PARLOUR\""], false);
    figure(
        "K-07",
        "gcore",
        &format!(
            "copies of the password in the core of an idle debug build: typed {count}, from a command {from_command}"
        ),
    );
    assert!(count <= K07_MAX && from_command <= K07_MAX, "typed {count}, from a command {from_command}");
}

/// How often the password stands in the memory of a parlour that is signed in.
fn copies(home: &Home, program: &str, args: &[&str], is_typed: bool) -> usize {
    let env = [("PARLOUR", PARLOUR)];
    let mut term = Term::start(home, &Plan { program, args, env: &env, size: (120, 36) });
    if is_typed {
        term.wait_for_box("Password of me@a.test");
        term.send(&format!("{SECRET}\r"));
    }
    term.wait_for("● online");
    let pid = fs::read_to_string(home.path().join("pid")).unwrap().trim().to_owned();
    let dumped = Command::new("gcore").arg("-o").arg(home.path().join("core")).arg(&pid).output().unwrap();
    let core = home.path().join(format!("core.{pid}"));
    assert!(core.exists(), "{}", String::from_utf8_lossy(&dumped.stderr));
    let found = Command::new("grep").args(["-aobF", SECRET]).arg(&core).output().unwrap();
    term.quit();
    fs::remove_file(&core).unwrap();
    String::from_utf8_lossy(&found.stdout).lines().count()
}

/// A password is kept for the next login; each copy beyond that one is a leak.
const K07_MAX: usize = 1;

#[test]
fn k09_a_stored_password_is_kept_until_a_new_one_works() {
    if lacks(&["dbus-run-session", "dbus-daemon", "setpriv", "gnome-keyring-daemon"]) {
        return;
    }
    let rogue = Rogue::start();
    let home = Home::new().with_config(&rogue.account());
    let mut term = with_keyring(&home, "");
    term.wait_for_box("[ ] save it in the keyring");
    term.send("\x1b[B");
    term.wait_for("[x] save it in the keyring");
    term.send("secret\r");
    term.wait_for("is saved in the keyring");
    term.quit();
    // The server refuses it for a while: one attempt, then the user is asked; what they type wrongly is not saved.
    rogue.set_login(Login::SaslFailure { condition: "not-authorized".into(), text: "no".into() });
    let mut term = with_keyring(&home, "");
    term.wait_for_box("[ ] save it in the keyring");
    let logins = rogue.logins();
    term.send("\x1b[B");
    term.wait_for("[x] save it in the keyring");
    term.send("mistyped\r");
    let deadline = Instant::now() + DEADLINE;
    while rogue.logins() == logins && Instant::now() < deadline {
        term.wait_for_box("Password of me@a.test");
    }
    term.wait_for("[x] save it in the keyring");
    term.quit();
    assert_eq!(rogue.logins(), logins + 1, "one attempt for each password");
    rogue.set_login(Login::Fine);
    let mut term = with_keyring(&home, "");
    term.wait_for("● online");
    term.quit();
}
