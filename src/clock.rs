//! The boot-time clock, and an alarm on it.
//!
//! The runtime's own timers stand still while the machine sleeps. A link that died in sleep would be noticed late, or
//! the program would have to look again and again. This clock goes on in sleep, and the alarm rings when the machine
//! wakes up. The engine and the shell both use it.

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::{io, os::fd::OwnedFd, time::Duration};
use tokio::io::{Interest, unix::AsyncFd};

/// Without such a clock: at most this long between two looks.
const LOOK: Duration = Duration::from_secs(20);
/// An alarm that would ring this much too early is set anew; below that, it rings for nothing now and then, which is
/// cheaper than setting it with every stanza.
const EARLY: Duration = Duration::from_secs(10);

/// The time since the machine started, its sleep included.
#[must_use]
pub fn boot_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// The alarm.
#[derive(Debug, Default)]
pub struct Alarm {
    fd: Option<AsyncFd<OwnedFd>>,
    /// When it will ring.
    set: Option<Duration>,
}

impl Alarm {
    /// An alarm that is not set.
    #[must_use]
    pub fn new() -> Self {
        let fd = open().inspect_err(|e| tracing::info!("no clock that goes on in sleep: {e}")).ok();
        Self { fd, set: None }
    }

    /// Waits until about `due` on the boot-time clock; may be early, and may be dropped and called again.
    pub async fn until(&mut self, due: Duration) {
        let now = boot_time();
        if due <= now {
            return;
        }
        let Some(fd) = &self.fd else {
            return tokio::time::sleep(due.saturating_sub(now).min(LOOK)).await;
        };
        let is_near = self.set.is_some_and(|set| set > now && set <= due && due.saturating_sub(set) < EARLY);
        if !is_near {
            self.set = set(fd.get_ref(), due).is_ok().then_some(due);
        }
        if self.set.is_none() {
            return tokio::time::sleep(due.saturating_sub(now).min(LOOK)).await;
        }
        if let Ok(mut guard) = fd.readable().await {
            let mut rings = [0u8; 8];
            let _none = rustix::io::read(fd.get_ref(), &mut rings);
            guard.clear_ready();
            self.set = None;
        }
    }
}

fn open() -> io::Result<AsyncFd<OwnedFd>> {
    let fd = timerfd_create(TimerfdClockId::Boottime, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
    #[expect(deprecated, reason = "its successor is unsafe; this descriptor is owned and lives as long as its wrapper")]
    AsyncFd::with_interest(fd, Interest::READABLE)
}

fn set(fd: &OwnedFd, due: Duration) -> io::Result<()> {
    let none = Timespec { tv_sec: 0, tv_nsec: 0 };
    let at =
        Timespec { tv_sec: i64::try_from(due.as_secs()).unwrap_or(i64::MAX), tv_nsec: i64::from(due.subsec_nanos()) };
    timerfd_settime(fd, TimerfdTimerFlags::ABSTIME, &Itimerspec { it_interval: none, it_value: at })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn it_rings_when_it_is_due_and_again() {
        let mut alarm = Alarm::new();
        assert!(alarm.fd.is_some());
        for _ in 0..3 {
            let due = boot_time() + Duration::from_millis(30);
            while boot_time() < due {
                alarm.until(due).await;
            }
        }
    }

    #[tokio::test]
    async fn a_nearer_time_rings_nearer_and_a_dropped_wait_is_no_loss() {
        let mut alarm = Alarm::new();
        let far = boot_time() + Duration::from_hours(1);
        let dropped = tokio::time::timeout(Duration::from_millis(10), alarm.until(far)).await;
        assert!(dropped.is_err());
        assert_eq!(alarm.set, Some(far));
        let near = boot_time() + Duration::from_millis(20);
        tokio::time::timeout(Duration::from_secs(5), alarm.until(near)).await.unwrap();
        assert!(boot_time() >= near);
        alarm.until(Duration::ZERO).await;
    }

    #[tokio::test]
    async fn a_time_that_only_moves_on_is_set_rarely() {
        let mut alarm = Alarm::new();
        let start = boot_time() + Duration::from_secs(30);
        for ms in 0..9_000 {
            let due = start + Duration::from_millis(ms);
            assert!(alarm.until(due).now_or_never().is_none());
        }
        assert_eq!(alarm.set, Some(start));
    }
}
