//! The limit: the projector's own inserts, recorded on their way and sent again by a client that does nothing else.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, ensure};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures::future::try_join_all;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use super::usage::{Measurement, Watched};
use super::{Outcome, Place, ours};
use crate::oracle;

const DATABASE: &str = "bench_limit";
const BODY_BYTES_MAX: usize = 2 << 30;

/// An insert as it was sent.
#[derive(Debug, Clone)]
struct Insert {
    /// The request's query, which names the database and the table.
    query: String,
    body: Bytes,
}

impl Insert {
    fn is_into(&self, table: &str) -> bool {
        self.query.contains(&format!("INSERT%20INTO%20%60{table}%60"))
            || self.query.contains(&format!("INSERT+INTO+%60{table}%60"))
    }
}

/// A proxy that keeps every insert it forwards.
#[derive(Clone)]
struct Recorder {
    target: String,
    http: reqwest::Client,
    inserts: Arc<Mutex<Vec<Insert>>>,
}

/// Records one run of the projector.
pub(super) struct Recording(Vec<Insert>);

impl Recording {
    pub(super) async fn make(place: &Place<'_>, watched: Watched) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let recorder =
            Recorder { target: place.clickhouse.url.clone(), http: reqwest::Client::new(), inserts: Arc::default() };
        let routes = Router::new().fallback(forward).with_state(recorder.clone());
        let _serving = AbortOnDropHandle::new(tokio::spawn(async move { axum::serve(listener, routes).await }));
        ours::run(place, watched, "recorded", &url).await?;
        let inserts = std::mem::take(&mut *recorder.inserts.lock().unwrap_or_else(PoisonError::into_inner));
        ensure!(inserts.iter().any(|insert| insert.is_into("ledger")), "no insert into the ledger was recorded");
        Ok(Self(inserts))
    }

    /// Sends what was recorded into fresh tables: those of one flush together but for `events` and the ledger.
    pub(super) async fn replay(&self, place: &Place<'_>, watched: Watched) -> anyhow::Result<Outcome> {
        let clickhouse = &place.clickhouse;
        clickhouse.put_aside(DATABASE).await?;
        oracle::store(place.stack, DATABASE)?.migrate().await?;
        let rows_before = clickhouse.inserted_rows().await?;
        let http = reqwest::Client::new();
        let measurement = Measurement::start(watched)?;
        let mut flush = Vec::new();
        for insert in &self.0 {
            if insert.is_into("events") || insert.is_into("ledger") {
                try_join_all(flush.drain(..).map(|insert| send(&http, &clickhouse.url, insert))).await?;
                send(&http, &clickhouse.url, insert).await?;
            } else {
                flush.push(insert);
            }
        }
        let taken = measurement.stop()?;
        let rows = clickhouse.inserted_rows().await? - rows_before;
        let at_rest = clickhouse.at_rest(DATABASE).await?;
        clickhouse.put_aside(DATABASE).await?;
        Ok(Outcome { taken, rows, at_rest, memory_max: 0 })
    }
}

async fn send(http: &reqwest::Client, url: &str, insert: &Insert) -> anyhow::Result<()> {
    let query = insert.query.replace(ours::DATABASE, DATABASE);
    let answer = http.post(format!("{url}/?{query}")).body(insert.body.clone()).send().await?;
    let status = answer.status();
    ensure!(status.is_success(), "a recorded insert was refused: {}", answer.text().await?);
    Ok(())
}

async fn forward(State(recorder): State<Recorder>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    match recorder.forward(&uri, headers, body).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

impl Recorder {
    async fn forward(&self, uri: &Uri, mut headers: HeaderMap, body: Body) -> anyhow::Result<Response> {
        let query = uri.query().unwrap_or_default().to_owned();
        let body = axum::body::to_bytes(body, BODY_BYTES_MAX).await?;
        // The length is that of a whole body now, and the host is another.
        headers.remove("transfer-encoding");
        headers.remove("host");
        let request = self.http.post(format!("{}/?{query}", self.target)).headers(headers).body(body.clone());
        let answer = request.send().await.context("ClickHouse did not answer")?;
        let (status, answer_headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await?;
        if status.is_success() && query.contains("INSERT") {
            self.inserts.lock().unwrap_or_else(PoisonError::into_inner).push(Insert { query, body });
        }
        let mut response = (status, bytes).into_response();
        // The length is that of a whole answer now.
        for (name, value) in answer_headers.iter().filter(|(name, _)| *name != "transfer-encoding") {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        Ok(response)
    }
}
