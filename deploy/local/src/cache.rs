//! Where downloaded parts are kept, outside the repository and the data directory.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};

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

/// The directory of what `pins` say, in this folder of the cache: filled once, whoever comes first.
///
/// # Errors
/// The cache cannot be used, or `fill` failed; it is tried again the next time.
pub async fn filled(
    folder: &str,
    pins: &[u8],
    fill: impl AsyncFnOnce(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<PathBuf> {
    let root = directory()?.join(folder);
    std::fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
    let _lock = lock(root.join("lock")).await?;
    let home = root.join(hex::encode(&Sha256::digest(pins)[..8]));
    let done = home.join("done");
    if !done.exists() {
        fill(&home).await?;
        std::fs::write(done, "")?;
    }
    Ok(home)
}

/// Waits for another process that fills the same.
pub(crate) async fn lock(path: PathBuf) -> anyhow::Result<File> {
    let locked = tokio::task::spawn_blocking(move || -> io::Result<File> {
        let file = File::options().create(true).append(true).open(path)?;
        file.lock()?;
        Ok(file)
    });
    locked.await?.context("cannot lock the cache")
}

/// A directory of the XDG base directory specification: `variable`, else `fallback` in the home directory.
pub(crate) fn user_directory(variable: &str, fallback: &str) -> anyhow::Result<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let at_home = || std::env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(fallback));
    named.or_else(at_home).context("the user has no home directory")
}
