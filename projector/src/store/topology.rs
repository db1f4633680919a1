//! What the cluster that the tables are on is made of, and what follows for writing to it.

use clickhouse::error::{Error, Result};
use clickhouse::{Client, Row};
use serde::Deserialize;

use super::Store;

/// The replicas that every shard has, at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Replicas(u64);

#[derive(Debug, Row, Deserialize)]
struct Shard {
    number: u32,
    replicas: u64,
    is_replicated_by_tables: bool,
}

impl Store {
    /// The client that inserts.
    ///
    /// On a cluster an insert is acknowledged once every replica of its shard has the rows: whichever answers the next
    /// question about them, nothing is missing, and a position is never ahead of the rows that it stands for.
    ///
    /// # Errors
    /// ClickHouse cannot be asked about the cluster, or the cluster is not as it must be.
    pub(crate) async fn inserting(&self) -> Result<Client> {
        let Some(cluster) = &self.cluster else { return Ok(self.database()) };
        let Replicas(replicas) = *self.replicas.get_or_try_init(|| self.replicas_of(cluster)).await?;
        Ok(self.database().with_setting("insert_quorum", replicas.to_string()))
    }

    /// How many replicas the shards of a cluster have.
    async fn replicas_of(&self, cluster: &str) -> Result<Replicas> {
        let query = "SELECT shard_num AS number, count() AS replicas, min(internal_replication) > 0 AS \
                     is_replicated_by_tables FROM system.clusters WHERE cluster = ? GROUP BY number ORDER BY number";
        let shards: Vec<Shard> = self.client.query(query).bind(cluster).fetch_all().await?;
        replicas(&shards).map_err(|rule| Error::Custom(format!("`cluster` {cluster}: {rule}")))
    }
}

/// What every shard has alike; else which rule the cluster breaks.
fn replicas(shards: &[Shard]) -> std::result::Result<Replicas, String> {
    let Some(first) = shards.first() else {
        return Err("ClickHouse knows no cluster of this name (system.clusters)".to_owned());
    };
    for Shard { number, replicas, is_replicated_by_tables } in shards {
        if *replicas != first.replicas {
            let expected = first.replicas;
            return Err(format!("shard {number} has {replicas} replicas instead of {expected}; all must have as many"));
        }
        if !is_replicated_by_tables {
            return Err(format!(
                "shard {number} must have internal_replication, since its tables replicate themselves"
            ));
        }
    }
    Ok(Replicas(first.replicas))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(number: u32, replicas: u64) -> Shard {
        Shard { number, replicas, is_replicated_by_tables: true }
    }

    #[test]
    fn every_shard_has_as_many_replicas() {
        assert_eq!(replicas(&[shard(1, 2), shard(2, 2)]), Ok(Replicas(2)));
        let uneven = replicas(&[shard(1, 2), shard(2, 3)]).unwrap_err();
        assert_eq!(uneven, "shard 2 has 3 replicas instead of 2; all must have as many");
    }

    #[test]
    fn a_cluster_that_copies_rows_itself_is_refused() {
        let copying = [shard(1, 2), Shard { is_replicated_by_tables: false, ..shard(2, 2) }];
        assert!(replicas(&copying).unwrap_err().starts_with("shard 2 must have internal_replication"));
        assert!(replicas(&[]).unwrap_err().contains("system.clusters"));
    }
}
