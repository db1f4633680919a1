//! The batch that is read while the last one is folded.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::log::{Batch, Consumer};

/// A batch on its way, or here; none once shutdown was asked for.
#[derive(Debug)]
pub(crate) enum Ahead {
    /// It is being read.
    Coming(JoinHandle<Option<Batch>>),
    /// It was read.
    Here(Option<Batch>),
}

impl Ahead {
    /// Begins to read a batch, on a thread of its own.
    pub(super) fn begin(consumer: &Arc<Consumer>, idle: Duration, shutdown: &CancellationToken) -> Self {
        let (consumer, shutdown) = (Arc::clone(consumer), shutdown.clone());
        Self::Coming(tokio::task::spawn_blocking(move || consumer.next_batch(idle, &shutdown)))
    }

    /// Waits until it is here.
    pub(super) async fn batch(self) -> Option<Batch> {
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
