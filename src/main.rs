//! Parse flags, run, say what went wrong.

use std::{error::Error, process::ExitCode};

fn main() -> ExitCode {
    let args = match parlour::cli::parse(std::env::args_os()) {
        Ok(args) => args,
        Err(told) => told.exit(),
    };
    match parlour::run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fatal) => {
            eprintln!("parlour: {fatal}");
            let mut source = fatal.source();
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::from(fatal.exit_code())
        }
    }
}
