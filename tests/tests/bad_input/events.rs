//! Wrong values of event fields, over the schema's examples.

use anyhow::{Context, ensure};
use loupe_schemas::examples;
use loupe_tests::client::Client;
use serde_json::{Value, json};
use uuid::Builder;

use crate::stack;

/// Events of one request.
const BATCH: usize = 500;

/// An event with one wrong field.
struct Wrong {
    event: Value,
    /// The field as a verdict spells it, such as `items[0].bytes`.
    field: String,
    /// What was done to it.
    how: String,
}

/// One step from an event to a field.
#[derive(Clone)]
enum Step {
    Member(String),
    Entry(usize),
}

#[tokio::test]
async fn rules_93_and_97_every_wrong_field_gets_a_verdict_that_names_it() -> anyhow::Result<()> {
    let stack = stack()?;
    let client = Client::new(&stack);
    let mut wrong = Vec::new();
    for example in examples::ALL {
        let event = settled(serde_json::from_str(example.json)?);
        let name = format!("{}/{}", example.event_type, example.case);
        wrong.extend(with_wrong_values(&event, &name)?);
        if example.case == "minimal" {
            wrong.extend(without_required(&event, &name));
        }
    }
    wrong.extend(wrong_together());
    ensure!(wrong.len() > 1000, "only {} wrong events", wrong.len());
    let mut problems = Vec::new();
    for batch in wrong.chunks(BATCH) {
        let events: Vec<&Value> = batch.iter().map(|wrong| &wrong.event).collect();
        let answer = client.post("application/json", serde_json::to_vec(&events)?).await?;
        ensure!(answer.json["accepted"].is_u64(), "{} {}", answer.status, answer.text);
        let verdicts = answer.json["rejected"].as_array().context("no verdicts")?;
        for (index, wrong) in batch.iter().enumerate() {
            let verdict = verdicts.iter().find(|verdict| verdict["index"] == index);
            problems.extend(problem_of(wrong, verdict));
        }
    }
    ensure!(problems.is_empty(), "{} of {}:\n{}", problems.len(), wrong.len(), problems.join("\n"));
    ensure!(client.are_services_ready().await?, "a service is not ready");
    let panics = stack.panics()?;
    ensure!(panics.is_empty(), "{panics:?}");
    Ok(())
}

#[tokio::test]
async fn bodies_that_hold_no_events_are_refused_with_a_reason() -> anyhow::Result<()> {
    let stack = stack()?;
    let client = Client::new(&stack);
    let bodies: [(&str, &[u8], u16); 8] = [
        ("application/json", b"[]", 422),
        ("application/x-ndjson", b"\n\n", 422),
        ("application/json", b"", 400),
        ("application/json", b"{\"type\":", 400),
        ("application/json", b"[1, null, \"x\"]", 422),
        ("application/json", b"\xff\xfe", 400),
        ("text/plain", b"{}", 415),
        ("application/cloudevents+json", b"{\"specversion\":\"1.0\",\"id\":\"1\",\"data\":5}", 422),
    ];
    for (content_type, body, status) in bodies {
        let answer = client.post(content_type, body.to_vec()).await?;
        let code = answer.status.as_u16();
        // A body without any event may be refused whole or by a verdict, never taken.
        ensure!(code == status || (status == 400 && code == 422), "{content_type} {body:?}: {code} {}", answer.text);
        let says_why = answer.json["error"]["message"].is_string() || answer.json["rejected"][0]["message"].is_string();
        ensure!(says_why, "{content_type} {body:?}: {}", answer.text);
    }
    ensure!(client.are_services_ready().await?, "a service is not ready");
    Ok(())
}

fn problem_of(wrong: &Wrong, verdict: Option<&Value>) -> Option<String> {
    let Some(verdict) = verdict else { return Some(format!("{}: {} was accepted", wrong.how, wrong.field)) };
    let says_why =
        verdict["message"].as_str().is_some_and(|message| !message.is_empty()) && verdict["code"].is_string();
    if verdict["field"] == wrong.field && says_why {
        return None;
    }
    Some(format!("{}: expected a verdict on {}, got {verdict}", wrong.how, wrong.field))
}

/// The example in the past of any clock, so that nothing but the wrong field is wrong.
fn settled(mut event: Value) -> Value {
    event["occurred_at"] = "2025-03-29T10:00:00Z".into();
    if event.get("download_id").is_some_and(Value::is_string) {
        event["download_id"] = id_at(1_743_242_400_000).into();
    }
    event
}

fn id_at(millis: u64) -> String {
    Builder::from_unix_timestamp_millis(millis, &[9; 10]).into_uuid().to_string()
}

