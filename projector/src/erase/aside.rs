//! Erasing in databases that are not served: kept to go back to, or begun by a rebuild. Perhaps nobody folds them ever again,
//! so whoever ends an erasure does all of it there.

use anyhow::Context;
use loupe_service::clock;

use super::{DONE, Order, parts};
use crate::backfill::write_anew;
use crate::flush::Decoding;
use crate::served::numbered;
use crate::store::{Store, insert};

impl Store {
    /// Erases a client in every database but this one; done again, it changes nothing. Where somebody folds such a database,
    /// both do the same.
    ///
    /// # Errors
    /// A database cannot be read or written, or follows a definition that this program does not know.
    pub(crate) async fn erase_aside(&self, order: &Order) -> anyhow::Result<()> {
        for aside in self.others().await? {
            erase(&aside, order).await.with_context(|| which(&aside))?;
        }
        Ok(())
    }

    /// Ends the orders of every database but this one that were given before `before`, in microseconds since the epoch. A
    /// database that took another's place may have ended the same order sooner, and only an order of its own has it look
    /// aside.
    ///
    /// # Errors
    /// A database cannot be read or written, or follows a definition that this program does not know.
    pub async fn end_orders_aside(&self, before: i64) -> anyhow::Result<()> {
        for aside in self.others().await? {
            let orders = aside.erasure_orders().await.with_context(|| which(&aside))?;
            for order in orders.iter().filter(|order| order.erased.0 < before) {
                erase(&aside, order).await.with_context(|| which(&aside))?;
            }
        }
        Ok(())
    }

    /// Every database but this one, but for those that are being made: they are told who is erased before anything is folded
    /// into them.
    async fn others(&self) -> anyhow::Result<Vec<Self>> {
        let mut others = Vec::new();
        for name in self.versions().await?.into_iter().map(numbered).filter(|name| name != self.name()) {
            let other = self.of(&name);
            if other.is_made().await.with_context(|| which(&other))? {
                others.push(other);
            }
        }
        Ok(others)
    }

    /// Whether this database says which definition it follows: until then it is being made, and holds nothing.
    async fn is_made(&self) -> clickhouse::error::Result<bool> {
        let query = "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'definition'";
        let tables: u64 = self.database().query(query).fetch_one().await?;
        Ok(tables > 0 && self.named_definition().await?.is_some())
    }
}

fn which(aside: &Store) -> String {
    format!("the database {}, which is not served", aside.name())
}

async fn erase(aside: &Store, order: &Order) -> anyhow::Result<()> {
    aside.migrate().await?;
    insert(&aside.inserting().await?, "erasures", &[order.remembered()]).await?;
    let mut decoding = Decoding::on_all_cores(aside.decoder().await?);
    for keys in parts(&aside.slices_about(order).await?) {
        write_anew(aside, aside, &mut decoding, &keys, &|_, _| true).await?;
    }
    let names = aside.names_of(order).await?;
    aside.erase_rows(order).await?;
    aside.erase_quarantined(&names).await?;
    aside.write_erasure_steps(&[order.step(DONE, clock::now_micros())]).await?;
    Ok(aside.erase_order(order).await?)
}
