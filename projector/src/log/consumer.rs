//! Records in, offsets out. Offsets are committed by the flush, after its rows are durable.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use loupe_schemas::topics::{self, Topic};
use loupe_schemas::{Micros, position::Position};
use loupe_service::clock;
use loupe_service::kafka::Context;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use tokio_util::sync::CancellationToken;

use super::epochs::Epochs;
use crate::config::Config;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// A crashed projector's partitions are taken over after this long.
pub(super) const SESSION_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a shutdown may go unnoticed.
const POLL_TIMEOUT: Duration = Duration::from_millis(50);
const ERROR_PAUSE: Duration = Duration::from_millis(200);
/// The most records of a batch, and bytes of their payloads: decoded they take ten times as much, of two batches, and what
/// was folded should be forgotten before the processor's cache is full.
const BATCH_RECORDS_MAX: usize = 20_000;
const BATCH_BYTES_MAX: usize = 8 << 20;
/// A batch of this part of them and more is large: behind a network that takes its time, not all that waits is here.
const LARGE_PART: usize = 16;
/// A record is fresh for so long after the broker took it: whoever sent it may be waiting to read it.
const FRESH: Micros = Micros(10_000_000);
/// How long the first record of a batch waits for others.
const BATCH_WAIT: Duration = Duration::from_millis(20);

/// One Kafka record, copied out of librdkafka's buffers.
#[derive(Debug, Clone)]
pub struct Record {
    /// The topic it came from.
    pub topic: &'static Topic,
    /// The partition it came from.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// When the broker appended it (rule 9's receipt).
    pub appended_at: Micros,
    /// Its key.
    pub key: Bytes,
    /// Its value; `None` for a tombstone.
    pub payload: Option<Bytes>,
    /// Its headers.
    pub headers: Vec<(String, Vec<u8>)>,
}

impl Record {
    /// What librdkafka read, with a `copy` of each of its texts, unless the topic is none of ours.
    pub(crate) fn of(message: &BorrowedMessage<'_>, mut copy: impl FnMut(&[u8]) -> Bytes) -> Option<Self> {
        let headers = message.headers().map(|headers| {
            headers.iter().map(|header| (header.key.to_owned(), header.value.unwrap_or_default().to_vec())).collect()
        });
        Some(Self {
            topic: topics::by_name(message.topic())?,
            partition: message.partition(),
            offset: message.offset(),
            appended_at: Micros(message.timestamp().to_millis().unwrap_or(0).saturating_mul(1_000)),
            key: copy(message.key().unwrap_or_default()),
            payload: message.payload().map(copy),
            headers: headers.unwrap_or_default(),
        })
    }

    /// The partition it came from.
    #[must_use]
    pub const fn place(&self) -> Partition {
        (self.topic.name, self.partition)
    }

    /// Whether both came from one partition. Records come in runs of these, so that what holds of a partition is looked up
    /// once a run.
    #[must_use]
    pub fn is_beside(&self, other: &Self) -> bool {
        self.partition == other.partition && self.topic.short == other.topic.short
    }

    /// Copies its texts out of the memory that they share with those read beside them, which is kept for as long as any is.
    pub(crate) fn detach(&mut self) {
        self.key = Bytes::copy_from_slice(&self.key);
        self.payload = self.payload.as_deref().map(Bytes::copy_from_slice);
    }
}

/// Copies of many short texts in few pieces of memory: to allocate each alone takes longer than to copy it.
#[derive(Debug, Default)]
struct Copies {
    /// What is left of the last piece.
    rest: BytesMut,
    /// How many bytes that had.
    piece: usize,
}

impl Copies {
    /// The bytes of the first piece: a record that comes alone keeps no more in memory.
    const FIRST_BYTES: usize = 1024;
    /// The most bytes of a piece, unless one text alone has more. A piece lives as long as one of the texts in it.
    const PIECE_BYTES: usize = 256 * 1024;

    fn of(&mut self, text: &[u8]) -> Bytes {
        if self.rest.capacity() < text.len() {
            self.piece = (4 * self.piece).clamp(Self::FIRST_BYTES, Self::PIECE_BYTES);
            self.rest = BytesMut::with_capacity(self.piece.max(text.len()));
        }
        self.rest.extend_from_slice(text);
        self.rest.split().freeze()
    }
}

