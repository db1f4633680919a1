//! Where downloaded parts are kept, outside the repository and the data directory.

use std::path::PathBuf;

use anyhow::Context;

/// The environment variable that names the cache directory.
pub const VARIABLE: &str = "LOUPE_CACHE_DIR";

/// The cache directory: `LOUPE_CACHE_DIR`, else `loupe` in the user's cache directory.
///
/// # Errors
/// There is no home directory, or the directory cannot be made.
pub fn directory() -> anyhow::Result<PathBuf> {
    let path = match std::env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => user_directory("XDG_CACHE_HOME", ".cache").context("set LOUPE_CACHE_DIR")?.join("loupe"),
    };
    std::fs::create_dir_all(&path).with_context(|| format!("cannot make the cache directory {}", path.display()))?;
    std::path::absolute(&path).with_context(|| format!("cannot find the cache directory {}", path.display()))
}

/// A directory of the XDG base directory specification: `variable`, else `fallback` in the home directory.
pub(crate) fn user_directory(variable: &str, fallback: &str) -> anyhow::Result<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let at_home = || std::env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(fallback));
    named.or_else(at_home).context("the user has no home directory")
}
