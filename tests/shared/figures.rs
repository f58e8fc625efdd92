//! The size of a test, and the figures that it measured. `tests/run` runs everything small; `tests/run --full` sets
//! `PARLOUR_FULL=1` for the whole counts, and `PARLOUR_FIGURES` to the file that docs/robustness.md is made from.

use std::io::Write;

/// Whether the whole counts are wanted.
pub fn is_full() -> bool {
    std::env::var_os("PARLOUR_FULL").is_some_and(|v| v == "1")
}

/// A count: small on every push, whole in the full run.
pub fn scale<T>(small: T, full: T) -> T {
    if is_full() { full } else { small }
}

/// The seed of a random test: `PARLOUR_SEED`, or a new one. The test prints it; the same seed plays the same faults.
pub fn seed() -> u64 {
    let given = std::env::var("PARLOUR_SEED").ok().and_then(|s| s.parse().ok());
    given.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        u64::try_from(now.map_or(0, |d| d.as_nanos()) & 0xffff_ffff).unwrap_or_default()
    })
}

/// Tells what a row measured, such as `figure("R-01", "prosody", "10,000 each way, 200 cuts: 0 lost, 0 doubled; seed 7")`.
pub fn figure(row: &str, against: &str, words: &str) {
    println!("FIGURE\t{row}\t{against}\t{words}");
    let Some(path) = std::env::var_os("PARLOUR_FIGURES") else { return };
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).expect("the figures' file opens");
    writeln!(file, "{row}\t{against}\t{words}").expect("the figure is written");
}
