//! Delivery against an ingest service that is sometimes away, and one that refuses.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::day::now;
use crate::demo::{Generator, Report, Target, play};

const EVENTS: u64 = 2_000;
const SEED: u64 = 3;
/// Every so many requests the service is away.
const AWAY_EVERY: usize = 4;

/// What a service saw.
#[derive(Default)]
struct Seen {
    requests: usize,
    /// The body that was turned away and must come again.
    turned_away: BTreeSet<Vec<u8>>,
    lines: Vec<String>,
}

/// Reads one request: its head, and its body by `Content-Length`.
async fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?.to_lowercase();
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    while bytes.len() < head_end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, bytes.split_off(head_end)))
}

async fn answer(stream: &mut TcpStream, status: &str, body: &str) {
    let length = body.len();
    let text = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nretry-after: 0\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).await.expect("the client is still there");
}

/// Takes a batch as the service would; turns every fourth request away.
fn take(seen: &Mutex<Seen>, head: &str, body: Vec<u8>) -> (&'static str, String) {
    assert!(head.starts_with("post /v1/events http/1.1"), "{head}");
    assert!(head.contains("authorization: bearer secret"), "{head}");
    assert!(head.contains("content-type: application/x-ndjson"), "{head}");
    assert!(head.contains("content-encoding: gzip"), "{head}");
    let mut seen = seen.lock().expect("no test thread panicked");
    seen.requests += 1;
    if seen.requests.is_multiple_of(AWAY_EVERY) {
        seen.turned_away.insert(body);
        return ("503 Service Unavailable", String::new());
    }
    seen.turned_away.remove(&body);
    let mut text = String::new();
    flate2::read::GzDecoder::new(body.as_slice()).read_to_string(&mut text).expect("gzip");
    let accepted = text.lines().count();
    seen.lines.extend(text.lines().map(str::to_owned));
    ("200 OK", format!(r#"{{"accepted":{accepted},"rejected":[],"position":"p"}}"#))
}

/// Serves on a free port until the test ends.
async fn serve<F>(respond: F) -> Target
where
    F: Fn(&str, Vec<u8>) -> (&'static str, String) + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let respond = Arc::new(respond);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let respond = Arc::clone(&respond);
            tokio::spawn(async move {
                while let Some((head, body)) = read_request(&mut stream).await {
                    let (status, text) = respond(&head, body);
                    answer(&mut stream, status, &text).await;
                }
            });
        }
    });
    Target { ingest_url: format!("http://127.0.0.1:{port}/"), key: "Secret".to_owned() }
}

#[tokio::test]
async fn every_event_arrives_though_the_service_is_away_now_and_then() {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let service = Arc::clone(&seen);
    let target = serve(move |head, body| take(&service, head, body)).await;
    let shown = Mutex::new(Vec::new());
    let progress = |sent: u64| shown.lock().expect("no test thread panicked").push(sent);
    let report = play(&target, EVENTS, now(), SEED, &progress).await.expect("the service takes everything");

    let distinct = Generator::new(now(), EVENTS, SEED).total();
    let seen = seen.lock().expect("no test thread panicked");
    assert!(seen.turned_away.is_empty(), "a batch that was turned away did not come again as it was");
    assert!(seen.requests > AWAY_EVERY);
    assert_eq!(report.sent, seen.lines.len() as u64);
    assert_eq!(
        report,
        Report { sent: distinct + report.duplicates, accepted: report.sent, duplicates: report.duplicates }
    );
    let ids: BTreeSet<String> = seen
        .lines
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["event_id"].to_string())
        .collect();
    assert_eq!(ids.len() as u64, distinct);
    assert_eq!(shown.lock().expect("no test thread panicked").last(), Some(&distinct));
}

#[tokio::test]
async fn a_refused_key_ends_the_play_with_what_the_service_said() {
    let target = serve(|_, _| ("401 Unauthorized", r#"{"title":"this key is unknown"}"#.to_owned())).await;
    let error = play(&target, EVENTS, now(), SEED, &|_| {}).await.expect_err("the key is refused");
    let text = format!("{error:#}");
    assert!(text.contains("401 Unauthorized") && text.contains("this key is unknown"), "{text}");
}

#[tokio::test]
async fn a_rejected_event_is_not_counted_as_accepted() {
    let answer = r#"{"accepted":0,"rejected":[{"index":0,"code":"malformed","field":"type","message":"no"}]}"#;
    let target = serve(move |_, _| ("422 Unprocessable Entity", answer.to_owned())).await;
    let report = play(&target, EVENTS, now(), SEED, &|_| {}).await.expect("a verdict is no failure");
    assert_eq!(report.accepted, 0);
    assert!(report.sent >= EVENTS);
}
