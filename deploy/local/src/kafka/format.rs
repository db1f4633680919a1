//! Formatting a node's log directory, once, with a cluster id that is kept.

use std::io;
use std::path::Path;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use loupe_service::clock;

use super::{Kafka, Node};
use crate::process::Child;

/// Written when formatting is complete, so that an interrupted one is done again.
const DONE_FILE: &str = "formatted";
const CLUSTER_ID_FILE: &str = "cluster.id";

pub(super) async fn ensure(kafka: &Kafka, node: &Node, properties: &Path) -> anyhow::Result<()> {
    let done = node.directory.join(DONE_FILE);
    if done.exists() {
        return Ok(());
    }
    let cluster_id = cluster_id(&node.directory.join(CLUSTER_ID_FILE)).context("cannot keep Kafka's cluster id")?;
    let args = ["format", "--standalone", "--ignore-formatted", "--cluster-id", &cluster_id, "--config"];
    let mut args: Vec<std::ffi::OsString> = args.iter().map(Into::into).collect();
    args.push(properties.into());
    args.extend(node.security.iter().flat_map(|security| security.format_options()).map(Into::into));
    let log = node.log.with_extension("format.log");
    let child = Child::spawn(kafka.launch("Kafka's format", &log, "kafka.tools.StorageTool", &args, node)).await?;
    match child.ended().await {
        Some(status) if status.success() => {}
        _ => return Err(child.failed().await.into()),
    }
    std::fs::write(&done, "").with_context(|| format!("cannot write {}", done.display()))
}

fn cluster_id(path: &Path) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let id = new_cluster_id();
    std::fs::write(path, &id)?;
    Ok(id)
}

/// A Kafka id: a UUID in URL-safe base64, without a leading dash, which its tools would take for an option.
fn new_cluster_id() -> String {
    loop {
        let id = URL_SAFE_NO_PAD.encode(clock::new_boot_id().as_bytes());
        if !id.starts_with('-') {
            return id;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_id_is_kept_and_never_looks_like_an_option() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cluster.id");
        let id = cluster_id(&path).unwrap();
        assert_eq!((id.len(), cluster_id(&path).unwrap()), (22, id));
        assert!((0..1000).all(|_| !new_cluster_id().starts_with('-')));
    }
}