/// The event with each of its fields wrong in several ways.
fn with_wrong_values(event: &Value, name: &str) -> anyhow::Result<Vec<Wrong>> {
    let mut wrong = Vec::new();
    for path in fields_of(event) {
        let field = spelled(&path);
        // Members that no schema knows are ignored (rule 97), and null is absent.
        if at(event, &path).is_none_or(Value::is_null) {
            continue;
        }
        let Some(values) = wrong_values(&field) else { continue };
        ensure!(!values.is_empty(), "{name}: nobody thought of a wrong value of {field}");
        for value in values {
            let mut event = event.clone();
            let how = format!("{name} with {field} = {value}");
            *at_mut(&mut event, &path).context("the field is gone")? = value;
            wrong.push(Wrong { event, field: field.clone(), how });
        }
    }
    Ok(wrong)
}

/// The minimal event without each of its fields.
fn without_required(event: &Value, name: &str) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for path in fields_of(event) {
        let (Some(Step::Member(last)), parent) = (path.last(), &path[..path.len() - 1]) else { continue };
        let mut event = event.clone();
        if let Some(Value::Object(members)) = at_mut(&mut event, parent) {
            members.remove(last);
        }
        let field = spelled(&path);
        wrong.push(Wrong { event, how: format!("{name} without {field}"), field });
    }
    wrong
}

/// Values that are wrong only beside others.
fn wrong_together() -> Vec<Wrong> {
    let with = |event_type: &str, case: &str, changes: &[(&str, Value)], field: &str| {
        let json = examples::find(event_type, case).map_or("{}", |example| example.json);
        let mut event = settled(serde_json::from_str(json).unwrap_or_default());
        for (pointer, value) in changes {
            match event.pointer_mut(pointer) {
                Some(place) => *place = value.clone(),
                None => event[&pointer[1..]] = value.clone(),
            }
        }
        let how = format!("{event_type}/{case} with {changes:?}");
        Wrong { event, field: field.to_owned(), how }
    };
    let range = |start: Value, end: Value| vec![("/range_start", start), ("/range_end", end)];
    let item = json!({"media_id": 1, "kind": "photo", "bytes": 1});
    let film = json!({"media_id": 1, "kind": "video", "bytes": 1});
    let twice = json!([item.clone(), item.clone()]);
    let mut wrong = vec![
        with("TransferSegment", "full", &range(json!(5), json!(4)), "range_end"),
        with("TransferSegment", "full", &range(json!(5), Value::Null), "range_end"),
        with("TransferSegment", "full", &range(Value::Null, json!(5)), "range_start"),
        with("TransferSegment", "full", &range(json!(5), json!(2_147_483_648_u64)), "range_end"),
        with("TransferSegment", "full", &[("/download_id", Value::Null)], "download_id"),
        with("DownloadRequested", "full", &[("/items", twice.clone())], "items[1].media_id"),
    ];
    for kind in ["photo", "video"] {
        wrong.push(with("DownloadRequested", "minimal", &[("/kind", kind.into()), ("/items", twice.clone())], "items"));
    }
    wrong.push(with("DownloadRequested", "minimal", &[("/kind", "photo".into()), ("/items", json!([film]))], "items"));
    wrong.push(with("DownloadRequested", "minimal", &[("/kind", "video".into()), ("/items", json!([item]))], "items"));
    wrong
}

/// Every field of an event, objects and arrays included.
fn fields_of(event: &Value) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    let mut open = vec![Vec::new()];
    while let Some(path) = open.pop() {
        match at(event, &path) {
            Some(Value::Object(members)) => {
                open.extend(members.keys().map(|name| [&path[..], &[Step::Member(name.clone())]].concat()));
            }
            Some(Value::Array(entries)) => {
                open.extend((0..entries.len()).map(|index| [&path[..], &[Step::Entry(index)]].concat()));
            }
            _ => {}
        }
        if !path.is_empty() {
            found.push(path);
        }
    }
    found
}

fn at<'a>(event: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(event, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Entry(index) => value.get(index),
    })
}

fn at_mut<'a>(event: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    path.iter().try_fold(event, |value, step| match step {
        Step::Member(name) => value.get_mut(name),
        Step::Entry(index) => value.get_mut(index),
    })
}

fn spelled(path: &[Step]) -> String {
    path.iter().fold(String::new(), |text, step| match step {
        Step::Member(name) if text.is_empty() => name.clone(),
        Step::Member(name) => format!("{text}.{name}"),
        Step::Entry(index) => format!("{text}[{index}]"),
    })
}

/// Wrong values of a field; `None` where the schema knows no such field.
fn wrong_values(field: &str) -> Option<Vec<Value>> {
    let plain: String =
        field.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>().join(".");
    if field.ends_with(']') {
        return Some(match plain.as_str() {
            "tags" => vec![json!(5), json!({}), json!(huge())],
            _ => vec![json!("x"), json!(5), json!([])],
        });
    }
    // Fields of the example of unknown fields, which are ignored (rule 97).
    if matches!(plain.as_str(), "actor.city" | "tls") {
        return None;
    }
    Some(wrong_of_head(&plain).unwrap_or_else(|| wrong_of_fact(&plain)))
}

/// Longer than an id may be.
fn long() -> String {
    "x".repeat(65)
}

