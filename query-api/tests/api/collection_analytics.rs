//! `/collections/{id}/analytics`, its time series and its popular media over events written by hand.

use serde_json::{Value, json};

use crate::portfolio::{OTHER, PERIOD, baptism, story, wedding};
use crate::stage::{COLLECTION, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn rules_106_and_114_figures_and_funnel_of_a_collection() {
    let (stage, key) = story("analytics").await;
    for (collection, figures) in [(COLLECTION, wedding()), (OTHER, baptism())] {
        let body = stage.body(&format!("/collections/{collection}/analytics?{PERIOD}"), &key).await;
        assert_eq!(body["data"]["totals"], figures);
    }
    // Ana visited, viewed and downloaded, vs_1 only asked for an archive, vs_2 opened a link.
    let body = stage.body(&format!("/collections/{COLLECTION}/analytics?{PERIOD}"), &key).await;
    let expected = json!([
        {"step": "visited", "identities": 2, "share_of_previous": null, "share_of_first": 1.0},
        {"step": "viewed", "identities": 1, "share_of_previous": 0.5, "share_of_first": 0.5},
        {"step": "favorited", "identities": 1, "share_of_previous": 1.0, "share_of_first": 0.5},
        {"step": "downloaded", "identities": 1, "share_of_previous": 1.0, "share_of_first": 0.5},
    ]);
    assert_eq!(body["data"]["funnel"], expected);
    // Bob visited, viewed, favourited and downloaded; Ana only visited.
    let body = stage.body(&format!("/collections/{OTHER}/analytics?{PERIOD}"), &key).await;
    let identities = |step: usize| body["data"]["funnel"][step]["identities"].clone();
    assert_eq!([identities(0), identities(1), identities(2), identities(3)], [2, 1, 1, 1]);
    let (status, body) = stage.json(&format!("/collections/{OTHER}/analytics?from=2026-05-02T01:00:00Z"), &key).await;
    assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &"from".into()));
}

