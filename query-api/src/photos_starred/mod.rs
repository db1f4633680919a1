//! `GET /photos/starred`: every starred photo of the account, and what they say about its collections.

mod engagement;

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::json::{Row, number, of, ratio, time};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{Entry, List, Resource, Summary};
use crate::store::Store;

/// A statement over the selected photos.
macro_rules! over_photos {
    ($($part:expr),+) => { concat!(include_str!("selection.sql"), $($part),+) };
}

const PAGES: [&str; 2] = [
    over_photos!(include_str!("page.sql"), include_str!("../page/ascending.sql")),
    over_photos!(include_str!("page.sql"), include_str!("../page/descending.sql")),
];
const COLLECTIONS: &str = over_photos!(include_str!("collections.sql"));
const POPULAR: &str = over_photos!(include_str!("popular.sql"));
const BY_TAG: &str = over_photos!(include_str!("by_tag.sql"));
const FAVORITES_BY_QUARTER_HOUR: &str = over_photos!(include_str!("favorites_by_quarter_hour.sql"));
const REPEAT_CLIENTS: &str = over_photos!(include_str!("repeat_clients.sql"));

/// The list of starred photos.
pub(crate) struct PhotosStarred;

impl Resource for PhotosStarred {
    const NAME: &'static str = "photos_starred";
    const ABOUT: &'static str = "Every starred photo of the account, and what they say about its collections.";
    const SCOPE: Scope = Scope::FavoritesRead;
    const TAKES: Takes = Takes {
        groups: &[PAGED, PERIOD, MEDIA, &["by"]],
        words: &[("by", &["any", "owner", "clients"])],
        sorts: &["starred_at"],
        grain: Grain::Microsecond,
    };
}

impl List for PhotosStarred {
    const COLUMNS: &'static [&'static str] = &[
        "photo/id",
        "photo/collection_id",
        "photo/collection_name",
        "photo/gallery_id",
        "photo/filename",
        "photo/tags",
        "starred_by_owner",
        "starred_at",
        "client_favorites",
        "last_favorited_at",
        "downloads",
        "shares",
        "views",
        "popularity/score",
        "popularity/rank",
    ];
    const PAGES: [&'static str; 2] = PAGES;
    type Shown = Value;
    type Members = Members;

    async fn show(_: &Store, _: &Selection, rows: &[Row]) -> Result<Vec<Value>, Problem> {
        Ok(rows.iter().map(show).collect())
    }

    async fn summary(store: &Store, selection: &Selection, _: &[Entry<Value>]) -> Result<Summary<Members>, Problem> {
        let (collections, popular, by_tag, by_quarter_hour, repeat_clients) = tokio::try_join!(
            store.rows(COLLECTIONS, selection),
            store.rows(POPULAR, selection),
            store.rows(BY_TAG, selection),
            store.rows(FAVORITES_BY_QUARTER_HOUR, selection),
            store.row(REPEAT_CLIENTS, selection),
        )?;
        let (by_hour, by_weekday) = engagement::by_hour_and_weekday(&by_quarter_hour, selection.tz);
        let tag = |row: &Row| json!({"tag": of(row, "tag"), "favorites": number(row, "favorites_n")});
        let analytics = json!({
            "collections": collections.iter().map(collection).collect::<Value>(),
            "popular": popular.iter().map(|row| json!({"photo_id": number(row, "media_id"), "score": score(row)})).collect::<Value>(),
            "engagement_patterns": {
                "timezone": selection.tz.name(),
                "by_hour": by_hour,
                "by_weekday": by_weekday,
                "median_hours_publish_to_first_favorite": engagement::median_hours_to_first_favorite(&collections),
                "repeat_clients": number(&repeat_clients, "repeat_clients"),
                "by_tag": by_tag.iter().map(tag).collect::<Value>(),
            },
        });
        let total = collections.iter().map(|row| number(row, "rows_n")).sum();
        Ok(Summary { total, members: Members { analytics } })
    }
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    analytics: Value,
}

fn show(row: &Row) -> Value {
    let instant = |column: &str| row.get(column).and_then(Value::as_i64).filter(|at| *at > 0);
    let starred_at = instant("starred_us");
    json!({
        "photo": {
            "id": number(row, "media_id"),
            "collection_id": number(row, "sort_number"),
            "collection_name": of(row, "collection_name"),
            "gallery_id": of(row, "gallery_id"),
            "filename": of(row, "filename"),
            "tags": if number(row, "is_known") == 1 { of(row, "tags") } else { Value::Null },
        },
        "starred_by_owner": starred_at.is_some(),
        "starred_at": time(starred_at),
        "client_favorites": number(row, "client_favorites"),
        "last_favorited_at": time(instant("favorited_us")),
        "downloads": number(row, "downloads_n"),
        "shares": number(row, "shares_n"),
        "views": number(row, "views_n"),
        "popularity": {"score": score(row), "rank": number(row, "rank")},
    })
}

/// Stored in thousandths (rule 89).
fn score(row: &Row) -> Value {
    json!(number(row, "score") as f64 / 1000.0)
}

fn collection(row: &Row) -> Value {
    json!({
        "collection_id": number(row, "collection_id"),
        "starred": number(row, "starred_n"),
        "client_favorites": number(row, "favorites_n"),
        "favorite_rate": ratio(number(row, "favorited_n"), number(row, "photos_n"), 1000),
    })
}
