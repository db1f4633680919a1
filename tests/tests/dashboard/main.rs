//! The dashboard: what is served is what its sources say, and in a real browser every screen shows the API's numbers.
//!
//! ```text
//! workshop  the sources beside their packages, outside the repository
//! ```

mod workshop;

use std::path::Path;

use anyhow::{Context, ensure};
use loupe_tests::browser;
use loupe_tests::season;
use loupe_tests::stack::Stack;
use workshop::Workshop;

const EVENTS: u64 = 20_000;

#[tokio::test]
async fn the_sources_hold_together_and_what_is_served_is_built_from_them() -> anyhow::Result<()> {
    let workshop = Workshop::open().await?;
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
    let chromium = tokio::task::spawn_blocking(browser::chromium).await??;
    let workshop = Workshop::open().await?;
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    season::of_the_day_before_yesterday(&stack, EVENTS).await?;
    let url = stack.addresses.query_url.as_str();
    workshop.npm(&["run", "types"], &[("LOUPE_URL", url)]).await?;
    let types = Path::new("src/api/schema.d.ts");
    let (written, kept) = (workshop.read(types)?, std::fs::read(workshop::sources().join(types))?);
    ensure!(written == kept, "the API's description is another than src/api/schema.d.ts: run `npm run types`");
    let settings = [
        ("LOUPE_URL", url),
        ("LOUPE_KEY", &stack.addresses.keys.owner),
        ("LOUPE_INGEST_URL", &stack.addresses.ingest_url),
        ("LOUPE_EDGE_KEY", &stack.addresses.keys.edge),
        ("LOUPE_CHROMIUM", chromium.to_str().context("the browser's path is no text")?),
    ];
    workshop.npm(&["run", "e2e"], &settings).await
}
