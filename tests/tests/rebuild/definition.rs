//! From one definition to another and back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, ensure};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::stack::Stack;
use reqwest::StatusCode;
use reqwest::header::IF_NONE_MATCH;
use serde_json::{Value, json};

use crate::{event, loupe, read_by_views, served_by, stack, unaccounted};

const COLLECTION: u64 = 90_516_387;
pub(crate) const V2: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rebuild/v2.toml");
const REQUEST: &str = include_str!("../../../schemas/examples/DownloadRequested/minimal.json");
const VISIT: &str = include_str!("../../../schemas/examples/VisitStarted/minimal.json");
const ERASED: &str = include_str!("../../../schemas/examples/ClientErased/minimal.json");
const SEGMENT: &str = include_str!("../../../schemas/examples/TransferSegment/minimal.json");
pub(crate) const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15";
/// A robot by `v2` alone.
pub(crate) const FETCHER: &str = "AlbumKeeper/3.1";
/// Where people are at home, by every definition.
pub(crate) const HOME_ASN: u32 = 3_320;
/// A data centre by `v1` alone.
const SCALEWAY: u32 = 12_876;
const PATH: &str = "/collections/90516387/photo_downloads";

/// A photo that a visitor received, whole, in March 2025: long closed.
fn download(number: u32, user_agent: &str, asn: u32) -> anyhow::Result<[Value; 2]> {
    download_at(COLLECTION, "2025-03-29T12:00:00Z".parse()?, number, user_agent, asn)
}

/// The same of another collection, at another time.
pub(crate) fn download_at(
    collection: u64,
    at: DateTime<Utc>,
    number: u32,
    user_agent: &str,
    asn: u32,
) -> anyhow::Result<[Value; 2]> {
    let actor = json!({
        "visitor_id": format!("visitor-{number}"), "role": "guest", "identified_by": "cookie",
        "ip_key": "9f86d081884c7d65", "user_agent": user_agent, "asn": asn,
    });
    let milliseconds = format!("{:012x}", at.timestamp_millis());
    let (high, low) = milliseconds.split_at(8);
    let id = |kind: u32| format!("{high}-{low}-7000-8000-{kind:04x}{number:08x}");
    let own = |kind: u32, second: i64| {
        json!({
            "event_id": id(kind), "download_id": id(9), "account_id": 1, "collection_id": collection, "actor": actor,
            "occurred_at": (at + TimeDelta::seconds(second)).to_rfc3339_opts(SecondsFormat::Secs, true),
        })
    };
    let mut request = event(REQUEST, &own(1, 1))?;
    request["kind"] = json!("photo");
    request["items"] = json!([{"media_id": 700 + number, "kind": "photo", "bytes": 1_000}]);
    let mut segment = event(SEGMENT, &own(2, 2))?;
    let served = json!({
        "media_id": 700 + number, "method": "GET", "status": 200, "object_bytes": 1_000, "body_bytes": 1_000,
        "completed": true, "end_reason": "ok", "purpose": "download",
    });
    segment
        .as_object_mut()
        .into_iter()
        .for_each(|segment| segment.extend(served.as_object().cloned().unwrap_or_default()));
    Ok([request, segment])
}

/// A client who came on the same day, and is erased.
fn erased() -> anyhow::Result<[Value; 2]> {
    let client_id = "cl_4Fq8Zt1LmR7vKx2cYb9nHd3sWe6pUg";
    let actor = json!({
        "client_id": client_id, "role": "client", "identified_by": "login", "ip_key": "9f86d081884c7d65",
        "user_agent": BROWSER, "asn": HOME_ASN,
    });
    let visit = json!({
        "event_id": "0195e1c5-3a00-7000-8000-000b00000001", "occurred_at": "2025-03-29T12:00:00Z", "actor": actor,
        "collection_id": COLLECTION,
    });
    Ok([event(VISIT, &visit)?, event(ERASED, &json!({"client_id": client_id}))?])
}

