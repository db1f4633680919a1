//! Any permutation, duplication and batching of a slice's events, and a crash after any insert, gives the tables of
//! the plain fold over the sorted set (DESIGN §1, consequence 1).

use super::*;
use crate::fold::collection_quarter_hourly::CollectionQuarterHourRow as Quarter;
use crate::fold::erasures::erased_id;
use crate::fold::identity_daily::IdentityDailyRow as Row;
use loupe_schemas::Micros;
use loupe_schemas::event::{
    CacheStatus, Destination, DownloadKind, DownloadPrepared, DownloadRequested, EndReason, FavoriteAdded,
    IdentifiedBy, Item, MediaKind, MediaSeen, Purpose, Range, Rendition, Role, TransferSegment,
};
use loupe_schemas::ids::{AccountId, CollectionId, EventId};
use loupe_schemas::time::Day;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

const DAY: i64 = 20_000;
const MILLI: i64 = 1_000;

fn key() -> SliceKey {
    SliceKey { account_id: AccountId(1), collection_id: CollectionId(2), day: Day(20_000) }
}

fn download_id(number: u64) -> DownloadId {
    let millis = u128::try_from(DAY * 86_400_000 + 1_000).expect("after 1970");
    DownloadId(Uuid::from_u128(millis << 80 | 7 << 76 | 2 << 62 | u128::from(number)))
}

fn actor(number: u64) -> Actor {
    let client_id = number.is_multiple_of(3).then(|| ClientId::new(format!("cl_{number}"))).flatten();
    let role = if number == 4 { Role::Owner } else { Role::Guest };
    let country = Some("DE".into());
    let user_agent = if number == 5 { "Googlebot".to_owned() } else { "Safari".to_owned() };
    Actor {
        client_id,
        role,
        country,
        user_agent,
        ip_key: vec![u8::try_from(number).expect("small")],
        ..Actor::default()
    }
}

fn request(download: u64, choice: u64) -> Fact {
    let item = |media_id, offset: u64| Item {
        media_id: MediaId(media_id),
        kind: MediaKind::Photo,
        bytes: 40,
        zip_offset: Some(offset),
        zip_length: Some(40),
    };
    let is_archive = choice.is_multiple_of(2);
    let items = if is_archive { vec![item(1, 10), item(2, 50)] } else { vec![item(1 + choice % 3, 0)] };
    Fact::DownloadRequested(DownloadRequested {
        download_id: download_id(download),
        kind: if is_archive { DownloadKind::Archive } else { DownloadKind::Photo },
        items,
        rendition: if choice < 3 { Rendition::HighRes } else { Rendition::Original },
        format: "jpeg".into(),
        object_bytes: None,
        pin_used: false,
        link_id: (choice == 1).then(|| LinkId::new("sl_1")).flatten(),
        destination: Destination::Device,
        paid: false,
    })
}

fn segment(download: u64, choice: u64) -> Fact {
    let range = [(0, 99), (0, 49), (50, 99), (0, 0), (10, 59), (20, 30)][usize::try_from(choice % 6).expect("small")];
    Fact::TransferSegment(TransferSegment {
        download_id: (choice != 7).then(|| download_id(download)),
        media_id: None,
        etag: (choice % 4 == 3).then(|| "b".into()),
        method: "GET".into(),
        status: if choice == 6 { 502 } else { 206 },
        range: Some(Range { start: range.0, end: range.1 }),
        object_bytes: 100,
        body_bytes: range.1 - range.0 + 1,
        completed: true,
        end_reason: EndReason::Ok,
        ttfb_us: choice,
        duration_us: 10,
        cache: CacheStatus::Hit,
        protocol: "h2".into(),
        purpose: if choice == 7 { Purpose::Preview } else { Purpose::Download },
        bot_score: None,
    })
}

fn fact(family: u64, download: u64, choice: u64) -> Fact {
    let link_id = LinkId::new("sl_1").expect("a short id");
    let seen = MediaSeen { media_id: MediaId(choice % 2), media_kind: None };
    let added = || FavoriteAdded {
        list_id: loupe_schemas::ids::ListId::new("fl_1").expect("a short id"),
        media_id: MediaId(choice % 3),
        media_kind: MediaKind::Photo,
        note: None,
    };
    match family {
        0 | 1 => request(download, choice),
        2..=5 => segment(download, choice),
        6 => Fact::DownloadPrepared(DownloadPrepared {
            download_id: download_id(download),
            object_bytes: 90,
            etag: None,
        }),
        7 => Fact::PhotoViewed(seen),
        8 => Fact::VideoPlayed(seen),
        9 => Fact::FavoriteAdded(added()),
        10 => Fact::LinkOpened(LinkOpened { link_id, opener: Opener::Human }),
        _ => Fact::VisitStarted(()),
    }
}

