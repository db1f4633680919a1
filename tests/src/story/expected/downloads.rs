//! `downloads/`: one row per action.

use serde_json::{Value, json};

use super::{Narrowed, action, ana, ana_logged_in, at, ben, cleo, dan, meta};

/// What went over the wire, of unfiltered segments alone (rules 36, 64, 66).
#[derive(Default)]
struct Transfer {
    transferred: u64,
    delivered: u64,
    duration_ms: u64,
    ttfb_ms: Option<u64>,
    /// transferred × 8 × 10⁶ ÷ microseconds (rule 64).
    bits_per_second: Option<u64>,
    segments: u64,
    hits: Option<f64>,
    pop: Option<&'static str>,
    country: Option<&'static str>,
}

impl Transfer {
    fn json(&self) -> Value {
        json!({
            "transferred_bytes": self.transferred, "delivered_bytes": self.delivered, "duration_ms": self.duration_ms,
            "ttfb_ms": self.ttfb_ms, "avg_bits_per_second": self.bits_per_second, "segments": self.segments,
            "cache_hit_ratio": self.hits, "edge_pop": self.pop, "country": self.country,
        })
    }
}

/// A transfer of so many segments: (transferred, delivered), (duration, ttfb, bits per second), hits, (pop, country).
fn transfer(
    segments: u64,
    bytes: (u64, u64),
    speed: (u64, u64, u64),
    hits: f64,
    place: (&'static str, Option<&'static str>),
) -> Value {
    Transfer {
        transferred: bytes.0,
        delivered: bytes.1,
        duration_ms: speed.0,
        ttfb_ms: Some(speed.1),
        bits_per_second: Some(speed.2),
        segments,
        hits: Some(hits),
        pop: Some(place.0),
        country: place.1,
    }
    .json()
}

/// Nothing went over the wire.
fn nothing(country: Option<&'static str>) -> Value {
    Transfer { country, ..Transfer::default() }.json()
}

struct Action {
    number: u8,
    requested_at: &'static str,
    status: &'static str,
    failure: Value,
    client: Value,
    rendition: &'static str,
    bytes: Option<u64>,
    transfer: Value,
}

impl Action {
    fn row(self) -> Value {
        let (kind, format, photos, videos) = match self.number {
            1..=19 => ("photo", "jpeg", 1, 0),
            21 => ("archive", "zip", 2, 1),
            22 | 23 => ("archive", "zip", 2, 0),
            _ => ("video", "mp4", 0, 1),
        };
        let id = action(self.number);
        json!({
            "id": id, "type": kind, "status": self.status, "failure": self.failure,
            "requested_at": at(self.requested_at), "client": self.client,
            "items": {"photos": photos, "videos": videos}, "items_url": format!("/downloads/{id}/items"),
            "file": {"rendition": self.rendition, "format": format, "size_bytes": self.bytes},
            "transfer": self.transfer,
        })
    }
}

fn failure(code: &str, http_status: Option<u16>, retryable: bool, retried_as: Option<String>) -> Value {
    json!({"code": code, "http_status": http_status, "retryable": retryable, "retried_as": retried_as})
}

pub(super) fn all() -> Value {
    let rows: Vec<Value> = late().into_iter().chain(afternoon()).chain(morning()).map(Action::row).collect();
    json!({"data": rows, "summary": summary(), "client_timeline": timeline(), "meta": meta(15)})
}

fn late() -> Vec<Action> {
    let row = |number, requested_at, status, client, rendition, bytes, transfer| Action {
        number,
        requested_at,
        status,
        failure: Value::Null,
        client,
        rendition,
        bytes,
        transfer,
    };
    let place = Some("DE");
    vec![
        // The request's actor has no country and there is no unfiltered segment (rule 66).
        row(26, "31T10:00:00", "abandoned", cleo(), "video_1080p", Some(50_000), nothing(None)),
        // No union, no DownloadPrepared, no size in the request (rule 44); a PrepareFailed is retryable (rule 53).
        Action {
            failure: failure("source_missing", None, true, None),
            ..row(23, "31T09:00:00", "failed", ana_logged_in(), "high_res", None, nothing(place))
        },
        row(12, "31T08:00:00", "abandoned", ben(), "web_640", Some(90), nothing(Some("US"))),
        // 3000 × 8 × 10⁶ ÷ 600 000.
        row(25, "30T16:00:00", "partial", Value::Null, "video_720p", Some(9000), {
            transfer(1, (3000, 3000), (600, 60, 40_000), 0.0, ("FRA", Some("US")))
        }),
        // 120 × 8 × 10⁶ ÷ 20 000; a 403 is denied and not retryable; the country is the segment's (rules 53, 66).
        Action {
            failure: failure("denied", Some(403), false, None),
            ..row(7, "30T15:00:00", "failed", cleo(), "high_res", Some(2500), {
                transfer(1, (120, 0), (20, 20, 48_000), 0.0, ("FRA", Some("FR")))
            })
        },
        // 13 300 × 8 × 10⁶ ÷ 5 320 000.
        row(22, "30T09:00:00", "completed", dan(), "original", Some(13_300), {
            transfer(2, (13_300, 13_300), (5320, 70, 20_000), 1.0, ("FRA", Some("GB")))
        }),
        // Neither v1 (1500) nor v2 (2500) is whole; the last segment's etag is shown (rule 37).
        // 4000 × 8 × 10⁶ ÷ 1 500 000 = 21 333.3.
        row(3, "30T00:00:01", "partial", ana(), "high_res", Some(4000), {
            transfer(2, (4000, 2500), (1500, 50, 21_333), 0.5, ("FRA", place))
        }),
    ]
}

