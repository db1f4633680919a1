//! A client erased amid a log: the tables become those of the same events without the person, and no row of any table holds
//! a trace, whoever writes late.

use std::sync::Arc;
use std::time::Duration;

use loupe_projector::audit::{self, Collection, Source};
use loupe_projector::erase::Order;
use loupe_projector::fold::erasures::erased_id;
use loupe_projector::fold::identity::Identity;
use loupe_projector::fold::lattice::{Table, Tables};
use loupe_projector::fold::recompute::{recompute, without_erased};
use loupe_projector::log::{Decoder, Record};
use loupe_projector::retention::Retention;
use loupe_projector::store::{Scope, Store};
use loupe_schemas::event::{Actor, ClientUpserted, Fact, FavoriteAdded, FavoriteNoted, Head, MediaKind};
use loupe_schemas::examples::BASE;
use loupe_schemas::ids::{AccountId, ClientId, EventId, ListId, MediaId};
use loupe_schemas::{Event, Micros};
use uuid::Uuid;

use crate::engine::{migrated, overheard};
use crate::retention::{taken, view};
use crate::whole::{Process, any_case, records};

const DATABASE: &str = "erasure";
const CASES: u8 = 6;
/// One of the two clients of any case.
const CLIENT: &str = "cl_0";
/// The id of the event that erases them.
const ERASURE: u128 = 0xE7A5_ED00;

fn client_id() -> ClientId {
    ClientId::new(CLIENT).expect("an id")
}

fn erased() -> Event {
    let head = Head {
        event_id: EventId(Uuid::from_u128(ERASURE)),
        occurred_at: Micros(BASE.0 + 1),
        edge: None,
        account_id: AccountId(1),
        collection_id: None,
        actor: None,
    };
    Event { head, fact: Fact::ClientErased(client_id()) }
}

/// Does what the projectors do about an order, by one that read everything so far and knows of nobody erased.
async fn erase(store: &Store, process: &mut Process<'_>, order: &Order) {
    let accounts = process.reading().learn(Arc::new(store.erasures().await.expect("erasures")));
    process.reading().forget(&accounts);
    let touched = store.slices_about(order).await.expect("slices");
    if !touched.is_empty() {
        process.reading().reread(touched.iter().map(|slice| slice.key).collect());
        let flush = process.fold(&[]).await;
        process.write(flush, &mut Tables::default()).await;
    }
    store.erase_rows(order).await.expect("an engine that works");
}

/// Has the client erased who is not yet, from the order to its end.
async fn erase_now(store: &Store, process: &mut Process<'_>) {
    let flush = process.fold(&taken(&[erased()], 0)).await;
    process.write(flush, &mut Tables::default()).await;
    let orders = store.erasure_orders().await.expect("orders");
    let [order] = &orders[..] else { panic!("{orders:?}") };
    erase(store, process, order).await;
    store.erase_order(order).await.expect("an engine that works");
}

/// The tables that the events leave once nobody is who was erased.
fn expected(log: &[Record], account_id: u64) -> Tables {
    let decoder = Decoder::default();
    let decoded = log.iter().map(|record| record.payload.clone().expect("no tombstones"));
    let decoded = decoded.map(|payload| (*decoder.decode_stored(&payload).expect("an event"), payload.to_vec()));
    let events = without_erased(decoded.collect());
    let mut tables = recompute(events.iter().map(|(event, payload)| (event, payload.as_slice())));
    tables.edge_sequences = Table::default();
    assert!(tables.erasures.rows().all(|row| row.account_id == account_id));
    tables
}

async fn found(store: &Store, account_id: u64) -> Tables {
    store.tables(Scope { account_id, collection_id: None }).await.expect("tables")
}

