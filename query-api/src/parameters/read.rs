//! From a query string to a selection; a wrong value is answered with its parameter's name and the rule it breaks.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Uri;
use chrono::DateTime;
use loupe_service::problem::Problem;
use serde_json::json;

use super::catalogue::{self, Kind, PER_PAGE_DEFAULT};
use super::{Selection, Takes};

const LIST_VALUES_MAX: usize = 200;
const ID_BYTES_MAX: usize = 64;
/// How alike an unknown name must be to a known one to be taken for a slip of the pen, from 0 to 1.
const ALIKE_MIN: f64 = 0.7;

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
            if !takes.names().any(|taken| taken == name) {
                return Err(unknown(&name, takes.names()));
            }
            if value.is_empty() {
                return Err(wrong(&name, "must not be empty"));
            }
            if values.insert(name.clone(), value.into_owned()).is_some() {
                return Err(wrong(&name, "must be given once; separate values by commas"));
            }
        }
        let reader = Reader { values: &values, takes };
        let selection = reader.selection()?;
        let page = reader.number("page")?;
        if page.is_some() && values.contains_key("cursor") {
            return Err(wrong("page", "cannot be given with cursor"));
        }
        if values.contains_key("limit") && values.contains_key("per_page") {
            return Err(wrong("limit", "cannot be given with per_page"));
        }
        let per_page = reader.number("per_page")?.or(reader.number("limit")?).unwrap_or(PER_PAGE_DEFAULT);
        reader.number("account_id")?;
        Ok(Self { selection, page, per_page, values })
    }
}

/// Refuses a parameter that the route does not take, with the name that may have been meant.
pub(crate) fn unknown(name: &str, taken: impl Iterator<Item = &'static str>) -> Problem {
    let taken: Vec<&str> = taken.collect();
    let likeness = |known: &&str| strsim::normalized_damerau_levenshtein(name, known);
    let nearest = taken.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let nearest = nearest.filter(|known| likeness(known) >= ALIKE_MIN || known.split('_').any(|part| part == name));
    let hint = nearest.map(|known| format!("; did you mean {known}?")).unwrap_or_default();
    let details = json!({
        "parameter": name,
        "did_you_mean": nearest,
        "parameters": taken,
    });
    Problem::bad_request("invalid_parameter", format!("{name} is not a parameter of this endpoint{hint}"))
        .with_details(details)
}

/// Refuses whatever a route is asked with that takes no parameter (rule 63).
///
/// # Errors
/// 400 that names the first.
pub(crate) fn takes_none(uri: &Uri) -> Result<(), Problem> {
    let first = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).next();
    first.map_or(Ok(()), |(name, _)| Err(unknown(&name, std::iter::empty())))
}

struct Reader<'a> {
    values: &'a BTreeMap<String, String>,
    takes: &'a Takes,
}

