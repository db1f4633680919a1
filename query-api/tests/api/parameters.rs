//! Every wrong value of every parameter of every list is a 400 that names the parameter.

use loupe_service::keys::{Accounts, Scope};

use crate::stage::{COLLECTION, Stage};

const EVERYWHERE: [&str; 24] = [
    "account_id=x",
    "account_id=-1",
    "from=yesterday",
    "from=2026-05-02",
    "from=2026-05-02T10:00:00",
    "to=2026-13-01T00:00:00Z",
    "tz=Mars/Olympus",
    "sort=size",
    "sort=--occurred_at",
    "cursor=x",
    "cursor=e30.e30",
    "limit=0",
    "limit=1001",
    "limit=many",
    "page=0",
    "page=-1",
    "page=99999999999",
    "per_page=1001",
    "format=xlsx",
    "gallery_id=a",
    "gallery_id=1,,2",
    "media_id=18446744073709551616",
    "media_id=-1",
    "nonsense=1",
];
const OF_DOWNLOADS: [&str; 5] =
    ["client_id=,", "rendition=big", "status=done", "include=everything", "include=filtered,filtered"];

/// The lists, what each refuses beside what all do, and parameters of others it does not take.
const LISTS: [(&str, &[&str]); 6] = [
    ("photo_downloads", &["source=disk", "link_id=a,,b", "state=all", "by=owner"]),
    ("gallery_video_downloads", &["source=disk", "link_id=", "state=all", "by=owner"]),
    ("downloads", &["source=single", "link_id=,", "state=all", "by=owner"]),
    ("favorites", &["state=old", "state=all,current", "client_id=,", "status=open", "rendition=high_res", "by=owner"]),
    ("photo_sharing_links", &["status=open", "client_id=a,", "link_id=,a", "include=filtered", "source=single"]),
    ("starred", &["by=me", "by=owner,clients", "client_id=cl_1", "status=active", "state=all"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn rule_63_every_wrong_value_and_unknown_parameter_is_named() {
    let stage = Stage::new("parameters").await;
    stage.favorites(0, 1).await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    for (list, own) in LISTS {
        let path = match list {
            "starred" => "/photos/starred".to_owned(),
            _ => format!("/collections/{COLLECTION}/{list}"),
        };
        let shared = if list.ends_with("downloads") { &OF_DOWNLOADS[..] } else { &[] };
        for query in EVERYWHERE.iter().chain(shared).chain(own) {
            let (status, body) = stage.json(&format!("{path}?{query}"), &key).await;
            let name = query.split_once('=').unwrap().0;
            assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &name.into()), "{list}?{query}: {body}");
            assert_eq!((&body["error"]["code"], &body["status"]), (&"invalid_parameter".into(), &400.into()));
            assert_eq!((&body["instance"], &body["detail"]), (&path.as_str().into(), &body["error"]["message"]));
            assert!(body["detail"].as_str().unwrap().starts_with(name), "{body}");
        }
        for (query, named) in [
            ("page=1&cursor=x", "page"),
            ("limit=1&per_page=1", "limit"),
            ("from=2026-05-03T00:00:00Z&to=2026-05-02T00:00:00Z", "to"),
            ("media_id=1&media_id=2", "media_id"),
        ] {
            let (status, body) = stage.json(&format!("{path}?{query}"), &key).await;
            assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &named.into()), "{list}?{query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_resource_or_no_number_is_told_in_the_same_body() {
    let stage = Stage::new("resources").await;
    let key = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    for id in ["seven", "-1", "18446744073709551616"] {
        let (status, body) = stage.json(&format!("/collections/{id}/favorites"), &key).await;
        assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &"collection_id".into()), "{id}");
    }
    for nothing in ["/collections/1/nothing", "/collections/%FF/favorites"] {
        let (status, body) = stage.json(nothing, &key).await;
        assert_eq!((status, &body["error"]["code"]), (404, &"not_found".into()), "{nothing}");
    }
    let posted = reqwest::Client::new().post(format!("{}/photos/starred", stage.url)).send().await.unwrap();
    assert_eq!(posted.status(), 405);
    let metrics = reqwest::get(format!("{}/metrics", stage.url)).await.unwrap().text().await.unwrap();
    assert!(
        metrics.contains("loupe_query_requests_total{route=\"/collections/{collection_id}/favorites\",status=\"400\"}"),
        "{metrics}"
    );
}
