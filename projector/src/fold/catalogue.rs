//! Catalogue events become rows one by one: they belong to no slice, and every row is a lattice's.

use loupe_schemas::{Event, Fact};

use super::clients::ClientRow;
use super::collections::{CollectionFirstUpsertRow, CollectionRow};
use super::erasures::ErasureRow;
use super::galleries::GalleryRow;
use super::media::MediaRow;
use super::rows::Rows;

/// Adds the rows of a catalogue event; says whether it was one.
pub fn fold(event: &Event, rows: &mut Rows) -> bool {
    let head = &event.head;
    match &event.fact {
        Fact::CollectionUpserted(fact) => {
            rows.collections.push(CollectionRow::new(head, Some(fact)));
            rows.collection_first_upserts.push(CollectionFirstUpsertRow::new(head, fact));
        }
        Fact::CollectionDeleted(()) => rows.collections.push(CollectionRow::new(head, None)),
        Fact::GalleryUpserted(fact) => {
            rows.galleries.push(GalleryRow::new(head, fact.gallery_id, Some(&fact.name)));
        }
        Fact::GalleryDeleted(id) => rows.galleries.push(GalleryRow::new(head, *id, None)),
        Fact::MediaUpserted(fact) => rows.media.push(MediaRow::upserted(head, fact)),
        Fact::MediaDeleted(id) => rows.media.push(MediaRow::deleted(head, *id)),
        Fact::ClientUpserted(fact) => rows.clients.push(ClientRow::upserted(head, fact)),
        Fact::ClientErased(id) => {
            rows.clients.push(ClientRow::erased(head, id));
            rows.erasures.push(ErasureRow::new(head, id));
        }
        _ => return false,
    }
    true
}
