use super::*;
use crate::fold::Order;
use crate::fold::download::{Preparation, Request};
use crate::fold::filter::ActorClass;
use loupe_schemas::event::{
    Actor, CacheStatus, Destination, DownloadRequested, MediaKind, Purpose, Range, Rendition, TransferSegment,
};
use loupe_schemas::ids::{DownloadId, EventId};
use proptest::prelude::*;
use uuid::Uuid;

const MEDIUM: MediaId = MediaId(7);

fn order(second: i64) -> Order {
    let event_id = EventId(Uuid::from_u128(u128::try_from(second).expect("a time after 1970")));
    Order { at: Micros(second * 1_000_000), event_id }
}

fn guest() -> Actor {
    Actor { ip_key: vec![1], user_agent: "Safari".to_owned(), ..Actor::default() }
}

fn item(media_id: u64, bytes: u64, zip_offset: Option<u64>) -> Item {
    Item { media_id: MediaId(media_id), kind: MediaKind::Photo, bytes, zip_offset, zip_length: None }
}

fn asked(kind: DownloadKind, items: Vec<Item>) -> Evidence {
    let asked = DownloadRequested {
        download_id: DownloadId(Uuid::from_u128(1)),
        kind,
        items,
        rendition: Rendition::HighRes,
        format: "jpeg".into(),
        object_bytes: Some(77),
        pin_used: false,
        link_id: None,
        destination: Destination::Device,
        paid: false,
    };
    let mut evidence = Evidence::default();
    evidence.add_request(Request::new(order(1), &guest(), ActorClass::of(&guest()), asked));
    evidence
}

fn photo() -> Evidence {
    asked(DownloadKind::Photo, vec![item(7, 100, None)])
}

fn response(status: u16, range: Option<(u64, u64)>, body_bytes: u64) -> TransferSegment {
    TransferSegment {
        download_id: Some(DownloadId(Uuid::from_u128(1))),
        media_id: None,
        etag: None,
        method: "GET".into(),
        status,
        range: range.map(|(start, end)| Range { start, end }),
        object_bytes: 100,
        body_bytes,
        completed: false,
        end_reason: EndReason::Ok,
        ttfb_us: 10,
        duration_us: 20,
        cache: CacheStatus::Hit,
        protocol: "h2".into(),
        purpose: Purpose::Download,
        bot_score: None,
    }
}

fn send(evidence: &mut Evidence, second: i64, fact: &TransferSegment) {
    evidence.add_segment(Segment::new(order(second), &guest(), ActorClass::of(&guest()), "FRA", fact));
}

fn after(evidence: Evidence, responses: &[TransferSegment]) -> Outcome {
    let mut evidence = evidence;
    for (index, fact) in responses.iter().enumerate() {
        send(&mut evidence, 10 + i64::try_from(index).expect("few"), fact);
    }
    Outcome::of(&evidence)
}

#[test]
fn rule_34_a_claim_of_completion_proves_nothing() {
    let claimed = TransferSegment { completed: true, ..response(200, None, 40) };
    let outcome = after(photo(), &[claimed]);
    assert_eq!((outcome.completed_at, outcome.delivered_bytes), (None, 40));
    let aborted = TransferSegment { end_reason: EndReason::ClientAbort, ..response(200, None, 100) };
    assert_eq!(after(photo(), &[aborted]).completed_at, Some(Micros(10_000_000)));
}

#[test]
fn rule_35_nothing_is_credited_that_was_not_sent() {
    let cut = after(photo(), &[response(206, Some((50, 99)), 10)]);
    assert_eq!(cut.delivered_bytes, 10);
    let unranged = after(photo(), &[response(206, None, 100)]);
    assert_eq!((unranged.delivered_bytes, unranged.transferred_bytes), (0, 100));
}

#[test]
fn rule_36_every_unfiltered_status_transfers() {
    let outcome = after(photo(), &[response(200, None, 100), response(502, None, 30)]);
    assert_eq!((outcome.transferred_bytes, outcome.segments, outcome.resumes), (130, 2, 0));
}

