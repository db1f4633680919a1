//! Programs that start a stack of which they are the executable themselves.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use crate::stack::Stack;

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

/// Works with a stack of its own, run by this executable; when the work fails, what the stack said last is in the error.
///
/// # Errors
/// The stack did not start, or those of the work.
pub async fn with_stack<T>(
    executable: &Path,
    work: impl AsyncFnOnce(&Stack) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    with_stack_told(executable, &[], work).await
}

/// The same, with settings of its services as environment variables.
///
/// # Errors
/// The stack did not start, or those of the work.
pub async fn with_stack_told<T>(
    executable: &Path,
    variables: &[(&str, &str)],
    work: impl AsyncFnOnce(&Stack) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let stack = Stack::start_with(executable, variables)?;
    work(&stack).await.with_context(|| stack.tails())
}
