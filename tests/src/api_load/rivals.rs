//! An account that asks for all it can get, and another's reader beside it.

use std::time::Duration;

use futures::StreamExt;
use tokio::task::JoinSet;

use super::reader::{Reader, Times};

/// Connections that read whole pages again and again.
const PAGES: usize = 24;
/// Exports that are read slowly.
const EXPORTS: usize = 8;
const PAUSE: Duration = Duration::from_millis(100);
/// How long the load lasts before its neighbour is measured.
const WARM: Duration = Duration::from_secs(2);

/// The times of `small` while the owner of `large` and `huge` asks for pages of the one and exports of the other.
pub(super) async fn beside([large, huge]: [&Reader; 2], small: &Reader, requests: usize) -> anyhow::Result<Times> {
    let mut rivals = JoinSet::new();
    for _ in 0..PAGES {
        let reader = large.clone();
        rivals.spawn(async move {
            loop {
                // A refusal is as good an answer as a page: it is what the limits are for.
                if let Ok(response) = reader.favorites("limit=1000&state=all").send().await {
                    drop(response.bytes().await);
                }
            }
        });
    }
    for _ in 0..EXPORTS {
        let reader = huge.clone();
        rivals.spawn(async move {
            loop {
                let Ok(response) = reader.favorites("format=ndjson").send().await else { continue };
                let mut body = response.bytes_stream();
                while body.next().await.is_some() {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        });
    }
    tokio::time::sleep(WARM).await;
    let times = small.pages(requests).await;
    rivals.shutdown().await;
    times
}
