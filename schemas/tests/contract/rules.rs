//! The rules that one event can break by itself, each with an event that breaks it.

use loupe_schemas::rules::Code;
use serde_json::{Value, json};

use crate::{RECEIVED_AT, accept, example, reject, with};

/// Changes one member of an example and returns the code and field of the violation.
fn broken(event_type: &str, pointer: &str, member: Option<Value>) -> (Code, String) {
    let violation = reject(&with(example(event_type, "full"), pointer, member));
    (violation.code, violation.field)
}

fn assert_broken(event_type: &str, pointer: &str, member: Value, code: Code, field: &str) {
    let found = broken(event_type, pointer, Some(member.clone()));
    assert_eq!(found, (code, field.to_owned()), "{event_type} {pointer} = {member}");
}

#[test]
fn rule_1_a_download_id_is_a_uuid_v7() {
    let v4 = json!("3f2c1a5e-8f0b-4c0d-9a37-5b1f6f6d2a10");
    for event_type in ["DownloadRequested", "DownloadPrepared", "DownloadPrepareFailed", "TransferSegment"] {
        assert_broken(event_type, "/download_id", v4.clone(), Code::InvalidValue, "download_id");
    }
}

#[test]
fn rule_9_time_lies_between_2010_and_an_hour_after_receipt() {
    let hour_ahead = RECEIVED_AT.0 + 3_600_000_000;
    for event_type in ["VisitStarted", "TransferSegment", "ClientUpserted"] {
        let at = |micros: i64| with(example(event_type, "full"), "/occurred_at", Some(json!(micros)));
        assert!(accept(&at(hour_ahead)).is_ok());
        assert!(accept(&at(1_262_304_000_000_000)).is_ok());
        for micros in [hour_ahead + 1, 1_262_303_999_999_999, 0, -1] {
            let violation = reject(&at(micros));
            assert_eq!((violation.code, violation.field.as_str()), (Code::OutOfRange, "occurred_at"), "{micros}");
        }
    }
}

#[test]
fn rule_9_the_time_within_a_download_id_is_checked_too() {
    let in_2200 = json!("0699e9dc-c548-7daf-8005-db8126ce84ea");
    assert_broken("TransferSegment", "/download_id", in_2200, Code::OutOfRange, "download_id");
}

#[test]
fn rule_17_an_actor_has_an_address_or_its_key() {
    assert_eq!(broken("VisitStarted", "/actor/ip_key", None), (Code::Missing, "actor.ip_key".to_owned()));
    let address = with(example("VisitStarted", "full"), "/actor/ip_key", None);
    let address = with(address, "/actor/ip", Some(json!("192.0.2.7")));
    let actor = accept(&address).unwrap().head.actor.unwrap();
    assert_eq!(actor.ip_key, b"192.0.2.7", "the hash of the address, which the test leaves as text");
}

#[test]
fn rule_28_a_segment_of_a_download_names_it() {
    assert_eq!(broken("TransferSegment", "/download_id", None), (Code::Missing, "download_id".to_owned()));
    let preview = with(example("TransferSegment", "full"), "/purpose", Some(json!("preview")));
    assert!(accept(&with(preview, "/download_id", None)).is_ok());
}

#[test]
fn rule_33_items_are_one_of_the_kind_or_distinct_members() {
    let twice = json!([{"media_id": 1, "kind": "photo", "bytes": 1}, {"media_id": 1, "kind": "photo", "bytes": 1}]);
    assert_broken("DownloadRequested", "/items", twice, Code::InvalidValue, "items[1].media_id");
    assert_broken("DownloadRequested", "/items", json!([]), Code::Missing, "items");
    for kind in ["photo", "video"] {
        assert_broken("DownloadRequested", "/kind", json!(kind), Code::InvalidValue, "items");
    }
    let film = with(example("DownloadRequested", "film"), "/kind", Some(json!("photo")));
    assert_eq!(reject(&film).field, "items");
    assert_broken("DownloadRequested", "/kind", json!("hologram"), Code::InvalidValue, "kind");
}

