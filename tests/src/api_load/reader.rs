//! One reader's requests and how long they took.

use std::fmt::{Display, Formatter};
use std::time::Instant;

use anyhow::{Context, ensure};
use reqwest::{RequestBuilder, StatusCode};

use crate::times;

/// Rows of a page.
pub(super) const PAGE_ROWS: u64 = 50;

/// A reader of one collection's favourites.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    http: reqwest::Client,
    url: String,
    key: String,
    collection: u64,
}

/// How long requests took that were answered, in milliseconds, and how many were refused because the database was busy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    pub(super) refused: usize,
}

impl Display for Times {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms", self.p50, self.p95, self.p99)?;
        if self.refused > 0 {
            write!(formatter, ", {} refused", self.refused)?;
        }
        Ok(())
    }
}

impl Reader {
    pub(super) fn new(url: &str, key: &str, collection: u64) -> Self {
        Self { http: reqwest::Client::new(), url: url.to_owned(), key: key.to_owned(), collection }
    }

    /// The same reader at another API.
    pub(super) fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    fn first_page() -> String {
        format!("limit={PAGE_ROWS}")
    }

    /// A request for the list with this query.
    pub(super) fn favorites(&self, query: &str) -> RequestBuilder {
        let url = format!("{}/collections/{}/favorites?{query}", self.url, self.collection);
        self.http.get(url).bearer_auth(&self.key)
    }

    /// Reads the first page as often as asked, one after the other.
    pub(super) async fn pages(&self, requests: usize) -> anyhow::Result<Times> {
        self.repeat(requests, StatusCode::OK, || self.favorites(&Self::first_page())).await
    }

    /// The tag of the first page.
    pub(super) async fn tag(&self) -> anyhow::Result<String> {
        let response = self.favorites(&Self::first_page()).send().await?;
        Ok(response.headers().get("etag").context("a page has a tag")?.to_str()?.to_owned())
    }

    /// Asks whether the first page still stands.
    pub(super) async fn conditional(&self, tag: &str, requests: usize) -> anyhow::Result<Times> {
        let ask = || self.favorites(&Self::first_page()).header("if-none-match", tag);
        self.repeat(requests, StatusCode::NOT_MODIFIED, ask).await
    }

    async fn repeat(
        &self,
        requests: usize,
        expected: StatusCode,
        ask: impl Fn() -> RequestBuilder,
    ) -> anyhow::Result<Times> {
        let mut times = times::Times::default();
        let mut refused = 0;
        for _ in 0..requests {
            let start = Instant::now();
            let response = ask().send().await?;
            let status = response.status();
            let body = response.text().await?;
            // A refusal is quick, and no answer.
            if status == StatusCode::SERVICE_UNAVAILABLE {
                refused += 1;
            } else {
                ensure!(status == expected, "answered {status}: {body}");
                times.add(start.elapsed());
            }
        }
        let [p50, p95, p99] = times.percentiles([50, 95, 99]);
        Ok(Times { p50, p95, p99, refused })
    }
}
