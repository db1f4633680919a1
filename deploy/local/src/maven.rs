//! Jars fetched by Maven at pinned versions, checked against pinned checksums, kept in the cache.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use loupe_clickhouse_local::library;
use sha2::{Digest, Sha256};

use crate::cache;
use crate::process::{Child, Launch};

const MAVEN_GOAL: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/// Some jars, all that they need among them.
#[derive(Debug, Clone, Copy)]
pub struct Jars {
    /// What they are, for people.
    pub name: &'static str,
    /// Their folder in the cache.
    pub folder: &'static str,
    /// Their version, a folder in that.
    pub version: &'static str,
    /// How much is fetched, for people.
    pub size: &'static str,
    /// The project that depends on them.
    pub pom: &'static str,
    /// What `sha256sum` prints of every jar.
    pub checksums: &'static str,
}

impl Jars {
    /// Their directory, fetched when it is not in this one of the cache or not what was pinned; what is done is told.
    ///
    /// # Errors
    /// There is no Maven, no network, or a jar is not the one that was pinned.
    pub async fn fetch(self, directory: &Path, tell: impl Fn(&str)) -> anyhow::Result<PathBuf> {
        let root = directory.join(self.folder);
        std::fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
        let _lock = cache::lock(root.join(format!("{}.lock", self.version))).await?;
        let jars = root.join(self.version);
        match self.check(jars.clone()).await {
            Ok(()) => return Ok(jars),
            Err(error) if jars.exists() => tell(&format!("fetching again, since {error:#}")),
            Err(_) => tell(&format!("fetching by Maven ({}, once)", self.size)),
        }
        self.fetch_into(&root, &jars).await.with_context(|| format!("cannot fetch {}", self.name))?;
        Ok(jars)
    }

    async fn fetch_into(self, root: &Path, jars: &Path) -> anyhow::Result<()> {
        // Another version may be fetched meanwhile, under a lock of its own.
        let prefix = format!("fetching-{}-", self.version);
        library::drop_left_over(root, &prefix)?;
        let workspace = tempfile::Builder::new().prefix(&prefix).tempdir_in(root)?;
        let (pom, fetched) = (workspace.path().join("pom.xml"), workspace.path().join("jars"));
        std::fs::write(&pom, self.pom)?;
        let mut output = OsString::from("-DoutputDirectory=");
        output.push(&fetched);
        let launch = Launch {
            name: "Maven",
            program: "mvn".into(),
            args: vec![
                "--batch-mode".into(),
                "--file".into(),
                pom.into(),
                MAVEN_GOAL.into(),
                "-DincludeScope=runtime".into(),
                output,
            ],
            env: Vec::new(),
            log: root.join("maven.log"),
        };
        let child = Child::spawn(launch).await.context("it needs Maven (`mvn`) on the search path")?;
        match child.ended().await {
            Some(status) if status.success() => {}
            _ => return Err(child.failed().await.into()),
        }
        self.check(fetched.clone()).await.context("what Maven fetched is not what was pinned")?;
        if jars.exists() {
            std::fs::remove_dir_all(jars)?;
        }
        std::fs::rename(&fetched, jars).with_context(|| format!("cannot put it into {}", jars.display()))
    }

    async fn check(self, jars: PathBuf) -> anyhow::Result<()> {
        tokio::task::spawn_blocking(move || check_directory(&jars, self.checksums)).await?
    }
}

/// Exactly the pinned jars are there, bit for bit: another one would be on the class path too.
fn check_directory(jars: &Path, checksums: &str) -> anyhow::Result<()> {
    let mut pinned: BTreeMap<&str, &str> =
        checksums.lines().filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name, sum)).collect();
    for file in std::fs::read_dir(jars).with_context(|| format!("cannot list {}", jars.display()))? {
        let file = file?;
        let name = file.file_name();
        let name = name.to_string_lossy();
        let Some(sum) = pinned.remove(name.as_ref()) else { bail!("{name} is none of the pinned jars") };
        let mut hash = Sha256::new();
        let bytes = std::fs::read(file.path()).with_context(|| format!("cannot read {name}"))?;
        hash.update(&bytes);
        let found = hex::encode(hash.finalize());
        if found != sum {
            bail!("{name} has the checksum {found}, not {sum}");
        }
    }
    match pinned.keys().next() {
        Some(missing) => bail!("{missing} is missing"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pinned_jars_will_do() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
        let sum = hex::encode(Sha256::digest(b"a"));
        let pinned = format!("{sum}  a.jar\n");
        let message = || check_directory(directory.path(), &pinned).unwrap_err().to_string();
        assert_eq!(message(), "a.jar is missing");
        write("a.jar", "b");
        assert!(message().starts_with("a.jar has the checksum "));
        write("a.jar", "a");
        check_directory(directory.path(), &pinned).unwrap();
        write("b.jar", "b");
        assert_eq!(message(), "b.jar is none of the pinned jars");
    }
}