/// What was read since the last batch, from all assigned partitions.
#[derive(Debug)]
pub struct Batch {
    /// The records, in order within each partition.
    pub records: Vec<Record>,
    /// Whether so many came at once that they were there already, and none of them is fresh: more will be, and nobody
    /// waits for one of these more than for the others.
    pub is_backlog: bool,
    /// Which assignment they were read under; states of an earlier one must be forgotten.
    pub epoch: u64,
}

/// What was assigned in an epoch.
#[derive(Debug, Clone, Default)]
pub struct Assignment {
    /// How many partitions the events topic has.
    pub event_partitions: i32,
    /// The next offset of each assigned partition that the group committed: all before it is in the tables.
    pub committed: Position,
    /// Where reading begins: at the committed offset, or at the earliest there is. A ledger that ends before the
    /// earliest shows what was deleted unread; one that ends here shows nothing of what compaction took later.
    pub start: Position,
}

/// A partition, by its topic's name.
pub type Partition = (&'static str, i32);

/// Where a partition begins and ends, and how far it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watermark {
    /// The topic.
    pub topic: &'static Topic,
    /// The partition.
    pub partition: i32,
    /// The earliest offset there is.
    pub first: i64,
    /// The offset after the last record.
    pub end: i64,
    /// The next offset that is to be written.
    pub next: i64,
}

/// The consumer of both topics.
pub struct Consumer {
    inner: BaseConsumer<Epochs>,
    context: Context,
    epoch: Arc<AtomicU64>,
    /// How many records the last batch had: the next will have about as many.
    last_len: AtomicUsize,
    /// What is paused: librdkafka keeps a partition so over any number of assignments, until it is resumed.
    paused: Mutex<BTreeSet<Partition>>,
}

impl Consumer {
    /// Subscribes to both topics. `before_giving_up` may block for a while: nobody else is given the partitions before it returns.
    ///
    /// # Errors
    /// A librdkafka property that does not exist or does not hold together.
    pub fn new(config: &Config, before_giving_up: impl Fn() + Send + Sync + 'static) -> Result<Self, KafkaError> {
        let epoch = Arc::new(AtomicU64::new(0));
        let mut client = client_config(config);
        client
            .set("group.id", &config.group)
            .set("enable.auto.commit", "false")
            .set("auto.offset.reset", "earliest")
            // An eager protocol gives every partition up before it assigns anew, so what was read and not yet
            // flushed can be forgotten: it is read again from the committed offset.
            .set("partition.assignment.strategy", "range")
            .set("session.timeout.ms", SESSION_TIMEOUT.as_millis().to_string())
            .set("topic.metadata.refresh.interval.ms", "2000")
            .set("fetch.wait.max.ms", "100")
            .set("queued.min.messages", "200000")
            // All partitions share one queue: what is fresh in one waits for what is read ahead of another, and for what comes
            // of each of the others with it.
            .set("queued.max.messages.kbytes", "4096")
            .set("fetch.message.max.bytes", "262144")
            // Once its queue was full, librdkafka would not fetch for a second, in which we read it empty.
            .set("fetch.queue.backoff.ms", "10");
        if let Some(id) = &config.group_instance_id {
            client.set("group.instance.id", id);
        }
        config.kafka.set_on(&mut client);
        let context = Context::new(&config.kafka);
        let epochs = Epochs::new(Arc::clone(&epoch), context.clone(), before_giving_up);
        let inner: BaseConsumer<Epochs> = client.create_with_context(epochs)?;
        inner.subscribe(&[topics::EVENTS.name, topics::CATALOG.name])?;
        Ok(Self { inner, context, epoch, last_len: AtomicUsize::new(0), paused: Mutex::default() })
    }

