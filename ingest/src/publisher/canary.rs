//! A canary as a Kafka record: no key and no payload, but a header that says when it was published.

use loupe_schemas::canary::{Canary, HEADER};
use loupe_schemas::topics;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::BaseRecord;
use rdkafka::util::IntoOpaque;

/// The record that puts a canary in a partition of the events topic.
pub(super) fn record<D: IntoOpaque>(
    canary: Canary,
    partition: i32,
    delivery_opaque: D,
) -> BaseRecord<'static, str, [u8], D> {
    let value = canary.header_value();
    let headers = OwnedHeaders::new_with_capacity(1).insert(Header { key: HEADER, value: Some(&value) });
    BaseRecord::with_opaque_to(topics::EVENTS.name, delivery_opaque).partition(partition).headers(headers)
}
