//! Text as a leaf: graphemes, width, wrapping (UAX #14), cleaning, styling spans as data.
//!
//! Nothing here depends on the rest of the program: strings go in, strings and byte ranges come out, so that screen,
//! update function, engine and store measure and clean text in the same way.

pub mod clean;
pub mod colour;
pub mod contrast;
pub mod date;
pub mod emoji;
pub mod encode;
pub mod find;
pub mod grapheme;
pub mod lookalike;
mod mention;
pub mod preview;
pub mod styling;
pub mod suspect;
pub mod width;
pub mod wrap;

pub use clean::{body, is_visible, line};
pub use preview::preview;
pub use width::{fit, width};
pub use wrap::wrap;
