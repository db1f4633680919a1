//! The engine's shared library: fetched once, checked, kept in a cache.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

/// The npm package that carries the library for x86-64 Linux with glibc.
pub const PACKAGE: &str = "@chdb/lib-linux-x64-gnu";
/// The pinned version of the package.
pub const VERSION: &str = "26.7.3-stable.1";
/// The SHA-256 of the library in that version.
pub const SHA256: &str = "36ad4e999882821ef13cf2d0f52c93f48e6ee1b4498b35a201c23ce4b8d15bf5";

const FILE_NAME: &str = "libchdb.so";
/// Begins the names of directories in which one is fetched.
const STAGING: &str = ".fetch-";
const PATH_IN_PACKAGE: &str = "package/libchdb.so";
const COPY_BYTES: usize = 1 << 20;

/// Why there is no library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// This machine cannot run it.
    #[error("the engine's library exists only for x86-64 Linux")]
    Platform,
    /// There is no place for the cache.
    #[error("the user has no home directory: set LOUPE_CACHE_DIR")]
    NoHome,
    /// A file of the cache cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file or directory.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The npm client cannot be started.
    #[error("cannot start npm, which fetches the engine ({0}); install Node.js, or put the library at {1}")]
    NpmMissing(io::Error, PathBuf),
    /// The npm client could not fetch the package.
    #[error("npm could not fetch {PACKAGE}@{VERSION}: {0}")]
    Npm(String),
    /// The package holds no library.
    #[error("{PACKAGE}@{VERSION} holds no {PATH_IN_PACKAGE}")]
    Absent,
    /// What was fetched is not what was pinned.
    #[error("{path} has SHA-256 {found}, but {SHA256} is expected")]
    Checksum {
        /// The file.
        path: PathBuf,
        /// Its checksum.
        found: String,
    },
}

/// Where things are cached when nothing else is said: `$LOUPE_CACHE_DIR`, else `loupe` in `$XDG_CACHE_HOME`, else in
/// `~/.cache`.
///
/// # Errors
/// Nothing is said, and the user has no home directory: a directory that others may write to is no place for code.
pub fn default_cache_dir() -> Result<PathBuf, LibraryError> {
    let named = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(directory) = named("LOUPE_CACHE_DIR") {
        return Ok(directory);
    }
    let base = named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")));
    Ok(base.ok_or(LibraryError::NoHome)?.join("loupe"))
}

/// The library's path in `cache_dir`, fetched with `npm pack` if it is not there; `progress` hears what takes long.
///
/// Several processes may call this at once: one fetches, the others wait. A library in the cache was checked before it
/// got its name, so it is trusted without hashing half a gigabyte again.
///
/// # Errors
/// npm is missing or fails, the disk is full, or the checksum differs.
pub fn ensure_library(cache_dir: &Path, progress: &dyn Fn(&str)) -> Result<PathBuf, LibraryError> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        return Err(LibraryError::Platform);
    }
    let directory = cache_dir.join("libchdb").join(VERSION);
    let library = directory.join(FILE_NAME);
    if library.is_file() {
        return Ok(library);
    }
    fs::create_dir_all(&directory).map_err(file_error(&directory))?;
    let lock_path = directory.join(".lock");
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path);
    let lock = lock.map_err(file_error(&lock_path))?;
    // Held until the file is closed at the end of this function, or by the kernel should the process die.
    lock.lock().map_err(file_error(&lock_path))?;
    if library.is_file() {
        return Ok(library);
    }
    drop_left_over(&directory, STAGING).map_err(file_error(&directory))?;
    let staging = tempfile::Builder::new().prefix(STAGING).tempdir_in(&directory).map_err(file_error(&directory))?;
    progress(&format!("fetching the ClickHouse engine {VERSION} with npm (about 150 MB, once)"));
    let archive = fetch(staging.path(), &library)?;
    progress("unpacking and checking the engine");
    let unpacked = staging.path().join(FILE_NAME);
    extract(&archive, &unpacked)?;
    install(&unpacked, &library)?;
    Ok(library)
}

