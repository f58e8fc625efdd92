//! The terminal's modes: set when the screen begins, restored however it ends.
//!
//! The original modes are kept in a static, because the panic hook and the signal handling must reach them from
//! anywhere. Writing goes straight to the file descriptor: a thread that waits for the terminal could hold the standard
//! library's lock.

use crate::words;
use crate::{run::osc, text::encode};
use rustix::{
    fd::AsFd,
    io::Errno,
    stdio::{stdin, stdout},
    termios::{
        OptionalActions, QueueSelector, SpecialCodeIndex, Termios, isatty, tcflush, tcgetattr, tcgetwinsize, tcsetattr,
    },
};
use std::{
    backtrace::BacktraceStatus,
    io,
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Alternate screen, no cursor, bracketed paste, focus reports.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1004h";
/// End a frame that was cut, plain colours, and everything of [`ENTER`] undone.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[r\x1b[0m\x1b[?1004l\x1b[?2004l\x1b[?25h\x1b[?1049l";

/// The modes that the terminal had when it was first taken.
static BEFORE: OnceLock<Termios> = OnceLock::new();
/// Whether the terminal is taken now.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);
/// Set while a frame is written, so that the screen is not given back in the middle of one.
static IS_WRITING: AtomicBool = AtomicBool::new(false);
/// How long giving the screen back waits for that: a terminal that does not read must not hold it up.
const FRAME_PATIENCE: Duration = Duration::from_millis(200);

/// Whether standard input and output are a terminal.
#[must_use]
pub fn is_terminal() -> bool {
    isatty(stdin()) && isatty(stdout())
}

/// The terminal's size in columns and rows; 80×24 where it does not know.
#[must_use]
pub fn size() -> (u16, u16) {
    match tcgetwinsize(stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
        Ok(_) | Err(_) => (80, 24),
    }
}

/// Takes the terminal: raw mode, alternate screen.
///
/// # Errors
/// When it is no terminal or is gone.
pub fn enter() -> io::Result<()> {
    let before = tcgetattr(stdin())?;
    let mut raw = BEFORE.get_or_init(|| before).clone();
    raw.make_raw();
    // A read never waits: what woke us may have been typed for a program that has read it already.
    raw.special_codes[SpecialCodeIndex::VMIN] = 0;
    raw.special_codes[SpecialCodeIndex::VTIME] = 0;
    tcsetattr(stdin(), OptionalActions::Now, &raw)?;
    super::keeper::tell(true);
    if !IS_TAKEN.swap(true, Ordering::SeqCst) {
        write(osc::KEEP_TITLE)?;
    }
    write(ENTER)
}

/// Forgets what the terminal sent and nobody has read.
pub fn drop_input() {
    // Where it is gone, nothing is left to forget.
    let _ = tcflush(stdin(), QueueSelector::IFlush);
}

/// The bytes that give the screen back.
#[must_use]
pub fn leaving() -> Vec<u8> {
    [LEAVE, osc::GIVE_TITLE_BACK].concat()
}

/// Gives the terminal back. Does nothing when it was given back already.
pub fn leave() {
    if let Some(before) = take_before() {
        wait_for_frame();
        // Whoever is gone needs nothing back.
        drop(write(&leaving()));
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        super::keeper::tell(false);
    }
}

/// Gives the modes back without writing a byte: the terminal does not read.
pub fn leave_silently() {
    if let Some(before) = take_before() {
        let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        super::keeper::tell(false);
    }
}

/// The modes to give back, once.
fn take_before() -> Option<&'static Termios> {
    BEFORE.get().filter(|_| IS_TAKEN.swap(false, Ordering::SeqCst))
}

/// Waits a moment for the frame that is being written; none begins any more, since the terminal is not ours.
fn wait_for_frame() {
    let until = Instant::now() + FRAME_PATIENCE;
    while IS_WRITING.load(Ordering::SeqCst) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Writes a frame, unless the screen was given back: then nobody must draw on what is the shell's again.
///
/// # Errors
/// When the terminal is gone.
pub fn write_frame(bytes: &[u8]) -> io::Result<()> {
    // First said, then looked: who gives the screen back looks the other way round.
    IS_WRITING.store(true, Ordering::SeqCst);
    let written = if IS_TAKEN.load(Ordering::SeqCst) { write(bytes) } else { Ok(()) };
    IS_WRITING.store(false, Ordering::SeqCst);
    written
}

/// Writes as much of a frame as the terminal takes without waiting, and says how much that was. While a rest is to be
/// written by [`write_frame`], the screen is not given back either.
///
/// # Errors
/// When the terminal is gone, or takes nothing now.
pub fn write_at_once(terminal: impl AsFd, bytes: &[u8]) -> io::Result<usize> {
    IS_WRITING.store(true, Ordering::SeqCst);
    let written = if IS_TAKEN.load(Ordering::SeqCst) { rustix::io::write(terminal, bytes) } else { Ok(bytes.len()) };
    if written == Ok(bytes.len()) {
        IS_WRITING.store(false, Ordering::SeqCst);
    }
    Ok(written?)
}

/// Writes all bytes to the terminal.
///
/// # Errors
/// When it is gone.
pub fn write(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(stdout(), bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            // Somebody who shares the terminal made it non-blocking.
            Err(Errno::AGAIN) => std::thread::sleep(Duration::from_millis(5)),
            Err(e) => return Err(e.into()),
        }
    }
    Ok(())
}

/// Gives the terminal back before a panic of this very thread (the app's) is told; a panic of another
/// thread goes to the log, because the screen goes on. Its words may hold a stranger's text, so they are cleaned like it.
///
/// A panic that cannot unwind ends the process, whichever thread it is in; those come from `core` itself.
pub fn restore_on_panic(log: &Path) {
    let log = log.display().to_string();
    let app = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("panic at {place}");
        let is_the_end = info.location().is_some_and(|l| l.file().ends_with("core/src/panicking.rs"));
        if std::thread::current().id() == app || is_the_end {
            leave();
            let trace = std::backtrace::Backtrace::capture();
            let trace = match trace.status() {
                BacktraceStatus::Captured => format!("\n{trace}"),
                BacktraceStatus::Unsupported | BacktraceStatus::Disabled | _ => words::program::backtrace_hint(),
            };
            let said = info.payload_as_str().unwrap_or("without a word");
            let words = words::program::has_a_fault(&place, said, &trace, &log);
            eprintln!("{}", encode::lines(&words));
        }
    }));
}
