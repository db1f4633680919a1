//! The batch that is read and decoded while the last one is folded.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::flush::{DecodedBatch, Decoding};
use crate::log::Consumer;

/// Where batches come from.
#[derive(Clone)]
pub(crate) struct Source {
    consumer: Arc<Consumer>,
    decoding: Arc<Mutex<Decoding>>,
}

impl Source {
    /// What the consumer reads, decoded.
    pub(crate) fn new(consumer: Arc<Consumer>, decoding: Decoding) -> Self {
        Self { consumer, decoding: Arc::new(Mutex::new(decoding)) }
    }

    /// A batch as the consumer reads it ([`Consumer::next_batch`]), decoded given how many partitions the events topic has.
    fn next(&self, idle: Duration, event_partitions: i32, shutdown: &CancellationToken) -> Option<DecodedBatch> {
        let batch = self.consumer.next_batch(idle, shutdown)?;
        Some(self.decoding.lock().unwrap_or_else(PoisonError::into_inner).batch(batch, event_partitions))
    }
}

/// A batch on its way, or here; none once shutdown was asked for.
#[derive(Debug)]
pub(crate) enum Ahead {
    /// It is being read.
    Coming(JoinHandle<Option<DecodedBatch>>),
    /// It was read.
    Here(Option<DecodedBatch>),
}

impl Ahead {
    /// Begins to read a batch and to decode it, on a thread of its own.
    pub(super) fn begin(source: &Source, idle: Duration, event_partitions: i32, shutdown: &CancellationToken) -> Self {
        let (source, shutdown) = (source.clone(), shutdown.clone());
        Self::Coming(tokio::task::spawn_blocking(move || source.next(idle, event_partitions, &shutdown)))
    }

    /// Waits until it is here.
    pub(super) async fn batch(self) -> Option<DecodedBatch> {
        match self {
            Self::Here(batch) => batch,
            Self::Coming(reading) => match reading.await {
                Ok(batch) => batch,
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // The runtime is going down, and so is the reader.
                    Err(_) => None,
                },
            },
        }
    }
}
