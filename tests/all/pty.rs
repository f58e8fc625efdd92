//! The real binary on a pseudo-terminal: it draws, quits, stops, goes on, and gives the terminal back
//! however it ends.

mod cells;
mod clock;
mod colours;
mod command_line;
mod console;
mod copying;
mod ends;
mod escapes;
mod flood;
pub mod harness;
mod idle;
mod ink;
mod odd;
mod outage;
mod outside;
mod pipes;
mod proxied;
mod refused;
mod rogue;
mod screen;
mod secrets;
mod slow;
mod start;
mod terminal;
