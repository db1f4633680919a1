//! Downloads: single photos, films, archives, and the HTTP responses that carry them.

pub(super) mod archive;
pub(super) mod film;
pub(super) mod photo;
pub(super) mod transfer;

use loupe_schemas::event::{Destination, DownloadKind, DownloadRequested, IdentifiedBy, Item, Rendition};
use loupe_schemas::ids::{DownloadId, LinkId};
use loupe_schemas::{Fact, Micros};

use super::Scene;
use crate::demo::people::Person;
use crate::demo::season::{Collection, Medium};

/// What a click on a download button asks for.
struct Wish {
    kind: DownloadKind,
    items: Vec<Item>,
    rendition: Rendition,
    format: &'static str,
    object_bytes: Option<u64>,
    link_id: Option<LinkId>,
    destination: Destination,
    paid: bool,
}

impl Wish {
    /// One medium, to the device.
    fn single(medium: &Medium, rendition: Rendition) -> Self {
        let bytes = medium.bytes_of(rendition);
        Self {
            kind: if medium.is_photo() { DownloadKind::Photo } else { DownloadKind::Video },
            items: vec![Item { media_id: medium.id, kind: medium.kind(), bytes, zip_offset: None, zip_length: None }],
            rendition,
            format: medium.format_of(rendition),
            object_bytes: Some(bytes),
            link_id: None,
            destination: Destination::Device,
            paid: false,
        }
    }
}

/// The click: from here on the action exists (rule 31).
fn click(scene: &mut Scene<'_>, collection: &Collection, person: &Person, at: Micros, wish: Wish) -> DownloadId {
    let download_id = DownloadId(scene.dice.id_at(at));
    let requested = DownloadRequested {
        download_id,
        kind: wish.kind,
        items: wish.items,
        rendition: wish.rendition,
        format: wish.format.into(),
        object_bytes: wish.object_bytes,
        pin_used: person.identified_by == IdentifiedBy::Pin,
        link_id: wish.link_id,
        destination: wish.destination,
        paid: wish.paid,
    };
    scene.see(at, collection, person, Fact::DownloadRequested(requested));
    download_id
}

/// A download through a share link, in the rendition the link allows.
pub(super) fn shared(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    medium: &Medium,
    link_id: &LinkId,
    allowed: Rendition,
    at: Micros,
) {
    if medium.is_photo() {
        photo::take_shared(scene, collection, person, medium, link_id, allowed, at);
    } else {
        film::take_shared(scene, collection, person, medium, link_id, at);
    }
}
