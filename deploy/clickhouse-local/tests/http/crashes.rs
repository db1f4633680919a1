//! What was acknowledged is there after a crash and after an orderly end.

use std::path::Path;

use crate::engine::Engine;

async fn insert(engine: &Engine, from: u64) {
    engine.text(&format!("INSERT INTO t SELECT number + {from} FROM system.numbers LIMIT 1000")).await;
}

async fn assert_stored(engine: &Engine, rows: u64) {
    assert_eq!(engine.text("SELECT count(), uniqExact(x) FROM t").await, format!("{rows}\t{rows}\n"));
}

async fn reopened(directory: &Path) -> Engine {
    Engine::start(directory, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_and_an_orderly_stop() {
    let directory = tempfile::tempdir().unwrap();
    let engine = reopened(directory.path()).await;
    engine.text("CREATE TABLE t (x UInt64) ORDER BY x").await;
    for batch in 0..5 {
        insert(&engine, batch * 1000).await;
    }
    engine.kill();
    let engine = reopened(directory.path()).await;
    assert_stored(&engine, 5000).await;
    insert(&engine, 5000).await;
    assert!(engine.terminate(), "a stop in order is no failure");
    let engine = reopened(directory.path()).await;
    assert_stored(&engine, 6000).await;
}
