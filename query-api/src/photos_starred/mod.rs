//! `GET /photos/starred`: every starred photo of the account, and what they say about its collections.

mod engagement;

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::json::{Row, flag, name_of, number, number_of, printed, quotient, rows_of, text, texts_of};
use crate::parameters::catalogue::{MEDIA, PAGED, PERIOD};
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{List, Resource, Summary};
use crate::store::Store;

/// A statement over the selected photos.
macro_rules! over_photos {
    ($($part:expr),+) => {
        concat!(
            include_str!("../favorites/current.sql"),
            include_str!("selection.sql"),
            include_str!("../popular/score.sql"),
            $($part),+
        )
    };
}

const PAGES: [&str; 2] = [
    over_photos!(include_str!("ranked.sql"), include_str!("page.sql"), include_str!("../page/ascending.sql")),
    over_photos!(include_str!("ranked.sql"), include_str!("page.sql"), include_str!("../page/descending.sql")),
];
const SUMMARY: &str = over_photos!(include_str!("../collection/published.sql"), include_str!("summary.sql"));

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
    type Shown = StarredPhoto;
    type Members = Members;

    async fn show(_: &Store, _: &Selection, rows: &[Row]) -> Result<Vec<StarredPhoto>, Problem> {
        Ok(rows.iter().map(show).collect())
    }

    async fn summary(store: &Store, selection: &Selection) -> Result<Summary<Members>, Problem> {
        let summary = store.row(SUMMARY, selection).await?;
        let collections = rows_of(&summary, "collections");
        let (by_hour, by_weekday) = engagement::by_hour_and_weekday(rows_of(&summary, "by_quarter_hour"), selection.tz);
        let popular_photo = |row: &Row| PopularPhoto { photo_id: number(row, "media_id"), score: score(row) };
        let tag = |row: &Row| TagFavorites { tag: text(row, "tag").to_owned(), favorites: number(row, "favorites_n") };
        let analytics = StarredAnalytics {
            collections: collections.clone().map(collection).collect(),
            popular: rows_of(&summary, "popular").map(popular_photo).collect(),
            engagement_patterns: EngagementPatterns {
                timezone: selection.tz.name().to_owned(),
                by_hour,
                by_weekday,
                median_hours_publish_to_first_favorite: engagement::median_hours_to_first_favorite(collections.clone()),
                repeat_clients: number(&summary, "repeat_clients"),
                by_tag: rows_of(&summary, "by_tag").map(tag).collect(),
            },
        };
        let total = collections.map(|row| number(row, "rows_n")).sum();
        Ok(Summary { total, members: Members { analytics } })
    }
}

/// A photo with a star of its owner or a current favourite, with the figures of its whole life (rule 88).
#[derive(Serialize, ToSchema)]
pub(crate) struct StarredPhoto {
    photo: StarredPhotoFacts,
    starred_by_owner: bool,
    /// Null without a star of the owner (rule 87).
    #[schema(format = DateTime)]
    starred_at: Option<String>,
    /// Its current favourites (rule 88).
    client_favorites: u64,
    /// The latest of them.
    #[schema(format = DateTime)]
    last_favorited_at: Option<String>,
    /// Completed deliveries (rule 88).
    downloads: u64,
    /// Share links to it, ever created (rule 88).
    shares: u64,
    /// How often it was viewed (rules 69 and 88).
    views: u64,
    popularity: Popularity,
}

/// The photo, as the catalogue has it now (rule 95).
#[derive(Serialize, ToSchema)]
struct StarredPhotoFacts {
    id: u64,
    collection_id: u64,
    #[schema(example = "Smith Wedding")]
    collection_name: Option<String>,
    /// Null when the catalogue does not know the photo.
    gallery_id: Option<u64>,
    #[schema(example = "DSC_0412.jpg")]
    filename: Option<String>,
    #[schema(example = json!(["wedding"]))]
    tags: Option<Vec<String>>,
}

/// How popular it is among the selected photos (rule 89).
#[derive(Serialize, ToSchema)]
struct Popularity {
    /// From 0 to 1.
    #[schema(example = 0.93)]
    score: f64,
    /// From 1 on.
    rank: u64,
}

/// The members beside `data` and `meta`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Members {
    analytics: StarredAnalytics,
}

/// What the selected photos say about their collections.
#[derive(Serialize, ToSchema)]
struct StarredAnalytics {
    collections: Vec<CollectionStars>,
    /// The ten most popular (rule 89).
    popular: Vec<PopularPhoto>,
    engagement_patterns: EngagementPatterns,
}

/// The selected photos of one collection (rule 90).
#[derive(Serialize, ToSchema)]
struct CollectionStars {
    collection_id: u64,
    /// Photos that the owner starred.
    starred: u64,
    /// Their current favourites.
    client_favorites: u64,
    /// Photos with a client's favourite ÷ photos of the collection; null without any.
    favorite_rate: Option<f64>,
}

/// A popular photo.
#[derive(Serialize, ToSchema)]
struct PopularPhoto {
    photo_id: u64,
    /// From 0 to 1 (rule 89).
    score: f64,
}

/// When, and about what, clients choose their favourites (rule 91).
#[derive(Serialize, ToSchema)]
struct EngagementPatterns {
    #[schema(example = "Europe/Berlin")]
    timezone: String,
    /// All 24 hours of the zone.
    by_hour: Vec<HourFavorites>,
    /// From Monday to Sunday of the zone.
    by_weekday: Vec<WeekdayFavorites>,
    /// To one decimal; null when no collection has both times.
    median_hours_publish_to_first_favorite: Option<f64>,
    /// Clients with favourites in two or more collections.
    repeat_clients: u64,
    by_tag: Vec<TagFavorites>,
}

/// Favourites of an hour of the day.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
struct HourFavorites {
    /// From 0 to 23.
    hour: u64,
    favorites: u64,
}

/// Favourites of a day of the week.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
struct WeekdayFavorites {
    #[schema(example = "sun")]
    weekday: &'static str,
    favorites: u64,
}

/// Favourites of photos with a tag.
#[derive(Serialize, ToSchema)]
struct TagFavorites {
    #[schema(example = "wedding")]
    tag: String,
    favorites: u64,
}

fn show(row: &Row) -> StarredPhoto {
    let instant = |column: &str| row.get(column).and_then(Value::as_i64).filter(|at| *at > 0).map(printed);
    let starred_at = instant("starred_us");
    StarredPhoto {
        photo: StarredPhotoFacts {
            id: number(row, "media_id"),
            collection_id: number(row, "sort_number"),
            collection_name: name_of(row, "collection_name"),
            gallery_id: number_of(row, "gallery_id"),
            filename: name_of(row, "filename"),
            tags: texts_of(row, "tags").filter(|_| flag(row, "is_known")),
        },
        starred_by_owner: starred_at.is_some(),
        starred_at,
        client_favorites: number(row, "client_favorites"),
        last_favorited_at: instant("favorited_us"),
        downloads: number(row, "downloads_n"),
        shares: number(row, "shares_n"),
        views: number(row, "views_n"),
        popularity: Popularity { score: score(row), rank: number(row, "rank") },
    }
}

/// Stored in thousandths (rule 89).
fn score(row: &Row) -> f64 {
    number(row, "score") as f64 / 1000.0
}

fn collection(row: &Row) -> CollectionStars {
    CollectionStars {
        collection_id: number(row, "collection_id"),
        starred: number(row, "starred_n"),
        client_favorites: number(row, "favorites_n"),
        favorite_rate: quotient(number(row, "favorited_n"), number(row, "photos_n")),
    }
}
