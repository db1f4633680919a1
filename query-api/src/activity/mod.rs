//! `GET /collections/{id}/activity/stream`: what happens, as server-sent events, once it is projected.
//!
//! A stream follows the collection's part of the log by offset. It tells of an event only when the offset is below the
//! projected position, and then shows the rows it changed as the lists show them: never what a reload would not. When the
//! topic is given more partitions, it reads what is left where the collection lay, and goes on where it lies since.

mod changed;
mod homes;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, stream};
use loupe_schemas::avro::codec::Decoder;
use loupe_schemas::position::Position;
use loupe_schemas::topics;
use loupe_service::clock;
use loupe_service::keys::{Principal, Scope};
use loupe_service::problem::Problem;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use crate::ask::{App, Asked, Incoming, Step, ask};
use crate::json::{Row, text};
use crate::parameters::{Grain, Takes, wrong};
use crate::resource::Resource;
use changed::Changed;
pub(crate) use homes::Counts;
use homes::{Home, Homes};

const LAST_EVENT_ID: &str = "last-event-id";
/// Events read at a time.
const BATCH_EVENTS: usize = 500;
/// A comment is sent after so long without an event, so that dead connections are noticed on both sides.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a reader waits before it comes back, and a stream before it asks ClickHouse again.
const RETRY: Duration = Duration::from_secs(2);
/// How long a stream may go on once its key was revoked or is expired.
const WELCOME_INTERVAL: Duration = Duration::from_secs(1);

/// The stream of a collection's activity.
pub(crate) struct ActivityStream;

impl Resource for ActivityStream {
    const NAME: &'static str = "activity_stream";
    const ABOUT: &'static str = "What happens in the collection, as server-sent events, once it is counted.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes { groups: &[], words: &[], sorts: &[], grain: Grain::Microsecond };
}

/// An open stream; dropping it gives the key's leave back.
struct Open {
    app: App,
    asked: Asked,
    key_id: String,
    scopes: Scopes,
    decoder: Decoder,
    /// Where the events lie that are told of.
    home: Home,
    /// The offset there of the last one.
    last: i64,
    waiting: VecDeque<Event>,
    _leave: OwnedSemaphorePermit,
}

/// Which lists the reader may see.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scopes {
    downloads: bool,
    favorites: bool,
    links: bool,
}

impl Scopes {
    fn of(principal: &Principal) -> Self {
        Self {
            downloads: principal.has(Scope::DownloadsRead),
            favorites: principal.has(Scope::FavoritesRead),
            links: principal.has(Scope::LinksRead),
        }
    }
}

/// Opens a stream: from after `Last-Event-ID` on, or from now on.
pub(crate) async fn stream(app: App, incoming: Incoming) -> Result<Response, Problem> {
    let principal = app.keys.authorize(&incoming.headers, ActivityStream::SCOPE)?;
    let asked = match ask::<ActivityStream>(&app, &incoming).await? {
        Step::Answer(asked) => *asked,
        Step::Unchanged(response) => return Ok(response),
    };
    let after = last_event_id(&incoming.headers)?;
    let leave = app.limits.stream(&principal.key_id)?;
    let homes = homes(&app, &asked).await?;
    let home = after.and_then(|place| place.partition).map_or(homes.now, |partition| homes.at(partition));
    let settled = asked.position.next_offset(&topics::EVENTS, home.partition).unwrap_or(0);
    let last = after.map_or(settled - 1, |place| place.offset);
    let mut waiting = VecDeque::from([Event::default().retry(RETRY)]);
    if after.is_none() {
        // One who is cut off before anything happens comes back to here too, and not to a later now.
        waiting.push_back(mark(home, last, &asked.position, &[]));
    }
    let open = Open {
        scopes: Scopes::of(&principal),
        decoder: Decoder::default(),
        home,
        last,
        waiting,
        key_id: principal.key_id,
        app,
        asked,
        _leave: leave,
    };
    let mut response = Sse::new(events(open)).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that collects an answer before it passes it on would hold events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// How far a reader was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// None in an id from before ids named it.
    partition: Option<i32>,
    offset: i64,
}

impl Place {
    fn of(id: &str) -> Option<Self> {
        let (partition, offset) = match id.split_once(':') {
            Some((partition, offset)) => (Some(partition.parse().ok().filter(|number: &i32| *number >= 0)?), offset),
            None => (None, id),
        };
        let offset = offset.parse().ok().filter(|offset: &i64| *offset >= -1)?;
        Some(Self { partition, offset })
    }
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<Place>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let place = value.to_str().ok().and_then(Place::of);
    place.map(Some).ok_or_else(|| wrong("Last-Event-ID", "must be the id of an event of this stream"))
}

/// Where the events of the collection asked about lie and lay.
async fn homes(app: &App, asked: &Asked) -> Result<Homes, Problem> {
    app.counts.homes(&app.store, &asked.served.database, &asked.parameters.selection).await
}

