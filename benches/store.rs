//! The store with a million messages: writing, opening a chat, paging, searching.
//!
//! `cargo bench --bench store` makes the history once, under `target/`, and measures on a copy of it.
//! `cargo bench --bench store -- seed <folder> <account> <messages> [<contact>]` only fills a profile, for
//! the benchmarks that start the whole program; with a contact, all is in one chat and message `n` begins
//! with `m` and its number.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot begin has nothing to measure")]
#![allow(clippy::print_stdout, reason = "it tells what it made")]

use criterion::{Criterion, Throughput};
use parlour::contract::archive::PageFrom;
use parlour::contract::{Batch, Entry, Query, Reply, UserWrite, Write};
use parlour::model::{AccountId, ArchiveId, BareJid, ChatId, ChatKind, Message, Order, Time};
use parlour::store::{Store, StoreOutputs};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Messages of the big history.
const MANY: i64 = 1_000_000;
/// 2026-01-01, in milliseconds.
const BEGIN: i64 = 1_767_225_600_000;

struct Bench {
    store: Store,
    outputs: StoreOutputs,
    batches: mpsc::Sender<Batch>,
    account: AccountId,
    /// All messages are with this one.
    only: Option<BareJid>,
    seq: u64,
    said: i64,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [word, dir, account, messages, contact @ ..] = args.as_slice()
        && word == "seed"
    {
        let account = AccountId(BareJid::parse(account).unwrap());
        let only = contact.first().map(|c| BareJid::parse(c).unwrap());
        Bench { only, ..Bench::open(Path::new(dir), account) }.seed(messages.parse().unwrap());
        return;
    }
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    let mut bench = Bench::with_history();
    bench.write(&mut criterion);
    bench.read(&mut criterion);
    criterion.final_summary();
    bench.store.close();
}

/// The text of message `n`: a common word in all, a rarer one, one of its own, and Chinese in some.
fn body(n: i64) -> String {
    let rare = if n % 10_000 == 0 { " nightingale" } else { "" };
    let chinese = if n % 1000 == 7 { " 我们今天去北京大学看书" } else { "" };
    format!("the lark {} sings so out of tune, straining harsh discords{rare}{chinese} number{n}", n % 97)
}

impl Bench {
    fn open(dir: &Path, account: AccountId) -> Self {
        let mut store = Store::open(dir).unwrap();
        let outputs = store.take_outputs().unwrap();
        let (batches, _) = store.attach(&account);
        Self { store, outputs, batches, account, only: None, seq: 0, said: 0 }
    }

    fn with_history() -> Self {
        let account = AccountId(BareJid::parse("you@bench.test").unwrap());
        let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench-store");
        if !kept.join("made").exists() {
            let start = Instant::now();
            Self::open(&kept, account.clone()).seed(MANY);
            std::fs::write(kept.join("made"), "").unwrap();
            println!("made a history of {MANY} messages in {:.1} s", start.elapsed().as_secs_f64());
        }
        let copy = kept.with_file_name("bench-store-run");
        std::fs::create_dir_all(&copy).unwrap();
        for stale in ["history.db-wal", "history.db-shm"] {
            // Left by a run that was ended; where there is none, nothing is to be removed.
            let _ = std::fs::remove_file(copy.join(stale));
        }
        std::fs::copy(kept.join("history.db"), copy.join("history.db")).unwrap();
        Self::open(&copy, account)
    }

    /// Nine in ten messages are with one contact, the rest with twenty others; in pages of an archive, as
    /// a first catch-up would bring them, oldest first here.
    fn seed(mut self, messages: i64) {
        self.accept();
        for from in (0..messages).step_by(250) {
            let page = (from..(from + 250).min(messages)).map(|n| self.message(n, true)).collect();
            let archive = self.account.0.clone();
            self.commit(vec![Write::Page { archive, messages: page, after: None, before: None, is_late: false }]);
        }
        self.store.close();
    }

    /// Everybody is accepted: strangers have a budget.
    fn accept(&mut self) {
        let friends = (0..20).map(|n| format!("friend{n}@bench.test")).chain(["juliet@bench.test".to_owned()]);
        let all = friends.map(|jid| BareJid::parse(&jid).unwrap()).chain(self.only.clone());
        for jid in all.collect::<Vec<_>>() {
            let chat = ChatId::new(self.account.clone(), jid);
            let write = UserWrite::Listed { chat, kind: ChatKind::Contact, is_open: true, is_accepted: true };
            self.store.writes.blocking_send(write).unwrap();
        }
    }

