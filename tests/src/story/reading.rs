//! Reads every answer about the story and compares it, whole, with the expected one.

use std::collections::BTreeSet;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::expected::{self, Asker};
use super::{OTHER_SCOPES, OWNER_SCOPES};
use crate::client::Client;
use crate::compare;
use crate::erased;
use crate::stack::Stack;

/// Keys that read the story.
#[derive(Debug, Clone)]
pub struct Readers {
    /// Reads the studio's account.
    pub owner: String,
    /// Reads the other account.
    pub other: String,
}

impl Readers {
    /// Mints keys for the two accounts.
    ///
    /// # Errors
    /// The stack mints none.
    pub fn mint(stack: &Stack, account: u64, other_account: u64) -> anyhow::Result<Self> {
        Ok(Self { owner: stack.key(account, OWNER_SCOPES)?, other: stack.key(other_account, OTHER_SCOPES)? })
    }
}

/// Asks every question of the story and fails with every answer that is not the expected one, once whom it erases is.
///
/// # Errors
/// An answer differs, or there is none.
pub async fn expect_story(client: &Client, readers: &Readers) -> anyhow::Result<()> {
    erased::settled(|| answers_are_expected(client, readers)).await
}

async fn answers_are_expected(client: &Client, readers: &Readers) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for question in expected::answers() {
        let key = if question.asker == Asker::Owner { &readers.owner } else { &readers.other };
        let answer = client.read(key, &question.path).await?;
        if let Err(error) =
            compare::expect(&format!("{:?} {}", question.asker, question.path), &question.answer, &answer.json)
        {
            wrong.push(format!("{error:#}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { bail!("{} wrong answers\n{}", wrong.len(), wrong.join("\n")) }
}

/// Asks the owner's questions with filters.
///
/// # Errors
/// An answer differs, or there is none.
pub async fn expect_narrowed(client: &Client, readers: &Readers) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for question in expected::narrowed() {
        let answer = client.read(&readers.owner, &question.path).await?.json;
        let rows = answer["data"].as_array().context("no data")?;
        let ids: Vec<Value> = rows.iter().map(|row| row.pointer(question.id).cloned().unwrap_or_default()).collect();
        if ids != question.ids {
            wrong.push(format!("{}: expected the rows {:?}, got {ids:?}", question.path, question.ids));
        }
        let total = answer["meta"]["total"].as_u64();
        if total != u64::try_from(question.ids.len()).ok() {
            wrong.push(format!("{}: expected {} rows, got a total of {total:?}", question.path, question.ids.len()));
        }
        if !question.summary.is_null() {
            let found = compare::differences(&question.summary, &answer["summary"]);
            wrong.extend(found.into_iter().map(|found| format!("{}: {found}", question.path)));
        }
    }
    if wrong.is_empty() { Ok(()) } else { bail!("{} differences\n{}", wrong.len(), wrong.join("\n")) }
}

/// The random ids that stand for erased clients in all the owner's answers (rule 16).
///
/// # Errors
/// No answer.
pub async fn erased_ids(client: &Client, readers: &Readers) -> anyhow::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for question in expected::answers().iter().filter(|question| question.asker == Asker::Owner) {
        let answer = client.read(&readers.owner, &question.path).await?;
        let words = answer.text.split('"').filter(|word| word.starts_with("cl_erased_"));
        found.extend(words.map(ToOwned::to_owned));
    }
    ensure!(!found.is_empty(), "nobody was erased");
    Ok(found)
}
