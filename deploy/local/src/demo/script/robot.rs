//! Robots: they visit, look and fetch like people, and must not count like people (rule 1).

use loupe_schemas::Fact;
use loupe_schemas::event::{MediaSeen, Rendition};

use super::download::transfer::{Object, Reply};
use super::{Scene, download};
use crate::demo::people::Person;
use crate::demo::season::Collection;

/// A robot crawls some of a collection.
pub(super) fn tell(scene: &mut Scene<'_>, collection: &Collection) {
    let robot = Person::robot(&mut scene.dice);
    let mut time = scene.season.day.at(scene.dice.unit());
    scene.see(time, collection, &robot, Fact::VisitStarted(()));
    for _ in 0..scene.dice.run(7.0, 40) {
        time = scene.pause(time, 1_500.0);
        let medium = collection.famous_photo(&mut scene.dice);
        let seen = MediaSeen { media_id: medium.id, media_kind: Some(medium.kind()) };
        scene.see(time, collection, &robot, Fact::PhotoViewed(seen));
        if scene.dice.chance(0.3) {
            let object = Object::rendered(medium, Rendition::Web640);
            download::transfer::respond(scene, collection, &robot, &object, time, Reply::preview(&object));
        }
        if scene.dice.chance(0.12) {
            download::photo::take(scene, collection, &robot, medium, time);
        }
    }
}
