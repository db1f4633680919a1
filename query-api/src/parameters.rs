//! The parameters of a request, and the selection they make (DOMAIN §3, rules 63, 99 and 105).

use std::collections::BTreeMap;

use chrono::DateTime;
use loupe_schemas::event::Rendition;
use loupe_service::problem::Problem;
use serde_json::json;

use crate::json::time;

/// 2148-01-01, beyond every day a table holds.
const FAR_FUTURE_US: i64 = 65_013 * 86_400_000_000;
const LIST_VALUES_MAX: usize = 200;
const PER_PAGE_DEFAULT: u64 = 50;
const PER_PAGE_MAX: u64 = 1000;
const COMMON: [&str; 12] = [
    "account_id",
    "from",
    "to",
    "tz",
    "sort",
    "cursor",
    "limit",
    "page",
    "per_page",
    "format",
    "gallery_id",
    "media_id",
];

/// What an endpoint takes beside the common parameters.
pub(crate) struct Takes {
    pub(crate) parameters: &'static [&'static str],
    pub(crate) statuses: &'static [&'static str],
    /// The row's own time, which `occurred_at` also names.
    pub(crate) sort: &'static str,
}

/// The rows a request selects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    pub(crate) account: u64,
    pub(crate) collection: u64,
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) as_of: i64,
    pub(crate) tz: chrono_tz::Tz,
    pub(crate) clients: Vec<String>,
    /// Hashes of the erased clients among those asked for.
    pub(crate) client_hashes: Vec<u128>,
    galleries: Vec<u64>,
    media: Vec<u64>,
    renditions: Vec<String>,
    statuses: Vec<String>,
    sources: Vec<String>,
    links: Vec<String>,
    pub(crate) include_filtered: bool,
    state_all: bool,
    by: String,
    pub(crate) descending: bool,
    pub(crate) shows_pii: bool,
    pub(crate) shows_secrets: bool,
    /// The kind of medium that deliveries are of.
    pub(crate) media_kind: &'static str,
}

/// A request as its query string says it.
#[derive(Debug)]
pub(crate) struct Parameters {
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) selection: Selection,
    pub(crate) page: Option<u64>,
    pub(crate) per_page: u64,
}

/// The 400 answer that names a parameter and the rule it breaks.
pub(crate) fn wrong(parameter: &str, rule: &str) -> Problem {
    Problem::bad_request("invalid_parameter", format!("{parameter} {rule}"))
        .with_details(json!({"parameter": parameter}))
}

impl Parameters {
    pub(crate) fn read(query: &str, takes: &Takes) -> Result<Self, Problem> {
        let mut values = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let name = name.into_owned();
            if !COMMON.contains(&name.as_str()) && !takes.parameters.contains(&name.as_str()) {
                return Err(wrong(&name, "is not a parameter of this endpoint"));
            }
            if value.is_empty() {
                return Err(wrong(&name, "must not be empty"));
            }
            if values.insert(name.clone(), value.into_owned()).is_some() {
                return Err(wrong(&name, "must be given once; separate values by commas"));
            }
        }
        let reader = Reader(&values);
        let selection = reader.selection(takes)?;
        let page = reader.number("page", 1, u64::from(u32::MAX))?;
        if page.is_some() && values.contains_key("cursor") {
            return Err(wrong("page", "cannot be given with cursor"));
        }
        if values.contains_key("limit") && values.contains_key("per_page") {
            return Err(wrong("limit", "cannot be given with per_page"));
        }
        let limit = reader.number("limit", 1, PER_PAGE_MAX)?;
        let per_page = reader.number("per_page", 1, PER_PAGE_MAX)?.or(limit).unwrap_or(PER_PAGE_DEFAULT);
        reader.symbols("format", &["json", "csv", "ndjson"], true)?;
        reader.number("account_id", 0, u64::MAX)?;
        Ok(Self { selection, page, per_page, values })
    }
}

struct Reader<'a>(&'a BTreeMap<String, String>);

