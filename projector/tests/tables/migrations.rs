//! Migrations are applied once, by however many projectors, and never edited.

use loupe_projector::fold::catalogue;
use loupe_projector::fold::rows::Rows;
use loupe_projector::store::Scope;
use loupe_schemas::ids::{AccountId, CollectionId};
use loupe_schemas::{Fact, Micros, examples};

use crate::engine::migrated;

#[tokio::test(flavor = "multi_thread")]
async fn migrating_again_changes_nothing() {
    let (store, client) = migrated("again").await;
    store.migrate().await.expect("nothing is left to do");
    let counts: (u64, u64) =
        client.query("SELECT count(), uniqExact(number) FROM migrations").fetch_one().await.expect("a table");
    assert_eq!(counts.0, counts.1);
    assert!(counts.0 > 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_projectors_may_migrate_at_once() {
    let (store, _) = migrated("first").await;
    let client = engine_database("twice").await;
    drop(store);
    let (one, two) = tokio::join!(migrated("twice"), migrated("twice"));
    one.0.migrate().await.expect("done");
    two.0.migrate().await.expect("done");
    let tables: u64 =
        client.query("SELECT count() FROM system.tables WHERE database = 'twice'").fetch_one().await.expect("a count");
    assert!(tables > 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_92_what_upserts_from_before_said_is_noted_as_if_they_came_now() {
    let (store, client) = migrated("upserted_before").await;
    let scope = Scope { account_id: 1, collection_id: None };
    let mut rows = Rows::default();
    let upserts = examples::events().iter().filter(|event| matches!(event.fact, Fact::CollectionUpserted(_)));
    for (collection, event) in (1..).zip(upserts) {
        let mut event = event.clone();
        event.head.account_id = AccountId(1);
        event.head.collection_id = Some(CollectionId(collection));
        catalogue::fold(&event, &mut rows);
        // One that came to be earlier, of which the latest upsert knows nothing.
        event.head.occurred_at = Micros(event.head.occurred_at.0 - 1);
        catalogue::fold(&event, &mut rows);
    }
    assert!(rows.collections.iter().any(|row| row.published_at.is_some()));
    assert!(rows.collections.iter().any(|row| row.published_at.is_none()));
    store.write_tables(&rows, &[]).await.expect("an engine that works");
    let noted = store.tables(scope).await.expect("tables").collection_first_upserts;

    // As the version before wrote it.
    let before = "CREATE TABLE before ENGINE = MergeTree ORDER BY collection_id AS \
                  SELECT account_id, collection_id, first_upserted_at FROM collection_first_upserts FINAL";
    let again =
        "INSERT INTO collection_first_upserts (account_id, collection_id, first_upserted_at) SELECT * FROM before";
    let unapplied = "DELETE FROM migrations WHERE number = 47";
    for statement in [before, "TRUNCATE TABLE collection_first_upserts", again, unapplied] {
        client.query(statement).execute().await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    assert_ne!(store.tables(scope).await.expect("tables").collection_first_upserts.shown(), noted.shown());
    store.migrate().await.expect("the one migration");
    assert_eq!(store.tables(scope).await.expect("tables").collection_first_upserts.shown(), noted.shown());
}

/// The columns that rows of `events` are sorted by.
async fn order_of_events(client: &clickhouse::Client) -> String {
    let query = "SELECT sorting_key FROM system.tables WHERE database = currentDatabase() AND name = 'events'";
    client.query(query).fetch_one().await.expect("a table")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_has_events_in_the_order_of_time_and_one_from_before_keeps_its_own() {
    let (_, client) = migrated("in_order").await;
    assert_eq!(order_of_events(&client).await, "account_id, collection_id, slice_day, toUInt128(event_id)");
    // A later moment, with a tail that ClickHouse would sort before the other's.
    let ids = ["01900000-0000-7000-8000-ffffffffffff", "01900000-0001-7000-8000-000000000000"];
    for id in [ids[1], ids[0]] {
        let insert = format!("INSERT INTO events (account_id, collection_id, event_id) VALUES (1, 1, '{id}')");
        client.query(&insert).execute().await.expect("an insert");
    }
    client.query("OPTIMIZE TABLE events FINAL").execute().await.expect("a merge");
    let lie = "SELECT toString(event_id) FROM events ORDER BY _part_offset";
    assert_eq!(client.query(lie).fetch_all::<String>().await.expect("events"), ids);

    client.query("CREATE DATABASE from_before").execute().await.expect("a database");
    let of_before = client.with_database("from_before");
    of_before.query(include_str!("../../src/fold/events/0001_events.sql")).execute().await.expect("a table");
    let (_, client) = migrated("from_before").await;
    assert_eq!(order_of_events(&client).await, "account_id, collection_id, slice_day, event_id");
}

async fn engine_database(database: &str) -> clickhouse::Client {
    migrated("first").await.1.with_database(database)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_migration_is_refused_by_name() {
    let (store, client) = migrated("edited").await;
    client
        .query("INSERT INTO migrations SELECT number, name, content + 1 FROM migrations WHERE number = 3")
        .execute()
        .await
        .expect("an insert");
    client.query("OPTIMIZE TABLE migrations FINAL").execute().await.expect("a merge");
    let error = store.migrate().await.expect_err("it was edited").to_string();
    assert!(error.contains("0003_deliveries"), "{error}");
}
