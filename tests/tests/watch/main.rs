//! What watches Loupe: metrics that are what their page says, alerts that fire when they should, dashboards that show what there is,
//! and canaries that count for nobody.
//!
//! ```text
//! metrics     the page, the code, and what a running stack exposes
//! canaries    how long the log takes to show
//! rules       alerts, by promtool, each with its runbook
//! dashboards  the expressions of deploy/grafana
//! queries     what an expression names
//! ```

mod canaries;
mod dashboards;
mod metrics;
mod queries;
mod rules;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use loupe_tests::stack::Stack;

const EVENTS: u64 = 5_000;

fn stack() -> anyhow::Result<Arc<Stack>> {
    Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))
}

/// The repository's own folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
