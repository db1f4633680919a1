//! deploy/helm: linted, rendered, checked against Kubernetes' schemas, and read as objects.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::Value;
use tokio::process::Command;

use super::{path, schemas};
use crate::go::{HELM, KUBECONFORM, printed};

/// The programs that know charts and objects.
#[derive(Debug)]
pub struct Tools {
    helm: PathBuf,
    kubeconform: PathBuf,
    schemas: PathBuf,
}

impl Tools {
    /// Has them, from the cache.
    ///
    /// # Errors
    /// One cannot be built or fetched.
    pub async fn ready() -> anyhow::Result<Self> {
        Ok(Self {
            helm: HELM.built().await?,
            kubeconform: KUBECONFORM.built().await?,
            schemas: schemas::kubernetes().await?,
        })
    }

    /// Lints the chart with these values (YAML).
    ///
    /// # Errors
    /// What Helm objects to.
    pub async fn lint(&self, values: &str) -> anyhow::Result<()> {
        self.helm(&["lint", "--strict"], &[], values).await.map(drop)
    }

    /// The objects of a release named `loupe` with these values, as YAML.
    ///
    /// # Errors
    /// What Helm objects to, the values' schema included.
    pub async fn render(&self, values: &str) -> anyhow::Result<String> {
        self.helm(&["template", "--kube-version", schemas::KUBERNETES], &["loupe"], values).await
    }

    async fn helm(&self, words: &[&str], names: &[&str], values: &str) -> anyhow::Result<String> {
        let file = tempfile::Builder::new().suffix(".yaml").tempfile()?;
        std::fs::write(file.path(), values)?;
        let mut command = Command::new(&self.helm);
        printed(command.args(words).arg("--values").arg(file.path()).args(names).arg(path("deploy/helm"))).await
    }

    /// Holds rendered objects to their schemas.
    ///
    /// # Errors
    /// An object with a field that its kind has not, or has another type of.
    pub async fn conform(&self, objects: &str) -> anyhow::Result<()> {
        let file = tempfile::Builder::new().suffix(".yaml").tempfile()?;
        std::fs::write(file.path(), objects)?;
        let schemas = self.schemas.join("{{ .ResourceKind }}{{ .KindSuffix }}.json");
        let mut command = Command::new(&self.kubeconform);
        command.args(["-strict", "-kubernetes-version", schemas::KUBERNETES, "-schema-location"]).arg(schemas);
        printed(command.arg(file.path())).await.map(drop)
    }
}

/// Rendered objects, one by one.
///
/// # Errors
/// They are no YAML.
pub fn objects(rendered: &str) -> anyhow::Result<Vec<Value>> {
    let objects: Vec<Value> = serde_saphyr::from_multiple(rendered).context("rendered objects are no YAML")?;
    Ok(objects.into_iter().filter(|object| !object.is_null()).collect())
}
