//! The state of one slice, (account, collection, UTC day), and the rows that follow from it.
//!
//! A slice is a function of the set of its events. What changed since the last rows is tracked by key, never by
//! comparing values: a key some event touched is written even when its value came back to what it was, because a
//! crashed flush may have left another value in the table.

use std::collections::BTreeSet;

use loupe_schemas::event::{Actor, Head, LinkDenied, LinkOpened, Opener};
use loupe_schemas::ids::{ClientId, DownloadId, LinkId, MediaId};
use loupe_schemas::{Event, Fact};
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_128;

use super::contribution::{Contribution, Tally};
use super::download::{Evidence, Outcome, Packed, Preparation, PreparationResult, Request, Segment};
use super::downloads::DownloadRow;
use super::erasures::is_place;
use super::favorite_lists::FavoriteListRow;
use super::favorites::FavoriteRow;
use super::filter::{ActorClass, Excuse, OpenClass, judge_actor, judge_open};
use super::identity::Identity;
use super::identity_daily::Identities;
use super::link_visitors::LinkVisitorRow;
use super::names::Names;
use super::rows::Rows;
use super::share_links::ShareLinkRow;
use super::slice_key::SliceKey;
use super::stars::StarRow;
use super::uniques::Uniques;
use super::windows::{Beacon, Windows};
use super::{Order, collection_quarter_hourly, deliveries, identity_daily, link_daily, media_daily, memory};

/// So many bits of a hash of an event's payload tell a collision from a duplicate. They decide what a metric says and nothing
/// that is counted (rule 10).
const CONTENT_BITS: u32 = 16;
type Ids = Names<CONTENT_BITS>;

/// What became of an event offered to a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folded {
    /// It is new and counted.
    New,
    /// The same event came before.
    Duplicate,
    /// Another event came before under the same id; that one is counted (rule 10).
    Collision,
}

/// The counters of a slice, one map per read model.
#[derive(Debug, Clone, Default)]
struct Counters {
    media: FxHashMap<media_daily::Key, media_daily::Counters>,
    quarters: FxHashMap<collection_quarter_hourly::Key, collection_quarter_hourly::Counters>,
    identities: Identities,
    links: FxHashMap<LinkId, link_daily::Counters>,
}

impl Counters {
    fn bytes(&self) -> usize {
        memory::table::<(media_daily::Key, media_daily::Counters)>(self.media.capacity())
            + self.media.len() * memory::ALLOCATION
            + memory::table::<(collection_quarter_hourly::Key, collection_quarter_hourly::Counters)>(
                self.quarters.capacity(),
            )
            + self.identities.bytes()
            + memory::table::<(LinkId, link_daily::Counters)>(self.links.capacity())
    }

    fn tally(&mut self, contribution: &Contribution, tally: Tally) {
        collection_quarter_hourly::tally(&mut self.quarters, contribution, tally);
        if !contribution.is_filtered {
            if let Some(number) = self.identities.number(contribution.identity) {
                media_daily::tally(&mut self.media, contribution, number, tally);
            }
            self.identities.tally(contribution, tally);
            link_daily::tally(&mut self.links, contribution, tally);
        }
    }
}

/// A download that an event touched since its rows were last taken.
#[derive(Debug, Clone, Default)]
struct Touched {
    evidence: Evidence,
    /// What it added then.
    before: Option<Contribution>,
}

impl Touched {
    fn new(id: DownloadId, packed: &Packed) -> Self {
        let evidence = packed.evidence(id);
        // It follows from the evidence, so it is worked out when that is about to change, and not kept.
        Self { before: Contribution::so_far(id, &evidence), evidence }
    }
}

/// The keys whose rows are to be written.
#[derive(Debug, Clone, Default)]
struct Dirty {
    downloads: FxHashMap<DownloadId, Touched>,
    /// Media that a download had under a request that an earlier one took the place of.
    gone: FxHashMap<DownloadId, BTreeSet<MediaId>>,
    media: FxHashSet<media_daily::Key>,
    quarters: FxHashSet<collection_quarter_hourly::Key>,
    identities: FxHashSet<Identity>,
    links: FxHashSet<LinkId>,
}

impl Dirty {
    /// The keys a request stands under, or would, were it the one that wins.
    fn request(&mut self, id: DownloadId, request: &Request) {
        let asked = &request.asked;
        self.media.extend(asked.items.iter().map(|item| (item.media_id, Some(asked.rendition))));
        self.quarters.insert((id.requested_at().quarter_hour(), Some(asked.kind)));
        self.links.extend(asked.link_id.clone());
        // Nothing of a filtered action is counted of its identity, and robots are many.
        if request.filter_reason.is_none() {
            self.identities.insert(request.identity);
        }
    }

