//! The route and its handler.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use loupe_schemas::{Event, Micros};
use loupe_service::clock;
use loupe_service::health::Health;
use loupe_service::keys::{KeyStore, Principal, Scope};
use loupe_service::problem::Problem;

use super::admission::{Admission, Admitted};
use super::answer::{Verdicts, kafka_away};
use super::body;
use super::content::{Encoding, MediaType};
use super::in_flight::Reservation;
use super::{InFlight, IpHasher, KAFKA_CONDITION, Limits, Sink, decode, split};

/// What requests are served with; shared by cloning.
#[derive(Clone)]
pub struct App {
    /// Where accepted events go.
    pub sink: Arc<dyn Sink>,
    /// Who may publish.
    pub keys: Arc<KeyStore>,
    /// Hashes client addresses (rule 17).
    pub ip_hasher: IpHasher,
    /// What bounds requests.
    pub limits: Limits,
    /// The bytes held by running requests.
    pub in_flight: InFlight,
    /// While its condition [`KAFKA_CONDITION`] fails, requests are refused before they are read.
    pub health: Health,
}

/// `POST /v1/events`; anything else is a 404 or 405 in the product's error form.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/v1/events", post(post_events).fallback(method_not_allowed))
        .fallback(|| async { Problem::not_found("ingest serves POST /v1/events, /livez, /readyz and /metrics") })
        .with_state(app)
}

async fn method_not_allowed(method: Method) -> Response {
    let message = format!("/v1/events takes POST, not {method}");
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message);
    ([("allow", "POST")], problem).into_response()
}

async fn post_events(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    let started = Instant::now();
    let response = match app.take_in(&headers, body).await {
        Ok(verdicts) => verdicts.into_response(),
        Err(problem) => {
            tracing::debug!(%problem, "request refused");
            problem.into_response()
        }
    };
    metrics::counter!("loupe_ingest_requests_total", "status" => response.status().as_str().to_owned()).increment(1);
    metrics::histogram!("loupe_ingest_request_seconds").record(started.elapsed().as_secs_f64());
    response
}

/// What is read from a body: the events to publish and those rejected, or that there is none at all.
enum Contents {
    Empty,
    Events(Admitted),
}

impl App {
    async fn take_in(&self, headers: &HeaderMap, body: Body) -> Result<Verdicts, Problem> {
        let principal = self.keys.authorize(headers, Scope::EventsWrite)?;
        let media_type = MediaType::of(headers)?;
        let encoding = Encoding::of(headers)?;
        self.require_kafka()?;
        let mut reservation = self.in_flight.begin()?;
        let body = body::collect(headers, body, &self.limits, &mut reservation).await?;
        metrics::counter!("loupe_ingest_body_bytes_total", "encoding" => encoding.as_str())
            .increment(body.len() as u64);
        let received_at = Micros(clock::now_micros());
        let app = self.clone();
        // Decoding and checking a large body takes many milliseconds of one core, too long between two awaits.
        let turn = reservation.turn().await;
        let read = move || {
            let contents = app.read(body, (media_type, encoding), &principal, received_at, &mut reservation);
            drop(turn);
            contents.map(|contents| (contents, reservation))
        };
        let (contents, held) = tokio::task::spawn_blocking(read).await.map_err(|error| {
            tracing::error!(%error, "reading a body failed");
            Problem::internal()
        })??;
        let verdicts = match contents {
            Contents::Empty => Verdicts::empty(),
            Contents::Events(admitted) => self.publish(admitted).await?,
        };
        drop(held);
        count(&verdicts);
        Ok(verdicts)
    }

    /// Refuses at once while Kafka is known to be away, so that nothing of the request is half-taken.
    fn require_kafka(&self) -> Result<(), Problem> {
        match self.health.failing().into_iter().find(|failing| failing.condition == KAFKA_CONDITION) {
            Some(failing) => Err(kafka_away(&failing.reason)),
            None => Ok(()),
        }
    }

    fn read(
        &self,
        body: Bytes,
        (media_type, encoding): (MediaType, Encoding),
        principal: &Principal,
        received_at: Micros,
        reservation: &mut Reservation,
    ) -> Result<Contents, Problem> {
        let body = decode::decode(encoding, body, &self.limits, reservation)?;
        metrics::counter!("loupe_ingest_decoded_bytes_total").increment(body.len() as u64);
        let raw_events = split::split(media_type, &body, self.limits.events_per_request_max)?;
        if raw_events.is_empty() {
            return Ok(Contents::Empty);
        }
        let admission = Admission { media_type, principal, ip_hasher: &self.ip_hasher, received_at };
        Ok(Contents::Events(admission.admit(&raw_events)))
    }

    async fn publish(&self, admitted: Admitted) -> Result<Verdicts, Problem> {
        let Admitted { events, rejected } = admitted;
        if events.is_empty() {
            return Ok(Verdicts::none(rejected));
        }
        let (ids, events): (Vec<_>, Vec<Event>) =
            events.into_iter().map(|(index, event)| ((index, event.head.event_id), event)).unzip();
        let started = Instant::now();
        let publication = Arc::clone(&self.sink).publish_all(events).await;
        metrics::histogram!("loupe_ingest_publish_seconds").record(started.elapsed().as_secs_f64());
        Verdicts::after(publication, ids, rejected)
    }
}

fn count(verdicts: &Verdicts) {
    metrics::counter!("loupe_ingest_events_accepted_total").increment(verdicts.accepted as u64);
    for rejection in &verdicts.rejected {
        metrics::counter!("loupe_ingest_events_rejected_total", "code" => rejection.violation.code.as_str())
            .increment(1);
    }
}
