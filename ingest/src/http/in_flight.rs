//! Bounds the bytes of all requests together, so that a burst is told to come back instead of filling memory.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What even an empty request reserves, so that the number of requests is bounded too.
const REQUEST_BYTES_MIN: usize = 4_096;

/// The bytes of bodies held at a time; shared by cloning.
#[derive(Debug, Clone)]
pub struct InFlight {
    room: Arc<Semaphore>,
    bytes_max: usize,
    /// One for each processor: while a body is read it can take fifteen times its bytes, which nobody reserved.
    readers: Arc<Semaphore>,
}

/// There is no room for more bytes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overloaded;

/// The bytes one request holds; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    in_flight: InFlight,
    held: OwnedSemaphorePermit,
    used_bytes: usize,
}

impl InFlight {
    /// Room for `bytes_max` bytes.
    #[must_use]
    pub fn new(bytes_max: usize) -> Self {
        let readers = std::thread::available_parallelism().map_or(1, usize::from);
        Self { room: Arc::new(Semaphore::new(bytes_max)), bytes_max, readers: Arc::new(Semaphore::new(readers)) }
    }

    /// How many bytes are held now.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes_max - self.room.available_permits()
    }

    pub(super) fn begin(&self) -> Result<Reservation, Overloaded> {
        let held = self.take(REQUEST_BYTES_MIN.min(self.bytes_max))?;
        Ok(Reservation { in_flight: self.clone(), held, used_bytes: 0 })
    }

    fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Overloaded> {
        let permits = u32::try_from(bytes).map_err(|_| Overloaded)?;
        Arc::clone(&self.room).try_acquire_many_owned(permits).map_err(|_| Overloaded)
    }
}

impl Reservation {
    /// Waits for one's turn to read a body, which lasts until the permit is dropped.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.in_flight.readers).acquire_owned().await.ok()
    }

    /// Holds `bytes` more, or nothing more when there is no room.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Overloaded> {
        let used_bytes = self.used_bytes.saturating_add(bytes);
        let wanted = used_bytes.saturating_sub(self.held.num_permits());
        if wanted > 0 {
            self.held.merge(self.in_flight.take(wanted)?);
        }
        self.used_bytes = used_bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn no_more_bodies_are_read_at_once_than_there_are_processors() {
        let reservation = InFlight::new(10_000).begin().unwrap();
        let mut turns = Vec::new();
        while let Some(turn) = reservation.turn().now_or_never() {
            turns.push(turn.expect("nobody closes it"));
        }
        assert_eq!(turns.len(), std::thread::available_parallelism().unwrap().get());
        turns.pop();
        assert!(reservation.turn().now_or_never().is_some());
    }

    #[test]
    fn bytes_are_held_until_the_request_ends() {
        let in_flight = InFlight::new(10_000);
        let mut first = in_flight.begin().unwrap();
        first.grow(3_000).unwrap();
        assert_eq!(in_flight.bytes(), REQUEST_BYTES_MIN);
        first.grow(5_000).unwrap();
        assert_eq!(in_flight.bytes(), 8_000);
        assert_eq!(first.grow(2_001), Err(Overloaded));
        assert_eq!(in_flight.begin().err(), Some(Overloaded));
        drop(first);
        assert_eq!(in_flight.bytes(), 0);
        assert!(in_flight.begin().is_ok());
    }
}
