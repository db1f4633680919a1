//! The API's description and the page that shows it.

use std::collections::BTreeSet;

use reqwest::Response;
use reqwest::header::CONTENT_SECURITY_POLICY;
use serde_json::{Value, json};

use crate::stage::Stage;

async fn get(url: &str) -> Response {
    let response = reqwest::get(url).await.unwrap();
    assert_eq!(response.status(), 200, "{url}");
    response
}

/// What a page loads: the values of `src` and `href`.
fn named(html: &str) -> Vec<&str> {
    let values = ["src=\"", "href=\""].into_iter().flat_map(|attribute| html.split(attribute).skip(1));
    values.filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_all_it_names_come_from_here_without_a_key() {
    let stage = Stage::new("docs").await;
    for prefix in ["", "/api/v1"] {
        let page = get(&format!("{}{prefix}/docs", stage.url)).await;
        let url = page.url().clone();
        assert_eq!(url.path(), format!("{prefix}/docs/"), "where relative names start");
        let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("http") && !policy.contains("unsafe"));
        let html = page.text().await.unwrap();
        assert!(!html.contains("//"), "no other host: {html}");
        let files = named(&html);
        assert_eq!(files.len(), 5, "{files:?}");
        for file in files {
            let response = get(url.join(file).unwrap().as_str()).await;
            let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
            let expected = [(".js", "text/javascript"), (".css", "text/css"), (".png", "image/png")];
            let expected = expected.into_iter().find(|(end, _)| file.ends_with(end));
            assert!(kind.starts_with(expected.map_or("application/json", |(_, kind)| kind)), "{file}: {kind}");
            assert!(!response.bytes().await.unwrap().is_empty(), "{file}");
        }
        let script = get(url.join("page.js").unwrap().as_str()).await.text().await.unwrap();
        assert!(script.contains("url: \"../openapi.json\"") && script.contains("validatorUrl: null"), "{script}");
    }
    for other in ["page.html", "swagger-ui.js", "..%2Fopenapi.json"] {
        let response = reqwest::get(format!("{}/docs/{other}", stage.url)).await.unwrap();
        assert_eq!(response.status(), 404, "{other}");
    }
}

/// A value by a schema, beside the document's named ones.
fn fits(schema: &Value, value: &Value, document: &Value) -> bool {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    jsonschema::draft202012::is_valid(&schema, value)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_has_a_name_a_family_and_examples_that_fit() {
    let stage = Stage::new("described").await;
    let document: Value = get(&format!("{}/openapi.json", stage.url)).await.json().await.unwrap();
    assert_eq!(document["components"]["securitySchemes"]["key"]["scheme"], "bearer");
    assert!(document["info"]["description"].is_string() && document["servers"].as_array().unwrap().len() == 2);
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let mut names = BTreeSet::new();
    let operations = document["paths"].as_object().unwrap().iter();
    let operations = operations.flat_map(|(path, item)| item.as_object().unwrap().values().map(move |of| (path, of)));
    for (path, operation) in operations {
        let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{path} has no name"));
        assert!(names.insert(name), "{name} stands twice");
        assert!(operation["summary"].is_string() && operation["description"].is_string(), "{path}");
        assert!(operation["tags"].as_array().is_some_and(|of| of.len() == 1 && tags.contains(&&of[0])), "{path}");
        for parameter in operation["parameters"].as_array().unwrap() {
            let (schema, example) = (&parameter["schema"], &parameter["example"]);
            assert!(!example.is_null() && fits(schema, example, &document), "{path}: {parameter:#}");
            assert!(parameter["description"].is_string(), "{path}: {parameter:#}");
        }
        let needs_key = operation["security"] != json!([]);
        let responses = operation["responses"].as_object().unwrap();
        for status in ["401", "403", "429", "503"] {
            assert_eq!(responses.contains_key(status), needs_key, "{path}: {status}");
        }
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            let content = &response["content"]["application/problem+json"];
            assert_eq!(content["example"]["status"].to_string(), *status, "{path}");
            assert!(fits(&content["schema"], &content["example"], &document), "{path}: {status}");
        }
    }
    assert!(names.len() > 15, "{names:?}");
}
