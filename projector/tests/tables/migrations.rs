//! Migrations are applied once, by however many projectors, and never edited.

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
