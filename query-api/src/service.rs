//! The service: routes, keys and health, from start to drained stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use loupe_service::config::Validate;
use loupe_service::health::{self, Health};
use loupe_service::keys::KeyStore;
use loupe_service::lifecycle;
use loupe_service::problem::Problem;
use loupe_service::telemetry::Metrics;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::downloads::Downloads;
use crate::endpoint::{App, list};
use crate::favorites::Favorites;
use crate::freshness::freshness;
use crate::gallery_video_downloads::GalleryVideoDownloads;
use crate::list::Endpoint;
use crate::photo_downloads::PhotoDownloads;
use crate::photo_sharing_links::PhotoSharingLinks;
use crate::photos_starred::PhotosStarred;
use crate::store::Store;

const PROBE_INTERVAL: Duration = Duration::from_secs(5);
const RETRY_INTERVAL: Duration = Duration::from_millis(200);
const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);
const CLICKHOUSE: &str = "clickhouse";

/// Serves the API until `shutdown`, then finishes what was asked.
///
/// ClickHouse may be away at the start; requests are answered 503 until it is there and has our tables.
///
/// # Errors
/// The configuration breaks a rule, the key file is absent or bad, or the address cannot be listened on.
pub async fn run(config: Config, shutdown: CancellationToken) -> anyhow::Result<()> {
    config
        .validate()
        .map_err(|invalid| anyhow::anyhow!("configuration field `{}`: {}", invalid.field, invalid.rule))?;
    let metrics = Metrics::install();
    let keys = KeyStore::open(&config.keys_file).context("API keys")?;
    let health = Health::new(&[CLICKHOUSE]);
    let app = App {
        store: Store::new(&config),
        keys: keys.clone(),
        cursor_key: config.cursor_key.expose().into(),
        min_position_wait: Duration::from_millis(config.min_position_wait_ms),
    };
    let listener = lifecycle::bind(config.listen).await?;
    let background = shutdown.child_token();
    let _stop_background = background.clone().drop_guard();
    tokio::spawn(keys.watch(background.clone()));
    tokio::spawn(watch_tables(app.store.clone(), health.clone(), background));
    let router = router(app).merge(health::routes(health, metrics));
    lifecycle::serve(listener, router, shutdown, DRAIN_TIMEOUT).await?;
    Ok(())
}

/// Every route, also under `/api/v1`.
fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/collections/{id}/photo_downloads", of_collection::<PhotoDownloads>())
        .route("/collections/{id}/gallery_video_downloads", of_collection::<GalleryVideoDownloads>())
        .route("/collections/{id}/downloads", of_collection::<Downloads>())
        .route("/collections/{id}/downloads/", of_collection::<Downloads>())
        .route("/collections/{id}/photo_sharing_links", of_collection::<PhotoSharingLinks>())
        .route("/collections/{id}/favorites", of_collection::<Favorites>())
        .route("/freshness", get(fresh))
        .route("/photos/starred", of_account::<PhotosStarred>());
    Router::new()
        .merge(routes.clone())
        .nest("/api/v1", routes)
        .fallback(async |uri: Uri| Problem::not_found("there is no such resource").with_instance(uri.path()))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this resource is read with GET")
        })
        .with_state(app)
}

fn of_collection<E: Endpoint>() -> MethodRouter<App> {
    get(
        async |State(app): State<App>,
               id: Result<Path<String>, PathRejection>,
               OriginalUri(uri): OriginalUri,
               headers: HeaderMap| {
            // An id that is no UTF-8 is no number either, and gets the same answer.
            let id = id.map(|Path(id)| id).unwrap_or_default();
            answered::<E>(&uri, list::<E>(app, Some(id), uri.clone(), headers)).await
        },
    )
}

fn of_account<E: Endpoint>() -> MethodRouter<App> {
    get(async |State(app): State<App>, OriginalUri(uri): OriginalUri, headers: HeaderMap| {
        answered::<E>(&uri, list::<E>(app, None, uri.clone(), headers)).await
    })
}

async fn fresh(State(app): State<App>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    let answer = freshness(app, headers).await;
    answer.map_or_else(|problem| problem.with_instance(uri.path()).into_response(), IntoResponse::into_response)
}

/// The answer, or the error as one, measured. An export goes on after that, as fast as its reader takes it.
async fn answered<E: Endpoint>(uri: &Uri, answer: impl Future<Output = Result<Response, Problem>>) -> Response {
    let begun = Instant::now();
    let response = answer.await.unwrap_or_else(|problem| problem.with_instance(uri.path()).into_response());
    let status = response.status().as_str().to_owned();
    metrics::counter!("loupe_query_requests_total", "endpoint" => E::NAME, "status" => status).increment(1);
    metrics::histogram!("loupe_query_request_seconds", "endpoint" => E::NAME).record(begun.elapsed().as_secs_f64());
    response
}

/// Keeps the readiness condition true to whether ClickHouse answers and has our tables.
async fn watch_tables(store: Store, health: Health, shutdown: CancellationToken) {
    let store = Arc::new(store);
    loop {
        let pause = match store.position().await {
            Ok(_) => {
                health.set_ready(CLICKHOUSE);
                PROBE_INTERVAL
            }
            Err(problem) => {
                health.set_not_ready(CLICKHOUSE, problem.message());
                RETRY_INTERVAL
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shutdown.cancelled() => return,
        }
    }
}
