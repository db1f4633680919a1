//! The dashboard's sources in a folder of their own, with the packages that they are pinned to beside them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};
use loupe_local::cache;
use tempfile::TempDir;
use tokio::process::Command;

/// What is no source, or not to be taken for one.
const LEFT_OUT: [&str; 3] = ["node_modules", "dist", "shots"];

pub(crate) struct Workshop(TempDir);

/// Where the sources are.
pub(crate) fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../query-api/dashboard")
}

/// Every file below a folder, by its path in it.
pub(crate) fn files(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(&inside).with_context(|| inside.display().to_string())? {
            let entry = entry?;
            let path = entry.path();
            if LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder)?.display().to_string(), fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

impl Workshop {
    /// A copy of the sources; the packages come by npm, once.
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new().prefix("loupe-dashboard-").tempdir()?;
        for (name, bytes) in files(&sources())? {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
            fs::write(path, bytes)?;
        }
        let packages = packages().await?;
        std::os::unix::fs::symlink(packages.join("node_modules"), directory.path().join("node_modules"))?;
        Ok(Self(directory))
    }

    /// Has npm do something; its output is shown when it fails.
    pub(crate) async fn npm(&self, words: &[&str], settings: &[(&str, &str)]) -> anyhow::Result<()> {
        npm(self.0.path(), words, settings).await
    }

    /// The files of a folder.
    pub(crate) fn files(&self, folder: &str) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
        files(&self.0.path().join(folder))
    }

    /// A file.
    pub(crate) fn read(&self, name: &Path) -> anyhow::Result<Vec<u8>> {
        Ok(fs::read(self.0.path().join(name))?)
    }
}

/// The folder in the cache with the packages of the lock file, which has a checksum of each.
async fn packages() -> anyhow::Result<PathBuf> {
    let pins = fs::read(sources().join("package-lock.json"))?;
    let fetch = async |home: &Path| {
        println!("the dashboard's packages: fetching by npm (60 MB, once)");
        fs::create_dir_all(home)?;
        for name in ["package.json", "package-lock.json"] {
            fs::copy(sources().join(name), home.join(name))?;
        }
        npm(home, &["ci", "--ignore-scripts", "--no-audit", "--no-fund"], &[]).await
    };
    cache::filled("dashboard", &pins, fetch).await
}

async fn npm(folder: &Path, words: &[&str], settings: &[(&str, &str)]) -> anyhow::Result<()> {
    let mut command = Command::new("npm");
    command.args(words).current_dir(folder).envs(settings.iter().copied()).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.context("the dashboard's tests need Node.js with npm on the search path")?;
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "`npm {}` failed:\n{told}\n{errors}", words.join(" "));
    println!("{told}");
    Ok(())
}
