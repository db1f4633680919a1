//! Single photos: mostly one click, one response.

use loupe_schemas::Micros;
use loupe_schemas::event::{Destination, Rendition};
use loupe_schemas::ids::LinkId;

use super::transfer::{Course, Object, fetch};
use super::{Wish, click};
use crate::demo::people::Person;
use crate::demo::script::Scene;
use crate::demo::season::{Collection, Medium};

const RENDITIONS: &[(Rendition, u32)] = &[
    (Rendition::HighRes, 50),
    (Rendition::Web2048, 25),
    (Rendition::Original, 17),
    (Rendition::Web1024, 5),
    (Rendition::Web640, 3),
];
const COURSES: &[(Course, u32)] = &[
    (Course::Whole, 850),
    (Course::AskedFirst, 30),
    (Course::Resumed { pauses: 1 }, 25),
    (Course::Dropped, 25),
    (Course::Recovered, 15),
    (Course::Revalidated, 15),
    (Course::Never, 15),
    (Course::TimedOut, 8),
    (Course::OriginFailed, 8),
    (Course::EdgeFailed, 5),
    (Course::Refused, 4),
];

/// Somebody takes a photo home.
pub(in crate::demo::script) fn take(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    medium: &Medium,
    at: Micros,
) {
    let rendition = scene.dice.weighted(RENDITIONS);
    let mut wish = Wish::single(medium, rendition);
    wish.paid = rendition == Rendition::Original && scene.dice.chance(0.15);
    wish.destination = if scene.dice.chance(0.04) { Destination::EmailLink } else { Destination::Device };
    carry(scene, collection, person, medium, at, wish);
}

/// Somebody takes the photo of a link home.
pub(super) fn take_shared(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    medium: &Medium,
    link_id: &LinkId,
    rendition: Rendition,
    at: Micros,
) {
    let wish = Wish { link_id: Some(link_id.clone()), ..Wish::single(medium, rendition) };
    carry(scene, collection, person, medium, at, wish);
}

/// Somebody takes the photo of a link home, and nothing goes wrong.
pub(in crate::demo::script) fn take_whole(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    medium: &Medium,
    link_id: &LinkId,
    at: Micros,
) {
    let rendition = Rendition::HighRes;
    let wish = Wish { link_id: Some(link_id.clone()), ..Wish::single(medium, rendition) };
    let download_id = click(scene, collection, person, at, wish);
    let object = Object::rendered(medium, rendition).of(download_id);
    fetch(scene, collection, person, &object, at, Course::Whole);
}

fn carry(scene: &mut Scene<'_>, collection: &Collection, person: &Person, medium: &Medium, at: Micros, wish: Wish) {
    let rendition = wish.rendition;
    let download_id = click(scene, collection, person, at, wish);
    let object = Object::rendered(medium, rendition).of(download_id);
    let course = scene.dice.weighted(COURSES);
    fetch(scene, collection, person, &object, at, course);
}