fn event(number: usize, family: u64, download: u64, choice: u64, at: i64) -> Event {
    let head = Head {
        event_id: EventId(Uuid::from_u128(number as u128 + 1)),
        occurred_at: Micros(Day(20_000).start().0 + at * 9_000 * MILLI),
        edge: None,
        account_id: AccountId(1),
        collection_id: Some(CollectionId(2)),
        actor: Some(Actor { identified_by: IdentifiedBy::ALL[number % IdentifiedBy::ALL.len()], ..actor(choice % 6) }),
    };
    Event { head, fact: fact(family, download, choice) }
}

/// The tables as `ReplacingMergeTree` and the lattice rows leave them, by table and key.
#[derive(Debug, Default, Clone)]
struct Tables(BTreeMap<String, (u64, bool, String)>);

impl Tables {
    fn put(&mut self, key: String, version: u64, is_gone: bool, row: String) {
        let entry = self.0.entry(key).or_insert((version, is_gone, row.clone()));
        if version >= entry.0 {
            *entry = (version, is_gone, row);
        }
    }

    fn insert(&mut self, rows: &Rows) {
        for row in &rows.downloads {
            let shown = DownloadRow { version: 0, ..row.clone() };
            self.put(format!("downloads {}", row.download_id), row.version, false, format!("{shown:?}"));
        }
        for row in &rows.deliveries {
            let shown = deliveries::DeliveryRow { version: 0, ..row.clone() };
            let key = format!("deliveries {} {}", row.download_id, row.media_id);
            self.put(key, row.version, row.is_deleted == 1, format!("{shown:?}"));
        }
        for row in &rows.media_daily {
            let shown = media_daily::MediaDailyRow { version: 0, ..row.clone() };
            let nothing = Media::default().row(key(), (MediaId(row.media_id), Rendition::parse(&row.rendition)), 0);
            let key = format!("media_daily {} {}", row.media_id, row.rendition);
            self.put(key, row.version, shown == nothing, format!("{shown:?}"));
        }
        for row in &rows.collection_quarter_hourly {
            let shown = collection_quarter_hourly::CollectionQuarterHourRow { version: 0, ..row.clone() };
            let at = (Micros(row.quarter_hour), DownloadKind::parse(&row.kind));
            let nothing = collection_quarter_hourly::row(key(), at, None, 0);
            let key = format!("quarter_hourly {} {}", row.quarter_hour, row.kind);
            self.put(key, row.version, shown == nothing, format!("{shown:?}"));
        }
        for row in &rows.identity_daily {
            let shown = identity_daily::IdentityDailyRow { version: 0, ..row.clone() };
            self.put(format!("identity_daily {}", row.identity), row.version, false, format!("{shown:?}"));
        }
        for row in &rows.link_daily {
            let shown = link_daily::LinkDailyRow { version: 0, ..row.clone() };
            let link_id = LinkId::new(row.link_id.clone()).expect("a short id");
            let nothing = Links::default().row(key(), &link_id, 0);
            self.put(format!("link_daily {}", row.link_id), row.version, shown == nothing, format!("{shown:?}"));
        }
        let lattice = rows.favorites.iter().map(|row| format!("{row:?}"));
        for row in lattice.chain(rows.link_visitors.iter().map(|row| format!("{row:?}"))) {
            self.put(row, 0, false, String::new());
        }
    }

    fn visible(self) -> BTreeMap<String, String> {
        self.0.into_iter().filter(|(_, (_, is_gone, _))| !is_gone).map(|(key, (_, _, row))| (key, row)).collect()
    }
}

fn class_of(event: &Event) -> ActorClass {
    ActorClass::of(event.head.actor.as_ref().expect("facts have actors"))
}

fn fold_all<'a>(slice: &mut Slice, events: impl Iterator<Item = &'a Event>) -> Rows {
    let mut rows = Rows::default();
    for event in events {
        slice.fold(event, class_of(event), 0, &mut rows);
    }
    rows
}

