//! Waits for erasures: while rows are written anew, a person may count twice for a moment.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::PATIENCE;
use crate::clickhouse::ClickHouse;
use crate::stack::Stack;

/// How often it is looked.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// What a check finds once erasures have ended: it is made again while it fails.
///
/// # Errors
/// What the last check found wrong.
pub async fn settled(check: impl AsyncFn() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match check().await {
            Err(_) if Instant::now() < deadline => tokio::time::sleep(POLL_INTERVAL).await,
            last => return last,
        }
    }
}

/// Waits until everybody whom projected events erase is taken out of all rows.
///
/// # Errors
/// It took too long, or ClickHouse was not asked.
pub async fn everybody(stack: &Stack) -> anyhow::Result<()> {
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let left = "SELECT (SELECT uniqExact(account_id, client_hash) FROM loupe_v1.erasures) - \
                (SELECT uniqExact(account_id, client_hash) FROM loupe_v1.erasure_steps WHERE step = 'done')";
    let deadline = Instant::now() + PATIENCE;
    while clickhouse.number(left).await? > 0 {
        ensure!(Instant::now() < deadline, "erasures did not end within {PATIENCE:?}");
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Ok(())
}
