//! Settings and the database that hold for one request, also on a connection that outlives it.

use crate::engine::{quoted, quoted_name};
use crate::errors::Exception;
use crate::ffi::Connection;

/// What to put back after the request.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    restore: Vec<String>,
}

impl Overrides {
    /// Applies `database` and `settings`; what they replace is remembered when the connection `is_kept`.
    pub(crate) fn apply(
        connection: &mut Connection,
        database: Option<&str>,
        settings: &[(String, String)],
        is_kept: bool,
    ) -> Result<Self, Exception> {
        let restore = if is_kept { before(connection, database.is_some(), settings)? } else { Vec::new() };
        let applied = Self { restore };
        match run(connection, &statements(database, settings)) {
            Ok(()) => Ok(applied),
            Err(exception) => {
                applied.restore(connection);
                Err(exception)
            }
        }
    }

    /// Puts back what was before.
    pub(crate) fn restore(self, connection: &mut Connection) {
        for statement in self.restore {
            if let Err(exception) = run(connection, &[statement]) {
                tracing::warn!(%exception, "a session keeps a setting of one request");
            }
        }
    }
}

fn statements(database: Option<&str>, settings: &[(String, String)]) -> Vec<String> {
    let mut statements: Vec<String> = database.iter().map(|name| format!("USE {}", quoted_name(name))).collect();
    if !settings.is_empty() {
        let list: Vec<String> = settings.iter().map(|(name, value)| format!("{name} = {}", quoted(value))).collect();
        statements.push(format!("SET {}", list.join(", ")));
    }
    statements
}

/// The statements that restore what is so now.
fn before(
    connection: &mut Connection,
    changes_database: bool,
    settings: &[(String, String)],
) -> Result<Vec<String>, Exception> {
    let mut restore = Vec::new();
    if changes_database {
        let name = connection.query("SELECT currentDatabase()", "RawBLOB", &[])?;
        restore.push(format!("USE {}", quoted_name(&String::from_utf8_lossy(name.data()))));
    }
    for (name, _) in settings {
        let sql = format!("SELECT value FROM system.settings WHERE name = {} AND changed", quoted(name));
        let value = connection.query(&sql, "RawBLOB", &[])?;
        restore.push(match value.rows() {
            0 => format!("SET {name} = DEFAULT"),
            _ => format!("SET {name} = {}", quoted(&String::from_utf8_lossy(value.data()))),
        });
    }
    Ok(restore)
}

fn run(connection: &mut Connection, statements: &[String]) -> Result<(), Exception> {
    for statement in statements {
        connection.query(statement, "Null", &[])?;
    }
    Ok(())
}