/// Removes the directories of names that begin so: a process that was killed while it fetched left them. For whoever holds
/// the lock under which they are made.
///
/// # Errors
/// What the operating system says.
pub fn drop_left_over(directory: &Path, prefix: &str) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Checks `unpacked` and gives it its final name in one step.
fn install(unpacked: &Path, library: &Path) -> Result<(), LibraryError> {
    let found = sha256(unpacked).map_err(file_error(unpacked))?;
    if found != SHA256 {
        return Err(LibraryError::Checksum { path: unpacked.to_owned(), found });
    }
    File::open(unpacked).and_then(|file| file.sync_all()).map_err(file_error(unpacked))?;
    fs::rename(unpacked, library).map_err(file_error(library))
}

/// Runs `npm pack` in `directory` and returns the archive it left there.
fn fetch(directory: &Path, library: &Path) -> Result<PathBuf, LibraryError> {
    let package = format!("{PACKAGE}@{VERSION}");
    let output = Command::new("npm")
        .args(["pack", "--silent", &package])
        .current_dir(directory)
        .output()
        .map_err(|error| LibraryError::NpmMissing(error, library.to_owned()))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        let reason = reason.trim();
        return Err(LibraryError::Npm(if reason.is_empty() { output.status.to_string() } else { reason.to_owned() }));
    }
    let mut entries = fs::read_dir(directory).map_err(file_error(directory))?;
    entries
        .find_map(|entry| {
            entry.ok().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "tgz"))
        })
        .ok_or_else(|| LibraryError::Npm("it left no archive".to_owned()))
}

/// Unpacks the one file that matters from `archive`.
fn extract(archive: &Path, to: &Path) -> Result<(), LibraryError> {
    let file = File::open(archive).map_err(file_error(archive))?;
    let mut archive_reader = tar::Archive::new(GzDecoder::new(io::BufReader::new(file)));
    for entry in archive_reader.entries().map_err(file_error(archive))? {
        let mut entry = entry.map_err(file_error(archive))?;
        if entry.path().map_err(file_error(archive))?.as_ref() == Path::new(PATH_IN_PACKAGE) {
            let mut out = File::create(to).map_err(file_error(to))?;
            io::copy(&mut entry, &mut out).map_err(file_error(to))?;
            return Ok(());
        }
    }
    Err(LibraryError::Absent)
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; COPY_BYTES]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> LibraryError {
    let path = path.to_owned();
    move |source| LibraryError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_checksum_names_both_and_installs_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let (unpacked, library) = (directory.path().join("unpacked"), directory.path().join(FILE_NAME));
        fs::write(&unpacked, "not an engine").unwrap();
        let message = install(&unpacked, &library).unwrap_err().to_string();
        assert!(message.contains(SHA256) && message.contains(&sha256(&unpacked).unwrap()), "{message}");
        assert!(!library.exists());
    }

    #[test]
    fn the_library_is_taken_out_of_its_package() {
        let directory = tempfile::tempdir().unwrap();
        let (archive, out) = (directory.path().join("package.tgz"), directory.path().join("out"));
        let gzip = flate2::write::GzEncoder::new(File::create(&archive).unwrap(), flate2::Compression::fast());
        let mut package = tar::Builder::new(gzip);
        for (name, content) in [("package/package.json", "{}"), (PATH_IN_PACKAGE, "the library")] {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            package.append_data(&mut header, name, content.as_bytes()).unwrap();
        }
        package.into_inner().unwrap().finish().unwrap();
        extract(&archive, &out).unwrap();
        assert_eq!(fs::read_to_string(&out).unwrap(), "the library");
    }

    #[test]
    fn what_a_killed_fetch_left_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        for name in [".fetch-a1", ".fetch-b2", "kept"] {
            fs::create_dir(directory.path().join(name)).unwrap();
            fs::write(directory.path().join(name).join("part"), "half of it").unwrap();
        }
        drop_left_over(directory.path(), STAGING).unwrap();
        let left: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["kept"]);
    }

    #[test]
    fn a_cached_library_is_not_fetched_again() {
        let cache = tempfile::tempdir().unwrap();
        let library = cache.path().join("libchdb").join(VERSION).join(FILE_NAME);
        fs::create_dir_all(library.parent().unwrap()).unwrap();
        fs::write(&library, "checked before").unwrap();
        let found = ensure_library(cache.path(), &|line| panic!("nothing takes long: {line}")).unwrap();
        assert_eq!(found, library);
    }
}
