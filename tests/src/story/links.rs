//! Share links: one active, one expired, one revoked, one exhausted, and who opened them.

use serde_json::{Value, json};

use super::people::{ANA, ANYBODY, BEN, GUEST, IN_GOOGLE, OWNER, PREVIEWER, Person, ROBOT};
use super::script::Script;
use super::{PORTRAITS, WEDDING, time};

pub(super) fn tell(script: &mut Script) {
    script.collection = WEDDING;
    created(script);
    opened(script);
    denied(script);
}

fn created(script: &mut Script) {
    let mut create = |when: &str, who: &Person, link_id: &str, media_id: u64, more: Value| {
        let url = format!("https://g.example/s/{link_id}");
        let mut own = json!({"link_id": link_id, "media_id": media_id, "token_hash": "2c26b46b68ffc68f", "url": url});
        if let (Value::Object(own), Value::Object(more)) = (&mut own, more) {
            own.extend(more);
        }
        script.tell(when, "LinkCreated", who, own);
    };
    let first = json!({"view": true, "download": "web_2048", "favorite": true, "max_downloads": 2});
    create("28T12:00:00", &ANA, "sl_one", 502, json!({"permissions": first}));
    let viewing = json!({"view": true, "download": "none", "password_required": true, "max_opens": 1});
    let expiring = json!({"expires_at": time("29T00:00:00"), "permissions": viewing});
    create("28T14:00:00", &OWNER, "sl_two", 501, expiring);
    let film = json!({"view": true, "download": "video_1080p"});
    let expiring = json!({"expires_at": time("29T09:00:00"), "permissions": film});
    create("29T08:00:00", &ANA, "sl_three", 601, expiring);
    create("29T09:00:00", &OWNER, "sl_four", 503, json!({"permissions": {"view": true, "max_opens": 1}}));
    // The latest wins whole: what it does not name is absent (rule 76).
    let second = json!({
        "view": true, "download": "original", "reshare": true, "watermark": true, "max_opens": 100,
        "max_downloads": 3,
    });
    script.tell("28T13:00:00", "LinkUpdated", &OWNER, json!({"link_id": "sl_one", "permissions": second}));
    script.tell("30T09:00:00", "LinkRevoked", &OWNER, json!({"link_id": "sl_three"}));
    script.tell("30T08:00:00", "LinkRevoked", &OWNER, json!({"link_id": "sl_three"}));
    script.collection = PORTRAITS;
    let link =
        json!({"link_id": "sl_z", "media_id": 701, "url": "https://g.example/s/z", "permissions": {"view": true}});
    script.tell("29T08:30:00", "LinkCreated", &ANA, link);
    script.collection = WEDDING;
}

fn opened(script: &mut Script) {
    let from_instagram = Person { referrer_host: Some("instagram.com"), ..GUEST };
    let from_whatsapp = Person { referrer_host: Some("whatsapp.com"), ..BEN };
    let opens: [(&str, &Person, &str, &str); 14] = [
        ("29T11:59:00", &from_whatsapp, "sl_one", "human"),
        ("29T12:50:05", &from_instagram, "sl_one", "human"),
        ("29T12:50:20", &from_instagram, "sl_one", "human"), // the same half-minute
        ("29T12:50:31", &GUEST, "sl_one", "human"),          // the next
        ("30T08:00:00", &ANYBODY, "sl_one", "unknown"),
        ("28T12:01:00", &PREVIEWER, "sl_one", "unknown"), // a previewer by its user agent
        ("28T12:02:00", &GUEST, "sl_one", "preview"),     // a previewer by the edge's word
        ("28T12:03:00", &GUEST, "sl_one", "scanner"),
        ("28T12:04:00", &ROBOT, "sl_one", "human"),
        ("28T12:05:00", &IN_GOOGLE, "sl_one", "human"),
        ("28T12:06:00", &OWNER, "sl_one", "human"), // nowhere
        ("28T18:00:00", &BEN, "sl_two", "human"),
        ("29T10:00:00", &GUEST, "sl_four", "human"),
        ("29T10:00:00", &GUEST, "sl_ghost", "human"), // a link that was never created
    ];
    for (when, who, link_id, opener) in opens {
        script.tell(when, "LinkOpened", who, json!({"link_id": link_id, "opener": opener}));
    }
}

fn denied(script: &mut Script) {
    let denials: [(&str, &Person, &str, &str, &str); 7] = [
        ("28T17:59:00", &BEN, "sl_two", "bad_password", "human"),
        ("29T10:01:00", &BEN, "sl_two", "expired", "human"),
        ("29T10:01:10", &BEN, "sl_two", "expired", "unknown"), // events, not half-minutes (rule 71)
        ("29T10:02:00", &BEN, "sl_two", "expired", "scanner"), // left out by its opener
        ("29T10:03:00", &ROBOT, "sl_two", "expired", "human"), // left out by rule 1
        ("30T10:00:00", &GUEST, "sl_three", "revoked", "human"),
        ("29T10:01:00", &BEN, "sl_four", "quota", "human"),
    ];
    for (when, who, link_id, reason, opener) in denials {
        script.tell(when, "LinkDenied", who, json!({"link_id": link_id, "deny_reason": reason, "opener": opener}));
    }
}
