//! The views that BI tools read, over rows written by hand.

use loupe_projector::views::Tables;

use crate::engine::migrated;

#[tokio::test(flavor = "multi_thread")]
async fn rule_53_only_a_failed_download_says_why_it_failed() {
    let (store, client) = migrated("views_failures").await;
    store.publish_views("views_of_failures", Tables::Of(store.name())).await.expect("views");
    // One that was completed later, one that may still be retried, and one whose retry nobody tried.
    let rows = "SELECT 1, 7, today(), generateUUIDv4(), now64(6), true, kind, completed, 'preparing', 'failed', activity, \
                'origin_error', 502, 1 FROM VALUES('kind String, completed Nullable(DateTime64(6)), activity DateTime64(6)', \
                ('photo', now64(6), now64(6)), ('video', NULL, now64(6)), ('archive', NULL, now64(6) - 7200))";
    let insert = format!(
        "INSERT INTO downloads (account_id, collection_id, day, download_id, requested_at, has_request, kind, \
         completed_at, active_status, idle_status, last_activity_at, failure_code, failure_http_status, version) {rows}"
    );
    client.query(&insert).execute().await.expect("rows");
    let shown = "SELECT kind, status, ifNull(failure_code, ''), ifNull(failure_http_status, 0) \
                 FROM views_of_failures.downloads ORDER BY kind";
    let shown: Vec<(String, String, String, u16)> = client.query(shown).fetch_all().await.expect("a view");
    let row =
        |kind: &str, status: &str, code: &str, http_status| (kind.into(), status.into(), code.into(), http_status);
    let expected = [
        row("archive", "failed", "origin_error", 502),
        row("photo", "completed", "", 0),
        row("video", "preparing", "", 0),
    ];
    assert_eq!(shown, expected);
}
