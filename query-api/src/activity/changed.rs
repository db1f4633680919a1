//! What some events changed, shown as the lists show it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use loupe_schemas::avro::codec::Decoder;
use loupe_schemas::{Event, Fact};
use loupe_service::problem::Problem;
use serde_json::{Value, json};

use super::Scopes;
use crate::downloads::Downloads;
use crate::favorites::Favorites;
use crate::json::{Row, number, text};
use crate::page::Window;
use crate::parameters::Selection;
use crate::photo_sharing_links::PhotoSharingLinks;
use crate::resource::List;
use crate::store::Store;

/// What there is to look at again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    downloads: BTreeSet<String>,
    /// Lists with media.
    favorites: BTreeSet<(String, u64)>,
    links: BTreeSet<String>,
    /// Whether somebody came, looked or opened something.
    beacons: bool,
}

impl Changed {
    /// What the events in `rows` may have changed. One whose schema is not known here is told of by its type alone.
    pub(super) fn of(decoder: &Decoder, rows: &[Row]) -> Self {
        let mut changed = Self::default();
        for row in rows {
            let payload = STANDARD.decode(text(row, "payload_text")).unwrap_or_default();
            match decoder.decode(&payload) {
                Ok(event) => changed.note(&event),
                Err(error) => tracing::debug!(%error, "an event is told of by its type alone"),
            }
        }
        changed
    }

    fn note(&mut self, event: &Event) {
        match &event.fact {
            Fact::DownloadRequested(fact) => drop(self.downloads.insert(fact.download_id.to_string())),
            Fact::DownloadPrepared(fact) => drop(self.downloads.insert(fact.download_id.to_string())),
            Fact::DownloadPrepareFailed(fact) => drop(self.downloads.insert(fact.download_id.to_string())),
            Fact::TransferSegment(fact) => self.downloads.extend(fact.download_id.map(|id| id.to_string())),
            Fact::FavoriteAdded(fact) => drop(self.favorites.insert((fact.list_id.to_string(), fact.media_id.0))),
            Fact::FavoriteRemoved(fact) => drop(self.favorites.insert((fact.list_id.to_string(), fact.media_id.0))),
            Fact::FavoriteNoted(fact) => drop(self.favorites.insert((fact.list_id.to_string(), fact.media_id.0))),
            Fact::LinkCreated(fact) => drop(self.links.insert(fact.link_id.to_string())),
            Fact::LinkUpdated(fact) => drop(self.links.insert(fact.link_id.to_string())),
            Fact::LinkRevoked(link_id) => drop(self.links.insert(link_id.to_string())),
            Fact::LinkOpened(fact) => {
                self.beacons = true;
                self.links.insert(fact.link_id.to_string());
            }
            Fact::LinkDenied(fact) => drop(self.links.insert(fact.link_id.to_string())),
            Fact::VisitStarted(()) | Fact::PhotoViewed(_) | Fact::VideoPlayed(_) => self.beacons = true,
            // Told of by their types: what they change stands in no row of these lists.
            Fact::FavoriteListCreated(_)
            | Fact::FavoriteListUpdated(_)
            | Fact::FavoriteListSubmitted(_)
            | Fact::FavoriteListReopened(_)
            | Fact::PhotoStarred(_)
            | Fact::PhotoUnstarred(_)
            | Fact::CollectionUpserted(_)
            | Fact::GalleryUpserted(_)
            | Fact::MediaUpserted(_)
            | Fact::ClientUpserted(_)
            | Fact::ClientErased(_)
            | Fact::CollectionDeleted(())
            | Fact::GalleryDeleted(_)
            | Fact::MediaDeleted(_) => {}
        }
    }

    /// The changed rows as their lists show them now, by the name of the event that tells of them.
    pub(super) async fn tell(
        &self,
        store: &Store,
        selection: &Selection,
        scopes: Scopes,
    ) -> Result<Vec<(&'static str, Value)>, Problem> {
        let mut told = Vec::new();
        if scopes.downloads && !self.downloads.is_empty() {
            let only = Selection { downloads: self.downloads.iter().cloned().collect(), ..selection.clone() };
            told.extend(rows_of::<Downloads>(store, &only, |_| true).await?.into_iter().map(|row| ("download", row)));
        }
        if scopes.favorites && !self.favorites.is_empty() {
            let media = self.favorites.iter().map(|(_, media_id)| *media_id).collect();
            let mut only = Selection { media, ..selection.clone() };
            only.word.insert("state", "all".to_owned());
            let is_changed =
                |row: &Row| self.favorites.contains(&(text(row, "sort_id").to_owned(), number(row, "sort_number")));
            told.extend(rows_of::<Favorites>(store, &only, is_changed).await?.into_iter().map(|row| ("favorite", row)));
        }
        if scopes.links && !self.links.is_empty() {
            let only = Selection { links: self.links.iter().cloned().collect(), ..selection.clone() };
            told.extend(
                rows_of::<PhotoSharingLinks>(store, &only, |_| true).await?.into_iter().map(|row| ("link", row)),
            );
        }
        if self.beacons {
            let today = store.row(include_str!("today.sql"), selection).await?;
            let count = |column: &str| number(&today, column);
            let today = json!({
                "visits": count("visits_n"), "views": count("views_n"), "plays": count("plays_n"),
                "opens": count("opens_n"),
            });
            told.push(("today", today));
        }
        Ok(told)
    }
}

/// The rows of a list that are wanted, oldest first.
async fn rows_of<L: List>(
    store: &Store,
    selection: &Selection,
    is_wanted: impl Fn(&Row) -> bool + Send,
) -> Result<Vec<Value>, Problem> {
    let selection = Selection { descending: false, ..selection.clone() };
    let mut rows = store.page(L::PAGES, &selection, &Window::EVERYTHING).await?;
    rows.retain(is_wanted);
    let shown = L::show(store, &selection, &rows).await?;
    Ok(shown.iter().map(|row| serde_json::to_value(row).unwrap_or_default()).collect())
}
