//! Events written by hand, one a line, and folded into the tables as the projector folds them.

use chrono::DateTime;
use loupe_schemas::{Event, Micros};
use serde_json::{Value, json};

use crate::stage::{Stage, with};

/// What happened to account 1, in any order.
#[derive(Default)]
pub(crate) struct Happenings {
    events: Vec<Event>,
}

/// An actor: a client when it begins with `cl_`, the owner, a robot, else a visitor of this name.
fn actor(who: &str) -> Value {
    let actor = json!({"ip_key": "00ff", "user_agent": "Mozilla/5.0"});
    let own = match who {
        "owner" => json!({"role": "owner", "identified_by": "login"}),
        "robot" => json!({"role": "guest", "identified_by": "none", "user_agent": "Googlebot/2.1"}),
        _ if who.starts_with("cl_") => json!({"role": "client", "identified_by": "email", "client_id": who}),
        _ => json!({"role": "guest", "identified_by": "none", "visitor_id": who}),
    };
    with(&actor, own)
}

/// What a download is of.
pub(crate) struct Asked<'a> {
    pub(crate) kind: &'a str,
    pub(crate) rendition: &'a str,
    pub(crate) media: &'a [(u64, &'a str)],
    pub(crate) paid: bool,
}

/// Media of which a download is, in a rendition.
pub(crate) const fn of<'a>(kind: &'a str, rendition: &'a str, media: &'a [(u64, &'a str)]) -> Asked<'a> {
    Asked { kind, rendition, media, paid: false }
}

/// Bytes of each medium.
pub(crate) const MEDIUM_BYTES: u64 = 100;

impl Happenings {
    /// An event of somebody in a collection.
    pub(crate) fn add(&mut self, at: &str, collection: u64, who: &str, own: Value) {
        let number = self.events.len();
        let head = json!({
            "event_id": format!("019de9dc-fbf8-7c7f-8018-{number:012}"), "occurred_at": at, "account_id": 1,
            "edge": {"pop": "FRA", "node": "fra-1", "boot_id": "3f2c1a5e-8f0b-4c0d-9a37-5b1f6f6d2a10", "seq": number},
            "collection_id": collection, "actor": actor(who),
        });
        let flat = with(&head, own);
        let event = loupe_schemas::json::parse(flat.to_string(), &|_| unreachable!("no address"));
        self.events.push(event.unwrap_or_else(|error| panic!("{flat}: {error:?}")));
    }

    /// A visit, and these photos viewed, each a minute after the one before.
    pub(crate) fn visit(&mut self, at: &str, collection: u64, who: &str, views: &[u64]) {
        self.add(at, collection, who, json!({"type": "VisitStarted"}));
        for (minute, media_id) in (1..).zip(views) {
            let at = later(at, minute * 60);
            self.add(&at, collection, who, json!({"type": "PhotoViewed", "media_id": media_id, "media_kind": "photo"}));
        }
    }

    /// A favourite on a list.
    pub(crate) fn favorite(&mut self, at: &str, collection: u64, who: &str, list: &str, media: (u64, &str)) {
        let own = json!({"type": "FavoriteAdded", "list_id": list, "media_id": media.0, "media_kind": media.1});
        self.add(at, collection, who, own);
    }

    /// A download of which so many bytes arrive a second later; none when it is 0. Its id.
    pub(crate) fn download(&mut self, at: &str, collection: u64, who: &str, asked: &Asked<'_>, bytes: u64) -> String {
        let milliseconds = micros(at) / 1000;
        let hex = format!("{milliseconds:012x}");
        let id = format!("{}-{}-7000-8000-{:012}", &hex[..8], &hex[8..], self.events.len());
        self.download_as(&id, at, collection, who, asked, bytes);
        id
    }

    /// A download of this id.
    pub(crate) fn download_as(
        &mut self,
        id: &str,
        at: &str,
        collection: u64,
        who: &str,
        asked: &Asked<'_>,
        bytes: u64,
    ) {
        let item = |(number, (media_id, kind)): (u64, &(u64, &str))| {
            json!({"media_id": media_id, "kind": kind, "bytes": MEDIUM_BYTES, "zip_offset": number * MEDIUM_BYTES,
                   "zip_length": MEDIUM_BYTES})
        };
        let items: Value = (0..).zip(asked.media).map(item).collect();
        let object_bytes = asked.media.len() as u64 * MEDIUM_BYTES;
        let format = if asked.kind == "archive" { "zip" } else { "jpeg" };
        let request = json!({
            "type": "DownloadRequested", "download_id": id, "kind": asked.kind, "items": items,
            "rendition": asked.rendition, "format": format, "object_bytes": object_bytes,
            "paid": asked.paid,
        });
        self.add(at, collection, who, request);
        if bytes > 0 {
            let segment = json!({
                "type": "TransferSegment", "download_id": id, "etag": "e", "method": "GET", "status": 206,
                "range_start": 0, "range_end": bytes - 1, "object_bytes": object_bytes, "body_bytes": bytes,
                "completed": true, "end_reason": "ok", "ttfb_us": 1000, "duration_us": 1000, "purpose": "download",
            });
            self.add(&later(at, 1), collection, who, segment);
        }
    }

    /// A share link to a photo.
    pub(crate) fn link(&mut self, at: &str, collection: u64, who: &str, link: &str, own: Value) {
        let created = json!({
            "type": "LinkCreated", "link_id": link, "media_id": 11, "url": format!("https://g.example/s/{link}"),
            "permissions": {"view": true, "download": "web_2048"},
        });
        self.add(at, collection, who, with(&created, own));
    }

    /// A gallery with its media: id, kind, width, height and tags of each.
    pub(crate) fn gallery(&mut self, collection: u64, gallery: u64, media: &[(u64, &str, u64, u64, &[&str])]) {
        let at = "2026-04-01T00:00:00Z";
        let named = json!({"type": "GalleryUpserted", "gallery_id": gallery, "name": format!("Gallery {gallery}")});
        self.add(at, collection, "owner", named);
        for (media_id, kind, width, height, tags) in media {
            let medium = json!({
                "type": "MediaUpserted", "media_id": media_id, "gallery_id": gallery, "media_kind": kind,
                "filename": format!("{media_id}.jpg"), "format": "jpeg", "width": width, "height": height,
                "bytes": MEDIUM_BYTES, "tags": tags,
            });
            self.add(at, collection, "owner", medium);
        }
    }

    /// A collection of this name.
    pub(crate) fn collection(&mut self, collection: u64, name: &str, published_at: &str) {
        let named = json!({"type": "CollectionUpserted", "name": name, "published_at": published_at});
        self.add("2026-04-01T00:00:00Z", collection, "owner", named);
    }

    /// Ana, whom the catalogue knows as `cl_ana`.
    pub(crate) fn ana(&mut self, collection: u64) {
        let ana = json!({"type": "ClientUpserted", "client_id": "cl_ana", "email": "ana@ex.com", "name": "Ana Ruiz"});
        self.add("2026-04-01T00:00:00Z", collection, "owner", ana);
    }

    /// Writes it all.
    pub(crate) async fn fold(&self, stage: &Stage) {
        stage.fold(&self.events).await;
    }
}

/// A time so many seconds after another.
pub(crate) fn later(at: &str, seconds: i64) -> String {
    Micros(micros(at) + seconds * 1_000_000).to_string()
}

fn micros(at: &str) -> i64 {
    DateTime::parse_from_rfc3339(at).expect("a time").timestamp_micros()
}

/// The time so many hours ago.
pub(crate) fn hours_ago(hours: i64) -> String {
    Micros(loupe_service::clock::now_micros() - hours * 3_600_000_000).to_string()
}
