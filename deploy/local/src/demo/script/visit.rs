//! A visit: somebody looks through a collection, likes some of it, takes some of it home.

use loupe_schemas::event::{CacheStatus, MediaSeen, Rendition};
use loupe_schemas::{Fact, Micros};

use super::download::transfer::{Object, Reply};
use super::{Scene, download, picks};
use crate::demo::people::Person;
use crate::demo::season::{Collection, Medium};

/// How many photos a visit looks at on average, and at most.
const PHOTOS_PER_VISIT: (f64, u64) = (13.0, 120);

/// What a kind of visitor tends to do, as probabilities.
struct Habits {
    photo_downloads: f64,
    film_download: f64,
    archive: f64,
    picks: f64,
}

const CLIENT: Habits = Habits { photo_downloads: 0.45, film_download: 0.14, archive: 0.05, picks: 0.16 };
const GUEST: Habits = Habits { photo_downloads: 0.22, film_download: 0.04, archive: 0.012, picks: 0.03 };

/// Somebody visits.
pub(super) fn tell(scene: &mut Scene<'_>, collection: &Collection) {
    let guest;
    let (person, habits) = if scene.dice.chance(0.4) {
        (scene.client_of(collection), CLIENT)
    } else {
        guest = Person::guest(&mut scene.dice, collection.home);
        (&guest, GUEST)
    };
    let at = scene.season.day.arrival(&mut scene.dice, person.utc_offset_hours);
    let (at, looked_at) = look(scene, collection, person, at);
    act(scene, collection, person, &habits, at, &looked_at);
}

/// Looks through some photos and perhaps a film; returns when it is over and what was seen.
pub(super) fn look<'c>(
    scene: &mut Scene<'_>,
    collection: &'c Collection,
    person: &Person,
    at: Micros,
) -> (Micros, Vec<&'c Medium>) {
    scene.see(at, collection, person, Fact::VisitStarted(()));
    let (mean, most) = PHOTOS_PER_VISIT;
    let mut next = collection.photos[scene.dice.zipf(collection.photos.len())];
    let mut looked_at = Vec::new();
    let mut time = at;
    for _ in 0..scene.dice.run(mean, most) {
        time = scene.pause(time, 4_500.0);
        let medium = if scene.dice.chance(0.6) {
            // Most people swipe from one photo to the next.
            next = (next + 1) % collection.media.len();
            &collection.media[next]
        } else {
            collection.famous_photo(&mut scene.dice)
        };
        view(scene, collection, person, medium, time);
        looked_at.push(medium);
    }
    if scene.dice.chance(0.12) && !collection.films.is_empty() {
        time = scene.pause(time, 9_000.0);
        let film = collection.films[scene.dice.zipf(collection.films.len())];
        view(scene, collection, person, &collection.media[film], time);
    }
    (time, looked_at)
}

/// One look at one medium: the beacon, and now and then the image or stream request behind it.
pub(super) fn view(scene: &mut Scene<'_>, collection: &Collection, person: &Person, medium: &Medium, at: Micros) {
    let seen = MediaSeen { media_id: medium.id, media_kind: Some(medium.kind()) };
    let object = Object::rendered(medium, if medium.is_photo() { Rendition::Web1024 } else { Rendition::Video1080p });
    if medium.is_photo() {
        scene.see(at, collection, person, Fact::PhotoViewed(seen.clone()));
        if scene.dice.chance(0.02) {
            // Back and forth within one half-minute is one view (rule 69).
            let again = scene.pause(at, 3_000.0);
            scene.see(again, collection, person, Fact::PhotoViewed(seen));
        }
        if scene.dice.chance(0.10) {
            let mut reply = Reply::preview(&object);
            reply.cache =
                scene.dice.weighted(&[(CacheStatus::Hit, 90), (CacheStatus::Miss, 8), (CacheStatus::Stale, 2)]);
            download::transfer::respond(scene, collection, person, &object, at, reply);
        }
    } else {
        scene.see(at, collection, person, Fact::VideoPlayed(seen));
        let share = scene.dice.float(0.1, 1.0);
        download::transfer::respond(scene, collection, person, &object, at, Reply::playback(&object, share));
    }
}

fn act(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    habits: &Habits,
    at: Micros,
    looked_at: &[&Medium],
) {
    let mut time = scene.pause(at, 6_000.0);
    if scene.dice.chance(habits.picks) {
        time = picks::list(scene, collection, person, time);
    }
    if scene.dice.chance(habits.photo_downloads) {
        for _ in 0..scene.dice.run(2.6, 14) {
            time = scene.pause(time, 8_000.0);
            let medium = *scene.dice.pick(looked_at);
            if medium.is_photo() {
                download::photo::take(scene, collection, person, medium, time);
            }
        }
    }
    if scene.dice.chance(habits.film_download) && !collection.films.is_empty() {
        time = scene.pause(time, 12_000.0);
        let film = collection.films[scene.dice.zipf(collection.films.len())];
        download::film::take(scene, collection, person, &collection.media[film], time);
    }
    if scene.dice.chance(habits.archive) {
        time = scene.pause(time, 15_000.0);
        download::archive::take(scene, collection, person, time);
    }
}
