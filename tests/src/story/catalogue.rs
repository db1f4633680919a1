//! What there is, and what is deleted or erased at the end.

use serde_json::{Value, json};

use super::people::{ANA_ID, BEN_ID, DAN_ID, OWNER};
use super::script::Script;
use super::{GONE, PORTRAITS, WEDDING};

pub(super) fn tell(script: &mut Script) {
    let mut entry = |collection, when: &str, event_type: &str, own: Value| {
        script.collection = collection;
        script.tell(when, event_type, &OWNER, own);
    };
    let published = super::time("28T10:00:00");
    entry(WEDDING, "28T09:00:00", "CollectionUpserted", json!({"name": "Smith Wedding", "published_at": published}));
    entry(WEDDING, "28T09:01:00", "GalleryUpserted", json!({"gallery_id": 301, "name": "Ceremny"}));
    entry(WEDDING, "28T09:02:00", "GalleryUpserted", json!({"gallery_id": 301, "name": "Ceremony"}));
    entry(WEDDING, "28T09:03:00", "GalleryUpserted", json!({"gallery_id": 302, "name": "Films"}));
    entry(WEDDING, "28T09:04:00", "GalleryUpserted", json!({"gallery_id": 303, "name": "Proofs"}));
    entry(PORTRAITS, "29T06:00:00", "CollectionUpserted", json!({"name": "Portrait"}));
    entry(PORTRAITS, "29T12:00:00", "CollectionUpserted", json!({"name": "Portraits"}));
    entry(PORTRAITS, "29T06:01:00", "GalleryUpserted", json!({"gallery_id": 401, "name": "Studio"}));
    entry(GONE, "28T06:00:00", "CollectionUpserted", json!({"name": "Gone"}));
    let photos = [
        (WEDDING, 501, 301, "jpeg", 6000, 4000, 8000, json!(["wedding", "couple"])),
        (WEDDING, 502, 301, "jpeg", 4000, 6000, 6000, json!(["wedding"])),
        (WEDDING, 503, 303, "png", 3000, 2000, 5000, json!([])),
        (WEDDING, 504, 301, "jpeg", 6000, 4000, 4000, json!(["wedding"])),
        (WEDDING, 505, 301, "jpeg", 6000, 4000, 4000, json!(["wedding"])),
        (PORTRAITS, 701, 401, "jpeg", 1000, 1000, 2000, json!(["portrait", "wedding"])),
        (PORTRAITS, 702, 401, "jpeg", 1000, 1000, 2000, json!(["portrait"])),
        (GONE, 801, 402, "jpeg", 1000, 1000, 2000, json!(["old"])),
    ];
    for (collection, media_id, gallery_id, format, width, height, bytes, tags) in photos {
        let photo = json!({
            "media_id": media_id, "gallery_id": gallery_id, "media_kind": "photo", "tags": tags,
            "filename": format!("DSC_0{media_id}.jpg"), "format": format, "width": width, "height": height,
            "bytes": bytes,
        });
        entry(collection, "28T09:10:00", "MediaUpserted", photo);
    }
    let film = json!({
        "media_id": 601, "gallery_id": 302, "media_kind": "video", "filename": "film.mp4", "format": "mp4",
        "width": 3840, "height": 2160, "bytes": 100_000, "duration_seconds": 214.2, "codec": "h264", "tags": ["film"],
    });
    entry(WEDDING, "28T09:11:00", "MediaUpserted", film);
    let clip = json!({
        "media_id": 602, "gallery_id": 302, "media_kind": "video", "filename": "clip.mov", "format": "mov",
        "bytes": 20_000,
    });
    entry(WEDDING, "28T09:12:00", "MediaUpserted", clip);
    let clients = [
        json!({"client_id": ANA_ID, "email": "ana@ex.com", "name": "Ana Ruiz"}),
        json!({"client_id": BEN_ID, "email": "ben@ex.com"}),
        json!({"client_id": DAN_ID, "email": "dan@ex.com", "name": "Dan Loss"}),
    ];
    for client in clients {
        entry(WEDDING, "28T09:20:00", "ClientUpserted", client);
    }
}

/// After everything else, in April.
pub(super) fn tell_end(script: &mut Script) {
    let mut entry = |collection, when: &str, event_type: &str, own: Value| {
        script.collection = collection;
        script.tell(when, event_type, &OWNER, own);
    };
    entry(WEDDING, "2025-04-01T09:00:00Z", "GalleryDeleted", json!({"gallery_id": 303}));
    entry(WEDDING, "2025-04-01T09:01:00Z", "MediaDeleted", json!({"media_id": 504}));
    entry(GONE, "2025-04-01T09:02:00Z", "CollectionDeleted", json!({}));
    entry(WEDDING, "2025-04-01T10:00:00Z", "ClientErased", json!({"client_id": DAN_ID}));
}
