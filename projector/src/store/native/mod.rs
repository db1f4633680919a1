//! Rows as one block of ClickHouse's Native format: column by column, so that the server copies where it would parse.
//!
//! ```text
//! layout   a column's type as the server spells it → how its values lie in a block
//! pieces   bytes that are appended to and never moved
//! values   the values of one column, appended one after the other
//! block    rows through serde into the columns of one block
//! ```
//! Measured on 20 columns: the engine takes 9.2M rows/s of Native, 2.5M of Arrow and 0.78M of RowBinary.

/// Serde's kinds of values that a serializer refuses, each with what it says of them.
macro_rules! refused {
    ($($method:ident($($of:ty),*) -> $answer:ty),+ $(,)?) => {
        $(fn $method(self, $(_: $of),*) -> Result<$answer, NativeError> {
            Err(self.refusal(stringify!($method)))
        })+
    };
}

mod block;
mod layout;
mod pieces;
mod values;

pub(super) use block::{Block, Columns};

/// Why rows do not fit a table.
#[derive(Debug, thiserror::Error)]
pub(super) enum NativeError {
    /// The table lacks a column that rows have.
    #[error("the table has no column `{0}`")]
    NoColumn(&'static str),
    /// A type that no row of ours has.
    #[error("the type `{0}` cannot be written")]
    UnknownType(String),
    /// A value of another kind than its column.
    #[error("{0}")]
    Mismatch(String),
}

impl serde::ser::Error for NativeError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Mismatch(message.to_string())
    }
}
