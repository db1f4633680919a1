//! A definition that says what is different from another one: for rules that change without a new program.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{DataCenter, Definition, landed};

const VERSION_BYTES_MAX: usize = 32;

/// Why a text is no definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// It is no TOML, or has a field that is not known or of another type.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// A field breaks a rule.
    #[error("`{field}` {rule}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What it breaks.
        rule: String,
    },
}

/// What the text of an extending definition has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extension {
    version: String,
    extends: String,
    title: Option<String>,
    summary: Option<String>,
    #[serde(default)]
    clauses: Vec<NewText>,
    #[serde(default)]
    lists: ListChanges,
}

/// A clause that reads otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewText {
    number: u16,
    #[serde(deserialize_with = "super::paragraph")]
    text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ListChanges {
    previewers: Change<String, String>,
    scanners: Change<String, String>,
    robot_words: Change<String, String>,
    data_centers: Change<DataCenter, u32>,
}

/// What one list has more and less.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Change<T, K> {
    add: Vec<T>,
    remove: Vec<K>,
}

impl<T, K> Default for Change<T, K> {
    fn default() -> Self {
        Self { add: Vec::new(), remove: Vec::new() }
    }
}

/// The definition that a TOML text describes by what it changes of a landed one: `version`, `extends`, and what is
/// different of `title`, `summary`, `clauses` (number and text) and `lists` (what to `add` and to `remove`).
///
/// # Errors
/// The text is no such TOML, names a definition or an entry that does not exist, or takes a landed definition's name.
pub fn extend(text: &str) -> Result<Definition, DefinitionError> {
    let extension: Extension = toml::from_str(text)?;
    let is_name = |name: &str| {
        let is_good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        (1..=VERSION_BYTES_MAX).contains(&name.len()) && name.bytes().all(is_good)
    };
    if !is_name(&extension.version) {
        return Err(invalid("version", "must be 1 to 32 lower-case letters, digits, `.`, `_` and `-`"));
    }
    if landed(&extension.version).is_some() {
        return Err(invalid("version", "names a definition that is part of the program and never changes"));
    }
    let Some(base) = landed(&extension.extends) else {
        return Err(invalid("extends", format!("names no definition of this program: `{}`", extension.extends)));
    };
    let mut definition = base.clone();
    definition.version = extension.version;
    let replace = |text: Option<String>, of: &mut String| text.into_iter().for_each(|text| *of = text);
    replace(extension.title, &mut definition.title);
    replace(extension.summary, &mut definition.summary);
    for NewText { number, text } in extension.clauses {
        let clause = definition.clauses.iter_mut().find(|clause| clause.number == number);
        let clause = clause.ok_or_else(|| invalid("clauses", format!("has no number {number} to replace")))?;
        clause.text = text;
    }
    let lists = &mut definition.lists;
    change_words("lists.previewers", &mut lists.previewers, extension.lists.previewers)?;
    change_words("lists.scanners", &mut lists.scanners, extension.lists.scanners)?;
    change_words("lists.robot_words", &mut lists.robot_words, extension.lists.robot_words)?;
    change("lists.data_centers", &mut lists.data_centers, extension.lists.data_centers, |one| one.asn)?;
    Ok(definition)
}

/// Words are looked for in lower case, and an empty one would be in every user agent.
fn change_words(
    field: &'static str,
    list: &mut Vec<String>,
    changes: Change<String, String>,
) -> Result<(), DefinitionError> {
    if let Some(word) = changes.add.iter().find(|word| word.trim().is_empty() || **word != word.to_ascii_lowercase()) {
        return Err(invalid(field, format!("must be words in lower case, which `{word}` is not")));
    }
    change(field, list, changes, Clone::clone)
}

fn change<T, K: Ord + std::fmt::Debug>(
    field: &'static str,
    list: &mut Vec<T>,
    Change { add, remove }: Change<T, K>,
    key: impl Fn(&T) -> K,
) -> Result<(), DefinitionError> {
    let before: BTreeSet<K> = list.iter().map(&key).collect();
    if let Some(absent) = remove.iter().find(|removed| !before.contains(removed)) {
        return Err(invalid(field, format!("has no {absent:?} to remove")));
    }
    if let Some(present) = add.iter().map(&key).find(|added| before.contains(added)) {
        return Err(invalid(field, format!("has {present:?} already")));
    }
    list.retain(|entry| !remove.contains(&key(entry)));
    list.extend(add);
    Ok(())
}

fn invalid(field: &'static str, rule: impl Into<String>) -> DefinitionError {
    DefinitionError::Invalid { field, rule: rule.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::current;

    const FULL: &str = r#"
        version = "v1-studio.2"
        extends = "v1"
        title = "How our studio counts"
        clauses = [{ number = 23, text = "Also ours." }]
        [lists.robot_words]
        add = ["albumkeeper"]
        remove = ["okhttp"]
        [lists.data_centers]
        add = [{ asn = 64500, owner = "Example" }]
        remove = [12876]
    "#;

    #[test]
    fn a_definition_says_what_it_changes_and_keeps_the_rest() {
        let definition = extend(FULL).unwrap();
        let base = current();
        assert_eq!((definition.version.as_str(), definition.title.as_str()), ("v1-studio.2", "How our studio counts"));
        assert_eq!((&definition.summary, &definition.rules), (&base.summary, &base.rules));
        let differing: Vec<u16> = definition
            .clauses
            .iter()
            .zip(&base.clauses)
            .filter(|(new, old)| new != old)
            .map(|(new, _)| new.number)
            .collect();
        assert_eq!(differing, [23]);
        let lists = &definition.lists;
        assert!(
            lists.robot_words.contains(&"albumkeeper".to_owned()) && !lists.robot_words.contains(&"okhttp".to_owned())
        );
        let asns: Vec<u32> = lists.data_centers.iter().map(|one| one.asn).collect();
        assert!(asns.contains(&64500) && !asns.contains(&12876) && asns.contains(&16509));
        assert_eq!((&lists.previewers, &lists.crawlers), (&base.lists.previewers, &base.lists.crawlers));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_field() {
        let refused = |text: &str| extend(text).unwrap_err().to_string();
        let of = |rest: &str| format!("version = \"v2\"\nextends = \"v1\"\n{rest}");
        assert!(refused("version = \"v1\"\nextends = \"v1\"").starts_with("`version` names a definition"));
        assert!(refused("version = \"V 2\"\nextends = \"v1\"").starts_with("`version` must be"));
        assert!(refused("version = \"v2\"\nextends = \"v0\"").starts_with("`extends` names no definition"));
        assert!(refused(&of("clauses = [{ number = 999, text = \"x\" }]")).contains("no number 999"));
        assert!(refused(&of("lists.robot_words.add = [\"Bot\"]")).contains("lower case"));
        assert!(refused(&of("lists.robot_words.add = [\"bot\"]")).contains("already"));
        assert!(refused(&of("lists.scanners.remove = [\"bot\"]")).contains("no \"bot\" to remove"));
        assert!(refused(&of("lists.crawlers.add = []")).contains("unknown field `crawlers`"));
        assert!(extend("version = 2").is_err());
    }
}
