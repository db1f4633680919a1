//! What the other studio sees: its own facts under the ids the first studio uses too (rule 103), without emails and
//! URLs.

use serde_json::{Value, json};

use super::{Asker, Expectation, action, at, eve, meta};
use crate::compare::MASKED;
use crate::story::WEDDING;

pub(super) fn answers() -> Vec<Expectation> {
    let answers = [
        ("/collections/9001/photo_downloads", photos()),
        ("/collections/9001/gallery_video_downloads", videos()),
        ("/collections/9001/downloads/", downloads()),
        ("/collections/9001/photo_sharing_links", links()),
        ("/collections/9001/favorites", favorites()),
        ("/photos/starred", starred()),
    ];
    let answers = answers.map(|(path, answer)| Expectation { asker: Asker::Other, path: path.to_owned(), answer });
    answers.to_vec()
}

/// Its catalogue has no photos: their fields print null (rule 95), and so do sizes (rule 60).
fn photos() -> Value {
    let requested = at("29T10:00:00");
    json!({
        "data": [{
            "id": "dv_", "download_id": action(1), "status": "completed", "requested_at": requested,
            "completed_at": at("29T10:00:04"), "client": eve(),
            "photo": {
                "id": 501, "gallery_id": null, "gallery_name": null, "filename": null, "download_count": 1,
                "unique_download_count": 1,
            },
            "file": {"rendition": "high_res", "format": "jpeg", "width": null, "height": null, "size_bytes": 5000},
            "source": "single", "destination": "device", "pin_used": false, "link_id": null, "paid": false,
        }],
        "summary": {
            "attempts": 1, "downloads": 1, "unique_downloads": 1, "photos": 1, "clients": 1,
            "by_source": {"single": 1, "archive": 0},
            "by_photo": [{
                "photo_id": 501, "download_count": 1, "unique_download_count": 1, "first_at": requested,
                "last_at": requested,
            }],
            "by_rendition": {"high_res": 1}, "by_format": {"jpeg": 1},
        },
        "meta": meta(1),
    })
}

/// None at all: the rate has no divisor (rule 61), and there is one page (rule 99).
fn videos() -> Value {
    json!({
        "data": [],
        "summary": {
            "attempts": 0, "downloads": 0, "unique_downloads": 0, "completion_rate": null,
            "by_source": {"single": 0, "archive": 0}, "by_client": [],
        },
        "meta": meta(0),
    })
}

fn downloads() -> Value {
    let (id, requested) = (action(1), at("29T10:00:00"));
    json!({
        "data": [{
            "id": id, "type": "photo", "status": "completed", "failure": null, "requested_at": requested,
            "client": eve(), "items": {"photos": 1, "videos": 0}, "items_url": format!("/downloads/{id}/items"),
            "file": {"rendition": "high_res", "format": "jpeg", "size_bytes": 5000},
            // 5000 × 8 bits in a second.
            "transfer": {
                "transferred_bytes": 5000, "delivered_bytes": 5000, "duration_ms": 1000, "ttfb_ms": 10,
                "avg_bits_per_second": 40_000, "segments": 1, "cache_hit_ratio": 1.0, "edge_pop": "LHR",
                "country": "GB",
            },
        }],
        "summary": {
            "attempts": 1, "downloads": 1, "unique_downloads": 1, "by_type": {"photo": 1, "video": 0, "archive": 0},
            "deliveries": {"photos": 1, "videos": 0},
            "by_status": {
                "completed": 1, "partial": 0, "failed": 0, "abandoned": 0, "in_progress": 0, "preparing": 0,
                "requested": 0,
            },
            "success_rate": 1.0,
            "bandwidth": {
                "transferred_bytes": 5000, "delivered_bytes": 5000, "filtered_bytes": 0, "unattributed_bytes": 0,
                "p50_bits_per_second": 40_000, "p95_ttfb_ms": 10,
            },
        },
        "client_timeline": [{
            "client": eve(), "first_at": requested, "last_at": requested,
            "events": [{"at": requested, "type": "photo", "download_id": id, "status": "completed"}],
        }],
        "meta": meta(1),
    })
}

/// The first studio's opens and downloads of its `sl_one` are not this one's.
fn links() -> Value {
    json!({
        "data": [{
            "id": "sl_one", "url": MASKED, "photo_id": 501, "created_at": at("29T01:00:00"), "created_by": eve(),
            "status": "active", "expires_at": null, "revoked_at": null,
            "permissions": {
                "view": true, "download": null, "favorite": false, "reshare": false, "watermark": false,
                "password_required": false, "max_opens": null, "max_downloads": null,
            },
            "usage": {
                "opens": 0, "unique_visitors": 0, "downloads": 0, "unique_downloads": 0, "downloads_remaining": null,
                "transferred_bytes": 0, "link_previews": 0, "bot_opens": 0,
                "denied": {"expired": 0, "bad_password": 0, "quota": 0, "revoked": 0},
                "first_opened_at": null, "last_opened_at": null, "top_referrers": [], "countries": {},
            },
        }],
        "summary": {"active": 1, "expired": 0, "exhausted": 0, "revoked": 0, "opens": 0, "downloads": 0},
        "meta": meta(1),
    })
}

fn favorites() -> Value {
    json!({
        "data": [{
            "id": "fv_",
            "list": {
                "id": "fl_a", "name": null, "status": "open", "submitted_at": null, "selected": 1,
                "max_selections": null,
            },
            "client": eve(),
            "media": {"type": "photo", "id": 501, "gallery_id": null, "filename": null, "favorite_count": 1},
            "favorited_at": at("28T23:00:00"), "removed_at": null, "note": null,
        }],
        "summary": {
            "favorites": 1, "clients": 1, "lists": 1,
            "by_media": [{"type": "photo", "id": 501, "favorite_count": 1, "unique_clients": 1}],
            "by_client": [{"client": eve(), "favorites": 1}],
        },
        "meta": meta(1),
    })
}

/// 0.4 + 0.3 + 0.2, and no views of any row: 0 ÷ 0 = 0 (rule 89).
fn starred() -> Value {
    let weekday = |name: &str| json!({"weekday": name, "favorites": u64::from(name == "fri")});
    let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(weekday);
    json!({
        "data": [{
            "photo": {
                "id": 501, "collection_id": WEDDING, "collection_name": "Other studio", "gallery_id": null,
                "filename": null, "tags": null,
            },
            "starred_by_owner": false, "starred_at": null, "client_favorites": 1,
            "last_favorited_at": at("28T23:00:00"), "downloads": 1, "shares": 1, "views": 0,
            "popularity": {"score": 0.9, "rank": 1},
        }],
        "analytics": {
            // No photos in the catalogue (rule 90).
            "collections": [
                {"collection_id": WEDDING, "starred": 0, "client_favorites": 1, "favorite_rate": null},
            ],
            "popular": [{"photo_id": 501, "score": 0.9}],
            "engagement_patterns": {
                "timezone": "UTC",
                "by_hour": (0..24).map(|hour| json!({"hour": hour, "favorites": u64::from(hour == 23)})).collect::<Vec<_>>(),
                "by_weekday": weekdays,
                // An hour before it was published, and not below 0 (rule 91).
                "median_hours_publish_to_first_favorite": 0.0,
                "repeat_clients": 0,
                "by_tag": [],
            },
        },
        "meta": meta(1),
    })
}