    /// What was written of a request that does not win: by an earlier flush, or by one that crashed.
    fn lost(&mut self, id: DownloadId, request: &Request) {
        self.request(id, request);
        self.gone.entry(id).or_default().extend(request.asked.items.iter().map(|item| item.media_id));
    }
}

/// The state of one slice.
#[derive(Debug, Clone)]
pub struct Slice {
    key: SliceKey,
    /// Every event, by a hash of its id, each with its content.
    ids: Ids,
    /// The downloads as they were when their rows were last taken.
    downloads: FxHashMap<DownloadId, Packed>,
    windows: Windows,
    counters: Counters,
    dirty: Dirty,
    /// The erased clients that events are of, by the ids in their place.
    erased: BTreeSet<ClientId>,
    /// What downloads, uniques and links have allocated for themselves, about.
    allocated: usize,
}

impl Slice {
    /// A slice without events.
    #[must_use]
    pub fn new(key: SliceKey) -> Self {
        Self {
            key,
            ids: Ids::default(),
            downloads: FxHashMap::default(),
            windows: Windows::default(),
            counters: Counters::default(),
            dirty: Dirty::default(),
            erased: BTreeSet::new(),
            allocated: 0,
        }
    }

    /// Which slice this is.
    #[must_use]
    pub const fn key(&self) -> SliceKey {
        self.key
    }

