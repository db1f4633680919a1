//! Slices written anew from their stored events, into all tables.

use std::sync::Arc;

use anyhow::Context;

use crate::flush::{Meant, Refold};
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
    let stored = from.events_of(keys)?.all().await?;
    // Asked after the events: what was replaced in them by now is known.
    let mut refold = Refold::new(Arc::new(from.erasures().await?), keys);
    let mut rows = tokio::task::block_in_place(|| {
        refold.fold(decoder, &stored, Meant::Anew(is_meant))?;
        anyhow::Ok(refold.into_rows())
    })?;
    let events = std::mem::take(&mut rows.events);
    to.write_tables(&rows, &[]).await.context("writing read models")?;
    to.write_events(&events).await.context("writing events")
}
