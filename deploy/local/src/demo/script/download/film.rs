//! Films: large, so ranges, pauses and resumes are the rule.

use loupe_schemas::Micros;
use loupe_schemas::event::{Destination, Rendition};
use loupe_schemas::ids::LinkId;

use super::transfer::{Course, Object, fetch};
use super::{Wish, click};
use crate::demo::people::Person;
use crate::demo::script::Scene;
use crate::demo::season::{Collection, Medium};

const RENDITIONS: &[(Rendition, u32)] =
    &[(Rendition::Video1080p, 50), (Rendition::VideoOriginal, 35), (Rendition::Video720p, 15)];
const COURSES: &[(Course, u32)] = &[
    (Course::Probed, 26),
    (Course::Whole, 20),
    (Course::Parts { count: 6 }, 14),
    (Course::Resumed { pauses: 1 }, 12),
    (Course::Resumed { pauses: 3 }, 5),
    (Course::Dropped, 12),
    (Course::TimedOut, 4),
    (Course::Replaced, 2),
    (Course::OriginFailed, 2),
    (Course::EdgeFailed, 1),
    (Course::Never, 2),
];
const DRIVES: &[Destination] = &[Destination::GoogleDrive, Destination::GooglePhotos, Destination::Dropbox];

/// Somebody takes a film home, or to their cloud drive.
pub(in crate::demo::script) fn take(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    medium: &Medium,
    at: Micros,
) {
    let rendition = scene.dice.weighted(RENDITIONS);
    let mut wish = Wish::single(medium, rendition);
    if scene.dice.chance(0.1) {
        wish.destination = *scene.dice.pick(DRIVES);
    }
    wish.paid = scene.dice.chance(0.04);
    carry(scene, collection, person, medium, at, wish);
}

/// Somebody takes the film of a link home.
pub(super) fn take_shared(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    medium: &Medium,
    link_id: &LinkId,
    at: Micros,
) {
    let wish = Wish { link_id: Some(link_id.clone()), ..Wish::single(medium, Rendition::Video1080p) };
    carry(scene, collection, person, medium, at, wish);
}

fn carry(scene: &mut Scene<'_>, collection: &Collection, person: &Person, medium: &Medium, at: Micros, wish: Wish) {
    let (rendition, destination) = (wish.rendition, wish.destination);
    let download_id = click(scene, collection, person, at, wish);
    let object = Object::rendered(medium, rendition).of(download_id);
    if destination.is_cloud_drive() {
        let drive = Person::drive(&mut scene.dice, destination);
        fetch(scene, collection, &drive, &object, at, Course::Parts { count: 8 });
    } else {
        let course = scene.dice.weighted(COURSES);
        fetch(scene, collection, person, &object, at, course);
    }
}
