//! What Go builds and fetches at pinned versions, kept in the cache; Go's checksum database vouches for the bytes.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use loupe_local::cache;
use serde::Deserialize;
use tokio::process::Command;

/// A program that Go builds.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// Its package and version: `example.org/tool/cmd/tool@v1.2.3`.
    pub package: &'static str,
    /// How long that takes, for people.
    pub takes: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Module {
    dir: PathBuf,
}

impl Program {
    /// The executable, built by whoever comes first.
    ///
    /// # Errors
    /// There is no Go, no network, or it does not build.
    pub async fn executable(self) -> anyhow::Result<PathBuf> {
        let build = async |home: &Path| {
            println!("{}: building by Go ({}, once)", self.name, self.takes);
            let mut command = Command::new("go");
            command.args(["install", self.package]).env("GOBIN", home);
            printed(&mut command).await.map(drop)
        };
        Ok(cache::filled(self.name, self.package.as_bytes(), build).await?.join(self.name))
    }
}

/// Where Go keeps the files of a module, `example.org/module@v1.2.3`.
///
/// # Errors
/// There is no Go, or no network.
pub async fn module(named: &str) -> anyhow::Result<PathBuf> {
    let module = printed(Command::new("go").args(["mod", "download", "-json", named])).await?;
    Ok(serde_json::from_str::<Module>(&module)?.dir)
}

/// What a program prints; an error with what it says when it fails.
///
/// # Errors
/// It cannot be run, or fails.
pub async fn printed(command: &mut Command) -> anyhow::Result<String> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let output = command.output().await.with_context(|| format!("cannot run `{program}`"))?;
    let printed = String::from_utf8(output.stdout)?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{program}` failed: {printed}{said}");
    Ok(printed)
}
