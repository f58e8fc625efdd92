//! The scanner: hostile input, and the same frames however the bytes are cut.
