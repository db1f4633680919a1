//! Every number of the story.

use anyhow::ensure;
use loupe_tests::client::Client;
use loupe_tests::story::{self, expected, reading};
use reqwest::StatusCode;

use crate::stack;

#[tokio::test]
async fn every_number_of_the_story_is_right_on_all_six_endpoints() -> anyhow::Result<()> {
    let stack = stack()?;
    let mut client = Client::new(&stack);
    client.publish(&story::events(1, 2)).await?;
    let mut readers = reading::Readers::mint(&stack, 1, 2)?;
    // The stack's own key reads account 1 with all scopes.
    readers.owner.clone_from(&stack.addresses.keys.owner);
    let whole = reading::expect_story(&client, &readers).await;
    let narrowed = reading::expect_narrowed(&client, &readers).await;
    let problems: Vec<String> =
        [whole, narrowed].into_iter().filter_map(Result::err).map(|error| format!("{error:#}")).collect();
    ensure!(problems.is_empty(), "{}", problems.join("\n"));

    // Rule 5.
    let answer = client.read(&readers.owner, "/collections/9001/downloads/?include=filtered").await?.json;
    let rows = answer["data"].as_array().cloned().unwrap_or_default();
    let filtered: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((row["id"].as_str()?.to_owned(), row["filter_reason"].as_str()?.to_owned())))
        .collect();
    let wanted = expected::filtered_downloads().map(|(id, reason)| (id, reason.to_owned()));
    ensure!(filtered == wanted, "expected the filtered rows {wanted:?}, got {filtered:?}");

    // Rule 16: one random id per client, wherever it shows.
    let erased = reading::erased_ids(&client, &readers).await?;
    ensure!(erased.len() == 1, "one client was erased and reads {erased:?}");

    // Rule 102: the first studio's portraits are no collection of the other's.
    let foreign = client.ask(&readers.other, "/collections/9002/downloads/").await?;
    ensure!(foreign.status == StatusCode::NOT_FOUND, "{}", foreign.text);
    // The same under /api/v1, and the slash is optional.
    for path in ["/api/v1/collections/9001/downloads", "/collections/9001/downloads"] {
        let answer = client.read(&readers.owner, path).await?.json;
        ensure!(answer["summary"]["attempts"] == 15, "{path}: {answer}");
    }
    let panics = stack.panics()?;
    ensure!(panics.is_empty(), "{panics:?}");
    Ok(())
}
