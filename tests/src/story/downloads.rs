//! Downloads: whole, resumed, broken off, refused, never fetched, by robots and by the owner.

use serde_json::{Value, json};

use super::people::{ANA, BEN, CLEO, DAN, GUEST, IN_GOOGLE, OWNER, Person, ROBOT};
use super::script::Script;
use super::{PORTRAITS, WEDDING, download_id};

/// A click, and what is asked for. The event comes a second after the click: the time of a download is the click's
/// (rule 1).
struct Click<'a> {
    at: &'a str,
    number: u8,
    who: &'a Person,
    kind: &'a str,
    items: Value,
    rendition: &'a str,
    format: &'a str,
    more: Value,
}

/// One response; the default is a whole, good one.
#[derive(Clone, Copy)]
struct Response {
    method: &'static str,
    status: u16,
    range: Option<(u64, u64)>,
    object: u64,
    body: u64,
    end: &'static str,
    ttfb_us: u64,
    duration_us: u64,
    cache: &'static str,
    pop: &'static str,
    etag: &'static str,
    purpose: &'static str,
}

const WHOLE: Response = Response {
    method: "GET",
    status: 200,
    range: None,
    object: 0,
    body: 0,
    end: "ok",
    ttfb_us: 0,
    duration_us: 0,
    cache: "miss",
    pop: "FRA",
    etag: "v1",
    purpose: "download",
};
const PART: Response = Response { status: 206, ..WHOLE };

/// A download that was clicked.
struct Clicked<'a> {
    id: String,
    who: &'a Person,
}

fn click<'a>(script: &mut Script, click: Click<'a>) -> Clicked<'a> {
    let id = download_id(click.at, click.number);
    let mut own = json!({
        "download_id": id, "kind": click.kind, "items": click.items, "rendition": click.rendition,
        "format": click.format, "pin_used": false, "destination": "device", "paid": false,
    });
    if let (Value::Object(own), Value::Object(more)) = (&mut own, click.more) {
        own.extend(more);
    }
    let (before, second) = click.at.split_at(click.at.len() - 1);
    let second: u8 = second.parse().unwrap_or_default();
    script.tell(&format!("{before}{}", second + 1), "DownloadRequested", click.who, own);
    Clicked { id, who: click.who }
}

fn photo<'a>(
    script: &mut Script,
    at: &'a str,
    number: u8,
    who: &'a Person,
    what: (u64, &'a str, u64),
    more: Value,
) -> Clicked<'a> {
    let (media_id, rendition, bytes) = what;
    let items = json!([{"media_id": media_id, "kind": "photo", "bytes": bytes}]);
    click(script, Click { at, number, who, kind: "photo", items, rendition, format: "jpeg", more })
}

fn film<'a>(script: &mut Script, at: &'a str, number: u8, who: &'a Person, what: (u64, &'a str, u64)) -> Clicked<'a> {
    let (media_id, rendition, bytes) = what;
    let items = json!([{"media_id": media_id, "kind": "video", "bytes": bytes}]);
    click(script, Click { at, number, who, kind: "video", items, rendition, format: "mp4", more: json!({}) })
}

fn respond(script: &mut Script, clicked: &Clicked<'_>, at: &str, response: Response) {
    let person = *clicked.who;
    respond_to(script, Some(&clicked.id), &person, at, response);
}

fn respond_to(script: &mut Script, id: Option<&str>, who: &Person, at: &str, response: Response) {
    let (start, end) = response.range.unzip();
    script.pop = response.pop;
    let own = json!({
        "download_id": id, "etag": response.etag, "method": response.method, "status": response.status,
        "range_start": start, "range_end": end, "object_bytes": response.object, "body_bytes": response.body,
        "completed": response.end == "ok", "end_reason": response.end, "ttfb_us": response.ttfb_us,
        "duration_us": response.duration_us, "cache": response.cache, "protocol": "h2", "purpose": response.purpose,
    });
    script.tell(at, "TransferSegment", who, own);
    script.pop = "FRA";
}

pub(super) fn tell(script: &mut Script) {
    script.collection = WEDDING;
    ana_photos(script);
    shared_photos(script);
    refused_and_filtered(script);
    archives(script);
    films(script);
    strays(script);
    script.collection = PORTRAITS;
    let portrait = photo(script, "29T08:00:00", 30, &ANA, (701, "web_640", 60), json!({}));
    respond(script, &portrait, "29T08:00:03", Response { object: 60, body: 60, duration_us: 1000, ..WHOLE });
}

