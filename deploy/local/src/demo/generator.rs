//! The day as one stream of events in the order of their times: the catalogue, then everything people do.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use chrono::{DateTime, Utc};
use loupe_schemas::ids::EventId;
use loupe_schemas::{Event, Micros};

use super::day::Day;
use super::dice::Dice;
use super::edge::Fleet;
use super::script::{self, Sighting, Story};
use super::season::Season;

/// The events of a day of gallery traffic, a function of `(now, events, seed)` alone: the catalogue first, then in
/// the order of `occurred_at`, at least as many as asked for, all within the 24 hours that end a minute before `now`.
///
/// The smallest day, with the catalogue and what every day has, is about 900 events. Only the stories that are under
/// way are held in memory.
pub struct Generator {
    season: Season,
    seed: u64,
    total: u64,
    catalogue: VecDeque<Sighting>,
    plan: VecDeque<(Micros, Story)>,
    under_way: BinaryHeap<Reverse<(Micros, u64)>>,
    sightings: BTreeMap<u64, Sighting>,
    told: u64,
    fleet: Fleet,
}

impl Generator {
    /// Plans the day that ends before `now`, with at least `events` events.
    #[must_use]
    pub fn new(now: DateTime<Utc>, events: u64, seed: u64) -> Self {
        let day = Day::before(now);
        let season = Season::new(seed, events, day);
        let catalogue = catalogue(&season, seed);
        let mut total = catalogue.len() as u64;
        let plan = plan(&season, seed, events, &mut total);
        Self {
            fleet: Fleet::new(seed, day),
            season,
            seed,
            total,
            catalogue,
            plan,
            under_way: BinaryHeap::new(),
            sightings: BTreeMap::new(),
            told: 0,
        }
    }

    /// How many events the whole day has.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Starts every story that begins no later than the next event that is waiting.
    fn start_stories(&mut self) {
        while let Some((start, story)) = self.plan.front().copied() {
            if self.under_way.peek().is_some_and(|Reverse((next, _))| *next < start) {
                return;
            }
            self.plan.pop_front();
            for sighting in script::tell(&self.season, self.seed, story) {
                self.under_way.push(Reverse((sighting.event.head.occurred_at, self.told)));
                self.sightings.insert(self.told, sighting);
                self.told += 1;
            }
        }
    }
}

impl Iterator for Generator {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let sighting = match self.catalogue.pop_front() {
            Some(sighting) => sighting,
            None => {
                self.start_stories();
                let Reverse((_, number)) = self.under_way.pop()?;
                self.sightings.remove(&number)?
            }
        };
        Some(self.fleet.observe(sighting))
    }
}

fn catalogue(season: &Season, seed: u64) -> VecDeque<Sighting> {
    let mut dice = Dice::of(seed, 5, 0);
    let count = season.catalogue_count();
    let facts = season.catalogue().enumerate();
    facts
        .map(|(index, (account_id, collection_id, fact))| {
            let at = season.day.catalogue_time(index, count);
            let event_id = EventId(dice.id_at(at));
            script::recorded(event_id, at, account_id, collection_id, fact)
        })
        .collect()
}

/// The stories of the day by their beginning. Each is told once to be counted; only its beginning is kept.
fn plan(season: &Season, seed: u64, events: u64, total: &mut u64) -> VecDeque<(Micros, Story)> {
    let mut plan = Vec::new();
    let mut add = |story: Story| {
        let sightings = script::tell(season, seed, story);
        let start = sightings.iter().map(|sighting| sighting.event.head.occurred_at).min();
        plan.extend(start.map(|start| (start, story)));
        *total += sightings.len() as u64;
        *total
    };
    let mut planned = 0;
    for story in script::certain(season) {
        planned = add(story);
    }
    let mut chance = 0;
    while planned < events {
        planned = add(Story::Chance(chance));
        chance += 1;
    }
    plan.sort_unstable();
    plan.into()
}
