//! From the command line to the first frame. What can fail with a plain line on the user's own screen fails here,
//! before parlour takes the terminal over.

use super::{
    demo,
    engines::{Engines, MakeDial},
    host::Host,
    input::Input,
    language, log, network,
    note::Notes,
    shell::{Ended, Inputs, Shell},
    signals::Signals,
    terminal::{Screen, guard, keeper},
    waiting::Waiting,
};
use crate::words;
use crate::{
    cli::{Args, LogChoice, Task},
    config::{Config, ConfigError, Dirs, Warning, device::Device, strengths},
    error::Fatal,
    model::{Glyphs, TerminalColours, Time},
    state::State,
    store::Store,
    ui::theme::Depth,
    update::{Msg, ShellNews},
    xmpp::connect::NetDial,
};
use std::{env, sync::Arc};
use tokio::runtime::Handle;

/// All that a start needs to know.
struct Plan {
    dirs: Dirs,
    resource: String,
    config: Config,
    warnings: Vec<Warning>,
    is_demo: bool,
    /// The playground's folder, or that of a chat without history; deleted at the end.
    _folder: Option<tempfile::TempDir>,
}

impl Plan {
    fn make(args: &Args) -> Result<Self, Fatal> {
        // A name that was mistyped must not begin a new config.
        if let Some(file) = args.config.clone().filter(|file| !file.exists()) {
            let reason = words::config::no_such_file();
            return Err(ConfigError::Unreadable { file, reason }.into());
        }
        if args.task == Some(Task::Demo) {
            return Self::demo();
        }
        let (dirs, folder) = Self::dirs(args)?;
        let resource = dirs.resource()?;
        let (config, warnings) = Config::load(&dirs.config_file, &resource)?;
        if let Some(wanted) = &args.account
            && !config.accounts.iter().any(|a| a.settings.id.jid() == wanted)
        {
            return Err(Fatal::NoSuchAccount { wanted: wanted.as_str().to_owned(), config: dirs.config_file });
        }
        Ok(Self { dirs, resource, config, warnings, is_demo: false, _folder: folder })
    }

    fn dirs(args: &Args) -> Result<(Dirs, Option<tempfile::TempDir>), Fatal> {
        let (profile, config) = (args.profile.as_deref(), args.config.clone());
        if !args.no_history {
            return Ok((Dirs::make(profile, config)?, None));
        }
        // The user's own folder in memory, where there is one: what is deleted there is gone.
        let prefix = "parlour-no-history-";
        let folder = match env::var_os("XDG_RUNTIME_DIR").filter(|dir| std::path::Path::new(dir).is_dir()) {
            Some(dir) => tempfile::Builder::new().prefix(prefix).tempdir_in(dir),
            None => tempfile::Builder::new().prefix(prefix).tempdir(),
        };
        let folder = folder.map_err(Fatal::Start)?;
        Ok((Dirs::without_history(profile, config, folder.path())?, Some(folder)))
    }

    fn demo() -> Result<Self, Fatal> {
        let folder = tempfile::Builder::new().prefix("parlour-demo-").tempdir().map_err(Fatal::Start)?;
        let dirs = Dirs::within(folder.path())?;
        let mut config = Config::default();
        config.accounts.extend(demo::account().ok());
        let resource = "parlour".to_owned();
        Ok(Self { dirs, resource, config, warnings: Vec::new(), is_demo: true, _folder: Some(folder) })
    }
}

