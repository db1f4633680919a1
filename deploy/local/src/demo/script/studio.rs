//! The studio: the photographer looks after a collection, stars the best, downloads for themselves (rule 21).

use loupe_schemas::Fact;

use super::{Scene, download, visit};
use crate::demo::season::Collection;

/// The photographer stars the best of a collection, and changes their mind about a few.
pub(super) fn stars(scene: &mut Scene<'_>, collection: &Collection) {
    let owner = &collection.owner;
    let mut time = scene.season.day.at(scene.dice.float(0.02, 0.5));
    let count = (collection.photos.len() / 12).max(5);
    for (rank, position) in collection.photos.iter().take(count).enumerate() {
        let photo = collection.media[*position].id;
        time = scene.pause(time, 5_000.0);
        scene.see(time, collection, owner, Fact::PhotoStarred(photo));
        if rank % 5 == 3 {
            time = scene.pause(time, 30_000.0);
            scene.see(time, collection, owner, Fact::PhotoUnstarred(photo));
        }
        if rank % 10 == 3 {
            time = scene.pause(time, 60_000.0);
            scene.see(time, collection, owner, Fact::PhotoStarred(photo));
        }
    }
}

/// The photographer drops in.
pub(super) fn tell(scene: &mut Scene<'_>, collection: &Collection) {
    let owner = &collection.owner;
    let at = scene.season.day.arrival(&mut scene.dice, owner.utc_offset_hours);
    let (at, looked_at) = visit::look(scene, collection, owner, at);
    let mut time = at;
    for medium in looked_at {
        if medium.is_photo() && scene.dice.chance(0.12) {
            time = scene.pause(time, 4_000.0);
            scene.see(time, collection, owner, Fact::PhotoStarred(medium.id));
        } else if medium.is_photo() && scene.dice.chance(0.06) {
            time = scene.pause(time, 9_000.0);
            download::photo::take(scene, collection, owner, medium, time);
        }
    }
}
