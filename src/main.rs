//! Parse flags, run, say what went wrong.

use parlour::text::encode;
use std::{error::Error, process::ExitCode};

fn main() -> ExitCode {
    let args = match parlour::cli::parse(std::env::args_os()) {
        Ok(args) => args,
        // Help and version are our own words; the rest repeats what was typed, which a script may have from anywhere.
        Err(told) if !told.use_stderr() => told.exit(),
        Err(told) => {
            eprint!("{}", encode::lines(&told.render().to_string()));
            return ExitCode::from(2);
        }
    };
    match parlour::run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fatal) => {
            eprintln!("parlour: {}", encode::lines(&fatal.to_string()));
            let mut source = fatal.source();
            while let Some(cause) = source {
                eprintln!("  because: {}", encode::lines(&cause.to_string()));
                source = cause.source();
            }
            ExitCode::from(fatal.exit_code())
        }
    }
}
