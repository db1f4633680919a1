//! The one engine of the process.

use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::Config;
use crate::errors::{Error, Exception};
use crate::ffi::{Api, Connection, skip_destructors_at_exit};

/// An open engine; every request connects to it anew, which costs a tenth of a millisecond.
pub(crate) struct Engine {
    api: &'static Api,
    arguments: Vec<String>,
    version: String,
    timezone: String,
    /// The engine lives as long as a connection does, so one is always kept.
    keeper: Mutex<Connection>,
    connected: AtomicU64,
}

impl Engine {
    /// Loads the library and opens the data directory; takes a fraction of a second.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        fs::create_dir_all(&config.data_dir)
            .map_err(|source| Error::DataDirectory { path: config.data_dir.clone(), source })?;
        let api = Api::load(&config.library)
            .map_err(|error| Error::Load { path: config.library.clone(), reason: error.to_string() })?;
        let open_error = |reason: String| Error::Open { path: config.data_dir.clone(), reason };
        let data_dir = config.data_dir.to_str().ok_or_else(|| open_error("the path is not UTF-8".to_owned()))?;
        let mut arguments = vec!["clickhouse".to_owned(), format!("--path={data_dir}")];
        arguments.extend(config.engine_options.iter().map(|(name, value)| format!("--{name}={value}")));
        let mut keeper = Connection::open(api, &arguments).map_err(|error| open_error(error.to_string()))?;
        let about = keeper
            .query("SELECT version(), timezone()", "TabSeparated", &[])
            .map_err(|error| open_error(error.to_string()))?;
        let about = String::from_utf8_lossy(about.data()).into_owned();
        let (version, timezone) = about.trim_end().split_once('\t').unwrap_or((about.trim_end(), "UTC"));
        // By now the engine has registered the destructors of what it needs to run.
        skip_destructors_at_exit();
        tracing::info!(library = api.version(), version, timezone, data_dir, "engine open");
        Ok(Self {
            api,
            arguments,
            version: version.to_owned(),
            timezone: timezone.to_owned(),
            keeper: Mutex::new(keeper),
            connected: AtomicU64::new(0),
        })
    }

    /// A connection with the engine's default settings, in the database `default`.
    pub(crate) fn connect(&self) -> Result<Connection, Exception> {
        // Some static objects are made when they are first used, and their destructors registered then.
        if (self.connected.fetch_add(1, Ordering::Relaxed) + 1).is_power_of_two() {
            skip_destructors_at_exit();
        }
        Ok(Connection::open(self.api, &self.arguments)?)
    }

    /// The version of ClickHouse, such as `26.7.2.1`.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The name of the engine's time zone.
    pub(crate) fn timezone(&self) -> &str {
        &self.timezone
    }

    /// Cancels the statements that run with this `log_comment`: the library gives statements no id of their own.
    pub(crate) fn kill(&self, log_comment: &str) -> Result<(), Exception> {
        let sql = format!("KILL QUERY WHERE Settings['log_comment'] = {} ASYNC", quoted(log_comment));
        self.connect()?.query(&sql, "Null", &[])?;
        Ok(())
    }

    /// Stops the engine's background work and releases the data directory.
    pub(crate) fn close(self) {
        drop(self.keeper);
        if self.api.shutdown() {
            tracing::info!("engine closed");
        } else {
            tracing::warn!("the engine did not close; what was acknowledged is stored all the same");
        }
    }
}

/// `text` as a string literal of SQL.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// `name` as a quoted identifier of SQL.
pub(crate) fn quoted_name(name: &str) -> String {
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_cannot_be_left() {
        assert_eq!(quoted(r"a'\"), r"'a\'\\'");
        assert_eq!(quoted_name(r"a`\"), r"`a\`\\`");
    }
}
