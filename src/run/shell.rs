//! The app's task: it owns the state and the screen, and decides in which order messages reach them.
//!
//! Input comes first: a key is applied and drawn at once. All else is drained, up to 256 messages, and drawn at most
//! thirty times a second, and always once after the last message. There is one timer, set to the time that `update`
//! asked for, so an idle parlour sleeps.

use super::{
    engines::Engines,
    host::Host,
    input::Input,
    note::Note,
    osc,
    signals::{Asked, Signals},
    suspend,
    terminal::{Drawn, Screen, guard},
    waiting::Waiting,
};
use crate::words;
use crate::{
    action::Keymap,
    clock::{Alarm, boot_time},
    contract::{Command, Committed, Event, Reply, StoreNews, command::session, event},
    error::Fatal,
    model::{AccountId, Clock, ConnState, DownReason, Glyphs, TerminalColours, ThemeName, Time},
    state::State,
    ui::{self, Memo, Theme, theme::Depth},
    update::{self, Msg, Stamp},
};
use std::{collections::VecDeque, time::Duration};
use tokio::{sync::mpsc, time::Instant};

/// The least time between two frames that no key asked for.
const FRAME_GAP: Duration = Duration::from_millis(33);
/// Most messages between two looks at the keyboard.
const DRAIN_MAX: usize = 256;
/// Most rounds of messages that came out of one message.
const ROUNDS_MAX: usize = 64;
/// How long after going on a signal to stop is taken for the echo of the stop before.
const STOP_ECHO: Duration = Duration::from_millis(500);
/// How long after the question for colours answers may still be on their way, and how long an end waits for them.
const ANSWERS_EXPECTED: Duration = Duration::from_secs(2);
const ANSWERS_PATIENCE: Duration = Duration::from_millis(50);
/// How long engines may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// For good.
    Quit,
    /// The demo follows in the same terminal.
    IntoDemo,
}

/// Where messages come from.
pub struct Inputs {
    /// The keyboard.
    pub input: Input,
    /// Signals.
    pub signals: Signals,
    /// The store's commits.
    pub committed: mpsc::Receiver<Committed>,
    /// The store's answers.
    pub replies: mpsc::Receiver<Reply>,
    /// How the store fares.
    pub failures: mpsc::Receiver<StoreNews>,
    /// The shell's own tasks.
    pub notes: mpsc::Receiver<Note>,
}

/// The app's task.
pub struct Shell {
    pub(super) state: State,
    pub(super) keymap: Keymap,
    pub(super) screen: Screen,
    pub(super) engines: Engines,
    pub(super) host: Host,
    pub(super) waiting: Waiting,
    pub(super) wake_at: Option<Time>,
    alarm: Alarm,
    pub(super) queue: VecDeque<Msg>,
    pub(super) is_suspend_asked: bool,
    looks: (ThemeName, Glyphs, TerminalColours),
    theme: Theme,
    memo: Memo,
    depth: Depth,
    seed: u128,
    /// Whether the terminal may be asked for its colours, and when it was.
    can_ask: bool,
    asked_at: Option<Instant>,
    /// The terminal has answered, so it can say how far it has come.
    is_followed: bool,
    is_dirty: bool,
    is_screen_busy: bool,
    /// The terminal is not ours now: stopped, or another program has it.
    is_lent: bool,
    /// The signal to stop that comes until then is our own echo.
    own_stop_until: Option<Instant>,
    drawn: Instant,
    clock: Clock,
    ending: Option<Instant>,
    /// How it ends.
    pub(super) ended: Ended,
    store_told: Option<String>,
    fatal: Option<Fatal>,
}

impl Shell {
    /// A shell that has drawn nothing yet. `can_ask`: the terminal may be asked for its colours.
    pub fn new(
        state: State,
        keymap: Keymap,
        screen: Screen,
        engines: Engines,
        host: Host,
        waiting: Waiting,
        (depth, can_ask): (Depth, bool),
    ) -> Self {
        let looks = (state.options.theme, state.options.glyphs, state.colours.clone());
        let theme = Theme::on(looks.0, looks.1, depth, &looks.2);
        Self {
            state,
            keymap,
            screen,
            engines,
            host,
            waiting,
            wake_at: None,
            alarm: Alarm::new(),
            queue: VecDeque::new(),
            is_suspend_asked: false,
            looks,
            theme,
            memo: Memo::default(),
            depth,
            seed: 0,
            can_ask,
            asked_at: None,
            is_followed: false,
            is_dirty: true,
            is_screen_busy: false,
            is_lent: true,
            own_stop_until: None,
            drawn: Instant::now(),
            clock: Clock::new(boot_time(), Time::now()),
            ending: None,
            ended: Ended::Quit,
            store_told: None,
            fatal: None,
        }
    }

