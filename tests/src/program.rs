//! Programs that start a stack of which they are the executable themselves.

use std::process::ExitCode;

use clap::Parser;

/// With `run` before its options does what the program is for; without it is the stack's own executable, which starts its
/// services as itself.
pub fn main<O: Parser>(run: impl FnOnce(O) -> anyhow::Result<()>) -> ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_none_or(|word| word != "run") {
        return loupe_local::cli::main();
    }
    arguments.remove(1);
    match run(O::parse_from(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
