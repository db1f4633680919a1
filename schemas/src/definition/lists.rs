//! Which user agents and networks are not people (rule 23). The lists are part of the definition's version.

use serde::Serialize;

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

/// Autonomous systems of data centres.
pub const DATA_CENTERS: &[DataCenter] = &[
    DataCenter { asn: 16509, owner: "Amazon" },
    DataCenter { asn: 14618, owner: "Amazon" },
    DataCenter { asn: 15169, owner: "Google" },
    DataCenter { asn: 396_982, owner: "Google" },
    DataCenter { asn: 8075, owner: "Microsoft" },
    DataCenter { asn: 16276, owner: "OVH" },
    DataCenter { asn: 24940, owner: "Hetzner" },
    DataCenter { asn: 14061, owner: "DigitalOcean" },
    DataCenter { asn: 63949, owner: "Akamai/Linode" },
    DataCenter { asn: 20473, owner: "Vultr" },
    DataCenter { asn: 45102, owner: "Alibaba" },
    DataCenter { asn: 31898, owner: "Oracle" },
    DataCenter { asn: 12876, owner: "Scaleway" },
    DataCenter { asn: 51167, owner: "Contabo" },
    DataCenter { asn: 60781, owner: "Leaseweb" },
];

/// The version of the list of crawlers, crawler-user-agents.
pub const CRAWLERS_VERSION: &str = "1.60.0";

const CRAWLERS: &str = include_str!("crawlers-1.60.0.txt");

/// An autonomous system of a data centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DataCenter {
    /// Its number.
    pub asn: u32,
    /// Who runs it.
    pub owner: &'static str,
}

/// The regular expressions of the pinned list of crawlers, matched as they are written.
pub fn crawler_patterns() -> impl Iterator<Item = &'static str> {
    CRAWLERS.lines().filter(|line| !line.starts_with('#'))
}

/// The lists of rule 23, as the definition shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lists {
    /// Words of the user agents of link previewers.
    pub previewers: &'static [&'static str],
    /// Words of the user agents of mail scanners.
    pub scanners: &'static [&'static str],
    /// Words of the user agents of robots.
    pub robot_words: &'static [&'static str],
    /// The published list of robots' user agents.
    pub crawlers: Crawlers,
    /// Networks of data centres.
    pub data_centers: &'static [DataCenter],
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

impl Default for Lists {
    fn default() -> Self {
        Self {
            previewers: PREVIEWERS,
            scanners: SCANNERS,
            robot_words: ROBOT_WORDS,
            crawlers: Crawlers {
                name: "crawler-user-agents",
                version: CRAWLERS_VERSION,
                licence: "MIT, (c) 2017 Martin Monperrus and contributors",
                patterns: crawler_patterns().collect(),
            },
            data_centers: DATA_CENTERS,
        }
    }
}