    /// Runs until the user, a signal or a fault ends it, and the engines have said goodbye.
    ///
    /// # Errors
    /// The fault.
    pub async fn run(mut self, mut inputs: Inputs) -> Result<Ended, Fatal> {
        self.take(Msg::Resized(self.state.size.0, self.state.size.1));
        self.begin();
        while !self.is_over() {
            self.ask_colours(&mut inputs.input);
            if !self.is_followed && self.asked_at.is_some() && self.state.colours.background.is_some() {
                self.is_followed = true;
                self.screen.follow(inputs.input.answered());
                self.is_dirty = true;
            }
            self.turn(&mut inputs).await;
            if self.is_suspend_asked {
                self.suspend().await;
            }
            self.lend().await;
        }
        if !self.is_lent {
            self.give_terminal_back().await;
        }
        // The store must not wait for an app that no longer listens.
        drop(inputs);
        let Self { engines, waiting, fatal, ended, .. } = self;
        drop(engines);
        waiting.close().await;
        fatal.map_or(Ok(ended), Err)
    }

    /// Asks the terminal once for its colours, behind the first frame, where the theme wants to know.
    fn ask_colours(&mut self, input: &mut Input) {
        if !self.can_ask || self.asked_at.is_some() || self.is_hidden() || self.looks.0 != ThemeName::Auto {
            return;
        }
        self.asked_at = Some(Instant::now());
        input.expect_colours();
        self.screen.put(&osc::ask_colours());
        self.is_dirty = true;
        self.draw();
    }

    fn is_over(&self) -> bool {
        self.ending.is_some_and(|until| self.engines.is_empty() || Instant::now() >= until)
    }

    async fn turn(&mut self, inputs: &mut Inputs) {
        let frame_at = (self.is_dirty && !self.is_screen_busy && !self.is_hidden()).then(|| self.drawn + FRAME_GAP);
        let wake = self.wake_at.map(|at| at.since(Time::now()));
        let until = self.ending;
        tokio::select! {
            biased;
            msg = inputs.input.next(), if !self.is_lent && until.is_none() => {
                match msg {
                    Ok(msg) => {
                        self.take(msg);
                        self.draw();
                    }
                    Err(e) => {
                        tracing::info!("the keyboard is gone: {e}");
                        self.take(Msg::Ending);
                    }
                }
                return;
            }
            asked = inputs.signals.next() => self.signal(asked),
            () = self.screen.gone(), if until.is_none() => self.take(Msg::Ending),
            committed = inputs.committed.recv(), if until.is_none() || !inputs.committed.is_closed() => match committed {
                Some(committed) => self.take(Msg::Committed(committed)),
                None => self.store_stopped(),
            },
            Some(reply) = inputs.replies.recv() => self.take(Msg::Replied(reply)),
            Some(note) = inputs.notes.recv() => self.note(note),
            Some(news) = inputs.failures.recv() => self.store_news(news),
            () = self.waiting.room() => self.waiting.flush(),
            () = self.screen.free(), if self.is_screen_busy => self.is_screen_busy = false,
            () = sleep(&mut self.alarm, wake), if wake.is_some() => {
                self.wake_at = None;
                self.take(Msg::Woken);
            }
            () = sleep_until(frame_at), if frame_at.is_some() => self.draw(),
            () = sleep_until(until), if until.is_some() => {}
        }
        self.drain(inputs);
        if self.is_dirty && self.drawn.elapsed() >= FRAME_GAP {
            self.draw();
        }
    }

    /// Takes what is there already.
    fn drain(&mut self, inputs: &mut Inputs) {
        for _ in 0..DRAIN_MAX {
            if let Ok(committed) = inputs.committed.try_recv() {
                self.take(Msg::Committed(committed));
            } else if let Ok(reply) = inputs.replies.try_recv() {
                self.take(Msg::Replied(reply));
            } else if let Ok(note) = inputs.notes.try_recv() {
                self.note(note);
            } else {
                return;
            }
        }
    }

