//! What the command line says.

use std::path::PathBuf;

use anyhow::Context;
use chrono::TimeDelta;
use clap::{Args, Parser, Subcommand, ValueEnum};
use loupe_clickhouse_local::Access;
use loupe_service::keys::{Accounts, Scope};

use crate::cache;

/// Brings up Kafka, the ClickHouse engine, ingest, projector and query API on this machine, plays a day of gallery
/// traffic through them, and prints the URLs and a key. Ctrl-C stops everything in order; a second start resumes with
/// its data.
#[derive(Debug, Parser)]
#[command(name = "loupe", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do instead of bringing the stack up.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to bring the stack up.
    #[command(flatten)]
    pub up: Up,
}

/// What this executable can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the stack up (the default).
    Up(Up),
    /// Manage the API keys of the stack.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Look at the records that could not become events, and send once more those that can by now.
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    /// Recompute collections from their events and compare every read model; fails when one differs.
    Audit(Audit),
    /// Fold the whole log into the next database beside the one that is served, compare the two, and serve it; fails when
    /// it is not served. Killed, it goes on from where it was.
    Rebuild(Rebuild),
    /// Serve the database again that was served before, once it has all that came since.
    Rollback(Rollback),
    /// Run ingest alone, configured by LOUPE_INGEST_….
    #[command(hide = true)]
    Ingest,
    /// Run the projector alone, configured by LOUPE_PROJECTOR_….
    #[command(hide = true)]
    Projector,
    /// Run the query API alone, configured by LOUPE_QUERY_….
    #[command(hide = true)]
    QueryApi,
    /// Run the ClickHouse engine alone.
    #[command(hide = true)]
    Clickhouse(Engine),
}

/// Where a stack keeps its data.
#[derive(Debug, Clone, Args)]
pub struct DataDirectory {
    /// Where the stack keeps its data, logs and keys [default: `loupe` in the user's data directory,
    /// ~/.local/share/loupe].
    #[arg(long, value_name = "DIR", env = "LOUPE_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

impl DataDirectory {
    /// The data directory as an absolute path; it need not exist.
    ///
    /// # Errors
    /// None was named and the user has no home directory.
    pub fn path(&self) -> anyhow::Result<PathBuf> {
        let path = match &self.data_dir {
            Some(path) => path.clone(),
            None => cache::user_directory("XDG_DATA_HOME", ".local/share").context("name a --data-dir")?.join("loupe"),
        };
        std::path::absolute(&path).with_context(|| format!("cannot find the data directory {}", path.display()))
    }
}

/// How to bring the stack up.
#[derive(Debug, Clone, Args)]
pub struct Up {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataDirectory,
    /// What traffic to play once the stack is ready.
    #[arg(long, value_enum, default_value_t = Traffic::Demo)]
    pub traffic: Traffic,
    /// How many distinct events the demo day has at least; once a day was begun in a data directory, it is that day.
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub events: u64,
    /// Whether the well-known ports are used or free ones are chosen.
    #[arg(long, value_enum, default_value_t = PortChoice::Fixed)]
    pub ports: PortChoice,
}

/// What traffic to play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Traffic {
    /// None: publish your own events.
    None,
    /// A day of a photographer's season, sent over HTTP as edges send it, once per data directory.
    Demo,
}

/// Which ports the stack listens on, always on 127.0.0.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PortChoice {
    /// Query API 8080, ingest 8081, projector 8082, ClickHouse 8123, Kafka 9092 and 9093.
    Fixed,
    /// Whatever is free.
    Free,
}

/// What to do with API keys: those of a data directory's stack, running or not, or of a key file.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Mint a key and print it.
    Add(KeyAdd),
    /// List the keys, without their tokens.
    List {
        /// Where they are.
        #[command(flatten)]
        file: KeyFile,
    },
    /// Mint a key in the place of another, which stays good for a while, and print it.
    Rotate(KeyRotate),
    /// Remove a key: services refuse it within a second.
    Revoke {
        /// The key's id, as `key list` prints it.
        id: String,
        /// Where it is.
        #[command(flatten)]
        file: KeyFile,
    },
}