fn afternoon() -> Vec<Action> {
    let row = |number, requested_at, status, client, rendition, bytes, transfer| Action {
        number,
        requested_at,
        status,
        failure: Value::Null,
        client,
        rendition,
        bytes: Some(bytes),
        transfer,
    };
    vec![
        row(10, "29T21:00:00", "completed", Value::Null, "web_1024", 700, {
            transfer(1, (700, 700), (100, 10, 56_000), 1.0, ("AMS", None))
        }),
        // Two hits of three segments; the last one's pop.
        row(24, "29T20:00:00", "completed", ben(), "video_original", 100_000, {
            transfer(3, (100_000, 100_000), (10_000, 100, 80_000), 0.67, ("FRA", Some("US")))
        }),
        // Half of the archive: 12 000 by DownloadPrepared and by the union.
        row(21, "29T14:00:00", "partial", ana(), "high_res", 12_000, {
            transfer(1, (6000, 6000), (3000, 90, 16_000), 0.0, ("FRA", Some("DE")))
        }),
        row(6, "29T13:05:00", "completed", Value::Null, "original", 6000, {
            transfer(1, (6000, 6000), (3000, 100, 16_000), 0.0, ("FRA", Some("US")))
        }),
        // The same identity, kind, medium and rendition five minutes later (rule 53).
        Action {
            failure: failure("origin_error", Some(502), true, Some(action(6))),
            ..row(5, "29T13:00:00", "failed", Value::Null, "original", 6000, {
                transfer(1, (0, 0), (300, 300, 0), 0.0, ("FRA", Some("US")))
            })
        },
    ]
}

fn morning() -> Vec<Action> {
    let row = |number, requested_at, client, rendition, bytes, transfer| Action {
        number,
        requested_at,
        status: "completed",
        failure: Value::Null,
        client,
        rendition,
        bytes: Some(bytes),
        transfer,
    };
    vec![
        // 2000 + 1500 bytes for 3000; hit and stale both count as hits (rule 66).
        row(4, "29T12:00:00", ben(), "web_2048", 3000, {
            transfer(2, (3500, 3000), (1750, 40, 16_000), 1.0, ("AMS", Some("US")))
        }),
        // HEAD and probe are filtered; 500 500 µs, 120 500 µs half up; 32 000 × 10⁶ ÷ 500 500 = 63 936.06.
        row(2, "29T11:00:00", ana(), "high_res", 4000, {
            transfer(1, (4000, 4000), (501, 121, 63_936), 0.0, ("AMS", Some("DE")))
        }),
        row(1, "29T10:00:00", ana(), "high_res", 4000, {
            transfer(1, (4000, 4000), (2000, 80, 16_000), 1.0, ("FRA", Some("DE")))
        }),
    ]
}

fn by_status(completed: u64, partial: u64, failed: u64, abandoned: u64) -> Value {
    json!({
        "completed": completed, "partial": partial, "failed": failed, "abandoned": abandoned, "in_progress": 0,
        "preparing": 0, "requested": 0,
    })
}

fn summary() -> Value {
    json!({
        // Completed: 1 2 4 6 10, 22, 24. 1 and 2 are one unique key (rule 54).
        "attempts": 15, "downloads": 7, "unique_downloads": 6,
        "by_type": {"photo": 5, "video": 1, "archive": 1},
        // 501 of the broken archive too (rules 51, 62), so that it equals the photo list.
        "deliveries": {"photos": 8, "videos": 1},
        // Partial 3 21 25, failed 5 7 23, abandoned 12 26.
        "by_status": by_status(7, 3, 3, 2),
        // 7 ÷ 13 = 0.5385.
        "success_rate": 0.538,
        "bandwidth": {
            // 4000 + 4000 + 4000 + 3500 + 0 + 6000 + 120 + 700 + 6000 + 13 300 + 100 000 + 3000.
            "transferred_bytes": 144_620,
            // 4000 + 4000 + 2500 + 3000 + 6000 + 700 + 6000 + 13 300 + 100 000 + 3000.
            "delivered_bytes": 142_500,
            // The probe 2, robot 8000, owner 8000, data centre 700, playback 555, prefetch 300 (rules 27, 67).
            "filtered_bytes": 17_557,
            // Never requested (rule 31).
            "unattributed_bytes": 777,
            // Of 16000 ×4, 20000, 21333, 40000, 48000, 56000, 63936, 80000 (not 5's 0) number ⌊11 ÷ 2⌋ = 5 from 0.
            "p50_bits_per_second": 21_333,
            // Of twelve the last: ⌊0.95 × 12⌋ = 11 (rule 65).
            "p95_ttfb_ms": 300,
        },
    })
}

