//! Favourites: a list comes to be, is filled, thinned out, annotated, handed in, sometimes opened again.

use loupe_schemas::event::{FavoriteAdded, FavoriteList, FavoriteNoted, FavoriteRemoved};
use loupe_schemas::ids::ListId;
use loupe_schemas::{Fact, Micros};

use super::Scene;
use crate::demo::people::Person;
use crate::demo::season::{Collection, Medium};

const LIST_NAMES: &[&str] =
    &["Favourites", "Album picks", "Wall prints", "For Grandma", "Instagram", "Thank-you cards"];
const NOTES: &[&str] = &[
    "Please brighten",
    "Black and white, please",
    "Crop a little tighter",
    "For the cover",
    "Can you remove the exit sign?",
    "=the best one",
    "Wir lieben dieses Bild",
    "Two prints, 30 × 45",
];

/// What is to become of a list.
struct Intent {
    name: &'static str,
    photos: u64,
    max_selections: Option<u32>,
    submits: bool,
    reopens: bool,
}

/// Fills a list; returns when the person is done with it.
pub(super) fn list(scene: &mut Scene<'_>, collection: &Collection, person: &Person, at: Micros) -> Micros {
    let name = *scene.dice.pick(LIST_NAMES);
    let photos = scene.dice.run(14.0, 60);
    let submits = scene.dice.chance(0.45);
    let intent = Intent {
        name,
        photos,
        max_selections: scene.dice.chance(0.4).then(|| photos.div_ceil(10) as u32 * 10),
        submits,
        reopens: submits && scene.dice.chance(0.2),
    };
    fill(scene, collection, person, at, &intent)
}

/// The couple's list for the album, submitted, opened again for one last change, and submitted.
pub(super) fn album(scene: &mut Scene<'_>, collection: &Collection) {
    let person = &scene.season.clients[collection.clients[0]].person;
    let at = scene.season.day.at(scene.dice.float(0.1, 0.6));
    let photos = (collection.photos.len() as u64 / 3).clamp(3, 38);
    let intent = Intent { name: "Album picks", photos, max_selections: Some(40), submits: true, reopens: true };
    fill(scene, collection, person, at, &intent);
}

fn fill(scene: &mut Scene<'_>, collection: &Collection, person: &Person, at: Micros, intent: &Intent) -> Micros {
    let token = scene.dice.token(16);
    let list_id = ListId::new(format!("fl_{token}")).expect("a list id of 19 bytes is within 1 to 64");
    let state =
        |max_selections| FavoriteList { list_id: list_id.clone(), list_name: intent.name.to_owned(), max_selections };
    scene.see(at, collection, person, Fact::FavoriteListCreated(state(None)));
    let mut time = at;
    if intent.max_selections.is_some() {
        time = scene.pause(time, 5_000.0);
        scene.see(time, collection, person, Fact::FavoriteListUpdated(state(intent.max_selections)));
    }
    let chosen = choose(scene, collection, intent.photos);
    for medium in &chosen {
        time = scene.pause(time, 6_000.0);
        add(scene, collection, person, &list_id, medium, time);
        if scene.dice.chance(0.08) {
            time = scene.pause(time, 10_000.0);
            note(scene, collection, person, &list_id, medium, time);
        }
    }
    time = thin_out(scene, collection, person, &list_id, &chosen, time);
    if intent.submits {
        time = scene.pause(time, 60_000.0);
        scene.see(time, collection, person, Fact::FavoriteListSubmitted(list_id.clone()));
    }
    if intent.reopens {
        time = scene.pause(time, 1_800_000.0);
        scene.see(time, collection, person, Fact::FavoriteListReopened(list_id.clone()));
        time = scene.pause(time, 20_000.0);
        add(scene, collection, person, &list_id, chosen[0], time);
        time = scene.pause(time, 90_000.0);
        scene.see(time, collection, person, Fact::FavoriteListSubmitted(list_id));
    }
    time
}

/// Distinct media, famous ones first; fewer than asked for when the draws repeat themselves.
fn choose<'c>(scene: &mut Scene<'_>, collection: &'c Collection, count: u64) -> Vec<&'c Medium> {
    let mut chosen: Vec<&Medium> = Vec::new();
    for _ in 0..count * 2 {
        let medium = collection.famous_photo(&mut scene.dice);
        if chosen.len() < count as usize && chosen.iter().all(|other| other.id != medium.id) {
            chosen.push(medium);
        }
    }
    if scene.dice.chance(0.15) && !collection.films.is_empty() {
        chosen.push(&collection.media[collection.films[0]]);
    }
    chosen
}

/// Second thoughts: some go, and one of those comes back.
fn thin_out(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    list_id: &ListId,
    chosen: &[&Medium],
    at: Micros,
) -> Micros {
    let mut time = at;
    for medium in chosen {
        if !scene.dice.chance(0.09) {
            continue;
        }
        time = scene.pause(time, 8_000.0);
        let removed = FavoriteRemoved { list_id: list_id.clone(), media_id: medium.id };
        scene.see(time, collection, person, Fact::FavoriteRemoved(removed));
        if scene.dice.chance(0.3) {
            time = scene.pause(time, 15_000.0);
            add(scene, collection, person, list_id, medium, time);
        }
    }
    time
}

fn add(scene: &mut Scene<'_>, collection: &Collection, person: &Person, list_id: &ListId, medium: &Medium, at: Micros) {
    let note = scene.dice.chance(0.03).then(|| (*scene.dice.pick(NOTES)).to_owned());
    let added = FavoriteAdded { list_id: list_id.clone(), media_id: medium.id, media_kind: medium.kind(), note };
    scene.see(at, collection, person, Fact::FavoriteAdded(added));
}

fn note(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    list_id: &ListId,
    medium: &Medium,
    at: Micros,
) {
    // One note in ten is cleared (rule 86).
    let note = scene.dice.chance(0.9).then(|| (*scene.dice.pick(NOTES)).to_owned());
    let noted = FavoriteNoted { list_id: list_id.clone(), media_id: medium.id, note };
    scene.see(at, collection, person, Fact::FavoriteNoted(noted));
}
