//! What a person on call meets: a store in trouble, quarantine, an open breaker, an audit, an erasure.

mod audit;
mod breaker;
mod erasure;
mod erasure_files;
mod quarantine;
mod toll;
mod trouble;

use std::process::Output;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use loupe_tests::PATIENCE;
use loupe_tests::stack::Stack;
use serde_json::{Value, json};

fn stack() -> anyhow::Result<Arc<Stack>> {
    Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))
}

/// Runs `loupe …` against the stack; its output, whatever its status.
fn loupe(stack: &Stack, words: &[&str]) -> anyhow::Result<Output> {
    Ok(stack.command(words).output()?)
}

/// The same, which must succeed; what it printed.
fn printed(stack: &Stack, words: &[&str]) -> anyhow::Result<String> {
    let output = loupe(stack, words)?;
    let text = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        bail!("`loupe {}` failed: {text}{}", words.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(text)
}

/// Asks until the answer is good, or patience ends.
async fn until<T, F: Future<Output = anyhow::Result<Option<T>>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(good) = ask().await? {
            return Ok(good);
        }
        if Instant::now() > deadline {
            bail!("{what} did not happen within {PATIENCE:?}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A favourite of a client, as an edge sends it.
fn favorite(account: u64, collection: u64, number: u32, occurred_at: &str) -> Value {
    json!({
        "type": "FavoriteAdded",
        "event_id": format!("019de9dd-3690-7ef1-8038-{:012x}", u64::from(number) + account * 1_000_000),
        "occurred_at": occurred_at,
        "edge": {
            "pop": "FRA", "node": "fra-edge-07", "boot_id": "3f2c1a5e-8f0b-4c0d-9a37-5b1f6f6d2a10", "seq": number,
        },
        "account_id": account,
        "collection_id": collection,
        "actor": {
            "client_id": "cl_1", "role": "client", "identified_by": "email", "ip_key": "9f86d081884c7d65",
            "user_agent": "Mozilla/5.0 (iPhone) Safari/604.1",
        },
        "list_id": "fl_2",
        "media_id": 1_000 + number,
        "media_kind": "photo",
    })
}
