//! What the account's answers say.

use crate::client::Client;
use anyhow::{Context, ensure};
use serde_json::Value;

/// Reads as one account and counts what it compared.
#[derive(Debug)]
pub struct Reader {
    client: Client,
    key: String,
    /// How many figures it compared.
    pub compared: usize,
}

impl Reader {
    /// Reads with a key of the account.
    #[must_use]
    pub fn new(client: Client, key: String) -> Self {
        Self { client, key, compared: 0 }
    }

    /// An answer that holds everything published.
    ///
    /// # Errors
    /// Another answer than a 200.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(self.client.read(&self.key, path).await?.json)
    }

    /// Every row of a list, and its first page.
    ///
    /// # Errors
    /// Another answer than a 200, or rows that are not as many as the list says.
    pub async fn all(&self, path: &str) -> anyhow::Result<(Vec<Value>, Value)> {
        let joined = if path.contains('?') { '&' } else { '?' };
        let first = self.get(&format!("{path}{joined}limit=1000")).await?;
        let mut rows = rows(&first).to_vec();
        let mut cursor = first["meta"]["next_cursor"].as_str().map(ToOwned::to_owned);
        while let Some(after) = cursor {
            let page = self.get(&format!("{path}{joined}limit=1000&cursor={after}")).await?;
            rows.extend_from_slice(self::rows(&page));
            cursor = page["meta"]["next_cursor"].as_str().map(ToOwned::to_owned);
        }
        ensure!(number(&first, "/meta/total")? == rows.len() as u64, "{path}: meta.total is not what is listed");
        Ok((rows, first))
    }

    /// Checks that two figures are one.
    ///
    /// # Errors
    /// They are not.
    pub fn same(&mut self, what: &str, left: u64, right: u64) -> anyhow::Result<()> {
        self.compared += 1;
        ensure!(left == right, "{what}: {left} is not {right}");
        Ok(())
    }
}

/// The rows of an answer.
#[must_use]
pub fn rows(answer: &Value) -> &[Value] {
    answer["data"].as_array().map_or(&[], Vec::as_slice)
}

/// The number at a JSON pointer.
///
/// # Errors
/// There is none.
pub fn number(answer: &Value, pointer: &str) -> anyhow::Result<u64> {
    let number = answer.pointer(pointer).and_then(Value::as_u64);
    number.with_context(|| {
        format!("no number at {pointer} of {}", answer.to_string().chars().take(2_000).collect::<String>())
    })
}

/// The sum of a number over entries.
///
/// # Errors
/// An entry has none.
pub fn sum(entries: &[Value], pointer: &str) -> anyhow::Result<u64> {
    entries.iter().map(|entry| number(entry, pointer)).sum()
}

/// The sum of the numbers of a map or of one member of each entry of a list.
///
/// # Errors
/// There is neither.
pub fn sum_at(answer: &Value, pointer: &str, member: &str) -> anyhow::Result<u64> {
    match answer.pointer(pointer) {
        Some(Value::Object(map)) => Ok(map.values().filter_map(Value::as_u64).sum()),
        Some(Value::Array(entries)) => sum(entries, member),
        _ => anyhow::bail!("no buckets at {pointer}"),
    }
}
