//! Wrong values of endpoint parameters.

use anyhow::ensure;
use loupe_tests::client::Client;
use loupe_tests::story::{self, WEDDING, reading};
use reqwest::StatusCode;

use crate::stack;

/// A parameter and its wrong values, percent-encoded.
const WRONG: [(&str, &[&str]); 19] = [
    ("from", &["", "yesterday", "2025-03-29", "2025-13-01T00:00:00Z", "2025-03-29T00:00:00"]),
    ("to", &["", "tomorrow", "2025-03-29", "2025-03-29T25:00:00Z", "5"]),
    ("tz", &["", "Mars/Olympus", "%2B25:00"]),
    ("client_id", &["", "a,,b", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg"]),
    ("gallery_id", &["", "x", "-1", "1.5", "18446744073709551616", "1,,2"]),
    ("media_id", &["", "x", "-1", "1.5", "18446744073709551616", "1,x"]),
    ("rendition", &["", "huge", "original,huge"]),
    ("status", &["", "done", "completed,done"]),
    ("source", &["", "disk", "single,disk"]),
    ("link_id", &["", "a,,b", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg"]),
    ("include", &["", "everything"]),
    ("sort", &["", "size", "--occurred_at", "-"]),
    ("cursor", &["", "garbage", "AAAA.AAAA", "%00"]),
    ("limit", &["", "0", "-1", "1001", "x", "1.5"]),
    ("page", &["", "0", "-1", "x", "1.5"]),
    ("per_page", &["", "0", "-1", "1001", "x"]),
    ("format", &["", "xml", "json,csv"]),
    ("state", &["", "old"]),
    ("by", &["", "me"]),
];

/// Parameters that an endpoint does not take, with values that are right where they are taken (rule 63).
const NOT_TAKEN: [(&str, &str); 9] = [
    ("/collections/9001/photo_downloads", "state=all"),
    ("/collections/9001/photo_downloads", "by=owner"),
    ("/collections/9001/gallery_video_downloads", "state=all"),
    ("/collections/9001/downloads/", "by=any"),
    ("/collections/9001/photo_sharing_links", "state=all"),
    ("/collections/9001/photo_sharing_links", "source=single"),
    ("/collections/9001/favorites", "by=owner"),
    ("/collections/9001/favorites", "source=single"),
    ("/photos/starred", "state=all"),
];

const ENDPOINTS: [&str; 6] = [
    "/collections/9001/photo_downloads",
    "/collections/9001/gallery_video_downloads",
    "/collections/9001/downloads/",
    "/collections/9001/photo_sharing_links",
    "/collections/9001/favorites",
    "/photos/starred",
];

#[tokio::test]
async fn rules_63_and_99_every_wrong_parameter_is_a_400_that_names_it() -> anyhow::Result<()> {
    let stack = stack()?;
    let mut client = Client::new(&stack);
    client.publish(&story::events(61, 62)).await?;
    let key = reading::Readers::mint(&stack, 61, 62)?.owner;
    // From here on the collection exists for the query API.
    client.read(&key, ENDPOINTS[0]).await?;
    let mut asked = Vec::new();
    for endpoint in ENDPOINTS {
        for (parameter, values) in WRONG {
            asked.extend(values.iter().map(|value| (format!("{endpoint}?{parameter}={value}"), parameter)));
        }
        asked.push((format!("{endpoint}?nonsense=1"), "nonsense"));
        asked.push((format!("{endpoint}?page=1&cursor=x"), "page"));
        asked.push((format!("{endpoint}?from=2025-03-30T00:00:00Z&to=2025-03-29T00:00:00Z"), "to"));
    }
    let not_taken = NOT_TAKEN.map(|(endpoint, query)| {
        (format!("{endpoint}?{query}"), query.split_once('=').map_or(query, |(parameter, _)| parameter))
    });
    asked.extend(not_taken);
    let mut problems = Vec::new();
    for (path, parameter) in asked {
        let answer = client.ask(&key, &path).await?;
        let named = answer.json["error"]["message"]
            .as_str()
            .is_some_and(|message| message.starts_with(&format!("{parameter} ")));
        if answer.status != StatusCode::BAD_REQUEST || !named {
            problems.push(format!("{path}: {} {}", answer.status, answer.text));
        }
    }
    ensure!(problems.is_empty(), "{} wrong answers:\n{}", problems.len(), problems.join("\n"));
    ensure!(client.are_services_ready().await?, "a service is not ready");
    let panics = stack.panics()?;
    ensure!(panics.is_empty(), "{panics:?}");
    Ok(())
}

#[tokio::test]
async fn rule_102_unknown_collections_are_404_and_keys_are_checked() -> anyhow::Result<()> {
    let stack = stack()?;
    let mut client = Client::new(&stack);
    client.publish(&story::events(63, 64)).await?;
    let readers = reading::Readers::mint(&stack, 63, 64)?;
    let links_only = stack.key(63, "links:read")?;
    client.read(&readers.owner, ENDPOINTS[0]).await?;
    for endpoint in &ENDPOINTS[..5] {
        for id in ["1", "18446744073709551615"] {
            let path = endpoint.replace(&WEDDING.to_string(), id);
            let answer = client.ask(&readers.owner, &path).await?;
            ensure!(answer.status == StatusCode::NOT_FOUND, "{path}: {}", answer.text);
        }
        for id in ["x", "-1", "18446744073709551616", "1%00"] {
            let path = endpoint.replace(&WEDDING.to_string(), id);
            let answer = client.ask(&readers.owner, &path).await?;
            let refused = [StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST].contains(&answer.status);
            ensure!(refused && answer.json["error"]["message"].is_string(), "{path}: {}", answer.text);
        }
    }
    for endpoint in ENDPOINTS {
        let answer = client.ask("lp_nobodys_key", endpoint).await?;
        ensure!(answer.status == StatusCode::UNAUTHORIZED, "{endpoint}: {}", answer.text);
        let answer = client.ask(&links_only, endpoint).await?;
        let wanted = if endpoint.ends_with("links") { StatusCode::OK } else { StatusCode::FORBIDDEN };
        ensure!(answer.status == wanted, "{endpoint}: {} {}", answer.status, answer.text);
    }
    Ok(())
}
