//! `photo_downloads` and `gallery_video_downloads`: one row per medium received.

use serde_json::{Value, json};

use super::{Narrowed, action, ana, ana_logged_in, at, ben, cleo, dan, maybe_at, meta};

/// A delivery of a photo. Attempts and requested_at are those of its action.
struct Photo {
    action: u8,
    requested_at: &'static str,
    status: &'static str,
    completed_at: Option<&'static str>,
    client: Value,
    photo: u64,
    rendition: &'static str,
    format: &'static str,
    width_height: (u64, u64),
    bytes: u64,
    archive: bool,
    /// destination, pin_used, link_id, paid.
    how: (&'static str, bool, Option<&'static str>, bool),
}

const PLAIN: (&str, bool, Option<&str>, bool) = ("device", false, None, false);
const PIN: (&str, bool, Option<&str>, bool) = ("device", true, None, false);

impl Photo {
    fn row(self) -> Value {
        // Completed deliveries: 501 by 1, 2, 21, 22; 502 by 4, 6, 10; 503 by 22. Unique (rules 54, 55): 501 is ANA's
        // high_res of the 29th (1, 2 and 21 alike) and DAN's original; 502 three identities; 503 one.
        let (count, unique) = match self.photo {
            501 => (4, 2),
            502 => (3, 3),
            _ => (1, 1),
        };
        // The gallery of 503 was deleted: its name reads null (rule 94); 301 was renamed (rule 95).
        let (gallery, name) = if self.photo == 503 { (303, Value::Null) } else { (301, "Ceremony".into()) };
        json!({
            "id": "dv_", "download_id": action(self.action), "status": self.status,
            "requested_at": at(self.requested_at), "completed_at": maybe_at(self.completed_at), "client": self.client,
            "photo": {
                "id": self.photo, "gallery_id": gallery, "gallery_name": name,
                "filename": format!("DSC_0{}.jpg", self.photo), "download_count": count,
                "unique_download_count": unique,
            },
            "file": {
                "rendition": self.rendition, "format": self.format, "width": self.width_height.0,
                "height": self.width_height.1, "size_bytes": self.bytes,
            },
            "source": if self.archive { "archive" } else { "single" }, "destination": self.how.0,
            "pin_used": self.how.1, "link_id": self.how.2, "paid": self.how.3,
        })
    }
}

/// Rows by requested_at descending, then download_id, then media_id descending (rule 100).
pub(super) fn photos() -> Value {
    let mut rows = archived_late();
    rows.extend(early());
    json!({"data": rows, "summary": photo_summary(), "meta": meta(15)})
}

/// Sizes by rule 60: 501 is 6000×4000, 502 4000×6000, 503 3000×2000 and never scaled up.
fn archived_late() -> Vec<Value> {
    let single = |action, requested_at, status, completed_at, client, photo| Photo {
        action,
        requested_at,
        status,
        completed_at,
        client,
        photo,
        rendition: "high_res",
        format: "jpeg",
        width_height: (3600, 2400),
        bytes: 4000,
        archive: false,
        how: PLAIN,
    };
    // 23 was never prepared; its members have its status (rule 51), and high_res in an archive is jpeg (rule 58).
    let unprepared =
        |photo| Photo { archive: true, ..single(23, "31T09:00:00", "failed", None, ana_logged_in(), photo) };
    // 22: 501 lies in [100, 8100), covered by the first segment; 503 in [8200, 13200), by the second (rules 41, 51).
    let dropbox = ("dropbox", false, None, false);
    let whole = |completed_at, photo| Photo {
        rendition: "original",
        archive: true,
        how: dropbox,
        ..single(22, "30T09:00:00", "completed", Some(completed_at), dan(), photo)
    };
    vec![
        Photo { width_height: (2400, 3600), bytes: 3000, ..unprepared(502) }.row(),
        unprepared(501).row(),
        // 640 × 2000 ÷ 3000 = 426.7.
        Photo {
            rendition: "web_640",
            width_height: (640, 427),
            bytes: 90,
            ..single(12, "31T08:00:00", "abandoned", None, ben(), 503)
        }
        .row(),
        Photo { width_height: (3000, 2000), bytes: 2500, ..single(7, "30T15:00:00", "failed", None, cleo(), 503) }
            .row(),
        // `original` has the catalogue's format (rule 58).
        Photo { format: "png", width_height: (3000, 2000), bytes: 5000, ..whole("30T09:01:00", 503) }.row(),
        Photo { width_height: (6000, 4000), bytes: 8000, ..whole("30T09:00:20", 501) }.row(),
        single(3, "30T00:00:01", "partial", None, ana(), 501).row(),
    ]
}

