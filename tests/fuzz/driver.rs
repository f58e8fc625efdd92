//! Makes inputs, runs them, holds them to their time.

use crate::figures::{figure, seed};
use std::collections::HashSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One target.
pub struct Target {
    /// Its name, and that of its corpus.
    pub name: &'static str,
    /// What is tried.
    pub run: fn(&[u8]) -> u64,
    /// What inputs are likely to contain.
    pub words: &'static [&'static str],
    /// How slow it is beside the fastest; the small run does fewer of it.
    pub cost: usize,
}

/// Inputs of the small run, for the fastest target.
const SMALL: usize = 2_000;
/// Most bytes of an input; now and then, and as a rule.
const LONG: usize = 64 << 10;
const SHORT: usize = 2 << 10;
/// Parents that are kept.
const POOL: usize = 400;

/// xorshift: small, fast, the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `n`; 0 where there is nothing below.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { usize::try_from(self.roll() >> 16).unwrap() % n }
    }
}

/// Runs a target on many inputs.
pub fn fuzz(target: &Target) {
    let wanted = std::env::var("PARLOUR_FUZZ").ok().and_then(|n| n.parse::<usize>().ok());
    let count = wanted.unwrap_or(SMALL / target.cost);
    // An unoptimised build is ten times slower, and says nothing of time.
    let limit = Duration::from_millis(if wanted.is_some() { 50 } else { 5_000 });
    let seed = seed();
    println!("{}: seed {seed}, {count} inputs", target.name);
    let mut dice = Dice::new(seed);
    let mut pool = corpus(target.name);
    let whole = pool.len();
    let mut shapes = HashSet::new();
    let mut slowest = Duration::ZERO;
    for i in 0..count {
        let input = if i < whole { pool[i].clone() } else { make(target, &pool, &mut dice) };
        let (shape, took) = run(target, &input, limit, seed);
        slowest = slowest.max(took);
        if shapes.insert(shape) && i >= whole {
            if pool.len() < whole + POOL {
                pool.push(input);
            } else {
                pool[whole + dice.below(POOL)] = input;
            }
        }
    }
    let (slowest, memory) = (slowest.as_secs_f64() * 1e3, memory());
    let words = format!(
        "{count} inputs, {} shapes: 0 panics, slowest {slowest:.1} ms, memory at most {memory} MB; seed {seed}",
        shapes.len()
    );
    println!("{}: {words}", target.name);
    if wanted.is_some() {
        assert!(memory < 256, "{}: {memory} MB", target.name);
        figure("R-20", target.name, &words);
    }
}

/// The most memory that this process has had, in MB.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn run(target: &Target, input: &[u8], limit: Duration, seed: u64) -> (u64, Duration) {
    let mut least = Duration::MAX;
    // A machine that was busy elsewhere gets another chance: three times too slow is slow.
    for _ in 0..3 {
        let began = cpu();
        let Ok(shape) = catch_unwind(AssertUnwindSafe(|| (target.run)(input))) else {
            panic!("{}: panicked (seed {seed}); the input is {}", target.name, keep(target, input));
        };
        least = least.min(cpu().saturating_sub(began));
        if least <= limit {
            return (shape, least);
        }
    }
    panic!("{}: took {least:?} (seed {seed}); the input is {}", target.name, keep(target, input))
}

/// The time that this thread has computed: other programs do not count.
fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(now.tv_sec).unwrap(), u32::try_from(now.tv_nsec).unwrap())
}

/// Writes an input down for later.
fn keep(target: &Target, input: &[u8]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz-failures");
    fs::create_dir_all(&folder).unwrap();
    let sum = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    let path = folder.join(format!("{}-{sum:016x}", target.name));
    fs::write(&path, input).unwrap();
    let shown: String = String::from_utf8_lossy(input).chars().take(300).flat_map(char::escape_debug).collect();
    format!("{}: {shown}", path.display())
}

/// The files of the corpus, in order of their names.
pub fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths.iter().map(|p| fs::read(p).unwrap()).collect()
}

/// Bytes that break things more often than others.
const ODD: &[&[u8]] = &[
    b"\0",
    b"\x1b",
    b"\x1b[2J",
    b"\x7f",
    b"\xc2\x9b",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\r\n",
    b"\t",
    b" ",
    b"'",
    b"\"",
    b"<",
    b">",
    b"/>",
    b"&",
    b"&amp;",
    b"&#0;",
    b"&#x9b;",
    b"&lt;",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<?x?>",
    b"<!DOCTYPE",
    b"-1",
    b"0",
    b"4294967296",
    b"18446744073709551616",
    b"1e309",
    b"@",
    b"/",
    "\u{202e}".as_bytes(),
    "\u{2066}".as_bytes(),
    "\u{200d}".as_bytes(),
    "\u{301}".as_bytes(),
    "👩‍👩‍👧‍👦".as_bytes(),
    "宽".as_bytes(),
    "ﷺ".as_bytes(),
    "\u{feff}".as_bytes(),
    "\u{e0001}".as_bytes(),
    "ı".as_bytes(),
    "ß".as_bytes(),
    "🇩🇪".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{ad}".as_bytes(),
    "İ".as_bytes(),
];

fn make(target: &Target, pool: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = pool[dice.below(pool.len())].clone();
    for _ in 0..=dice.below(6) {
        mutate(target, pool, dice, &mut input);
    }
    let most = if dice.below(200) == 0 { LONG } else { SHORT };
    input.truncate(most);
    input
}

