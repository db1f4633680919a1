//! What the command line says.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Parser, Subcommand, ValueEnum};
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

/// What to do with API keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Mint a key for the stack of a data directory, running or not, and print it.
    Add(KeyAdd),
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
    /// Where the data is.
    #[command(flatten)]
    pub data: DataDirectory,
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
    fn accounts_are_numbers_or_all() {
        assert_eq!(key_add("all", "events:write").unwrap().accounts().unwrap(), Accounts::All);
        let two = key_add("1,2", "downloads:read,links:read").unwrap();
        assert_eq!(two.accounts().unwrap(), Accounts::Some([1, 2].into()));
        assert_eq!(two.scopes, [Scope::DownloadsRead, Scope::LinksRead]);
        assert!(key_add("1,all", "links:read").unwrap().accounts().is_err());
    }

    #[test]
    fn an_unknown_scope_lists_the_valid_ones() {
        let message = key_add("1", "links:write").unwrap_err().to_string();
        assert!(message.contains("links:write") && message.contains("links:secret"), "{message}");
    }
}