/// Local starts, values and whether partial, of the buckets with a value.
async fn series(stage: &Stage, key: &str, query: &str) -> (Vec<(String, u64, bool)>, Value) {
    let path = format!("/collections/{COLLECTION}/analytics/timeseries?{query}");
    let body = stage.body(&path, key).await;
    let buckets = body["data"].as_array().unwrap().iter();
    let buckets = buckets.map(|bucket| {
        let (start, value) = (bucket["local_start"].as_str().unwrap(), bucket["value"].as_u64().unwrap());
        (start.to_owned(), value, bucket["partial"].as_bool().unwrap())
    });
    (buckets.filter(|(_, value, _)| *value > 0).collect(), body["summary"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_107_and_108_metrics_in_buckets_of_a_zone() {
    let (stage, key) = story("timeseries").await;
    let (buckets, summary) = series(&stage, &key, PERIOD).await;
    assert_eq!(buckets, [("2026-05-02T00:00:00+00:00".to_owned(), 2, false)]);
    let expected = json!({"metric": "downloads", "interval": "day", "timezone": "UTC", "total": 2, "buckets": 2});
    assert_eq!(summary, expected);
    let hourly = format!("{PERIOD}&interval=hour&tz=Asia/Kathmandu");
    let (buckets, summary) = series(&stage, &key, &hourly).await;
    assert_eq!(
        buckets,
        [("2026-05-02T16:00:00+05:45".to_owned(), 1, false), ("2026-05-02T17:00:00+05:45".to_owned(), 1, false)]
    );
    // From 05:45 on, so the first and the last hour are cut.
    assert_eq!(summary["buckets"], 49);
    let (buckets, _) = series(&stage, &key, &format!("{PERIOD}&interval=hour&metric=unique_downloads")).await;
    assert_eq!(buckets, [("2026-05-02T11:00:00+00:00".to_owned(), 1, false)], "where its first download is");
    let (buckets, _) = series(&stage, &key, &format!("{PERIOD}&interval=week&metric=attempts")).await;
    let weeks = [("2026-04-27T00:00:00+00:00".to_owned(), 3, true)];
    assert_eq!(buckets, weeks, "the period ends on Monday and begins on Saturday");
    for (metric, total) in [
        ("photo_downloads", 2),
        ("video_downloads", 0),
        ("archive_downloads", 0),
        ("photo_deliveries", 3),
        ("video_deliveries", 0),
        ("transferred_bytes", 350),
        ("visits", 1),
        ("views", 2),
        ("plays", 0),
        ("link_opens", 1),
        ("favorites", 0),
        ("favorites_added", 0),
    ] {
        let (_, summary) = series(&stage, &key, &format!("{PERIOD}&metric={metric}")).await;
        assert_eq!(summary["total"], total, "{metric}");
    }
    let (buckets, summary) = series(&stage, &key, "interval=month").await;
    assert_eq!(buckets, [("2026-05-01T00:00:00+00:00".to_owned(), 3, false)], "from the first download on");
    assert!(summary["buckets"].as_u64().unwrap() >= 7, "up to now: {summary}");
    let csv = stage.get(&format!("/collections/{COLLECTION}/analytics/timeseries?{PERIOD}&format=csv"), &key);
    let csv = csv.send().await.unwrap().text().await.unwrap();
    assert_eq!(
        csv.lines().nth(1),
        Some("2026-05-02T00:00:00.000000Z,2026-05-03T00:00:00.000000Z,2026-05-02T00:00:00+00:00,2,false")
    );
    for (query, named) in [
        ("metric=clicks", "metric"),
        ("interval=minute", "interval"),
        ("from=2026-05-02T00:10:00Z", "from"),
        ("from=2011-01-01T00:00:00Z&interval=hour", "interval"),
    ] {
        let (status, body) = stage.json(&format!("/collections/{COLLECTION}/analytics/timeseries?{query}"), &key).await;
        assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &named.into()), "{query}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_109_popular_media_are_ranked_by_what_is_asked() {
    let (stage, key) = story("popular").await;
    let path = format!("/collections/{COLLECTION}/analytics/popular?{PERIOD}");
    let body = stage.body(&path, &key).await;
    // Photo 11: two downloads, one through the archive, one link. 0.3·3/3 + 0.2·1/1 + 0.1·1/1.
    assert_eq!(
        body["data"],
        json!([
            {"media": {"id": 11, "type": null, "gallery_id": null, "filename": null}, "rank": 1, "score": 0.6,
             "attempts": 3, "downloads": 3, "unique_downloads": 2, "views": 1, "plays": 0, "favorites": 0, "shares": 1},
            {"media": {"id": 12, "type": null, "gallery_id": null, "filename": null}, "rank": 2, "score": 0.1,
             "attempts": 1, "downloads": 0, "unique_downloads": 0, "views": 1, "plays": 0, "favorites": 0, "shares": 0},
            {"media": {"id": 13, "type": null, "gallery_id": null, "filename": null}, "rank": 3, "score": 0.0,
             "attempts": 1, "downloads": 0, "unique_downloads": 0, "views": 0, "plays": 0, "favorites": 0, "shares": 0},
        ])
    );
    let summary = json!({"media": 3, "attempts": 5, "downloads": 3, "unique_downloads": 2, "views": 2, "plays": 0,
                         "favorites": 0, "shares": 1});
    assert_eq!(body["summary"], summary);
    let ranked = async |query: &str| -> Vec<Value> {
        let body = stage.body(&format!("{path}&{query}"), &key).await;
        body["data"].as_array().unwrap().iter().map(|row| row["media"]["id"].clone()).collect()
    };
    assert_eq!(ranked("by=views&limit=2").await, [11, 12], "equal ones by id");
    assert_eq!(ranked("by=shares&sort=popularity").await, [13, 12, 11]);
    assert_eq!(ranked("media_id=13").await, [13]);
    let (mut seen, mut next) = (Vec::new(), format!("{path}&limit=1"));
    loop {
        let body = stage.body(&next, &key).await;
        seen.push(body["data"][0]["media"]["id"].clone());
        let Some(cursor) = body["meta"]["next_cursor"].as_str() else { break };
        next = format!("{path}&limit=1&cursor={cursor}");
    }
    assert_eq!(seen, [11, 12, 13]);
}
