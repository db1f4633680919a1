//! The same number everywhere: a generated day, told to a whole stack, and every figure that shows in two places.
//!
//! ```text
//! lists    kinds add up to all, filters partition, buckets of a summary sum to it
//! reports  analytics against the lists: totals, funnel, time series in every interval and zone, popular media
//! account  the account against its collections, single objects against the lists
//! ```

mod account;
mod lists;
mod reports;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use loupe_local::demo::Generator;
use loupe_schemas::json;
use loupe_tests::client::Client;
use loupe_tests::erased;
use loupe_tests::reader::Reader;
use loupe_tests::shuffle::shuffle;
use loupe_tests::stack::Stack;

const EVENTS: u64 = 3_000;
/// Collections of an account that are looked at closely.
const COLLECTIONS_MAX: usize = 3;
const SEED: u64 = 20_261_125;
const BATCH: usize = 500;
const SCOPES: &str = "downloads:read,favorites:read,links:read,links:secret,clients:pii,analytics:read";

#[tokio::test]
async fn every_figure_has_one_value_wherever_it_shows() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    // Two days ago: nothing becomes idle between two answers.
    let until = loupe_service::clock::now() - chrono::Duration::days(2);
    let events: Vec<_> = Generator::new(until, EVENTS, SEED).collect();
    let mut values: Vec<_> = events.iter().map(json::to_value).collect();
    shuffle(&mut values, SEED);
    let mut client = Client::new(&stack);
    for batch in values.chunks(BATCH) {
        client.publish(batch).await?;
    }
    client.read(&stack.addresses.keys.owner, "/analytics/portfolio").await?;
    erased::everybody(&stack).await?;
    let mut collections: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for event in &events {
        let of_account = collections.entry(event.head.account_id.0).or_default();
        of_account.extend(event.head.collection_id.map(|collection| collection.0));
    }
    let mut compared = 0;
    println!("{} accounts, {} collections", collections.len(), collections.values().map(BTreeSet::len).sum::<usize>());
    for (account, collections) in &collections {
        let mut reader = Reader::new(client.clone(), stack.key(*account, SCOPES)?);
        for collection in collections.iter().take(COLLECTIONS_MAX) {
            lists::check(&mut reader, *collection).await?;
            reports::check(&mut reader, *collection).await?;
        }
        account::check(&mut reader, collections).await?;
        compared += reader.compared;
    }
    println!("{compared} figures compared");
    ensure!(compared > 1_000, "only {compared} figures were compared");
    let panics = stack.panics()?;
    ensure!(panics.is_empty(), "{panics:?}");
    Ok(())
}