fn mutate(target: &Target, pool: &[Vec<u8>], dice: &mut Dice, input: &mut Vec<u8>) {
    let at = dice.below(input.len() + 1);
    match dice.below(11) {
        0 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
        1 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = u8::try_from(dice.below(256)).unwrap();
            }
        }
        2 => put(input, at, ODD[dice.below(ODD.len())]),
        3 | 4 if !target.words.is_empty() => put(input, at, target.words[dice.below(target.words.len())].as_bytes()),
        3..=5 => cut(dice, input, at),
        6 => {
            // A piece again, or many times.
            let (from, to) = span(dice, input);
            let piece = input[from..to].to_vec();
            let times = if dice.below(10) == 0 { 1 + dice.below(300) } else { 1 };
            put(input, at, &piece.repeat(times.min(LONG / (piece.len() + 1))));
        }
        7 => {
            // The start of this one, the end of another, joined where both have the same byte if may be.
            let other = &pool[dice.below(pool.len())];
            let join = dice.below(other.len() + 1);
            let join = other[join..].iter().position(|b| Some(b) == input.get(at)).map_or(join, |i| join + i);
            input.truncate(at);
            input.extend_from_slice(&other[join..]);
        }
        8 => {
            let other = &pool[dice.below(pool.len())];
            let (from, to) = span(dice, other);
            put(input, at, &other[from..to]);
        }
        9 => number(dice, input),
        _ => {
            // A word that stands there becomes another.
            let (from, to) = word(input, at);
            input.drain(from..to);
            if !target.words.is_empty() {
                put(input, from, target.words[dice.below(target.words.len())].as_bytes());
            }
        }
    }
}

fn put(input: &mut Vec<u8>, at: usize, what: &[u8]) {
    input.splice(at..at, what.iter().copied());
}

fn span(dice: &mut Dice, bytes: &[u8]) -> (usize, usize) {
    let from = dice.below(bytes.len() + 1);
    let length = if dice.below(3) == 0 { bytes.len() } else { 40 };
    (from, (from + dice.below(length + 1)).min(bytes.len()))
}

fn cut(dice: &mut Dice, input: &mut Vec<u8>, at: usize) {
    let most = if dice.below(4) == 0 { input.len() + 1 } else { 12 };
    let length = dice.below(most);
    input.drain(at..(at + length).min(input.len()));
}

fn word(input: &[u8], at: usize) -> (usize, usize) {
    let is_in = |b: &u8| b.is_ascii_alphanumeric() || b":-_.#+".contains(b);
    let from = input[..at].iter().rposition(|b| !is_in(b)).map_or(0, |i| i + 1);
    let to = input[at..].iter().position(|b| !is_in(b)).map_or(input.len(), |i| at + i);
    (from, to)
}

/// Some number becomes an extreme one.
fn number(dice: &mut Dice, input: &mut Vec<u8>) {
    const EXTREMES: &[&str] = &[
        "0",
        "-1",
        "1",
        "127",
        "128",
        "255",
        "256",
        "32768",
        "65535",
        "65536",
        "2147483648",
        "4294967295",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "99999999999999999999999",
        "007",
        "1.5",
    ];
    let starts: Vec<usize> = (0..input.len())
        .filter(|i| input[*i].is_ascii_digit() && (*i == 0 || !input[*i - 1].is_ascii_digit()))
        .collect();
    let Some(from) = starts.get(dice.below(starts.len())).copied() else { return };
    let to = input[from..].iter().position(|b| !b.is_ascii_digit()).map_or(input.len(), |i| from + i);
    input.splice(from..to, EXTREMES[dice.below(EXTREMES.len())].bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slow(_: &[u8]) -> u64 {
        let began = cpu();
        while cpu().saturating_sub(began) < Duration::from_millis(5) {}
        0
    }

    /// The driver itself can fail: a target that panics on a rare word, or is slow, is found and its input is named.
    #[test]
    fn a_fault_behind_a_word_of_the_dictionary_is_found() {
        fn run(bytes: &[u8]) -> u64 {
            assert!(!String::from_utf8_lossy(bytes).contains("eval=7"), "found");
            bytes.len() as u64 % 7
        }
        let target = Target { name: "jid", run, words: &["eval", "=7"], cost: 1 };
        let mut dice = Dice::new(1);
        let pool = corpus("jid");
        let found = (0..200_000).any(|_| {
            let input = make(&target, &pool, &mut dice);
            String::from_utf8_lossy(&input).contains("eval=7")
        });
        assert!(found);
        let caught = catch_unwind(|| super::run(&target, b"eval=7", Duration::from_secs(1), 1));
        let words = *caught.unwrap_err().downcast::<String>().unwrap();
        assert!(words.contains("seed 1") && words.contains("target/fuzz-failures/jid-"), "{words}");
        let target = Target { name: "jid", run: slow, words: &[], cost: 1 };
        assert!(catch_unwind(|| super::run(&target, b"x", Duration::from_millis(2), 1)).is_err());
    }

    #[test]
    fn the_same_seed_makes_the_same_inputs() {
        let target = Target { name: "jid", run: |_| 0, words: &["a"], cost: 1 };
        let pool = corpus("jid");
        let inputs = |seed| {
            let mut dice = Dice::new(seed);
            (0..100).map(|_| make(&target, &pool, &mut dice)).collect::<Vec<_>>()
        };
        assert_eq!(inputs(3), inputs(3));
        assert_ne!(inputs(3), inputs(4));
    }
}
