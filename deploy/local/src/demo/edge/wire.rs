//! Batches on the wire: each edge gathers its own lines; some lines are sent again, some are late.

use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use loupe_schemas::Event;

use crate::demo::dice::Dice;

/// Most lines of a batch.
const BATCH_EVENTS_MAX: usize = 400;
/// A batch is closed when its lines have this many bytes, before compression.
const BATCH_BYTES_MAX: usize = 1 << 20;
/// Share of events that are sent a second time, bit for bit.
const COPIED: f64 = 0.02;
/// Share of events that are held back.
const LATE: f64 = 0.01;
/// For how many events at most a line is held back.
const HELD_EVENTS_MAX: u64 = 5_000;

/// A request body: NDJSON, compressed with gzip.
#[derive(Debug)]
pub(in crate::demo) struct Batch {
    /// The body.
    pub(in crate::demo) body: Vec<u8>,
    /// How many lines it has.
    pub(in crate::demo) events: u64,
    /// How many of them were sent before.
    pub(in crate::demo) copies: u64,
    /// Whether it belongs to the catalogue that goes before the traffic.
    pub(in crate::demo) catalogue: bool,
}

/// Events as the batches their edges send.
pub(in crate::demo) struct Batches<I> {
    events: I,
    dice: Dice,
    count: u64,
    open: BTreeMap<String, Lines>,
    held: BinaryHeap<Held>,
    closed: VecDeque<Batch>,
    in_catalogue: bool,
    compression: Compression,
}

/// Lines of one edge that are not sent yet.
#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    events: u64,
    copies: u64,
}

/// A line that waits; the earliest due is the greatest.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    due: std::cmp::Reverse<u64>,
    node: String,
    line: Vec<u8>,
    copy: bool,
}

impl<I: Iterator<Item = Event>> Batches<I> {
    /// The batches of `events`; `seed` decides which lines are copied and which are late.
    pub(in crate::demo) fn new(events: I, seed: u64) -> Self {
        Self {
            events,
            dice: Dice::of(seed, 6, 0),
            count: 0,
            open: BTreeMap::new(),
            held: BinaryHeap::new(),
            closed: VecDeque::new(),
            in_catalogue: true,
            compression: Compression::fast(),
        }
    }

    fn take(&mut self, event: &Event) -> std::io::Result<()> {
        let node = event.head.edge.as_ref().map_or_else(String::new, |edge| edge.node.to_string());
        if self.in_catalogue && !node.is_empty() {
            self.close_all()?;
            self.in_catalogue = false;
        }
        let mut line = serde_json::to_vec(&loupe_schemas::json::to_value(event))?;
        line.push(b'\n');
        self.count += 1;
        if !self.in_catalogue && self.dice.chance(COPIED) {
            self.hold(node.clone(), line.clone(), true);
        }
        if !self.in_catalogue && self.dice.chance(LATE) {
            self.hold(node, line, false);
        } else {
            self.write(&node, &line, false)?;
        }
        self.release(self.count)
    }

    fn hold(&mut self, node: String, line: Vec<u8>, copy: bool) {
        let due = std::cmp::Reverse(self.count + self.dice.between(1, HELD_EVENTS_MAX));
        self.held.push(Held { due, node, line, copy });
    }

    fn release(&mut self, count: u64) -> std::io::Result<()> {
        while self.held.peek().is_some_and(|held| held.due.0 <= count)
            && let Some(held) = self.held.pop()
        {
            self.write(&held.node, &held.line, held.copy)?;
        }
        Ok(())
    }

    fn write(&mut self, node: &str, line: &[u8], copy: bool) -> std::io::Result<()> {
        let lines = self.open.entry(node.to_owned()).or_default();
        lines.text.extend_from_slice(line);
        lines.events += 1;
        lines.copies += u64::from(copy);
        if lines.events >= BATCH_EVENTS_MAX as u64 || lines.text.len() >= BATCH_BYTES_MAX {
            let full = std::mem::take(lines);
            self.close(full)?;
        }
        Ok(())
    }

    fn close(&mut self, lines: Lines) -> std::io::Result<()> {
        if lines.events > 0 {
            let mut encoder = GzEncoder::new(Vec::with_capacity(lines.text.len() / 6), self.compression);
            encoder.write_all(&lines.text)?;
            self.closed.push_back(Batch {
                body: encoder.finish()?,
                events: lines.events,
                copies: lines.copies,
                catalogue: self.in_catalogue,
            });
        }
        Ok(())
    }

    fn close_all(&mut self) -> std::io::Result<()> {
        for (_, lines) in std::mem::take(&mut self.open) {
            self.close(lines)?;
        }
        Ok(())
    }

    fn advance(&mut self) -> std::io::Result<Option<Batch>> {
        while self.closed.is_empty() {
            let Some(event) = self.events.next() else {
                self.release(u64::MAX)?;
                self.close_all()?;
                break;
            };
            self.take(&event)?;
        }
        Ok(self.closed.pop_front())
    }
}

impl<I: Iterator<Item = Event>> Iterator for Batches<I> {
    type Item = std::io::Result<Batch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}
