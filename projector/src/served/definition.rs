//! The counting definition that a database follows, which it names itself: so a program that knows several folds each
//! database by its own.

use clickhouse::Row;
use loupe_schemas::avro::codec;
use loupe_schemas::definition::{self, CURRENT, Definition};
use loupe_service::clock;
use serde::{Deserialize, Serialize};

use crate::fold::filter::Lists;
use crate::log::Decoder;
use crate::store::Store;

/// What tables follow that were begun before they named their definition.
const FIRST: &str = "v1";

/// Why it is not known how a database is folded.
#[derive(Debug, thiserror::Error)]
pub enum UnknownDefinition {
    /// ClickHouse could not be asked.
    #[error(transparent)]
    Store(#[from] clickhouse::error::Error),
    /// A newer program began it.
    #[error("`{database}` follows definition {version}, which this program does not know: it is older than the tables")]
    Newer {
        /// The database.
        database: String,
        /// The version it names.
        version: String,
    },
    /// The text it keeps cannot be read.
    #[error("`{database}` follows definition {version}, which cannot be read: {cause}")]
    Unreadable {
        /// The database.
        database: String,
        /// The version it names.
        version: String,
        /// What is wrong with its text.
        cause: Box<definition::DefinitionError>,
    },
}

/// A definition as a database names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its version.
    pub version: String,
    /// What it changes of a definition of the program; empty for one of those.
    pub text: String,
}

impl Named {
    /// The definition that this program begins tables with.
    #[must_use]
    pub fn current() -> Self {
        Self { version: CURRENT.to_owned(), text: String::new() }
    }

    /// The definition of a TOML text; see [`definition::extend`].
    ///
    /// # Errors
    /// The text is no definition.
    pub fn extending(text: String) -> Result<Self, definition::DefinitionError> {
        Ok(Self { version: definition::extend(&text)?.version, text })
    }
}

#[derive(Debug, Row, Serialize, Deserialize)]
struct DefinitionRow {
    version: String,
    text: String,
    recorded_at: i64,
}

impl Store {
    /// Which definition this database follows, by name.
    ///
    /// # Errors
    /// The query failed.
    pub async fn named_definition(&self) -> clickhouse::error::Result<Option<Named>> {
        // Two that begin a database at once name the same; of anything else the first holds.
        let query = "SELECT ?fields FROM definition FINAL ORDER BY recorded_at, version LIMIT 1";
        let row: Option<DefinitionRow> = self.database().with_validation(false).query(query).fetch_optional().await?;
        Ok(row.map(|row| Named { version: row.version, text: row.text }))
    }

    /// The definition this database follows.
    ///
    /// # Errors
    /// The query failed, or this program does not know it.
    pub async fn definition(&self) -> Result<Definition, UnknownDefinition> {
        let Named { version, text } = self.named_definition().await?.unwrap_or_else(Named::current);
        let database = self.name().to_owned();
        if text.is_empty() {
            let landed = definition::landed(&version).cloned();
            return landed.ok_or(UnknownDefinition::Newer { database, version });
        }
        definition::extend(&text).map_err(|cause| UnknownDefinition::Unreadable {
            database,
            version,
            cause: Box::new(cause),
        })
    }

    /// A decoder of records that judges by the definition this database follows.
    ///
    /// # Errors
    /// The query failed, or this program does not know it.
    pub async fn decoder(&self) -> Result<Decoder, UnknownDefinition> {
        Ok(Decoder::new(codec::Decoder::new(), Lists::of(&self.definition().await?)))
    }

    /// Names the definition that this database follows from its beginning on, unless it names one already.
    ///
    /// # Errors
    /// A statement failed; it may be repeated.
    pub(crate) async fn name_definition(&self, wanted: Option<&Named>) -> clickhouse::error::Result<()> {
        if self.named_definition().await?.is_some() {
            return Ok(());
        }
        let begun: u64 =
            self.database().query("SELECT count() FROM (SELECT 1 FROM ledger LIMIT 1)").fetch_one().await?;
        let first = || Named { version: FIRST.to_owned(), text: String::new() };
        let Named { version, text } = match wanted {
            Some(wanted) => wanted.clone(),
            None if begun > 0 => first(),
            None => Named::current(),
        };
        let row = DefinitionRow { version, text, recorded_at: clock::now_micros() };
        crate::store::insert(&self.inserting().await?, "definition", &[row]).await
    }
}
