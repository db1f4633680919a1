//! Stores a data directory of the version that landed last, which the upgrade test opens with this one.

use std::path::PathBuf;

use clap::Parser;
use loupe_tests::landed;

/// Has the stack of an earlier build write a small data directory, records what its API answers, and stores both in
/// `tests/upgrade`.
#[derive(Debug, Parser)]
struct Options {
    /// The earlier build's `loupe-stack`.
    #[arg(long)]
    executable: PathBuf,
    /// The commit it was built from.
    #[arg(long)]
    version: String,
    /// Where to store it.
    #[arg(long, default_value_os_t = landed::folder())]
    folder: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Options { executable, version, folder } = Options::parse();
    landed::make(&executable, &version, &folder).await
}