#[test]
fn rule_37_the_union_of_any_one_etag_completes() {
    let of = |etag: &str, range, bytes| TransferSegment { etag: Some(etag.into()), ..response(206, range, bytes) };
    let halves = after(photo(), &[of("a", Some((0, 49)), 50), of("b", Some((50, 99)), 50)]);
    assert_eq!((halves.completed_at, halves.delivered_bytes), (None, 50), "two halves of two objects are no whole");
    let whole = [of("a", Some((0, 49)), 50), of("b", Some((50, 99)), 50), of("a", Some((50, 99)), 50)];
    assert_eq!(after(photo(), &whole).completed_at, Some(Micros(12_000_000)));
    let then_another = [of("a", Some((0, 99)), 100), of("b", Some((0, 9)), 10)];
    assert_eq!(after(photo(), &then_another).delivered_bytes, 100, "the etag completed first is shown");
    let absent = [of("a", Some((0, 49)), 50), response(206, Some((50, 99)), 50)];
    assert_eq!(after(photo(), &absent).completed_at, None, "an absent etag is one more etag");
}

#[test]
fn rule_38_the_largest_size_counts() {
    let small = TransferSegment { object_bytes: 50, ..response(206, Some((0, 49)), 50) };
    let outcome = after(photo(), &[small, response(206, Some((50, 99)), 50)]);
    assert_eq!((outcome.completed_at, outcome.object_bytes), (Some(Micros(11_000_000)), Some(100)));
}

#[test]
fn rule_39_an_empty_object_is_complete_with_its_first_200() {
    let empty = |status| TransferSegment { object_bytes: 0, ..response(status, None, 0) };
    let outcome = after(photo(), &[empty(206), empty(200), empty(200)]);
    assert_eq!(outcome.completed_at, Some(Micros(11_000_000)));
}

#[test]
fn rule_40_another_medium_adds_bytes_but_no_interval() {
    let named = |media_id| TransferSegment { media_id: Some(media_id), ..response(200, None, 100) };
    let other = after(photo(), &[named(MediaId(8))]);
    assert_eq!((other.completed_at, other.transferred_bytes, other.delivered_bytes), (None, 100, 0));
    assert!(after(photo(), &[named(MEDIUM)]).completed_at.is_some());
    let archive = asked(DownloadKind::Archive, vec![item(7, 100, Some(0))]);
    assert!(after(archive, &[named(MediaId(8))]).completed_at.is_some(), "ignored in an archive");
}

#[test]
fn rule_43_resumes_are_partial_responses_from_later_than_the_first_byte() {
    let parts = [response(206, Some((0, 9)), 10), response(206, Some((10, 19)), 10), response(206, Some((20, 99)), 80)];
    assert_eq!(after(photo(), &parts).resumes, 2);
}

#[test]
fn rule_44_an_archive_takes_its_size_from_the_best_witness() {
    let archive = || asked(DownloadKind::Archive, vec![item(7, 60, Some(0))]);
    assert_eq!(after(archive(), &[]).size_bytes, Some(77));
    let mut prepared = archive();
    prepared.add_preparation(Preparation { order: order(2), result: PreparationResult::Ready { object_bytes: 90 } });
    assert_eq!(Outcome::of(&prepared).size_bytes, Some(90));
    assert_eq!(after(prepared, &[response(206, Some((0, 9)), 10)]).size_bytes, Some(100));
    assert_eq!(after(photo(), &[response(200, None, 1)]).size_bytes, Some(100));
}