    fn big(&self) -> ChatId {
        ChatId::new(self.account.clone(), BareJid::parse("juliet@bench.test").unwrap())
    }

    fn message(&self, n: i64, is_archived: bool) -> Message {
        let chat = if let Some(only) = &self.only {
            ChatId::new(self.account.clone(), only.clone())
        } else if n % 10 == 9 {
            ChatId::new(self.account.clone(), BareJid::parse(&format!("friend{}@bench.test", n / 10 % 20)).unwrap())
        } else {
            self.big()
        };
        let archive = ArchiveId { by: self.account.0.clone(), id: format!("archive-id-of-{n:016x}") };
        let from = chat.address.bare().with_resource("balcony").unwrap();
        let body = self.only.as_ref().map_or_else(|| body(n), |_| format!("m{n:06} {}", body(n)));
        let mut message = Message::new(chat, ChatKind::Contact, from, body, Time(BEGIN + n * 20_000));
        message.is_delayed = is_archived;
        message.ids.stanza = Some(format!("{:032x}", n * 0x9e37_79b9).into());
        message.ids.archive = Some(archive);
        message
    }

    fn commit(&mut self, writes: Vec<Write>) {
        self.seq += 1;
        let entries = writes.into_iter().map(Entry::Write).collect::<Vec<_>>();
        // A page makes one event, a message another.
        let mut awaited = entries.len();
        let account = self.account.clone();
        self.batches
            .blocking_send(Batch { account, seq: self.seq, is_durable: false, counted: None, entries })
            .unwrap();
        while awaited > 0 {
            awaited -= self.outputs.committed.blocking_recv().unwrap().events.len();
        }
    }

    fn ask(&mut self, query: Query) -> Reply {
        self.store.queries.blocking_send(query).unwrap();
        self.outputs.replies.blocking_recv().unwrap()
    }

    fn write(&mut self, criterion: &mut Criterion) {
        let mut group = criterion.benchmark_group("write on top of 1,000,000");
        group.throughput(Throughput::Elements(1000));
        group.bench_function("1,000 live messages, indexed", |b| {
            b.iter_custom(|rounds| {
                let mut spent = Duration::ZERO;
                for _ in 0..rounds {
                    let from = MANY + self.said;
                    self.said += 1000;
                    let writes =
                        (from..from + 1000).map(|n| Write::Message(Box::new(self.message(n, false)))).collect();
                    let start = Instant::now();
                    self.commit(writes);
                    spent += start.elapsed();
                }
                spent
            });
        });
        group.finish();
    }

    fn read(&mut self, criterion: &mut Criterion) {
        let mut group = criterion.benchmark_group("read from 1,000,000");
        let account = self.account.clone();
        group.bench_function("the chats of an account", |b| {
            b.iter(|| black_box(self.ask(Query::Chats { account: account.clone() })));
        });
        let chat = self.big();
        let middle = Order((BEGIN + MANY / 2 * 20_000) * 1000);
        for (name, from) in [("newest page", PageFrom::Newest), ("page up, in the middle", PageFrom::Before(middle))] {
            group.bench_function(name, |b| {
                b.iter(|| black_box(self.ask(Query::Page { chat: chat.clone(), from, limit: 100, seq: 1 })));
            });
        }
        let friend = ChatId::new(self.account.clone(), BareJid::parse("friend3@bench.test").unwrap());
        for (name, words, chat) in [
            ("search the commonest word", "lark", None),
            ("search a rare word", "nightingale", None),
            ("search the beginning of the commonest word", "la", None),
            ("search the beginning of a rare word", "nighti", None),
            ("search two words", "lark nightingale", None),
            ("search two Chinese characters", "北京", None),
            ("search a word that is nowhere", "zeppelin", None),
            ("search a rare word in another chat", "nightingale", Some(friend.clone())),
            ("search a common word in one chat", "lark", Some(friend)),
        ] {
            group.bench_function(name, |b| {
                b.iter(|| {
                    let (words, chat) = (words.to_owned(), chat.clone());
                    black_box(self.ask(Query::Search { account: None, chat, words, limit: 50, before: None, seq: 1 }))
                });
            });
        }
        group.finish();
    }
}
