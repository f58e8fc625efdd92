//! The engines, one per account. Starting one first reads the store, and ending one waits for the server's goodbye;
//! both happen outside the app's task, which only tries to hand commands over.

use super::language;
use super::note::{Note, Notes};
use crate::words;
use crate::{
    config::device::Device,
    contract::{Bootstrap, Command, command::session},
    model::{AccountId, AccountSettings, Intent, Strength},
    store::Store,
    xmpp::{self, connect::Dial},
};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};
use tokio::{runtime::Handle, sync::mpsc};

/// Makes the dial of an account: the network's, or the playground's.
pub type MakeDial = Box<dyn Fn() -> Box<dyn Dial> + Send>;

/// How many commands wait for an engine that is being started.
const EARLY_MAX: usize = 64;

/// What an engine is started with.
#[derive(Debug, Clone)]
pub struct Order {
    settings: Box<AccountSettings>,
    intent: Intent,
}

enum Engine {
    /// The store is being asked; what is wanted by now, and commands that wait.
    Starting(Order, VecDeque<Command>),
    /// It runs.
    Running(mpsc::Sender<Command>),
    /// It was told to end. What comes after it, if anything.
    Ending(Option<Order>),
}

/// All engines.
pub struct Engines {
    list: HashMap<AccountId, Engine>,
    /// Where they run: not on the app's thread.
    runtime: Handle,
    store: Arc<Store>,
    dial: MakeDial,
    notes: Notes,
    is_closing: bool,
    /// Accounts whose engines begin with the first frame; `None` when that is there.
    held: Option<Vec<AccountId>>,
    device: Device,
    /// What was learned of the accounts' servers.
    pub strengths: HashMap<AccountId, Strength>,
}

impl Engines {
    /// None yet.
    pub fn new(
        runtime: Handle,
        store: Arc<Store>,
        dial: MakeDial,
        notes: Notes,
        device: Device,
        strengths: HashMap<AccountId, Strength>,
    ) -> Self {
        Self {
            list: HashMap::new(),
            runtime,
            store,
            dial,
            notes,
            is_closing: false,
            held: Some(Vec::new()),
            device,
            strengths,
        }
    }

    /// Lets engines begin: the first frame, which waits for nothing, was drawn.
    pub fn let_go(&mut self) {
        for id in self.held.take().unwrap_or_default() {
            if let Some(Engine::Starting(..)) = self.list.get(&id) {
                self.ask_store(id);
            }
        }
    }

    /// Whether an account has one.
    pub fn has(&self, id: &AccountId) -> bool {
        self.list.contains_key(id)
    }

    /// Whether all have ended.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Starts an account's engine; one that runs ends first.
    pub fn start(&mut self, settings: Box<AccountSettings>, intent: Intent) {
        if self.is_closing {
            return;
        }
        let id = settings.id.clone();
        let order = Order { settings, intent };
        match self.list.remove(&id) {
            None => self.begin(order),
            // The store's answer serves the newer order as well.
            Some(Engine::Starting(_, early)) => {
                self.list.insert(id, Engine::Starting(order, early));
            }
            Some(Engine::Running(commands)) => {
                tell_to_end(&id, commands);
                self.list.insert(id, Engine::Ending(Some(order)));
            }
            Some(Engine::Ending(_)) => {
                self.list.insert(id, Engine::Ending(Some(order)));
            }
        }
    }

    /// Ends an account's engine.
    pub fn stop(&mut self, id: &AccountId) {
        match self.list.remove(id) {
            None | Some(Engine::Starting(..)) => {}
            Some(Engine::Running(commands)) => {
                tell_to_end(id, commands);
                self.list.insert(id.clone(), Engine::Ending(None));
            }
            Some(Engine::Ending(_)) => {
                self.list.insert(id.clone(), Engine::Ending(None));
            }
        }
    }

    /// Ends all; none is started any more.
    pub fn stop_all(&mut self) {
        self.is_closing = true;
        let ids: Vec<AccountId> = self.list.keys().cloned().collect();
        for id in ids {
            self.stop(&id);
        }
    }

    /// Hands a command over.
    ///
    /// # Errors
    /// Gives the command back when there is no engine, or it does not keep up.
    pub fn send(&mut self, id: &AccountId, command: Command) -> Result<(), Box<Command>> {
        match self.list.get_mut(id) {
            Some(Engine::Running(commands)) => commands.try_send(command).map_err(|e| Box::new(e.into_inner())),
            Some(Engine::Starting(_, early)) if early.len() < EARLY_MAX => {
                early.push_back(command);
                Ok(())
            }
            Some(Engine::Starting(..) | Engine::Ending(_)) | None => Err(Box::new(command)),
        }
    }

    /// Tells every engine that runs. One that does not keep up has better things to do.
    pub fn tell_all(&self, command: &Command) {
        for (id, engine) in &self.list {
            if let Engine::Running(commands) = engine
                && commands.try_send(command.clone()).is_err()
            {
                tracing::debug!("the engine of {id} was not told");
            }
        }
    }

