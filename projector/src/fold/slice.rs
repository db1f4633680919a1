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
use super::keyed::Keyed;
use super::link_daily::{self, Links};
use super::link_visitors::LinkVisitorRow;
use super::media_daily::{self, Media};
use super::names::Names;
use super::rows::Rows;
use super::share_links::ShareLinkRow;
use super::slice_key::SliceKey;
use super::stars::StarRow;
use super::windows::{Beacon, Window, Windows};
use super::{Order, collection_quarter_hourly, deliveries, identity_daily, memory};

/// So many bits of a hash of an event's payload tell a collision from a duplicate: one collision of 256 is taken for one. They
/// decide what a metric says and nothing that is counted (rule 10).
const CONTENT_BITS: u32 = 8;
/// So many bytes have those, and of a hash of an event's id as many bits as are left.
const ID_BYTES: usize = 10;
type Ids = Names<ID_BYTES, CONTENT_BITS>;

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
    media: Media,
    quarters: FxHashMap<collection_quarter_hourly::Key, collection_quarter_hourly::Counters>,
    identities: Identities,
    links: Links,
}

impl Counters {
    fn bytes(&self) -> usize {
        self.media.bytes()
            + memory::table::<(collection_quarter_hourly::Key, collection_quarter_hourly::Counters)>(
                self.quarters.capacity(),
            )
            + self.identities.bytes()
            + self.links.bytes()
    }

    /// The counters of a deed's quarter hour and of whoever did it.
    fn cells(&mut self, of: Cells) -> (&mut collection_quarter_hourly::Counters, &mut identity_daily::Counters) {
        (self.quarters.entry(of.quarter).or_default(), self.identities.numbered(of.person))
    }

    fn tally(&mut self, contribution: &Contribution, tally: Tally) {
        collection_quarter_hourly::tally(&mut self.quarters, contribution, tally);
        if !contribution.is_filtered {
            // Whoever asked was seen when the request came.
            if let Some(number) = self.identities.number(contribution.identity) {
                self.media.tally(contribution, number, tally);
                self.identities.tally(contribution, number, tally);
                self.links.tally(contribution, number, tally);
            }
        }
    }
}

/// Where a deed counts.
#[derive(Debug, Clone, Copy)]
struct Cells {
    quarter: collection_quarter_hourly::Key,
    /// By their number.
    person: u32,
}

/// A download that an event touched since its rows were last taken.
#[derive(Debug, Clone, Default)]
struct Touched {
    evidence: Evidence,
    /// What it added then.
    before: Option<Contribution>,
}

