//! The catalogue changes during the day: renamed, retagged, deleted; and one client asks to be forgotten.

use loupe_schemas::event::{ClientUpserted, CollectionUpserted, GalleryUpserted, MediaUpserted};
use loupe_schemas::ids::{AccountId, ClientId, CollectionId, GalleryId, MediaId};
use loupe_schemas::{Fact, Micros};

use super::{Scene, visit};
use crate::demo::day::MINUTE;
use crate::demo::people::{Home, Person};
use crate::demo::season::Collection;
use loupe_schemas::event::{MediaKind, Role};

/// A collection somebody made to try uploading, and threw away.
const TRIAL_COLLECTION: CollectionId = CollectionId(90_620_099);
const TRIAL_GALLERY: GalleryId = GalleryId(129_900_001);
const TRIAL_PHOTO: MediaId = MediaId(731_900_001);

/// Everything that changes.
pub(super) fn day(scene: &mut Scene<'_>) {
    let season = scene.season;
    rename(scene, &season.collections[0]);
    retag(scene, &season.collections[0]);
    trial(scene);
    forget(scene, &season.collections[0]);
}

/// The photographer corrects a name twice; the latest wins (rule 95).
fn rename(scene: &mut Scene<'_>, collection: &Collection) {
    let draft = CollectionUpserted {
        name: format!("{} (final)", collection.name),
        published_at: Some(collection.published_at),
    };
    let at = scene.season.day.at(0.3);
    scene.record(at, collection.account_id, Some(collection.id), Fact::CollectionUpserted(draft));
    let after = Micros(at.0 + 3 * MINUTE);
    scene.record(after, collection.account_id, Some(collection.id), collection.fact());
}

fn retag(scene: &mut Scene<'_>, collection: &Collection) {
    for (step, position) in collection.photos.iter().take(5).enumerate() {
        let medium = &collection.media[*position];
        let Fact::MediaUpserted(state) = medium.fact(collection.gallery_of(medium).id) else {
            continue;
        };
        let mut tags = state.tags.clone();
        tags.push("best-of".to_owned());
        let at = Micros(scene.season.day.at(0.35).0 + step as i64 * MINUTE);
        scene.record(
            at,
            collection.account_id,
            Some(collection.id),
            Fact::MediaUpserted(MediaUpserted { tags, ..state }),
        );
    }
}

fn trial(scene: &mut Scene<'_>) {
    let photo = MediaUpserted {
        media_id: TRIAL_PHOTO,
        gallery_id: TRIAL_GALLERY,
        media_kind: MediaKind::Photo,
        filename: "test.jpg".to_owned(),
        format: "jpeg".to_owned(),
        width: None,
        height: None,
        bytes: 1_048_576,
        duration_seconds: None,
        codec: None,
        tags: Vec::new(),
    };
    let gallery = GalleryUpserted { gallery_id: TRIAL_GALLERY, name: "Drafts".to_owned() };
    let facts = [
        (0.40, Fact::CollectionUpserted(CollectionUpserted { name: "Test upload".to_owned(), published_at: None })),
        (0.41, Fact::GalleryUpserted(gallery)),
        (0.42, Fact::MediaUpserted(photo)),
        (0.50, Fact::MediaDeleted(TRIAL_PHOTO)),
        (0.51, Fact::GalleryDeleted(TRIAL_GALLERY)),
        (0.52, Fact::CollectionDeleted(())),
    ];
    for (share, fact) in facts {
        let at = scene.season.day.at(share);
        scene.record(at, AccountId(2), Some(TRIAL_COLLECTION), fact);
    }
}

/// A client who comes once in the morning and is erased at night (rule 16).
fn forget(scene: &mut Scene<'_>, collection: &Collection) {
    let token = scene.dice.token(30);
    let client_id = ClientId::new(format!("cl_{token}")).expect("a client id of 33 bytes is within 1 to 64");
    let person = Person::client(&mut scene.dice, Home::Germany, client_id.clone(), Role::Client);
    let state = ClientUpserted {
        client_id: client_id.clone(),
        email: Some("forget.me@example.com".to_owned()),
        name: Some("Frieda Geist".to_owned()),
    };
    let day = scene.season.day;
    scene.record(day.at(0.1), collection.account_id, None, Fact::ClientUpserted(state));
    visit::look(scene, collection, &person, day.at(0.15));
    scene.record(day.at(0.9), collection.account_id, None, Fact::ClientErased(client_id));
}
