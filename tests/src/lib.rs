//! The pipeline as a whole, tested on the real Kafka and the real engine.
//!
//! ```text
//! stack    the whole stack in a child process, shared by the tests of one executable
//! process  the processes of a stack
//! program  the beginning of programs that start a stack of themselves
//! service  one more projector or query API beside it
//! clickhouse what it is asked by programs: statements, and what a database holds
//! client   publishes and asks over HTTP, as an edge and a reader do
//! story    a few days of two studios written by hand, and what every endpoint must answer about them
//! landed   a data directory of the version that landed last, stored to be opened by this one
//! erased   waits for erasures
//! foreign  an Avro producer that shares no code with ours
//! browser  a Chromium
//! go       programs that come as Go modules
//! deployment what checks the files that Loupe is deployed with
//! chaos    a stack under load whose processes are killed and stopped at random
//! fuzz     hostile bytes for everything that reads what strangers write
//! api_load what one account's load does to another's, what a 304 costs, what an export holds
//! api_growth how long answers take as the tables grow, beside their statements sent bare
//! secure   Kafka and the engine over TLS, asking everybody who they are
//! simulate projectors, a log and a store that misbehave by a seed, without I/O
//! edge_load how many events ingest takes, and how soon a reader has them
//! bench    events from Kafka into ClickHouse, beside ClickHouse's own Kafka engine
//! produce  records straight into Kafka, as many as it takes
//! reader   what an account's answers say, by JSON pointer
//! recorder what is asked of ClickHouse, kept to be sent again
//! page     a page that keeps a program's figures
//! scrape   the metrics of a service
//! season   a generated season that tests look at together
//! times    how long things took, as percentiles
//! traces   what files hold, compressed or not
//! oracle   what the tables must hold: the fold of the events
//! compare  what differs between an answer and the expected one
//! ```
//!
//! Nothing here waits by sleeping for numbers: the position a write returns makes the read wait (rule 101).

pub mod api_growth;
pub mod api_load;
pub mod bench;
pub mod browser;
pub mod chaos;
pub mod clickhouse;
pub mod client;
pub mod compare;
pub mod deployment;
pub mod edge_load;
pub mod erased;
pub mod foreign;
pub mod fuzz;
pub mod go;
pub mod landed;
pub mod oracle;
pub mod page;
pub mod process;
pub mod produce;
pub mod program;
pub mod reader;
pub mod recorder;
pub mod scrape;
pub mod season;
pub mod secure;
pub mod service;
pub mod shuffle;
pub mod simulate;
pub mod stack;
pub mod story;
pub mod times;
pub mod traces;

/// How long may take what takes seconds when nothing else runs: an erasure, what a projector or a rebuild still has to fold.
/// A test that gives up sooner fails on a machine that is busy.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);
