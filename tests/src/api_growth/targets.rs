//! What is asked: every route of the API's description, about collections of several sizes.

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::clickhouse::ClickHouse;
use crate::client::Client;
use crate::stack::Stack;

const SCOPES: &str = "downloads:read,favorites:read,links:read,links:secret,clients:pii,analytics:read";

/// A collection, and one of each thing in it.
pub(super) struct Target {
    /// A key of its account.
    pub(super) key: String,
    collection: u64,
    /// Another collection of the account, or the same when it has no other.
    other: u64,
    client: String,
    download: String,
    photo: u64,
}

/// The paths of the API, each with its description.
pub(super) struct Routes(Value);

/// The collections with the most deliveries, the fewest, and one between.
pub(super) async fn choose(stack: &Stack) -> anyhow::Result<Vec<Target>> {
    let by_size = "SELECT account_id, collection_id FROM loupe_v1.deliveries WHERE client_id != '' AND \
                   media_kind = 'photo' GROUP BY 1, 2 ORDER BY count()";
    let listed = ClickHouse::new(&stack.addresses.clickhouse_url).ask(by_size).await?;
    let parse = |line: &str| {
        let (account, collection) = line.split_once('\t').context("two columns")?;
        anyhow::Ok((account.parse()?, collection.parse()?))
    };
    let collections: Vec<(u64, u64)> = listed.lines().map(parse).collect::<Result<_, _>>()?;
    ensure!(!collections.is_empty(), "nothing was delivered");
    let mut targets = Vec::new();
    for index in [0, collections.len() / 2, collections.len() - 1] {
        let (account, collection) = collections[index];
        let other = collections.iter().find(|(of, other)| *of == account && *other != collection);
        let other = other.map_or(collection, |(_, other)| *other);
        targets.push(Target::find(stack, account, collection, other).await?);
    }
    Ok(targets)
}

impl Routes {
    /// Those that the stack's API describes.
    pub(super) async fn of(stack: &Stack) -> anyhow::Result<Self> {
        let mut description = Client::new(stack).ask("", "/openapi.json").await?.json;
        Ok(Self(description["paths"].take()))
    }

    /// The paths of all that are read with a key.
    pub(super) fn asked(&self) -> impl Iterator<Item = String> {
        let paths = self.0.as_object().into_iter().flatten();
        let asked = paths.filter(|(_, item)| item["get"]["x-scope"].is_string());
        // A stream has no end.
        asked.map(|(path, _)| path.clone()).filter(|path| !path.ends_with("/stream"))
    }
}

impl Target {
    async fn find(stack: &Stack, account: u64, collection: u64, other: u64) -> anyhow::Result<Self> {
        let client = Client::new(stack);
        let key = stack.key(account, SCOPES)?;
        let read = async |path: &str| anyhow::Ok(client.read(&key, path).await?.json);
        let listed = read(&format!("/collections/{collection}/photo_downloads?limit=1000")).await?;
        let delivery = listed["data"].as_array().into_iter().flatten().find(|row| row["client"]["id"].is_string());
        let delivery = delivery.context("no known client downloaded a photo")?;
        Ok(Self {
            collection,
            other,
            client: delivery["client"]["id"].as_str().context("a client has an id")?.to_owned(),
            download: delivery["download_id"].as_str().context("a delivery has a download")?.to_owned(),
            photo: delivery["photo"]["id"].as_u64().context("a photo has an id")?,
            key,
        })
    }

    /// A route's path about this collection, with what parameters it must have.
    pub(super) fn path(&self, routes: &Routes, route: &str) -> String {
        let path = route
            .replace("{collection_id}", &self.collection.to_string())
            .replace("{client_id}", &self.client)
            .replace("{download_id}", &self.download)
            .replace("{photo_id}", &self.photo.to_string());
        let parameters = routes.0[route]["get"]["parameters"].as_array();
        let parameters = parameters.into_iter().flatten().filter(|of| of["in"] == "query" && of["required"] == true);
        let query: Vec<String> = parameters.map(|of| format!("{}={}", text(&of["name"]), self.value(of))).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    fn value(&self, parameter: &Value) -> String {
        let schema = &parameter["schema"];
        let symbols = &schema["enum"];
        if symbols.is_array() { text(&symbols[0]) } else { format!("{},{}", self.collection, self.other) }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