/// Rule 68: clients by their last action descending, events ascending; nobody's bucket is one of them (rule 14).
fn timeline() -> Value {
    let bucket = |client: Value, events: &[(&str, &str, u8, &str)]| {
        let (first, last) = (events[0].0, events[events.len() - 1].0);
        let events: Vec<Value> = events
            .iter()
            .map(|(when, kind, number, status)| {
                json!({"at": at(when), "type": kind, "download_id": action(*number), "status": status})
            })
            .collect();
        json!({"client": client, "first_at": at(first), "last_at": at(last), "events": events})
    };
    json!([
        bucket(cleo(), &[("30T15:00:00", "photo", 7, "failed"), ("31T10:00:00", "video", 26, "abandoned")]),
        bucket(
            ana_logged_in(),
            &[
                ("29T10:00:00", "photo", 1, "completed"),
                ("29T11:00:00", "photo", 2, "completed"),
                ("29T14:00:00", "archive", 21, "partial"),
                ("30T00:00:01", "photo", 3, "partial"),
                ("31T09:00:00", "archive", 23, "failed"),
            ]
        ),
        bucket(
            ben(),
            &[
                ("29T12:00:00", "photo", 4, "completed"),
                ("29T20:00:00", "video", 24, "completed"),
                ("31T08:00:00", "photo", 12, "abandoned"),
            ]
        ),
        bucket(
            Value::Null,
            &[
                ("29T13:00:00", "photo", 5, "failed"),
                ("29T13:05:00", "photo", 6, "completed"),
                ("29T21:00:00", "photo", 10, "completed"),
                ("30T16:00:00", "video", 25, "partial"),
            ]
        ),
        bucket(dan(), &[("30T09:00:00", "archive", 22, "completed")]),
    ])
}

pub(super) fn narrowed() -> Vec<Narrowed> {
    let ids = |numbers: &[u8]| numbers.iter().map(|number| action(*number).into()).collect();
    vec![
        // Bytes without an action do not match a client (rule 67); p50 of 16000, 80000 is number 1; p95 of 40, 100 too.
        Narrowed {
            path: format!("/collections/9001/downloads?client_id={}", super::BEN_ID),
            id: "/id",
            ids: ids(&[12, 24, 4]),
            summary: json!({
                "attempts": 3, "downloads": 2, "unique_downloads": 2,
                "by_type": {"photo": 1, "video": 1, "archive": 0}, "deliveries": {"photos": 1, "videos": 1},
                "by_status": by_status(2, 0, 0, 1), "success_rate": 1.0,
                "bandwidth": {
                    "transferred_bytes": 103_500, "delivered_bytes": 103_000, "filtered_bytes": 0,
                    "unattributed_bytes": 0, "p50_bits_per_second": 80_000, "p95_ttfb_ms": 100,
                },
            }),
        },
        // The 30th: 4000 + 120 + 13 300 + 3000 bytes; of 20000, 21333, 40000, 48000 number 2; of 20 50 60 70 number 3.
        Narrowed {
            path: "/collections/9001/downloads/?from=2025-03-30T00:00:00Z&to=2025-03-31T00:00:00Z".to_owned(),
            id: "/id",
            ids: ids(&[25, 7, 22, 3]),
            summary: json!({
                "attempts": 4, "downloads": 1, "unique_downloads": 1,
                "by_type": {"photo": 0, "video": 0, "archive": 1}, "deliveries": {"photos": 2, "videos": 0},
                "by_status": by_status(1, 2, 1, 0), "success_rate": 0.25,
                "bandwidth": {
                    "transferred_bytes": 20_420, "delivered_bytes": 18_800, "filtered_bytes": 0,
                    "unattributed_bytes": 777, "p50_bits_per_second": 40_000, "p95_ttfb_ms": 70,
                },
            }),
        },
        // Actions with at least one film, counted whole (rule 63): 501 of 21 is a delivery of a selected action.
        Narrowed {
            path: "/collections/9001/downloads/?gallery_id=302".to_owned(),
            id: "/id",
            ids: ids(&[26, 25, 24, 21]),
            summary: json!({
                "attempts": 4, "downloads": 1, "unique_downloads": 1,
                "by_type": {"photo": 0, "video": 1, "archive": 0}, "deliveries": {"photos": 1, "videos": 1},
                "by_status": by_status(1, 2, 0, 1), "success_rate": 0.333,
                "bandwidth": {
                    "transferred_bytes": 109_000, "delivered_bytes": 109_000, "filtered_bytes": 555,
                    "unattributed_bytes": 0, "p50_bits_per_second": 40_000, "p95_ttfb_ms": 100,
                },
            }),
        },
        // Filtered rows are listed and never counted (rule 5).
        Narrowed {
            path: "/collections/9001/downloads/?include=filtered".to_owned(),
            id: "/id",
            ids: ids(&[26, 23, 12, 25, 7, 22, 3, 11, 10, 24, 21, 6, 5, 4, 2, 8, 1, 9]),
            summary: summary(),
        },
    ]
}
