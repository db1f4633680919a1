//! `GET /photos/{photo_id}/stats`: everything that is counted of one photo or video.

use std::collections::BTreeMap;

use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::deliveries::{self, BySource, over_deliveries};
use crate::figures::NamedCollection;
use crate::json::{Row, flag, name_of, number, number_of, text_of, texts_of, time_of};
use crate::parameters::catalogue::PERIOD;
use crate::parameters::{Grain, Selection, Takes};
use crate::photo_downloads::{self, grouped};
use crate::resource::{NoMembers, Report, Resource};
use crate::store::Store;

const FIGURES: &str = concat!(include_str!("../favorites/current.sql"), include_str!("figures.sql"));
const SPAN: &str = over_deliveries!(include_str!("../photo_stats/span.sql"));

/// The report on one photo or video.
pub(crate) struct PhotoStats;

impl Resource for PhotoStats {
    const NAME: &'static str = "photo_stats";
    const ABOUT: &'static str = "Everything that is counted of one photo or video.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes { groups: &[PERIOD], words: &[], sorts: &[], grain: Grain::Day };
    const NEEDS: Option<(&'static str, &'static str)> = Some((include_str!("place.sql"), "there is no such photo"));
}

impl Report for PhotoStats {
    type Data = Stats;
    type Members = NoMembers;

    async fn answer(store: &Store, selection: &Selection) -> Result<(Stats, NoMembers), Problem> {
        let (figures, totals, by_file, span) = tokio::try_join!(
            store.row(FIGURES, selection),
            deliveries::totals(store, selection),
            store.rows(photo_downloads::BY_RENDITION_AND_FORMAT, selection),
            store.row(SPAN, selection),
        )?;
        let stats = Stats {
            photo: photo(&figures, selection),
            starred_by_owner: number(&figures, "stars_n") > 0,
            attempts: number(&totals, "attempts"),
            downloads: number(&totals, "downloads"),
            unique_downloads: number(&totals, "unique_downloads"),
            clients: number(&totals, "clients"),
            by_source: deliveries::by_source(&totals),
            by_rendition: grouped(&by_file, "rendition_text"),
            first_downloaded_at: time_of(&span, "first_at"),
            last_downloaded_at: time_of(&span, "last_at"),
            views: number(&figures, "views_n"),
            plays: number(&figures, "plays_n"),
            favorites: number(&figures, "favorites_n"),
            favorite_clients: number(&figures, "favorite_clients_n"),
            shares: number(&figures, "shares_n"),
            link_opens: number(&figures, "opens_n"),
        };
        Ok((stats, NoMembers {}))
    }
}

/// A photo or video and what was done with it in the period, as far as rule 1 counts it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Stats {
    photo: PhotoFacts,
    /// Whether its owner's star stands now (rule 87).
    starred_by_owner: bool,
    /// Deliveries, whatever became of them (rule 52).
    attempts: u64,
    /// Completed deliveries.
    downloads: u64,
    /// One per identity, medium, rendition and UTC day (rule 54).
    unique_downloads: u64,
    /// Distinct clients with a download (rule 13).
    clients: u64,
    by_source: BySource,
    /// Downloads by rendition.
    #[schema(example = json!({"high_res": 12}))]
    by_rendition: BTreeMap<String, u64>,
    /// `requested_at` of the first download (rule 57).
    #[schema(format = DateTime)]
    first_downloaded_at: Option<String>,
    /// `requested_at` of the last download (rule 57).
    #[schema(format = DateTime)]
    last_downloaded_at: Option<String>,
    /// Views of a photo (rule 69).
    views: u64,
    /// Plays of a video (rule 69).
    plays: u64,
    /// Current favourites that were set in the period (rule 82).
    favorites: u64,
    /// Distinct clients of these favourites (rule 13).
    favorite_clients: u64,
    /// Share links that were created in the period.
    shares: u64,
    /// Counted opens of its share links in the period (rule 69).
    link_opens: u64,
}

/// The photo or video, as the catalogue has it now; all but the id is null when it does not know it (rule 95).
#[derive(Serialize, ToSchema)]
struct PhotoFacts {
    id: u64,
    /// `photo` or `video`.
    #[serde(rename = "type")]
    #[schema(example = "photo")]
    kind: Option<String>,
    collection: NamedCollection,
    gallery_id: Option<u64>,
    #[schema(example = "DSC_0412.jpg")]
    filename: Option<String>,
    #[schema(example = "jpeg")]
    format: Option<String>,
    /// In pixels.
    width: Option<u64>,
    /// In pixels.
    height: Option<u64>,
    #[schema(example = json!(["wedding"]))]
    tags: Option<Vec<String>>,
}

fn photo(row: &Row, selection: &Selection) -> PhotoFacts {
    let is_known = flag(row, "is_known");
    PhotoFacts {
        id: selection.photo,
        kind: text_of(row, "kind").filter(|_| is_known),
        collection: NamedCollection { id: selection.collection, name: name_of(row, "collection_name") },
        gallery_id: number_of(row, "gallery_id").filter(|_| is_known),
        filename: name_of(row, "filename").filter(|_| is_known),
        format: text_of(row, "container").filter(|_| is_known),
        width: number_of(row, "width"),
        height: number_of(row, "height"),
        tags: texts_of(row, "tags").filter(|_| is_known),
    }
}
