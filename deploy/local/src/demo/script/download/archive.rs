//! Archives: prepared first, then fetched; members lie uncompressed at known offsets.

use loupe_schemas::event::{Destination, DownloadKind, DownloadPrepareFailed, DownloadPrepared, Item, Rendition};
use loupe_schemas::ids::DownloadId;
use loupe_schemas::{Fact, Micros};

use super::transfer::{Course, Object, fetch};
use super::{Wish, click};
use crate::demo::day::{MINUTE, SECOND};
use crate::demo::people::Person;
use crate::demo::script::Scene;
use crate::demo::season::{Collection, Medium};

/// Bytes of a local file header without the name, with the zip64 sizes.
const HEADER_BYTES: u64 = 30 + 20;
/// Bytes of a central directory entry without the name, with the zip64 sizes.
const DIRECTORY_ENTRY_BYTES: u64 = 46 + 28;
/// Bytes of the records that end an archive.
const END_BYTES: u64 = 22 + 20 + 56;

const PREPARE_ERRORS: &[&str] = &["render_timeout", "storage_unavailable", "too_large"];

/// How an archive ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo::script) enum Ending {
    /// Prepared, and fetched in one of several ways.
    Fetched(Course),
    /// It could not be made.
    PrepareFailed,
    /// It could not be made, and the second click worked.
    PrepareFailedThenFetched,
    /// It was made, and nobody came for it.
    NeverFetched,
}

impl Ending {
    /// Every ending, with the weight chance gives it.
    pub(in crate::demo::script) const WEIGHTED: &'static [(Self, u32)] = &[
        (Self::Fetched(Course::Whole), 40),
        (Self::Fetched(Course::Parts { count: 4 }), 8),
        (Self::Fetched(Course::Resumed { pauses: 1 }), 12),
        (Self::Fetched(Course::Resumed { pauses: 2 }), 6),
        (Self::Fetched(Course::Dropped), 12),
        (Self::Fetched(Course::TimedOut), 3),
        (Self::Fetched(Course::OriginFailed), 4),
        (Self::Fetched(Course::EdgeFailed), 2),
        (Self::Fetched(Course::Replaced), 2),
        (Self::PrepareFailed, 4),
        (Self::PrepareFailedThenFetched, 4),
        (Self::NeverFetched, 3),
    ];
}

/// Somebody takes many at once: a set, the whole collection, or their favourites.
pub(in crate::demo::script) fn take(scene: &mut Scene<'_>, collection: &Collection, person: &Person, at: Micros) {
    let ending = scene.dice.weighted(Ending::WEIGHTED);
    let members = choose(scene, collection);
    end(scene, collection, person, &members, at, ending);
}

/// An archive of the showcase that ends as told.
pub(in crate::demo::script) fn showcase(scene: &mut Scene<'_>, collection: &Collection, ending: Ending) {
    let person = scene.client_of(collection);
    let at = scene.season.day.at(scene.dice.float(0.1, 0.85));
    let members = choose(scene, collection);
    end(scene, collection, person, &members, at, ending);
}

/// An archive that somebody on a slow line began to fetch minutes before the day ended.
pub(in crate::demo::script) fn still_running(scene: &mut Scene<'_>, collection: &Collection) {
    let mut slow = scene.client_of(collection).clone();
    slow.bits_per_second = 6e6;
    let at = Micros(scene.season.day.end.0 - scene.dice.between(4 * MINUTE as u64, 12 * MINUTE as u64) as i64);
    let members = choose(scene, collection);
    end(scene, collection, &slow, &members, at, Ending::Fetched(Course::Parts { count: 24 }));
}

fn choose<'c>(scene: &mut Scene<'_>, collection: &'c Collection) -> Vec<&'c Medium> {
    let draw = scene.dice.unit();
    if draw < 0.2 {
        collection.media.iter().collect()
    } else if draw < 0.75 {
        let gallery = scene.dice.index(collection.galleries.len());
        let of_set: Vec<&Medium> = collection.media.iter().filter(|medium| medium.gallery == gallery).collect();
        if of_set.is_empty() { collection.media.iter().collect() } else { of_set }
    } else {
        let count = scene.dice.between(5, 40) as usize;
        let skipped = scene.dice.index(collection.photos.len() / 2);
        let positions = collection.photos.iter().skip(skipped).take(count);
        positions.map(|position| &collection.media[*position]).collect()
    }
}

fn end(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    members: &[&Medium],
    at: Micros,
    ending: Ending,
) {
    let rendition =
        scene.dice.weighted(&[(Rendition::HighRes, 60), (Rendition::Original, 25), (Rendition::Web2048, 15)]);
    let (items, object_bytes) = lay_out(members, rendition);
    let known = scene.dice.chance(0.4);
    let wish = |items| Wish {
        kind: DownloadKind::Archive,
        items,
        rendition,
        format: "zip",
        object_bytes: known.then_some(object_bytes),
        link_id: None,
        destination: Destination::Device,
        paid: false,
    };
    let download_id = click(scene, collection, person, at, wish(items.clone()));
    match ending {
        Ending::PrepareFailed => {
            fail(scene, collection, person, download_id, at);
        }
        Ending::PrepareFailedThenFetched => {
            let failed_at = fail(scene, collection, person, download_id, at);
            let again = scene.pause(failed_at, 40_000.0);
            let retry = click(scene, collection, person, again, wish(items));
            prepare_and_fetch(scene, collection, person, retry, object_bytes, again, Course::Whole);
        }
        Ending::NeverFetched => {
            prepare_and_fetch(scene, collection, person, download_id, object_bytes, at, Course::Never);
        }
        Ending::Fetched(course) => {
            prepare_and_fetch(scene, collection, person, download_id, object_bytes, at, course);
        }
    }
}

fn fail(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    download_id: DownloadId,
    at: Micros,
) -> Micros {
    let failed_at = scene.pause(at, 30_000.0);
    let code = (*scene.dice.pick(PREPARE_ERRORS)).into();
    let failed = DownloadPrepareFailed { download_id, code };
    scene.see(failed_at, collection, person, Fact::DownloadPrepareFailed(failed));
    failed_at
}

fn prepare_and_fetch(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    download_id: DownloadId,
    object_bytes: u64,
    at: Micros,
    course: Course,
) {
    let prepared_at = Micros(scene.pause(at, 14_000.0).0.min(at.0 + 3 * MINUTE));
    let object = Object::archive(&mut scene.dice, download_id, object_bytes);
    let prepared = DownloadPrepared { download_id, object_bytes, etag: object.etag().cloned() };
    scene.see(prepared_at, collection, person, Fact::DownloadPrepared(prepared));
    fetch(scene, collection, person, &object, Micros(prepared_at.0 + 2 * SECOND), course);
}

/// Where each member's bytes lie, and the size of the whole archive.
fn lay_out(members: &[&Medium], rendition: Rendition) -> (Vec<Item>, u64) {
    let mut items = Vec::with_capacity(members.len());
    let (mut offset, mut directory) = (0, END_BYTES);
    for medium in members {
        let name = medium.filename.len() as u64;
        let bytes = medium.bytes_of(rendition);
        offset += HEADER_BYTES + name;
        items.push(Item {
            media_id: medium.id,
            kind: medium.kind(),
            bytes,
            zip_offset: Some(offset),
            zip_length: Some(bytes),
        });
        offset += bytes;
        directory += DIRECTORY_ENTRY_BYTES + name;
    }
    (items, offset + directory)
}
