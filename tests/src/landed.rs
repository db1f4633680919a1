//! A data directory of the version that landed last, with what the API answered about it, stored in `tests/upgrade`.
//!
//! It holds the story with every seventh event left out, so that whoever tells the whole story afterwards has events fold on
//! top of slices that the earlier version wrote, and knows what must come out.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::Client;
use crate::compare;
use crate::stack::Stack;
use crate::story::expected::{self, Asker};
use crate::story::{self, OTHER_SCOPES, WEDDING};

/// The studio's account, which the stack's own key reads.
pub const ACCOUNT: u64 = 1;
/// The other studio's.
pub const OTHER_ACCOUNT: u64 = 2;

const LEFT_OUT: usize = 7;
const ARCHIVE: &str = "data.tar.zst";
const ANSWERS: &str = "answers.json";
const COMPRESSION_LEVEL: i32 = 19;
/// What a data directory holds of one run only.
const OF_ONE_RUN: [&str; 3] = ["logs", "stack.json", "lock"];
/// What an answer says of its moment.
const OF_THE_MOMENT: [&str; 4] = ["as_of", "provisional_after", "position", "csv_url"];

/// What was recorded with a data directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Landed {
    /// The commit whose executable wrote it.
    pub version: String,
    /// Where the projection was.
    pub position: String,
    /// Questions and their answers.
    pub answers: Vec<Recorded>,
}

/// A question and its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Recorded {
    /// Whether the other studio asks.
    pub is_other: bool,
    /// What is asked for.
    pub path: String,
    /// What was answered, apart from what is of the moment.
    pub answer: Value,
}

/// The folder of the repository that the data directory is stored in.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrade")
}

/// Has an executable of the version `version` write a data directory, and stores it in `folder`.
///
/// # Errors
/// The stack does not start, does not answer, or the files cannot be written.
pub async fn make(executable: &Path, version: &str, folder: &Path) -> anyhow::Result<()> {
    let stack = Stack::start(executable.to_str().context("the executable's path is no text")?)?;
    let mut client = Client::new(&stack);
    let events = story::events(ACCOUNT, OTHER_ACCOUNT);
    let told: Vec<Value> =
        events.into_iter().enumerate().filter(|(index, _)| index % LEFT_OUT != 0).map(|(_, event)| event).collect();
    client.publish(&told).await?;
    let mut answers = Vec::new();
    for (is_other, path) in questions() {
        let answer = ask(&client, &stack, is_other, &path).await?;
        answers.push(Recorded { is_other, path, answer });
    }
    let landed = Landed { version: version.to_owned(), position: client.position.to_string(), answers };
    let directory = stack.stop();
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(ANSWERS), serde_json::to_vec_pretty(&landed)?)?;
    pack(&directory.path().join("data"), &folder.join(ARCHIVE))
}

/// Starts a stack of this version on the stored data directory, with what was recorded of it.
///
/// # Errors
/// The files are damaged, or the stack does not start on them.
pub fn open(executable: &Path, folder: &Path) -> anyhow::Result<(Stack, Landed)> {
    let landed = serde_json::from_slice(&std::fs::read(folder.join(ANSWERS))?).context(ANSWERS)?;
    let directory = Arc::new(tempfile::Builder::new().prefix("loupe-test-").tempdir()?);
    let archive = zstd::Decoder::new(File::open(folder.join(ARCHIVE))?)?;
    tar::Archive::new(archive).unpack(directory.path().join("data")).context(ARCHIVE)?;
    Ok((Stack::start_in(executable, directory)?, landed))
}

/// Asks everything again; fails with everything that is not answered as it was. A later version may say more.
///
/// # Errors
/// An answer lacks what was recorded, or says otherwise.
pub async fn expect_recorded(client: &Client, stack: &Stack, landed: &Landed) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for Recorded { is_other, path, answer } in &landed.answers {
        let now = ask(client, stack, *is_other, path).await?;
        let found = compare::differences(answer, &now);
        let lost = found.into_iter().filter(|difference| !difference.contains(": not expected, got "));
        wrong.extend(lost.map(|difference| format!("{path} {difference}")));
    }
    ensure!(wrong.is_empty(), "{} differences from {}\n{}", wrong.len(), landed.version, wrong.join("\n"));
    Ok(())
}

fn questions() -> Vec<(bool, String)> {
    let of_story = expected::answers().into_iter().map(|question| (question.asker != Asker::Owner, question.path));
    let days = "from=2025-03-27T00:00:00Z&to=2025-04-03T00:00:00Z";
    let more = [
        format!("/collections/{WEDDING}/analytics?{days}"),
        format!("/collections/{WEDDING}/analytics/timeseries?metric=downloads&interval=day&{days}"),
        format!("/collections/{WEDDING}/analytics/timeseries?metric=views&interval=hour&tz=Europe/Berlin&{days}"),
        format!("/collections/{WEDDING}/clients"),
        format!("/analytics/collections?{days}"),
    ];
    of_story.chain(more.map(|path| (false, path))).collect()
}

async fn ask(client: &Client, stack: &Stack, is_other: bool, path: &str) -> anyhow::Result<Value> {
    let key = match is_other {
        false => stack.addresses.keys.owner.clone(),
        true => stack.key(OTHER_ACCOUNT, OTHER_SCOPES)?,
    };
    let mut answer = client.read(&key, path).await?.json;
    if let Some(meta) = answer.get_mut("meta").and_then(Value::as_object_mut) {
        OF_THE_MOMENT.iter().for_each(|name| drop(meta.remove(*name)));
    }
    Ok(answer)
}

/// Every file of a data directory, in one order, but what is of one run only.
fn pack(data: &Path, archive: &Path) -> anyhow::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(data)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let compressed = zstd::Encoder::new(File::create(archive)?, COMPRESSION_LEVEL)?;
    let mut package = tar::Builder::new(compressed);
    package.mode(tar::HeaderMode::Deterministic);
    package.follow_symlinks(false);
    for entry in entries {
        let (name, path) = (entry.file_name(), entry.path());
        if OF_ONE_RUN.iter().any(|of_run| name.to_string_lossy().ends_with(of_run)) {
            continue;
        }
        if path.is_dir() {
            package.append_dir_all(&name, &path)?;
        } else {
            package.append_path_with_name(&path, &name)?;
        }
    }
    package.into_inner()?.finish()?;
    Ok(())
}