fn early() -> Vec<Value> {
    let of_502 = |action, requested_at, status, completed_at, client| Photo {
        action,
        requested_at,
        status,
        completed_at,
        client,
        photo: 502,
        rendition: "original",
        format: "jpeg",
        width_height: (4000, 6000),
        bytes: 6000,
        archive: false,
        how: ("device", false, Some("sl_one"), false),
    };
    let of_501 = |action, requested_at, completed_at, how| Photo {
        photo: 501,
        rendition: "high_res",
        width_height: (3600, 2400),
        bytes: 4000,
        how,
        ..of_502(action, requested_at, "completed", Some(completed_at), ana())
    };
    let by_mail = ("email_link", false, None, false);
    vec![
        // 1024 × 4000 ÷ 6000 = 682.7; the drive's client is nobody (rule 14).
        Photo {
            rendition: "web_1024",
            width_height: (683, 1024),
            bytes: 700,
            how: ("google_drive", false, None, true),
            ..of_502(10, "29T21:00:00", "completed", Some("29T21:00:01"), Value::Null)
        }
        .row(),
        // 21 has [0, 6000): 501 in [100, 4100) is whole, 502 in [4200, 7200) is not and has the archive's status.
        Photo {
            rendition: "high_res",
            width_height: (2400, 3600),
            bytes: 3000,
            archive: true,
            how: by_mail,
            ..of_502(21, "29T14:00:00", "partial", None, ana())
        }
        .row(),
        Photo { archive: true, ..of_501(21, "29T14:00:00", "29T14:02:00", by_mail) }.row(),
        of_502(6, "29T13:05:00", "completed", Some("29T13:05:03"), Value::Null).row(),
        of_502(5, "29T13:00:00", "failed", None, Value::Null).row(),
        // 2048 × 4000 ÷ 6000 = 1365.3; the second request of this download is ignored (rule 32).
        Photo {
            rendition: "web_2048",
            width_height: (1365, 2048),
            bytes: 3000,
            how: ("device", true, Some("sl_one"), false),
            ..of_502(4, "29T12:00:00", "completed", Some("29T12:00:10"), ben())
        }
        .row(),
        of_501(2, "29T11:00:00", "29T11:00:05", PLAIN).row(),
        of_501(1, "29T10:00:00", "29T10:00:02", PIN).row(),
    ]
}

/// Rules 52 to 58. Rows: 1 2 3 4 5 6 7 10 12, two of 21, 22 and 23 each = 15. Completed: 1 2 4 6 10 single; 501 of 21,
/// 501 and 503 of 22 in archives = 8. Clients: ANA, BEN, DAN (rule 13).
fn photo_summary() -> Value {
    json!({
        "attempts": 15, "downloads": 8, "unique_downloads": 6, "photos": 3, "clients": 3,
        "by_source": {"single": 5, "archive": 3},
        "by_photo": [
            by_photo(501, 4, 2, "29T10:00:00", "30T09:00:00"),
            by_photo(502, 3, 3, "29T12:00:00", "29T21:00:00"),
            by_photo(503, 1, 1, "30T09:00:00", "30T09:00:00"),
        ],
        // high_res 1, 2, 21; web_2048 4; original 6 and two of 22; web_1024 10.
        "by_rendition": {"high_res": 3, "web_2048": 1, "original": 3, "web_1024": 1},
        // All but the PNG of 22.
        "by_format": {"jpeg": 7, "png": 1},
    })
}

fn by_photo(photo: u64, count: u64, unique: u64, first: &str, last: &str) -> Value {
    json!({
        "photo_id": photo, "download_count": count, "unique_download_count": unique, "first_at": at(first),
        "last_at": at(last),
    })
}