    /// Applies a message, and those that its effects cause.
    pub(super) fn take(&mut self, msg: Msg) {
        let by = self.clock.moved(boot_time(), Time::now());
        if by != 0 {
            self.wake_at = self.wake_at.map(|at| Time(at.0.saturating_add(by)));
            self.queue.push_back(Msg::ClockMoved(by));
        }
        self.queue.push_back(msg);
        for _ in 0..ROUNDS_MAX {
            let Some(msg) = self.queue.pop_front() else { break };
            let stamp = self.stamp();
            for effect in update::update(&mut self.state, stamp, msg, &self.keymap) {
                self.perform(effect);
            }
        }
        self.is_dirty = true;
        let (options, colours) = (&self.state.options, &self.state.colours);
        if (self.looks.0, self.looks.1) != (options.theme, options.glyphs) || self.looks.2 != *colours {
            self.looks = (options.theme, options.glyphs, colours.clone());
            self.theme = Theme::on(options.theme, options.glyphs, self.depth, colours);
            self.memo = Memo::default();
        }
    }

    fn stamp(&mut self) -> Stamp {
        let mut bits = [0u8; 16];
        self.seed = match getrandom::fill(&mut bits) {
            Ok(()) => u128::from_ne_bytes(bits),
            // Ids must differ; that they cannot be guessed is the server's affair.
            Err(_) => self.seed.wrapping_add(1),
        };
        let zone = chrono::Local::now().offset().local_minus_utc() / 60;
        Stamp { now: Time::now(), zone_minutes: zone, seed: self.seed }
    }

    fn is_hidden(&self) -> bool {
        self.is_lent || self.ending.is_some()
    }

    /// Draws, or remembers to.
    fn draw(&mut self) {
        if !self.is_dirty || self.is_hidden() {
            return;
        }
        let (state, theme, memo) = (&self.state, &self.theme, &mut self.memo);
        let mut viewport = None;
        let drawn = self.screen.draw(|buffer| {
            let painted = ui::paint(state, theme, memo, buffer);
            viewport = Some(painted.viewport);
            painted
        });
        match drawn {
            Drawn::Done => {
                self.is_dirty = false;
                self.drawn = Instant::now();
            }
            Drawn::Busy => self.is_screen_busy = true,
            Drawn::Gone => self.take(Msg::Ending),
        }
        if let Some(viewport) = viewport {
            self.state.viewport = viewport;
        }
    }

    /// Draws everything anew.
    pub(super) fn redraw(&mut self) {
        self.screen.forget();
        self.is_dirty = true;
    }

    fn note(&mut self, note: Note) {
        match note {
            Note::Msg(msg) => self.take(*msg),
            Note::Bootstrapped(id, Ok(bootstrap)) => self.engines.bootstrapped(&id, *bootstrap),
            Note::Bootstrapped(id, Err(reason)) => self.not_begun(id, reason),
            Note::EngineEnded(id, is_fault) => {
                if self.engines.ended(&id) && is_fault {
                    self.crashed(id, &words::session::task_ended());
                }
            }
            Note::TokenFound(id, token) => self.token_found(&id, token),
            Note::CopyByTerminal(text) => self.copy_by_terminal(&text),
            Note::SecretLookedFor(id, found) => self.secret_looked_for(&id, found),
            Note::CommandEnded(id, found) => {
                self.host.is_command_running = false;
                self.secret_looked_for(&id, found);
                self.command_ended();
            }
            Note::NetworkChanged => self.engines.tell_all(&Command::Session(session::Command::NetworkChanged)),
            Note::ConfigRead(read) => self.config_read(read),
        }
    }

    /// An account whose history cannot be read now: what was to be done goes back to where it came from.
    fn not_begun(&mut self, account: AccountId, reason: String) {
        for command in self.engines.not_begun(&account) {
            self.take(Msg::Refused(account.clone(), Box::new(command)));
        }
        self.store_news(StoreNews::Told(reason));
        self.crashed(account, &words::session::history_unreadable());
    }

    /// An engine's fault is its account's affair.
    fn crashed(&mut self, account: AccountId, words: &str) {
        let reason = DownReason::Crashed(words.into());
        let event = Event::Session(event::session::Event::StateChanged(ConnState::Stopped(reason)));
        self.take(Msg::Committed(Committed { account, events: vec![event] }));
    }

