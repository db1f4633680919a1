//! The query API under load: what an answer that still stands costs, what an export holds in memory, and what the load
//! of one account does to another's readers.
//!
//! ```text
//! reader   one reader's requests and how long they took
//! export   a whole list, read fast or slowly, and the memory of the process that writes it
//! rivals   an account that asks for all it can get
//! ```
//!
//! Times are those that a client on the same machine sees, so they bound the server's from above.

mod export;
mod reader;
mod rivals;

use std::path::Path;

use crate::clickhouse::ClickHouse;
use crate::program;
use crate::service::Service;
use crate::stack::Stack;
use reader::{PAGE_ROWS, Reader, Times};

const DATABASE: &str = "loupe_v1";
const SCOPES: &str = "downloads:read,favorites:read,links:read,analytics:read";
/// The collection that is exported, the one of the same account that is read in pages, and the one of another account
/// whose reader must not notice.
const HUGE: (u64, u64) = (1, 9_001);
const LARGE: (u64, u64) = (1, 9_002);
const SMALL: (u64, u64) = (2, 9_003);
/// What part of the huge collection's rows the large one has.
const LARGE_PART: u64 = 10;
const SMALL_ROWS: u64 = 1_000;

/// What to do.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Rows of the large collection.
    pub rows: u64,
    /// Requests of each measurement.
    pub requests: usize,
}

/// Fills a stack of its own and measures; says what it found.
///
/// # Errors
/// The stack did not start, or an answer was not the expected one.
pub async fn run(executable: &Path, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
    program::with_stack(executable, async |stack| measure(stack, plan, say).await).await
}

async fn measure(stack: &Stack, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
    fill(stack, HUGE, plan.rows).await?;
    fill(stack, LARGE, plan.rows / LARGE_PART).await?;
    fill(stack, SMALL, SMALL_ROWS).await?;
    let keys = (stack.key(LARGE.0, SCOPES)?, stack.key(SMALL.0, SCOPES)?);
    let generous = [("REQUESTS_PER_MINUTE", "1000000")];
    let mut api = Service::query_api_with(stack, DATABASE, &generous)?;
    api.ready().await?;
    let huge = Reader::new(&api.url, &keys.0, HUGE.1);
    let large = Reader::new(&api.url, &keys.0, LARGE.1);
    let small = Reader::new(&api.url, &keys.1, SMALL.1);

    unchanged(&small, plan, say).await?;
    export::measure(&api, [(&large, plan.rows / LARGE_PART), (&huge, plan.rows)], say).await?;

    let alone = small.pages(plan.requests).await?;
    say(&format!("a reader alone:                             {alone}"));
    let busy = tokio::task::block_in_place(|| rivals::beside_computing(&small, plan.requests))?;
    say(&format!("beside as many busy threads as cores:       {busy}; {}", times_of(&alone, &busy)));
    let [first, later] = rivals::beside([&large, &huge], &small, plan.requests).await?;
    say(&format!("beside an account that asks for everything: {later}; {}", times_of(&alone, &later)));
    say(&format!("beside the first that it asks for:          {first}; {}", times_of(&alone, &first)));
    let unlimited = [
        generous[0],
        ("STATEMENTS_PER_ACCOUNT", "1000"),
        ("STATEMENTS_BEYOND_SHARE", "1000"),
        ("EXPORTS_PER_ACCOUNT", "1000"),
    ];
    let mut open = Service::query_api_with(stack, DATABASE, &unlimited)?;
    open.ready().await?;
    let [large, huge, small] = [large, huge, small].map(|reader| reader.at(&open.url));
    let [_, without] = rivals::beside([&large, &huge], &small, plan.requests).await?;
    say(&format!("the same without limits an account:         {without}; {}", times_of(&alone, &without)));
    Ok(())
}

/// How many times longer requests took beside others than alone.
fn times_of(alone: &Times, beside: &Times) -> String {
    format!("p50 {:.1} times, p95 {:.1} times", beside.p50 / alone.p50, beside.p95 / alone.p95)
}

/// What a 304 takes beside the answer it stands for.
async fn unchanged(reader: &Reader, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<()> {
    let full = reader.pages(plan.requests.min(50)).await?;
    let tag = reader.tag().await?;
    let standing = reader.conditional(&tag, plan.requests * 10).await?;
    say(&format!("a page of {PAGE_ROWS} favourites:                      {full}"));
    say(&format!("the same as 304:                            {standing}; p50 1/{:.0}", full.p50 / standing.p50));
    Ok(())
}

/// Gives an account a collection of `rows` current favourites.
async fn fill(stack: &Stack, (account, collection): (u64, u64), rows: u64) -> anyhow::Result<()> {
    let statement = format!(
        "INSERT INTO {DATABASE}.favorites (account_id, collection_id, list_id, media_id, added) \
         SELECT {account}, {collection}, concat('fl_', toString(number % 100)), number, \
         (toDateTime64('2026-05-02 12:00:00', 6, 'UTC') + intDiv(number, 20), number, \
         concat('cl_', toString(number % 500)), 'email', 'photo') FROM numbers({rows})"
    );
    ClickHouse::new(&stack.addresses.clickhouse_url).ask(&statement).await.map(drop)
}