/// Where API keys are.
#[derive(Debug, Args)]
pub struct KeyFile {
    /// The key file that services are given as `keys_file`; goes before --data-dir.
    #[arg(long, value_name = "FILE")]
    pub keys_file: Option<PathBuf>,
    /// Where the stack's data is.
    #[command(flatten)]
    pub data: DataDirectory,
}

/// How long a new key is good.
#[derive(Debug, Args)]
pub struct Life {
    /// How long the new key is good, such as 90d or 12h [default: until it is revoked].
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub expires_in: Option<TimeDelta>,
}

/// A key to mint in the place of another.
#[derive(Debug, Args)]
pub struct KeyRotate {
    /// The key's id, as `key list` prints it.
    pub id: String,
    /// How long the old key stays good, such as 7d, 12h or 0s.
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = duration)]
    pub grace: TimeDelta,
    /// How long the new one is good.
    #[command(flatten)]
    pub life: Life,
    /// Where it is.
    #[command(flatten)]
    pub file: KeyFile,
}

/// A duration such as `1h 30m`, of a century at most.
fn duration(text: &str) -> Result<TimeDelta, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let delta = TimeDelta::from_std(duration).ok().filter(|delta| *delta <= TimeDelta::days(36_525));
    delta.ok_or_else(|| "must be a hundred years at most".to_owned())
}

/// A key to mint.
#[derive(Debug, Args)]
pub struct KeyAdd {
    /// The account the key acts for, repeatable, or `all`.
    #[arg(long, value_name = "N|all", required = true, num_args = 1, value_delimiter = ',')]
    account: Vec<String>,
    /// What the key may do, joined by commas: events:write downloads:read favorites:read links:read links:secret
    /// clients:pii analytics:read clients:erase.
    #[arg(long, value_name = "SCOPES", required = true, value_delimiter = ',')]
    pub scopes: Vec<Scope>,
    /// What the key is for, for people.
    #[arg(long, default_value = "minted by `key add`")]
    pub label: String,
    /// How long it is good.
    #[command(flatten)]
    pub life: Life,
    /// Where it goes.
    #[command(flatten)]
    pub file: KeyFile,
}

impl KeyAdd {
    /// The accounts the key acts for.
    ///
    /// # Errors
    /// A word that is neither `all` nor a number.
    pub fn accounts(&self) -> anyhow::Result<Accounts> {
        if self.account == ["all"] {
            return Ok(Accounts::All);
        }
        let numbers = self.account.iter().map(|text| {
            text.parse().with_context(|| format!("--account must be `all` or account numbers, not `{text}`"))
        });
        Ok(Accounts::Some(numbers.collect::<anyhow::Result<_>>()?))
    }
}

/// What to do with quarantined records. They are found by `LOUPE_PROJECTOR_…` when that is set, else in the running
/// stack of the data directory.
#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// List records, the earliest received first, and how many there are for each reason.
    List(Select),
    /// Show one record whole: why it is there, its bytes, and what it would be today.
    Show {
        /// The record, such as gallery.events.v1/3/1205.
        #[arg(value_name = "TOPIC/PARTITION/OFFSET")]
        place: Place,
        /// Where the data is.
        #[command(flatten)]
        data: DataDirectory,
    },
    /// Say what each record would be today, and send nothing.
    DryRun(Select),
    /// Send every record that is an event by now once more; however often it is sent, it counts once.
    Replay(Select),
    /// Let the records of a partition that the breaker stopped pass into quarantine.
    Lift {
        /// The partition, such as gallery.events.v1/3.
        #[arg(value_name = "TOPIC/PARTITION")]
        partition: Place,
        /// Records below this offset pass [default: all that are there now].
        #[arg(long, value_name = "OFFSET")]
        up_to: Option<i64>,
        /// Where the data is.
        #[command(flatten)]
        data: DataDirectory,
    },
}

