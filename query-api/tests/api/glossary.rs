//! Every number of the answers about a whole account is explained by the definition's glossary.

use std::collections::BTreeSet;

use loupe_schemas::definition;
use serde_json::Value;

use crate::stage::COLLECTION;
use crate::{follow_ups, insights, portfolio, preferences, singles};

/// Where in an answer numbers are, without indexes of arrays; ids are no figures.
fn places(value: &Value, at: &str, numbers: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| *name != "id" && !name.ends_with("_id")) {
                places(member, &format!("{at}/{name}"), numbers);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| places(entry, at, numbers)),
        Value::Number(_) => drop(numbers.insert(at.to_owned())),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_about_an_account_is_in_the_glossary() {
    let ((figures, of_figures), (prefers, of_prefers)) =
        tokio::join!(portfolio::story("glossary_figures"), preferences::story("glossary_preferences"));
    let ((content, of_content), (prints, of_prints)) =
        tokio::join!(insights::content("glossary_content"), insights::prints("glossary_prints"));
    let (singles, of_singles, [half, _]) = singles::story("glossary_singles").await;
    let follow_ups = follow_ups::story("glossary_follow_ups").await;
    let (period, collection) = (portfolio::PERIOD, format!("/collections/{COLLECTION}/analytics"));
    let explained: BTreeSet<&str> =
        definition::current().glossary.iter().flat_map(|term| &term.fields).map(String::as_str).collect();
    // A map's keys are values, so that the map is explained and not each key.
    let is_explained = |place: &str| {
        let map = place.rsplit_once('/').map(|(map, _)| map);
        explained.contains(place) || map.is_some_and(|map| explained.contains(map))
    };
    for (stage, key, path, name) in [
        (&figures, &of_figures, format!("/analytics/portfolio?{period}"), "analytics_portfolio"),
        (&figures, &of_figures, format!("/analytics/collections?{period}"), "analytics_collections"),
        (&figures, &of_figures, format!("/analytics/compare?{period}"), "analytics_compare"),
        (&figures, &of_figures, format!("{collection}?{period}"), "collection_analytics"),
        (&figures, &of_figures, format!("{collection}/timeseries?{period}"), "collection_timeseries"),
        (&figures, &of_figures, format!("{collection}/popular?{period}"), "collection_popular"),
        (&singles, &of_singles, format!("/collections/{COLLECTION}/clients"), "collection_clients"),
        (&singles, &of_singles, format!("/collections/{COLLECTION}/clients/cl_ana/timeline"), "client_timeline"),
        (&singles, &of_singles, format!("/downloads/{half}"), "download"),
        (&singles, &of_singles, format!("/downloads/{half}/items"), "download_items"),
        (&singles, &of_singles, "/photos/11/stats".to_owned(), "photo_stats"),
        (&prefers, &of_prefers, "/clients/cl_ana/preferences".to_owned(), "client_preferences"),
        (&follow_ups.stage, &follow_ups.key, "/insights/follow_ups".to_owned(), "insights_follow_ups"),
        (&prints, &of_prints, "/insights/store_candidates".to_owned(), "insights_store_candidates"),
        (&content, &of_content, "/insights/content".to_owned(), "insights_content"),
    ] {
        let mut body = stage.body(&path, key).await;
        body.as_object_mut().unwrap().remove("meta");
        let mut numbers = BTreeSet::new();
        places(&body, name, &mut numbers);
        let unexplained: Vec<_> = numbers.iter().filter(|place| !is_explained(place)).collect();
        assert!(numbers.len() > 2 && unexplained.is_empty(), "{path}: not in the glossary: {unexplained:#?}");
    }
}
