//! What people do: each story is one person's errand, told as the events the edges would see.
//!
//! A story is a function of its own draws and the season alone, so stories can be told in any order, twice, and
//! still say the same.

mod download;
mod housekeeping;
mod picks;
mod robot;
mod share;
mod studio;
mod visit;

use loupe_schemas::event::Head;
use loupe_schemas::ids::{AccountId, CollectionId, EventId};
use loupe_schemas::{Event, Fact, Micros};

use super::dice::Dice;
use super::people::Person;
use super::season::{Collection, Season};

/// Which story to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Story {
    /// One that every day has.
    Certain(Certain),
    /// The n-th that chance brings.
    Chance(u64),
}

/// The stories every day has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certain {
    /// A share link comes to be, changes, is taken back.
    LinkLife {
        /// Position of the collection.
        collection: usize,
        /// Position of the link in it.
        link: usize,
    },
    /// A link with a quota that gets used up.
    LimitedLink {
        /// Position of the collection.
        collection: usize,
    },
    /// The photographer stars their best photos of a collection.
    Stars {
        /// Position of the collection.
        collection: usize,
    },
    /// A client's list that is submitted, opened again and submitted.
    AlbumPicks {
        /// Position of the collection.
        collection: usize,
    },
    /// An archive of the showcase that ends in one given way.
    Archive {
        /// Position in [`download::archive::Ending::WEIGHTED`].
        ending: usize,
    },
    /// An archive that is still being fetched when the day ends.
    StillRunning {
        /// Position of the collection.
        collection: usize,
    },
    /// The catalogue changes: things are renamed, deleted, a client is erased.
    Housekeeping,
}

/// An event on its way to the edge that observes it.
#[derive(Debug)]
pub(super) struct Sighting {
    /// The event, whose edge is still open.
    pub(super) event: Event,
    /// The point of presence it happens at; none for the catalogue, which needs no edge (rule 93).
    pub(super) pop: Option<&'static str>,
}

/// Where a story is told: the season around it, its draws, what was seen so far.
pub(super) struct Scene<'s> {
    season: &'s Season,
    dice: Dice,
    seen: Vec<Sighting>,
}

/// Every story the season has for certain.
pub(super) fn certain(season: &Season) -> Vec<Story> {
    let mut stories = vec![Certain::Housekeeping];
    stories.extend((0..download::archive::Ending::WEIGHTED.len()).map(|ending| Certain::Archive { ending }));
    for (collection, held) in season.collections.iter().enumerate() {
        stories.extend((0..held.links.len()).map(|link| Certain::LinkLife { collection, link }));
        stories.extend([
            Certain::LimitedLink { collection },
            Certain::Stars { collection },
            Certain::AlbumPicks { collection },
            Certain::StillRunning { collection },
        ]);
    }
    stories.into_iter().map(Story::Certain).collect()
}

/// Tells a story of `seed`: its events within the day, in no order.
pub(super) fn tell(season: &Season, seed: u64, story: Story) -> Vec<Sighting> {
    let dice = match story {
        Story::Certain(certain) => Dice::of(seed, 2, certain.number()),
        Story::Chance(index) => Dice::of(seed, 3, index),
    };
    let mut scene = Scene { season, dice, seen: Vec::new() };
    match story {
        Story::Certain(certain) => scene.play_certain(certain),
        Story::Chance(_) => scene.play_chance(),
    }
    scene.seen
}

impl Certain {
    /// Tells this story's draws from those of all others.
    const fn number(self) -> u64 {
        let (kind, collection, part) = match self {
            Self::LinkLife { collection, link } => (1, collection, link),
            Self::LimitedLink { collection } => (2, collection, 0),
            Self::Stars { collection } => (3, collection, 0),
            Self::AlbumPicks { collection } => (4, collection, 0),
            Self::Archive { ending } => (5, ending, 0),
            Self::StillRunning { collection } => (6, collection, 0),
            Self::Housekeeping => (7, 0, 0),
        };
        (kind << 48) | ((collection as u64) << 32) | part as u64
    }
}

impl<'s> Scene<'s> {
    fn play_certain(&mut self, certain: Certain) {
        let season = self.season;
        match certain {
            Certain::LinkLife { collection, link } => share::life(self, &season.collections[collection], link),
            Certain::LimitedLink { collection } => share::limited(self, &season.collections[collection]),
            Certain::Stars { collection } => studio::stars(self, &season.collections[collection]),
            Certain::AlbumPicks { collection } => picks::album(self, &season.collections[collection]),
            Certain::Archive { ending } => {
                let ending = download::archive::Ending::WEIGHTED[ending].0;
                download::archive::showcase(self, &season.collections[0], ending);
            }
            Certain::StillRunning { collection } => {
                download::archive::still_running(self, &season.collections[collection]);
            }
            Certain::Housekeeping => housekeeping::day(self),
        }
    }

    fn play_chance(&mut self) {
        /// What chance brings.
        #[derive(Clone, Copy)]
        enum Errand {
            Visit,
            Link,
            Robot,
            Studio,
        }
        let errand =
            self.dice.weighted(&[(Errand::Visit, 620), (Errand::Link, 330), (Errand::Robot, 35), (Errand::Studio, 15)]);
        let collection = self.season.any_collection(&mut self.dice);
        match errand {
            Errand::Visit => visit::tell(self, collection),
            Errand::Link => share::opening(self, collection),
            Errand::Robot => robot::tell(self, collection),
            Errand::Studio => studio::tell(self, collection),
        }
    }

    /// A client of the collection, the busiest far more often.
    fn client_of(&mut self, collection: &Collection) -> &'s Person {
        let rank = self.dice.zipf(collection.clients.len());
        &self.season.clients[collection.clients[rank]].person
    }

    /// Some time later: `median_ms` is what it takes half of the people.
    fn pause(&mut self, at: Micros, median_ms: f64) -> Micros {
        Micros(at.0 + (self.dice.lognormal(median_ms, 0.7) * 1_000.0) as i64 + 1)
    }

    /// An edge sees `person` do something; what lies outside the day is not told.
    fn see(&mut self, at: Micros, collection: &Collection, person: &Person, fact: Fact) {
        if !self.season.day.contains(at) {
            return;
        }
        let event_id = EventId(self.dice.id_at(at));
        let head = Head {
            event_id,
            occurred_at: at,
            edge: None,
            account_id: collection.account_id,
            collection_id: Some(collection.id),
            actor: Some(person.actor()),
        };
        self.seen.push(Sighting { event: Event { head, fact }, pop: Some(person.pop) });
    }

    /// The catalogue changes.
    fn record(&mut self, at: Micros, account_id: AccountId, collection_id: Option<CollectionId>, fact: Fact) {
        if self.season.day.contains(at) {
            let event_id = EventId(self.dice.id_at(at));
            self.seen.push(recorded(event_id, at, account_id, collection_id, fact));
        }
    }
}

/// A catalogue event, which names neither edge nor actor.
pub(super) const fn recorded(
    event_id: EventId,
    occurred_at: Micros,
    account_id: AccountId,
    collection_id: Option<CollectionId>,
    fact: Fact,
) -> Sighting {
    let head = Head { event_id, occurred_at, edge: None, account_id, collection_id, actor: None };
    Sighting { event: Event { head, fact }, pop: None }
}