#[test]
fn rules_45_and_48_statuses_before_and_after_idleness() {
    let clicked = after(photo(), &[]);
    assert_eq!((clicked.active, clicked.idle), (ActiveStatus::Requested, IdleStatus::Abandoned));
    let archive = after(asked(DownloadKind::Archive, vec![item(7, 60, Some(0))]), &[]);
    assert_eq!((archive.active, archive.idle), (ActiveStatus::Preparing, IdleStatus::Abandoned));
    let started = after(photo(), &[response(200, None, 10)]);
    assert_eq!((started.active, started.idle), (ActiveStatus::InProgress, IdleStatus::Partial));
    let broken = after(photo(), &[response(200, None, 10), response(502, None, 0)]);
    assert_eq!((broken.active, broken.idle), (ActiveStatus::InProgress, IdleStatus::Failed));
    let recovered = after(photo(), &[response(502, None, 0), response(200, None, 10)]);
    assert_eq!((recovered.idle, recovered.failure), (IdleStatus::Partial, None));
}

#[test]
fn rule_47_timeouts_and_aborts_are_not_failures() {
    for (end_reason, idle) in [
        (EndReason::Timeout, IdleStatus::Partial),
        (EndReason::ClientAbort, IdleStatus::Partial),
        (EndReason::OriginError, IdleStatus::Failed),
        (EndReason::EdgeError, IdleStatus::Failed),
        (EndReason::Denied, IdleStatus::Failed),
    ] {
        let fact = TransferSegment { end_reason, ..response(200, None, 10) };
        assert_eq!(after(photo(), &[fact]).idle, idle, "{end_reason}");
    }
}

#[test]
fn rule_50_all_members_covered_do_not_complete_the_archive() {
    let archive = asked(DownloadKind::Archive, vec![item(1, 30, Some(10)), item(2, 40, Some(40)), item(3, 5, None)]);
    let outcome = after(archive, &[response(206, Some((0, 79)), 80)]);
    let completed: Vec<_> = outcome.members.iter().map(|member| member.completed_at.is_some()).collect();
    assert_eq!(outcome.completed_at, None);
    assert_eq!(completed, [true, true, false], "without an offset a member comes only with the whole archive");
}

#[test]
fn rule_50_a_completed_archive_completes_all_its_deliveries() {
    let archive = asked(DownloadKind::Archive, vec![item(1, 30, Some(10)), item(3, 5, None)]);
    let outcome = after(archive, &[response(206, Some((0, 49)), 50), response(206, Some((50, 99)), 50)]);
    let completed: Vec<_> = outcome.members.iter().map(|member| member.completed_at).collect();
    assert_eq!(completed, [Some(Micros(10_000_000)), Some(Micros(11_000_000))]);
}

#[test]
fn rule_51_a_member_is_credited_its_part_of_the_shown_union() {
    let archive = asked(DownloadKind::Archive, vec![item(1, 30, Some(10)), item(2, 40, Some(40))]);
    let outcome = after(archive, &[response(206, Some((0, 49)), 50)]);
    let credited: Vec<_> = outcome.members.iter().map(|member| (member.delivered_bytes, member.span_bytes)).collect();
    assert_eq!(credited, [(30, 30), (10, 40)]);
}

#[test]
fn rule_53_failures_say_why_and_whether_to_retry() {
    let failure = |status, end_reason| {
        let fact = TransferSegment { end_reason, ..response(status, None, 0) };
        let failure = after(photo(), &[fact]).failure.expect("a failed response");
        (failure.code, failure.http_status, failure.retryable)
    };
    assert_eq!(failure(502, EndReason::Ok), ("origin_error".into(), Some(502), true));
    assert_eq!(failure(503, EndReason::EdgeError), ("edge_error".into(), Some(503), true));
    assert_eq!(failure(403, EndReason::Ok), ("denied".into(), Some(403), false));
    assert_eq!(failure(404, EndReason::EdgeError), ("edge_error".into(), Some(404), false));
    assert_eq!(failure(429, EndReason::EdgeError), ("edge_error".into(), Some(429), true));
    let unprepared = |code: &str| {
        let mut unprepared = asked(DownloadKind::Archive, vec![item(1, 30, Some(10))]);
        let result = PreparationResult::Failed { code: code.into() };
        unprepared.add_preparation(Preparation { order: order(2), result });
        Outcome::of(&unprepared).failure
    };
    let failed = |code: &str, retryable| Some(Failure { code: code.into(), http_status: None, retryable });
    assert_eq!(unprepared("source_missing"), failed("source_missing", true));
    assert_eq!(unprepared("denied"), failed("denied", false));
}

