//! The other studio: a collection, a link, a list and a download of the same ids as the first studio's (rule 103).

use serde_json::json;

use super::download_id;
use super::people::{EVE, EVE_ID, OWNER};
use super::script::Script;

pub(super) fn tell(script: &mut Script) {
    script.pop = "LHR";
    script.tell("29T00:00:00", "CollectionUpserted", &OWNER, json!({"name": "Other studio"}));
    let client = json!({"client_id": EVE_ID, "email": "eve@ex.com", "name": "Eve"});
    script.tell("29T00:00:01", "ClientUpserted", &OWNER, client);
    // Before the collection was published.
    let added = json!({"list_id": "fl_a", "media_id": 501, "media_kind": "photo"});
    script.tell("28T23:00:00", "FavoriteAdded", &EVE, added);
    let link = json!({
        "link_id": "sl_one", "media_id": 501, "url": "https://g.example/s/secret", "permissions": {"view": true},
    });
    script.tell("29T01:00:00", "LinkCreated", &EVE, link);
    let id = download_id("29T10:00:00", 1);
    let request = json!({
        "download_id": id, "kind": "photo", "items": [{"media_id": 501, "kind": "photo", "bytes": 5000}],
        "rendition": "high_res", "format": "jpeg",
    });
    script.tell("29T10:00:01", "DownloadRequested", &EVE, request);
    let segment = json!({
        "download_id": id, "etag": "other", "method": "GET", "status": 200, "object_bytes": 5000, "body_bytes": 5000,
        "completed": true, "end_reason": "ok", "ttfb_us": 10_000, "duration_us": 1_000_000, "cache": "hit",
        "protocol": "h2", "purpose": "download",
    });
    script.tell("29T10:00:04", "TransferSegment", &EVE, segment);
}
