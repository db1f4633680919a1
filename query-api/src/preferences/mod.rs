//! `GET /clients/{client_id}/preferences`: what a client chooses, beside what the account's visitors choose.

use chrono::Timelike;
use chrono_tz::Tz;
use loupe_service::keys::Scope;
use loupe_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clients::{Client, Clients};
use crate::json::{Row, number, number_of, quarter_hour_in, quotient, text, text_of};
use crate::parameters::catalogue::PERIOD;
use crate::parameters::{Grain, Selection, Takes};
use crate::resource::{NoMembers, Report, Resource};
use crate::store::Store;

/// A statement over the deeds of an account.
macro_rules! over_deeds {
    ($part:expr) => {
        concat!(include_str!("../favorites/current.sql"), include_str!("selection.sql"), $part)
    };
}

const BUCKETS: &str = over_deeds!(include_str!("buckets.sql"));
const QUARTER_HOURS: &str = over_deeds!(include_str!("quarter_hours.sql"));
/// Deeds below which shares say nothing (rule 119).
const DEEDS_MIN: u64 = 20;

/// The report on one client.
pub(crate) struct Preferences;

impl Resource for Preferences {
    const NAME: &'static str = "client_preferences";
    const ABOUT: &'static str = "What a client favourites and downloads, beside what the whole account does.";
    const SCOPE: Scope = Scope::AnalyticsRead;
    const TAKES: Takes = Takes { groups: &[PERIOD], words: &[], sorts: &[], grain: Grain::Microsecond };
}

impl Report for Preferences {
    type Data = ClientPreferences;
    type Members = NoMembers;

    async fn answer(store: &Store, selection: &Selection) -> Result<(ClientPreferences, NoMembers), Problem> {
        let who = store.rows(include_str!("client.sql"), selection).await?;
        if who.is_empty() {
            return Err(Problem::not_found("there is no such client"));
        }
        let (clients, buckets, quarter_hours) = tokio::try_join!(
            Clients::of(store, selection.account, &who),
            store.rows(BUCKETS, selection),
            store.rows(QUARTER_HOURS, selection),
        )?;
        let client = who.first().and_then(|row| clients.show(row, "identified_by", selection));
        Ok((preferences(client, &buckets, &quarter_hours, selection.tz), NoMembers {}))
    }
}

/// A client's deeds of one sort, and the account's.
#[derive(Clone, Copy, Default)]
struct Weight {
    own: u64,
    all: u64,
}

impl Weight {
    fn of(row: &Row) -> Self {
        Self { own: number(row, "own_n"), all: number(row, "all_n") }
    }

    fn with(self, other: Self) -> Self {
        Self { own: self.own + other.own, all: self.all + other.all }
    }

    /// The part of the client's deeds, and how that compares with the part of the account's (rule 118).
    fn of_total(self, total: Self) -> Preference {
        // Counts of deeds are far below 2³², so that their products fit.
        let lift = quotient(self.own.saturating_mul(total.all), total.own.saturating_mul(self.all));
        Preference { deeds: self.own, share: quotient(self.own, total.own), lift }
    }
}

fn preferences(client: Option<Client>, buckets: &[Row], quarter_hours: &[Row], tz: Tz) -> ClientPreferences {
    let of = |dimension: &'static str| buckets.iter().filter(move |row| text(row, "dimension") == dimension);
    let kind = |name: &str| of("kind").find(|row| text(row, "word") == name).map(Weight::of).unwrap_or_default();
    let (favorites, deliveries) = (kind("favorite"), kind("delivery"));
    let deeds = favorites.with(deliveries);
    let suppressed = deeds.own < DEEDS_MIN;
    let gallery = |row: &Row| GalleryPreference {
        collection_id: number_of(row, "bucket_collection_id"),
        gallery_id: number_of(row, "bucket_gallery_id"),
        gallery_name: text_of(row, "gallery_name"),
        preference: Weight::of(row).of_total(deeds),
    };
    let tag =
        |row: &Row| TagPreference { tag: text(row, "word").to_owned(), preference: Weight::of(row).of_total(deeds) };
    let rendition = |row: &Row| RenditionPreference {
        rendition: text(row, "word").to_owned(),
        preference: Weight::of(row).of_total(deliveries),
    };
    ClientPreferences {
        client,
        timezone: tz.name().to_owned(),
        deeds: deeds.own,
        favorites: favorites.own,
        deliveries: deliveries.own,
        suppressed,
        by_gallery: (!suppressed).then(|| of("gallery").map(gallery).collect()),
        by_tag: (!suppressed).then(|| of("tag").map(tag).collect()),
        by_rendition: (deliveries.own >= DEEDS_MIN).then(|| of("rendition").map(rendition).collect()),
        by_hour: (!suppressed).then(|| by_hour(quarter_hours, deeds, tz)),
    }
}

