//! Erasing in databases that are not served: kept to go back to, or begun by a rebuild. Perhaps nobody folds them ever again,
//! so whoever ends an erasure does all of it there.

use anyhow::Context;
use loupe_service::clock;

use super::{DONE, Order, parts};
use crate::backfill::write_anew;
use crate::served::numbered;
use crate::store::{Store, insert};

impl Store {
    /// Erases a client in every database but this one; done again, it changes nothing. Where somebody folds such a database,
    /// both do the same.
    ///
    /// # Errors
    /// A database cannot be read or written, or follows a definition that this program does not know.
    pub(crate) async fn erase_aside(&self, order: &Order) -> anyhow::Result<()> {
        for name in self.versions().await?.into_iter().map(numbered).filter(|name| name != self.name()) {
            erase(&self.of(&name), order).await.with_context(|| format!("the database {name}, which is not served"))?;
        }
        Ok(())
    }

    /// Ends the orders of every database but this one that were given before `before`, in microseconds since the epoch. A database
    /// that took another's place may have ended the same order sooner, and only an order of its own has it look aside.
    ///
    /// # Errors
    /// A database cannot be read or written, or follows a definition that this program does not know.
    pub async fn end_orders_aside(&self, before: i64) -> anyhow::Result<()> {
        for name in self.versions().await?.into_iter().map(numbered).filter(|name| name != self.name()) {
            let aside = self.of(&name);
            let ended = async {
                if aside.is_made().await? {
                    for order in aside.erasure_orders().await?.iter().filter(|order| order.erased.0 < before) {
                        erase(&aside, order).await?;
                    }
                }
                anyhow::Ok(())
            };
            ended.await.with_context(|| format!("the database {name}, which is not served"))?;
        }
        Ok(())
    }

    /// Whether this database says which definition it follows: until then it is being made, and holds nothing.
    async fn is_made(&self) -> clickhouse::error::Result<bool> {
        let query = "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'definition'";
        let tables: u64 = self.database().query(query).fetch_one().await?;
        Ok(tables > 0 && self.named_definition().await?.is_some())
    }
}

async fn erase(aside: &Store, order: &Order) -> anyhow::Result<()> {
    // One that is being made is told who is erased before anything is folded into it.
    if !aside.is_made().await? {
        return Ok(());
    }
    aside.migrate().await?;
    insert(&aside.inserting().await?, "erasures", &[order.remembered()]).await?;
    let mut decoder = aside.decoder().await?;
    for keys in parts(&aside.slices_naming(order).await?) {
        write_anew(aside, aside, &mut decoder, &keys, &|_, _| true).await?;
    }
    let names = aside.names_of(order).await?;
    aside.erase_rows(order).await?;
    aside.erase_quarantined(&names).await?;
    aside.write_erasure_steps(&[order.step(DONE, clock::now_micros())]).await?;
    Ok(aside.erase_order(order).await?)
}