    /// The store was asked: the engine can begin.
    pub fn bootstrapped(&mut self, id: &AccountId, bootstrap: Bootstrap) {
        let (order, early) = match self.list.remove(id) {
            Some(Engine::Starting(order, early)) => (order, early),
            other => {
                // Stopped in the meantime, or begun with an earlier answer.
                self.list.extend(other.map(|engine| (id.clone(), engine)));
                return;
            }
        };
        let (out, committed) = self.store.attach(id);
        let strength = self.strengths.get(id).cloned().unwrap_or_default();
        let mut settings = AccountSettings { strength, device: self.device.uuid(id), ..*order.settings };
        if settings.languages.is_empty() {
            settings.languages = language::all();
        }
        let _here = self.runtime.enter();
        let handle = xmpp::spawn(settings, order.intent, bootstrap, (self.dial)(), out, committed);
        for command in early {
            // It has room for as many as waited.
            let _ = handle.commands.try_send(command);
        }
        let notes = self.notes.clone();
        let ended = id.clone();
        tokio::spawn(async move {
            let fault = handle.task.await.err().filter(tokio::task::JoinError::is_panic);
            notes.tell(Note::EngineEnded(ended, fault.is_some())).await;
        });
        self.list.insert(id.clone(), Engine::Running(handle.commands));
    }

    /// The store could not be asked: there is no engine, and none of what was to be done by it was done.
    pub fn not_begun(&mut self, id: &AccountId) -> VecDeque<Command> {
        match self.list.remove(id) {
            Some(Engine::Starting(_, early)) => early,
            other => {
                self.list.extend(other.map(|engine| (id.clone(), engine)));
                VecDeque::new()
            }
        }
    }

    /// An engine ended. Returns whether nobody asked it to.
    pub fn ended(&mut self, id: &AccountId) -> bool {
        match self.list.remove(id) {
            Some(Engine::Ending(Some(order))) if !self.is_closing => {
                self.begin(order);
                false
            }
            Some(Engine::Ending(_)) | None => false,
            Some(Engine::Running(_)) => true,
            Some(starting @ Engine::Starting(..)) => {
                self.list.insert(id.clone(), starting);
                false
            }
        }
    }

    fn begin(&mut self, order: Order) {
        let id = order.settings.id.clone();
        self.list.insert(id.clone(), Engine::Starting(order, VecDeque::new()));
        match &mut self.held {
            Some(held) => held.push(id),
            None => self.ask_store(id),
        }
    }

    /// Asks for what an engine starts with.
    fn ask_store(&self, id: AccountId) {
        let (store, notes) = (self.store.clone(), self.notes.clone());
        self.runtime.spawn(async move {
            let whose = id.clone();
            let asked = tokio::task::spawn_blocking(move || store.bootstrap(&id).map_err(|e| e.to_string())).await;
            let answer = asked.unwrap_or_else(|_| Err(words::store::crashed()));
            notes.tell(Note::Bootstrapped(whose, answer.map(Box::new))).await;
        });
    }
}

/// The command that ends it must arrive, so it is awaited, on a task of its own.
fn tell_to_end(id: &AccountId, commands: mpsc::Sender<Command>) {
    tracing::debug!("ending the engine of {id}");
    tokio::spawn(async move {
        // An error means that it has ended already.
        let _ = commands.send(Command::Session(session::Command::Quit)).await;
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::dirs::Dirs;
    use crate::model::BareJid;

    #[tokio::test]
    async fn an_account_whose_history_cannot_be_read_gives_back_what_waited_and_can_be_started_again() {
        let root = tempfile::tempdir().unwrap();
        let dirs = Dirs::within(root.path()).unwrap();
        let store = Arc::new(Store::open(&dirs.data).unwrap());
        let (notes, mut heard) = Notes::channel();
        let dial: MakeDial = Box::new(|| unreachable!("no engine begins"));
        let mut engines =
            Engines::new(Handle::current(), store, dial, notes, Device::load(&dirs).unwrap(), HashMap::new());
        engines.let_go();
        let settings = || {
            let id = AccountId(BareJid::parse("me@home.test").unwrap());
            Box::new(AccountSettings::new(id, "tui".to_owned()))
        };
        let id = settings().id;
        let [here, away] = ["history.db", "away.db"].map(|name| dirs.data.join(name));
        std::fs::rename(&here, &away).unwrap();
        engines.start(settings(), Intent::AwaitPassword);
        let command = Command::Session(session::Command::CheckStatus);
        engines.send(&id, command.clone()).unwrap();
        let answer = heard.recv().await;
        assert!(matches!(&answer, Some(Note::Bootstrapped(whose, Err(_))) if *whose == id), "{answer:?}");
        assert_eq!(engines.not_begun(&id), [command]);
        assert!(!engines.has(&id));
        std::fs::rename(&away, &here).unwrap();
        engines.start(settings(), Intent::AwaitPassword);
        let answer = heard.recv().await;
        assert!(matches!(&answer, Some(Note::Bootstrapped(whose, Ok(_))) if *whose == id), "{answer:?}");
    }
}
