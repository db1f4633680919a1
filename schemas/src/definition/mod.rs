//! The counting definition as data: what every number means, and by which lists (served at `GET /definitions`).
//!
//! The rules, clauses and glossary are text in `schemas/definition/v1.toml`; the code that counts cites the clauses by
//! number (`rule 37`). A definition that changes another one's lists and clauses is a file of its own ([`extend`]).

mod extend;
mod lists;

pub use extend::{DefinitionError, extend};

pub use lists::{
    CRAWLERS_VERSION, Crawlers, DATA_CENTERS, DataCenter, Lists, PREVIEWERS, ROBOT_WORDS, SCANNERS, crawler_patterns,
};

use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize};

/// The version of the definition that tables follow which are begun by this program.
pub const CURRENT: &str = "v1";

/// Every definition that ever landed: databases that were begun by one are folded by it for good.
const LANDED: &[&str] = &[include_str!("../../definition/v1.toml")];

static DEFINITIONS: LazyLock<Vec<Definition>> = LazyLock::new(|| {
    let read = |text: &&str| match toml::from_str::<Definition>(text) {
        Ok(definition) => definition,
        // The texts are part of the program, and a test reads them: this cannot happen to a user.
        Err(error) => panic!("a landed definition: {error}"),
    };
    LANDED.iter().map(read).collect()
});

/// The definition of version [`CURRENT`].
#[must_use]
pub fn current() -> &'static Definition {
    landed(CURRENT).unwrap_or(&DEFINITIONS[0])
}

/// The definition of a version that is part of this program.
#[must_use]
pub fn landed(version: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.version == version)
}

/// One version of the counting definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its version, as `meta.definition` of every answer gives it.
    pub version: String,
    /// What it is about, in a line.
    pub title: String,
    /// What holds for all of it.
    #[serde(deserialize_with = "paragraph")]
    pub summary: String,
    /// The main rules, by number from 1 without a gap.
    pub rules: Vec<MainRule>,
    /// The sections that the clauses are in, in their order.
    pub sections: Vec<Section>,
    /// What settles the main rules' open questions, by number from 1 without a gap.
    pub clauses: Vec<Clause>,
    /// What each number of an answer is.
    pub glossary: Vec<Term>,
    /// Which user agents and networks are not people (rule 23).
    #[serde(skip_deserializing)]
    pub lists: Lists,
}

/// A main rule: what is counted, in outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MainRule {
    /// Counts up from 1.
    pub number: u16,
    /// A few words.
    pub title: String,
    /// The rule, in one paragraph.
    #[serde(deserialize_with = "paragraph")]
    pub text: String,
    /// Numbers of the clauses that settle it.
    pub clauses: Vec<u16>,
}

/// A section of the clauses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// What its clauses name it by.
    pub letter: String,
    /// What its clauses are about.
    pub title: String,
}

/// A numbered clause; code and tests cite it as `rule 37`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Counts up from 1 and stays the clause's for good.
    pub number: u16,
    /// The letter of its section.
    pub section: String,
    /// A few words.
    pub title: String,
    /// The clause, complete, in one paragraph.
    #[serde(deserialize_with = "paragraph")]
    pub text: String,
    /// The fields of answers that it defines.
    #[serde(default)]
    pub terms: Vec<String>,
}

/// One meaning of one numeric field of answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The field's name.
    pub term: String,
    /// What it is, in one sentence, with its unit.
    #[serde(deserialize_with = "paragraph")]
    pub text: String,
    /// Where it means this: the endpoint's name, then the way into its answer without indexes of arrays and keys of
    /// maps, such as `photo_downloads/summary/by_photo/download_count`; `*` is every list.
    pub fields: Vec<String>,
    /// Numbers of the clauses that define it; none for figures of operations.
    #[serde(default)]
    pub clauses: Vec<u16>,
}

/// A text whose line breaks are layout.
fn paragraph<'de, D: Deserializer<'de>>(text: D) -> Result<String, D::Error> {
    let text = String::deserialize(text)?;
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}
