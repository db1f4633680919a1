//! For every event field and every endpoint parameter a wrong value gets a clear error that names it.

mod events;
mod parameters;

use std::sync::Arc;

use loupe_tests::stack::Stack;

fn stack() -> anyhow::Result<Arc<Stack>> {
    Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))
}