/// Fails unless so many downloads are completed in the answer that this definition gives.
async fn expect(stack: &Stack, client: &Client, definition: &str, downloads: u64) -> anyhow::Result<()> {
    let summary = &served_by(stack, client, PATH, definition).await?.json["summary"];
    ensure!(summary["downloads"] == downloads, "{downloads} downloads by {definition}, not {summary}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_23_another_definition_counts_otherwise_and_the_first_is_gone_back_to() -> anyhow::Result<()> {
    let stack = stack()?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let mut client = Client::new(&stack);
    let (browser, fetcher, rented) =
        (download(1, BROWSER, HOME_ASN)?, download(2, FETCHER, HOME_ASN)?, download(3, BROWSER, SCALEWAY)?);
    let more = download(4, FETCHER, HOME_ASN)?;
    client.publish(&[browser, fetcher, rented, more].concat()).await?;
    expect(&stack, &client, "v1", 3).await.context("by v1 the one from the data centre does not count")?;
    let Reading { definitions, tag, cursor } = Reading::of(&stack, &client).await?;
    ensure!(
        definitions["meta"]["definition"] == "v1" && !definitions["data"]["lists"].to_string().contains("albumkeeper")
    );

    // What a changed rule changes is told, and not that somebody is being erased; nothing is served by it before somebody says so.
    client.publish(&erased()?).await?;
    let refused = loupe(&stack, &["rebuild", "--definition", V2], false)?;
    ensure!(refused.contains("loupe_v2 is begun by definition v2; loupe_v1 is served meanwhile"), "{refused}");
    ensure!(
        refused.contains("is not served, since it follows another definition, and ")
            && refused.contains("in 1 of 1 collections"),
        "{refused}"
    );
    ensure!(told(&refused, "deliveries").ends_with("0 gone, 0 new, 3 changed"), "{refused}");
    ensure!(told(&refused, "identity_daily").ends_with("2 gone, 1 new, 0 changed"), "{refused}");
    ensure!(told(&refused, "filter_reason").contains("3 rows"), "{refused}");
    ensure!(told(&refused, "events").ends_with(": the same"), "{refused}");
    expect(&stack, &client, "v1", 3).await?;
    let other = loupe(&stack, &["rebuild", "--definition", "v1"], false)?;
    ensure!(other.contains("was begun by definition v2"), "{other}");

    let both = BothViews::watch(&clickhouse);
    let served = loupe(&stack, &["rebuild", "--accept-differences"], true)?;
    ensure!(served.contains("loupe_v2 is gone on with by definition v2"), "{served}");
    expect(&stack, &client, "v2", 2).await.context("by v2 the fetcher is a robot, and the data centre is none")?;
    ensure!(read_by_views(&clickhouse).await? == "loupe_v2");
    let seen = both.seen().await?;
    ensure!(seen == ["2\t2".to_owned(), "3\t3".to_owned()].into(), "two views at once showed {seen:?}");
    let by_v2 = Reading::of(&stack, &client).await?;
    ensure!(by_v2.definitions["meta"]["definition"] == "v2");
    ensure!(by_v2.definitions["data"]["lists"]["robot_words"].to_string().contains("albumkeeper"));
    // What was handed out under the other definition does not reach over.
    ensure!(get(&stack, PATH, Some(&tag)).await?.status() == StatusCode::OK);
    let continued = get(&stack, &format!("{PATH}?limit=1&cursor={cursor}"), None).await?;
    ensure!(continued.status() == StatusCode::BAD_REQUEST, "{}", continued.text().await?);
    ensure!(get(&stack, PATH, Some(&by_v2.tag)).await?.status() == StatusCode::NOT_MODIFIED);

    // The projector has taken over, and folds by the definition of the tables.
    client.publish(&[download(5, BROWSER, SCALEWAY)?, download(6, FETCHER, HOME_ASN)?].concat()).await?;
    expect(&stack, &client, "v2", 3).await?;
    ensure!(loupe(&stack, &["audit", "--all"], true)?.ends_with(": 0 differ\n"));
    ensure!(unaccounted(&stack, &client).await? == 0);

    // The way back takes along what came meanwhile.
    loupe(&stack, &["rollback"], true)?;
    expect(&stack, &client, "v1", 4).await?;
    ensure!(Reading::of(&stack, &client).await?.definitions == definitions);
    ensure!(read_by_views(&clickhouse).await? == "loupe_v1");
    client.publish(&download(7, FETCHER, HOME_ASN)?).await?;
    expect(&stack, &client, "v1", 5).await?;
    ensure!(loupe(&stack, &["audit", "--all"], true)?.ends_with(": 0 differ\n"));
    ensure!(unaccounted(&stack, &client).await? == 0);

    // And the way back is gone back, too.
    loupe(&stack, &["rollback"], true)?;
    expect(&stack, &client, "v2", 3).await?;

    // The name of a database that was served and is dropped is not given again: it would pass for one that was served.
    loupe(&stack, &["rollback"], true)?;
    expect(&stack, &client, "v1", 5).await?;
    clickhouse.ask("DROP DATABASE loupe_v2 SYNC").await?;
    for begun in ["is begun", "is gone on with"] {
        let aside = loupe(&stack, &["rebuild", "--keep-aside"], true)?;
        ensure!(aside.contains(&format!("loupe_v3 {begun}")), "{aside}");
    }
    ensure!(stack.panics()?.is_empty(), "{:?}", stack.panics()?);
    Ok(())
}

/// A reader who asks two views at once, again and again, while the served database changes.
struct BothViews {
    is_over: Arc<AtomicBool>,
    reading: tokio::task::JoinHandle<anyhow::Result<BTreeSet<String>>>,
}

impl BothViews {
    fn watch(clickhouse: &ClickHouse) -> Self {
        const QUERY: &str = "SELECT (SELECT countIf(is_counted) FROM loupe.deliveries), \
                             (SELECT sum(downloads) FROM loupe.media_days)";
        let is_over = Arc::new(AtomicBool::new(false));
        let (clickhouse, ends) = (clickhouse.clone(), Arc::clone(&is_over));
        let reading = tokio::spawn(async move {
            let mut seen = BTreeSet::new();
            while !ends.load(Ordering::Relaxed) {
                seen.insert(clickhouse.ask(QUERY).await?);
            }
            Ok(seen)
        });
        Self { is_over, reading }
    }

    /// Every pair of figures that was read.
    async fn seen(self) -> anyhow::Result<BTreeSet<String>> {
        self.is_over.store(true, Ordering::Relaxed);
        self.reading.await?
    }
}

/// What readers keep of an answer.
struct Reading {
    definitions: Value,
    tag: String,
    cursor: String,
}

impl Reading {
    async fn of(stack: &Stack, client: &Client) -> anyhow::Result<Self> {
        let key = &stack.addresses.keys.owner;
        let page = client.read(key, &format!("{PATH}?limit=1")).await?.json;
        let answer = get(stack, PATH, None).await?;
        Ok(Self {
            definitions: client.ask(key, "/definitions").await?.json,
            tag: answer.headers()["etag"].to_str()?.to_owned(),
            cursor: page["meta"]["next_cursor"].as_str().unwrap_or_default().to_owned(),
        })
    }
}

async fn get(stack: &Stack, path: &str, tag: Option<&str>) -> anyhow::Result<reqwest::Response> {
    let url = format!("{}{path}", stack.addresses.query_url.trim_end_matches('/'));
    let request = reqwest::Client::new().get(url).bearer_auth(&stack.addresses.keys.owner);
    Ok(tag.into_iter().fold(request, |request, tag| request.header(IF_NONE_MATCH, tag)).send().await?)
}

/// The line about a table or a field.
fn told<'t>(text: &'t str, of: &str) -> &'t str {
    text.lines().find(|line| line.split_whitespace().next() == Some(of)).unwrap_or_default()
}
