//! Every route of the API's own description: who may ask, what another account finds, what masks hide, in every format.

use bytes::Bytes;
use loupe_service::keys::{Accounts, Scope};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value, json};

use crate::catalogue::{self, action, delivery, download_id};
use crate::stage::{COLLECTION, Stage};

/// A route as it is described.
struct Route {
    path: String,
    scope: Scope,
    /// Query parameters, each with a value that it takes.
    parameters: Vec<(String, String)>,
    media_types: Vec<String>,
}

async fn routes(stage: &Stage) -> Vec<Route> {
    let document: Value = reqwest::get(format!("{}/openapi.json", stage.url)).await.unwrap().json().await.unwrap();
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .filter_map(|(path, item)| {
            let operation = &item["get"];
            let scope = operation["x-scope"].as_str()?;
            let parameters = operation["parameters"].as_array().unwrap().iter();
            let of_query = parameters.filter(|parameter| parameter["in"] == "query");
            let content = operation["responses"]["200"]["content"].as_object().unwrap();
            Some(Route {
                path: filled(path),
                scope: Scope::ALL.into_iter().find(|known| known.as_str() == scope).unwrap(),
                parameters: of_query.map(|parameter| (text(&parameter["name"]), value(parameter))).collect(),
                media_types: content.keys().cloned().collect(),
            })
        })
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The path about what [`furnished`] has.
fn filled(path: &str) -> String {
    path.replace("{collection_id}", &COLLECTION.to_string())
        .replace("{client_id}", "cl_ana")
        .replace("{download_id}", &download_id(1))
        .replace("{photo_id}", "731")
}

/// A value that a parameter takes.
fn value(parameter: &Value) -> String {
    let schema = &parameter["schema"];
    let of = |schema: &Value| match schema["type"].as_str() {
        Some("integer") => schema["minimum"].as_u64().unwrap_or(1).max(1).to_string(),
        _ if schema["enum"].is_array() => text(&schema["enum"][0]),
        _ if schema["format"] == "date-time" => "2026-05-02T00:00:00Z".to_owned(),
        _ if parameter["name"] == "tz" => "Europe/Berlin".to_owned(),
        _ => "cl_ana".to_owned(),
    };
    match schema["type"].as_str() {
        Some("array") => {
            let items = usize::try_from(schema["minItems"].as_u64().unwrap_or(1)).unwrap();
            let first = of(&schema["items"]);
            let numbers =
                (0..items).map(|item| if item == 0 { first.clone() } else { (COLLECTION + item as u64).to_string() });
            numbers.collect::<Vec<_>>().join(",")
        }
        _ => of(schema),
    }
}

/// Account 1 with something of everything.
async fn furnished(database: &str) -> Stage {
    let stage = Stage::new(database).await;
    catalogue::insert(&stage).await;
    stage.favorites(731, 733).await;
    stage.insert("downloads", &[action(1)]).await;
    stage.insert("deliveries", &[delivery(1)]).await;
    let at = "toDateTime64('2026-05-02 12:00:00', 6, 'UTC')";
    stage
        .sql(&format!(
            "INSERT INTO share_links (account_id, collection_id, link_id, created, terms, revoked_at) SELECT 1, \
             {COLLECTION}, 'sl_1', ({at}, 1, 731, 'https://g.example/s/7Hk2', 'cl_ana', 'email'), ({at}, 1, -1, '{}'), \
             toDateTime64('2299-12-31 00:00:00', 6, 'UTC')",
            json!({"view": true, "download": "web_2048", "favorite": false, "reshare": false, "watermark": true,
                   "password_required": true, "max_opens": null, "max_downloads": 10})
        ))
        .await;
    stage
        .sql(&format!(
            "INSERT INTO identity_daily (account_id, collection_id, day, identity, client_id, identified_by, attempts, \
             downloads, visits, views, first_at, last_at, version) SELECT 1, {COLLECTION}, '2026-05-02', 1, 'cl_ana', \
             'email', 1, 1, 1, 2, {at}, {at}, 1"
        ))
        .await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_102_a_foreign_key_finds_nothing_on_any_route_with_any_parameter() {
    let stage = furnished("walk_foreign").await;
    let own = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    let foreign = stage.known_key(Accounts::one(2), &Scope::ALL).await;
    let routes = routes(&stage).await;
    assert!(routes.len() >= 20, "{}", routes.len());
    for route in routes {
        let Route { path, parameters, .. } = &route;
        let names_a_thing = path.chars().any(|letter| letter.is_ascii_digit());
        let mut queries = vec![String::new()];
        queries.extend(
            parameters
                .iter()
                .filter(|(name, _)| name != "account_id" && name != "cursor")
                .map(|(name, value)| format!("?{name}={value}")),
        );
        for query in queries {
            let asked = format!("{path}{query}");
            let response = stage.get(&asked, &foreign).send().await.unwrap();
            let (status, body) = (response.status().as_u16(), response.bytes().await.unwrap());
            let is_none = status == 404 || (status == 400 && query.contains("page"));
            assert!(!names_a_thing || is_none, "{asked}: {status} {body:?}");
            let body = String::from_utf8_lossy(&body);
            for trace in ["ana@ex.com", "Ana Ruiz", "7Hk2", "DSC_04", "Ceremony", "sl_1", "fl_1"] {
                assert!(!body.contains(trace), "{asked} shows {trace} of another account");
            }
            let joined = if query.is_empty() { "?" } else { "&" };
            let named = format!("{asked}{joined}account_id=1");
            assert_eq!(stage.get(&named, &foreign).send().await.unwrap().status(), 404, "{named}");
        }
        assert_eq!(stage.get(path, &own).send().await.unwrap().status(), 200, "{path} for its owner");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_needs_its_scope_and_a_key() {
    let stage = furnished("walk_scopes").await;
    let mut keys = Vec::new();
    for scope in Scope::ALL {
        let others: Vec<Scope> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
        keys.push((scope, stage.known_key(Accounts::one(1), &others).await));
    }
    for route in routes(&stage).await {
        let (_, without) = keys.iter().find(|(scope, _)| *scope == route.scope).unwrap();
        let (status, body) = stage.json(&route.path, without).await;
        let required = &body["error"]["details"]["required_scope"];
        assert_eq!((status, required), (403, &route.scope.as_str().into()), "{}", route.path);
        assert_eq!(stage.json(&route.path, "lp_nobody").await.0, 401, "{}", route.path);
    }
}

/// A body's texts, whatever its format.
fn readable(media_type: &str, body: Bytes) -> String {
    if media_type != "application/vnd.apache.parquet" {
        return String::from_utf8_lossy(&body).into_owned();
    }
    let reader = SerializedFileReader::new(body).unwrap();
    reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_and_links_are_masked_on_every_route_in_every_format() {
    let stage = furnished("walk_masks").await;
    let masks = [Scope::ClientsPii, Scope::LinksSecret];
    let reads: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| !masks.contains(scope)).collect();
    let plain = stage.known_key(Accounts::one(1), &reads).await;
    let full = stage.known_key(Accounts::one(1), &Scope::ALL).await;
    let (mut addresses, mut links) = (0, 0);
    for route in routes(&stage).await {
        for media_type in &route.media_types {
            let read = async |key: &str| {
                let response = stage.get(&route.path, key).header("accept", media_type).send().await.unwrap();
                assert_eq!(response.headers()["content-type"], media_type.as_str(), "{}", route.path);
                readable(media_type, response.bytes().await.unwrap())
            };
            let masked = read(&plain).await;
            for secret in ["ana@ex.com", "7Hk2"] {
                assert!(!masked.contains(secret), "{} as {media_type} shows {secret}", route.path);
            }
            let open = read(&full).await;
            addresses += usize::from(open.contains("ana@ex.com"));
            links += usize::from(open.contains("7Hk2"));
        }
    }
    assert!(addresses >= 16 && links >= 4, "the walk sees what masks hide: {addresses} addresses, {links} links");
}