impl Reader<'_> {
    fn selection(&self) -> Result<Selection, Problem> {
        let (from, to) = (self.time("from")?, self.time("to")?);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(wrong("to", "must not be before from"));
        }
        self.takes.grain.check("from", from)?;
        self.takes.grain.check("to", to)?;
        let tz = self.values.get("tz").map_or("UTC", String::as_str);
        let mut selection = Selection {
            from,
            to,
            tz: tz.parse().map_err(|_| wrong("tz", "must be a time zone such as Europe/Berlin"))?,
            ..Selection::default()
        };
        (selection.sort, selection.descending) = self.sort()?;
        for name in self.takes.names() {
            self.take(name, &mut selection)?;
        }
        selection.include_filtered = self.values.contains_key("include");
        Ok(selection)
    }

    /// Reads a parameter into its place; those read elsewhere are left alone.
    fn take(&self, name: &'static str, selection: &mut Selection) -> Result<(), Problem> {
        let Some(parameter) = catalogue::by_name(name) else { return Ok(()) };
        match parameter.kind {
            Kind::Ids => match name {
                "client_id" => selection.clients = self.ids(name)?,
                _ => selection.links = self.ids(name)?,
            },
            Kind::Numbers | Kind::SomeNumbers(..) => {
                let numbers = self.numbers(name)?;
                some_numbers(parameter, &numbers)?;
                match name {
                    "gallery_id" => selection.galleries = numbers,
                    "media_id" => selection.media = numbers,
                    _ => selection.collections = numbers,
                }
            }
            Kind::Words => drop(selection.words.insert(name, self.words(name, false)?)),
            Kind::Word => {
                let given = self.words(name, true)?.into_iter().next();
                let default = || self.takes.words_of(name).first().map(|word| (*word).to_owned());
                selection.word.insert(name, given.or_else(default).unwrap_or_default());
            }
            Kind::Time | Kind::Zone | Kind::Number(..) | Kind::Sort | Kind::Cursor => {}
        }
        Ok(())
    }

    /// The field to sort by, and whether descending.
    fn sort(&self) -> Result<(&'static str, bool), Problem> {
        let sorts = self.takes.sorts;
        let default = sorts.first().copied().unwrap_or_default();
        let Some(text) = self.values.get("sort") else { return Ok((default, !self.takes.ascends())) };
        let field = text.strip_prefix('-').unwrap_or(text);
        let known = sorts.iter().copied().find(|sort| *sort == field);
        let known = known.or((field == "occurred_at").then_some(default));
        let rule = || format!("must be occurred_at or one of {}, with - for descending", sorts.join(", "));
        known.map(|field| (field, text.starts_with('-'))).ok_or_else(|| wrong("sort", &rule()))
    }

    fn list(&self, name: &str) -> Result<Vec<&str>, Problem> {
        let values: Vec<&str> = self.values.get(name).map(|text| text.split(',').collect()).unwrap_or_default();
        if values.len() > LIST_VALUES_MAX {
            return Err(wrong(name, &format!("must have at most {LIST_VALUES_MAX} values")));
        }
        Ok(values)
    }

    fn ids(&self, name: &str) -> Result<Vec<String>, Problem> {
        let values = self.list(name)?.into_iter();
        values.map(|id| fits_id(id).then(|| id.to_owned()).ok_or_else(|| wrong(name, ID_RULE))).collect()
    }

    fn numbers(&self, name: &str) -> Result<Vec<u64>, Problem> {
        let values = self.list(name)?.into_iter();
        values.map(|id| id.parse().map_err(|_| wrong(name, "must be numbers, separated by commas"))).collect()
    }

    fn words(&self, name: &str, only_one: bool) -> Result<Vec<String>, Problem> {
        let (values, allowed) = (self.list(name)?, self.takes.words_of(name));
        if (only_one && values.len() > 1) || values.iter().any(|value| !allowed.contains(value)) {
            return Err(wrong(name, &format!("must be of {}", allowed.join(", "))));
        }
        Ok(values.into_iter().map(ToOwned::to_owned).collect())
    }

    fn number(&self, name: &str) -> Result<Option<u64>, Problem> {
        let Some(text) = self.values.get(name) else { return Ok(None) };
        let bounds = catalogue::by_name(name).map(|parameter| parameter.kind);
        let (min, max) = if let Some(Kind::Number(min, max)) = bounds { (min, max) } else { (0, u64::MAX) };
        let number = text.parse().ok().filter(|number| (min..=max).contains(number));
        number.map(Some).ok_or_else(|| wrong(name, &format!("must be a number from {min} to {max}")))
    }

    fn time(&self, name: &str) -> Result<Option<i64>, Problem> {
        let Some(text) = self.values.get(name) else { return Ok(None) };
        let time = DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_micros());
        // In UTC a time beside the first or last year would print as none of RFC 3339.
        let time = time.filter(|micros| (YEAR_1_US..YEAR_10000_US).contains(micros));
        time.map(Some).ok_or_else(|| wrong(name, "must be an RFC 3339 time with an offset, in the years 1 to 9999"))
    }
}

