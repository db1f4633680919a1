//! One stack per data directory.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

const FILE: &str = "stack.lock";

/// Held while a stack runs in a data directory; the operating system releases it when the process ends.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

/// Why a data directory could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another stack has it.
    #[error("another stack{holder} is running in {directory}: stop it, or choose another directory with `--data-dir`")]
    Taken {
        /// The data directory.
        directory: String,
        /// ` (process 123)`, when the other stack left its id.
        holder: String,
    },
    /// The lock file cannot be used.
    #[error("cannot lock the data directory {directory}: {cause}")]
    Io {
        /// The data directory.
        directory: String,
        /// What the operating system says.
        cause: std::io::Error,
    },
}

impl DirectoryLock {
    /// Takes `directory`, which must exist.
    ///
    /// # Errors
    /// Another stack has it, or the lock file cannot be used.
    pub fn take(directory: &Path) -> Result<Self, LockError> {
        let name = directory.display().to_string();
        let io = |cause| LockError::Io { directory: name.clone(), cause };
        let path = directory.join(FILE);
        let mut file = File::options().create(true).truncate(false).read(true).write(true).open(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The id is a courtesy: without it the message is still right.
                let _unreadable = file.read_to_string(&mut holder);
                let holder = holder.trim().parse::<u32>().map(|id| format!(" (process {id})")).unwrap_or_default();
                return Err(LockError::Taken { directory: name, holder });
            }
            Err(TryLockError::Error(cause)) => return Err(io(cause)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(io)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_stack_is_told_who_has_the_directory() {
        let directory = tempfile::tempdir().unwrap();
        let first = DirectoryLock::take(directory.path()).unwrap();
        let message = DirectoryLock::take(directory.path()).unwrap_err().to_string();
        assert!(message.contains(&format!("(process {})", std::process::id())), "{message}");
        assert!(message.contains("--data-dir"), "{message}");
        drop(first);
        DirectoryLock::take(directory.path()).unwrap();
    }
}