/// Which quarantined records.
#[derive(Debug, Args)]
pub struct Select {
    /// Only those rejected for this reason, such as unknown_schema.
    #[arg(long)]
    pub reason: Option<String>,
    /// Only those received at this time or later (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub from: Option<chrono::DateTime<chrono::Utc>>,
    /// Only those received before this time (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub to: Option<chrono::DateTime<chrono::Utc>>,
    /// Only those from this edge node.
    #[arg(long, value_name = "NODE")]
    pub edge: Option<String>,
    /// Only those that name this schema: DownloadRequested.v1, a fingerprint such as 6d0a5b2f6c3e9a11, or `id 7`.
    #[arg(long)]
    pub schema: Option<String>,
    /// Also those that were sent once more already.
    #[arg(long)]
    pub all: bool,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub limit: u64,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataDirectory,
}

/// A topic, a partition and, for a record, its offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The topic's name.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The offset, when one is named.
    pub offset: Option<i64>,
}

impl std::str::FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('/');
        let topic = parts.next().unwrap_or_default().to_owned();
        let known = loupe_schemas::topics::ALL.map(|topic| topic.name);
        if !known.contains(&topic.as_str()) {
            return Err(format!("`{topic}` is none of the topics {}", known.join(", ")));
        }
        let partition =
            parts.next().and_then(|part| part.parse().ok()).ok_or("a partition number must follow the topic")?;
        let offset = parts.next().map(str::parse).transpose().map_err(|_| "the offset must be a number")?;
        Ok(Self { topic, partition, offset })
    }
}

/// What to audit.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("choice").required(true).args(["collection", "day", "sample", "all"])))]
pub struct Audit {
    /// The collection of this id.
    #[arg(long, value_name = "ID")]
    pub collection: Option<u64>,
    /// Every collection with an event on this UTC day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub day: Option<chrono::NaiveDate>,
    /// So many collections at random.
    #[arg(long, value_name = "N")]
    pub sample: Option<u64>,
    /// Every collection.
    #[arg(long)]
    pub all: bool,
    /// What is taken for the truth.
    #[arg(long, value_enum, default_value_t = AuditSource::Kafka)]
    pub from: AuditSource,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataDirectory,
}

/// What an audit takes for the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuditSource {
    /// The log, and the table `events` where the log has let go.
    Kafka,
    /// The table `events`: quicker, and blind to what never reached it.
    Events,
}

/// How to rebuild.
#[derive(Debug, Args)]
pub struct Rebuild {
    /// The counting definition to follow: the name of one of this program's, or a TOML file that says what it changes of
    /// one [default: the program's own; where one of a file is served, that one].
    #[arg(long, value_name = "NAME|FILE")]
    pub definition: Option<String>,
    /// Serve the new database although it follows another definition than the one that is served, or closed days differ.
    #[arg(long)]
    pub accept_differences: bool,
    /// Build and compare only; the next `rebuild` goes on from there.
    #[arg(long, conflicts_with = "accept_differences")]
    pub keep_aside: bool,
    /// Drop the database that was begun and not served, and end.
    #[arg(long, conflicts_with_all = ["definition", "accept_differences", "keep_aside"])]
    pub discard: bool,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataDirectory,
}

/// How to go back.
#[derive(Debug, Args)]
pub struct Rollback {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataDirectory,
}

