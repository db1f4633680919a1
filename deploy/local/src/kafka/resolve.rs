//! Kafka's jars: fetched by Maven at a pinned version, checked against pinned checksums, kept in the cache.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use crate::process::{Child, Launch};
use crate::progress::Step;

/// The version of Kafka that is run.
pub const VERSION: &str = "4.3.0";

const POM: &str = include_str!("pom.xml");
/// What `sha256sum` prints of every jar.
const CHECKSUMS: &str = include_str!("jars.sha256");
const MAVEN_GOAL: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/// The directory of the jars, fetched when they are not in `cache` or not what was pinned.
pub(super) async fn jars(cache: &Path, step: &Step) -> anyhow::Result<PathBuf> {
    let root = cache.join("kafka");
    std::fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
    let _lock = lock(root.join(format!("{VERSION}.lock"))).await?;
    let jars = root.join(VERSION);
    match check(jars.clone()).await {
        Ok(()) => return Ok(jars),
        Err(error) if jars.exists() => step.note(&format!("fetching again, since {error:#}")),
        Err(_) => step.note("fetching by Maven (44 MB, once)"),
    }
    fetch(&root, &jars).await?;
    Ok(jars)
}

/// Waits for another process that fetches the same.
async fn lock(path: PathBuf) -> anyhow::Result<File> {
    let locked = tokio::task::spawn_blocking(move || -> io::Result<File> {
        let file = File::options().create(true).append(true).open(path)?;
        file.lock()?;
        Ok(file)
    });
    locked.await?.context("cannot lock the cache of Kafka")
}

async fn fetch(root: &Path, jars: &Path) -> anyhow::Result<()> {
    let workspace = tempfile::Builder::new().prefix("fetching-").tempdir_in(root)?;
    let (pom, fetched) = (workspace.path().join("pom.xml"), workspace.path().join("jars"));
    std::fs::write(&pom, POM)?;
    let launch = Launch {
        name: "Maven",
        program: "mvn".into(),
        args: vec![
            "--batch-mode".into(),
            "--file".into(),
            pom.into(),
            MAVEN_GOAL.into(),
            "-DincludeScope=runtime".into(),
            {
                let mut output = std::ffi::OsString::from("-DoutputDirectory=");
                output.push(&fetched);
                output
            },
        ],
        env: Vec::new(),
        log: root.join("maven.log"),
    };
    let child = Child::spawn(launch).await.context("fetching Kafka needs Maven (`mvn`) on the search path")?;
    match child.ended().await {
        Some(status) if status.success() => {}
        _ => return Err(child.failed().await).context("cannot fetch Kafka"),
    }
    check(fetched.clone()).await.context("what Maven fetched is not what was pinned")?;
    if jars.exists() {
        std::fs::remove_dir_all(jars)?;
    }
    std::fs::rename(&fetched, jars).with_context(|| format!("cannot put Kafka into {}", jars.display()))
}

async fn check(jars: PathBuf) -> anyhow::Result<()> {
    tokio::task::spawn_blocking(move || check_directory(&jars, CHECKSUMS)).await?
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

    #[test]
    fn every_jar_is_pinned() {
        let kafka = format!("  kafka_2.13-{VERSION}.jar");
        assert!(CHECKSUMS.lines().any(|line| line.ends_with(&kafka)));
        assert!(CHECKSUMS.lines().all(|line| line.find("  ") == Some(64) && line.ends_with(".jar")));
        assert!(POM.contains(&format!("<version>{VERSION}</version>")));
    }
}
