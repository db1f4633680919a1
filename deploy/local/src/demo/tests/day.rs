//! The day as a whole: reproducible, valid, complete, within its time, and how it is cut into batches.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use chrono::{DateTime, TimeDelta, Utc};
use loupe_schemas::event::{DownloadKind, EventType, Fact, Purpose};
use loupe_schemas::{Event, Micros, rules};

use crate::demo::edge::Batches;
use crate::demo::{Generator, SHOWCASE_COLLECTION};

const EVENTS: u64 = 20_000;
const SEED: u64 = 7;

pub(super) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).expect("a time chrono can hold")
}

fn day() -> Vec<Event> {
    Generator::new(now(), EVENTS, SEED).collect()
}

#[test]
fn the_same_seed_gives_the_same_day_and_another_seed_another() {
    let first = day();
    assert_eq!(first, day());
    let other: Vec<Event> = Generator::new(now(), EVENTS, SEED + 1).collect();
    assert_ne!(first, other);
}

#[test]
fn a_day_has_the_events_it_announces_and_hardly_more_than_asked_for() {
    for events in [1_000, EVENTS] {
        let generator = Generator::new(now(), events, SEED);
        let total = generator.total();
        assert_eq!(total, generator.count() as u64);
        assert!(total >= events, "{total} events of {events}");
        assert!(events < EVENTS || total < events + 500, "{total} events of {events}");
    }
}

#[test]
fn every_event_satisfies_the_rules() {
    let received_at = Micros::from(now());
    for event in day() {
        assert_eq!(rules::check(&event, received_at), Ok(()), "{event:?}");
    }
}

