//! Rows of a flush as the inserts they become: each goes into its table's columns as it comes, and is forgotten.

use std::sync::Arc;

use bytes::Bytes;
use clickhouse::Row;
use serde::Serialize;

use super::columns::Tables;
use super::native::{Block, Columns};
use crate::fold::rows::{EachTable, Rows, Sink};

/// The columns of every table, being filled.
pub struct Blocks {
    tables: Arc<Tables>,
    /// By the place of the table in [`Rows`].
    blocks: Vec<Option<Block>>,
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
    pub(super) tables: Vec<Insert>,
    /// Those come last.
    pub(super) events: Option<Insert>,
    /// Why this cannot be written: a row does not fit its table.
    pub(super) misfit: Option<String>,
}

impl Inserts {
    /// How many rows there are, over all tables.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.tables.iter().chain(&self.events).map(|insert| insert.rows).sum()
    }
}

impl Blocks {
    /// No rows yet, of tables with these columns.
    pub(super) const fn new(tables: Arc<Tables>) -> Self {
        Self { tables, blocks: Vec::new(), misfit: None }
    }

    /// The same without rows.
    pub(crate) fn anew(&self) -> Self {
        Self::new(Arc::clone(&self.tables))
    }

    /// Takes rows that stay where they are.
    pub(super) fn copy(&mut self, rows: &Rows) {
        rows.each(&mut Filling { blocks: self, place: 0 });
    }
}

/// The blocks while rows are shown to them.
struct Filling<'b> {
    blocks: &'b mut Blocks,
    /// The place of the next table.
    place: usize,
}

impl EachTable for Filling<'_> {
    fn table<R: Row + Serialize>(&mut self, name: &'static str, rows: &[R]) {
        let place = self.place;
        self.place += 1;
        let Blocks { tables, blocks, misfit } = &mut *self.blocks;
        if blocks.len() <= place {
            blocks.push(None);
        }
        if rows.is_empty() || misfit.is_some() {
            return;
        }
        let filled = tables.of(name).map_err(str::to_owned).and_then(|columns| {
            let block = blocks[place].get_or_insert_with(|| columns.block());
            block.fill(rows).map_err(|error| format!("rows of `{name}`: {error}"))
        });
        *misfit = filled.err();
    }
}

/// What each table's blocks become.
struct Joining<'t> {
    tables: &'t Tables,
    /// Of each table, in the order of [`Rows`].
    blocks: std::vec::IntoIter<Vec<Block>>,
    inserts: Inserts,
}

impl EachTable for Joining<'_> {
    fn table<R: Row + Serialize>(&mut self, name: &'static str, _: &[R]) {
        let blocks = self.blocks.next().unwrap_or_default();
        let (false, Ok(columns)) = (blocks.is_empty(), self.tables.of(name)) else { return };
        let insert = Insert::new(name, columns, blocks);
        if name == "events" {
            self.inserts.events = Some(insert);
        } else {
            self.inserts.tables.push(insert);
        }
    }
}

impl Insert {
    /// The rows of blocks of one table.
    pub(super) fn new(table: &'static str, columns: &Columns, blocks: Vec<Block>) -> Self {
        let rows = blocks.iter().map(Block::rows).sum();
        Self { table, names: columns.names().collect(), rows, body: columns.send(blocks) }
    }
}

impl Sink for Blocks {
    type Joined = Inserts;

    fn take(&mut self, rows: &mut Rows) {
        self.copy(rows);
        rows.clear();
    }

    fn join(sinks: Vec<Self>) -> Inserts {
        let mut misfit = None;
        let mut tables = Arc::default();
        let mut blocks: Vec<Vec<Block>> = Vec::new();
        for sink in sinks {
            misfit = misfit.or(sink.misfit);
            tables = sink.tables;
            blocks.resize_with(blocks.len().max(sink.blocks.len()), Vec::new);
            blocks.iter_mut().zip(sink.blocks).for_each(|(blocks, block)| blocks.extend(block));
        }
        let mut joining = Joining { tables: &tables, blocks: blocks.into_iter(), inserts: Inserts::default() };
        Rows::default().each(&mut joining);
        Inserts { misfit, ..joining.inserts }
    }
}
