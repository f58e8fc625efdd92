//! Text as a leaf: graphemes, width, wrapping (UAX #14), sanitising, styling spans as data.
