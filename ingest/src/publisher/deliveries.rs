//! What became of the records of a batch, told once, when the last of them is delivered or given up.

use std::sync::{Arc, Mutex, PoisonError};

use loupe_schemas::topics::Topic;
use rdkafka::Message;
use rdkafka::message::DeliveryResult;
use tokio::sync::oneshot;

use super::{Delivered, PublishError};

/// What became of one record.
type Outcome = Result<Delivered, PublishError>;

/// The results of a batch as they come; dropping the last handle of it tells them.
#[derive(Debug)]
pub(super) struct Deliveries {
    results: Mutex<Vec<Outcome>>,
    told: Option<oneshot::Sender<Vec<Outcome>>>,
}

/// The right to say what became of one record; librdkafka holds it meanwhile.
#[derive(Debug)]
pub(super) struct Ticket {
    deliveries: Arc<Deliveries>,
    index: usize,
    topic: &'static Topic,
}

impl Deliveries {
    /// Those of a batch of this size, and where they are told: `Closed` of what nothing became.
    pub(super) fn new(size: usize) -> (Arc<Self>, oneshot::Receiver<Vec<Outcome>>) {
        let (told, results) = oneshot::channel();
        let nothing = vec![Err(PublishError::Closed); size];
        (Arc::new(Self { results: Mutex::new(nothing), told: Some(told) }), results)
    }

    /// The ticket of the record at `index`.
    pub(super) fn ticket(self: &Arc<Self>, index: usize, topic: &'static Topic) -> Box<Ticket> {
        Box::new(Ticket { deliveries: Arc::clone(self), index, topic })
    }

    /// Says what became of the record at `index`.
    pub(super) fn put(&self, index: usize, result: Outcome) {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)[index] = result;
    }
}

impl Drop for Deliveries {
    fn drop(&mut self) {
        let results = std::mem::take(self.results.get_mut().unwrap_or_else(PoisonError::into_inner));
        // Whoever asked may have gone away.
        let _ = self.told.take().map(|told| told.send(results));
    }
}

impl Ticket {
    /// Says what Kafka made of the record.
    pub(super) fn redeem(&self, result: &DeliveryResult<'_>) {
        let result = match result {
            Ok(record) => Ok(Delivered { topic: self.topic, partition: record.partition(), offset: record.offset() }),
            Err((error, _)) => Err(PublishError::Kafka(error.clone())),
        };
        self.deliveries.put(self.index, result);
    }
}