    /// How many distinct events were folded.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.ids.len() as u64
    }

    /// How many erased clients the events are of: an erasure's rows outrank those of the same events before it, and of
    /// any more that were folded by one who did not know of it (rule 16).
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.erased.len() as u64
    }

    /// About how much memory the state takes, in bytes.
    #[must_use]
    pub fn state_bytes(&self) -> usize {
        let tables =
            self.ids.bytes() + memory::table::<(DownloadId, Packed)>(self.downloads.capacity()) + self.windows.bytes();
        size_of::<Self>() + tables + self.counters.bytes() + self.allocated
    }

    /// Folds an event. `content` is a hash of its payload, by which a collision is told from a duplicate; lattice
    /// rows go to `rows` at once, slice rows when [`Self::take_rows`] is called.
    pub fn fold(&mut self, event: &Event, class: ActorClass, content: u64, rows: &mut Rows) -> Folded {
        let entry = Ids::entry(xxh3_128(event.head.event_id.0.as_bytes()), content as u32);
        match self.ids.insert(entry) {
            Some(known) if known == entry => return Folded::Duplicate,
            Some(_) => return Folded::Collision,
            None => {}
        }
        let nobody = Actor::default();
        let actor = event.head.actor.as_ref().unwrap_or(&nobody);
        if let Some(client_id) = actor.client_id.as_ref().filter(|client_id| is_place(client_id)) {
            self.erased.insert(client_id.clone());
        }
        self.fold_download(event, actor, class);
        self.fold_visit(event, actor, class);
        self.fold_link(event, actor, class, rows);
        self.fold_deed(event, actor, rows);
        Folded::New
    }

    fn fold_download(&mut self, event: &Event, actor: &Actor, class: ActorClass) {
        let order = Order::of(&event.head);
        let Some(id) = event.fact.download_id() else {
            self.fold_unattached(event);
            return;
        };
        let at_rest = || self.downloads.get(&id).map(|packed| Touched::new(id, packed)).unwrap_or_default();
        let evidence = &mut self.dirty.downloads.entry(id).or_insert_with(at_rest).evidence;
        match &event.fact {
            Fact::DownloadRequested(fact) => {
                let request = Request::new(order, actor, class, fact.clone());
                if request.filter_reason.is_none() {
                    self.counters.identities.seen(request.identity, order, actor);
                }
                // The rows of the one that wins are written when it is settled, and those of the other must be too: see
                // the module's documentation.
                let lost = evidence.add_request(request);
                if let Some(lost) = lost {
                    self.dirty.lost(id, &lost);
                }
            }
            Fact::DownloadPrepared(fact) => {
                let result = PreparationResult::Ready { object_bytes: fact.object_bytes };
                evidence.add_preparation(Preparation { order, result });
            }
            Fact::DownloadPrepareFailed(fact) => {
                let result = PreparationResult::Failed { code: fact.code.clone() };
                evidence.add_preparation(Preparation { order, result });
            }
            Fact::TransferSegment(fact) => {
                let pop = event.head.edge.as_ref().map_or("", |edge| edge.pop.as_str());
                let segment = Segment::new(order, actor, class, pop, fact);
                evidence.add_segment(segment);
            }
            _ => {}
        }
    }

    /// A response without a download is nothing but filtered bytes (rule 28).
    fn fold_unattached(&mut self, event: &Event) {
        if let Fact::TransferSegment(segment) = &event.fact {
            let key = (event.head.occurred_at.quarter_hour(), None);
            self.counters.quarters.entry(key).or_default().filtered_bytes += segment.body_bytes;
            self.dirty.quarters.insert(key);
        }
    }

    fn fold_visit(&mut self, event: &Event, actor: &Actor, class: ActorClass) {
        let beacon = match &event.fact {
            Fact::VisitStarted(()) => Beacon::Visit,
            Fact::PhotoViewed(seen) => Beacon::View(seen.media_id),
            Fact::VideoPlayed(seen) => Beacon::Play(seen.media_id),
            _ => return,
        };
        if judge_actor(actor, class, Excuse::default()).is_some() {
            return;
        }
        let identity = Identity::of(actor);
        let is_first = self.windows.insert(identity, beacon, event.head.occurred_at.half_minute());
        let (quarter, person) = self.cells(&event.head, identity, actor);
        let first = u32::from(is_first);
        let media_id = match beacon {
            Beacon::Visit => {
                quarter.visits += first;
                person.visits += first;
                return;
            }
            Beacon::View(media_id) => {
                quarter.views += first;
                person.views += first;
                media_id
            }
            Beacon::Play(media_id) => {
                quarter.plays += first;
                person.plays += first;
                media_id
            }
        };
        let medium = self.medium(media_id);
        match beacon {
            Beacon::Play(_) => medium.plays += first,
            Beacon::View(_) | Beacon::Visit => medium.views += first,
        }
    }

    fn fold_link(&mut self, event: &Event, actor: &Actor, class: ActorClass, rows: &mut Rows) {
        let head = &event.head;
        match &event.fact {
            Fact::LinkCreated(fact) => rows.share_links.push(ShareLinkRow::created(head, fact)),
            Fact::LinkUpdated(fact) => rows.share_links.push(ShareLinkRow::updated(head, fact)),
            Fact::LinkRevoked(id) => rows.share_links.push(ShareLinkRow::revoked(head, id)),
            Fact::LinkOpened(fact) => self.open_link(head, fact, actor, class, rows),
            Fact::LinkDenied(fact) => self.deny_link(fact, actor, class),
            _ => {}
        }
    }

    fn open_link(&mut self, head: &Head, fact: &LinkOpened, actor: &Actor, class: ActorClass, rows: &mut Rows) {
        self.dirty.links.insert(fact.link_id.clone());
        let link = self.counters.links.entry(fact.link_id.clone()).or_default();
        match judge_open(fact.opener, actor, class) {
            OpenClass::Preview => link.link_previews += 1,
            OpenClass::Bot => link.bot_opens += 1,
            OpenClass::Nowhere => {}
            OpenClass::Open => {
                let identity = Identity::of(actor);
                let open = link_daily::Open {
                    order: Order::of(head),
                    country: actor.country.clone(),
                    referrer_host: actor.referrer_host.clone(),
                };
                self.allocated += open.bytes();
                let first = u32::from(link.open(identity, open));
                rows.link_visitors.push(LinkVisitorRow::new(head, &fact.link_id, identity));
                let (quarter, person) = self.cells(head, identity, actor);
                quarter.opens += first;
                person.opens += first;
            }
        }
    }

    /// A denial counts unless rule 1 or its opener filters it (rule 71).
    fn deny_link(&mut self, fact: &LinkDenied, actor: &Actor, class: ActorClass) {
        let by_machine = matches!(fact.opener, Opener::Preview | Opener::Scanner);
        if by_machine || judge_actor(actor, class, Excuse::default()).is_some() {
            return;
        }
        self.dirty.links.insert(fact.link_id.clone());
        self.counters.links.entry(fact.link_id.clone()).or_default().deny(fact.deny_reason);
    }

    /// Favourites, lists, notes and stars are deeds, never filtered (rule 29).
    fn fold_deed(&mut self, event: &Event, actor: &Actor, rows: &mut Rows) {
        let head = &event.head;
        match &event.fact {
            Fact::FavoriteListCreated(fact) | Fact::FavoriteListUpdated(fact) => {
                rows.favorite_lists.push(FavoriteListRow::state(head, fact));
            }
            Fact::FavoriteListSubmitted(id) => rows.favorite_lists.push(FavoriteListRow::submitted(head, id)),
            Fact::FavoriteListReopened(id) => rows.favorite_lists.push(FavoriteListRow::reopened(head, id)),
            Fact::FavoriteAdded(fact) => {
                rows.favorites.push(FavoriteRow::added(head, fact));
                self.medium(fact.media_id).favorites_added += 1;
                let (quarter, person) = self.cells(head, Identity::of(actor), actor);
                quarter.favorites_added += 1;
                person.favorites_added += 1;
            }
            Fact::FavoriteRemoved(fact) => {
                rows.favorites.push(FavoriteRow::removed(head, fact));
                self.medium(fact.media_id).favorites_removed += 1;
                let (quarter, person) = self.cells(head, Identity::of(actor), actor);
                quarter.favorites_removed += 1;
                person.favorites_removed += 1;
            }
            Fact::FavoriteNoted(fact) => rows.favorites.push(FavoriteRow::noted(head, fact)),
            Fact::PhotoStarred(id) => rows.stars.push(StarRow::starred(head, *id)),
            Fact::PhotoUnstarred(id) => rows.stars.push(StarRow::unstarred(head, *id)),
            _ => {}
        }
    }

    /// The counters of a deed's quarter hour and of whoever did it; both are to be written.
    fn cells(
        &mut self,
        head: &Head,
        identity: Identity,
        actor: &Actor,
    ) -> (&mut collection_quarter_hourly::Counters, &mut identity_daily::Counters) {
        let quarter = (head.occurred_at.quarter_hour(), None);
        self.dirty.quarters.insert(quarter);
        self.dirty.identities.insert(identity);
        let person = self.counters.identities.seen(identity, Order::of(head), actor);
        (self.counters.quarters.entry(quarter).or_default(), person)
    }

    /// The counters of a medium without a rendition, to be written.
    fn medium(&mut self, media_id: MediaId) -> &mut media_daily::Counters {
        self.dirty.media.insert((media_id, None));
        self.counters.media.entry((media_id, None)).or_default()
    }

    /// Works out every touched download anew and adds the rows of every touched key.
    pub fn take_rows(&mut self, rows: &mut Rows) {
        self.take_rows_by(rows, |_| {});
    }

    /// The same, where after every few rows `hand_on` may take what there is by then.
    pub fn take_rows_by(&mut self, rows: &mut Rows, mut hand_on: impl FnMut(&mut Rows)) {
        let version = self.generation() << 40 | self.events();
        let mut dirty = std::mem::take(&mut self.dirty);
        let mut downloads: Vec<_> = std::mem::take(&mut dirty.downloads).into_iter().collect();
        downloads.sort_unstable_by_key(|(id, _)| *id);
        for (id, touched) in downloads {
            self.settle(id, touched, &mut dirty, version, rows);
            hand_on(rows);
        }
        let key = self.key;
        for medium in sorted(dirty.media) {
            rows.media_daily.push(media_daily::row(key, medium, self.counters.media.get(&medium), version));
            hand_on(rows);
        }
        for quarter in sorted(dirty.quarters) {
            let cell = self.counters.quarters.get(&quarter);
            rows.collection_quarter_hourly.push(collection_quarter_hourly::row(key, quarter, cell, version));
        }
        for identity in sorted(dirty.identities) {
            let cell = self.counters.identities.get(identity);
            rows.identity_daily.extend(cell.map(|cell| identity_daily::row(key, identity, cell, version)));
            hand_on(rows);
        }
        for link in sorted(dirty.links) {
            rows.link_daily.push(link_daily::row(key, &link, self.counters.links.get(&link), version));
        }
    }

    /// Takes back what a download added, adds what it adds now, and packs it.
    fn settle(&mut self, id: DownloadId, touched: Touched, dirty: &mut Dirty, version: u64, rows: &mut Rows) {
        let Touched { evidence, before } = touched;
        let outcome = Outcome::of(&evidence);
        let gone = dirty.gone.remove(&id).unwrap_or_default();
        let is_first = before.is_none();
        if let Some(before) = before {
            self.counters.tally(&before, Tally::Retract);
        }
        if let Some(request) = evidence.request.as_deref() {
            let now = Contribution::of(id, request, &outcome);
            if is_first {
                self.allocated += now.media.len() * Uniques::NUMBER_BYTES;
            }
            self.counters.tally(&now, Tally::Add);
            dirty.request(id, request);
        }
        rows.downloads.push(DownloadRow::new(self.key, id, &evidence, &outcome, version));
        deliveries::rows(self.key, id, &evidence, &outcome, &gone, version, &mut rows.deliveries);
        let packed = Packed::of(&evidence);
        self.allocated += packed.bytes();
        if let Some(before) = self.downloads.insert(id, packed) {
            self.allocated -= before.bytes();
        }
    }
}

fn sorted<K: Ord>(keys: FxHashSet<K>) -> Vec<K> {
    let mut keys: Vec<K> = keys.into_iter().collect();
    keys.sort_unstable();
    keys
}

#[cfg(test)]
#[path = "slice_tests.rs"]
mod tests;
