//! What happens around every request: it gets an id, what is left of its key's allowance, metrics and a line in the log.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use futures::Stream;
use loupe_service::telemetry::continue_trace;
use tracing::Instrument;

use crate::trace::{REQUEST_ID, Trace};

/// The statuses of requests that we failed.
const FAILURES: [&str; 2] = ["500", "503"];

/// Writes the line when the answer's last byte is handed over, or when its reader goes away before that.
struct Line {
    trace: Arc<Trace>,
    begun: Instant,
    status: u16,
    is_complete: bool,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.trace.log(self.status, self.begun.elapsed().as_secs_f64(), self.is_complete);
    }
}

/// A body that is still being written, with the line of its request.
struct Streamed {
    body: Body,
    line: Line,
}

impl Stream for Streamed {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        self.line.is_complete = frame.is_none();
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.into_data().unwrap_or_default())))
    }
}

/// Begins the failures of a route at 0: the first of them are then an increase, however many they are.
pub(crate) fn begin(route: &str) {
    for failure in FAILURES {
        let labels = [("route", route.to_owned()), ("status", failure.to_owned())];
        metrics::counter!("loupe_query_requests_total", &labels).increment(0);
    }
}

/// Answers a request through `next`, measured and logged.
pub(crate) async fn logged(route: Option<MatchedPath>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = route.map_or_else(|| "none".to_owned(), |route| route.as_str().to_owned());
    let trace = Arc::new(Trace::of(request.headers(), route));
    request.extensions_mut().insert(Arc::clone(&trace));
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        http.route = trace.route,
        http.response.status_code = tracing::field::Empty
    );
    if let Some(parent) = &trace.parent {
        continue_trace(&span, parent);
    }
    let mut response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    let status = response.status();
    let labels = [("route", trace.route.clone()), ("status", status.as_str().to_owned())];
    metrics::counter!("loupe_query_requests_total", &labels).increment(1);
    metrics::histogram!("loupe_query_request_seconds", "route" => trace.route.clone())
        .record(begun.elapsed().as_secs_f64());
    let headers = response.headers_mut();
    // Plain characters, as they were checked or made here.
    headers.extend(HeaderValue::from_str(&trace.request_id).ok().map(|id| (HeaderName::from_static(REQUEST_ID), id)));
    if let Some(allowance) = trace.allowance() {
        allowance.write(headers);
    }
    // A body at hand is as good as sent; one that is still being written is logged at its end.
    let is_complete = response.body().size_hint().exact().is_some();
    let line = Line { trace, begun, status: status.as_u16(), is_complete };
    if is_complete {
        return response;
    }
    response.map(|body| Body::from_stream(Streamed { body, line }))
}