#[test]
fn rule_18_a_filtered_segment_only_adds_filtered_bytes() {
    let head = TransferSegment { method: "HEAD".into(), ..response(200, None, 100) };
    let outcome = after(photo(), &[head]);
    assert_eq!((outcome.filtered_bytes, outcome.transferred_bytes, outcome.segments), (100, 0, 0));
    assert_eq!((outcome.active, outcome.delivered_bytes), (ActiveStatus::Requested, 0));
}

proptest! {
    #[test]
    fn rule_32_the_outcome_is_a_function_of_the_set(
        ranges in prop::collection::vec((0u64..100, 0u64..100, 0u64..100, 0u8..3), 0..12),
        seed in any::<u64>(),
    ) {
        let facts: Vec<_> = ranges.iter().map(|(a, b, body, etag)| TransferSegment {
            etag: (*etag > 0).then(|| etag.to_string().into()),
            ..response(206, Some((*a.min(b), *a.max(b))), *body)
        }).collect();
        let mut shuffled: Vec<usize> = (0..facts.len()).collect();
        shuffled.sort_by_key(|index| (*index as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let mut out_of_order = Evidence::default();
        for index in shuffled {
            send(&mut out_of_order, 10 + i64::try_from(index).expect("few"), &facts[index]);
        }
        // The request comes last, as rule 31 allows.
        out_of_order.request = photo().request;
        prop_assert_eq!(Outcome::of(&out_of_order), after(photo(), &facts));
    }
}

#[test]
fn rule_51_a_member_without_an_offset_comes_with_the_whole_archive_or_not_at_all() {
    let archive = || asked(DownloadKind::Archive, vec![item(1, 30, None)]);
    let credited = |outcome: Outcome| (outcome.members[0].delivered_bytes, outcome.members[0].span_bytes);
    assert_eq!(credited(after(archive(), &[response(206, Some((0, 49)), 50)])), (0, 30));
    let whole = after(archive(), &[response(206, Some((0, 49)), 50), response(206, Some((50, 99)), 50)]);
    assert_eq!(credited(whole), (30, 30));
}

#[test]
fn rule_51_a_member_of_an_archive_of_which_nothing_came_spans_its_part() {
    let part = Item { zip_length: Some(26), ..item(1, 30, Some(10)) };
    let outcome = after(asked(DownloadKind::Archive, vec![part]), &[]);
    assert_eq!((outcome.members[0].delivered_bytes, outcome.members[0].span_bytes), (0, 26));
}

#[test]
fn rule_51_a_member_is_completed_by_its_own_bytes_and_an_empty_one_only_with_the_archive() {
    let archive = asked(DownloadKind::Archive, vec![item(1, 30, Some(0)), item(2, 40, Some(40)), item(3, 0, Some(20))]);
    let outcome = after(archive, &[response(206, Some((0, 49)), 50)]);
    let completed: Vec<_> = outcome.members.iter().map(|member| member.completed_at.is_some()).collect();
    assert_eq!(completed, [true, false, false]);
}

#[test]
fn rule_19_either_excuse_of_the_request_lifts_the_data_centre_of_a_segment() {
    let amazon = Actor { asn: Some(16509), ..guest() };
    let reason = |evidence: &Evidence| {
        let fact = response(206, Some((0, 49)), 50);
        let segment = Segment::new(order(9), &amazon, ActorClass::of(&amazon), "FRA", &fact);
        segment.filter_reason(evidence.request.as_deref()).is_some()
    };
    let with = |change: &dyn Fn(&mut Request)| {
        let mut evidence = photo();
        change(evidence.request.as_mut().expect("a request"));
        evidence
    };
    assert!(reason(&with(&|_| {})));
    assert!(!reason(&with(&|request| request.excuse.identified = true)));
    assert!(!reason(&with(&|request| request.excuse.cloud_drive = true)));
}
