//! A photographer's season: accounts, collections, sets, media, clients and share links.

mod collections;
mod links;
mod media;

use loupe_schemas::Fact;
use loupe_schemas::Micros;
use loupe_schemas::event::{ClientUpserted, CollectionUpserted, GalleryUpserted, Role};
use loupe_schemas::ids::{AccountId, ClientId, CollectionId, GalleryId};

use super::day::{Day, HOUR};
use super::dice::Dice;
use super::people::{Home, Person};
use collections::{COLLECTIONS, Plan};
pub(super) use links::{Creator, Link};
pub(super) use media::Medium;

/// A day of this many events has the catalogue written down in [`COLLECTIONS`]; others scale it.
const EVENTS_OF_A_FULL_SEASON: f64 = 200_000.0;
const NAMES: &[&str] = &[
    "Ana", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hannah", "Isabel", "Jonas", "Katja", "Lukas", "Mia",
    "Noah", "Olivia", "Paul", "Quentin", "Rosa", "Sophie", "Tom", "Ulrike", "Victor", "Wanda", "Yusuf", "Zoe",
];
const SURNAMES: &[&str] = &[
    "Ruiz",
    "Smith",
    "Keller",
    "Hoffmann",
    "Nguyen",
    "Brandt",
    "Carter",
    "Schulz",
    "Okafor",
    "Lindqvist",
    "Meyer",
    "Johnson",
    "Weber",
    "Martin",
    "Kowalski",
    "Rossi",
    "Becker",
    "Williams",
    "Yilmaz",
    "Novak",
];

/// Everything that exists before the first visitor comes.
pub(super) struct Season {
    /// The day it is played on.
    pub(super) day: Day,
    /// The collections of all accounts; the first is the showcase.
    pub(super) collections: Vec<Collection>,
    /// The clients of all accounts.
    pub(super) clients: Vec<Client>,
}

/// A collection with all it holds.
pub(super) struct Collection {
    /// Its account.
    pub(super) account_id: AccountId,
    /// Its id.
    pub(super) id: CollectionId,
    /// Its name.
    pub(super) name: &'static str,
    /// Where most of its guests live.
    pub(super) home: Home,
    /// How many of the visits it draws.
    pub(super) weight: u32,
    /// When it was published.
    pub(super) published_at: Micros,
    /// Its sets.
    pub(super) galleries: Vec<Gallery>,
    /// Its photos and films, set by set.
    pub(super) media: Vec<Medium>,
    /// Positions of its photos, the most looked at first.
    pub(super) photos: Vec<usize>,
    /// Positions of its films.
    pub(super) films: Vec<usize>,
    /// Positions of its clients in the season.
    pub(super) clients: Vec<usize>,
    /// Its photographer.
    pub(super) owner: Person,
    /// Its share links, the most passed on first.
    pub(super) links: Vec<Link>,
}

/// A set of a collection.
pub(super) struct Gallery {
    /// Its id.
    pub(super) id: GalleryId,
    /// Its name.
    pub(super) name: &'static str,
}

/// A client, as the catalogue knows them.
pub(super) struct Client {
    /// Their account.
    pub(super) account_id: AccountId,
    /// Their id.
    pub(super) id: ClientId,
    /// Their name.
    pub(super) name: String,
    /// Their address.
    pub(super) email: String,
    /// How they appear at an edge.
    pub(super) person: Person,
}

impl Season {
    /// The season of `seed`, as large as suits a day of `events`.
    pub(super) fn new(seed: u64, events: u64, day: Day) -> Self {
        let mut dice = Dice::of(seed, 1, 0);
        let scale = (events as f64 / EVENTS_OF_A_FULL_SEASON).powf(0.6).clamp(0.05, 4.0);
        let mut season = Self { day, collections: Vec::new(), clients: Vec::new() };
        let mut ids = media::Ids::new();
        for plan in COLLECTIONS {
            let collection = season.collection(&mut dice, plan, scale, &mut ids);
            season.collections.push(collection);
        }
        season
    }