fn events(open: Open) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    stream::unfold(open, async |mut open| {
        loop {
            if !open.app.keys.is_good(&open.key_id, clock::now()) {
                return None;
            }
            if let Some(event) = open.waiting.pop_front() {
                return Some((Ok(event), open));
            }
            // What another database says of these events is another stream: the reader comes back and goes on there.
            let settled = open.settled()?;
            match open.go_on(settled).await {
                Ok(true) => {}
                Ok(false) => {
                    let moved = tokio::time::timeout(WELCOME_INTERVAL, open.app.positions.moved()).await;
                    // The sender goes when the service stops, and so does the stream.
                    if moved == Ok(false) {
                        return None;
                    }
                }
                Err(problem) => {
                    tracing::warn!(%problem, "a stream waits for ClickHouse");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    })
}

impl Open {
    /// The offset below which everything of the collection is projected; `None` when another database is served.
    fn settled(&self) -> Option<i64> {
        let now = self.app.positions.known().ok()?;
        let is_same = now.served.database == self.asked.served.database;
        is_same.then(|| now.position.next_offset(&topics::EVENTS, self.home.partition).unwrap_or(0))
    }

    /// Reads what happened below `settled`, or moves to where the collection's events lie now; false when there is nothing
    /// to do before the position moves on.
    async fn go_on(&mut self, settled: i64) -> Result<bool, Problem> {
        let next = homes(&self.app, &self.asked).await?.after(self.home.partition);
        match next {
            Some(home) => self.move_to(home).await?,
            None if self.last < settled - 1 => self.read(settled).await?,
            None => return Ok(false),
        }
        Ok(true)
    }

    /// Reads what is left where the events lay, a batch at a time, and then goes on from the beginning of another home.
    async fn move_to(&mut self, home: Home) -> Result<(), Problem> {
        // Nothing more is folded where they lay once the count is noted, so a position asked for after that says it all.
        let position = self.asked.store.position().await?;
        let end = position.next_offset(&topics::EVENTS, self.home.partition).unwrap_or(0);
        if self.last < end - 1 {
            self.read(end).await?;
        }
        if self.last >= end - 1 {
            (self.home, self.last) = (home, -1);
            // One who is cut off from now on has nothing left there.
            self.waiting.push_back(mark(self.home, self.last, &position, &[]));
        }
        Ok(())
    }

    /// Reads what happened below `settled`, and queues what there is to tell.
    async fn read(&mut self, settled: i64) -> Result<(), Problem> {
        let selection = &mut self.asked.parameters.selection;
        selection.as_of = clock::now_micros();
        let store = &self.asked.store;
        let window =
            [("after", self.last), ("before", settled), ("limit", BATCH_EVENTS as i64), ("since", self.home.since)];
        let rows = store.rows_with(include_str!("events.sql"), selection, &window).await?;
        let is_full = rows.len() == BATCH_EVENTS;
        let reached = rows.last().filter(|_| is_full).and_then(|row| row.get("log_offset")?.as_i64());
        let reached = reached.unwrap_or(settled - 1);
        if !rows.is_empty() {
            let changed = Changed::of(&self.decoder, &rows);
            let told = changed.tell(store, selection, self.scopes).await?;
            self.asked.store.answers(told.len());
            self.waiting
                .extend(told.into_iter().map(|(name, data)| Event::default().event(name).data(data.to_string())));
        }
        self.last = reached;
        self.waiting.push_back(mark(self.home, reached, &self.app.positions.known()?.position, &rows));
        Ok(())
    }
}

/// Says how far the stream has told, which is where a reader resumes it, and of how many events.
fn mark(home: Home, reached: i64, position: &Position, rows: &[Row]) -> Event {
    let data = json!({"position": position.to_string(), "events": rows.len(), "types": types(rows)});
    Event::default().event("position").id(format!("{}:{reached}", home.partition)).data(data.to_string())
}

/// How many events of each type there were.
fn types(rows: &[Row]) -> Value {
    let mut types = std::collections::BTreeMap::<&str, u64>::new();
    for row in rows {
        *types.entry(text(row, "type")).or_default() += 1;
    }
    json!(types)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_a_partition_and_an_offset_and_one_from_before_an_offset() {
        let place = |partition, offset| Some(Place { partition, offset });
        assert_eq!(Place::of("3:1204"), place(Some(3), 1204));
        assert_eq!(Place::of("0:-1"), place(Some(0), -1), "before the first");
        assert_eq!((Place::of("1204"), Place::of("-1")), (place(None, 1204), place(None, -1)));
        for bad in ["", "x", "-2", "3:", ":3", "-1:3", "3:-2", "3:4:5", "4294967296:1", "3: 4"] {
            assert_eq!(Place::of(bad), None, "{bad:?}");
        }
    }
}
