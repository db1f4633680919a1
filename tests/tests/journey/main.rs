//! The story told once, over HTTP, in order: every number of all six endpoints.

mod live;
mod paging;
mod story;

use std::sync::Arc;

use loupe_tests::stack::Stack;

fn stack() -> anyhow::Result<Arc<Stack>> {
    Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))
}
