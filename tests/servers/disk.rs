//! A disk that is full, and one that fails (R-09): the real binary on a small file system of its own, against a real
//! server. Nothing is shown as sent that is not kept, nothing that came is lost, and it recovers by itself.
//!
//! The file system is a tmpfs in a mount namespace of the program's own (`unshare`); the failing disk is a library put
//! in front of the C library's writes, for the database alone and while a file says so.

use super::harness::{PATIENCE, Server, sign_in};
use super::terminal::pty::{Home, Plan, Term};
use crate::figures::figure;
use crate::harness::Client;
use crate::peer::send;
use parlour::contract::Write;
use parlour::model::ChatId;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// What comes while nothing can be written: more than the channels take.
const WHILE: usize = 150;

const SHIM: &str = r#"#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static int fails(int fd) {
    const char *when = getenv("EIO_WHEN");
    char link[64], name[4096];
    if (!when || access(when, F_OK)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, name, sizeof name - 1);
    if (n < 0) return 0;
    name[n] = 0;
    return strstr(name, "history.db") != NULL;
}
#define FRONT(ret, name, params, args) \
    ret name params { \
        if (fails(fd)) { errno = EIO; return -1; } \
        return ((ret(*) params) dlsym(RTLD_NEXT, #name)) args; \
    }
FRONT(ssize_t, pwrite64, (int fd, const void *b, size_t n, off64_t at), (fd, b, n, at))
FRONT(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t at), (fd, b, n, at))
FRONT(int, fsync, (int fd), (fd))
FRONT(int, fdatasync, (int fd), (fd))
FRONT(int, ftruncate64, (int fd, off64_t n), (fd, n))
"#;

enum Fault {
    Full { filler: PathBuf },
    Failing { switch: PathBuf },
}

impl Fault {
    fn begin(&self) {
        match self {
            Self::Failing { switch } => std::fs::write(switch, "").unwrap(),
            Self::Full { filler } => {
                let mut file = std::fs::File::create(filler).unwrap();
                for size in [65_536, 4_096, 1] {
                    while file.write_all(&vec![b'x'; size]).is_ok() {}
                }
            }
        }
    }

    fn end(&self) {
        let (Self::Failing { switch: file } | Self::Full { filler: file }) = self;
        std::fs::remove_file(file).unwrap();
    }
}

fn shim(home: &Home) -> PathBuf {
    let (source, library) = (home.path().join("eio.c"), home.path().join("eio.so"));
    std::fs::write(&source, SHIM).unwrap();
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl").status();
    assert!(built.expect("cc, which the build needs too").success());
    library
}

/// How often each body of these is in the database, as a kill would leave it now; nothing, where that is no whole state.
fn stored(data: &Path, like: &str) -> Vec<(String, i64)> {
    let copy = tempfile::tempdir().unwrap();
    for name in ["history.db", "history.db-wal"] {
        std::fs::copy(data.join("parlour").join(name), copy.path().join(name)).unwrap();
    }
    let read = || -> rusqlite::Result<Vec<(String, i64)>> {
        let db = rusqlite::Connection::open(copy.path().join("history.db"))?;
        let mut rows = db.prepare("SELECT substr(body, 1, 9), count(*) FROM messages WHERE body LIKE ?1 GROUP BY 1")?;
        rows.query_map([like], |r| Ok((r.get(0)?, r.get(1)?)))?.collect()
    };
    read().unwrap_or_default()
}

/// Bob has this from alice.
async fn arrives(bob: &mut Client, text: &str) {
    bob.write(text, |write| match write {
        Write::Message(m) if m.body.raw() == text => Some(()),
        _ => None,
    })
    .await;
}

async fn disk_run(is_full: bool) {
    let server = Server::start("prosody");
    let home = Home::new();
    let ca = server.info["ca"].as_str().unwrap();
    let home = home.with_config(&format!(
        "[accounts.\"alice@{}\"]\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{ca}\"\npassword_command = [\"printf\", \"pw-alice\"]\n",
        server.host(),
        server.port("c2s")
    ));
    std::fs::create_dir_all(home.path().join("data")).unwrap();
    let switch = home.path().join("eio-now");
    let library = shim(&home);
    let env = [
        ("PARLOUR", env!("CARGO_BIN_EXE_parlour")),
        ("LD_PRELOAD", library.to_str().unwrap()),
        ("EIO_WHEN", switch.to_str().unwrap()),
    ];
    let mount = "mount -t tmpfs -o size=20m tmpfs \"$XDG_DATA_HOME\" && exec \"$PARLOUR\"";
    let args = ["-m", "sh", "-c", mount];
    let plan = Plan { program: "unshare", args: &args, env: if is_full { &env[..1] } else { &env }, size: (120, 36) };
    let mut term = Term::start(&home, &plan);
    term.wait_for("online");
    let root = format!("/proc/{}/root", term.pid().as_raw_nonzero());
    let data = PathBuf::from(format!("{root}{}", home.path().join("data").display()));
    let fault = if is_full { Fault::Full { filler: data.join("filler") } } else { Fault::Failing { switch } };
    let mut bob = Client::start(server.settings("bob", false), sign_in("pw-bob"));
    bob.online().await;
    let alice = parlour::model::BareJid::parse(&format!("alice@{}", server.host())).unwrap();
    let to_alice = ChatId::new(bob.account(), &alice);
    term.send(&format!("/msg bob@{} before\r", server.host()));
    arrives(&mut bob, "before").await;
    bob.engine.commands.send(send(&to_alice, "answered")).await.unwrap();
    term.wait_for("answered");

    fault.begin();
    for n in 0..WHILE {
        let text = format!("while-{n:03} {}", "long ".repeat(200));
        bob.engine.commands.send(send(&to_alice, &text)).await.unwrap();
    }
    term.wait_for("cannot be written");
    term.send("not now");
    term.wait_for("not now");
    let pressed = Instant::now();
    term.send("\r");
    term.wait_for("not sent: the message history cannot be written");
    let answered = pressed.elapsed();
    for _ in 0..20 {
        term.pump(Duration::from_millis(100));
    }
    let early = timeout_arrival(&mut bob, "not now", Duration::from_millis(300)).await;
    assert!(!early, "what cannot be kept was sent");

    fault.end();
    let began = Instant::now();
    term.wait_until("the line is gone", |s| !s.contents().contains("cannot be written ("));
    let recovered = began.elapsed();
    assert!(recovered < Duration::from_secs(10), "{recovered:?}");
    // Bob's side may still be at it.
    let deadline = Instant::now() + PATIENCE;
    while stored(&data, "while-%").len() < WHILE {
        assert!(Instant::now() < deadline, "{:?}", stored(&data, "while-%"));
        term.pump(Duration::from_millis(50));
    }
    assert!(stored(&data, "while-%").iter().all(|(_, count)| *count == 1), "doubled");
    term.send("\r");
    arrives(&mut bob, "not now").await;
    term.wait_for("not now");
    let word = if is_full { "full disk" } else { "failing disk (EIO)" };
    figure(
        "R-09",
        "prosody",
        &format!(
            "{word}: said, sending refused within {} ms, {WHILE} messages meanwhile, 0 lost, 0 doubled, well again after {} ms",
            answered.as_millis(),
            recovered.as_millis()
        ),
    );
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    term.assert_restored();
}

/// Whether bob gets this within so long.
async fn timeout_arrival(bob: &mut Client, text: &str, limit: Duration) -> bool {
    tokio::time::timeout(limit, arrives(bob, text)).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn r09_a_full_disk() {
    disk_run(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r09_a_failing_disk() {
    disk_run(false).await;
}
