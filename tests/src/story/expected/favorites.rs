//! `favorites`.

use serde_json::{Value, json};

use super::{ana, at, ben, dan, maybe_at, meta};

fn list(id: &str) -> Value {
    match id {
        // The latest of Created and Updated whole; submitted, reopened, submitted; 501, 502, 601 are current (rule 85).
        "fl_a" => json!({
            "id": id, "name": "Album picks", "status": "submitted", "submitted_at": at("31T07:00:00"), "selected": 3,
            "max_selections": 2,
        }),
        // Never created: open and nameless.
        "fl_b" => json!({
            "id": id, "name": null, "status": "open", "submitted_at": null, "selected": 2, "max_selections": null,
        }),
        // Submitted and reopened.
        "fl_c" => json!({
            "id": id, "name": "Prints", "status": "open", "submitted_at": null, "selected": 1, "max_selections": null,
        }),
        _ => json!({
            "id": id, "name": "Dan's", "status": "open", "submitted_at": null, "selected": 1, "max_selections": 5,
        }),
    }
}

/// A photo in two lists of one client counts twice (rule 81); removed ones do not count (rule 83).
fn count(media: u64) -> u64 {
    match media {
        501 => 3,
        502 => 2,
        503 => 0,
        _ => 1,
    }
}

fn row(list_id: &str, client: Value, media: u64, added: &str, removed: Option<&str>, note: Option<&str>) -> Value {
    let (gallery, filename) = match media {
        601 => (json!(302), json!("film.mp4")),
        // Deleted from the catalogue (rules 94, 95).
        504 => (Value::Null, Value::Null),
        503 => (json!(303), json!("DSC_0503.jpg")),
        _ => (json!(301), format!("DSC_0{media}.jpg").into()),
    };
    json!({
        "id": "fv_", "list": list(list_id), "client": client,
        "media": {
            "type": kind(media), "id": media, "gallery_id": gallery, "filename": filename,
            "favorite_count": count(media),
        },
        "favorited_at": at(added), "removed_at": maybe_at(removed), "note": note,
    })
}

fn kind(media: u64) -> &'static str {
    if media == 601 { "video" } else { "photo" }
}

fn rows() -> Vec<Value> {
    vec![
        row("fl_a", ana(), 502, "30T22:30:00", None, None),
        row("fl_c", ana(), 501, "30T11:00:00", None, None),
        // His note is emptied with his erasure (rule 16).
        row("fl_d", dan(), 502, "30T09:30:00", None, None),
        // Removed and added again; the later note of Added and Noted (rules 82, 86).
        row("fl_a", ana(), 501, "29T22:30:00", None, Some("Brighter still")),
        row("fl_b", ben(), 504, "29T21:00:00", None, None),
        row("fl_b", ben(), 501, "29T20:30:00", None, None),
        // An absent note in Noted clears it (rule 86).
        row("fl_a", ana(), 601, "29T18:20:00", None, None),
    ]
}

fn summary() -> Value {
    let by_media = |media: u64, clients: u64| json!({"type": kind(media), "id": media, "favorite_count": count(media), "unique_clients": clients});
    let by_client = |client: Value, favorites: u64| json!({"client": client, "favorites": favorites});
    json!({
        "favorites": 7, "clients": 3, "lists": 4,
        "by_media": [by_media(501, 2), by_media(502, 2), by_media(504, 1), by_media(601, 1)],
        "by_client": [by_client(ana(), 4), by_client(ben(), 2), by_client(dan(), 1)],
    })
}

pub(super) fn current() -> Value {
    json!({"data": rows(), "summary": summary(), "meta": meta(7)})
}

/// The removed one is listed too and counts nowhere (rule 83); what was never added is no row (rule 82).
pub(super) fn all() -> Value {
    let mut rows = rows();
    rows.push(row("fl_a", ana(), 503, "29T18:15:00", Some("29T18:40:00"), None));
    json!({"data": rows, "summary": summary(), "meta": meta(8)})
}