/// How to run the engine alone.
#[derive(Debug, Args)]
pub struct Engine {
    /// Where the engine keeps its data.
    #[arg(long)]
    pub data_dir: PathBuf,
    /// The engine's shared library.
    #[arg(long)]
    pub library: PathBuf,
    /// Where HTTP is served.
    #[arg(long)]
    pub listen: std::net::SocketAddr,
    /// Who may ask, and how it proves itself.
    #[command(flatten)]
    pub access: Access,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn key_add(account: &str, scopes: &str) -> Result<KeyAdd, clap::Error> {
        let cli = Cli::try_parse_from(["loupe", "key", "add", "--account", account, "--scopes", scopes])?;
        let Some(Command::Key(KeyCommand::Add(add))) = cli.command else { panic!("not `key add`: {cli:?}") };
        Ok(add)
    }

    #[test]
    fn the_command_line_is_consistent_and_up_is_the_default() {
        Cli::command().debug_assert();
        let cli = Cli::parse_from(["loupe", "--traffic", "none", "--ports", "free", "--data-dir", "/d"]);
        assert!(cli.command.is_none());
        assert_eq!((cli.up.traffic, cli.up.ports, cli.up.events), (Traffic::None, PortChoice::Free, 200_000));
        assert_eq!(cli.up.data.path().unwrap(), PathBuf::from("/d"));
    }

    #[test]
    fn a_place_is_a_topic_a_partition_and_perhaps_an_offset() {
        let place = |text: &str| text.parse::<Place>();
        let named = place("gallery.events.v1/3/1205").unwrap();
        assert_eq!((named.topic.as_str(), named.partition, named.offset), ("gallery.events.v1", 3, Some(1205)));
        assert_eq!(place("gallery.catalog.v1/0").unwrap().offset, None);
        assert!(place("events/3").unwrap_err().contains("gallery.events.v1"));
        assert!(place("gallery.events.v1").is_err() && place("gallery.events.v1/x").is_err());
        assert!(place("gallery.events.v1/1/x").is_err());
    }

    #[test]
    fn an_audit_says_what_it_audits() {
        assert!(Cli::try_parse_from(["loupe", "audit"]).is_err());
        assert!(Cli::try_parse_from(["loupe", "audit", "--all", "--sample", "3"]).is_err());
        assert!(Cli::try_parse_from(["loupe", "audit", "--day", "2026-05-02", "--from", "events"]).is_ok());
    }

    #[test]
    fn a_rebuild_is_kept_aside_or_served_or_discarded() {
        let parse = |words: &[&str]| Cli::try_parse_from([&["loupe", "rebuild"], words].concat());
        assert!(parse(&["--definition", "v1", "--accept-differences"]).is_ok());
        assert!(parse(&["--keep-aside", "--accept-differences"]).is_err());
        assert!(parse(&["--discard", "--definition", "v1"]).is_err());
    }

    #[test]
    fn accounts_are_numbers_or_all() {
        assert_eq!(key_add("all", "events:write").unwrap().accounts().unwrap(), Accounts::All);
        let two = key_add("1,2", "downloads:read,links:read").unwrap();
        assert_eq!(two.accounts().unwrap(), Accounts::Some([1, 2].into()));
        assert_eq!(two.scopes, [Scope::DownloadsRead, Scope::LinksRead]);
        assert!(key_add("1,all", "links:read").unwrap().accounts().is_err());
    }

    #[test]
    fn a_rotation_has_a_grace_and_a_life() {
        let words = ["loupe", "key", "rotate", "key_1", "--expires-in", "90d", "--keys-file", "/k"];
        let Some(Command::Key(KeyCommand::Rotate(rotate))) = Cli::parse_from(words).command else { panic!() };
        assert_eq!((rotate.grace, rotate.life.expires_in), (TimeDelta::days(7), Some(TimeDelta::days(90))));
        assert_eq!(rotate.file.keys_file, Some(PathBuf::from("/k")));
        for wrong in ["soon", "-1d", "200y"] {
            assert!(Cli::try_parse_from(["loupe", "key", "rotate", "key_1", "--grace", wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_unknown_scope_lists_the_valid_ones() {
        let message = key_add("1", "links:write").unwrap_err().to_string();
        assert!(message.contains("links:write") && message.contains("links:secret"), "{message}");
    }
}
