//! What a route answers: a list of rows, page by page, or one report.

use std::future::Future;

use axum::response::Response;
use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::changes::Changes;
use crate::json::Row;
use crate::parameters::{Selection, Takes};
use crate::store::Store;

/// What every route is: its name, who may ask, with which parameters.
pub(crate) trait Resource: Send + Sync + 'static {
    /// Its name in cursors, metrics and the API's description.
    const NAME: &'static str;
    /// What it answers, in a sentence.
    const ABOUT: &'static str;
    /// What a key must be allowed.
    const SCOPE: Scope;
    /// The parameters it takes.
    const TAKES: Takes;
    /// When time alone next changes the answer.
    const CHANGES: Changes = Changes::Never;

    /// What the path names beside a collection: a statement with one row that has its `collection_id`, none when it does
    /// not exist, and what is said then.
    const NEEDS: Option<(&'static str, &'static str)> = None;

    /// Narrows a selection to what the route is about.
    fn narrow(_selection: &mut Selection) {}
}

/// A list of rows: paged as JSON, whole as CSV, NDJSON or Parquet.
pub(crate) trait List: Resource {
    /// The columns of its tables: JSON pointers into a row without the leading slash.
    const COLUMNS: &'static [&'static str];
    /// The statements of a window of its rows, ascending and descending.
    const PAGES: [&'static str; 2];
    /// A row as it is shown.
    type Shown: Serialize + ToSchema + Send + Sync;
    /// The members beside `data` and `meta`, such as `summary`.
    type Members: Serialize + ToSchema + Send;

    /// How rows are shown, in their order.
    fn show(
        store: &Store,
        selection: &Selection,
        rows: &[Row],
    ) -> impl Future<Output = Result<Vec<Self::Shown>, Problem>> + Send;

    /// The rows' media as file names, on lists whose `format` takes a form of them.
    fn names(
        _store: &Store,
        _selection: &Selection,
        _form: FileNames,
    ) -> impl Future<Output = Result<Response, Problem>> + Send {
        async { Err(Problem::not_found("this list has no file names")) }
    }

    /// What is said of all selected rows; it is read while the page is.
    fn summary(
        store: &Store,
        selection: &Selection,
    ) -> impl Future<Output = Result<Summary<Self::Members>, Problem>> + Send;

    /// Adds to the members what is said of the rows of this page alone.
    fn complete(_members: &mut Self::Members, _entries: &[Entry<Self::Shown>]) {}
}

/// One document about a selection.
pub(crate) trait Report: Resource {
    /// The columns of its tables, when its data are rows: JSON pointers into a row without the leading slash.
    const COLUMNS: &'static [&'static str] = &[];
    /// The member `data`.
    type Data: Serialize + ToSchema + Send;
    /// The members beside `data` and `meta`.
    type Members: Serialize + ToSchema + Send;

    /// What the report says.
    fn answer(
        store: &Store,
        selection: &Selection,
    ) -> impl Future<Output = Result<(Self::Data, Self::Members), Problem>> + Send;
}

/// One row of a list: what it is sorted by, and how it is shown.
pub(crate) struct Entry<S> {
    pub(crate) row: Row,
    pub(crate) shown: S,
}

/// What is said of all selected rows.
pub(crate) struct Summary<M> {
    /// How many rows all pages list together.
    pub(crate) total: u64,
    /// Members beside `data` and `meta`.
    pub(crate) members: M,
}

/// No members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoMembers {}

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
    NdJson,
    Parquet,
    /// The file names of the rows' media.
    Names(FileNames),
}

/// How file names are written, on lists that have them (rule 129).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileNames {
    Lightroom,
    CaptureOne,
    Finder,
    /// One a line.
    Lines,
    /// An archive of one XMP file for each name.
    Sidecars,
}

impl Format {
    /// The format of a word of the parameter `format`.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        match word {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "ndjson" => Some(Self::NdJson),
            "parquet" => Some(Self::Parquet),
            "lightroom" => Some(Self::Names(FileNames::Lightroom)),
            "capture_one" => Some(Self::Names(FileNames::CaptureOne)),
            "finder" => Some(Self::Names(FileNames::Finder)),
            "txt" => Some(Self::Names(FileNames::Lines)),
            "xmp" => Some(Self::Names(FileNames::Sidecars)),
            _ => None,
        }
    }

    /// The media type that it is asked for by, with the type's family; none when another format is asked for by it.
    pub(crate) fn accepted_as(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Json => Some(("application/json", "application/*")),
            Self::Csv => Some(("text/csv", "text/*")),
            Self::NdJson => Some(("application/x-ndjson", "application/*")),
            Self::Parquet => Some(("application/vnd.apache.parquet", "application/*")),
            Self::Names(FileNames::Lines) => Some(("text/plain", "text/*")),
            Self::Names(FileNames::Sidecars) => Some(("application/zip", "application/*")),
            Self::Names(_) => None,
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::NdJson => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Names(FileNames::Sidecars) => "application/zip",
            Self::Names(_) => "text/plain; charset=utf-8",
        }
    }
}
