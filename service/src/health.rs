//! Whether a process lives, whether it can do its work, and what it measures.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::telemetry::Metrics;

/// The named conditions under which a process can do its work; shared by cloning.
#[derive(Debug, Clone)]
pub struct Health {
    /// `None` for a condition that holds, else the reason why it does not.
    conditions: Arc<RwLock<BTreeMap<String, Option<String>>>>,
}

/// A condition that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failing {
    /// The condition's name, such as `kafka`.
    pub condition: String,
    /// Why it does not hold, for the person on call.
    pub reason: String,
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    failing: Vec<Failing>,
}

impl Health {
    /// A process that is not ready until each of `conditions` was reported by [`Health::set_ready`].
    #[must_use]
    pub fn new(conditions: &[&str]) -> Self {
        conditions.iter().for_each(|name| say(name, false));
        let starting = conditions.iter().map(|name| ((*name).to_owned(), Some("starting".to_owned()))).collect();
        Self { conditions: Arc::new(RwLock::new(starting)) }
    }

    /// Reports that a condition holds, adding it when it is new.
    pub fn set_ready(&self, condition: &str) {
        self.set(condition, None);
    }

    /// Reports that a condition does not hold, and why, adding it when it is new.
    pub fn set_not_ready(&self, condition: &str, reason: impl Into<String>) {
        self.set(condition, Some(reason.into()));
    }

    /// The conditions that do not hold; empty when the process is ready.
    #[must_use]
    pub fn failing(&self) -> Vec<Failing> {
        let conditions = self.conditions.read().unwrap_or_else(PoisonError::into_inner);
        let failing = conditions.iter().filter_map(|(condition, reason)| {
            reason.as_ref().map(|reason| Failing { condition: condition.clone(), reason: reason.clone() })
        });
        failing.collect()
    }

    /// Whether every condition holds.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.failing().is_empty()
    }

    fn set(&self, condition: &str, reason: Option<String>) {
        let mut conditions = self.conditions.write().unwrap_or_else(PoisonError::into_inner);
        say(condition, reason.is_none());
        let before = conditions.insert(condition.to_owned(), reason.clone());
        match (before, reason) {
            (Some(None) | None, Some(reason)) => tracing::warn!(condition, reason, "not ready"),
            (Some(Some(_)), None) => tracing::info!(condition, "ready"),
            _ => {}
        }
    }
}

/// Says it as a metric.
fn say(condition: &str, holds: bool) {
    metrics::gauge!("loupe_ready", "condition" => condition.to_owned()).set(if holds { 1.0 } else { 0.0 });
}

/// Where a process tells of itself.
pub(crate) const PATHS: [&str; 3] = ["/livez", "/readyz", "/metrics"];

/// `/livez` (the process answers), `/readyz` (200, or 503 with the conditions that do not hold) and `/metrics`
/// (Prometheus text), to be merged into a service's router.
pub fn routes(health: Health, metrics: Metrics) -> Router {
    Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(move || std::future::ready(readiness(&health))))
        .route("/metrics", get(move || std::future::ready(exposition(&metrics))))
}

fn readiness(health: &Health) -> Response {
    let failing = health.failing();
    let ready = failing.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(Readiness { ready, failing })).into_response()
}

fn exposition(metrics: &Metrics) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn get(router: &Router, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn readiness_lists_each_failing_condition_until_all_hold() {
        let health = Health::new(&["kafka", "keys"]);
        let router = routes(health.clone(), Metrics::install());
        assert_eq!(get(&router, "/livez").await.0, StatusCode::OK);
        health.set_ready("keys");
        health.set_not_ready("kafka", "no broker answers");
        let (status, body) = get(&router, "/readyz").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(body, r#"{"ready":false,"failing":[{"condition":"kafka","reason":"no broker answers"}]}"#);
        health.set_ready("kafka");
        assert_eq!(get(&router, "/readyz").await, (StatusCode::OK, r#"{"ready":true,"failing":[]}"#.to_owned()));
        assert!(health.is_ready());
    }

    #[tokio::test]
    async fn metrics_are_exposed_as_prometheus_text() {
        let router = routes(Health::new(&[]), Metrics::install());
        metrics::counter!("health_test_total").increment(3);
        let (status, body) = get(&router, "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("health_test_total 3"), "{body}");
    }
}