#[test]
fn rule_33_a_range_lies_within_its_object() {
    assert_eq!(broken("TransferSegment", "/range_end", None), (Code::Missing, "range_end".to_owned()));
    assert_eq!(broken("TransferSegment", "/range_start", None), (Code::Missing, "range_start".to_owned()));
    assert_broken("TransferSegment", "/range_end", json!(899_999_999), Code::OutOfRange, "range_end");
    assert_broken("TransferSegment", "/range_end", json!(2_147_483_648_u64), Code::OutOfRange, "range_end");
    let last = with(example("TransferSegment", "full"), "/range_end", Some(json!(2_147_483_647_u64)));
    assert!(accept(&last).is_ok());
}

#[test]
fn rule_93_numbers_stay_in_their_ranges() {
    assert_broken("TransferSegment", "/status", json!(99), Code::OutOfRange, "status");
    assert_broken("TransferSegment", "/status", json!(600), Code::OutOfRange, "status");
    assert_broken("TransferSegment", "/bot_score", json!(1.01), Code::OutOfRange, "bot_score");
    assert_broken("TransferSegment", "/bot_score", json!(-0.01), Code::OutOfRange, "bot_score");
    assert_broken("TransferSegment", "/body_bytes", json!(1_u64 << 63), Code::OutOfRange, "body_bytes");
    assert_broken("MediaUpserted", "/duration_seconds", json!(-1), Code::OutOfRange, "duration_seconds");
    assert_broken("VisitStarted", "/edge/seq", json!(-1), Code::OutOfRange, "edge.seq");
}

#[test]
fn rule_93_texts_are_neither_empty_nor_endless() {
    let long = json!("x".repeat(8_193));
    for (event_type, pointer, field) in [
        ("VisitStarted", "/edge/pop", "edge.pop"),
        ("VisitStarted", "/edge/node", "edge.node"),
        ("TransferSegment", "/method", "method"),
        ("DownloadRequested", "/format", "format"),
        ("DownloadPrepareFailed", "/code", "code"),
        ("FavoriteListCreated", "/list_name", "list_name"),
        ("LinkCreated", "/url", "url"),
        ("CollectionUpserted", "/name", "name"),
        ("MediaUpserted", "/filename", "filename"),
    ] {
        assert_broken(event_type, pointer, json!(""), Code::Missing, field);
        assert_broken(event_type, pointer, long.clone(), Code::TooLarge, field);
    }
    for (event_type, pointer, field) in [
        ("VisitStarted", "/actor/user_agent", "actor.user_agent"),
        ("FavoriteAdded", "/note", "note"),
        ("ClientUpserted", "/email", "email"),
        ("MediaUpserted", "/tags/0", "tags[0]"),
    ] {
        assert_broken(event_type, pointer, long.clone(), Code::TooLarge, field);
    }
}

#[test]
fn rule_97_an_unknown_symbol_is_refused() {
    for (event_type, pointer, field) in [
        ("FavoriteAdded", "/media_kind", "media_kind"),
        ("MediaUpserted", "/media_kind", "media_kind"),
        ("DownloadRequested", "/items/0/kind", "items[0].kind"),
        ("DownloadRequested", "/destination", "destination"),
        ("DownloadRequested", "/rendition", "rendition"),
        ("TransferSegment", "/end_reason", "end_reason"),
        ("TransferSegment", "/cache", "cache"),
        ("TransferSegment", "/purpose", "purpose"),
        ("VisitStarted", "/actor/role", "actor.role"),
        ("VisitStarted", "/actor/identified_by", "actor.identified_by"),
        ("LinkOpened", "/opener", "opener"),
        ("LinkDenied", "/deny_reason", "deny_reason"),
    ] {
        assert_broken(event_type, pointer, json!("newer"), Code::InvalidValue, field);
    }
}

#[test]
fn rule_97_unknown_fields_are_ignored() {
    for (event_type, pointer) in [("TransferSegment", "/newer"), ("VisitStarted", "/actor/newer")] {
        let full = example(event_type, "full");
        assert_eq!(accept(&with(full.clone(), pointer, Some(json!({"a": 1})))), accept(&full));
    }
}
