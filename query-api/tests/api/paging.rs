//! Pages by number and by cursor, in both directions, while rows are added.

use loupe_service::keys::{Accounts, Scope};
use serde_json::Value;

use crate::stage::{COLLECTION, Stage};

fn media(body: &Value) -> Vec<u64> {
    body["data"].as_array().unwrap().iter().map(|row| row["media"]["id"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_3_a_cursor_lists_each_row_once_while_others_arrive() {
    let stage = Stage::new("cursor").await;
    stage.favorites(0, 250).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let path = format!("/collections/{COLLECTION}/favorites?limit=100");
    let (mut seen, mut next, mut as_of) = (Vec::new(), path.clone(), Vec::new());
    for page in 1.. {
        let (status, body) = stage.json(&next, &key).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(body["meta"]["current_page"], page);
        as_of.push(body["meta"]["as_of"].clone());
        seen.extend(media(&body));
        let Some(cursor) = body["meta"]["next_cursor"].as_str() else { break };
        next = format!("{path}&cursor={cursor}");
        // Newer than the first page, and so before it in this order.
        stage.favorites(250 + page * 10, 260 + page * 10).await;
    }
    assert_eq!(seen, (0..250).rev().collect::<Vec<u64>>());
    assert!(as_of.iter().all(|at| *at == as_of[0]), "rule 6: one as_of for all pages");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_3_a_cursor_misses_no_row_while_others_go() {
    let stage = Stage::new("removals").await;
    stage.favorites(0, 300).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let path = format!("/collections/{COLLECTION}/favorites?limit=100");
    let (_, first) = stage.json(&path, &key).await;
    stage
        .sql(&format!(
            "INSERT INTO favorites (account_id, collection_id, list_id, media_id, removed) SELECT 1, {COLLECTION}, \
             'fl_1', number, (toDateTime64('2026-05-03 12:00:00', 6, 'UTC'), number) FROM numbers(200, 100)"
        ))
        .await;
    let cursor = first["meta"]["next_cursor"].as_str().unwrap();
    let (_, second) = stage.json(&format!("{path}&cursor={cursor}"), &key).await;
    assert_eq!(media(&second), (100..200).rev().collect::<Vec<u64>>());
    let cursor = second["meta"]["next_cursor"].as_str().unwrap();
    let rest = format!("/collections/{COLLECTION}/favorites?limit=99&cursor={cursor}");
    let (_, third) = stage.json(&rest, &key).await;
    assert_eq!(media(&third), (1..100).rev().collect::<Vec<u64>>(), "pages of another size go on alike");
    let cursor = third["meta"]["next_cursor"].as_str().unwrap();
    let (_, last) = stage.json(&format!("{path}&cursor={cursor}"), &key).await;
    assert_eq!((media(&last), &last["meta"]["next_cursor"]), (vec![0], &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_130_a_favourite_that_is_added_again_moves_and_the_clause_names_its_time() {
    let stage = Stage::new("added_again").await;
    stage.favorites(0, 2).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let latest_first = format!("/collections/{COLLECTION}/favorites?limit=1");
    let first = [format!("{latest_first}&sort=favorited_at"), latest_first];
    let begun = [stage.body(&first[0], &key).await, stage.body(&first[1], &key).await];
    stage
        .sql(&format!(
            "INSERT INTO favorites (account_id, collection_id, list_id, media_id, added) SELECT 1, {COLLECTION}, \
             'fl_1', 0, (toDateTime64('2026-05-03 12:00:00', 6, 'UTC'), 9, 'cl_1', 'email', 'photo')"
        ))
        .await;
    let mut listed = Vec::new();
    for (path, mut body) in first.iter().zip(begun) {
        let mut seen = media(&body);
        while let Some(cursor) = body["meta"]["next_cursor"].as_str() {
            body = stage.body(&format!("{path}&cursor={cursor}"), &key).await;
            seen.extend(media(&body));
        }
        listed.push(seen);
    }
    assert_eq!(listed, [vec![0, 1, 0], vec![1]]);
    let definition = stage.body("/definitions", &key).await;
    let clause = definition["data"]["clauses"][129]["text"].as_str().unwrap();
    assert!(clause.contains("favorited_at") && clause.contains("starred photo"), "{clause}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_99_pages_are_numbered_and_a_page_past_the_last_is_empty() {
    let stage = Stage::new("pages").await;
    stage.favorites(0, 101).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let page = async |query: &str| stage.json(&format!("/collections/{COLLECTION}/favorites?{query}"), &key).await.1;
    let first = page("sort=favorited_at").await;
    assert_eq!(media(&first), (0..50).collect::<Vec<u64>>());
    let meta = &first["meta"];
    assert_eq!((&meta["total"], &meta["last_page"], &meta["total_pages"]), (&101.into(), &3.into(), &3.into()));
    assert_eq!(media(&page("sort=favorited_at&page=3").await), [100]);
    assert_eq!(media(&page("page=4").await), Vec::<u64>::new());
    assert_eq!(page("page=3").await["meta"]["next_cursor"], Value::Null);
    assert_eq!(page("per_page=101").await["meta"]["next_cursor"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_100_a_cursor_of_another_query_is_refused() {
    let stage = Stage::new("foreign_cursor").await;
    stage.favorites(0, 3).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let path = format!("/collections/{COLLECTION}/favorites?limit=1");
    let (_, body) = stage.json(&path, &key).await;
    let cursor = body["meta"]["next_cursor"].as_str().unwrap();
    for query in ["&sort=occurred_at", "&media_id=1", "&state=all"] {
        let (status, body) = stage.json(&format!("{path}{query}&cursor={cursor}"), &key).await;
        assert_eq!((status, &body["error"]["details"]["parameter"]), (400, &"cursor".into()), "{query}");
    }
    let (status, _) = stage.json(&format!("{path}&cursor={cursor}"), &key).await;
    assert_eq!(status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_page_is_linked() {
    let stage = Stage::new("link").await;
    stage.favorites(0, 3).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    let response =
        stage.get(&format!("/api/v1/collections/{COLLECTION}/favorites?limit=2"), &key).send().await.unwrap();
    let link = response.headers()["link"].to_str().unwrap().to_owned();
    let url = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap();
    assert!(url.starts_with("/api/v1/"), "{url}");
    let (_, body) = stage.json(url, &key).await;
    assert_eq!(media(&body), [0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_page_of_a_table_is_linked_in_its_format() {
    let stage = Stage::new("link_table").await;
    stage.favorites(0, 5).await;
    let key = stage.known_key(Accounts::one(1), &[Scope::FavoritesRead]).await;
    for format in ["csv", "ndjson"] {
        let (mut seen, mut next) = (Vec::new(), format!("/collections/{COLLECTION}/favorites?format={format}&limit=2"));
        for page in 1.. {
            let response = stage.get(&next, &key).send().await.unwrap();
            let link = response.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
            let rows = response.text().await.unwrap();
            seen.push(rows.lines().skip(usize::from(format == "csv")).count());
            let Some(link) = link else { break };
            let url = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap();
            assert!(url.contains(&format!("format={format}")) && page < 4, "{url}");
            url.clone_into(&mut next);
        }
        assert_eq!(seen, [2, 2, 1], "{format}");
    }
}
