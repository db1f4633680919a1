//! Which database is read, and by which definition its numbers were counted: the projector's tables say both, and a
//! request keeps to the one that was served when it began.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use loupe_schemas::definition::{self, Definition};
use loupe_service::problem::Problem;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::json::text;
use crate::store::Store;

/// What a database is called before anybody has said so: a projector's first.
const FIRST_DATABASE: &str = "loupe_v1";
/// What tables follow that were begun before they named their definition.
const FIRST_DEFINITION: &str = "v1";
/// How often it is looked which database is served.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A database, and the definition that its numbers follow.
#[derive(Debug)]
pub(crate) struct Served {
    /// The database.
    pub(crate) database: String,
    /// The version of its definition.
    pub(crate) version: String,
    /// What `GET /definitions` answers.
    pub(crate) document: Document,
    /// Whether the tables name the definition themselves, and so keep it for good.
    is_named: bool,
}

/// A definition as it is served, with its tag.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) text: Bytes,
    pub(crate) tag: HeaderValue,
}

impl Document {
    pub(crate) fn of(definition: &Definition) -> Self {
        let text = json!({"data": definition, "meta": {"definition": definition.version}}).to_string();
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&text)[..16]));
        // Base64 in quotes, so always a header value.
        let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"-\""));
        Self { text: text.into(), tag }
    }
}

impl Served {
    /// What cursors and entity tags are bound to: the same rows under another definition are another list.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.database, self.version)
    }
}

/// Looks which database is served.
pub(crate) struct Lookout {
    store: Store,
    /// The one that the configuration names.
    pinned: Option<String>,
    /// Where the projector says which one it is.
    views: String,
    /// Whether it said so: then it is not asked again whether it ever does, until a statement fails.
    is_said: bool,
    looked: Option<(Instant, Arc<Served>)>,
}

impl Lookout {
    /// A lookout for the table `served` of the database `views`; a pinned database is served whatever that says.
    pub(crate) const fn new(store: Store, pinned: Option<String>, views: String) -> Self {
        Self { store, pinned, views, is_said: false, looked: None }
    }

    /// What is served now, as far as was seen lately.
    ///
    /// # Errors
    /// ClickHouse could not be asked, or the tables follow a definition that this program does not know.
    pub(crate) async fn look(&mut self) -> Result<Arc<Served>, Problem> {
        if let Some((at, served)) = &self.looked
            && at.elapsed() < LOOK_EVERY
        {
            return Ok(Arc::clone(served));
        }
        let database = match &self.pinned {
            Some(pinned) => pinned.clone(),
            None if self.views.is_empty() => FIRST_DATABASE.to_owned(),
            None => self.said().await?.unwrap_or_else(|| FIRST_DATABASE.to_owned()),
        };
        let served = match self.looked.take() {
            Some((_, served)) if served.database == database && served.is_named => served,
            _ => Arc::new(self.read(database).await?),
        };
        self.looked = Some((Instant::now(), Arc::clone(&served)));
        Ok(served)
    }

    /// What the projector says is served; none when it says nothing.
    async fn said(&mut self) -> Result<Option<String>, Problem> {
        // Should the table be gone, the statement fails, and it is asked anew whether it is there.
        self.is_said = self.is_said || self.store.has_served(&self.views).await?;
        if !self.is_said {
            return Ok(None);
        }
        let said = self.store.served(&self.views).await;
        self.is_said = said.is_ok();
        said
    }

    async fn read(&self, database: String) -> Result<Served, Problem> {
        let row = self.store.of(&database).definition().await?;
        let (version, source) = row.as_ref().map_or(("", ""), |row| (text(row, "version"), text(row, "text")));
        let definition = match (version, source) {
            ("", _) => definition::landed(FIRST_DEFINITION).cloned().ok_or_else(|| "it is not known here".to_owned()),
            (version, "") => definition::landed(version).cloned().ok_or_else(|| "it is not known here".to_owned()),
            (_, source) => definition::extend(source).map_err(|error| error.to_string()),
        };
        let definition = definition.map_err(|reason| {
            tracing::error!(database, version, reason, "the tables follow a definition that cannot be read");
            let message = format!("{database} follows definition {version}: {reason}; is this program older than it?");
            Problem::unavailable("definition_unknown", message, 5)
        })?;
        let is_named = row.is_some();
        tracing::debug!(database, definition = definition.version, is_named, "served");
        Ok(Served { database, document: Document::of(&definition), version: definition.version, is_named })
    }
}
