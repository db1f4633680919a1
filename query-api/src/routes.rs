//! Every route of the API, once: from this table come the router and the API's description.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{Extension, OriginalUri, RawPathParams, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use loupe_service::problem::Problem;

use crate::activity;
use crate::answer;
use crate::ask::{App, Incoming};
use crate::client_timeline::ClientTimeline;
use crate::collection_analytics::CollectionAnalytics;
use crate::collection_clients::CollectionClients;
use crate::compare::Compare;
use crate::content::Content;
use crate::dashboard;
use crate::definitions;
use crate::description::{self, Description};
use crate::download::Download;
use crate::download_items::DownloadItems;
use crate::downloads::Downloads;
use crate::erasure;
use crate::favorites::Favorites;
use crate::follow_ups::FollowUps;
use crate::freshness::freshness;
use crate::gallery_video_downloads::GalleryVideoDownloads;
use crate::logged;
use crate::photo_downloads::PhotoDownloads;
use crate::photo_sharing_links::PhotoSharingLinks;
use crate::photo_stats::PhotoStats;
use crate::photos_starred::PhotosStarred;
use crate::popular::Popular;
use crate::portfolio::PortfolioReport;
use crate::portfolio_collections::PortfolioCollections;
use crate::preferences::Preferences;
use crate::resource::{List, Report};
use crate::store_candidates::StoreCandidates;
use crate::timeseries::Timeseries;
use crate::trace::Trace;
use crate::understand::{self, Reader};

/// Where every route is found, too.
const PREFIX: &str = "/api/v1";

/// The routes with what describes them.
pub(crate) struct Api {
    pub(crate) router: Router<App>,
    /// The paths of them all.
    paths: Vec<&'static str>,
    pub(crate) description: Description,
    /// How the query strings of each are read, by name.
    pub(crate) readers: Vec<(&'static str, Reader)>,
}

impl Api {
    fn new() -> Self {
        Self { router: Router::new(), paths: Vec::new(), description: Description::new(), readers: Vec::new() }
    }

    /// A path, and what answers there.
    fn route(mut self, path: &'static str, answers: MethodRouter<App>) -> Self {
        self.paths.push(path);
        self.router = self.router.route(path, answers);
        self
    }

    /// A list at a path.
    fn list<L: List>(mut self, path: &'static str) -> Self {
        self.description.list::<L>(path);
        self.readers.push((L::NAME, understand::read::<L>));
        self.route(path, asked(answer::list::<L>))
    }

    /// A report at a path.
    fn report<R: Report>(mut self, path: &'static str) -> Self {
        self.description.report::<R>(path);
        self.readers.push((R::NAME, understand::read::<R>));
        self.route(path, asked(answer::report::<R>))
    }

    /// Another spelling of a list's path, which needs no description of its own.
    fn also<L: List>(self, path: &'static str) -> Self {
        self.route(path, asked(answer::list::<L>))
    }
}

/// Every route that is read with a key.
pub(crate) fn api() -> Api {
    Api::new()
        .list::<PhotoDownloads>("/collections/{collection_id}/photo_downloads")
        .list::<GalleryVideoDownloads>("/collections/{collection_id}/gallery_video_downloads")
        .list::<Downloads>("/collections/{collection_id}/downloads")
        .also::<Downloads>("/collections/{collection_id}/downloads/")
        .list::<PhotoSharingLinks>("/collections/{collection_id}/photo_sharing_links")
        .list::<Favorites>("/collections/{collection_id}/favorites")
        .list::<PhotosStarred>("/photos/starred")
        .report::<CollectionAnalytics>("/collections/{collection_id}/analytics")
        .report::<Timeseries>("/collections/{collection_id}/analytics/timeseries")
        .list::<Popular>("/collections/{collection_id}/analytics/popular")
        .list::<CollectionClients>("/collections/{collection_id}/clients")
        .list::<ClientTimeline>("/collections/{collection_id}/clients/{client_id}/timeline")
        .report::<Download>("/downloads/{download_id}")
        .list::<DownloadItems>("/downloads/{download_id}/items")
        .report::<PhotoStats>("/photos/{photo_id}/stats")
        .report::<PortfolioReport>("/analytics/portfolio")
        .list::<PortfolioCollections>("/analytics/collections")
        .report::<Compare>("/analytics/compare")
        .report::<Preferences>("/clients/{client_id}/preferences")
        .list::<FollowUps>("/insights/follow_ups")
        .list::<StoreCandidates>("/insights/store_candidates")
        .report::<Content>("/insights/content")
        .route("/collections/{collection_id}/activity/stream", asked(activity::stream))
        .route("/clients/{client_id}/personal_data", asked_by(MethodFilter::DELETE, erasure::order))
        .route("/erasures/{receipt}", asked(erasure::follow))
        .route("/freshness", asked(freshness))
}

/// Every route, also under the prefix, the description of all, and the dashboard.
pub(crate) fn router(app: App) -> Router {
    let Api { router, paths, description, .. } = api();
    for path in paths {
        logged::begin(path);
        logged::begin(&format!("{PREFIX}{path}"));
    }
    let router = router.merge(definitions::routes()).merge(description::routes(&description));
    Router::new()
        .merge(router.clone())
        .nest(PREFIX, router)
        .merge(dashboard::routes())
        .fallback(async |uri: Uri| Problem::not_found("there is no such resource").with_instance(uri.path()))
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this resource is not asked by this method",
            )
        })
        .with_state(app)
}

/// GET, answered by `answer`; an error becomes the one error body, with the path it is about.
fn asked<F, A>(answer: F) -> MethodRouter<App>
where
    F: Fn(App, Incoming) -> A + Copy + Send + Sync + 'static,
    A: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    asked_by(MethodFilter::GET, answer)
}

/// The same by another method.
fn asked_by<F, A>(method: MethodFilter, answer: F) -> MethodRouter<App>
where
    F: Fn(App, Incoming) -> A + Copy + Send + Sync + 'static,
    A: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    on(
        method,
        async move |State(app): State<App>,
                    path: Result<RawPathParams, RawPathParamsRejection>,
                    OriginalUri(uri): OriginalUri,
                    Extension(trace): Extension<Arc<Trace>>,
                    headers: HeaderMap| {
            let instance = uri.path().to_owned();
            let answered = match path {
                Ok(path) => answer(app, Incoming { path, uri, headers, trace }).await,
                // What is no UTF-8 is nobody's id.
                Err(_) => Err(Problem::not_found("there is no such resource")),
            };
            answered.unwrap_or_else(|problem| problem.with_instance(instance).into_response())
        },
    )
}
