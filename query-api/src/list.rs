//! What a list is: its rows, what is said of all of them, and a request for some of them.

use std::future::Future;

use loupe_schemas::position::Position;
use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde_json::Value;

use crate::json::Row;
use crate::page::Window;
use crate::parameters::{Parameters, Selection, Takes};
use crate::store::Store;

/// One row of a list: what it is sorted by, and how it is shown.
pub(crate) struct Entry {
    pub(crate) row: Row,
    pub(crate) shown: Value,
}

/// One list of the API.
pub(crate) trait Endpoint: Send + Sync + 'static {
    /// Its name in cursors and logs.
    const NAME: &'static str;
    /// What a key must be allowed.
    const SCOPE: Scope;
    /// The parameters it takes.
    const TAKES: Takes;
    /// The columns of its CSV: JSON pointers into a row without the leading slash.
    const COLUMNS: &'static [&'static str];

    /// Narrows a selection to what the list is about.
    fn narrow(_selection: &mut Selection) {}

    /// The rows of a window of the selection, in its order.
    fn entries(
        store: &Store,
        selection: &Selection,
        window: &Window,
    ) -> impl Future<Output = Result<Vec<Entry>, Problem>> + Send;

    /// What is said of all selected rows, and members beside `data` made of this page's `entries`.
    fn summary(
        store: &Store,
        selection: &Selection,
        entries: &[Entry],
    ) -> impl Future<Output = Result<Summary, Problem>> + Send;
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
    NdJson,
}

/// A request that was understood and is allowed.
pub(crate) struct Asked {
    pub(crate) parameters: Parameters,
    pub(crate) window: Window,
    pub(crate) page: u64,
    pub(crate) format: Format,
    /// What cursors of this query carry.
    pub(crate) query: String,
    pub(crate) position: Position,
    pub(crate) path: String,
}

/// What is said of all selected rows.
pub(crate) struct Summary {
    /// How many rows all pages list together.
    pub(crate) total: u64,
    /// Members beside `data` and `meta`, such as `summary`.
    pub(crate) members: Vec<(&'static str, Value)>,
}
