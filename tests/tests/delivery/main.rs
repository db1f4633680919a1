//! However the story is delivered (three times over in disorder, in foreign Avro, through crashes), the answers are
//! those of the clean delivery.

mod crash;
mod foreign;
mod repeated;

use std::sync::Arc;

use loupe_tests::stack::Stack;

fn stack() -> anyhow::Result<Arc<Stack>> {
    Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))
}