/// A delivery of a film.
struct Film {
    action: u8,
    requested_at: &'static str,
    status: &'static str,
    client: Value,
    video: u64,
    rendition: &'static str,
    bytes: u64,
    /// percent, delivered_bytes, resumes, last_activity_at.
    completion: (f64, u64, u64, &'static str),
    history: Value,
}

impl Film {
    fn row(self) -> Value {
        let video = if self.video == 601 {
            json!({
                "id": 601, "gallery_id": 302, "filename": "film.mp4", "duration_seconds": 214.2, "width": 3840,
                "height": 2160, "codec": "h264", "container": "mp4", "download_count": 1,
            })
        } else {
            json!({
                "id": 602, "gallery_id": 302, "filename": "clip.mov", "duration_seconds": null, "width": null,
                "height": null, "codec": null, "container": "mov", "download_count": 0,
            })
        };
        let (percent, delivered, resumes, last) = self.completion;
        json!({
            "id": "dv_", "download_id": action(self.action),
            "source": if self.action == 21 { "archive" } else { "single" }, "status": self.status,
            "requested_at": at(self.requested_at), "client": self.client, "video": video,
            // Of 24, 25, 26 the request's format; in an archive in a photo's rendition the catalogue's (rule 58).
            "file": {"rendition": self.rendition, "format": "mp4", "size_bytes": self.bytes},
            "completion": {
                "complete": self.status == "completed", "percent": percent, "delivered_bytes": delivered,
                "resumes": resumes, "last_activity_at": at(last),
            },
            "history": self.history,
        })
    }
}

fn response(when: &str, range: (u64, u64), body: u64, status: u16, end: &str) -> Value {
    json!({
        "at": at(when), "range_start": range.0, "range_end": range.1, "body_bytes": body, "http_status": status,
        "end_reason": end,
    })
}

pub(super) fn videos() -> Value {
    let watched = Film {
        action: 26,
        requested_at: "31T10:00:00",
        status: "abandoned",
        client: cleo(),
        video: 601,
        rendition: "video_1080p",
        bytes: 50_000,
        // Playback is filtered: no interval, no activity (rule 18), so the click is the last activity (rule 46).
        completion: (0.0, 0, 0, "31T10:00:00"),
        history: json!([]),
    };
    let broken = Film {
        action: 25,
        requested_at: "30T16:00:00",
        status: "partial",
        client: Value::Null,
        video: 602,
        rendition: "video_720p",
        bytes: 9000,
        // 3000 of 9000, rounded down (rule 42).
        completion: (33.3, 3000, 0, "30T16:00:30"),
        history: json!([response("30T16:00:30", (0, 2999), 3000, 206, "timeout")]),
    };
    let resumed = Film {
        action: 24,
        requested_at: "29T20:00:00",
        status: "completed",
        client: ben(),
        video: 601,
        rendition: "video_original",
        bytes: 100_000,
        // Two 206 with range_start > 0 (rule 43).
        completion: (100.0, 100_000, 2, "29T20:03:00"),
        history: json!([
            response("29T20:01:00", (0, 39_999), 40_000, 200, "client_abort"),
            response("29T20:02:00", (40_000, 69_999), 30_000, 206, "timeout"),
            response("29T20:03:00", (70_000, 99_999), 30_000, 206, "ok"),
        ]),
    };
    let archived = Film {
        action: 21,
        requested_at: "29T14:00:00",
        status: "partial",
        client: ana(),
        video: 601,
        rendition: "high_res",
        bytes: 4500,
        // It lies in [7300, 11800), of which [0, 6000) has nothing (rule 51).
        completion: (0.0, 0, 0, "29T14:02:00"),
        // The archive's one response: a 200 without a range, cut to its body (rule 35).
        history: json!([response("29T14:02:00", (0, 5999), 6000, 200, "client_abort")]),
    };
    let by_client = |client: Value, downloads: u64| json!({"client": client, "attempts": 1, "downloads": downloads});
    json!({
        "data": [watched.row(), broken.row(), resumed.row(), archived.row()],
        // One of four (rule 61); every client with an attempt, nobody's bucket too (rule 14).
        "summary": {
            "attempts": 4, "downloads": 1, "unique_downloads": 1, "completion_rate": 0.25,
            "by_source": {"single": 1, "archive": 0},
            "by_client": [by_client(ana(), 0), by_client(ben(), 1), by_client(cleo(), 0), by_client(Value::Null, 0)],
        },
        "meta": meta(4),
    })
}

pub(super) fn narrowed() -> Vec<Narrowed> {
    let ids = |numbers: &[u8]| numbers.iter().map(|number| action(*number).into()).collect();
    vec![
        Narrowed {
            path: "/collections/9001/photo_downloads?source=archive&status=completed".to_owned(),
            id: "/download_id",
            ids: ids(&[22, 22, 21]),
            summary: json!({
                "attempts": 3, "downloads": 3, "unique_downloads": 3, "photos": 2, "clients": 2,
                "by_source": {"single": 0, "archive": 3},
                "by_photo": [
                    by_photo(501, 2, 2, "29T14:00:00", "30T09:00:00"),
                    by_photo(503, 1, 1, "30T09:00:00", "30T09:00:00"),
                ],
                "by_rendition": {"high_res": 1, "original": 2}, "by_format": {"jpeg": 2, "png": 1},
            }),
        },
        Narrowed {
            path: "/collections/9001/photo_downloads?link_id=sl_one&sort=occurred_at".to_owned(),
            id: "/download_id",
            ids: ids(&[4, 5, 6]),
            summary: json!({
                "attempts": 3, "downloads": 2, "unique_downloads": 2, "photos": 1, "clients": 1,
                "by_source": {"single": 2, "archive": 0},
                "by_photo": [by_photo(502, 2, 2, "29T12:00:00", "29T13:05:00")],
                "by_rendition": {"original": 1, "web_2048": 1}, "by_format": {"jpeg": 2},
            }),
        },
    ]
}
