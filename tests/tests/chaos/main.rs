//! A short run of the chaos program: `cargo run --release -p tests --bin chaos -- run --kills 100` is a long one.

use std::path::Path;

use loupe_tests::chaos::{self, Plan};

#[tokio::test(flavor = "multi_thread")]
async fn what_ingest_acknowledged_is_there_once_whatever_dies() -> anyhow::Result<()> {
    let plan = Plan { kills: 8, seed: 4, events: 3_000 };
    let executable = Path::new(env!("CARGO_BIN_EXE_loupe-stack"));
    let report = chaos::run(executable, plan, &|line| println!("{line}")).await?;
    println!("{report:?}");
    anyhow::ensure!(report.events >= 3_000 && report.rows > report.events && report.answers > 20, "{report:?}");
    anyhow::ensure!(report.faults.kills >= 8 && report.kills_under_load >= 8, "{report:?}");
    Ok(())
}
