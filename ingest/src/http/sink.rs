//! Where accepted events go.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use loupe_schemas::Event;

use crate::publisher::{Publication, Publisher};

/// Takes events and answers once they are durable.
pub trait Sink: Send + Sync + 'static {
    /// Publishes events in their order; one result for each.
    fn publish_all(self: Arc<Self>, events: Vec<Event>) -> BoxFuture<'static, Publication>;
}

impl Sink for Publisher {
    fn publish_all(self: Arc<Self>, events: Vec<Event>) -> BoxFuture<'static, Publication> {
        async move { Publisher::publish_all(&self, &events).await }.boxed()
    }
}
