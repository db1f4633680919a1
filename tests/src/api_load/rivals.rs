//! An account that asks for all it can get, and another's reader beside it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt;
use tokio::task::JoinSet;

use super::reader::{Reader, Times};

/// Connections that read whole pages again and again.
const PAGES: usize = 24;
/// Exports that are read slowly.
const EXPORTS: usize = 8;
const PAUSE: Duration = Duration::from_millis(100);
/// After so long the first statements of the load have ended, which are within its account's share.
const WARM: Duration = Duration::from_secs(10);
/// What part of the requests is made while they run.
const FIRST_PART: usize = 4;

/// The times of `small` while the owner of `large` and `huge` asks for pages of the one and exports of the other: from the
/// first moment on, and later.
pub(super) async fn beside([large, huge]: [&Reader; 2], small: &Reader, requests: usize) -> anyhow::Result<[Times; 2]> {
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
    let begun = tokio::time::Instant::now();
    let first = small.pages(requests / FIRST_PART).await;
    tokio::time::sleep_until(begun + WARM).await;
    let later = small.pages(requests).await;
    rivals.shutdown().await;
    Ok([first?, later?])
}

/// The times of `small` while every core computes something that has nothing to do with Loupe: what a machine that is
/// busy costs a reader however well the accounts are kept apart.
pub(super) fn beside_computing(small: &Reader, requests: usize) -> anyhow::Result<Times> {
    let is_over = AtomicBool::new(false);
    let cores = std::thread::available_parallelism()?.get();
    std::thread::scope(|threads| {
        for _ in 0..cores {
            threads.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let times = tokio::runtime::Handle::current().block_on(small.pages(requests));
        is_over.store(true, Ordering::Relaxed);
        times
    })
}
