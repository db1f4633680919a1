//! `GET /insights/content`: which content works, by tag, gallery, kind and orientation.

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::NamedCollection;
use crate::json::{Row, number, number_of, quotient, text, text_of};
use crate::parameters::catalogue::PERIOD;
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{NoMembers, Report, Resource};
use crate::store::Store;

/// A statement over the media of an account.
macro_rules! over_content {
    ($part:expr) => {
        concat!(include_str!("../favorites/current.sql"), include_str!("selection.sql"), $part)
    };
}

const BUCKETS: &str = over_content!(include_str!("buckets.sql"));
const TOP: &str = over_content!(include_str!("top.sql"));
/// Tags and galleries shown (rule 127); the statement returns one more, to tell.
const BUCKETS_MAX: usize = 1_000;
const KINDS: [&str; 3] = ["photo", "video", "unknown"];
const ORIENTATIONS: [&str; 4] = ["landscape", "portrait", "square", "unknown"];

/// The report on content.
pub(crate) struct Content;

impl Resource for Content {
    const NAME: &'static str = "insights_content";
    const ABOUT: &'static str = "Which content works: by tag, gallery, kind of medium and orientation.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes { groups: &[PERIOD], words: &[], sorts: &[], grain: Grain::Day };
}

impl Report for Content {
    type Data = ContentReport;
    type Members = NoMembers;

    async fn answer(store: &Store, selection: &Selection) -> Result<(ContentReport, NoMembers), Problem> {
        let (buckets, top) = tokio::try_join!(store.rows(BUCKETS, selection), store.rows(TOP, selection))?;
        Ok((report(&buckets, &top), NoMembers {}))
    }
}

fn report(buckets: &[Row], top: &[Row]) -> ContentReport {
    let of = |dimension: &'static str| buckets.iter().filter(move |row| text(row, "dimension") == dimension);
    // What has no row has nothing, and is printed all the same.
    let named = |dimension: &'static str, word: &str| {
        let row = of(dimension).find(|row| text(row, "word") == word);
        row.map_or_else(|| figures(&Row::new()), figures)
    };
    let tag = |row: &Row| ContentTag { tag: text(row, "word").to_owned(), figures: figures(row) };
    let gallery = |row: &Row| ContentGallery {
        collection_id: number_of(row, "bucket_collection_id"),
        gallery_id: number_of(row, "bucket_gallery_id"),
        gallery_name: text_of(row, "gallery_name"),
        figures: figures(row),
    };
    let kind = |kind: &'static str| ContentKind { kind, figures: named("kind", kind) };
    let orientation =
        |orientation: &'static str| ContentOrientation { orientation, figures: named("orientation", orientation) };
    ContentReport {
        totals: named("total", ""),
        by_tag: of("tag").take(BUCKETS_MAX).map(tag).collect(),
        by_gallery: of("gallery").take(BUCKETS_MAX).map(gallery).collect(),
        by_kind: KINDS.into_iter().map(kind).collect(),
        by_orientation: ORIENTATIONS.into_iter().map(orientation).collect(),
        top: top.iter().map(top_medium).collect(),
        by_tag_truncated: (of("tag").count() > BUCKETS_MAX).then_some(true),
        by_gallery_truncated: (of("gallery").count() > BUCKETS_MAX).then_some(true),
    }
}

fn figures(row: &Row) -> ContentFigures {
    let (media, downloads) = (number(row, "media_n"), number(row, "downloads_n"));
    ContentFigures {
        media,
        views: number(row, "views_n"),
        plays: number(row, "plays_n"),
        favorites: number(row, "favorites_n"),
        downloads,
        downloads_per_100_media: quotient(downloads.saturating_mul(100), media),
        never_touched: number(row, "never_touched_n"),
    }
}