/// Longer than any text may be.
fn huge() -> String {
    "x".repeat(8193)
}

/// Wrong values of what events of several types have.
fn wrong_of_head(field: &str) -> Option<Vec<Value>> {
    Some(match field {
        "type" => vec![json!("Nonsense"), json!(5), json!(""), json!({}), json!("downloadrequested")],
        "event_id" | "edge.boot_id" => vec![json!("x"), json!(5), json!(""), json!({})],
        "download_id" => vec![
            json!("x"),
            json!(5),
            json!({}),
            // Version 4 carries no time (rule 1); before 2010 (rule 9); in 2100.
            json!("3f2c1a5e-8f0b-4c0d-9a37-5b1f6f6d2a10"),
            json!(id_at(1_262_303_999_999)),
            json!(id_at(4_102_444_800_000)),
        ],
        "occurred_at" => vec![
            json!("yesterday"),
            json!("2025-03-29"),
            json!("2025-03-29T10:00:00"),
            json!("2009-12-31T23:59:59.999999Z"),
            json!("2100-01-01T00:00:00Z"),
            json!(-1),
            json!(1.5),
            json!({}),
        ],
        "expires_at" | "published_at" => vec![json!("never"), json!("2025-03-29"), json!(1.5), json!({})],
        "edge" | "actor" | "permissions" => vec![json!("x"), json!(5), json!([])],
        "items" => vec![json!("x"), json!(5), json!({}), json!([])],
        "tags" => vec![json!("x"), json!(5), json!({})],
        "account_id" | "collection_id" | "media_id" | "gallery_id" | "items.media_id" => {
            vec![json!("x"), json!(-1), json!(1.5), json!({}), json!("18446744073709551616"), json!(""), json!(true)]
        }
        "edge.seq" => vec![json!(-1), json!("x"), json!(1.5), json!({})],
        "edge.pop" | "edge.node" | "code" | "format" | "method" | "list_name" | "url" | "filename" => {
            vec![json!(5), json!(""), json!({}), json!(huge())]
        }
        "name" | "email" => vec![json!(5), json!({}), json!(huge())],
        "actor.client_id" | "actor.visitor_id" | "link_id" | "list_id" | "client_id" => {
            vec![json!(5), json!({}), json!(""), json!(long())]
        }
        "actor.role" => vec![json!("king"), json!(5), json!("")],
        "actor.identified_by" => vec![json!("dna"), json!(5), json!("")],
        "token_hash" => vec![json!("zz"), json!(5), json!("abc")],
        "actor.ip_key" => vec![json!("zz"), json!(5), json!("abc"), json!(""), json!("ab".repeat(65))],
        "actor.ip" => vec![json!("999.1.1.1"), json!(5), json!("")],
        "actor.user_agent" | "actor.country" | "actor.referrer_host" | "etag" | "protocol" | "note" | "codec" => {
            vec![json!(5), json!({}), json!(huge())]
        }
        "actor.asn" => vec![json!("x"), json!(-1), json!(1.5), json!({})],
        _ => return None,
    })
}

/// Wrong values of the own fields of facts.
fn wrong_of_fact(field: &str) -> Vec<Value> {
    match field {
        "kind" => vec![json!("painting"), json!(5), json!("unknown")],
        "items.kind" | "media_kind" => vec![json!("hologram"), json!(5), json!("")],
        "rendition" => vec![json!("huge"), json!(5), json!("")],
        "permissions.download" => vec![json!("huge"), json!(5), json!("")],
        "object_bytes" | "body_bytes" | "ttfb_us" | "duration_us" | "items.bytes" | "items.zip_offset"
        | "items.zip_length" | "bytes" => {
            vec![json!(-1), json!("x"), json!(1.5), json!({}), json!(9_223_372_036_854_775_808_u64)]
        }
        "range_start" | "range_end" => vec![json!(-1), json!("x"), json!(1.5), json!({})],
        "max_selections" | "permissions.max_opens" | "permissions.max_downloads" | "width" | "height" => {
            vec![json!(-1), json!("x"), json!(1.5), json!({})]
        }
        "pin_used"
        | "paid"
        | "completed"
        | "permissions.view"
        | "permissions.favorite"
        | "permissions.reshare"
        | "permissions.watermark"
        | "permissions.password_required" => vec![json!("yes"), json!(1), json!({})],
        "destination" => vec![json!("mars"), json!(5)],
        "status" => vec![json!(99), json!(600), json!("OK"), json!(-1), json!(200.5)],
        "end_reason" => vec![json!("bored"), json!(5)],
        "cache" => vec![json!("warm"), json!(5)],
        "purpose" => vec![json!("fun"), json!(5), json!("")],
        "bot_score" => vec![json!("x"), json!(1.5), json!(-0.1), json!({})],
        "opener" => vec![json!("ghost"), json!(5)],
        "deny_reason" => vec![json!("mood"), json!(5), json!("")],
        "duration_seconds" => vec![json!("x"), json!(-1), json!({})],
        _ => Vec::new(),
    }
}
