//! A data directory of the version that landed last opens, migrates and serves under this one; this one goes on with the
//! tables of a later one.

mod back;

use std::path::Path;

use anyhow::{Context, ensure};
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::landed::{self, ACCOUNT, OTHER_ACCOUNT};
use loupe_tests::service::Service;
use loupe_tests::stack::Stack;
use loupe_tests::story::reading::{self, Readers};
use loupe_tests::story::{self, OTHER_SCOPES};

const FRESH: &str = "loupe_fresh";

#[tokio::test(flavor = "multi_thread")]
async fn what_the_last_version_wrote_is_read_migrated_and_folded_on_by_this_one() -> anyhow::Result<()> {
    let (stack, landed) = landed::open(Path::new(env!("CARGO_BIN_EXE_loupe-stack")), &landed::folder())?;
    let mut client = Client::new(&stack);
    client.position = landed.position.parse()?;

    landed::expect_recorded(&client, &stack, &landed).await?;

    // The tables are those that this version makes where there were none.
    let mut fresh = Service::projector(&stack, "fresh", FRESH)?;
    fresh.ready().await?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    for (what, statement) in [
        ("migrations", "SELECT number, name, content FROM {database}.migrations FINAL ORDER BY number"),
        (
            "columns",
            "SELECT table, name, type, default_expression, compression_codec FROM system.columns \
             WHERE database = '{database}' ORDER BY table, name",
        ),
    ] {
        let of = async |database| clickhouse.ask(&statement.replace("{database}", database)).await;
        let (upgraded, fresh) = (of("loupe_v1").await?, of(FRESH).await?);
        ensure!(!fresh.is_empty() && upgraded == fresh, "other {what}:\n{upgraded}\n--- than fresh:\n{fresh}");
    }

    // The whole story, of which the last version was told a part: most are duplicates, the rest folds on its slices.
    client.publish(&story::events(ACCOUNT, OTHER_ACCOUNT)).await?;
    let readers = Readers { owner: stack.addresses.keys.owner.clone(), other: stack.key(OTHER_ACCOUNT, OTHER_SCOPES)? };
    reading::expect_story(&client, &readers).await?;
    let differs = landed::expect_recorded(&client, &stack, &landed).await.err().context("nothing was folded on top")?;
    ensure!(differs.to_string().contains(" differences from "), "{differs:#}");

    let printed = loupe(&stack, &["audit", "--all", "--from", "events"])?;
    ensure!(printed.ends_with(": 0 differ\n"), "{printed}");

    // Made anew, tables say the same, and lie as those of a new database do.
    drop(fresh);
    loupe(&stack, &["rebuild"])?;
    let order = async |database: &str| {
        let statement = "SELECT name, sorting_key FROM system.tables WHERE database = '{database}' ORDER BY name";
        clickhouse.ask(&statement.replace("{database}", database)).await
    };
    let (rebuilt, fresh) = (order("loupe_v2").await?, order(FRESH).await?);
    ensure!(rebuilt.contains("slice_day, toUInt128(event_id)") && rebuilt == fresh, "{rebuilt}\n--- and\n{fresh}");
    Ok(())
}

/// Runs `loupe …` against the stack, which must succeed; what it printed.
fn loupe(stack: &Stack, words: &[&str]) -> anyhow::Result<String> {
    let output = stack.command(words).output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`loupe {}`: {printed}{complained}\n{}", words.join(" "), stack.tails());
    Ok(printed)
}
