//! Slices written anew from their stored events, into all tables.

use std::collections::BTreeMap;

use anyhow::Context;
use xxhash_rust::xxh3::xxh3_64;

use crate::fold::edge_sequences::Arrivals;
use crate::fold::events::EventRow;
use crate::fold::rows::Rows;
use crate::fold::slice::{Folded, Slice};
use crate::fold::slice_key::SliceKey;
use crate::log::Decoder;
use crate::store::Store;

/// Writes the stored events of slices, of those that `is_meant` by slice and offset, from one database into another or into
/// itself: as a projector would that had just read them and knows who is erased, read models first.
///
/// # Errors
/// ClickHouse does not answer, or an event cannot be read.
pub(crate) async fn write_anew(
    from: &Store,
    to: &Store,
    decoder: &mut Decoder,
    keys: &[SliceKey],
    is_meant: &(dyn Fn(&SliceKey, i64) -> bool + Sync),
) -> anyhow::Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let (mut rows, mut arrivals) = (Rows::default(), Arrivals::default());
    let mut slices: BTreeMap<SliceKey, Slice> = BTreeMap::new();
    let mut stored = from.events_of(keys).await?.events;
    stored.sort_by_key(|event| event.log_offset);
    // Asked after the events: what was replaced in them by now is known.
    let erasures = from.erasures().await?;
    for logged in stored {
        let event = decoder.decode_stored(&logged.payload).context("a stored event cannot be read")?;
        let Some(key) = SliceKey::of(&event) else { continue };
        if !is_meant(&key, logged.log_offset) {
            continue;
        }
        if let Some(edge) = &event.head.edge {
            arrivals.add(edge, event.head.occurred_at);
        }
        let class = decoder.class_of(&event);
        let slice = slices.entry(key).or_insert_with(|| Slice::new(key));
        let replacement = erasures.replacement(&event);
        let is_replaced = replacement.is_some();
        let (event, payload) = replacement.unwrap_or((event, logged.payload));
        if slice.fold(&event, class, xxh3_64(&payload), &mut rows) == Folded::New {
            let row = if is_replaced { EventRow::replaced } else { EventRow::new };
            rows.events.extend(row(&event, payload, logged.log_offset));
        }
    }
    slices.values_mut().for_each(|slice| slice.take_rows(&mut rows));
    rows.edge_sequences = arrivals.into_rows();
    let events = std::mem::take(&mut rows.events);
    to.write_tables(&rows, &[]).await.context("writing read models")?;
    to.write_events(&events).await.context("writing events")
}
