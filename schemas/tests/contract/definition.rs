//! The counting definition is whole: numbers without gaps, references that lead somewhere, texts that say something.

use std::collections::{BTreeSet, HashMap};

use loupe_schemas::definition::{
    CRAWLERS_VERSION, CURRENT, Definition, Lists, PREVIEWERS, ROBOT_WORDS, SCANNERS, crawler_patterns, current,
};

/// Clauses of the first landing; those of later figures follow them.
const FIRST_CLAUSES: usize = 105;

fn numbers(definition: &Definition) -> BTreeSet<u16> {
    definition.clauses.iter().map(|clause| clause.number).collect()
}

#[test]
fn rules_and_clauses_are_numbered_from_1_without_a_gap() {
    let definition = current();
    assert_eq!(definition.version, CURRENT);
    assert_eq!(definition.rules.iter().map(|rule| rule.number).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    let clauses: Vec<u16> = definition.clauses.iter().map(|clause| clause.number).collect();
    assert!(clauses.len() >= FIRST_CLAUSES);
    assert_eq!(clauses, (1..).take(clauses.len()).collect::<Vec<u16>>());
}

#[test]
fn every_clause_is_in_a_section_and_every_section_has_one() {
    let definition = current();
    let letters: Vec<&str> = definition.sections.iter().map(|section| section.letter.as_str()).collect();
    let alphabet: Vec<String> = ('A'..='Z').take(letters.len()).map(String::from).collect();
    assert_eq!(letters, alphabet);
    let used: BTreeSet<&str> = definition.clauses.iter().map(|clause| clause.section.as_str()).collect();
    assert_eq!(used, letters.into_iter().collect());
    let first: Vec<&str> =
        definition.clauses.iter().take(FIRST_CLAUSES).map(|clause| clause.section.as_str()).collect();
    assert!(first.is_sorted(), "the first clauses are in the order of their sections");
}

#[test]
fn every_clause_that_a_rule_or_the_glossary_names_exists() {
    let definition = current();
    let known = numbers(definition);
    let of_rules = definition.rules.iter().map(|rule| (&rule.title, &rule.clauses));
    let of_terms = definition.glossary.iter().map(|term| (&term.term, &term.clauses));
    for (what, clauses) in of_rules.chain(of_terms) {
        assert!(clauses.is_sorted_by(|before, after| before < after), "{what}: {clauses:?}");
        assert!(clauses.iter().all(|number| known.contains(number)), "{what}: {clauses:?}");
    }
    assert!(definition.rules.iter().all(|rule| !rule.clauses.is_empty()));
    let clauseless: BTreeSet<&str> =
        definition.glossary.iter().filter(|term| term.clauses.is_empty()).flat_map(lists_of).collect();
    assert!(clauseless.iter().all(|list| *list == "freshness"), "numbers of downloads have a clause: {clauseless:?}");
}

fn lists_of(term: &loupe_schemas::definition::Term) -> impl Iterator<Item = &str> {
    term.fields.iter().filter_map(|field| field.split('/').next())
}

#[test]
fn every_clause_that_a_text_names_exists() {
    let definition = current();
    let known = numbers(definition);
    let mut named = 0;
    for clause in &definition.clauses {
        let words: Vec<&str> = clause.text.split(' ').collect();
        let after_clause = words.windows(2).filter(|pair| pair[0].ends_with("clause") || pair[0].ends_with("clauses"));
        for pair in after_clause {
            let number = pair[1].trim_matches(|letter: char| !letter.is_ascii_digit()).parse();
            assert!(number.is_ok_and(|number| known.contains(&number)), "{}: {} {}", clause.number, pair[0], pair[1]);
            named += 1;
        }
    }
    assert!(named > 0, "clause 4 names clause 54");
}

#[test]
fn every_text_is_one_paragraph_of_sentences_and_every_title_a_few_words() {
    let definition = current();
    let rules = definition.rules.iter().map(|rule| (&rule.title, &rule.text));
    let clauses = definition.clauses.iter().map(|clause| (&clause.title, &clause.text));
    let mut titles = BTreeSet::new();
    for (title, text) in rules.chain(clauses) {
        assert!((2..=6).contains(&title.split(' ').count()), "{title}");
        assert!(titles.insert(title), "{title} stands twice");
        assert!(text.ends_with('.') && !text.contains('\n') && text.split(' ').count() >= 9, "{title}: {text}");
        assert_eq!(text.matches('`').count() % 2, 0, "{title}: {text}");
    }
    for term in &definition.glossary {
        assert!(term.text.ends_with('.') && !term.text.contains('\n'), "{}: {}", term.term, term.text);
        assert_eq!(term.text.matches(". ").count(), 0, "{}: one sentence", term.term);
    }
}

#[test]
fn a_field_has_one_meaning_and_is_named_as_its_term() {
    let mut seen = BTreeSet::new();
    for term in &current().glossary {
        assert!(!term.fields.is_empty(), "{}", term.term);
        for field in &term.fields {
            assert!(seen.insert(field), "{field} has two meanings");
            assert_eq!(field.rsplit('/').next(), Some(term.term.as_str()), "{field}");
        }
    }
}

#[test]
fn what_a_clause_defines_leads_back_to_it_from_the_glossary() {
    let definition = current();
    let mut clauses_of: HashMap<&str, BTreeSet<u16>> = HashMap::new();
    for term in &definition.glossary {
        clauses_of.entry(&term.term).or_default().extend(&term.clauses);
    }
    for clause in &definition.clauses {
        for term in &clause.terms {
            assert!(clause.text.contains(term.as_str()), "clause {} does not speak of {term}", clause.number);
            let leads_back = clauses_of.get(term.as_str()).is_none_or(|clauses| clauses.contains(&clause.number));
            assert!(leads_back, "no entry of {term} names clause {}", clause.number);
        }
    }
}

#[test]
fn rule_23_the_lists_are_pinned_and_shown() {
    // User agents are compared in lower case, so that a word with a capital would match nothing.
    for word in [PREVIEWERS, SCANNERS, ROBOT_WORDS].into_iter().flatten() {
        assert_eq!(**word, word.to_lowercase());
    }
    let header = include_str!("../../src/definition/crawlers-1.60.0.txt").lines().next().unwrap_or_default();
    assert!(header.starts_with(&format!("# crawler-user-agents {CRAWLERS_VERSION},")), "{header}");
    // An empty pattern would match every user agent.
    assert!(crawler_patterns().all(|pattern| !pattern.trim().is_empty() && !pattern.starts_with('#')));

    let shown = serde_json::to_value(current()).expect("a definition is JSON");
    assert_eq!(current().lists, Lists::default());
    let lists = &shown["lists"];
    assert_eq!(lists["crawlers"]["version"], CRAWLERS_VERSION);
    assert_eq!(lists["crawlers"]["patterns"].as_array().map(Vec::len), Some(1_500));
    assert_eq!(lists["data_centers"][0], serde_json::json!({"asn": 16509, "owner": "Amazon"}));
    assert_eq!(lists["data_centers"].as_array().map(Vec::len), Some(15));
    assert_eq!(lists["previewers"][0], "facebookexternalhit");
    assert_eq!(lists["scanners"][0], "proofpoint");
    assert_eq!(lists["robot_words"][0], "bot");
    assert_eq!(shown["clauses"][36]["number"], 37);
    assert_eq!(shown["version"], "v1");
}
