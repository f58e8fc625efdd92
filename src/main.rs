//! Parse flags, run, say what went wrong.

fn main() {}
