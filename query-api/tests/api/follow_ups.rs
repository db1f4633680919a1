//! `/insights/follow_ups` over events written by hand, at times before now.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use loupe_service::keys::{Accounts, Scope};
use serde_json::{Value, json};

use crate::catalogue::ana;
use crate::happenings::{Happenings, hours_ago, later, of};
use crate::stage::{COLLECTION, Stage};

const QUIET: u64 = 78;
const NEW: u64 = 80;
const DAY: i64 = 24;

/// The stage, a key, and the ids of the last downloads of Fay and Gus.
pub(crate) struct Story {
    pub(crate) stage: Stage,
    pub(crate) key: String,
    fay: (String, String),
    gus: String,
}

fn links(story: &mut Happenings) {
    let (old, opened) = (hours_ago(8 * DAY), json!({"type": "LinkOpened", "opener": "human"}));
    story.link(&old, COLLECTION, "owner", "sl_old", json!({}));
    story.link(&hours_ago(6 * DAY), COLLECTION, "owner", "sl_new", json!({}));
    let preview = json!({"type": "LinkOpened", "link_id": "sl_old", "opener": "preview"});
    story.add(&later(&old, 60), COLLECTION, "vs_1", preview);
    let mut expiring = |link: &str, hours: i64, who: &str, is_opened: bool| {
        let at = hours_ago(9 * DAY);
        story.link(&at, COLLECTION, who, link, json!({"expires_at": hours_ago(-hours)}));
        if is_opened {
            let own = crate::stage::with(&opened, json!({"link_id": link}));
            story.add(&later(&at, 60), COLLECTION, "vs_1", own);
        }
    };
    expiring("sl_soon", 3 * DAY, "cl_ana", true);
    expiring("sl_far", 8 * DAY, "cl_ana", true);
    expiring("sl_gone", -1, "owner", false);
    expiring("sl_revoked", 3 * DAY, "owner", false);
    story.add(&hours_ago(8 * DAY), COLLECTION, "owner", json!({"type": "LinkRevoked", "link_id": "sl_revoked"}));
}

/// The ids of the last downloads of Fay and Gus.
fn downloads(story: &mut Happenings) -> ((String, String), String) {
    let pair = of("archive", "original", &[(11, "photo"), (12, "photo")]);
    let (single, small) = (of("photo", "original", &[(12, "photo")]), of("photo", "web_640", &[(12, "photo")]));
    for (hours, who) in [(50, "cl_bob"), (47, "cl_cat"), (60, "cl_dan"), (60, "cl_eli"), (60, "cl_zoe"), (60, "vs_9")] {
        story.visit(&hours_ago(hours), COLLECTION, who, &[11]);
    }
    story.download(&hours_ago(59), COLLECTION, "cl_eli", &single, 0);
    story.download(&hours_ago(40), COLLECTION, "cl_dan", &single, 50);
    story.download(&hours_ago(39), COLLECTION, "cl_dan", &single, 100);
    story.download(&hours_ago(31), COLLECTION, "cl_fay", &pair, 20);
    let at = hours_ago(30);
    let fay = story.download(&at, COLLECTION, "cl_fay", &pair, 120);
    let gus = story.download(&hours_ago(40), COLLECTION, "cl_gus", &single, 50);
    let refused = json!({
        "type": "TransferSegment", "download_id": gus, "etag": "e", "method": "GET", "status": 502, "object_bytes": 100,
        "body_bytes": 0, "completed": false, "end_reason": "origin_error", "purpose": "download",
    });
    story.add(&hours_ago(39), COLLECTION, "cl_gus", refused);
    story.download(&hours_ago(38), COLLECTION, "cl_gus", &small, 100);
    story.download(&hours_ago(38), COLLECTION, "vs_9", &single, 50);
    story.download(&hours_ago(0), COLLECTION, "cl_hal", &single, 50);
    ((fay, later(&at, 1)), gus)
}

fn lists(story: &mut Happenings) {
    let named =
        json!({"type": "FavoriteListCreated", "list_id": "fl_1", "list_name": "Album picks", "max_selections": 40});
    story.add(&hours_ago(100), COLLECTION, "cl_ana", named);
    story.favorite(&hours_ago(99), COLLECTION, "cl_ana", "fl_1", (11, "photo"));
    for (list, hours, who) in [
        ("fl_2", 99, "cl_hal"),
        ("fl_3", 47, "cl_hal"),
        ("fl_4", 99, "cl_hal"),
        ("fl_5", 99, "vs_9"),
        ("fl_6", 99, "cl_hal"),
    ] {
        story.favorite(&hours_ago(hours), COLLECTION, who, list, (11, "photo"));
    }
    for (event, list, hours) in [
        ("FavoriteListSubmitted", "fl_2", 98),
        ("FavoriteListSubmitted", "fl_6", 98),
        ("FavoriteListReopened", "fl_6", 60),
    ] {
        story.add(&hours_ago(hours), COLLECTION, "cl_hal", json!({"type": event, "list_id": list}));
    }
    let removed = json!({"type": "FavoriteRemoved", "list_id": "fl_4", "media_id": 11});
    story.add(&hours_ago(98), COLLECTION, "cl_hal", removed);
}

