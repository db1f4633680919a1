//! Every parameter of the API: its name, what it means, which values it takes.
//!
//! Requests are read by this list and the API's description is made from it, so the two cannot differ.

use loupe_schemas::event::Rendition;

/// A parameter, whichever routes take it.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) kind: Kind,
}

/// The values a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An RFC 3339 time with an offset.
    Time,
    /// The name of an IANA time zone.
    Zone,
    /// Ids of 1 to 64 bytes, separated by commas (rule 105).
    Ids,
    /// Numbers, separated by commas (rule 105).
    Numbers,
    /// Different numbers, at least and at most so many of them, separated by commas.
    SomeNumbers(usize, usize),
    /// One number within bounds, both included.
    Number(u64, u64),
    /// One of the words that the route knows.
    Word,
    /// Some of the words that the route knows, separated by commas (rule 105).
    Words,
    /// A field that the route sorts by, with `-` for descending.
    Sort,
    /// A cursor.
    Cursor,
}

/// Rows of a page, and of what a page has when nobody says.
pub(crate) const PER_PAGE_MAX: u64 = 1000;
pub(crate) const PER_PAGE_DEFAULT: u64 = 50;

/// Collections compared at once.
pub(crate) const COMPARED_MAX: usize = 20;

/// Taken by every route: which of the key's accounts is asked about.
pub(crate) const ACCOUNT: &[&str] = &["account_id"];
/// Taken by every list that is paged.
pub(crate) const PAGED: &[&str] = &["sort", "cursor", "limit", "page", "per_page", "format"];
/// Half-open bounds of the rows' own time (rule 2), and the zone of buckets (rule 8).
pub(crate) const PERIOD: &[&str] = &["from", "to", "tz"];
/// The media that rows are about.
pub(crate) const MEDIA: &[&str] = &["gallery_id", "media_id"];

/// Every parameter there is.
pub(crate) const CATALOGUE: &[Parameter] = &[
    Parameter {
        name: "account_id",
        about: "The account asked about; needed only by a key that acts for several.",
        kind: Kind::Number(0, u64::MAX),
    },
    Parameter { name: "from", about: "Rows from this time on, by the row's own time (rule 2).", kind: Kind::Time },
    Parameter { name: "to", about: "Rows before this time, by the row's own time (rule 2).", kind: Kind::Time },
    Parameter {
        name: "tz",
        about: "The IANA time zone of hours, weekdays and time-series buckets (rule 8); UTC by default.",
        kind: Kind::Zone,
    },
    Parameter { name: "client_id", about: "Rows of any of these clients.", kind: Kind::Ids },
    Parameter { name: "gallery_id", about: "Rows about media of any of these galleries.", kind: Kind::Numbers },
    Parameter { name: "media_id", about: "Rows about any of these photos or videos.", kind: Kind::Numbers },
    Parameter { name: "rendition", about: "Downloads in any of these renditions.", kind: Kind::Words },
    Parameter { name: "status", about: "Rows in any of these states.", kind: Kind::Words },
    Parameter { name: "source", about: "Media received alone or inside an archive.", kind: Kind::Words },
    Parameter { name: "link_id", about: "Rows of any of these share links.", kind: Kind::Ids },
    Parameter { name: "include", about: "`filtered` also lists what rule 1 leaves out (rule 5).", kind: Kind::Word },
    Parameter { name: "state", about: "`all` also lists favourites that were removed (rule 83).", kind: Kind::Word },
    Parameter {
        name: "ids",
        about: "The collections to compare; without it, those with the most downloads.",
        kind: Kind::SomeNumbers(2, COMPARED_MAX),
    },
    Parameter { name: "segment", about: "Follow-ups of any of these segments; all by default.", kind: Kind::Words },
    Parameter { name: "metric", about: "What is counted over time (rule 108).", kind: Kind::Word },
    Parameter { name: "interval", about: "How long a bucket is, by clocks of `tz` (rule 107).", kind: Kind::Word },
    Parameter { name: "by", about: "What the list is chosen or ranked by.", kind: Kind::Word },
    Parameter { name: "sort", about: "The field to sort by; `-` before it for descending.", kind: Kind::Sort },
    Parameter { name: "cursor", about: "`next_cursor` of the page before; not with `page`.", kind: Kind::Cursor },
    Parameter { name: "limit", about: "Rows of a page.", kind: Kind::Number(1, PER_PAGE_MAX) },
    Parameter {
        name: "per_page",
        about: "Rows of a page; another name of `limit`.",
        kind: Kind::Number(1, PER_PAGE_MAX),
    },
    Parameter { name: "page", about: "The page, from 1 on.", kind: Kind::Number(1, 4_294_967_295) },
    Parameter {
        name: "format",
        about: "How the answer is written; goes before `Accept`. All but `json` list every row; tables one page when it is asked for.",
        kind: Kind::Word,
    },
];

/// Words of parameters that mean the same on every route that takes them; the first is the default.
pub(crate) const COMMON_WORDS: &[(&str, &[&str])] = &[
    ("source", &["single", "archive"]),
    ("include", &["filtered"]),
    ("format", &["json", "csv", "ndjson", "parquet"]),
];

/// The parameter of this name.
pub(crate) fn by_name(name: &str) -> Option<&'static Parameter> {
    CATALOGUE.iter().find(|parameter| parameter.name == name)
}

/// The words of a parameter on every route that does not say otherwise.
pub(crate) fn common_words(name: &str) -> Vec<&'static str> {
    if name == "rendition" {
        return Rendition::ALL.iter().map(|rendition| rendition.as_str()).collect();
    }
    COMMON_WORDS.iter().find(|(word, _)| *word == name).map(|(_, words)| words.to_vec()).unwrap_or_default()
}
