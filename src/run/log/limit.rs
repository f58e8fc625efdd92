//! How many lines of one kind the log takes. Whatever a stranger or a server can make parlour log, it can have logged
//! ten thousand times a second; so of each kind, which is a place in the source, a minute has [`OF_PEERS`] lines, or
//! [`OF_OWN`] of what happens in this program. The others are counted, and the count is written with the next line that
//! is written at all. Lines of levels that somebody asked for (`debug`, `trace`) are not limited, only the file's size is.

use std::array;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Lines of one kind in a minute, where the network has a say in it.
pub const OF_PEERS: u64 = 1;
/// The same for the rest of the program: several faults of a config file have one kind.
const OF_OWN: u64 = 20;
/// The minute.
const WINDOW: Duration = Duration::from_mins(1);
/// Kinds that are told apart; parlour has about fifty. Further ones share the last place.
const KINDS: usize = 256;
/// Characters of a line by which its kind is named with the count.
const NAME: usize = 160;
/// What a line says that has all counts written; the last of the program.
pub const END: &str = "parlour ends";

/// Writes lines as the library does, but not all.
pub struct Limited {
    began: Instant,
    window: Duration,
    kinds: [Kind; KINDS],
}

/// One kind of line.
#[derive(Default)]
struct Kind {
    /// Where in the source it is, and what its first line said.
    is: OnceLock<(&'static Metadata<'static>, String)>,
    /// When its minute began, in milliseconds; 0: never.
    since: AtomicU64,
    /// Lines written in it.
    written: AtomicU64,
    /// Lines left out in it.
    left_out: AtomicU64,
    /// Lines left out before it, which nothing has told yet.
    untold: AtomicU64,
}

impl Limited {
    /// Nothing was written yet.
    pub fn new() -> Self {
        Self::with_window(WINDOW)
    }

    fn with_window(window: Duration) -> Self {
        Self { began: Instant::now(), window, kinds: array::from_fn(|_| Kind::default()) }
    }

    /// Milliseconds, from 1.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
    }

    fn kind(&self, event: &Event<'_>) -> &Kind {
        let metadata = event.metadata();
        let is_it = |kind: &&Kind| kind.is.get_or_init(|| (metadata, name(event))).0.callsite() == metadata.callsite();
        self.kinds.iter().find(is_it).unwrap_or(&self.kinds[KINDS - 1])
    }

    fn is_over(&self, kind: &Kind, now: u64) -> bool {
        let since = kind.since.load(Relaxed);
        since == 0 || u128::from(now.saturating_sub(since)) >= self.window.as_millis()
    }

    /// Whether one more line of this kind is written.
    fn may_pass(&self, event: &Event<'_>) -> bool {
        let metadata = event.metadata();
        if *metadata.level() > Level::INFO {
            return true;
        }
        let (kind, now) = (self.kind(event), self.now());
        if self.is_over(kind, now) {
            kind.since.store(now, Relaxed);
            kind.written.store(0, Relaxed);
            kind.untold.fetch_add(kind.left_out.swap(0, Relaxed), Relaxed);
        }
        let most = if metadata.target().starts_with("parlour::xmpp") { OF_PEERS } else { OF_OWN };
        if kind.written.fetch_add(1, Relaxed) < most {
            return true;
        }
        kind.left_out.fetch_add(1, Relaxed);
        false
    }

    /// Writes the counts of minutes that are over; of all, where the program ends.
    fn write_counts(&self, writer: &mut Writer<'_>, is_end: bool) -> fmt::Result {
        let now = self.now();
        for kind in self.kinds.iter().take_while(|kind| kind.is.get().is_some()) {
            let is_over = is_end || self.is_over(kind, now);
            let count = kind.untold.swap(0, Relaxed) + if is_over { kind.left_out.swap(0, Relaxed) } else { 0 };
            if let Some((metadata, name)) = kind.is.get()
                && count > 0
            {
                SystemTime.format_time(writer)?;
                let (level, target) = (metadata.level(), metadata.target());
                writeln!(writer, " {level:>5} {target}: {count} more like it within a minute: {name}")?;
            }
        }
        Ok(())
    }
}

impl<S, N> FormatEvent<S, N> for Limited
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let is_written = self.may_pass(event);
        if !is_written {
            return Ok(());
        }
        let is_end = event.metadata().target() == module_path!();
        self.write_counts(&mut writer, is_end)?;
        Format::default().with_ansi(false).format_event(ctx, writer, event)
    }
}

/// Has all counts written: the last line of the program.
pub fn end() {
    tracing::info!("{END}");
}

/// What a line says, without its fields.
fn name(event: &Event<'_>) -> String {
    struct Message(String);
    impl Visit for Message {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            if field.name() == "message" {
                self.0 = format!("{value:?}").chars().take(NAME).collect();
            }
        }
    }
    let mut message = Message(String::new());
    event.record(&mut message);
    message.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What is written of what `work` logs.
    fn logged(window: Duration, work: impl FnOnce()) -> Vec<String> {
        let sink = Sink::default();
        let writer = sink.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::DEBUG)
            .event_format(Limited::with_window(window))
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, work);
        String::from_utf8(sink.0.lock().unwrap().clone()).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_stranger_has_one_line_of_each_kind_and_the_rest_is_counted() {
        let lines = logged(WINDOW, || {
            for n in 0..1_000 {
                tracing::warn!(target: "parlour::xmpp::x", from = n, "a carbon from somebody else");
                tracing::warn!(target: "parlour::xmpp::y", "a push of number {n}");
            }
            end();
        });
        assert_eq!(lines.len(), 5, "{lines:?}");
        assert!(lines[0].ends_with("WARN parlour::xmpp::x: a carbon from somebody else from=0"), "{lines:?}");
        assert!(lines[1].ends_with("a push of number 0"), "{lines:?}");
        assert!(lines[2].ends_with("999 more like it within a minute: a carbon from somebody else"), "{lines:?}");
        assert!(lines[3].ends_with("999 more like it within a minute: a push of number 0"), "{lines:?}");
        assert!(lines[4].ends_with(END), "{lines:?}");
    }

    #[test]
    fn the_next_minute_begins_with_the_count_of_the_last() {
        let lines = logged(Duration::ZERO, || {
            for _ in 0..3 {
                tracing::warn!(target: "parlour::xmpp::x", "again");
            }
        });
        assert_eq!(lines.len(), 3, "each has a minute of its own: {lines:?}");
        let window = Duration::from_millis(30);
        let lines = logged(window, || {
            let one = |n: usize| tracing::warn!(target: "parlour::xmpp::x", n, "again");
            (0..5).for_each(one);
            let began = Instant::now();
            while began.elapsed() < window {
                std::thread::yield_now();
            }
            one(5);
        });
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[1].ends_with("4 more like it within a minute: again") && lines[2].ends_with("n=5"), "{lines:?}");
    }

    #[test]
    fn faults_of_our_own_are_all_told_and_what_was_asked_for_too() {
        let lines = logged(WINDOW, || {
            for n in 0..10 {
                tracing::warn!(target: "parlour::run::start", "the config's fault {n}");
            }
            for n in 0..100 {
                tracing::debug!(target: "parlour::xmpp::x", n, "detail");
            }
        });
        assert_eq!(lines.len(), 110);
    }
}
