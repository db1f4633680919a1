//! What a user agent says it is (rule 23).

use std::sync::LazyLock;

use loupe_schemas::definition::crawler_patterns;
use regex::RegexSet;

use super::{PREVIEWERS, ROBOT_WORDS, SCANNERS};

static CRAWLERS: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(crawler_patterns()).expect("the pinned list holds valid patterns: a test compiles it")
});

/// What a user agent says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserAgentClass {
    /// It says nothing.
    Empty,
    /// It previews links.
    Previewer,
    /// It scans mail.
    Scanner,
    /// It is a robot.
    Robot,
    /// A person's browser, as far as one can tell.
    Browser,
}

impl UserAgentClass {
    /// Classifies a user agent. The same text always has the same class, so callers may remember it.
    #[must_use]
    pub fn of(user_agent: &str) -> Self {
        if user_agent.is_empty() {
            return Self::Empty;
        }
        let lower = user_agent.to_ascii_lowercase();
        let names = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if names(PREVIEWERS) {
            Self::Previewer
        } else if names(SCANNERS) {
            Self::Scanner
        } else if names(ROBOT_WORDS) || CRAWLERS.is_match(user_agent) {
            Self::Robot
        } else {
            Self::Browser
        }
    }
}
