//! Slices anew from their stored events: their rows, and those written into all tables.

use std::sync::Arc;

use anyhow::Context;

use super::BackfillError;
use crate::flush::{Decoding, Meant, Refold, UnreadableState};
use crate::fold::rows::Rows;
use crate::fold::slice_key::SliceKey;
use crate::store::Store;

/// Writes the stored events of slices, of those that `is_meant` by slice and offset, from one database into another or into
/// itself: as a projector would that had just read them and knows who is erased, read models first.
///
/// # Errors
/// ClickHouse does not answer, or an event cannot be read.
pub(crate) async fn write_anew(
    from: &Store,
    to: &Store,
    decoding: &mut Decoding,
    keys: &[SliceKey],
    is_meant: &(dyn Fn(&SliceKey, i64) -> bool + Sync),
) -> anyhow::Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut rows = rows_of(from, decoding, keys, Meant::Anew(is_meant)).await?;
    let events = std::mem::take(&mut rows.events);
    to.write_tables(&rows, &[]).await.context("writing read models")?;
    to.write_events(&events).await.context("writing events")
}

/// Every row that follows from the stored events of slices, without who is erased by now.
///
/// # Errors
/// ClickHouse does not answer, or an event cannot be read.
pub(super) async fn rows_of(
    from: &Store,
    decoding: &mut Decoding,
    keys: &[SliceKey],
    meant: Meant<'_>,
) -> Result<Rows, BackfillError> {
    let stored = from.events_of(keys)?.all().await?;
    // Asked after the events: what was replaced in them by now is known.
    let mut refold = Refold::new(Arc::new(from.erasures().await?), keys);
    let rows = tokio::task::block_in_place(|| {
        refold.fold(decoding, &stored, meant)?;
        Ok::<_, UnreadableState>(refold.into_rows())
    })?;
    Ok(rows)
}