pub(crate) async fn story(name: &str) -> Story {
    let stage = Stage::new(name).await;
    let mut story = Happenings::default();
    story.ana(COLLECTION);
    story.collection(COLLECTION, "Smith Wedding", &hours_ago(40 * DAY));
    story.collection(QUIET, "Quiet", &hours_ago(7 * DAY + 1));
    story.collection(NEW, "New", &hours_ago(6 * DAY));
    links(&mut story);
    let (fay, gus) = downloads(&mut story);
    lists(&mut story);
    story.add(&hours_ago(58), COLLECTION, "owner", json!({"type": "ClientErased", "client_id": "cl_zoe"}));
    story.fold(&stage).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    Story { stage, key, fay, gus }
}

fn ids(body: &Value) -> Vec<String> {
    let mut ids: Vec<String> =
        body["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_120_to_130_each_segment_lists_whom_to_write_to() {
    let Story { stage, key, fay, gus } = story("follow_ups").await;
    let (fay, gus) = (format!("partial:{COLLECTION}:{}", fay.0), format!("partial:{COLLECTION}:{gus}"));
    let mut broken = [fay.as_str(), gus.as_str()];
    broken.sort_unstable();
    let of = |segment: &str, subjects: &[&str]| -> Vec<String> {
        subjects.iter().map(|subject| format!("{segment}:{subject}")).collect()
    };
    for (segment, expected) in [
        ("not_opened", of("not_opened", &["77:sl_old", "78:"])),
        ("opened_not_downloaded", of("opened_not_downloaded", &["77:cl_bob", "77:cl_eli"])),
        ("partial", broken.map(ToOwned::to_owned).to_vec()),
        ("favorites_unsubmitted", of("favorites_unsubmitted", &["77:fl_1", "77:fl_6"])),
        ("link_expiring", of("link_expiring", &["77:sl_soon"])),
    ] {
        let body = stage.body(&format!("/insights/follow_ups?segment={segment}"), &key).await;
        assert_eq!(ids(&body), expected, "{segment}");
        assert_eq!(body["summary"]["by_segment"][segment], expected.len(), "{segment}");
        assert_eq!(body["summary"]["follow_ups"], expected.len(), "{segment}");
    }
    let body = stage.body("/insights/follow_ups", &key).await;
    let summary = json!({
        "follow_ups": 9, "clients": 6,
        "by_segment": {"not_opened": 2, "opened_not_downloaded": 2, "partial": 2, "favorites_unsubmitted": 2,
                       "link_expiring": 1}
    });
    assert_eq!((&body["summary"], &body["meta"]["total"]), (&summary, &9.into()));
    let expected = [
        ("", 9),
        ("client_id=cl_ana", 2),
        ("segment=partial,link_expiring", 3),
        ("segment=partial&client_id=cl_gus", 1),
        ("client_id=cl_zoe", 0),
    ];
    stage.assert_totals("/insights/follow_ups", &key, &expected).await;
    stage.assert_pages("/insights/follow_ups", &key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_ups_say_whom_since_when_and_why() {
    let Story { stage, key, fay, .. } = story("follow_up_fields").await;
    let body = stage.body("/insights/follow_ups", &key).await;
    let row = |id: &str| {
        let rows = body["data"].as_array().unwrap();
        rows.iter().find(|row| row["id"].as_str().unwrap().ends_with(id)).unwrap_or_else(|| panic!("no {id}")).clone()
    };
    let collection = json!({"id": COLLECTION, "name": "Smith Wedding"});
    let (download, at) = fay;
    let expected = json!({
        "id": format!("partial:{COLLECTION}:{download}"), "segment": "partial", "reason": "download_partial",
        "client": {"id": "cl_fay", "email": null, "name": null, "identified_by": "email"}, "collection": collection,
        "since": at, "due_at": later(&at, 1800), "activity": null,
        "download": {"id": download, "type": "archive", "rendition": "original", "media": 2, "attempts": 2,
                     "delivered_bytes": 120, "size_bytes": 200},
        "list": null, "link": null
    });
    assert_eq!(row(&download), expected, "rule 122");
    let list = row("fl_1");
    assert_eq!((&list["client"], &list["reason"]), (&ana(), &"list_not_submitted".into()), "rule 123");
    assert_eq!(list["list"], json!({"id": "fl_1", "name": "Album picks", "favorites": 1, "max_selections": 40}));
    let soon = row("sl_soon");
    assert_eq!((&soon["client"], &soon["reason"]), (&ana(), &"link_expires_soon".into()), "rule 124");
    assert_eq!(soon["due_at"], later(soon["link"]["expires_at"].as_str().unwrap(), -7 * 86_400), "rule 124");
    assert_eq!((&soon["link"]["opens"], &soon["link"]["media_id"]), (&1.into(), &11.into()));
    let old = row("sl_old");
    assert_eq!((&old["client"], &old["link"]["link_previews"]), (&Value::Null, &1.into()), "rule 120");
    assert_eq!(old["due_at"], later(old["since"].as_str().unwrap(), 7 * 86_400), "rule 120");
    let quiet = row(":78:");
    assert_eq!((&quiet["reason"], &quiet["link"]), (&"collection_never_visited".into(), &Value::Null), "rule 120");
    assert_eq!(quiet["collection"], json!({"id": QUIET, "name": "Quiet"}));
    let bob = row("cl_bob");
    assert_eq!(bob["activity"], json!({"visits": 1, "views": 1, "plays": 0, "link_opens": 0}), "rule 121");
    assert_eq!(bob["due_at"], later(bob["since"].as_str().unwrap(), 48 * 3600), "rule 121");
    let gus = body["data"].as_array().unwrap().iter().find(|row| row["client"]["id"] == "cl_gus").unwrap();
    assert_eq!(gus["reason"], "download_failed", "rule 122");
    let plain = stage.known_key(Accounts::one(1), &[Scope::AnalyticsRead]).await;
    let masked = stage.body("/insights/follow_ups?client_id=cl_ana", &plain).await;
    assert_eq!(masked["data"][0]["client"]["email"], "a***@ex.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_120_a_link_that_is_used_up_or_was_downloaded_through_needs_nobody() {
    let stage = Stage::new("follow_up_links").await;
    let mut story = Happenings::default();
    let at = hours_ago(10 * DAY);
    let spent =
        json!({"expires_at": hours_ago(-DAY), "permissions": {"view": true, "download": "none", "max_opens": 1}});
    story.link(&at, COLLECTION, "owner", "sl_spent", spent);
    let opened = json!({"type": "LinkOpened", "link_id": "sl_spent", "opener": "human"});
    story.add(&later(&at, 60), COLLECTION, "vs_1", opened);
    story.link(&at, COLLECTION, "owner", "sl_used", json!({}));
    story.link(&at, COLLECTION, "owner", "sl_idle", json!({}));
    let request = json!({
        "type": "DownloadRequested", "download_id": "019de9dc-fbf8-7000-8000-000000000001", "kind": "photo",
        "items": [{"media_id": 11, "kind": "photo", "bytes": 100}], "rendition": "web_640", "format": "jpeg",
        "link_id": "sl_used",
    });
    story.add(&later(&at, 120), COLLECTION, "vs_1", request);
    let robot = json!({"type": "LinkOpened", "link_id": "sl_idle", "opener": "unknown"});
    story.add(&later(&at, 60), COLLECTION, "robot", robot);
    story.fold(&stage).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    let body = stage.body("/insights/follow_ups", &key).await;
    assert_eq!(ids(&body), ["not_opened:77:sl_idle"], "a robot opens nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_ups_refuse_what_they_do_not_take() {
    let stage = Stage::new("follow_up_wrong").await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    for query in ["segment=late", "segment=partial,", "sort=name", "status=partial", "client_id=,", "tz=Mars"] {
        let (status, body) = stage.json(&format!("/insights/follow_ups?{query}"), &key).await;
        let name = query.split_once('=').unwrap().0;
        assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &name.into()), "{query}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_ups_stand_no_longer_than_time_leaves_them() {
    let Story { stage, key, .. } = story("follow_up_changes").await;
    let response = stage.get("/insights/follow_ups", &key).send().await.unwrap();
    let tag = response.headers()["etag"].to_str().unwrap().trim_matches('"').to_owned();
    let bytes = URL_SAFE_NO_PAD.decode(tag).unwrap();
    let until = i64::from_be_bytes(bytes[8..16].try_into().unwrap());
    let now = loupe_service::clock::now_micros();
    // The download of this minute becomes idle first; its bytes came a second after its request.
    assert!(until > now && until <= now + 30 * 60_000_000 + 1_000_000, "{}", until - now);
}