    fn collection(&mut self, dice: &mut Dice, plan: &Plan, scale: f64, ids: &mut media::Ids) -> Collection {
        let galleries: Vec<Gallery> = plan.sets.iter().map(|name| Gallery { id: ids.gallery(), name }).collect();
        let media = media::shoot(dice, plan, scale, ids, &galleries);
        let of_kind = |photo: bool| (0..media.len()).filter(|index| media[*index].is_photo() == photo).collect();
        let mut photos: Vec<usize> = of_kind(true);
        let films: Vec<usize> = of_kind(false);
        dice.shuffle(&mut photos);
        let clients = self.invite(dice, plan, scale);
        let mut collection = Collection {
            account_id: AccountId(plan.account),
            id: CollectionId(plan.id),
            name: plan.name,
            home: plan.home,
            weight: plan.weight,
            published_at: Micros(self.day.start.0 - dice.between(0, 40 * HOUR as u64) as i64),
            galleries,
            media,
            photos,
            films,
            clients,
            owner: Person::owner(dice, plan.home),
            links: Vec::new(),
        };
        collection.links = links::create(dice, &collection, plan, scale, self.day);
        collection
    }

    /// Finds the clients of a collection: a few who were at an earlier one of the account, the rest new.
    fn invite(&mut self, dice: &mut Dice, plan: &Plan, scale: f64) -> Vec<usize> {
        let account_id = AccountId(plan.account);
        let count = ((f64::from(plan.clients) * scale.sqrt()).round() as usize).max(3);
        let mut invited: Vec<usize> =
            (0..self.clients.len()).filter(|index| self.clients[*index].account_id == account_id).collect();
        dice.shuffle(&mut invited);
        invited.truncate(count / 6);
        while invited.len() < count {
            invited.push(self.clients.len());
            let client = Client::new(dice, plan, self.clients.len());
            self.clients.push(client);
        }
        invited
    }

    /// A collection, by how many visits each draws.
    pub(super) fn any_collection(&self, dice: &mut Dice) -> &Collection {
        let total: u64 = self.collections.iter().map(|collection| u64::from(collection.weight)).sum();
        let mut left = dice.between(0, total.saturating_sub(1));
        for collection in &self.collections {
            let weight = u64::from(collection.weight);
            if left < weight {
                return collection;
            }
            left -= weight;
        }
        &self.collections[0]
    }

    /// Every catalogue fact in the order its things came to be, with the account and collection it belongs to.
    pub(super) fn catalogue(&self) -> impl Iterator<Item = (AccountId, Option<CollectionId>, Fact)> {
        let collections = self
            .collections
            .iter()
            .flat_map(|collection| collection.facts().map(|fact| (collection.account_id, Some(collection.id), fact)));
        let clients = self.clients.iter().map(|client| (client.account_id, None, client.fact()));
        collections.chain(clients)
    }

    /// How many facts [`Season::catalogue`] has.
    pub(super) fn catalogue_count(&self) -> usize {
        let held: usize =
            self.collections.iter().map(|collection| 1 + collection.galleries.len() + collection.media.len()).sum();
        held + self.clients.len()
    }
}

impl Collection {
    /// The collection's own state.
    pub(super) fn fact(&self) -> Fact {
        Fact::CollectionUpserted(CollectionUpserted {
            name: self.name.to_owned(),
            published_at: Some(self.published_at),
        })
    }

    /// The set a medium is in.
    pub(super) fn gallery_of(&self, medium: &Medium) -> &Gallery {
        &self.galleries[medium.gallery]
    }

    /// A photo, famous ones far more often.
    pub(super) fn famous_photo(&self, dice: &mut Dice) -> &Medium {
        &self.media[self.photos[dice.zipf(self.photos.len())]]
    }

    fn facts(&self) -> impl Iterator<Item = Fact> {
        let galleries = self.galleries.iter().map(|gallery| {
            Fact::GalleryUpserted(GalleryUpserted { gallery_id: gallery.id, name: gallery.name.to_owned() })
        });
        let media = self.media.iter().map(|medium| medium.fact(self.gallery_of(medium).id));
        std::iter::once(self.fact()).chain(galleries).chain(media)
    }
}

impl Client {
    fn new(dice: &mut Dice, plan: &Plan, number: usize) -> Self {
        let first = *dice.pick(NAMES);
        let last = *dice.pick(SURNAMES);
        let token = dice.token(30);
        let id = ClientId::new(format!("cl_{token}")).expect("a client id of 33 bytes is within 1 to 64");
        let role = if dice.chance(0.08) { Role::Vendor } else { Role::Client };
        Self {
            account_id: AccountId(plan.account),
            name: format!("{first} {last}"),
            email: format!("{}.{}{number}@example.com", first.to_lowercase(), last.to_lowercase()),
            person: Person::client(dice, plan.home, id.clone(), role),
            id,
        }
    }

    /// The client's state.
    pub(super) fn fact(&self) -> Fact {
        Fact::ClientUpserted(ClientUpserted {
            client_id: self.id.clone(),
            email: Some(self.email.clone()),
            name: Some(self.name.clone()),
        })
    }
}
