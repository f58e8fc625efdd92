//! The real binary on a pseudo-terminal: it draws, quits, stops, goes on, and gives the terminal back
//! however it ends.

mod command_line;
mod harness;
mod start;
mod terminal;
