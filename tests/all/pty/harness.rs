//! A terminal with a program in it. What is here waits for what the program writes, with a deadline, and never just for
//! a time; where a test wants time to pass, that is its own affair.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rusqlite::{Connection, OpenFlags};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant},
};

/// How long anything may take on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// How long a key may take while something else does not answer: far beyond what a debug build on a busy machine needs,
/// and far below any limit that such a wait has.
pub const KEY_MAX: Duration = Duration::from_secs(1);

/// Whether a test must be left out because a program that it needs is missing. `cargo test` alone runs without root, so it
/// leaves such a test out and says so. `tests/run` installs the programs and turns the feature `servers` on; there a
/// missing one fails the test.
#[must_use]
pub fn lacks(programs: &[&str]) -> bool {
    let is_there = |program: &&str| {
        let path = std::env::var("PATH").unwrap();
        path.split(':').any(|dir| Path::new(dir).join(program).exists())
    };
    let Some(missing) = programs.iter().find(|p| !is_there(p)) else { return false };
    let must_be_there = cfg!(feature = "servers");
    assert!(!must_be_there, "{missing} is missing: tests/run says which packages the tests need");
    println!("left out: {missing} is missing; tests/run says which package has it");
    true
}

/// Whether a screen says this, without frames and breaks: over its whole width, or in a box at its right edge.
pub fn says(screen: &vt100::Screen, words: &str) -> bool {
    let text = screen.contents();
    let whole = text.replace('│', " ");
    let boxed: String = text.lines().filter_map(|l| l.trim_end().strip_suffix('│')?.rsplit('│').next()).collect();
    [whole, boxed].iter().any(|t| t.split_whitespace().collect::<Vec<_>>().join(" ").contains(words))
}

/// A home of its own: nothing of the user's is read or written.
pub struct Home(tempfile::TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn config(&self) -> PathBuf {
        self.path().join("config/parlour/config.toml")
    }

    pub fn with_config(self, text: &str) -> Self {
        std::fs::create_dir_all(self.config().parent().unwrap()).unwrap();
        std::fs::write(self.config(), text).unwrap();
        self
    }

    pub fn database(&self) -> PathBuf {
        self.path().join("data/parlour/history.db")
    }

    /// How many messages are stored whose text begins so, and how many different texts they have.
    pub fn stored(&self, prefix: &str) -> (usize, usize) {
        let db = Connection::open_with_flags(self.database(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let query = "SELECT count(*), count(DISTINCT body) FROM messages WHERE body LIKE ?1 || '%'";
        let row = |r: &rusqlite::Row| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?));
        let (all, different) = db.query_row(query, [prefix], row).unwrap();
        (usize::try_from(all).unwrap(), usize::try_from(different).unwrap())
    }

    /// The whole environment of a program that lives here.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let at = |name: &str| self.path().join(name).to_string_lossy().into_owned();
        vec![
            ("HOME", at("")),
            ("XDG_CONFIG_HOME", at("config")),
            ("XDG_DATA_HOME", at("data")),
            ("XDG_STATE_HOME", at("state")),
            ("XDG_RUNTIME_DIR", at("run")),
            ("PATH", std::env::var("PATH").unwrap()),
            ("TERM", "xterm-256color".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
        ]
    }
}

/// What is started, and in which terminal.
pub struct Plan<'a> {
    pub program: &'a str,
    pub args: &'a [&'a str],
    pub env: &'a [(&'a str, &'a str)],
    pub size: (u16, u16),
}

impl Default for Plan<'_> {
    fn default() -> Self {
        Self { program: env!("CARGO_BIN_EXE_parlour"), args: &[], env: &[], size: (80, 24) }
    }
}