/// Refuses too few or too many numbers where a parameter says how many it takes; none at all is its default.
fn some_numbers(parameter: &catalogue::Parameter, numbers: &[u64]) -> Result<(), Problem> {
    let Kind::SomeNumbers(min, max) = parameter.kind else { return Ok(()) };
    let different = numbers.iter().collect::<BTreeSet<_>>().len();
    if numbers.is_empty() || (different == numbers.len() && (min..=max).contains(&different)) {
        return Ok(());
    }
    Err(wrong(parameter.name, &format!("must be {min} to {max} different numbers, separated by commas")))
}

/// 0001-01-01 and 10000-01-01, in UTC.
pub(crate) const YEAR_1_US: i64 = -62_135_596_800_000_000;
pub(crate) const YEAR_10000_US: i64 = 253_402_300_800_000_000;
const ID_RULE: &str = "must be ids of 1 to 64 bytes, separated by commas";

/// Whether a text may be the id of a client, a link or a list.
pub(crate) fn fits_id(id: &str) -> bool {
    (1..=ID_BYTES_MAX).contains(&id.len())
}

#[cfg(test)]
mod tests {
    use super::super::Grain;
    use super::super::catalogue::{MEDIA, PAGED, PERIOD};
    use super::*;

    const TAKES: Takes = Takes {
        groups: &[
            PAGED,
            PERIOD,
            MEDIA,
            &["client_id", "rendition", "status", "source", "link_id", "include", "state", "by"],
        ],
        words: &[("status", &["completed"]), ("state", &["current", "all"]), ("by", &["any", "owner", "clients"])],
        sorts: &["requested_at"],
        grain: Grain::Microsecond,
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
            "format=xls",
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
    fn an_unknown_parameter_is_refused_with_the_nearest_one() {
        let hint = |query: &str| Parameters::read(query, &TAKES).unwrap_err().message().to_owned();
        assert!(hint("statuses=x").ends_with("did you mean status?"), "{}", hint("statuses=x"));
        assert!(hint("form=x").ends_with("did you mean from?"));
        assert!(hint("client=x").ends_with("did you mean client_id?"));
        assert!(hint("perpage=10").ends_with("did you mean per_page?"));
        assert!(hint("zzz=1").ends_with("is not a parameter of this endpoint"));
    }

    #[test]
    fn a_word_that_is_not_given_is_the_first_one() {
        let selection = Parameters::read("by=owner", &TAKES).unwrap().selection;
        assert_eq!((selection.word("by"), selection.word("state")), ("owner", "current"));
        assert!(!selection.include_filtered && selection.descending);
    }

    #[test]
    fn bounds_finer_than_the_tables_are_refused_and_named() {
        const DAILY: Takes = Takes { grain: Grain::Day, ..TAKES };
        let problem = Parameters::read("from=2026-05-02T00:00:00Z&to=2026-05-03T00:00:01Z", &DAILY).unwrap_err();
        assert!(problem.status() == 400 && problem.message().starts_with("to must be 00:00 UTC"), "{problem}");
        assert!(Parameters::read("from=2026-05-02T02:00:00%2B02:00&to=2026-05-03T00:00:00Z", &DAILY).is_ok());
    }

    #[test]
    fn times_that_would_not_print_are_refused() {
        for text in ["0000-12-31T23:59:59Z", "0001-01-01T00:00:00%2B01:00", "9999-12-31T23:59:59-01:00"] {
            assert!(Parameters::read(&format!("from={text}"), &TAKES).is_err(), "{text}");
        }
        assert!(Parameters::read("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", &TAKES).is_ok());
    }

    #[test]
    fn rule_99_page_with_cursor_is_refused() {
        assert!(Parameters::read("page=1&cursor=x", &TAKES).is_err());
    }
}
