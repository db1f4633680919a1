//! Rows of a flush as the inserts they become: each goes into its table's columns as it comes, and is forgotten.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use clickhouse::Row;
use clickhouse::error::Error;
use serde::Serialize;

use super::columns::Tables;
use super::native::{Block, Columns};
use crate::fold::rows::{EachTable, Rows, Sink};

/// The table whose rows come last.
pub(super) const EVENTS: &str = "events";

/// The columns of every table, being filled.
pub struct Blocks {
    tables: Arc<Tables>,
    /// By their tables.
    blocks: BTreeMap<&'static str, Block>,
    /// Why the first rows that did not fit their table did not.
    misfit: Option<String>,
}

/// One insert: its table and what is sent.
#[derive(Debug)]
pub(super) struct Insert {
    pub(super) table: &'static str,
    pub(super) names: Vec<&'static str>,
    pub(super) rows: usize,
    pub(super) body: Vec<Bytes>,
}

/// The inserts of a flush.
#[derive(Debug, Default)]
pub struct Inserts {
    /// Of all tables but `events`.
    tables: Vec<Insert>,
    /// Those come last.
    events: Option<Insert>,
    /// Why this cannot be written: a row does not fit its table.
    misfit: Option<String>,
}

impl Inserts {
    /// How many rows there are, over all tables.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.tables.iter().chain(&self.events).map(|insert| insert.rows).sum()
    }

    /// Those of all tables but `events`, and those of `events`.
    ///
    /// # Errors
    /// A row does not fit its table.
    pub(super) fn parts(&self) -> Result<(&[Insert], Option<&Insert>), Error> {
        match &self.misfit {
            Some(misfit) => Err(Error::Custom(misfit.clone())),
            None => Ok((&self.tables, self.events.as_ref())),
        }
    }
}

impl Blocks {
    /// No rows yet, of tables with these columns.
    pub(super) const fn new(tables: Arc<Tables>) -> Self {
        Self { tables, blocks: BTreeMap::new(), misfit: None }
    }

    /// The same without rows.
    pub(crate) fn anew(&self) -> Self {
        Self::new(Arc::clone(&self.tables))
    }
}

/// Takes rows that stay where they are.
impl EachTable for Blocks {
    fn table<R: Row + Serialize>(&mut self, name: &'static str, rows: &[R]) {
        if rows.is_empty() || self.misfit.is_some() {
            return;
        }
        let filled = self.tables.of(name).map_err(str::to_owned).and_then(|columns| {
            let block = self.blocks.entry(name).or_insert_with(|| columns.block());
            block.fill(rows).map_err(|error| format!("rows of `{name}`: {error}"))
        });
        self.misfit = filled.err();
    }
}

impl Insert {
    /// The rows of blocks of one table.
    fn new(table: &'static str, columns: &Columns, blocks: Vec<Block>) -> Self {
        let rows = blocks.iter().map(Block::rows).sum();
        Self { table, names: columns.names().collect(), rows, body: columns.send(blocks) }
    }
}

impl Sink for Blocks {
    type Joined = Inserts;

    fn take(&mut self, rows: &mut Rows) {
        rows.each(self);
        rows.clear();
    }

    fn join(sinks: Vec<Self>) -> Inserts {
        let mut inserts = Inserts::default();
        let mut tables = Arc::default();
        let mut blocks: BTreeMap<&'static str, Vec<Block>> = BTreeMap::new();
        for sink in sinks {
            inserts.misfit = inserts.misfit.or(sink.misfit);
            tables = sink.tables;
            sink.blocks.into_iter().for_each(|(name, block)| blocks.entry(name).or_default().push(block));
        }
        for (name, blocks) in blocks {
            // Only a table with columns has a block.
            let insert = tables.of(name).ok().map(|columns| Insert::new(name, columns, blocks));
            if name == EVENTS {
                inserts.events = insert;
            } else {
                inserts.tables.extend(insert);
            }
        }
        inserts
    }
}
