//! Visits and views; the robot's and the owner's are seen and not counted.

use serde_json::json;

use super::WEDDING;
use super::people::{ANA, BEN, DAN, GUEST, OWNER, Person, ROBOT};
use super::script::Script;

pub(super) fn tell(script: &mut Script) {
    script.collection = WEDDING;
    script.tell("29T08:59:00", "VisitStarted", &ANA, json!({}));
    script.tell("29T09:30:00", "VisitStarted", &DAN, json!({}));
    let views: [(&str, &Person, u64); 8] = [
        ("29T09:00:00", &ANA, 501),
        ("29T09:00:29", &ANA, 501), // the same half-minute
        ("29T09:00:30", &ANA, 501), // the next
        ("29T09:00:10", &GUEST, 501),
        ("29T09:05:00", &ROBOT, 501),
        ("29T09:06:00", &OWNER, 501),
        ("29T11:00:00", &BEN, 502),
        ("29T11:00:05", &BEN, 502),
    ];
    for (when, who, media_id) in views {
        script.tell(when, "PhotoViewed", who, json!({"media_id": media_id, "media_kind": "photo"}));
    }
    script.tell("29T19:50:00", "VideoPlayed", &BEN, json!({"media_id": 601, "media_kind": "video"}));
}
