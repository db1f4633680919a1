//! The rows a request is about, as statements take them.

use std::collections::BTreeMap;

use loupe_schemas::ids::DownloadId;
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
        let (first, end) = times_inside(&self.downloads);
        let query = query
            .param("account", self.account)
            .param("collection", self.collection)
            .param("collections", &self.collections)
            .param("download", self.download.to_string())
            .param("client", &self.client)
            .param("photo", self.photo)
            .param("from", self.from.unwrap_or(0).clamp(first, FAR_FUTURE_US))
            .param("to", self.to.unwrap_or(FAR_FUTURE_US).clamp(0, end))
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

/// From when to before when downloads of these ids were asked for: tables are sorted by day, which an id says (rule 1).
/// Always when there is none, or one that has no time inside.
pub(crate) fn times_inside(ids: &[String]) -> (i64, i64) {
    let time = |id: &String| {
        let id = Uuid::parse_str(id).ok().filter(|id| id.get_version_num() == 7)?;
        Some(DownloadId(id).requested_at().0.min(FAR_FUTURE_US))
    };
    let times: Option<Vec<i64>> = ids.iter().map(time).collect();
    let times = times.unwrap_or_default();
    let span = times.iter().min().zip(times.iter().max());
    span.map_or((0, FAR_FUTURE_US), |(first, last)| (*first, (last + 1_000).min(FAR_FUTURE_US)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_1_downloads_are_of_the_times_inside_their_ids() {
        let of = |ids: &[&str]| times_inside(&ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        let (first, last) = ("019de821-7500-7000-8000-000000000001", "019de821-7507-7000-8000-000000000000");
        let first_us = 0x019d_e821_7500 * 1_000;
        assert_eq!(of(&[first]), (first_us, first_us + 1_000));
        assert_eq!(of(&[last, first]), (first_us, first_us + 8_000));
        let always = (0, FAR_FUTURE_US);
        assert_eq!(of(&[]), always);
        assert_eq!(of(&[first, "3f2c1a5e-8f0b-4c0d-9a37-5b1f6f6d2a10"]), always, "of version 4, which has no time");
        assert_eq!(of(&["ffffffff-ffff-7000-8000-000000000000"]), (FAR_FUTURE_US, FAR_FUTURE_US));
    }
}
