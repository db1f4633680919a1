//! Whether a route understands a query string, without asking the database: for fuzzing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use loupe_service::problem::Problem;

use crate::page::{Cursor, fingerprint};
use crate::parameters::Parameters;
use crate::resource::Resource;
use crate::routes::api;

/// Reads a query string and a cursor that this key signed.
pub(crate) type Reader = fn(&str, &str) -> Result<(), Problem>;

static READERS: LazyLock<BTreeMap<&'static str, Reader>> = LazyLock::new(|| api().readers.into_iter().collect());

/// The names of the routes that take a query string.
#[must_use]
pub fn understood() -> Vec<&'static str> {
    READERS.keys().copied().collect()
}

/// Whether a route understands a query string; `None` when there is no such route.
///
/// Whatever the text, this ends with a 400 that names a parameter, or with nothing to say.
#[must_use]
pub fn understand(route: &str, query: &str, cursor_key: &str) -> Option<Result<(), Problem>> {
    READERS.get(route).map(|read| read(query, cursor_key))
}

/// Reads a query string of `R`.
///
/// # Errors
/// 400 that names the parameter.
pub(crate) fn read<R: Resource>(query: &str, cursor_key: &str) -> Result<(), Problem> {
    let parameters = Parameters::read(query, &R::TAKES)?;
    let fingerprint = fingerprint(R::NAME, "", &parameters);
    let cursor = parameters.values.get("cursor");
    cursor.map_or(Ok(()), |text| Cursor::verify(text, cursor_key, &fingerprint).map(drop))
}