/// Runs the program with a screen; the engines run in this runtime.
///
/// # Errors
/// What ends it other than the user's wish.
pub async fn chat(args: Args, runtime: Handle) -> Result<Ended, Fatal> {
    let plan = Plan::make(&args)?;
    check_terminal()?;
    let keeper = keeper::start(&guard::leaving());
    let _log = log::begin(args.log.as_ref(), &plan.dirs.log_file())?;
    tracing::info!("parlour {} starts", env!("CARGO_PKG_VERSION"));
    let chosen_log = args.log.as_ref().and_then(|choice| match choice {
        LogChoice::File(path) => Some(path.clone()),
        LogChoice::Level(_) => None,
    });
    let log_file = chosen_log.unwrap_or_else(|| plan.dirs.log_file());
    let failed = |source| Fatal::Store { dir: plan.dirs.data.clone(), source };
    let mut store = Store::open(&plan.dirs.data).map_err(failed)?;
    let Some(outputs) = store.take_outputs() else {
        return Err(Fatal::StoreStopped(words::store::outputs_taken()));
    };
    let store = Arc::new(store);
    let (notes, note_ears) = Notes::channel();
    let inputs = Inputs {
        input: Input::open().map_err(|source| Fatal::Terminal { what: "reading keys", source })?,
        signals: Signals::listen().map_err(Fatal::Start)?,
        committed: outputs.committed,
        replies: outputs.replies,
        failures: outputs.failures,
        notes: note_ears,
    };
    if !plan.is_demo {
        network::watch(notes.clone());
    }
    let dial: MakeDial = if plan.is_demo {
        // The server inside is no affair of the app's thread either.
        let _there = runtime.enter();
        demo::dial()
    } else {
        Box::new(|| Box::<NetDial>::default())
    };
    let (strengths, strengths_fault) = strengths::load(&plan.dirs.strengths_file());
    let device = Device::load(&plan.dirs)?;
    let engines = Engines::new(runtime, store.clone(), dial, notes.clone(), device, strengths);
    let (changes, writing) = Host::write_changes(&plan.dirs, &plan.resource, &notes);
    let host = Host {
        secrets: super::secrets::keep(&notes),
        dirs: plan.dirs,
        resource: plan.resource,
        accounts: plan.config.accounts,
        only: args.account,
        has_keyring: !plan.is_demo,
        notes,
        awaited: std::collections::HashSet::new(),
        commands: std::collections::VecDeque::new(),
        is_command_running: false,
        copying: None,
        changes,
    };
    guard::restore_on_panic(&log_file);
    let screen = Screen::open().map_err(Fatal::Start)?;
    let mut state = State { now: Time::now(), size: guard::size(), is_focused: true, ..State::default() };
    state.work.has_keyring = !plan.is_demo && super::keyring::may_be_here();
    state.language = language::all().into_iter().next().unwrap_or_default();
    state.options = plan.config.options;
    state.work.first_chat = plan.is_demo.then(demo::guide).and_then(Result::ok);
    let is_console = variable("TERM").as_deref() == Some("linux");
    let is_ascii = !plan.config.named.contains(&"ui.glyphs") && (is_console || !is_utf8());
    if is_ascii {
        state.options.glyphs = Glyphs::Ascii;
    }
    if is_console {
        state.colours = TerminalColours::linux_console();
    }
    let depth = depth();
    // The console writes what it does not know on the screen, and without colours there is nothing to choose.
    let can_ask = !is_console && depth != Depth::None;
    let mut shell = Shell::new(state, plan.config.keymap, screen, engines, host, Waiting::new(store), (depth, can_ask));
    shell.config_warned(&plan.warnings);
    if plan.config.was_wide {
        let file = shell.host.dirs.config_file.display();
        let words = words::config::was_open(file);
        tracing::warn!("{words}");
        shell.queue.push_back(Msg::Shell(ShellNews::Info(words)));
    }
    if let Some(fault) = strengths_fault {
        tracing::warn!("{fault}");
        shell.queue.push_back(Msg::Shell(ShellNews::Warning(fault.to_string())));
    }
    if is_ascii {
        let why = if is_console { words::screen::font_lacks_signs() } else { words::screen::locale_is_not_utf8() };
        let words = words::screen::keeps_to_ascii(&why);
        shell.queue.push_back(Msg::Shell(ShellNews::Info(words)));
    }
    keeper.wait();
    let ended = shell.run(inputs).await;
    // The shell is gone and with it the last sender: what is left of the config's changes is written.
    if let Err(e) = writing.await {
        tracing::error!("the config was not written: {e}");
    }
    ended
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|v| !v.is_empty())
}

fn check_terminal() -> Result<(), Fatal> {
    if !guard::is_terminal() {
        return Err(Fatal::UnfitTerminal(words::screen::needs_terminal()));
    }
    match variable("TERM").as_deref() {
        Some("dumb") | None => Err(Fatal::UnfitTerminal(words::screen::dumb_terminal())),
        Some(_) => Ok(()),
    }
}

/// Whether the locale's characters are UTF-8: the first of these that is set says so.
fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

fn depth() -> Depth {
    let [no_color, colorterm, term] = ["NO_COLOR", "COLORTERM", "TERM"].map(variable);
    Depth::of(no_color.as_deref(), colorterm.as_deref(), term.as_deref())
}
