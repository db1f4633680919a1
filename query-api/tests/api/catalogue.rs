//! A small catalogue of account 1, and rows of downloads over it.

use serde_json::{Value, json};

use crate::stage::{COLLECTION, Stage};

/// A client whom the catalogue knows, as answers show her to a key with every scope.
pub(crate) fn ana() -> Value {
    json!({"id": "cl_ana", "email": "ana@ex.com", "name": "Ana Ruiz", "identified_by": "email"})
}

/// A client whom the catalogue does not know (rule 15).
pub(crate) fn bob() -> Value {
    json!({"id": "cl_bob", "email": null, "name": null, "identified_by": "pin"})
}

/// The id of the download with this number, asked for on 2026-05-02 at 10:00 (rule 1).
pub(crate) fn download_id(number: u64) -> String {
    format!("019de821-7500-7000-8000-{number:012}")
}

/// Two galleries, two photos, a film, a client.
pub(crate) async fn insert(stage: &Stage) {
    let of = |own: Value| crate::stage::with(&json!({"account_id": 1, "collection_id": COLLECTION, "version": 1}), own);
    stage
        .insert(
            "galleries",
            &[of(json!({"gallery_id": 12, "name": "Ceremony"})), of(json!({"gallery_id": 13, "name": "Party"}))],
        )
        .await;
    let media = [
        json!({"media_id": 731, "gallery_id": 12, "media_kind": "photo", "filename": "DSC_0412.jpg", "format": "jpeg",
               "width": 6000, "height": 4000, "bytes": 9000, "tags": ["wedding", "party"]}),
        json!({"media_id": 732, "gallery_id": 13, "media_kind": "photo", "filename": "DSC_0413.cr3", "format": "raw",
               "tags": ["wedding"]}),
        json!({"media_id": 733, "gallery_id": 13, "media_kind": "photo", "filename": "DSC_0414.jpg", "format": "jpeg"}),
        json!({"media_id": 881, "gallery_id": 13, "media_kind": "video", "filename": "film.mov", "format": "mov",
               "width": 3840, "height": 2160, "duration_seconds": 214.2, "codec": "h264", "bytes": 2_147_483_648_u64}),
    ];
    stage.insert("media", &media.map(of)).await;
    let ana = json!({"account_id": 1, "client_id": "cl_ana", "email": "ana@ex.com", "name": "Ana Ruiz", "version": 1});
    stage.insert("clients", &[ana]).await;
}

/// A completed delivery of photo 731 to Ana, alone, on 2026-05-02 at 10:00.
pub(crate) fn delivery(number: u64) -> Value {
    json!({
        "account_id": 1, "collection_id": COLLECTION, "day": "2026-05-02", "download_id": download_id(number),
        "media_id": 731, "requested_at": "2026-05-02 10:00:00.000000", "media_kind": "photo", "source": "single",
        "rendition": "high_res", "format": "jpeg", "destination": "device", "pin_used": false, "paid": false,
        "link_id": "", "identity": 1, "client_id": "cl_ana", "identified_by": "email", "filter_reason": "",
        "completed_at": "2026-05-02 10:00:02.000000", "active_status": "in_progress", "idle_status": "partial",
        "last_activity_at": "2026-05-02 10:00:02.000000", "size_bytes": 4_812_331, "delivered_bytes": 4_812_331,
        "span_bytes": 4_812_331, "resumes": 0, "version": 1, "is_deleted": 0,
    })
}

/// A completed download of photo 731 by Ana, on 2026-05-02 at 10:00.
pub(crate) fn action(number: u64) -> Value {
    json!({
        "account_id": 1, "collection_id": COLLECTION, "day": "2026-05-02", "download_id": download_id(number),
        "requested_at": "2026-05-02 10:00:00.000000", "has_request": true, "kind": "photo", "rendition": "high_res",
        "format": "jpeg", "destination": "device", "identity": 1, "media_set": 1, "client_id": "cl_ana",
        "identified_by": "email", "country": "DE", "edge_pop": "FRA", "filter_reason": "", "photos": 1, "videos": 0,
        "media_ids": [731], "completed_at": "2026-05-02 10:00:02.000000", "active_status": "in_progress",
        "idle_status": "partial", "last_activity_at": "2026-05-02 10:00:02.000000", "size_bytes": 1000,
        "delivered_bytes": 1000, "transferred_bytes": 1200, "filtered_bytes": 50, "segments": 2, "resumes": 0,
        "cache_hits": 1, "duration_us": 2_000_000, "first_ttfb_us": 84_499, "version": 1,
    })
}
