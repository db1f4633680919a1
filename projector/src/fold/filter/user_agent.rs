//! What a user agent says it is (rule 23).

use std::sync::LazyLock;

use regex::RegexSet;

/// User agents that fetch a page to preview a link; tested first.
pub const PREVIEWERS: &[&str] = &[
    "facebookexternalhit",
    "facebot",
    "twitterbot",
    "slackbot",
    "whatsapp",
    "telegrambot",
    "discordbot",
    "linkedinbot",
    "skypeuripreview",
    "pinterest",
    "embedly",
    "iframely",
];

/// User agents of mail scanners.
pub const SCANNERS: &[&str] = &["proofpoint", "mimecast", "barracuda", "safelinks"];

/// Words that give a robot away, whatever else its user agent says.
pub const ROBOT_WORDS: &[&str] = &[
    "bot",
    "crawl",
    "spider",
    "slurp",
    "headlesschrome",
    "curl/",
    "wget/",
    "python-requests",
    "python-urllib",
    "go-http-client",
    "okhttp",
    "java/",
    "libwww",
    "httpclient",
    "scrapy",
    "phantomjs",
    "lighthouse",
];

/// The version of the list of crawlers, crawler-user-agents.
pub const CRAWLERS_VERSION: &str = "1.60.0";

static CRAWLERS: LazyLock<RegexSet> = LazyLock::new(|| {
    let list = include_str!("crawlers-1.60.0.txt");
    let patterns = list.lines().filter(|line| !line.starts_with('#'));
    RegexSet::new(patterns).expect("the pinned list holds valid patterns: a test compiles it")
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
