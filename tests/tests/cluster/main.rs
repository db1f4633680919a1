//! The tables on a cluster: every statement as the engine parses it, and the whole pipeline over `Distributed` tables.
//!
//! The engine here has neither Keeper nor servers beside it, so nothing is replicated and `ON CLUSTER` is not carried out:
//! a proxy leaves both out of what the projector says. What is left is real: the cluster of `deploy/clickhouse/cluster` has
//! two shards, which are both this engine with the same tables. A row goes to the shard of its account, and an answer that is
//! not taken from that shard alone counts everything twice.

mod parsed;
mod spread;
mod two_shards;