impl Reader<'_> {
    fn selection(&self, takes: &Takes) -> Result<Selection, Problem> {
        let renditions: Vec<&str> = Rendition::ALL.iter().map(|rendition| rendition.as_str()).collect();
        let by = self.symbols("by", &["owner", "clients", "any"], true)?;
        let sort = self.0.get("sort").map_or("-occurred_at", String::as_str);
        let field = sort.strip_prefix('-').unwrap_or(sort);
        if field != "occurred_at" && field != takes.sort {
            return Err(wrong("sort", &format!("must be occurred_at or {}, with - for descending", takes.sort)));
        }
        let (from, to) = (self.time("from")?, self.time("to")?);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(wrong("to", "must not be before from"));
        }
        let tz = self.0.get("tz").map_or("UTC", String::as_str);
        Ok(Selection {
            from,
            to,
            tz: tz.parse().map_err(|_| wrong("tz", "must be a time zone such as Europe/Berlin"))?,
            clients: self.ids("client_id")?,
            galleries: self.numbers("gallery_id")?,
            media: self.numbers("media_id")?,
            renditions: self.symbols("rendition", &renditions, false)?,
            statuses: self.symbols("status", takes.statuses, false)?,
            sources: self.symbols("source", &["single", "archive"], false)?,
            links: self.ids("link_id")?,
            include_filtered: !self.symbols("include", &["filtered"], true)?.is_empty(),
            state_all: self.symbols("state", &["current", "all"], true)? == ["all"],
            by: by.into_iter().next().unwrap_or_else(|| "any".to_owned()),
            descending: sort.starts_with('-'),
            ..Selection::default()
        })
    }

    fn list(&self, name: &str) -> Result<Vec<&str>, Problem> {
        let values: Vec<&str> = self.0.get(name).map(|text| text.split(',').collect()).unwrap_or_default();
        if values.len() > LIST_VALUES_MAX {
            return Err(wrong(name, &format!("must have at most {LIST_VALUES_MAX} values")));
        }
        Ok(values)
    }

    fn ids(&self, name: &str) -> Result<Vec<String>, Problem> {
        let values = self.list(name)?.into_iter();
        let id = |id: &str| {
            let fits = (1..=64).contains(&id.len());
            if fits { Ok(id.to_owned()) } else { Err(wrong(name, "must be ids of 1 to 64 bytes, separated by commas")) }
        };
        values.map(id).collect()
    }

    fn numbers(&self, name: &str) -> Result<Vec<u64>, Problem> {
        let values = self.list(name)?.into_iter();
        values.map(|id| id.parse().map_err(|_| wrong(name, "must be numbers, separated by commas"))).collect()
    }

    fn symbols(&self, name: &str, allowed: &[&str], only_one: bool) -> Result<Vec<String>, Problem> {
        let values = self.list(name)?;
        if (only_one && values.len() > 1) || values.iter().any(|value| !allowed.contains(value)) {
            return Err(wrong(name, &format!("must be of {}", allowed.join(", "))));
        }
        Ok(values.into_iter().map(ToOwned::to_owned).collect())
    }

    fn number(&self, name: &str, min: u64, max: u64) -> Result<Option<u64>, Problem> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (min..=max).contains(number));
        number.map(Some).ok_or_else(|| wrong(name, &format!("must be a number from {min} to {max}")))
    }

    fn time(&self, name: &str) -> Result<Option<i64>, Problem> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        let time = DateTime::parse_from_rfc3339(text);
        time.map(|time| Some(time.timestamp_micros()))
            .map_err(|_| wrong(name, "must be an RFC 3339 time with an offset"))
    }
}

impl Selection {
    /// Whether anything but from and to narrows it (rule 67).
    pub(crate) fn is_filtered(&self) -> bool {
        let texts = [&self.clients, &self.renditions, &self.statuses, &self.sources, &self.links];
        texts.iter().any(|list| !list.is_empty()) || !self.galleries.is_empty() || !self.media.is_empty()
    }

    pub(crate) fn bind(&self, query: clickhouse::query::Query) -> clickhouse::query::Query {
        query
            .param("account", self.account)
            .param("collection", self.collection)
            .param("from", self.from.unwrap_or(0).clamp(0, FAR_FUTURE_US))
            .param("to", self.to.unwrap_or(FAR_FUTURE_US).clamp(0, FAR_FUTURE_US))
            .param("as_of", self.as_of)
            .param("clients", &self.clients)
            .param("client_hashes", &self.client_hashes)
            .param("galleries", &self.galleries)
            .param("media", &self.media)
            .param("renditions", &self.renditions)
            .param("statuses", &self.statuses)
            .param("sources", &self.sources)
            .param("links", &self.links)
            .param("include_filtered", self.include_filtered)
            .param("state_all", self.state_all)
            .param("by", &self.by)
            .param("media_kind", self.media_kind)
    }

    pub(crate) fn bounds(&self) -> (serde_json::Value, serde_json::Value) {
        (time(self.from), time(self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKES: Takes = Takes {
        parameters: &["client_id", "rendition", "status", "source", "link_id", "include", "state", "by"],
        statuses: &["completed"],
        sort: "requested_at",
    };

    #[test]
    fn rule_63_every_wrong_value_is_named() {
        for query in [
            "from=x",
            "to=2026-01-01",
            "tz=Mars",
            "client_id=,",
            "gallery_id=a",
            "media_id=-1",
            "rendition=big",
            "status=done",
            "source=disk",
            "link_id=a,,b",
            "include=all",
            "sort=size",
            "limit=1001",
            "page=0",
            "per_page=1001",
            "format=parquet",
            "account_id=x",
            "state=old",
            "by=me",
            "nonsense=1",
        ] {
            let problem = Parameters::read(query, &TAKES).unwrap_err();
            let name = query.split_once('=').unwrap().0;
            assert!(problem.status() == 400 && problem.message().starts_with(name), "{query}: {problem}");
        }
    }

    #[test]
    fn rule_99_page_with_cursor_is_refused() {
        assert!(Parameters::read("page=1&cursor=x", &TAKES).is_err());
    }
}
