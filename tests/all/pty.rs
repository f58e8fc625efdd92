//! The real binary on a pseudo-terminal.
