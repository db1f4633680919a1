//! `DELETE /clients/{client_id}/personal_data` orders a client to be erased (rule 16) and answers with a receipt;
//! `GET /erasures/{receipt}` says how far that is. Scope `clients:erase`.
//!
//! An erasure is an event on the log, so that it survives whatever the tables do not. This service knows no Kafka: ingest
//! writes the event, as it writes every other. The projector does the rest.

mod order;
mod receipt;

pub(crate) use order::Orders;

use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loupe_schemas::position::Position;
use loupe_schemas::topics;
use loupe_service::clock;
use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ask::{App, Incoming, account, admit};
use crate::clients::place;
use crate::json::{Row, number, of, printed, text};
use crate::parameters::{Grain, Parameters, Takes, fits_id, wrong};
use crate::position::Projected;
use crate::served::Served;
use crate::trace::Trace;
use receipt::Receipt;

/// What both routes take: the account, of a key that acts for several.
pub(crate) const TAKES: Takes = Takes { groups: &[], words: &[], sorts: &[], grain: Grain::Microsecond };
const CLIENT: &str = "client_id";
const RECEIPT: &str = "receipt";

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// It is on the log; answers may still name the person.
    Accepted,
    /// No answer names the person any more; tables and quarantine are being rewritten.
    Rewriting,
    /// No table and no quarantined record names the person.
    Erased,
}

/// An erasure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Erasure {
    /// What to ask by.
    #[schema(example = "er_3f1f62c14c0a4f2bb9ac4f9b2ae1d0c7_c2:18")]
    receipt: String,
    status: Status,
    /// When it was asked for first; null while it is not projected.
    #[schema(format = DateTime)]
    requested_at: Option<String>,
    /// When tables and quarantine named the person no more; null until then.
    #[schema(format = DateTime)]
    erased_at: Option<String>,
    /// The id that stands in the person's place; null while it is not projected.
    #[schema(example = "cl_erased_0197c1d2a0007000800000000000002a")]
    client_id: Option<String>,
    /// When Kafka lets go of the last record that it had of the person by then, by the retention that Loupe gives the topic
    /// of events; null while the erasure is not projected.
    #[schema(format = DateTime)]
    log_kept_until: Option<String>,
}

/// An erasure as answers hold it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErasureAnswer {
    data: Erasure,
    meta: ErasureMeta,
}

/// As of when.
#[derive(Debug, Serialize, ToSchema)]
struct ErasureMeta {
    #[schema(format = DateTime)]
    as_of: String,
    /// The position in the log that the answer includes at least (rule 101).
    #[schema(example = "c0:875.e0:27712")]
    position: String,
}

/// Orders a client to be erased. A client who is erased already is not erased again, and nobody has to have heard of them:
/// what comes late of them is erased as it comes.
pub(crate) async fn order(app: App, incoming: Incoming) -> Result<Response, Problem> {
    let account = who(&app, &incoming)?;
    let client_id = path(&incoming, CLIENT);
    if !fits_id(client_id) {
        return Err(wrong(CLIENT, "must be an id of 1 to 64 bytes"));
    }
    let orders = app.orders.as_ref().ok_or_else(not_configured)?;
    let Projected { served, position } = app.positions.now().await?;
    let known = Receipt::of(client_id, None);
    let (receipt, state) = match state(&app, &served, &incoming.trace, account, &known).await? {
        Some(row) => (known, Some(row)),
        None => (Receipt::of(client_id, Some(orders.erase(account, client_id).await?)), None),
    };
    let receipt_path = format!("/erasures/{receipt}");
    let mut response = (StatusCode::ACCEPTED, Json(answer(&receipt, state.as_ref(), &position))).into_response();
    if let Ok(value) = HeaderValue::from_str(&receipt_path) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(uncached(response))
}

/// The answer of an API that cannot order erasures.
pub(crate) fn not_configured() -> Problem {
    let message = "this API was not told where to write erasures: set ingest_url and ingest_key";
    Problem::new(StatusCode::NOT_IMPLEMENTED, "erasure_not_configured", message)
}

/// How far an erasure is.
pub(crate) async fn follow(app: App, incoming: Incoming) -> Result<Response, Problem> {
    let account = who(&app, &incoming)?;
    let absent = || Problem::not_found("there is no such erasure");
    let receipt: Receipt = path(&incoming, RECEIPT).parse().map_err(|_| absent())?;
    let Projected { served, position } = app.positions.now().await?;
    let state = state(&app, &served, &incoming.trace, account, &receipt).await?;
    // What is not projected yet is not in the tables; what is projected and not there never was.
    let is_coming = receipt.position.as_ref().is_some_and(|at| !position.covers(at));
    if state.is_none() && !is_coming {
        return Err(absent());
    }
    Ok(uncached(Json(answer(&receipt, state.as_ref(), &position)).into_response()))
}

fn who(app: &App, incoming: &Incoming) -> Result<u64, Problem> {
    let principal = admit(app, &incoming.headers, &incoming.trace, Scope::ClientsErase)?;
    let parameters = Parameters::read(incoming.uri.query().unwrap_or_default(), &TAKES)?;
    let account = account(&principal, parameters.values.get("account_id").map(String::as_str))?;
    incoming.trace.is_asked_by(account, &principal.key_id);
    Ok(account)
}

fn path<'i>(incoming: &'i Incoming, name: &str) -> &'i str {
    incoming.path.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

async fn state(
    app: &App,
    served: &Served,
    trace: &Arc<Trace>,
    account: u64,
    receipt: &Receipt,
) -> Result<Option<Row>, Problem> {
    let store = app.store.of(&served.database).asked_by(&app.limits, trace, account);
    let rows = store.of_client(include_str!("state.sql"), account, receipt.client_hash).await?;
    Ok(rows.into_iter().next())
}

fn answer(receipt: &Receipt, state: Option<&Row>, position: &Position) -> ErasureAnswer {
    let is_done = state.is_some_and(|row| number(row, "is_done") > 0);
    let at = |column: &str| state.and_then(|row| of(row, column).as_i64());
    let data = Erasure {
        receipt: receipt.to_string(),
        status: match state {
            None => Status::Accepted,
            Some(_) if is_done => Status::Erased,
            Some(_) => Status::Rewriting,
        },
        requested_at: at("requested_us").map(printed),
        erased_at: at("done_us").filter(|_| is_done).map(printed),
        client_id: state.and_then(|row| place(text(row, "event_id"))),
        log_kept_until: at("requested_us")
            .zip(topics::EVENTS.gone_us())
            .map(|(at, retention)| printed(at.saturating_add(retention))),
    };
    let meta = ErasureMeta { as_of: printed(clock::now_micros()), position: position.to_string() };
    ErasureAnswer { data, meta }
}

fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
