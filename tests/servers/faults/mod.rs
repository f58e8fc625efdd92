//! The fault runner: whole parlours (the real engine and store) and the real program against real servers, through a
//! link and beside servers that break on command.
//!
//! Every random plan comes from a seed, which is printed; `PARLOUR_SEED` plays the same faults again. What must hold
//! is asked of three witnesses: the sender's database, the server's archive (asked by a client of few words) and the
//! receiver's database. They must hold the same ids, each once, in the order in which they were written.

mod cuts;
mod network;
mod panics;
mod poison;
mod program;
mod servers;
mod silence;
mod witness;

/// A small generator (xorshift), so that a seed replays a run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        // Zero would stay zero; the spreading keeps near seeds apart.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}
