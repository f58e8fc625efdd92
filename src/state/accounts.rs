//! The user's accounts and their connections.

use crate::model::{
    AccountId, AccountSettings, BareJid, ChatId, ConnState, DiscoInfo, Jid, Login, Outage, OwnPresence, Step,
    StepState, Time,
};
use std::collections::HashSet;

/// From so many seconds on a login is slow. The engine takes no new attempt before that.
const SLOW_LOGIN: u64 = 5;

/// One account.
#[derive(Debug, Clone)]
pub struct Account {
    /// How it signs in.
    pub settings: AccountSettings,
    /// The connection.
    pub conn: ConnState,
    /// When the login under way began.
    pub connecting_since: Option<Time>,
    /// The steps of the login under way, or of the last one.
    pub steps: Vec<(Step, StepState)>,
    /// The timeline of the login under way or the last one, and what it found out.
    pub login: Login,
    /// The full JID that the server gave.
    pub bound: Option<Jid>,
    /// What the user shows of themself, as last sent.
    pub presence: OwnPresence,
    /// What the user had set before parlour set "away" by itself.
    pub before_auto_away: Option<OwnPresence>,
    /// What the server can do.
    pub server: Option<DiscoInfo>,
    /// Services of the server: (kind, address), such as (`rooms`, …).
    pub services: Vec<(String, Jid)>,
    /// What its server's operators told last of an outage.
    pub outage: Option<Outage>,
    /// Whom it blocks (XEP-0191), while that is known: `None` where the server cannot block, or has not said yet.
    pub blocked: Option<HashSet<Jid>>,
    /// How many archives are being caught up with.
    pub catching_up: usize,
    /// The rows of the service browser that the user unfolded, the latest last: address and node.
    pub unfolded: Vec<(Jid, Option<String>)>,
    /// What came late in this reading of the archive, below what the user has read: how many, and where.
    pub late: Vec<(ChatId, usize)>,
}

impl Account {
    /// Whether what this address sends is blocked: itself, its bare address, or its domain (XEP-0191 §3.1).
    #[must_use]
    pub fn blocks(&self, who: &Jid) -> bool {
        let Some(blocked) = self.blocked.as_ref().filter(|blocked| !blocked.is_empty()) else { return false };
        let bare = who.bare();
        let domain = bare.domain_jid().to_jid();
        [who, &bare.to_jid(), &domain].into_iter().any(|form| blocked.contains(form))
    }

    /// An account that was just started.
    #[must_use]
    pub fn new(settings: AccountSettings) -> Self {
        Self {
            settings,
            conn: ConnState::Idle,
            connecting_since: None,
            steps: Vec::new(),
            login: Login::default(),
            bound: None,
            presence: OwnPresence::default(),
            before_auto_away: None,
            server: None,
            services: Vec::new(),
            outage: None,
            blocked: None,
            catching_up: 0,
            unfolded: Vec::new(),
            late: Vec::new(),
        }
    }

    /// The account's service of this kind, such as `rooms`.
    #[must_use]
    pub fn service(&self, kind: &str) -> Option<&Jid> {
        self.services.iter().find(|(k, _)| k == kind).map(|(_, jid)| jid)
    }

    /// The step of the login that is under way, or the next one where none runs right now.
    #[must_use]
    pub fn step(&self) -> Step {
        self.steps.last().map_or(Step::Resolve, |(step, _)| *step)
    }

    /// How long the login under way has been going on, in whole seconds.
    #[must_use]
    pub fn connecting_for(&self, now: Time) -> Option<u64> {
        let since = self.connecting_since.filter(|_| self.conn == ConnState::Connecting)?;
        Some(now.since(since).as_secs())
    }

    /// Whether the login under way takes so long that a new attempt may be better: the engine begins one when asked.
    #[must_use]
    pub fn is_login_slow(&self, now: Time) -> bool {
        self.connecting_for(now).is_some_and(|seconds| seconds >= SLOW_LOGIN)
    }

    /// Whether an address is the user's own: the account's, what the server made of that, or what it lent a guest.
    #[must_use]
    pub fn is_own(&self, jid: &BareJid) -> bool {
        let account = self.settings.id.jid();
        let bound = self.bound.as_ref().map(Jid::bare).filter(|b| self.settings.is_guest || account.may_be(b));
        jid == account || bound.is_some_and(|bound| bound == *jid)
    }

    /// The account's id.
    #[must_use]
    pub fn id(&self) -> &AccountId {
        &self.settings.id
    }
}

/// Notes how far a step of a login is. The steps stay in order; a first step that runs again begins a new list.
pub fn put_step(steps: &mut Vec<(Step, StepState)>, step: Step, state: StepState) {
    if step == Step::Resolve && matches!(state, StepState::Running(_)) {
        steps.clear();
    }
    match steps.iter_mut().find(|(s, _)| *s == step) {
        Some((_, known)) => *known = state,
        None => {
            let at = steps.partition_point(|(s, _)| *s < step);
            steps.insert(at, (step, state));
        }
    }
}

/// All accounts, in the config's order.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    /// The accounts.
    pub list: Vec<Account>,
    /// The one that commands without a chat are for.
    pub current: Option<AccountId>,
}

impl Accounts {
    /// An account.
    #[must_use]
    pub fn get(&self, id: &AccountId) -> Option<&Account> {
        self.list.iter().find(|a| a.id() == id)
    }

    /// An account, to change.
    pub fn get_mut(&mut self, id: &AccountId) -> Option<&mut Account> {
        self.list.iter_mut().find(|a| a.settings.id == *id)
    }
}