    /// Something is wrong with the store, which may go on nevertheless; or is right again.
    fn store_news(&mut self, news: StoreNews) {
        match &news {
            StoreNews::Told(words) | StoreNews::Stuck(words) => {
                tracing::error!("the store: {words}");
                self.store_told = Some(words.clone());
            }
            StoreNews::Over => tracing::info!("the store can be written again"),
        }
        self.take(Msg::Store(news));
    }

    /// A store that cannot go on is the program's affair.
    fn store_stopped(&mut self) {
        let reason = self.store_told.clone().unwrap_or_else(words::session::store_stopped);
        self.fatal.get_or_insert(Fatal::StoreStopped(reason));
        self.begin_end();
    }

    fn signal(&mut self, asked: Asked) {
        match asked {
            // With the terminal lent, Ctrl-C is for the program that has it.
            Asked::Interrupt if self.host.is_command_running => {}
            Asked::Quit | Asked::Interrupt => self.take(Msg::Ending),
            Asked::Resize => {
                let size = guard::size();
                if size != self.state.size && !self.is_lent {
                    self.screen.resize(size);
                    self.take(Msg::Resized(size.0, size.1));
                }
            }
            Asked::Suspend if self.own_stop_until.is_some_and(|until| Instant::now() < until) => {}
            Asked::Suspend => self.is_suspend_asked = true,
            Asked::Resume => self.resume(),
        }
    }

    /// Says goodbye on all accounts; the loop ends when that is done, or after two seconds.
    pub(super) fn begin_end(&mut self) {
        if self.ending.is_none() {
            self.ending = Some(Instant::now() + GOODBYE);
            self.engines.stop_all();
        }
    }

    /// Takes the terminal, unless password commands need it first, and begins with the accounts.
    fn begin(&mut self) {
        self.sign_in_all();
        if self.host.commands.is_empty() {
            self.resume();
        } else {
            self.host.run_next_command();
        }
        self.engines.let_go();
    }

    async fn suspend(&mut self) {
        self.is_suspend_asked = false;
        if self.ending.is_some() {
            return;
        }
        if !self.is_lent {
            self.give_terminal_back().await;
        }
        let was_lent = std::mem::replace(&mut self.is_lent, true);
        let has_stopped = suspend::stop();
        // Stopping the group is heard here too, once or, where two stops follow closely, once for both or twice.
        self.own_stop_until = has_stopped.then(|| Instant::now() + STOP_ECHO);
        if !has_stopped && !was_lent {
            self.resume();
        }
    }

    /// Lends the terminal to the next password command that waits.
    async fn lend(&mut self) {
        if self.is_lent || self.host.commands.is_empty() || self.ending.is_some() {
            return;
        }
        self.give_terminal_back().await;
        self.is_lent = true;
        self.host.run_next_command();
    }

    /// A password command has ended: the next one, or the screen again.
    pub(super) fn command_ended(&mut self) {
        if !self.host.commands.is_empty() {
            self.host.run_next_command();
        } else if self.ending.is_none() {
            self.resume();
        }
    }

    fn resume(&mut self) {
        if self.host.is_command_running {
            return;
        }
        self.is_lent = false;
        if let Err(e) = guard::enter() {
            tracing::warn!("the terminal cannot be taken: {e}");
            self.take(Msg::Ending);
            return;
        }
        let size = guard::size();
        self.screen.begin_anew();
        self.screen.resize(size);
        self.take(Msg::Resized(size.0, size.1));
        self.draw();
    }

    async fn give_terminal_back(&mut self) {
        let is_fresh = self.asked_at.is_some_and(|at| at.elapsed() < ANSWERS_EXPECTED);
        if is_fresh && !self.state.colours.is_complete() || self.screen.is_awaiting() {
            // What the terminal is about to answer must not be typed into the shell.
            tokio::time::sleep(ANSWERS_PATIENCE).await;
            guard::drop_input();
        }
        if self.screen.settle(Duration::from_millis(500)).await {
            guard::leave();
        } else {
            guard::leave_silently();
        }
    }
}

/// The runtime's timer wakes on the way to a far time, once for each of its wheels; the alarm once.
const FAR: Duration = Duration::from_secs(2);

async fn sleep(alarm: &mut Alarm, duration: Option<Duration>) {
    match duration {
        Some(far) if far >= FAR => {
            let due = boot_time() + far;
            while boot_time() < due {
                alarm.until(due).await;
            }
        }
        Some(near) => tokio::time::sleep(near).await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