    /// Reads until a batch is full or old; one without records when none came for `idle`. Once `shutdown` is asked
    /// for, what was read so far, then `None`. Blocks the thread.
    pub fn next_batch(&self, idle: Duration, shutdown: &CancellationToken) -> Option<Batch> {
        let mut epoch = self.epoch.load(Ordering::SeqCst);
        let mut records = Vec::with_capacity(self.last_len.load(Ordering::Relaxed));
        let mut copies = Copies::default();
        let mut bytes = 0;
        let mut deadline = Instant::now() + idle;
        while records.len() < BATCH_RECORDS_MAX && bytes < BATCH_BYTES_MAX {
            if shutdown.is_cancelled() {
                return (!records.is_empty()).then_some(Batch { records, is_backlog: false, epoch });
            }
            // What is there already is taken without a look at the clock.
            let mut received = self.inner.poll(Duration::ZERO);
            // While it is polled, partitions may be given up, and that waits: what was read of them is void however long it took.
            if received.is_none() && self.epoch.load(Ordering::SeqCst) == epoch {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    break;
                }
                received = self.inner.poll(left.min(POLL_TIMEOUT));
            }
            let now = self.epoch.load(Ordering::SeqCst);
            if now != epoch {
                records.clear();
                bytes = 0;
                epoch = now;
            }
            match received {
                None => {}
                Some(Ok(message)) => {
                    if records.is_empty() {
                        deadline = Instant::now() + BATCH_WAIT;
                    }
                    if let Some(record) = Record::of(&message, |text| copies.of(text)) {
                        bytes += record.key.len() + record.payload.as_ref().map_or(0, Bytes::len);
                        records.push(record);
                    }
                }
                // Unreachable brokers and topics still to be created: librdkafka keeps trying, and so do we.
                Some(Err(error)) => {
                    tracing::warn!(%error, "no record");
                    std::thread::sleep(ERROR_PAUSE);
                }
            }
        }
        self.last_len.store(records.len(), Ordering::Relaxed);
        let is_large = records.len() >= BATCH_RECORDS_MAX / LARGE_PART || bytes >= BATCH_BYTES_MAX / LARGE_PART;
        let fresh_from = Micros(clock::now_micros() - FRESH.0);
        let is_backlog = is_large && records.iter().all(|record| record.appended_at < fresh_from);
        Some(Batch { records, is_backlog, epoch })
    }

    /// What every client of Kafka does alike, for this one.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Counts assignments: the one that the next record is read under.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Commits next offsets and waits for the broker. A lost assignment is no failure: the new owner reads on from
    /// the committed offsets, and rows written twice are the same rows.
    ///
    /// # Errors
    /// What the broker said.
    pub fn commit(&self, next: &[(&'static Topic, i32, i64)]) -> Result<(), KafkaError> {
        let mut list = TopicPartitionList::new();
        for (topic, partition, offset) in next {
            list.add_partition_offset(topic.name, *partition, Offset::Offset(*offset))?;
        }
        self.inner.commit(&list, CommitMode::Sync)
    }

    /// The assigned partitions as the broker has them; `None` while it cannot say.
    ///
    /// `reached` says what this process wrote; of a partition it has written nothing of, the committed offset counts.
    #[must_use]
    pub fn watermarks(&self, reached: &Position) -> Option<Vec<Watermark>> {
        let assignment = self.inner.assignment().ok()?;
        let committed = self.inner.committed_offsets(assignment, REQUEST_TIMEOUT).ok()?;
        let mut marks = Vec::new();
        for element in committed.elements() {
            let (topic, partition) = (topics::by_name(element.topic())?, element.partition());
            let (first, end) = self.inner.fetch_watermarks(topic.name, partition, REQUEST_TIMEOUT).ok()?;
            let committed = element.offset().to_raw().filter(|offset| *offset >= first);
            let next = reached.next_offset(topic, partition).or(committed).unwrap_or(first);
            marks.push(Watermark { topic, partition, first, end, next });
        }
        Some(marks)
    }

    /// What is assigned now, and how far it was committed.
    ///
    /// # Errors
    /// What Kafka said, or that it does not know the events topic yet.
    pub fn assignment(&self) -> Result<Assignment, KafkaError> {
        let mut assignment = Assignment { event_partitions: self.event_partitions()?, ..Assignment::default() };
        let assigned = self.inner.assignment()?;
        for element in self.inner.committed_offsets(assigned, REQUEST_TIMEOUT)?.elements() {
            let Some(topic) = topics::by_name(element.topic()) else { continue };
            let partition = element.partition();
            let (earliest, _) = self.inner.fetch_watermarks(topic.name, partition, REQUEST_TIMEOUT)?;
            let committed = element.offset().to_raw().filter(|offset| *offset >= 0);
            if let Some(committed) = committed {
                assignment.committed.advance(topic, partition, committed);
            }
            // Offsets between the committed and the earliest were deleted unread: they are left to be missed.
            let start = committed.map_or(earliest, |committed| committed.max(earliest));
            assignment.start.advance(topic, partition, start);
        }
        Ok(assignment)
    }

    /// How many partitions the events topic has.
    ///
    /// # Errors
    /// What Kafka said, or that it does not know the topic yet.
    pub fn event_partitions(&self) -> Result<i32, KafkaError> {
        let unknown = KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownTopicOrPartition);
        let metadata = self.inner.fetch_metadata(Some(topics::EVENTS.name), REQUEST_TIMEOUT)?;
        let topic = metadata.topics().iter().find(|topic| topic.name() == topics::EVENTS.name);
        let partitions = topic.and_then(|topic| i32::try_from(topic.partitions().len()).ok());
        partitions.filter(|count| *count > 0).ok_or(unknown)
    }

    /// Reads no more of these partitions until [`Self::resume`] or [`Self::resume_all`].
    ///
    /// # Errors
    /// A partition that is not assigned any more.
    pub fn pause(&self, partitions: impl Iterator<Item = (&'static Topic, i32)>) -> Result<(), KafkaError> {
        let mut list = TopicPartitionList::new();
        for (topic, partition) in partitions {
            list.add_partition(topic.name, partition);
            self.paused().insert((topic.name, partition));
        }
        self.inner.pause(&list)
    }

    /// Reads these partitions again, from these offsets on.
    ///
    /// # Errors
    /// A partition that is not assigned any more, or an offset that cannot be sought.
    pub fn resume(&self, offsets: &[(&'static Topic, i32, i64)]) -> Result<(), KafkaError> {
        let mut list = TopicPartitionList::new();
        for (topic, partition, offset) in offsets {
            self.inner.seek(topic.name, *partition, Offset::Offset(*offset), REQUEST_TIMEOUT)?;
            list.add_partition(topic.name, *partition);
        }
        self.inner.resume(&list)?;
        self.paused().retain(|place| !offsets.iter().any(|of| (of.0.name, of.1) == *place));
        Ok(())
    }

    /// Reads every partition again that was paused under an earlier assignment, from where this one begins.
    ///
    /// # Errors
    /// What librdkafka said.
    pub fn resume_all(&self) -> Result<(), KafkaError> {
        let mut paused = self.paused();
        if paused.is_empty() {
            return Ok(());
        }
        let mut list = TopicPartitionList::new();
        for (topic, partition) in paused.iter() {
            list.add_partition(topic, *partition);
        }
        self.inner.resume(&list)?;
        paused.clear();
        Ok(())
    }

    fn paused(&self) -> MutexGuard<'_, BTreeSet<Partition>> {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The properties a consumer and a producer share.
pub(super) fn client_config(config: &Config) -> ClientConfig {
    let mut client = ClientConfig::new();
    client
        .set("bootstrap.servers", &config.kafka_bootstrap)
        .set("allow.auto.create.topics", "false")
        // When Kafka is back, so are we within a second.
        .set("reconnect.backoff.max.ms", "1000");
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_say_what_was_copied_wherever_pieces_end() {
        let lengths = [0, 1, Copies::FIRST_BYTES - 1, 0, 1, Copies::PIECE_BYTES + 1, 2];
        let texts: Vec<Vec<u8>> = (1..).zip(lengths).map(|(byte, length)| vec![byte; length]).collect();
        let mut copies = Copies::default();
        let copied: Vec<Bytes> = texts.iter().map(|text| copies.of(text)).collect();
        assert_eq!(copied[2].as_ptr(), copied[1].as_ptr().wrapping_add(1), "what just fits lies in the same piece");
        drop(copies);
        assert_eq!(copied, texts);
    }
}
