//! Lists and favourites: removed, added again, noted, submitted, reopened.

use serde_json::{Value, json};

use super::people::{ANA, BEN, DAN, Person};
use super::script::Script;
use super::{PORTRAITS, WEDDING};

pub(super) fn tell(script: &mut Script) {
    script.collection = WEDDING;
    lists(script);
    let media = |list_id: &str, media_id: u64| json!({"list_id": list_id, "media_id": media_id});
    let added: [(&str, &Person, &str, u64, Option<&str>); 9] = [
        ("29T18:10:00", &ANA, "fl_a", 501, None),
        ("29T22:30:00", &ANA, "fl_a", 501, Some("Please brighten")),
        ("30T22:30:00", &ANA, "fl_a", 502, None),
        ("29T18:20:00", &ANA, "fl_a", 601, Some("The kiss")),
        ("29T18:15:00", &ANA, "fl_a", 503, None),
        ("29T20:30:00", &BEN, "fl_b", 501, None),
        ("29T21:00:00", &BEN, "fl_b", 504, None),
        ("30T11:00:00", &ANA, "fl_c", 501, None),
        ("30T09:30:00", &DAN, "fl_d", 502, Some("Like in 2019")),
    ];
    for (when, who, list_id, media_id, note) in added {
        let kind = if media_id == 601 { "video" } else { "photo" };
        let own = json!({"list_id": list_id, "media_id": media_id, "media_kind": kind, "note": note});
        script.tell(when, "FavoriteAdded", who, own);
    }
    let removed = [("29T19:00:00", "fl_a", 501), ("29T18:40:00", "fl_a", 503), ("30T12:00:00", "fl_c", 502)];
    for (when, list_id, media_id) in removed {
        script.tell(when, "FavoriteRemoved", &ANA, media(list_id, media_id));
    }
    let mut brighter = media("fl_a", 501);
    brighter["note"] = Value::from("Brighter still");
    script.tell("30T10:00:00", "FavoriteNoted", &ANA, brighter);
    script.tell("29T18:25:00", "FavoriteNoted", &ANA, media("fl_a", 601));

    script.collection = PORTRAITS;
    let own = json!({"list_id": "fl_z", "media_id": 701, "media_kind": "photo"});
    script.tell("29T07:30:00", "FavoriteAdded", &ANA, own);
}

fn lists(script: &mut Script) {
    let list = |list_id: &str, name: &str, max: Option<u64>| json!({"list_id": list_id, "list_name": name, "max_selections": max});
    script.tell("29T18:00:00", "FavoriteListCreated", &ANA, list("fl_a", "Album", Some(3)));
    script.tell("29T18:30:00", "FavoriteListUpdated", &ANA, list("fl_a", "Album picks", Some(2)));
    script.tell("30T22:40:00", "FavoriteListSubmitted", &ANA, json!({"list_id": "fl_a"}));
    script.tell("30T23:00:00", "FavoriteListReopened", &ANA, json!({"list_id": "fl_a"}));
    script.tell("31T07:00:00", "FavoriteListSubmitted", &ANA, json!({"list_id": "fl_a"}));
    script.tell("30T10:55:00", "FavoriteListCreated", &ANA, list("fl_c", "Prints", None));
    script.tell("30T10:56:00", "FavoriteListSubmitted", &ANA, json!({"list_id": "fl_c"}));
    script.tell("30T10:57:00", "FavoriteListReopened", &ANA, json!({"list_id": "fl_c"}));
    script.tell("30T09:29:00", "FavoriteListCreated", &DAN, list("fl_d", "Dan's", Some(5)));
}