/// Numbers 1 to 3: twice on one day, once on the next, when the file changes under the download.
fn ana_photos(script: &mut Script) {
    let pin = || json!({"pin_used": true});
    let first = photo(script, "29T10:00:00", 1, &ANA, (501, "high_res", 4000), pin());
    let whole = Response { object: 4000, body: 4000, ..WHOLE };
    let hit = Response { ttfb_us: 80_000, duration_us: 2_000_000, cache: "hit", ..whole };
    respond(script, &first, "29T10:00:02", hit);

    let second = photo(script, "29T11:00:00", 2, &ANA, (501, "high_res", 4000), json!({}));
    let head = Response { method: "HEAD", body: 0, duration_us: 1000, ..whole };
    respond(script, &second, "29T11:00:02", head);
    let probe = Response { range: Some((0, 1)), object: 4000, body: 2, duration_us: 1000, ..PART };
    respond(script, &second, "29T11:00:03", probe);
    let all = Response { range: Some((0, 3999)), object: 4000, body: 4000, ttfb_us: 120_500, ..PART };
    respond(script, &second, "29T11:00:05", Response { duration_us: 500_500, pop: "AMS", ..all });

    let third = photo(script, "30T00:00:01", 3, &ANA, (501, "high_res", 4000), json!({}));
    let broken = Response { body: 1500, end: "client_abort", ttfb_us: 50_000, duration_us: 1_000_000, ..whole };
    respond(script, &third, "30T00:00:03", Response { cache: "hit", ..broken });
    let rest = Response { range: Some((1500, 3999)), object: 4000, body: 2500, etag: "v2", ..PART };
    respond(script, &third, "30T00:00:09", Response { ttfb_us: 60_000, duration_us: 500_000, ..rest });
}

/// Numbers 4 to 6: through the link sl_one, one with overlapping ranges, one failing and tried again.
fn shared_photos(script: &mut Script) {
    let link = || json!({"link_id": "sl_one"});
    let pin = json!({"link_id": "sl_one", "pin_used": true});
    let ben = photo(script, "29T12:00:00", 4, &BEN, (502, "web_2048", 3000), pin);
    let first = Response { range: Some((0, 1999)), object: 3000, body: 2000, end: "client_abort", pop: "AMS", ..PART };
    respond(script, &ben, "29T12:00:02", Response { ttfb_us: 40_000, duration_us: 1_000_000, cache: "hit", ..first });
    let second = Response { range: Some((1500, 2999)), object: 3000, body: 1500, pop: "AMS", ..PART };
    respond(script, &ben, "29T12:00:10", Response { ttfb_us: 30_000, duration_us: 750_000, cache: "stale", ..second });
    // Another request of the same download: the earliest wins whole (rule 32).
    let again = json!({
        "download_id": ben.id, "kind": "photo", "items": [{"media_id": 505, "kind": "photo", "bytes": 1}],
        "rendition": "original", "format": "tiff", "paid": true,
    });
    script.tell("29T12:00:30", "DownloadRequested", &CLEO, again);

    let failing = photo(script, "29T13:00:00", 5, &GUEST, (502, "original", 6000), link());
    let error = Response { status: 502, object: 6000, end: "origin_error", cache: "pass", ..WHOLE };
    respond(script, &failing, "29T13:00:01", Response { ttfb_us: 300_000, duration_us: 300_000, ..error });
    let retry = photo(script, "29T13:05:00", 6, &GUEST, (502, "original", 6000), link());
    let whole = Response { object: 6000, body: 6000, ttfb_us: 100_000, duration_us: 3_000_000, ..WHOLE };
    respond(script, &retry, "29T13:05:03", whole);
}

/// Numbers 7 to 12: denied, a robot's, the owner's, a cloud drive's, a data centre's, and one never fetched.
fn refused_and_filtered(script: &mut Script) {
    let denied = photo(script, "30T15:00:00", 7, &CLEO, (503, "high_res", 2500), json!({}));
    let in_france = Person { country: Some("FR"), ..CLEO };
    let forbidden = Response { status: 403, object: 2500, body: 120, end: "denied", cache: "pass", ..WHOLE };
    let forbidden = Response { ttfb_us: 20_000, duration_us: 20_000, ..forbidden };
    respond_to(script, Some(&denied.id), &in_france, "30T15:00:01", forbidden);

    let original = Response { object: 8000, body: 8000, duration_us: 1000, ..WHOLE };
    let robot = photo(script, "29T10:30:00", 8, &ROBOT, (501, "original", 8000), json!({}));
    respond(script, &robot, "29T10:30:02", original);
    let owner = photo(script, "29T09:00:00", 9, &OWNER, (501, "original", 8000), json!({}));
    respond(script, &owner, "29T09:00:02", original);

    let small = Response { object: 700, body: 700, ttfb_us: 10_000, duration_us: 100_000, ..WHOLE };
    let small = Response { cache: "hit", pop: "AMS", ..small };
    let drive = json!({"destination": "google_drive", "paid": true});
    let to_drive = photo(script, "29T21:00:00", 10, &IN_GOOGLE, (502, "web_1024", 700), drive);
    respond(script, &to_drive, "29T21:00:01", small);
    let to_device = photo(script, "29T21:10:00", 11, &IN_GOOGLE, (502, "web_1024", 700), json!({}));
    respond(script, &to_device, "29T21:10:01", small);

    photo(script, "31T08:00:00", 12, &BEN, (503, "web_640", 90), json!({}));
}