/// A terminal and the program in it.
pub struct Term {
    parser: vt100::Parser,
    /// How many of the raw bytes the parser has.
    shown: usize,
    output: Receiver<Vec<u8>>,
    /// All that was written.
    pub raw: Vec<u8>,
    keys: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    is_hanging_up: Arc<AtomicBool>,
    before: String,
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

impl Term {
    pub fn start(home: &Home, plan: &Plan) -> Self {
        let pair = native_pty_system().openpty(pty_size(plan.size)).unwrap();
        let mut command = CommandBuilder::new(plan.program);
        command.args(plan.args);
        command.env_clear();
        command.cwd(home.path());
        for (name, value) in home.env() {
            command.env(name, value);
        }
        for (name, value) in plan.env {
            command.env(name, value);
        }
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let child = pair.slave.spawn_command(command).unwrap();
        // Only the program holds the terminal now: when it ends, the output does.
        drop(pair.slave);
        let (sender, output) = channel();
        let is_hanging_up = Arc::new(AtomicBool::new(false));
        let reader = pair.master.try_clone_reader().unwrap();
        let stop = is_hanging_up.clone();
        std::thread::spawn(move || pump(reader, &sender, &stop));
        Self {
            parser: vt100::Parser::new(plan.size.1, plan.size.0, 0),
            shown: 0,
            output,
            raw: Vec::new(),
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            child,
            is_hanging_up,
            before,
        }
    }

    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    pub fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub fn resize(&mut self, size: (u16, u16)) {
        self.parser.screen_mut().set_size(size.1, size.0);
        self.master.resize(pty_size(size)).unwrap();
    }

