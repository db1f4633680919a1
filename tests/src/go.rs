//! Programs that come as Go modules, built once at a pinned version, and modules' files; Go checks every module against its
//! public checksums.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};
use loupe_local::cache;
use serde::Deserialize;
use tokio::process::Command;

/// A program of a Go module.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// What its executable is called.
    pub name: &'static str,
    /// The package that it is built from.
    pub package: &'static str,
    /// The module's version.
    pub version: &'static str,
    /// The build tags, separated by commas.
    pub tags: &'static str,
}

/// Checks rules of Prometheus and plays them against made-up series. Without the ways of finding what to ask, none of which we
/// use: a fifth of the packages it would be built from are for those.
pub const PROMTOOL: Program = Program {
    name: "promtool",
    package: "github.com/prometheus/prometheus/cmd/promtool",
    version: "v0.316.0",
    tags: "remove_all_sd",
};

/// Renders and lints charts for Kubernetes.
pub const HELM: Program = Program { name: "helm", package: "helm.sh/helm/v4/cmd/helm", version: "v4.3.1", tags: "" };

/// Holds objects of Kubernetes to their schemas.
pub const KUBECONFORM: Program = Program {
    name: "kubeconform",
    package: "github.com/yannh/kubeconform/cmd/kubeconform",
    version: "v0.8.0",
    tags: "",
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Module {
    dir: PathBuf,
}

/// Where Go keeps the files of a module, `example.org/module@v1.2.3`.
///
/// # Errors
/// There is no Go, or the module cannot be fetched.
pub async fn module(named: &str) -> anyhow::Result<PathBuf> {
    let module = printed(Command::new("go").args(["mod", "download", "-json", named])).await?;
    Ok(serde_json::from_str::<Module>(&module)?.dir)
}

/// What a program prints.
///
/// # Errors
/// It cannot be run, or failed; the error says what it said.
pub async fn printed(command: &mut Command) -> anyhow::Result<String> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.with_context(|| format!("cannot run `{program}`"))?;
    let (told, errors) = (String::from_utf8(output.stdout)?, String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "`{program}` failed: {told}{errors}");
    Ok(told)
}

impl Program {
    /// Its executable, in the cache; built there when it is not.
    ///
    /// # Errors
    /// There is no Go, or the module cannot be fetched or built; the error says what Go said.
    pub async fn built(&self) -> anyhow::Result<PathBuf> {
        let pins = format!("{} {} {}", self.package, self.version, self.tags);
        let home = cache::filled(self.name, pins.as_bytes(), async |home: &Path| self.build(home).await).await?;
        Ok(home.join(self.name))
    }

    async fn build(&self, home: &Path) -> anyhow::Result<()> {
        let Self { name, package, version, tags } = self;
        println!("{name} {version}: building by go (some minutes, once)");
        std::fs::create_dir_all(home)?;
        let mut install = Command::new("go");
        install
            .args(["install", "-trimpath", "-ldflags=-s -w", "-tags", tags, &format!("{package}@{version}")])
            .env("GOBIN", home)
            .env("GOFLAGS", "-mod=mod")
            .current_dir(home);
        printed(&mut install).await.with_context(|| format!("building {name} {version}, which needs Go"))?;
        Ok(())
    }

    /// Runs it; what it printed.
    ///
    /// # Errors
    /// It cannot be built, or failed; the error says what it said.
    pub async fn run(&self, folder: &Path, words: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(self.built().await?);
        printed(command.args(words).current_dir(folder)).await.with_context(|| words.join(" "))
    }
}