/// Deeds by hour of `tz`, zero-filled.
fn by_hour(rows: &[Row], deeds: Weight, tz: Tz) -> Vec<HourPreference> {
    let mut hours = [Weight::default(); 24];
    for row in rows {
        let Some(at) = quarter_hour_in(row, "quarter_hour", tz) else { continue };
        let hour = &mut hours[at.hour() as usize];
        *hour = hour.with(Weight::of(row));
    }
    (0..).zip(hours).map(|(hour, weight)| HourPreference { hour, preference: weight.of_total(deeds) }).collect()
}

/// What a client chooses.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClientPreferences {
    /// Whom this is about.
    client: Option<Client>,
    /// The zone of `by_hour`.
    #[schema(example = "Europe/Berlin")]
    timezone: String,
    /// The client's current favourites and completed deliveries in the period (rule 118).
    deeds: u64,
    /// The favourites among them.
    favorites: u64,
    /// The deliveries among them.
    deliveries: u64,
    /// Whether there are fewer than 20 deeds, and so no shares (rule 119).
    suppressed: bool,
    /// Deeds by gallery of the present catalogue, most first; absent when suppressed (rule 119).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    by_gallery: Option<Vec<GalleryPreference>>,
    /// Deeds by tag of the present catalogue, most first; a medium may have several, so shares need not add up to 1;
    /// absent when suppressed (rule 119).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    by_tag: Option<Vec<TagPreference>>,
    /// Deliveries by rendition, most first; absent with fewer than 20 deliveries (rule 119).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    by_rendition: Option<Vec<RenditionPreference>>,
    /// Deeds by hour of the day in `timezone`, all 24; absent when suppressed (rule 119).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    by_hour: Option<Vec<HourPreference>>,
}

/// How much of a client's deeds are of one sort.
#[derive(Serialize, ToSchema)]
struct Preference {
    /// The client's deeds of this sort.
    deeds: u64,
    /// Their part of all the client's (rule 118).
    share: Option<f64>,
    /// That part by the same part of the whole account's deeds: above 1 is more than others (rule 118).
    lift: Option<f64>,
}

/// Deeds on media of one gallery.
#[derive(Serialize, ToSchema)]
struct GalleryPreference {
    /// Null, with the gallery, for media that the catalogue does not have (rule 95).
    collection_id: Option<u64>,
    /// Null for media that the catalogue does not have (rule 95).
    gallery_id: Option<u64>,
    /// Null when the catalogue does not know the gallery (rule 95).
    gallery_name: Option<String>,
    #[serde(flatten)]
    preference: Preference,
}

/// Deeds on media with one tag.
#[derive(Serialize, ToSchema)]
struct TagPreference {
    /// The tag, as the catalogue has it now.
    #[schema(example = "wedding")]
    tag: String,
    #[serde(flatten)]
    preference: Preference,
}

/// Deliveries in one rendition.
#[derive(Serialize, ToSchema)]
struct RenditionPreference {
    /// The rendition that was asked for (rule 59).
    #[schema(example = "high_res")]
    rendition: String,
    #[serde(flatten)]
    preference: Preference,
}

/// Deeds in one hour of the day.
#[derive(Serialize, ToSchema)]
struct HourPreference {
    /// From 0 to 23.
    hour: u64,
    #[serde(flatten)]
    preference: Preference,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_118_lift_is_a_share_by_the_share_of_all() {
        let total = Weight { own: 20, all: 200 };
        let of = |own, all| {
            let preference = Weight { own, all }.of_total(total);
            (preference.share, preference.lift)
        };
        assert_eq!(of(10, 50), (Some(0.5), Some(2.0)));
        assert_eq!(of(1, 30), (Some(0.05), Some(0.333)));
        assert_eq!((of(0, 5), of(0, 0)), ((Some(0.0), Some(0.0)), (Some(0.0), None)));
    }
}
