//! Which user agents and networks are not people (rule 23). The lists are part of the definition's version.

use serde::{Deserialize, Serialize};

/// User agents that fetch a page to preview a link, in lower case; tested first.
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

/// User agents of mail scanners, in lower case.
pub const SCANNERS: &[&str] = &["proofpoint", "mimecast", "barracuda", "safelinks"];

/// Words, in lower case, that give a robot away, whatever else its user agent says.
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

/// Autonomous systems of data centres, and who runs each.
pub const DATA_CENTERS: &[(u32, &str)] = &[
    (16509, "Amazon"),
    (14618, "Amazon"),
    (15169, "Google"),
    (396_982, "Google"),
    (8075, "Microsoft"),
    (16276, "OVH"),
    (24940, "Hetzner"),
    (14061, "DigitalOcean"),
    (63949, "Akamai/Linode"),
    (20473, "Vultr"),
    (45102, "Alibaba"),
    (31898, "Oracle"),
    (12876, "Scaleway"),
    (51167, "Contabo"),
    (60781, "Leaseweb"),
];

/// The version of the list of crawlers, crawler-user-agents.
pub const CRAWLERS_VERSION: &str = "1.60.0";

const CRAWLERS: &str = include_str!("crawlers-1.60.0.txt");

/// An autonomous system of a data centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataCenter {
    /// Its number.
    pub asn: u32,
    /// Who runs it.
    pub owner: String,
}

/// The regular expressions of the pinned list of crawlers, matched as they are written.
pub fn crawler_patterns() -> impl Iterator<Item = &'static str> {
    CRAWLERS.lines().filter(|line| !line.starts_with('#'))
}

/// The lists of rule 23, as a definition shows them and as its numbers follow them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lists {
    /// Words of the user agents of link previewers, in lower case; tested first.
    pub previewers: Vec<String>,
    /// Words of the user agents of mail scanners, in lower case.
    pub scanners: Vec<String>,
    /// Words of the user agents of robots, in lower case.
    pub robot_words: Vec<String>,
    /// The published list of robots' user agents.
    pub crawlers: Crawlers,
    /// Networks of data centres.
    pub data_centers: Vec<DataCenter>,
}

/// A published list of user agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Crawlers {
    /// The list's name.
    pub name: &'static str,
    /// The version it is pinned to.
    pub version: &'static str,
    /// Under what terms it is passed on.
    pub licence: &'static str,
    /// Its regular expressions.
    pub patterns: Vec<&'static str>,
}

/// The lists of version `v1`.
impl Default for Lists {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let data_center = |(asn, owner): &(u32, &str)| DataCenter { asn: *asn, owner: (*owner).to_owned() };
        Self {
            previewers: words(PREVIEWERS),
            scanners: words(SCANNERS),
            robot_words: words(ROBOT_WORDS),
            crawlers: Crawlers {
                name: "crawler-user-agents",
                version: CRAWLERS_VERSION,
                licence: "MIT, (c) 2017 Martin Monperrus and contributors",
                patterns: crawler_patterns().collect(),
            },
            data_centers: DATA_CENTERS.iter().map(data_center).collect(),
        }
    }
}
