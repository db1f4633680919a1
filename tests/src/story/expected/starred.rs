//! `photos/starred`.

use serde_json::{Value, json};

use super::{Narrowed, maybe_at, meta};
use crate::story::{GONE, PORTRAITS, WEDDING};

/// A photo: collection, starred_at, (favourites, last), (downloads, shares, views), (score, rank).
struct Starred {
    photo: Value,
    starred_at: Option<&'static str>,
    favorites: (u64, Option<&'static str>),
    counts: (u64, u64, u64),
    popularity: (f64, u64),
}

impl Starred {
    fn row(self) -> Value {
        json!({
            "photo": self.photo, "starred_by_owner": self.starred_at.is_some(), "starred_at": maybe_at(self.starred_at),
            "client_favorites": self.favorites.0, "last_favorited_at": maybe_at(self.favorites.1),
            "downloads": self.counts.0, "shares": self.counts.1, "views": self.counts.2,
            "popularity": {"score": self.popularity.0, "rank": self.popularity.1},
        })
    }
}

fn photo(id: u64, collection: u64, name: Option<&str>, gallery: Option<u64>, tags: Value) -> Value {
    json!({
        "id": id, "collection_id": collection, "collection_name": name, "gallery_id": gallery,
        "filename": gallery.map(|_| format!("DSC_0{id}.jpg")), "tags": tags,
    })
}

/// Rows by the later of starred_at and last_favorited_at, descending (rule 2).
/// The most of each (rule 89): 3 favourites, 4 downloads, 1 share, 3 views.
pub(super) fn any() -> Value {
    let wedding = Some("Smith Wedding");
    let rows = [
        // Its star was taken back; 0.4 · 2/3 + 0.3 · 3/4 + 0.2 + 0.1 · 1/3 = 0.725.
        Starred {
            photo: photo(502, WEDDING, wedding, Some(301), json!(["wedding"])),
            starred_at: None,
            favorites: (2, Some("30T22:30:00")),
            counts: (3, 1, 1),
            popularity: (0.725, 2),
        },
        // Starred, unstarred and starred; downloads as in by_photo; views by ANA twice and by GUEST (rule 69).
        Starred {
            photo: photo(501, WEDDING, wedding, Some(301), json!(["wedding", "couple"])),
            starred_at: Some("29T12:40:00"),
            favorites: (3, Some("30T11:00:00")),
            counts: (4, 1, 3),
            popularity: (1.0, 1),
        },
        // Deleted: what the catalogue lacks prints null (rule 95); 0.4 ÷ 3.
        Starred {
            photo: photo(504, WEDDING, wedding, None, Value::Null),
            starred_at: Some("29T12:20:00"),
            favorites: (1, Some("29T21:00:00")),
            counts: (0, 0, 0),
            popularity: (0.133, 4),
        },
        // The name of a deleted collection reads null (rule 94).
        Starred {
            photo: photo(801, GONE, None, Some(402), json!(["old"])),
            starred_at: Some("29T14:00:00"),
            favorites: (0, None),
            counts: (0, 0, 0),
            popularity: (0.0, 5),
        },
        // 0.4 ÷ 3 + 0.3 ÷ 4 + 0.2 = 0.4083.
        Starred {
            photo: photo(701, PORTRAITS, Some("Portraits"), Some(401), json!(["portrait", "wedding"])),
            starred_at: Some("29T13:00:00"),
            favorites: (1, Some("29T07:30:00")),
            counts: (1, 1, 0),
            popularity: (0.408, 3),
        },
    ];
    json!({"data": rows.map(Starred::row), "analytics": analytics(), "meta": meta(5)})
}

fn analytics() -> Value {
    let collection = |id: u64, starred: u64, favorites: u64, rate: f64| json!({"collection_id": id, "starred": starred, "client_favorites": favorites, "favorite_rate": rate});
    let popular = |id: u64, score: f64| json!({"photo_id": id, "score": score});
    json!({
        // Of the wedding's four photos in the catalogue (504 is deleted) three rows have a favourite: the deleted one
        // is a row still (rules 90, 94).
        "collections": [collection(WEDDING, 2, 6, 0.75), collection(PORTRAITS, 1, 1, 0.5), collection(GONE, 1, 0, 0.0)],
        "popular": [popular(501, 1.0), popular(502, 0.725), popular(701, 0.408), popular(504, 0.133), popular(801, 0.0)],
        "engagement_patterns": patterns(),
    })
}

/// Rule 91, in Berlin: UTC + 1 h until 29T24, + 2 h from 30T01 (UTC). The film's favourite is none of these.
/// 29T07:30 → Sat 8; 29T20:30 → Sat 21; 29T21:00 → Sat 22; 29T22:30 → Sat 23; 30T09:30 → Sun 11; 30T11:00 → Sun 13;
/// 30T22:30 → Mon 0.
fn patterns() -> Value {
    let favorites = |hour: u64| u64::from([0, 8, 11, 13, 21, 22, 23].contains(&hour));
    let weekday = |name: &str, favorites: u64| json!({"weekday": name, "favorites": favorites});
    let tag = |name: &str, favorites: u64| json!({"tag": name, "favorites": favorites});
    json!({
        "timezone": "Europe/Berlin",
        "by_hour": (0..24).map(|hour| json!({"hour": hour, "favorites": favorites(hour)})).collect::<Vec<_>>(),
        "by_weekday": [
            weekday("mon", 1), weekday("tue", 0), weekday("wed", 0), weekday("thu", 0), weekday("fri", 0),
            weekday("sat", 4), weekday("sun", 2),
        ],
        // The wedding was published 28T10:00, first favourite 29T20:30: 34.5 h. The portraits count from their earliest
        // entry, 29T06:00 (rule 92), to 29T07:30: 1.5 h. The mean of two is 18.
        "median_hours_publish_to_first_favorite": 18.0,
        // ANA, in the wedding and the portraits.
        "repeat_clients": 1,
        // 501 three times, 502 twice, 701 once.
        "by_tag": [tag("wedding", 6), tag("couple", 3), tag("portrait", 1)],
    })
}

/// Rule 87.
pub(super) fn narrowed() -> Vec<Narrowed> {
    let of = |by: &str, ids: &[u64]| Narrowed {
        path: format!("/photos/starred?by={by}"),
        id: "/photo/id",
        ids: ids.iter().map(|id| (*id).into()).collect(),
        summary: Value::Null,
    };
    vec![of("owner", &[501, 504, 801, 701]), of("clients", &[502, 501, 504, 701])]
}
