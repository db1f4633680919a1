//! A real browser that goes through the dashboard of a stack.

use std::path::PathBuf;

use anyhow::Context;
use loupe_tests::browser;
use loupe_tests::stack::Stack;

use crate::workshop::Workshop;

pub(crate) struct Browsing {
    pub(crate) workshop: Workshop,
    chromium: PathBuf,
}

impl Browsing {
    /// The checks with their packages, and Chromium.
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let chromium = tokio::task::spawn_blocking(browser::chromium).await??;
        Ok(Self { workshop: Workshop::open().await?, chromium })
    }

    /// Runs these parts of the checks, all without any; what they are told stands in the dashboard's README.
    pub(crate) async fn check(&self, stack: &Stack, parts: &[&str], settings: &[(&str, String)]) -> anyhow::Result<()> {
        let chromium = self.chromium.to_str().context("the browser's path is no text")?;
        let mut told: Vec<(&str, &str)> = vec![("LOUPE_URL", &stack.addresses.query_url), ("LOUPE_CHROMIUM", chromium)];
        told.extend(settings.iter().map(|(name, value)| (*name, value.as_str())));
        let words: Vec<&str> = ["run", "e2e", "--"].iter().chain(parts).copied().collect();
        self.workshop.npm(&words, &told).await
    }
}