/// Numbers 21 to 23: half delivered, resumed and whole, and never prepared.
fn archives(script: &mut Script) {
    let member = |media_id: u64, kind: &str, bytes: u64, offset: Option<u64>, length: Option<u64>| json!({"media_id": media_id, "kind": kind, "bytes": bytes, "zip_offset": offset, "zip_length": length});
    let archive = |at, number, who, items, rendition, more| Click {
        at,
        number,
        who,
        kind: "archive",
        items,
        rendition,
        format: "zip",
        more,
    };
    let items = json!([
        member(501, "photo", 4000, Some(100), Some(4000)),
        member(502, "photo", 3000, Some(4200), Some(3000)),
        member(601, "video", 4500, Some(7300), Some(4500)),
    ]);
    let by_mail = json!({"destination": "email_link"});
    let half = click(script, archive("29T14:00:00", 21, &ANA, items, "high_res", by_mail));
    let prepared = json!({"download_id": half.id, "object_bytes": 12_000, "etag": "v1"});
    script.tell("29T14:01:00", "DownloadPrepared", &ANA, prepared);
    let broken = Response { object: 12_000, body: 6000, end: "client_abort", ..WHOLE };
    respond(script, &half, "29T14:02:00", Response { ttfb_us: 90_000, duration_us: 3_000_000, ..broken });

    let items =
        json!([member(501, "photo", 8000, Some(100), Some(8000)), member(503, "photo", 5000, Some(8200), None),]);
    let to_dropbox = json!({"object_bytes": 13_300, "destination": "dropbox"});
    let whole = click(script, archive("30T09:00:00", 22, &DAN, items, "original", to_dropbox));
    let first = Response { range: Some((0, 9999)), object: 13_300, body: 10_000, end: "client_abort", ..PART };
    let first = Response { ttfb_us: 70_000, duration_us: 4_000_000, cache: "hit", ..first };
    respond(script, &whole, "30T09:00:20", first);
    let second = Response { range: Some((10_000, 13_299)), object: 13_300, body: 3300, cache: "hit", ..PART };
    respond(script, &whole, "30T09:01:00", Response { ttfb_us: 75_000, duration_us: 1_320_000, ..second });

    let items = json!([member(501, "photo", 4000, None, None), member(502, "photo", 3000, None, None)]);
    // This time she logged in.
    static ANA_LOGGED_IN: Person = Person { identified_by: "login", ..ANA };
    let never = click(script, archive("31T09:00:00", 23, &ANA_LOGGED_IN, items, "high_res", json!({})));
    let failed = json!({"download_id": never.id, "code": "source_missing"});
    script.tell("31T09:00:30", "DownloadPrepareFailed", &ANA_LOGGED_IN, failed);
}

/// Numbers 24 to 26: resumed twice, broken off, and only watched.
fn films(script: &mut Script) {
    let resumed = film(script, "29T20:00:00", 24, &BEN, (601, "video_original", 100_000));
    let first = Response { range: Some((0, 39_999)), object: 100_000, body: 40_000, end: "client_abort", ..WHOLE };
    let first = Response { ttfb_us: 100_000, duration_us: 4_000_000, pop: "AMS", ..first };
    respond(script, &resumed, "29T20:01:00", first);
    let second = Response { range: Some((40_000, 69_999)), object: 100_000, body: 30_000, end: "timeout", ..PART };
    let second = Response { ttfb_us: 50_000, duration_us: 3_000_000, cache: "hit", pop: "AMS", ..second };
    respond(script, &resumed, "29T20:02:00", second);
    let third = Response { range: Some((70_000, 99_999)), object: 100_000, body: 30_000, cache: "hit", ..PART };
    respond(script, &resumed, "29T20:03:00", Response { ttfb_us: 40_000, duration_us: 3_000_000, ..third });

    let broken = film(script, "30T16:00:00", 25, &GUEST, (602, "video_720p", 9000));
    let third = Response { range: Some((0, 2999)), object: 9000, body: 3000, end: "timeout", ..PART };
    respond(script, &broken, "30T16:00:30", Response { ttfb_us: 60_000, duration_us: 600_000, ..third });

    let watched = film(script, "31T10:00:00", 26, &CLEO, (601, "video_1080p", 50_000));
    let playback = Response { range: Some((0, 554)), object: 50_000, body: 555, purpose: "playback", ..PART };
    respond(script, &watched, "31T10:00:10", playback);
}

/// Bytes of a download that was never requested, and of none at all.
fn strays(script: &mut Script) {
    let whole = Response { object: 777, body: 777, duration_us: 1000, ..WHOLE };
    respond_to(script, Some(&download_id("30T17:00:00", 40)), &ANA, "30T17:00:02", whole);
    let prefetched = Response { object: 300, body: 300, duration_us: 1000, purpose: "prefetch", ..WHOLE };
    respond_to(script, None, &ANA, "29T15:00:00", prefetched);
}
