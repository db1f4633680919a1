//! The definition, which needs no key.

use serde_json::Value;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn rule_23_the_definition_and_its_lists_are_served_to_everybody() {
    let stage = Stage::new("definitions").await;
    let url = format!("{}/definitions", stage.url);
    let response = reqwest::get(&url).await.unwrap();
    let tag = response.headers()["etag"].clone();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["meta"]["definition"], "v1");
    let numbers: Vec<u64> =
        body["data"]["clauses"].as_array().unwrap().iter().map(|clause| clause["number"].as_u64().unwrap()).collect();
    assert!(numbers.len() >= 105 && numbers.iter().copied().eq(1..=numbers.len() as u64));
    assert_eq!(body["data"]["rules"].as_array().unwrap().len(), 8);
    let lists = body["data"]["lists"].to_string();
    for listed in ["facebookexternalhit", "proofpoint", "headlesschrome", "16509"] {
        assert!(lists.contains(listed), "{listed}");
    }
    let again = reqwest::Client::new().get(&url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    let wrong = reqwest::get(format!("{url}?version=2")).await.unwrap();
    assert_eq!(wrong.status(), 400);
}