    /// How long the program has kept a processor busy.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid().as_raw_nonzero())).unwrap();
        // The name, in brackets, may hold spaces.
        let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second())
    }

    /// Reads what comes within so long.
    pub fn pump(&mut self, limit: Duration) {
        if let Ok(bytes) = self.output.recv_timeout(limit) {
            self.take(&bytes);
        }
    }

    /// Sends bytes as they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.keys.write_all(bytes).unwrap();
        self.keys.flush().unwrap();
    }

    /// Tells the program a size that no screen has; what it draws is read as before.
    pub fn claim_size(&mut self, size: (u16, u16)) {
        self.master.resize(pty_size(size)).unwrap();
    }

    /// The program that the terminal's program, a shell, has started.
    pub fn child(&self) -> Pid {
        let children = format!("/proc/{0}/task/{0}/children", self.pid().as_raw_nonzero());
        let children = std::fs::read_to_string(children).unwrap();
        Pid::from_raw(children.split_whitespace().next().unwrap().parse().unwrap()).unwrap()
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap().try_into().unwrap()).unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// A frame is shown when its end has come, as terminals with mode 2026 do it: the bytes of one may be read in parts.
    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        let new = &self.raw[self.shown..];
        let last = |mark: &[u8]| new.windows(mark.len()).rposition(|part| part == mark);
        let begun = last(b"\x1b[?2026h").filter(|begun| last(b"\x1b[?2026l").is_none_or(|ended| ended < *begun));
        let end = begun.unwrap_or(new.len());
        self.parser.process(&new[..end]);
        self.shown += end;
    }

    /// Reads until the screen is as wanted.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, is_there: impl Fn(&vt100::Screen) -> bool) {
        self.wait_within(DEADLINE, what, is_there);
    }

    /// The same with a time of its own, for long work.
    #[track_caller]
    pub fn wait_within(&mut self, time: Duration, what: &str, is_there: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + time;
        while !is_there(self.parser.screen()) {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(e) => panic!("{what}: {e}; the screen:\n{}", self.screen().contents()),
            }
        }
    }

    #[track_caller]
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| screen.contents().contains(text));
    }

    /// Waits for a box that opens by itself, until the keys are its own.
    #[track_caller]
    pub fn wait_for_box(&mut self, text: &str) {
        self.wait_for(text);
        let until = Instant::now() + Duration::from_millis(700);
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            self.pump(left);
        }
    }

    /// Reads until these bytes are among those that were written after the first `from`.
    #[track_caller]
    pub fn wait_for_bytes(&mut self, from: usize, wanted: &[u8]) {
        let deadline = Instant::now() + DEADLINE;
        while !self.raw[from..].windows(wanted.len()).any(|w| w == wanted) {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(e) => panic!("{wanted:?}: {e}; the screen:\n{}", self.screen().contents()),
            }
        }
    }

    /// Reads until something has happened that the screen need not tell of.
    #[track_caller]
    pub fn wait_while(&mut self, what: &str, is_still: impl Fn() -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while is_still() {
            assert!(Instant::now() < deadline, "{what}; the screen:\n{}", self.screen().contents());
            self.pump(Duration::from_millis(10));
        }
    }

    /// The most memory that the program has had, in MB.
    pub fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid().as_raw_nonzero())).unwrap();
        let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }

    /// Presses keys one by one, `pause` apart, as long as `goes_on` says so of their count; how long each took to be on
    /// the screen, sorted.
    pub fn key_times(&mut self, pause: Duration, goes_on: impl Fn(usize) -> bool) -> Vec<Duration> {
        let mut took = Vec::new();
        let mut typed = String::new();
        while goes_on(took.len()) {
            let letter = char::from(b'a' + u8::try_from(took.len() % 23).unwrap());
            typed.push(letter);
            if typed.len() > 20 {
                self.send("\x15");
                typed = letter.to_string();
            }
            let began = Instant::now();
            self.send(&letter.to_string());
            let wanted = format!("> {typed}");
            self.wait_until("a key on the screen", |screen| {
                let contents = screen.contents();
                contents.lines().rev().take(4).any(|l| l.trim_end().ends_with(&typed)) || contents.contains(&wanted)
            });
            took.push(began.elapsed());
            std::thread::sleep(pause);
        }
        self.send("\x15");
        took.sort_unstable();
        took
    }

    /// Types ten letters into the empty composer, each after the one before is seen; the longest that one took.
    pub fn slowest_key(&mut self) -> Duration {
        let mut typed = String::new();
        let mut slowest = Duration::ZERO;
        for key in 'a'..='j' {
            typed.push(key);
            let pressed = Instant::now();
            self.send(&key.to_string());
            self.wait_for(&format!("> {typed}"));
            slowest = slowest.max(pressed.elapsed());
        }
        slowest
    }

    /// Has the program quit: it ends well, and the terminal is as it was.
    #[track_caller]
    pub fn quit(&mut self) {
        self.send("\x11");
        assert_eq!(self.wait_exit(), 0, "{}", self.screen().contents());
        self.assert_restored();
    }

    /// Reads until the program has ended; returns its exit code (128 and more for signals).
    #[track_caller]
    pub fn wait_exit(&mut self) -> u32 {
        let deadline = Instant::now() + DEADLINE;
        loop {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap().exit_code(),
                Err(RecvTimeoutError::Timeout) => panic!("still running; the screen:\n{}", self.screen().contents()),
            }
        }
    }

    /// Waits for the line discipline of before: who restores it may be a process of its own. Then all of it is restored.
    #[track_caller]
    pub fn wait_restored(&mut self) {
        let deadline = Instant::now() + DEADLINE;
        while Instant::now() < deadline && format!("{:?}", self.master.get_termios().unwrap()) != self.before {
            std::thread::yield_now();
        }
        self.assert_restored();
    }

    /// The terminal is as it was before the program began.
    #[track_caller]
    pub fn assert_restored(&self) {
        let screen = self.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.bracketed_paste(), "bracketed paste is off");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        let last = |mode: &str| {
            let text = String::from_utf8_lossy(&self.raw).into_owned();
            text.rfind(&format!("\x1b[?{mode}h"))
                .max(text.rfind(&format!("\x1b[?{mode}l")))
                .map(|at| text[at..].to_owned())
        };
        for mode in ["1004", "2026"] {
            assert!(last(mode).is_none_or(|t| t.starts_with(&format!("\x1b[?{mode}l"))), "mode {mode} is off");
        }
        assert_eq!(format!("{:?}", self.master.get_termios().unwrap()), self.before, "the line discipline");
    }

    /// Closes the terminal under the program, as a closed window does. Returns the program.
    pub fn hang_up(mut self) -> Box<dyn Child + Send + Sync> {
        // The reading thread lets go of the terminal at the next thing that it reads.
        self.is_hanging_up.store(true, Ordering::SeqCst);
        self.resize((81, 25));
        let deadline = Instant::now() + DEADLINE;
        while self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok() {}
        self.child
    }
}

/// Of sorted times, the one that one in a hundred exceeds.
pub fn p99(times: &[Duration]) -> Duration {
    times[(times.len() * 99 / 100).min(times.len() - 1)]
}

fn pump(mut reader: Box<dyn Read + Send>, output: &Sender<Vec<u8>>, stop: &AtomicBool) {
    let mut bytes = [0u8; 4096];
    while let Ok(count) = reader.read(&mut bytes) {
        if count == 0 || stop.load(Ordering::SeqCst) || output.send(bytes[..count].to_vec()).is_err() {
            return;
        }
    }
}

/// Waits for a program's end; panics when it takes longer than `limit`.
#[track_caller]
pub fn ends_within(mut child: Box<dyn Child + Send + Sync>, limit: Duration) {
    let pid = child.process_id();
    let (sender, ended) = channel();
    std::thread::spawn(move || sender.send(child.wait()));
    assert!(ended.recv_timeout(limit).is_ok(), "process {pid:?} is still there");
}