#[test]
fn every_event_type_occurs() {
    let seen: BTreeSet<EventType> = day().iter().map(|event| event.fact.event_type()).collect();
    let missing: Vec<&EventType> = EventType::ALL.iter().filter(|kind| !seen.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn times_rise_within_the_day_and_the_catalogue_goes_first() {
    let end = Micros::from(now() - TimeDelta::minutes(1));
    let start = Micros::from(now() - TimeDelta::minutes(1) - TimeDelta::days(1));
    let events = day();
    for event in &events {
        assert!(start <= event.head.occurred_at && event.head.occurred_at < end, "{event:?}");
    }
    assert!(events.is_sorted_by_key(|event| event.head.occurred_at));
    let first_fact = events.iter().position(|event| event.head.edge.is_some()).expect("somebody comes");
    let known: BTreeSet<_> = events[..first_fact].iter().filter_map(|event| event.head.collection_id).collect();
    for event in &events[first_fact..] {
        if event.head.edge.is_some() {
            assert!(event.head.collection_id.is_some_and(|id| known.contains(&id)), "{event:?}");
        }
    }
}

#[test]
fn event_ids_are_distinct_and_carry_their_time() {
    let events = day();
    let ids: BTreeSet<_> = events.iter().map(|event| event.head.event_id).collect();
    assert_eq!(ids.len(), events.len());
    for event in &events {
        let (seconds, nanos) = event.head.event_id.0.get_timestamp().expect("a UUIDv7").to_unix();
        let millis = seconds * 1_000 + u64::from(nanos) / 1_000_000;
        assert_eq!(millis, event.head.occurred_at.0 as u64 / 1_000);
    }
}

#[test]
fn rule_4_archive_members_lie_apart_and_inside_the_archive() {
    let events = day();
    let mut ends = BTreeMap::new();
    for event in &events {
        if let Fact::DownloadRequested(request) = &event.fact
            && request.kind == DownloadKind::Archive
        {
            let mut end = 0;
            for item in &request.items {
                let offset = item.zip_offset.expect("an offset");
                assert!(offset > end, "members overlap");
                assert_eq!(item.zip_length, Some(item.bytes));
                end = offset + item.bytes;
            }
            assert!(request.object_bytes.is_none_or(|bytes| bytes > end));
            ends.insert(request.download_id, end);
        }
    }
    let mut prepared = 0;
    for event in &events {
        if let Fact::DownloadPrepared(fact) = &event.fact {
            assert!(fact.object_bytes > ends[&fact.download_id]);
            prepared += 1;
        }
    }
    assert!(prepared > 10, "{prepared} archives");
}

#[test]
fn rule_28_every_download_segment_follows_its_request() {
    let mut requested = BTreeSet::new();
    for event in day() {
        match &event.fact {
            Fact::DownloadRequested(request) => {
                assert_eq!(request.download_id.requested_at().0, event.head.occurred_at.0 / 1_000 * 1_000);
                assert!(requested.insert(request.download_id));
            }
            Fact::TransferSegment(segment) if segment.purpose == Purpose::Download => {
                assert!(segment.download_id.is_some_and(|id| requested.contains(&id)));
            }
            _ => {}
        }
    }
}

#[test]
fn each_run_of_an_edge_counts_from_zero_without_gaps() {
    let mut next = BTreeMap::new();
    let mut runs_of_node: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for event in day() {
        if let Some(edge) = event.head.edge {
            let expected = next.entry(edge.boot_id).or_insert(0);
            assert_eq!(edge.seq, *expected);
            *expected += 1;
            runs_of_node.entry(edge.node).or_default().insert(edge.boot_id);
        }
    }
    assert!(runs_of_node.len() > 8, "{} edges", runs_of_node.len());
    assert!(runs_of_node.values().any(|runs| runs.len() == 2), "no edge was restarted");
}

#[test]
fn the_showcase_has_several_sets_films_and_archives_and_few_robots_come() {
    let events = day();
    let showcase = events.iter().filter(|event| event.head.collection_id.is_some_and(|id| id.0 == SHOWCASE_COLLECTION));
    let mut sets = 0;
    let mut kinds = BTreeSet::new();
    for event in showcase {
        match &event.fact {
            Fact::GalleryUpserted(_) => sets += 1,
            Fact::DownloadRequested(request) => {
                kinds.insert(request.kind.as_str());
            }
            _ => {}
        }
    }
    assert!(sets >= 5);
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["archive", "photo", "video"]);
    let actors = events.iter().filter_map(|event| event.head.actor.as_ref());
    let (mut all, mut robots) = (0, 0);
    for actor in actors {
        all += 1;
        robots += usize::from(actor.user_agent.to_lowercase().contains("bot"));
    }
    assert!(robots > 0 && robots * 12 < all, "{robots} robots of {all}");
}

#[test]
fn batches_carry_every_event_some_twice_some_late_and_the_catalogue_alone_first() {
    let expected: BTreeMap<String, usize> =
        day().iter().enumerate().map(|(place, event)| (event.head.event_id.to_string(), place)).collect();
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    let (mut sent, mut copies, mut traffic, mut late, mut furthest) = (0, 0, false, 0, 0);
    for batch in Batches::new(Generator::new(now(), EVENTS, SEED), SEED) {
        let batch = batch.unwrap();
        assert!(!(traffic && batch.catalogue), "the catalogue comes after traffic");
        traffic |= !batch.catalogue;
        let mut text = String::new();
        flate2::read::GzDecoder::new(batch.body.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text.lines().count() as u64, batch.events);
        sent += batch.events;
        copies += batch.copies;
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let id = value["event_id"].as_str().unwrap().to_owned();
            let place = expected[&id];
            late += usize::from(place + 1_000 < furthest);
            furthest = furthest.max(place);
            let before = lines.insert(id, line.to_owned());
            assert!(before.is_none_or(|before| before == line), "a copy differs");
        }
    }
    assert_eq!(lines.len(), expected.len());
    assert_eq!(sent, expected.len() as u64 + copies);
    assert!((0.01..0.03).contains(&(copies as f64 / sent as f64)), "{copies} copies of {sent}");
    assert!(late > 50, "{late} late lines");
}
