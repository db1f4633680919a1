//! An audit finds what is not as the events say, and nothing else.

use anyhow::ensure;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::story::{self, WEDDING};

use crate::{loupe, printed, stack};

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_passes_true_tables_and_names_a_false_number() -> anyhow::Result<()> {
    let stack = stack()?;
    let mut client = Client::new(&stack);
    client.publish(&story::events(91, 92)).await?;
    let key = stack.key(91, story::OWNER_SCOPES)?;
    client.read(&key, &format!("/collections/{WEDDING}/photo_downloads")).await?;
    let id = WEDDING.to_string();
    for source in ["kafka", "events"] {
        let passed = printed(&stack, &["audit", "--collection", &id, "--from", source])?;
        ensure!(passed.ends_with(": 0 differ\n") && !passed.contains(" 0 rows"), "{passed}");
    }
    let day = printed(&stack, &["audit", "--day", "2025-03-29"])?;
    ensure!(day.ends_with(": 0 differ\n") && !day.starts_with("0 collections"), "{day}");
    let sample = printed(&stack, &["audit", "--sample", "2", "--from", "events"])?;
    ensure!(sample.starts_with("2 collections"), "{sample}");

    // Somebody mends a number by hand.
    let tamper = "INSERT INTO loupe_v1.media_daily SELECT * REPLACE (downloads + 1 AS downloads, version + 1 AS version) \
                  FROM loupe_v1.media_daily FINAL WHERE account_id = 91 AND downloads > 0 LIMIT 1";
    ClickHouse::new(&stack.addresses.clickhouse_url).ask(tamper).await?;
    let output = loupe(&stack, &["audit", "--collection", &id, "--from", "events"])?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(!output.status.success() && text.contains(": 1 differ"), "{text}");
    ensure!(text.contains(&format!("91/{WEDDING}  media_daily")) && text.contains("downloads: "), "{text}");

    // Its events are lost: what the other tables have of it is what no event says.
    let lost = format!("DELETE FROM loupe_v1.events WHERE account_id = 91 AND collection_id = {WEDDING}");
    ClickHouse::new(&stack.addresses.clickhouse_url).ask(&lost).await?;
    let output = loupe(&stack, &["audit", "--collection", &id, "--from", "events"])?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(!output.status.success() && text.contains(&format!("91/{WEDDING}  downloads  ")), "{text}");
    let output = loupe(&stack, &["audit", "--collection", "4711"])?;
    ensure!(!output.status.success() && String::from_utf8(output.stderr)?.contains("collection 4711"), "none has it");
    Ok(())
}
