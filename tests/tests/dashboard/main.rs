//! The dashboard: what is served is what its sources say, and in a real browser every screen shows the API's numbers.
//!
//! ```text
//! workshop  the sources beside their packages, outside the repository
//! browsing  a browser, and the keys that it enters
//! ```

mod browsing;
mod workshop;

use std::path::Path;

use anyhow::ensure;
use browsing::Browsing;
use loupe_tests::client::Client;
use loupe_tests::season;
use loupe_tests::stack::Stack;
use loupe_tests::story::reading::{self, Readers};
use loupe_tests::story::{self, OWNER_SCOPES};
use tokio::sync::RwLock;
use workshop::Workshop;

const EVENTS: u64 = 20_000;
/// Accounts of the story, beside the season's account 1; the last one has no event.
const STUDIO: u64 = 11;
const ELSEWHERE: u64 = 12;
const UNTOUCHED: u64 = 13;

/// Held alone by what keeps every core busy, so that browsers do not wait for screens beside it.
static CORES: RwLock<()> = RwLock::const_new(());

#[tokio::test]
async fn the_sources_hold_together_and_what_is_served_is_built_from_them() -> anyhow::Result<()> {
    let workshop = Workshop::open().await?;
    let _alone = CORES.write().await;
    workshop.npm(&["run", "check"], &[]).await?;
    workshop.npm(&["test"], &[]).await?;
    workshop.npm(&["run", "build"], &[]).await?;
    let (built, served) = (workshop.files("dist")?, workshop::files(&workshop::sources().join("dist"))?);
    ensure!(built.keys().eq(served.keys()), "{:?} were built, {:?} are served", built.keys(), served.keys());
    for (name, bytes) in &built {
        ensure!(served.get(name) == Some(bytes), "dist/{name} is not what its sources give: run `npm run build`");
    }
    Ok(())
}

#[tokio::test]
async fn every_screen_shows_the_numbers_of_the_api() -> anyhow::Result<()> {
    let browsing = Browsing::open().await?;
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    season::of_the_day_before_yesterday(&stack, EVENTS).await?;
    let url = stack.addresses.query_url.as_str();
    let workshop = &browsing.workshop;
    workshop.npm(&["run", "types"], &[("LOUPE_URL", url)]).await?;
    let types = Path::new("src/api/schema.d.ts");
    let (written, kept) = (workshop.read(types)?, std::fs::read(workshop::sources().join(types))?);
    ensure!(written == kept, "the API's description is another than src/api/schema.d.ts: run `npm run types`");
    let _beside = CORES.read().await;
    let settings = [
        ("LOUPE_KEY", stack.addresses.keys.owner.clone()),
        ("LOUPE_NARROW_KEY", stack.key(1, "downloads:read")?),
        ("LOUPE_EMPTY_KEY", stack.key(UNTOUCHED, OWNER_SCOPES)?),
        ("LOUPE_INGEST_URL", stack.addresses.ingest_url.clone()),
        ("LOUPE_EDGE_KEY", stack.addresses.keys.edge.clone()),
    ];
    browsing.check(&stack, &[], &settings).await
}

/// What the journey holds the API to is what the screens show.
#[tokio::test]
async fn every_screen_shows_the_story_as_it_was_told() -> anyhow::Result<()> {
    let browsing = Browsing::open().await?;
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let mut client = Client::new(&stack);
    client.publish(&story::events(STUDIO, ELSEWHERE)).await?;
    let readers = Readers::mint(&stack, STUDIO, ELSEWHERE)?;
    reading::expect_story(&client, &readers).await?;
    let _beside = CORES.read().await;
    for key in [readers.owner, readers.other] {
        browsing.check(&stack, &["looks"], &[("LOUPE_KEY", key)]).await?;
    }
    Ok(())
}
