//! What takes a person out of rows that a new generation leaves behind.
//!
//! Mutations keep their text, so none says whom it is about but by a hash.

/// A statement, and what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

macro_rules! statements {
    ($($name:literal),+ $(,)?) => {
        &[$(Statement { name: $name, sql: include_str!(concat!($name, ".sql")) }),+]
    };
}

/// Every statement but the last, in their order. Where the person is in no key, rows are changed where they stand; else they
/// are copied and then deleted. So no count is lost, whether or not a new generation outranks a row.
pub(super) const STATEMENTS: &[Statement] = statements![
    "favorite_notes",
    "favorites",
    "share_links",
    "link_visitor_copies",
    "link_visitors",
    "downloads",
    "deliveries",
    "identity_daily_copies",
    "identity_daily",
    "events",
];

/// The last: the order to erase goes when all else is done.
pub(super) const ORDER: Statement = Statement { name: "clients", sql: include_str!("clients.sql") };
