//! States before idleness: they are of now, so this story is told a minute after it happened.

use anyhow::ensure;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use loupe_service::clock;
use loupe_tests::client::Client;
use loupe_tests::compare;
use loupe_tests::story::OWNER_SCOPES;
use serde_json::{Value, json};
use uuid::Builder;

use crate::stack;

const COLLECTION: u64 = 4001;

/// Tells events of one collection that is happening now.
struct Telling {
    account: u64,
    events: Vec<Value>,
}

impl Telling {
    fn id(&self, at: DateTime<Utc>) -> String {
        let mut random = [7; 10];
        random[9] = u8::try_from(self.events.len()).unwrap_or(u8::MAX);
        Builder::from_unix_timestamp_millis(u64::try_from(at.timestamp_millis()).unwrap_or_default(), &random)
            .into_uuid()
            .to_string()
    }

    fn tell(&mut self, at: DateTime<Utc>, event_type: &str, own: Value) {
        let mut event = json!({
            "type": event_type, "event_id": self.id(at),
            "occurred_at": at.to_rfc3339_opts(SecondsFormat::Micros, true),
            "edge": {
                "pop": "FRA", "node": "edge-1", "boot_id": "3f2c1a5e-8f0b-4c0d-9a37-5b1f6f6d2a11",
                "seq": self.events.len(),
            },
            "account_id": self.account, "collection_id": COLLECTION,
            "actor": {
                "visitor_id": "vs_now", "role": "guest", "identified_by": "cookie", "ip_key": "ab12",
                "user_agent": "Mozilla/5.0 Firefox/140.0",
            },
        });
        if let (Value::Object(event), Value::Object(own)) = (&mut event, own) {
            event.extend(own);
        }
        self.events.push(event);
    }

    fn request(&mut self, at: DateTime<Utc>, kind: &str) -> String {
        let id = self.id(at);
        let item = if kind == "video" { "video" } else { "photo" };
        let own = json!({
            "download_id": id, "kind": kind, "items": [{"media_id": 1, "kind": item, "bytes": 100}],
            "rendition": "original", "format": "any",
        });
        self.tell(at, "DownloadRequested", own);
        id
    }

    fn segment(&mut self, at: DateTime<Utc>, id: &str, status: u16, body: u64, end: &str) {
        let own = json!({
            "download_id": id, "method": "GET", "status": status, "object_bytes": 100, "body_bytes": body,
            "end_reason": end, "purpose": "download",
        });
        self.tell(at, "TransferSegment", own);
    }
}

#[tokio::test]
async fn rules_45_to_49_until_idle_a_download_is_requested_preparing_or_in_progress() -> anyhow::Result<()> {
    let stack = stack()?;
    let mut client = Client::new(&stack);
    let now = clock::now();
    let ago = |minutes: i64| now - TimeDelta::minutes(minutes);
    let mut telling = Telling { account: 25, events: Vec::new() };
    let requested = telling.request(ago(1), "photo");
    let preparing = telling.request(ago(2), "archive");
    telling.tell(ago(2), "DownloadPrepared", json!({"download_id": preparing, "object_bytes": 200}));
    // Until idle a failure reads as it did before: a retry may follow (rule 49).
    let failing = telling.request(ago(3), "archive");
    telling.tell(ago(3), "DownloadPrepareFailed", json!({"download_id": failing, "code": "source_missing"}));
    let erring = telling.request(ago(4), "video");
    telling.segment(ago(4), &erring, 502, 0, "origin_error");
    let broken = telling.request(ago(5), "photo");
    telling.segment(ago(5), &broken, 200, 50, "client_abort");
    let complete = telling.request(ago(6), "photo");
    telling.segment(ago(6), &complete, 200, 100, "ok");
    // 40 minutes old, its last byte 20 minutes ago: not idle yet (rule 46).
    let slow = telling.request(ago(40), "photo");
    telling.segment(ago(20), &slow, 200, 10, "timeout");
    // Idle since 31 minutes (rule 6).
    let idle = telling.request(ago(31), "photo");
    client.publish(&telling.events).await?;

    let key = stack.key(25, OWNER_SCOPES)?;
    let path = format!("/collections/{COLLECTION}/downloads/");
    let answer = client.read(&key, &path).await?.json;
    let rows = answer["data"].as_array().cloned().unwrap_or_default();
    let found: Vec<(&str, &str)> =
        rows.iter().filter_map(|row| Some((row["id"].as_str()?, row["status"].as_str()?))).collect();
    let wanted = [
        (requested.as_str(), "requested"),
        (&preparing, "preparing"),
        (&failing, "preparing"),
        (&erring, "in_progress"),
        (&broken, "in_progress"),
        (&complete, "completed"),
        (&idle, "abandoned"),
        (&slow, "in_progress"),
    ];
    ensure!(found == wanted, "expected {wanted:?}, got {found:?}");
    // Failures show only on failed downloads (rule 53); nothing has failed or is partial: 1 ÷ 1.
    ensure!(rows.iter().all(|row| row["failure"].is_null()), "{answer}");
    ensure!(answer["summary"]["success_rate"].as_f64() == Some(1.0), "{answer}");
    let by_status = json!({
        "completed": 1, "partial": 0, "failed": 0, "abandoned": 1, "in_progress": 3, "preparing": 2, "requested": 1,
    });
    let differences = compare::differences(&by_status, &answer["summary"]["by_status"]);
    ensure!(differences.is_empty(), "{differences:?}");
    let narrowed = client.read(&key, &format!("{path}?status=requested,preparing")).await?.json;
    ensure!(narrowed["meta"]["total"] == 3, "{narrowed}");
    Ok(())
}
