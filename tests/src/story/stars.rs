//! The owner's stars.

use serde_json::json;

use super::people::OWNER;
use super::script::Script;
use super::{GONE, PORTRAITS, WEDDING};

pub(super) fn tell(script: &mut Script) {
    let stars = [
        (WEDDING, "29T12:00:00", "PhotoStarred", 501),
        (WEDDING, "29T12:10:00", "PhotoUnstarred", 501),
        (WEDDING, "29T12:40:00", "PhotoStarred", 501),
        (WEDDING, "29T12:05:00", "PhotoStarred", 502),
        (WEDDING, "29T12:10:00", "PhotoUnstarred", 502),
        (WEDDING, "29T12:20:00", "PhotoStarred", 504),
        // A film by mistake: photos only, never videos (rule 87).
        (WEDDING, "29T12:30:00", "PhotoStarred", 601),
        // An unstar of what never had a star.
        (WEDDING, "29T12:31:00", "PhotoUnstarred", 505),
        (PORTRAITS, "29T13:00:00", "PhotoStarred", 701),
        (GONE, "29T14:00:00", "PhotoStarred", 801),
    ];
    for (collection, when, event_type, media_id) in stars {
        script.collection = collection;
        script.tell(when, event_type, &OWNER, json!({"media_id": media_id}));
    }
}