impl Touched {
    fn new(id: DownloadId, packed: &Packed, identities: &Identities) -> Self {
        let evidence = packed.evidence(id, |number| identities.who(number));
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
    /// About how many rows the downloads make.
    rows: usize,
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
    downloads: Keyed<DownloadId, Packed>,
    windows: Windows,
    counters: Counters,
    dirty: Dirty,
    /// The erased clients that events are of, by the ids in their place.
    erased: BTreeSet<ClientId>,
    /// What downloads have allocated for themselves, about.
    allocated: usize,
    /// About how many rows all downloads would have that no event touched since their rows were last taken.
    rows_at_rest: usize,
}

impl Slice {
    /// A slice without events.
    #[must_use]
    pub fn new(key: SliceKey) -> Self {
        Self {
            key,
            ids: Ids::default(),
            downloads: Keyed::default(),
            windows: Windows::default(),
            counters: Counters::default(),
            dirty: Dirty::default(),
            erased: BTreeSet::new(),
            allocated: 0,
            rows_at_rest: 0,
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
        let tables = self.ids.bytes() + self.downloads.bytes() + self.windows.bytes();
        size_of::<Self>() + tables + self.counters.bytes() + self.allocated
    }

    /// About how many rows [`Self::take_rows`] has of downloads and what they bring: an archive has one for each of its media,
    /// whatever touched it.
    #[must_use]
    pub const fn due_rows(&self) -> usize {
        self.dirty.rows
    }

    /// About how many more [`Self::due_rows`] would be, were every download touched that was not since rows were last taken.
    #[must_use]
    pub const fn rows_at_rest(&self) -> usize {
        self.rows_at_rest
    }

    /// The same for one download: none where it was touched, and at least its own row where it was not or is new.
    #[must_use]
    pub fn rows_at_rest_of(&self, id: DownloadId) -> usize {
        if self.dirty.downloads.contains_key(&id) {
            return 0;
        }
        1 + self.downloads.get(&id).map_or(0, Packed::media)
    }

    /// Folds an event. `content` is a hash of its payload, by which a collision is told from a duplicate; lattice
    /// rows go to `rows` at once, slice rows when [`Self::take_rows`] is called.
    pub fn fold(&mut self, event: &Event, class: ActorClass, content: u64, rows: &mut Rows) -> Folded {
        let entry = Ids::entry(xxh3_128(event.head.event_id.0.as_bytes()), content);
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
        let identities = &self.counters.identities;
        let (rows, rows_at_rest) = (&mut self.dirty.rows, &mut self.rows_at_rest);
        let at_rest = || {
            let known = self.downloads.get(&id).map(|packed| Touched::new(id, packed, identities));
            *rows_at_rest -= known.as_ref().map_or(0, |touched| rows_of(&touched.evidence));
            let touched = known.unwrap_or_default();
            *rows += rows_of(&touched.evidence);
            touched
        };
        let evidence = &mut self.dirty.downloads.entry(id).or_insert_with(at_rest).evidence;
        match &event.fact {
            Fact::DownloadRequested(fact) => {
                self.dirty.rows += fact.items.len();
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
        let head = &event.head;
        let beacon = match &event.fact {
            Fact::VisitStarted(()) => Beacon::Visit,
            Fact::PhotoViewed(seen) => Beacon::View(seen.media_id),
            Fact::VideoPlayed(seen) => Beacon::Play(seen.media_id),
            _ => return,
        };
        if judge_actor(actor, class, Excuse::default()).is_some() {
            return;
        }
        let what = beacon.map(|media_id| self.medium(media_id).0);
        let cells = self.touch(head, Identity::of(actor), actor);
        let half_minute = head.occurred_at.half_minute() - self.key.day.start().half_minute();
        if !self.windows.insert(Window { who: cells.person, what, half_minute }) {
            return;
        }
        let (quarter, person) = self.counters.cells(cells);
        match what {
            Beacon::Visit => {
                quarter.visits += 1;
                person.visits += 1;
            }
            Beacon::View(medium) => {
                quarter.views += 1;
                person.views += 1;
                self.counters.media.numbered(medium).views += 1;
            }
            Beacon::Play(medium) => {
                quarter.plays += 1;
                person.plays += 1;
                self.counters.media.numbered(medium).plays += 1;
            }
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
        let (link_id, links) = (&fact.link_id, &mut self.counters.links);
        self.dirty.links.insert(link_id.clone());
        match judge_open(fact.opener, actor, class) {
            OpenClass::Preview => links.preview(link_id),
            OpenClass::Bot => links.open_by_bot(link_id),
            OpenClass::Nowhere => {}
            OpenClass::Open => {
                let identity = Identity::of(actor);
                rows.link_visitors.push(LinkVisitorRow::new(head, link_id, identity));
                let cells = self.touch(head, identity, actor);
                let open = link_daily::Open {
                    order: Order::of(head),
                    country: actor.country.as_deref(),
                    referrer_host: actor.referrer_host.as_deref(),
                };
                let first = u32::from(self.counters.links.open(link_id, cells.person, open));
                let (quarter, person) = self.counters.cells(cells);
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
        self.counters.links.deny(&fact.link_id, fact.deny_reason);
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
                self.medium(fact.media_id).1.favorites_added += 1;
                let cells = self.touch(head, Identity::of(actor), actor);
                let (quarter, person) = self.counters.cells(cells);
                quarter.favorites_added += 1;
                person.favorites_added += 1;
            }
            Fact::FavoriteRemoved(fact) => {
                rows.favorites.push(FavoriteRow::removed(head, fact));
                self.medium(fact.media_id).1.favorites_removed += 1;
                let cells = self.touch(head, Identity::of(actor), actor);
                let (quarter, person) = self.counters.cells(cells);
                quarter.favorites_removed += 1;
                person.favorites_removed += 1;
            }
            Fact::FavoriteNoted(fact) => rows.favorites.push(FavoriteRow::noted(head, fact)),
            Fact::PhotoStarred(id) => rows.stars.push(StarRow::starred(head, *id)),
            Fact::PhotoUnstarred(id) => rows.stars.push(StarRow::unstarred(head, *id)),
            _ => {}
        }
    }

    /// Where a deed counts: its quarter hour, and whoever did it. Both are to be written.
    fn touch(&mut self, head: &Head, identity: Identity, actor: &Actor) -> Cells {
        let quarter = (head.occurred_at.quarter_hour(), None);
        self.dirty.quarters.insert(quarter);
        self.dirty.identities.insert(identity);
        Cells { quarter, person: self.counters.identities.seen(identity, Order::of(head), actor) }
    }

    /// The number and counters of a medium without a rendition, to be written.
    fn medium(&mut self, media_id: MediaId) -> (u32, &mut media_daily::Seen) {
        self.dirty.media.insert((media_id, None));
        self.counters.media.seen(media_id)
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
            rows.media_daily.push(self.counters.media.row(key, medium, version));
            hand_on(rows);
        }
        for quarter in sorted(dirty.quarters) {
            let cell = self.counters.quarters.get(&quarter);
            rows.collection_quarter_hourly.push(collection_quarter_hourly::row(key, quarter, cell, version));
        }
        for identity in sorted(dirty.identities) {
            rows.identity_daily.extend(self.counters.identities.row(key, identity, version));
            hand_on(rows);
        }
        for link in sorted(dirty.links) {
            rows.link_daily.push(self.counters.links.row(key, &link, version));
        }
    }

    /// Takes back what a download added, adds what it adds now, and packs it.
    fn settle(&mut self, id: DownloadId, touched: Touched, dirty: &mut Dirty, version: u64, rows: &mut Rows) {
        let Touched { evidence, before } = touched;
        let outcome = Outcome::of(&evidence);
        let gone = dirty.gone.remove(&id).unwrap_or_default();
        if let Some(before) = before {
            self.counters.tally(&before, Tally::Retract);
        }
        if let Some(request) = evidence.request.as_deref() {
            let now = Contribution::of(id, request, &outcome);
            self.counters.tally(&now, Tally::Add);
            dirty.request(id, request);
        }
        rows.downloads.push(DownloadRow::new(self.key, id, &evidence, &outcome, version));
        deliveries::rows(self.key, id, &evidence, &outcome, &gone, version, &mut rows.deliveries);
        let packed = Packed::of(id, &evidence, |identity| self.counters.identities.number(identity));
        self.allocated += packed.bytes();
        self.rows_at_rest += rows_of(&evidence);
        if let Some(before) = self.downloads.insert(id, packed) {
            self.allocated -= before.bytes();
        }
    }
}

/// About how many rows a download has: its own, and a delivery of each medium that it was asked for.
fn rows_of(evidence: &Evidence) -> usize {
    1 + evidence.request.as_deref().map_or(0, |request| request.asked.items.len())
}

fn sorted<K: Ord>(keys: FxHashSet<K>) -> Vec<K> {
    let mut keys: Vec<K> = keys.into_iter().collect();
    keys.sort_unstable();
    keys
}

#[cfg(test)]
#[path = "slice_tests.rs"]
mod tests;