/// Flushes a log in batches; after each insert the process may crash, before its events are durable.
fn run(log: &[&Event], cuts: &[(usize, bool)]) -> Tables {
    let mut tables = Tables::default();
    let mut durable: Vec<&Event> = Vec::new();
    let mut slice = Slice::new(key());
    let mut offset = 0;
    let mut cuts = cuts.iter();
    while offset < log.len() {
        let (length, crashes) = cuts.next().copied().unwrap_or((log.len(), false));
        let end = log.len().min(offset + length.max(1));
        let mut rows = fold_all(&mut slice, log[offset..end].iter().copied());
        slice.take_rows(&mut rows);
        tables.insert(&rows);
        if crashes {
            // The state is gone and comes back from what was durable; the batch is read again, cut elsewhere.
            slice = Slice::new(key());
            let mut forgotten = fold_all(&mut slice, durable.iter().copied());
            slice.take_rows(&mut forgotten);
        } else {
            durable.extend(&log[offset..end]);
            offset = end;
        }
    }
    tables
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec((0u64..12, 0u64..3, 0u64..8, 0i64..40), 1..40).prop_map(|specs| {
        let numbered = specs.into_iter().enumerate();
        numbered.map(|(number, (family, download, choice, at))| event(number, family, download, choice, at)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn any_order_duplication_batching_and_crash_gives_the_same_tables(
        events in events(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..60),
        cuts in prop::collection::vec((1usize..8, any::<bool>()), 0..30),
        seed in any::<u64>(),
    ) {
        let mut sorted: Vec<&Event> = events.iter().collect();
        sorted.sort_by_key(|event| Order::of(&event.head));
        let expected = run(&sorted, &[]).visible();

        let mut log: Vec<&Event> = events.iter().collect();
        log.sort_by_key(|event| (event.head.event_id.0.as_u128() as u64).wrapping_mul(seed | 1).rotate_left(29));
        let repeated: Vec<&Event> = order.iter().map(|index| *index.get(&log)).collect();
        log.extend(repeated);
        prop_assert_eq!(run(&log, &cuts).visible(), expected);
    }

    #[test]
    fn rule_14_what_identities_did_adds_up_to_clients_and_collections(events in events()) {
        let mut slice = Slice::new(key());
        let mut rows = fold_all(&mut slice, events.iter());
        slice.take_rows(&mut rows);
        let mut by_client: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
        for row in &rows.identity_daily {
            add(by_client.entry(&row.client_id).or_default(), [row.attempts, row.downloads, row.delivered_bytes]);
        }
        by_client.retain(|_, numbers| *numbers != [0; 3]);
        let mut expected: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
        for row in rows.downloads.iter().filter(|row| row.has_request && row.filter_reason.is_empty()) {
            let numbers = [1, u64::from(row.completed_at.is_some()), row.delivered_bytes];
            add(expected.entry(&row.client_id).or_default(), numbers);
        }
        prop_assert_eq!(by_client, expected);
        let mut deeds = [0; 6];
        for row in &rows.identity_daily {
            let Row { visits, views, plays, opens, favorites_added, favorites_removed, .. } = row;
            add(&mut deeds, [visits, views, plays, opens, favorites_added, favorites_removed].map(|number| *number));
        }
        let mut all = [0; 6];
        for row in &rows.collection_quarter_hourly {
            let Quarter { visits, views, plays, opens, favorites_added, favorites_removed, .. } = row;
            add(&mut all, [visits, views, plays, opens, favorites_added, favorites_removed].map(|number| *number));
        }
        prop_assert_eq!(deeds, all);
    }
}

fn add<const N: usize>(sum: &mut [u64; N], numbers: [u64; N]) {
    sum.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
}

#[test]
fn rule_10_a_second_event_under_an_id_is_a_collision_and_not_counted() {
    let mut slice = Slice::new(key());
    let mut rows = Rows::default();
    let first = event(1, 7, 0, 0, 0);
    let other = event(1, 8, 0, 0, 0);
    assert_eq!(slice.fold(&first, class_of(&first), 1, &mut rows), Folded::New);
    assert_eq!(slice.fold(&first, class_of(&first), 1, &mut rows), Folded::Duplicate);
    assert_eq!(slice.fold(&other, class_of(&other), 2, &mut rows), Folded::Collision);
    assert_eq!(slice.events(), 1);
}

#[test]
fn a_duplicate_writes_no_row() {
    let mut slice = Slice::new(key());
    let view = event(1, 7, 0, 0, 0);
    let mut rows = fold_all(&mut slice, [&view].into_iter());
    slice.take_rows(&mut rows);
    assert_eq!(rows.media_daily.len(), 1);
    let mut again = fold_all(&mut slice, [&view].into_iter());
    slice.take_rows(&mut again);
    assert_eq!(again, Rows::default());
}

#[test]
fn rule_69_repeats_within_a_half_minute_are_one() {
    let mut slice = Slice::new(key());
    // Nine seconds apart: seconds 0, 9, 18 and 27 share the first window, 36 begins the second.
    let views: Vec<Event> =
        (0..5).map(|number| event(number, 7, 0, 0, i64::try_from(number).expect("small"))).collect();
    let mut rows = fold_all(&mut slice, views.iter());
    slice.take_rows(&mut rows);
    assert_eq!(rows.media_daily[0].views, 2);
    assert_eq!(rows.identity_daily[0].views, 2);
}

#[test]
fn rule_31_segments_wait_for_their_request() {
    let mut slice = Slice::new(key());
    let orphan = event(1, 2, 0, 0, 5);
    let mut rows = fold_all(&mut slice, [&orphan].into_iter());
    slice.take_rows(&mut rows);
    assert_eq!((rows.downloads[0].has_request, rows.downloads[0].transferred_bytes), (false, 100));
    assert!(rows.deliveries.is_empty() && rows.collection_quarter_hourly.is_empty());
    let asked = event(2, 0, 0, 3, 1);
    let mut rows = fold_all(&mut slice, [&asked].into_iter());
    slice.take_rows(&mut rows);
    assert!(rows.downloads[0].has_request);
    assert_eq!(rows.deliveries[0].completed_at, Some(orphan.head.occurred_at.0));
}

#[test]
fn rule_28_responses_without_a_download_add_up_to_filtered_bytes() {
    let mut slice = Slice::new(key());
    let mut events = [event(0, 1, 0, 0, 5), event(1, 1, 0, 0, 6)];
    for (event, bytes) in events.iter_mut().zip([300, 500]) {
        let Fact::TransferSegment(mut segment) = segment(0, 0) else { panic!("a segment") };
        (segment.download_id, segment.body_bytes) = (None, bytes);
        event.fact = Fact::TransferSegment(segment);
    }
    let mut rows = fold_all(&mut slice, events.iter());
    slice.take_rows(&mut rows);
    let bytes: Vec<u64> = rows.collection_quarter_hourly.iter().map(|row| row.filtered_bytes).collect();
    assert_eq!(bytes, [800]);
    assert!(rows.downloads.is_empty());
}

#[test]
fn the_memory_of_a_slice_grows_with_what_it_holds() {
    let mut slice = Slice::new(key());
    let empty = slice.state_bytes();
    assert!(empty >= size_of::<Slice>());
    let mut asked = event(0, 0, 0, 0, 5);
    asked.fact = request(0, 0);
    let Fact::DownloadRequested(fact) = &mut asked.fact else { panic!("a request") };
    let item = fact.items[0].clone();
    fact.items = vec![item.clone(), item.clone(), item];
    fold_all(&mut slice, std::iter::once(&asked));
    slice.take_rows(&mut Rows::default());
    let one = slice.state_bytes();
    let packed: usize = slice.downloads.iter().map(|(_, packed)| packed.bytes()).sum();
    let beside = ID_BYTES + size_of::<(DownloadId, Packed)>() + size_of::<identity_daily::Counters>();
    assert!(packed > 3 * size_of::<u64>() && one - empty >= packed + beside, "{empty}, {one}, {packed}");
    fold_all(&mut slice, std::iter::once(&asked));
    slice.take_rows(&mut Rows::default());
    assert_eq!(slice.state_bytes(), one, "the same again is nothing more");
    let visits: Vec<Event> = (1..1000)
        .map(|number| {
            let mut visit = event(number, 0, 0, 0, 5);
            visit.fact = Fact::VisitStarted(());
            visit
        })
        .collect();
    fold_all(&mut slice, visits.iter());
    assert!(slice.state_bytes() - one >= 999 * ID_BYTES);
}

#[test]
fn rule_16_rows_of_an_erased_client_outrank_any_number_of_events_before() {
    let mut slice = Slice::new(key());
    let mut rows = Rows::default();
    for number in 0..2 {
        let mut visit = event(number, 0, 0, 0, 5);
        visit.fact = Fact::VisitStarted(());
        let mut actor = actor(0);
        actor.client_id = ClientId::new(erased_id(7));
        visit.head.actor = Some(actor);
        slice.fold(&visit, class_of(&visit), 0, &mut rows);
    }
    slice.take_rows(&mut rows);
    let versions: Vec<u64> = rows.collection_quarter_hourly.iter().map(|row| row.version).collect();
    assert_eq!(versions, [1 << 40 | 2], "one client, two events");
}

#[test]
fn whatever_touches_an_archive_makes_a_row_of_each_of_its_media() {
    let mut slice = Slice::new(key());
    let due = |slice: &mut Slice, event: Event| {
        fold_all(slice, [&event].into_iter());
        slice.due_rows()
    };
    assert_eq!(due(&mut slice, event(1, 0, 0, 0, 0)), 3, "the download, and its two media");
    assert_eq!(due(&mut slice, event(2, 2, 0, 0, 1)), 3, "it is touched already");
    slice.take_rows(&mut Rows::default());
    assert_eq!(slice.due_rows(), 0);
    assert_eq!(due(&mut slice, event(3, 2, 0, 0, 2)), 3, "the same for a response that comes after");
}