/// The tables of which some row, outranked ones included, holds a text or the identity of the client.
async fn traces(client: &clickhouse::Client, texts: &[&str]) -> Vec<(String, String)> {
    let tables = "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'";
    let tables: Vec<String> = client.query(tables).fetch_all().await.expect("names of tables");
    let identity = Identity::of(&Actor { client_id: Some(client_id()), ..Actor::default() }).0.to_le_bytes();
    let mut traces = Vec::new();
    for table in tables {
        let mut cursor = client.query(&format!("SELECT * FROM `{table}`")).fetch_bytes("RowBinary").expect("a query");
        let dump = cursor.collect().await.expect("a dump");
        let holds = |bytes: &[u8]| dump.windows(bytes.len()).any(|window| window == bytes);
        traces
            .extend(texts.iter().filter(|text| holds(text.as_bytes())).map(|text| (table.clone(), (*text).to_owned())));
        if holds(&identity) {
            traces.push((table, "the identity".to_owned()));
        }
    }
    traces
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_an_erasure_leaves_the_same_counts_and_no_trace_in_any_row() {
    let (store, client) = migrated(DATABASE).await;
    for case in 0..CASES {
        let account = u64::from(case) + 1;
        let (mut events, schedule) = any_case(case + 100);
        events.push(erased());
        // The erasure comes amid the log, which goes on with events of the client and repeats of earlier ones.
        let mut log = schedule.log.clone();
        log.insert(log.len() / 2, events.len() - 1);
        let records = records(&events, &log, account);
        let (before, after) = records.split_at(log.len() * 3 / 4);

        // Whoever reads on does not know of the erasure for a while, and what it folds is written late, too.
        let mut unaware = Process::start(&store);
        let flush = unaware.fold(before).await;
        unaware.write(flush, &mut Tables::default()).await;
        let named = traces(&client, &[CLIENT]).await;
        assert!(named.iter().any(|(table, _)| table == "events"), "case {case} is about nobody: {named:?}");
        let orders = store.erasure_orders().await.expect("orders");
        let [order] = &orders[..] else { panic!("{orders:?}") };
        assert_eq!((order.account_id, &order.client_id, order.erased.1), (AccountId(account), &client_id(), ERASURE));
        let zombie = Process::start(&store).fold(after).await.rows;

        erase(&store, &mut unaware, order).await;
        let flush = unaware.fold(after).await;
        unaware.write(flush, &mut Tables::default()).await;
        let expected = expected(&records, account);
        let differences = found(&store, account).await.differences(&expected, 3);
        assert_eq!(differences, [], "case {case}: {schedule:?}");

        // Written by one who knew of nothing: the next erasure of the same person takes it out.
        store.write_tables(&zombie, &[]).await.expect("an engine that works");
        store.write_events(&zombie.events).await.expect("an engine that works");
        let mut next = Process::start(&store);
        next.fold_nothing().await;
        erase(&store, &mut next, order).await;
        let differences = found(&store, account).await.differences(&expected, 3);
        assert_eq!(differences, [], "after a zombie, case {case}: {schedule:?}");
        store.erase_order(order).await.expect("an engine that works");
        assert_eq!(traces(&client, &[CLIENT]).await, [], "case {case}");
        assert!(store.erasure_orders().await.expect("orders").is_empty());
        let place = erased_id(ERASURE);
        assert!(
            found(&store, account)
                .await
                .events
                .rows()
                .any(|row| String::from_utf8_lossy(&row.payload).contains(&place))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_clickhouse_is_told_to_note_no_statement_that_names_the_person() {
    let (store, _) = migrated("erasure_unlogged").await;
    let mut process = Process::start(&store);
    let events = [favorite(1, 11, CLIENT, Some("theirs")), erased()];
    let flush = process.fold(&taken(&events, 200)).await;
    process.write(flush, &mut Tables::default()).await;
    let orders = store.erasure_orders().await.expect("orders");
    let [order] = &orders[..] else { panic!("{orders:?}") };

    let (store, heard) = overheard("erasure_unlogged").await;
    store.slices_about(order).await.expect("slices");
    store.erase_quarantined(&store.names_of(order).await.expect("names")).await.expect("an engine that works");
    store.erase_rows(order).await.expect("an engine that works");
    store.erase_order(order).await.expect("an engine that works");
    let heard = String::from_utf8_lossy(&heard.lock().expect("nobody panics")).into_owned();
    let naming: Vec<&str> = heard.split("POST /").filter(|request| request.contains(CLIENT)).collect();
    assert!(naming.len() >= 4, "{heard}");
    for request in naming {
        assert!(request.contains("log_queries=0"), "{request}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_an_entry_that_comes_while_an_erasure_is_ended_is_cleaned_as_well() {
    let (store, client) = migrated("erasure_again").await;
    let mut entry = erased();
    entry.fact = Fact::ClientUpserted(ClientUpserted { client_id: client_id(), email: None, name: None });
    // An edge tells of the entry twice, and the tombstone comes that is sent for the second.
    let mut log = records(&[erased(), entry], &[0, 1, 1, 0], 1);
    log[3].payload = None;
    let mut process = Process::start(&store);
    let mut orders = Vec::new();
    for (meanwhile, is_again) in log.chunks(1).zip([false, true, true, false]) {
        let flush = process.fold(meanwhile).await;
        process.write(flush, &mut Tables::default()).await;
        // Between its being read and its being ended lie the statements that take the person out of all tables.
        if let Some(order) = orders.pop() {
            store.erase_order(&order).await.expect("an engine that works");
        }
        orders = store.erasure_orders().await.expect("orders");
        let [order] = &orders[..] else { panic!("{orders:?} after {meanwhile:?}") };
        assert_eq!(order.is_again(), is_again, "{meanwhile:?}");
        process.reading().learn(Arc::new(store.erasures().await.expect("erasures")));
    }
    store.erase_order(&orders[0]).await.expect("an engine that works");
    assert_eq!(traces(&client, &[CLIENT]).await, []);
    assert!(store.erasure_orders().await.expect("orders").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_an_order_that_another_database_has_still_is_ended_there() {
    let (aside, client) = migrated("loupe_v71").await;
    let (served, _) = migrated("loupe_v72").await;
    let (mut events, schedule) = any_case(100);
    events.push(erased());
    let mut log = schedule.log.clone();
    log.push(events.len() - 1);
    let mut process = Process::start(&aside);
    let flush = process.fold(&records(&events, &log, 1)).await;
    process.write(flush, &mut Tables::default()).await;
    let ordered_at = erased().head.occurred_at.0;
    served.end_orders_aside(ordered_at).await.expect("an engine that works");
    let [order] = &aside.erasure_orders().await.expect("orders")[..] else { panic!("it is too young") };
    assert!(!order.is_done());
    served.end_orders_aside(ordered_at + 1).await.expect("an engine that works");
    assert_eq!(traces(&client, &[CLIENT]).await, []);
    assert!(aside.erasure_orders().await.expect("orders").is_empty());
    let done: u64 =
        client.query("SELECT count() FROM erasure_steps WHERE step = 'done'").fetch_one().await.expect("it");
    assert_eq!(done, 1, "a receipt says so when this database is served again");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_what_was_on_its_way_while_somebody_else_erased_counts_once_its_projector_has_erased() {
    let (store, client) = migrated("erasure_outranked").await;
    // The same photo at the same time, by the client and by another.
    let seen = view(1, 200);
    let seen = [(1, CLIENT), (2, "cl_other")].map(|(number, by)| of_client(number, by, seen.fact.clone()));
    let log = [taken(&seen, 200), taken(&[erased()], 0)].concat();
    let mut unaware = Process::start(&store);
    let flush = unaware.fold(&[log[0].clone(), log[2].clone()]).await;
    unaware.write(flush, &mut Tables::default()).await;
    let late = unaware.fold(&log[1..2]).await;

    // Whoever folds the served database erases in this one, and then the flush is written.
    let orders = store.erasure_orders().await.expect("orders");
    let [order] = &orders[..] else { panic!("{orders:?}") };
    let mut aside = Process::start(&store);
    aside.fold_nothing().await;
    erase(&store, &mut aside, order).await;
    store.erase_order(order).await.expect("an engine that works");
    unaware.write(late, &mut Tables::default()).await;
    let expected = expected(&log, 1);
    assert!(!found(&store, 1).await.differences(&expected, 1).is_empty(), "it is outranked by a row of fewer events");

    erase_now(&store, &mut unaware).await;
    assert_eq!(found(&store, 1).await.differences(&expected, 3), []);
    assert_eq!(traces(&client, &[CLIENT]).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_an_erasure_leaves_the_figures_of_days_whose_events_are_going() {
    let (store, client) = migrated("erasure_expired").await;
    store.keep(&Retention { events_days: 100, ..Retention::default() }).await.expect("an engine that works");
    client.query("SYSTEM STOP TTL MERGES erasure_expired.events").execute().await.expect("an engine that works");
    let days_ago = 200;
    let mut views: Vec<Event> = (0..5).map(|number| view(number * 1_000, days_ago)).collect();
    for (number, view) in views.iter_mut().enumerate() {
        view.head.actor.as_mut().expect("somebody saw it").client_id = ClientId::new(format!("cl_{number}"));
    }
    let mut process = Process::start(&store);
    let flush = process.fold(&taken(&views, days_ago)).await;
    process.write(flush, &mut Tables::default()).await;
    let before = found(&store, 1).await;
    // ClickHouse lets go of a part of the day.
    let goes = format!("ALTER TABLE events DELETE WHERE event_id != '{}'", views[0].head.event_id.0);
    client.query(&goes).with_setting("mutations_sync", "2").execute().await.expect("an engine that works");
    assert_eq!(found(&store, 1).await.events.rows().count(), 1);

    erase_now(&store, &mut process).await;
    assert_eq!(traces(&client, &[CLIENT]).await, []);
    let after = found(&store, 1).await;
    assert!(before.media_daily.shown().len() == 1 && after.media_daily.shown() == before.media_daily.shown());
    assert!(after.collection_quarter_hourly.shown() == before.collection_quarter_hourly.shown());
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_notes_go_whose_events_are_gone_or_going() {
    let (store, client) = migrated("erasure_notes").await;
    store.keep(&Retention { events_days: 100, ..Retention::default() }).await.expect("an engine that works");
    client.query("SYSTEM STOP TTL MERGES erasure_notes.events").execute().await.expect("an engine that works");
    // On a favourite of theirs whose events are gone, on one of somebody else whose events are going, and of another person.
    let gone = [favorite(1, 11, CLIENT, None), note(2, 11, CLIENT, "gone and theirs")];
    let going = [favorite(3, 12, "cl_other", None), note(4, 12, CLIENT, "going and theirs")];
    // Of one whose id begins with theirs, as well.
    let longer = format!("{CLIENT}1");
    let others = [
        favorite(5, 13, "cl_other", Some("another's")),
        favorite(6, 14, CLIENT, None),
        note(7, 14, "cl_other", "here still"),
        favorite(8, 15, &longer, Some("here, too")),
    ];
    let mut process = Process::start(&store);
    for events in [&gone[..], &going, &others] {
        let flush = process.fold(&taken(events, 200)).await;
        process.write(flush, &mut Tables::default()).await;
    }
    let ids = gone.iter().map(|event| format!("'{}'", event.head.event_id.0)).collect::<Vec<_>>().join(", ");
    let goes = format!("ALTER TABLE events DELETE WHERE event_id IN ({ids})");
    client.query(&goes).with_setting("mutations_sync", "2").execute().await.expect("an engine that works");

    erase_now(&store, &mut process).await;
    assert_eq!(traces(&client, &["theirs"]).await, []);
    let left = "SELECT count(), countIf(position(payload, ?) > 0) FROM events WHERE position(payload, ?) > 0";
    let left = client.query(left).bind(&longer).bind(CLIENT).fetch_one::<(u64, u64)>().await.expect("counts");
    assert_eq!(left, (1, 1));
    let notes = "SELECT media_id, max(favorites.noted).note AS note FROM favorites GROUP BY media_id ORDER BY media_id";
    let notes: Vec<(u64, String)> = client.query(notes).fetch_all().await.expect("notes");
    let expected = [(11, ""), (12, ""), (13, "another's"), (14, "here still"), (15, "here, too")];
    assert_eq!(notes, expected.map(|(media_id, note)| (media_id, note.to_owned())));
}

/// A favourite of a client, 200 days ago.
fn favorite(number: u32, media_id: u64, client_id: &str, note: Option<&str>) -> Event {
    let fact = Fact::FavoriteAdded(FavoriteAdded {
        list_id: ListId::new("fl_1").expect("an id"),
        media_id: MediaId(media_id),
        media_kind: MediaKind::Photo,
        note: note.map(ToOwned::to_owned),
    });
    of_client(number, client_id, fact)
}

/// What a client noted about a favourite.
fn note(number: u32, media_id: u64, client_id: &str, note: &str) -> Event {
    let list_id = ListId::new("fl_1").expect("an id");
    of_client(
        number,
        client_id,
        Fact::FavoriteNoted(FavoriteNoted { list_id, media_id: MediaId(media_id), note: Some(note.to_owned()) }),
    )
}

fn of_client(number: u32, client_id: &str, fact: Fact) -> Event {
    let mut event = view(number, 200);
    event.head.actor.as_mut().expect("somebody").client_id = ClientId::new(client_id);
    Event { fact, ..event }
}

/// Whether a payload has this name in it.
fn named(payload: &[u8], name: &str) -> bool {
    payload.windows(name.len()).any(|window| window == name.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_a_refused_record_of_somebody_erased_is_kept_without_them() {
    let (store, _) = migrated("erasure_refused").await;
    let mut process = Process::start(&store);
    let flush = process.fold(&taken(&[erased()], 0)).await;
    process.write(flush, &mut Tables::default()).await;
    // Rule 17: it has no address.
    let mut refused = view(1, 0);
    refused.head.actor = Some(Actor { client_id: Some(client_id()), ..Actor::default() });
    for is_known in [false, true] {
        let flush = process.fold(&taken(&[refused.clone()], 0)).await;
        let ([row], [(record, _)]) = (&flush.quarantine[..], &flush.rejected[..]) else { panic!("{flush:?}") };
        assert_eq!(record.payload.as_deref(), Some(&row.payload[..]), "the topic has what the table has");
        assert_eq!((named(&row.payload, CLIENT), named(&row.payload, &erased_id(ERASURE))), (!is_known, is_known));
        process.reading().learn(Arc::new(store.erasures().await.expect("erasures")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_a_copy_that_is_sent_on_names_nobody_who_is_erased() {
    let (store, _) = migrated("erasure_sent_on").await;
    let mut process = Process::start(&store);
    let flush = process.fold(&taken(&[erased()], 0)).await;
    process.write(flush, &mut Tables::default()).await;
    let mut lost = taken(&[of_client(1, CLIENT, view(1, 200).fact)], 0);
    // There is one partition, and this is another.
    lost[0].partition = 1;
    for is_known in [false, true] {
        let flush = process.fold(&lost).await;
        let [(record, _)] = &flush.misrouted[..] else { panic!("{flush:?}") };
        let payload = record.payload.as_deref().expect("an event");
        assert_eq!((named(payload, CLIENT), named(payload, &erased_id(ERASURE))), (!is_known, is_known));
        process.reading().learn(Arc::new(store.erasures().await.expect("erasures")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_16_thousands_of_quarantined_records_go_in_few_statements() {
    let (store, client) = migrated("erasure_many_refused").await;
    // In two partitions 3,000 each about the client, and 500 about somebody else.
    let refused = "INSERT INTO quarantine (topic, partition, offset, payload) SELECT 'gallery.events.v1', number % 2, number, \
                   if(number % 7 = 0, 'about cl_other', 'about cl_0') FROM numbers(7000)";
    client.query(refused).execute().await.expect("an insert");
    assert_eq!(store.erase_quarantined(&[CLIENT.to_owned()]).await.expect("an engine that works"), 6_000);
    let left = "SELECT count(), countIf(payload = 'about cl_other') FROM quarantine";
    assert_eq!(client.query(left).fetch_one::<(u64, u64)>().await.expect("counts"), (1_000, 1_000));
    let statements = "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND table = 'quarantine'";
    assert_eq!(client.query(statements).fetch_one::<u64>().await.expect("a count"), 6);
}

/// Longer than an audit looks for what is being written.
const LONG: Duration = Duration::from_secs(12);

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_waits_for_an_erasure_that_is_under_way() {
    let (store, _) = migrated("erasure_audited").await;
    let account_id = 1;
    let (mut events, schedule) = any_case(100);
    events.push(erased());
    let mut log = schedule.log.clone();
    log.push(events.len() - 1);
    let mut unaware = Process::start(&store);
    let flush = unaware.fold(&records(&events, &log, account_id)).await;
    unaware.write(flush, &mut Tables::default()).await;
    let orders = store.erasure_orders().await.expect("orders");
    let [order] = &orders[..] else { panic!("{orders:?}") };
    let touched = store.slices_about(order).await.expect("slices");
    let collection_id = touched.first().expect("a slice that names the client").key.collection_id.0;

    let auditing = tokio::spawn({
        let store = store.clone();
        async move { audit::collection(&store, Collection { account_id, collection_id }, &Source::Events).await }
    });
    tokio::time::sleep(LONG).await;
    assert!(!auditing.is_finished(), "what is being erased was taken for what is wrong");
    erase(&store, &mut unaware, order).await;
    store.erase_order(order).await.expect("an engine that works");
    let report = auditing.await.expect("no panic").expect("an audit");
    assert!(report.rows > 0);
    assert_eq!(report.differences, []);
}
