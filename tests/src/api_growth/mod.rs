//! How long the query API takes to answer, as the tables grow a hundred times, beside its own statements sent bare.
//!
//! ```text
//! grow     a season folded by the projector, then copied under other accounts
//! targets  what is asked: every route of the API's description, about collections of several sizes
//! bare     the statements of a request, sent again by a client that does nothing else
//! report   how long both took, as a table
//! ```
//!
//! Whoever is asked about keeps their size; what grows is what lies around them in the same tables.

mod bare;
mod grow;
mod report;
mod targets;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::ensure;

use crate::clickhouse::ClickHouse;
use crate::page;
use crate::program;
use crate::recorder::Recorder;
use crate::service::Service;
use crate::stack::Stack;
use crate::times::Times;
use bare::Bare;
use report::Row;
use targets::{Routes, Target};

const DATABASE: &str = "loupe_v1";
/// Requests that are not counted: they find caches empty.
const WARM: usize = 2;

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// About how many events the projector folds.
    pub events: u64,
    /// How many times as many the tables hold, one after the other, rising.
    pub times: Vec<u64>,
    /// Requests of each route about each collection.
    pub requests: usize,
    /// The page that is to keep the figures.
    pub page: Option<PathBuf>,
}

/// Fills a stack of its own and measures; the table of results.
///
/// # Errors
/// The stack did not start, or an answer was not the expected one.
pub async fn run(executable: &Path, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<String> {
    program::with_stack(executable, async |stack| measure(stack, plan, say).await).await
}

async fn measure(stack: &Stack, plan: Plan, say: &(dyn Fn(&str) + Sync)) -> anyhow::Result<String> {
    say(&format!("folding {} events", plan.events));
    grow::season(stack, plan.events).await?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let targets = targets::choose(stack).await?;
    let asked = Asked::start(stack).await?;
    let mut rows: Vec<Row> = asked.routes.asked().map(Row::new).collect();
    let mut held = Vec::new();
    let mut copies = 1;
    for times in plan.times {
        grow::copy(&clickhouse, DATABASE, copies..times).await?;
        copies = copies.max(times);
        let events = clickhouse.number(&format!("SELECT count() FROM {DATABASE}.events")).await?;
        say(&format!("asking over {events} events"));
        held.push(events);
        for row in &mut rows {
            let mut taken = Vec::new();
            for target in &targets {
                taken.push(asked.compare(target, &row.route, plan.requests).await?);
            }
            row.add(taken);
            say(&row.latest());
        }
    }
    let figures = report::table(&held, &rows);
    if let Some(page) = &plan.page {
        page::write(page, "api-growth", &figures)?;
    }
    Ok(figures)
}

/// Two query APIs: one whose statements are recorded, and one that is measured.
struct Asked {
    recorded: Service,
    recorder: Recorder,
    direct: Service,
    clickhouse_url: String,
    http: reqwest::Client,
    routes: Routes,
}

impl Asked {
    async fn start(stack: &Stack) -> anyhow::Result<Self> {
        let clickhouse_url = stack.addresses.clickhouse_url.clone();
        // Statements of requests have a comment, those that the API asks for itself have none.
        let recorder = Recorder::start(&clickhouse_url, |query| query.contains("log_comment")).await?;
        let generous = ("REQUESTS_PER_MINUTE", "1000000");
        let settings = [generous, ("CLICKHOUSE_URL", recorder.url.as_str())];
        let mut recorded = Service::query_api_with(stack, DATABASE, &settings)?;
        let mut direct = Service::query_api_with(stack, DATABASE, &[generous])?;
        recorded.ready().await?;
        direct.ready().await?;
        let routes = Routes::of(stack).await?;
        Ok(Self { recorded, recorder, direct, clickhouse_url, http: reqwest::Client::new(), routes })
    }

    /// How long requests for a route about one collection take, and their statements alone, in turn.
    async fn compare(&self, target: &Target, route: &str, requests: usize) -> anyhow::Result<(Times, Times)> {
        let (mut api, mut bare) = (Times::default(), Times::default());
        let path = target.path(&self.routes, route);
        self.ask(&self.recorded, &path, &target.key).await?;
        drop(self.recorder.take());
        self.ask(&self.recorded, &path, &target.key).await?;
        let statements = Bare::new(self.recorder.take());
        for round in 0..WARM + requests {
            let start = Instant::now();
            self.ask(&self.direct, &path, &target.key).await?;
            let answered = start.elapsed();
            let start = Instant::now();
            statements.send(&self.http, &self.clickhouse_url).await?;
            if round >= WARM {
                api.add(answered);
                bare.add(start.elapsed());
            }
        }
        Ok((api, bare))
    }

    async fn ask(&self, api: &Service, path: &str, key: &str) -> anyhow::Result<()> {
        let answer = self.http.get(format!("{}{path}", api.url)).bearer_auth(key).send().await?;
        let status = answer.status();
        let body = answer.text().await?;
        ensure!(status.is_success(), "{path} answered {status}: {body}");
        Ok(())
    }
}