fn top_medium(row: &Row) -> TopMedium {
    TopMedium {
        id: number(row, "media_id"),
        kind: text(row, "kind").to_owned(),
        gallery_id: number_of(row, "gallery_id"),
        filename: text_of(row, "filename"),
        collection: NamedCollection { id: number(row, "collection_id"), name: text_of(row, "collection_name") },
        views: number(row, "views_n"),
        plays: number(row, "plays_n"),
        favorites: number(row, "favorites_n"),
        downloads: number(row, "downloads_n"),
    }
}

/// Which content works in the period.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContentReport {
    /// All media of the account.
    totals: ContentFigures,
    /// By tag, most downloads first; a medium counts under each of its tags, so these do not add up to the totals, and
    /// media without a tag are under none (rule 127).
    by_tag: Vec<ContentTag>,
    /// By gallery, most downloads first; these add up to the totals (rule 127).
    by_gallery: Vec<ContentGallery>,
    /// By kind of medium; these add up to the totals (rule 127).
    by_kind: Vec<ContentKind>,
    /// By orientation; these add up to the totals (rule 127).
    by_orientation: Vec<ContentOrientation>,
    /// The ten media with the most downloads, then favourites, then views (rule 128).
    top: Vec<TopMedium>,
    /// True when there are more tags than `by_tag` lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    by_tag_truncated: Option<bool>,
    /// True when there are more galleries than `by_gallery` lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    by_gallery_truncated: Option<bool>,
}

/// What some media were to visitors (rule 127).
#[derive(Serialize, ToSchema)]
struct ContentFigures {
    /// Media in the catalogue now.
    media: u64,
    /// Views of photos (rules 7 and 69).
    views: u64,
    /// Plays of videos (rules 7 and 69).
    plays: u64,
    /// Current favourites that were set in the period (rule 82).
    favorites: u64,
    /// Completed deliveries, alone or inside an archive (rule 88).
    downloads: u64,
    /// Downloads for every 100 media; null without media (rule 127).
    downloads_per_100_media: Option<f64>,
    /// Media of the catalogue without a view, play, favourite or download (rule 128).
    never_touched: u64,
}

/// Media with one tag.
#[derive(Serialize, ToSchema)]
struct ContentTag {
    /// The tag, as the catalogue has it now.
    #[schema(example = "wedding")]
    tag: String,
    #[serde(flatten)]
    figures: ContentFigures,
}

/// Media of one gallery.
#[derive(Serialize, ToSchema)]
struct ContentGallery {
    /// Null, with the gallery, for media that the catalogue does not have (rule 95).
    collection_id: Option<u64>,
    /// Null for media that the catalogue does not have (rule 95).
    gallery_id: Option<u64>,
    /// Null when the catalogue does not know the gallery (rule 95).
    gallery_name: Option<String>,
    #[serde(flatten)]
    figures: ContentFigures,
}

/// Media of one kind.
#[derive(Serialize, ToSchema)]
struct ContentKind {
    /// `photo`, `video`, or `unknown` for media that the catalogue does not have.
    kind: &'static str,
    #[serde(flatten)]
    figures: ContentFigures,
}

/// Media of one orientation.
#[derive(Serialize, ToSchema)]
struct ContentOrientation {
    /// `landscape`, `portrait`, `square`, or `unknown` without a width and a height.
    orientation: &'static str,
    #[serde(flatten)]
    figures: ContentFigures,
}

/// A medium that works.
#[derive(Serialize, ToSchema)]
struct TopMedium {
    /// The medium's id.
    id: u64,
    /// `photo`, `video`, or `unknown` for a medium that the catalogue does not have.
    kind: String,
    /// Null when the catalogue does not know the medium (rule 95).
    gallery_id: Option<u64>,
    /// Null when the catalogue does not know the medium (rule 95).
    #[schema(example = "DSC_0412.jpg")]
    filename: Option<String>,
    collection: NamedCollection,
    /// Views (rules 7 and 69).
    views: u64,
    /// Plays (rules 7 and 69).
    plays: u64,
    /// Current favourites that were set in the period.
    favorites: u64,
    /// Completed deliveries.
    downloads: u64,
}
