//! What one flush writes, by table.

use super::client_daily::ClientDailyRow;
use super::clients::ClientRow;
use super::collection_quarter_hourly::CollectionQuarterHourRow;
use super::collections::{CollectionFirstUpsertRow, CollectionRow};
use super::deliveries::DeliveryRow;
use super::downloads::DownloadRow;
use super::edge_sequences::EdgeSequenceRow;
use super::erasures::ErasureRow;
use super::events::EventRow;
use super::favorite_lists::FavoriteListRow;
use super::favorites::FavoriteRow;
use super::galleries::GalleryRow;
use super::link_daily::LinkDailyRow;
use super::link_visitors::LinkVisitorRow;
use super::media::MediaRow;
use super::media_daily::MediaDailyRow;
use super::share_links::ShareLinkRow;
use super::stars::StarRow;

/// The rows of every read model; `events` are written after all others, so that a crash between the two replays.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "each field is the table of its name")]
pub struct Rows {
    pub events: Vec<EventRow>,
    pub downloads: Vec<DownloadRow>,
    pub deliveries: Vec<DeliveryRow>,
    pub media_daily: Vec<MediaDailyRow>,
    pub collection_quarter_hourly: Vec<CollectionQuarterHourRow>,
    pub client_daily: Vec<ClientDailyRow>,
    pub link_daily: Vec<LinkDailyRow>,
    pub favorites: Vec<FavoriteRow>,
    pub favorite_lists: Vec<FavoriteListRow>,
    pub stars: Vec<StarRow>,
    pub share_links: Vec<ShareLinkRow>,
    pub link_visitors: Vec<LinkVisitorRow>,
    pub collections: Vec<CollectionRow>,
    pub collection_first_upserts: Vec<CollectionFirstUpsertRow>,
    pub galleries: Vec<GalleryRow>,
    pub media: Vec<MediaRow>,
    pub clients: Vec<ClientRow>,
    pub erasures: Vec<ErasureRow>,
    pub edge_sequences: Vec<EdgeSequenceRow>,
}

impl Rows {
    /// How many rows there are, over all tables.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.events.len()
            + self.downloads.len()
            + self.deliveries.len()
            + self.media_daily.len()
            + self.collection_quarter_hourly.len()
            + self.client_daily.len()
            + self.link_daily.len()
            + self.favorites.len()
            + self.favorite_lists.len()
            + self.stars.len()
            + self.share_links.len()
            + self.link_visitors.len()
            + self.collections.len()
            + self.collection_first_upserts.len()
            + self.galleries.len()
            + self.media.len()
            + self.clients.len()
            + self.erasures.len()
            + self.edge_sequences.len()
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
