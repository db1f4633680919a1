//! The rows a request is about, as statements take them.

use std::collections::BTreeMap;

use uuid::Uuid;

/// 2148-01-01, beyond every day a table holds.
const FAR_FUTURE_US: i64 = 65_013 * 86_400_000_000;

/// The rows a request selects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    pub(crate) account: u64,
    /// The collection of the path, on routes about one; also in `collections`.
    pub(crate) collection: u64,
    /// Just these collections; all of the account when empty.
    pub(crate) collections: Vec<u64>,
    /// The download of the path, on routes about one.
    pub(crate) download: Uuid,
    /// The client of the path, on routes about one; also among `clients`.
    pub(crate) client: String,
    /// The photo of the path, on routes about one; also among `media`.
    pub(crate) photo: u64,
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) as_of: i64,
    pub(crate) tz: chrono_tz::Tz,
    pub(crate) clients: Vec<String>,
    /// Hashes of the erased clients among those asked for.
    pub(crate) client_hashes: Vec<u128>,
    /// Just these downloads; all when empty.
    pub(crate) downloads: Vec<String>,
    pub(crate) galleries: Vec<u64>,
    pub(crate) media: Vec<u64>,
    pub(crate) links: Vec<String>,
    /// Of parameters that take several words.
    pub(crate) words: BTreeMap<&'static str, Vec<String>>,
    /// Of parameters that take one word: the one given, or the route's default.
    pub(crate) word: BTreeMap<&'static str, String>,
    pub(crate) include_filtered: bool,
    /// The field rows are sorted by.
    pub(crate) sort: &'static str,
    pub(crate) descending: bool,
    pub(crate) shows_pii: bool,
    pub(crate) shows_secrets: bool,
    /// The kind of medium that deliveries are of.
    pub(crate) media_kind: &'static str,
}

impl Selection {
    /// Whether anything but from and to narrows it (rule 67).
    pub(crate) fn is_filtered(&self) -> bool {
        let lists = [&self.clients, &self.links];
        lists.iter().any(|list| !list.is_empty())
            || self.words.values().any(|words| !words.is_empty())
            || !self.galleries.is_empty()
            || !self.media.is_empty()
    }

    /// Narrows it to one collection.
    pub(crate) fn within(&mut self, collection: u64) {
        self.collection = collection;
        self.collections = vec![collection];
    }

    /// The word given for a parameter, or its default.
    pub(crate) fn word(&self, name: &str) -> &str {
        self.word.get(name).map_or("", String::as_str)
    }

    /// Binds everything a statement may ask for; ClickHouse ignores what it does not.
    pub(crate) fn bind(&self, query: clickhouse::query::Query) -> clickhouse::query::Query {
        let none = Vec::new();
        let words = |name: &str| self.words.get(name).unwrap_or(&none);
        let query = query
            .param("account", self.account)
            .param("collection", self.collection)
            .param("collections", &self.collections)
            .param("download", self.download.to_string())
            .param("client", &self.client)
            .param("photo", self.photo)
            .param("from", self.from.unwrap_or(0).clamp(0, FAR_FUTURE_US))
            .param("to", self.to.unwrap_or(FAR_FUTURE_US).clamp(0, FAR_FUTURE_US))
            .param("as_of", self.as_of)
            .param("tz", self.tz.name())
            .param("clients", &self.clients)
            .param("client_hashes", &self.client_hashes)
            .param("downloads", &self.downloads)
            .param("galleries", &self.galleries)
            .param("media", &self.media)
            .param("renditions", words("rendition"))
            .param("statuses", words("status"))
            .param("sources", words("source"))
            .param("segments", words("segment"))
            .param("links", &self.links)
            .param("include_filtered", self.include_filtered)
            .param("state_all", self.word("state") == "all")
            .param("sort", self.sort)
            .param("media_kind", self.media_kind);
        self.word.iter().fold(query, |query, (name, word)| query.param(name, word))
    }
}
