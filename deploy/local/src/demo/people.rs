//! The people and machines of a season: where they are, what they browse with, how the edge knows them.

use loupe_schemas::Text;
use loupe_schemas::event::{Actor, Destination, IdentifiedBy, Role};
use loupe_schemas::ids::{ClientId, VisitorId};

use super::dice::Dice;

/// Somebody, or something, that sends requests.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// The client, when the edge knows one.
    pub(super) client_id: Option<ClientId>,
    visitor_id: Option<VisitorId>,
    role: Role,
    /// How the edge knows.
    pub(super) identified_by: IdentifiedBy,
    ip_key: [u8; 16],
    user_agent: &'static str,
    country: Option<&'static str>,
    asn: Option<u32>,
    /// Where the link they followed stood.
    pub(super) referrer_host: Option<&'static str>,
    /// Hours their clock is ahead of UTC.
    pub(super) utc_offset_hours: i64,
    /// The point of presence that serves them.
    pub(super) pop: &'static str,
    /// How fast their line is, in bits per second.
    pub(super) bits_per_second: f64,
}

/// Where most guests of a collection live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// Berlin and around it.
    Germany,
    /// The United States.
    America,
}

/// A country as the edges see it.
#[derive(Debug, Clone, Copy)]
struct Country {
    code: &'static str,
    utc_offset_hours: i64,
    pops: &'static [&'static str],
    access_asns: &'static [u32],
}

const GERMANY: Country = country("DE", 1, &["FRA", "FRA", "BER", "AMS"], &[3320, 3209, 6805, 8881, 60294]);
const AUSTRIA: Country = country("AT", 1, &["VIE", "FRA"], &[8447, 6830]);
const SWITZERLAND: Country = country("CH", 1, &["ZRH", "FRA"], &[3303, 6730]);
const FRANCE: Country = country("FR", 1, &["CDG"], &[3215, 12322]);
const SPAIN: Country = country("ES", 1, &["MAD", "CDG"], &[3352, 12479]);
const BRITAIN: Country = country("GB", 0, &["LHR"], &[2856, 5607, 5089]);
const EAST: Country = country("US", -5, &["IAD", "EWR"], &[701, 7922, 20115, 7018]);
const WEST: Country = country("US", -8, &["SJC", "LAX"], &[7922, 7018, 20001]);
const CANADA: Country = country("CA", -5, &["EWR", "IAD"], &[577, 812]);

const fn country(
    code: &'static str,
    utc_offset_hours: i64,
    pops: &'static [&'static str],
    access_asns: &'static [u32],
) -> Country {
    Country { code, utc_offset_hours, pops, access_asns }
}

const GERMAN_GUESTS: &[(Country, u32)] =
    &[(GERMANY, 70), (AUSTRIA, 6), (SWITZERLAND, 5), (BRITAIN, 5), (FRANCE, 3), (SPAIN, 3), (EAST, 6), (WEST, 2)];
const AMERICAN_GUESTS: &[(Country, u32)] =
    &[(EAST, 48), (WEST, 30), (CANADA, 6), (GERMANY, 9), (BRITAIN, 5), (FRANCE, 2)];

const BROWSERS: &[(&str, u32)] = &[
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        34,
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
        22,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
        14,
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
        12,
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
        7,
    ),
    (
        "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        5,
    ),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", 4),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
        4,
    ),
    (
        "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        4,
    ),
];
const ROBOTS: &[((&str, u32, &str), u32)] = &[
    (("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 15169, "US"), 28),
    (("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", 8075, "US"), 20),
    (("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", 16276, "FR"), 14),
    (
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            8075,
            "US",
        ),
        12,
    ),
    (
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
            16509,
            "US",
        ),
        8,
    ),
    (("python-requests/2.32.3", 24940, "DE"), 7),
    (("curl/8.9.1", 14061, "NL"), 5),
    (("Go-http-client/1.1", 16509, "IE"), 4),
    (("", 20473, "US"), 2),
];
const PREVIEWERS: &[((&str, u32), u32)] = &[
    (("WhatsApp/2.24.17.79 A", 32934), 45),
    (("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", 32934), 25),
    (("TelegramBot (like TwitterBot)", 62041), 12),
    (("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", 16509), 8),
    (("Twitterbot/1.0", 13414), 5),
    (("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", 396982), 5),
];
const SCANNERS: &[(&str, u32)] = &[
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks/1.0", 8075),
    ("Mozilla/5.0 (compatible; Proofpoint URL Defense)", 22843),
    ("Mimecast-URL-Protect/2.0", 30031),
];
const REFERRERS: &[(Option<&str>, u32)] = &[
    (None, 40),
    (Some("instagram.com"), 22),
    (Some("l.facebook.com"), 10),
    (Some("mail.google.com"), 9),
    (Some("web.whatsapp.com"), 8),
    (Some("pinterest.com"), 4),
    (Some("www.google.com"), 4),
    (Some("t.co"), 3),
];
/// Data-centre networks a privacy-minded guest's tunnel comes out of (rule 23).
const TUNNEL_ASNS: &[u32] = &[24940, 14061, 20473, 16276];

impl Person {
    /// Somebody with a browser, not yet known to anyone.
    pub(super) fn browsing(dice: &mut Dice, home: Home) -> Self {
        let country = dice.weighted(match home {
            Home::Germany => GERMAN_GUESTS,
            Home::America => AMERICAN_GUESTS,
        });
        Self {
            client_id: None,
            visitor_id: VisitorId::new(format!("v_{}", dice.token(22))),
            role: Role::Guest,
            identified_by: IdentifiedBy::Cookie,
            ip_key: dice.bytes(),
            user_agent: dice.weighted(BROWSERS),
            country: Some(country.code),
            asn: Some(*dice.pick(country.access_asns)),
            referrer_host: None,
            utc_offset_hours: country.utc_offset_hours,
            pop: *dice.pick(country.pops),
            bits_per_second: dice.lognormal(48e6, 0.8).clamp(2e6, 900e6),
        }
    }

    /// A client of the account.
    pub(super) fn client(dice: &mut Dice, home: Home, client_id: ClientId, role: Role) -> Self {
        let identified_by =
            dice.weighted(&[(IdentifiedBy::Email, 50), (IdentifiedBy::Pin, 30), (IdentifiedBy::Login, 20)]);
        Self { client_id: Some(client_id), role, identified_by, ..Self::browsing(dice, home) }
    }

    /// A guest on one visit: most carry a cookie, some refuse it, a few come through a tunnel.
    pub(super) fn guest(dice: &mut Dice, home: Home) -> Self {
        let mut guest = Self::browsing(dice, home);
        guest.referrer_host = dice.weighted(REFERRERS);
        if dice.chance(0.12) {
            guest.visitor_id = None;
            guest.identified_by = IdentifiedBy::None;
        }
        if dice.chance(0.02) {
            guest.asn = Some(*dice.pick(TUNNEL_ASNS));
        }
        if dice.chance(0.02) {
            guest.country = None;
        }
        guest
    }

    /// The photographer or somebody of the studio.
    pub(super) fn owner(dice: &mut Dice, home: Home) -> Self {
        Self { role: Role::Owner, identified_by: IdentifiedBy::Login, ..Self::browsing(dice, home) }
    }

    /// A crawler or a script.
    pub(super) fn robot(dice: &mut Dice) -> Self {
        let (user_agent, asn, country) = dice.weighted(ROBOTS);
        Self::machine(dice, user_agent, asn, Some(country))
    }

    /// What a messenger sends to draw a preview of a link.
    pub(super) fn previewer(dice: &mut Dice) -> Self {
        let (user_agent, asn) = dice.weighted(PREVIEWERS);
        Self::machine(dice, user_agent, asn, Some("US"))
    }

    /// What a mail server sends to look behind a link.
    pub(super) fn scanner(dice: &mut Dice) -> Self {
        let (user_agent, asn) = *dice.pick(SCANNERS);
        Self::machine(dice, user_agent, asn, Some("US"))
    }

    /// The machine that fetches a download on its way to a cloud drive (rule 26).
    pub(super) fn drive(dice: &mut Dice, destination: Destination) -> Self {
        let (user_agent, asn) = match destination {
            Destination::Dropbox => ("DropboxSaver/1.0", 14618),
            Destination::GooglePhotos => ("Google-Photos-Import/1.0", 15169),
            _ => ("Google-Drive-Import/1.0", 15169),
        };
        Self { bits_per_second: 400e6, ..Self::machine(dice, user_agent, asn, Some("US")) }
    }

    fn machine(dice: &mut Dice, user_agent: &'static str, asn: u32, country: Option<&'static str>) -> Self {
        Self {
            client_id: None,
            visitor_id: None,
            role: Role::Unknown,
            identified_by: IdentifiedBy::None,
            ip_key: dice.bytes(),
            user_agent,
            country,
            asn: Some(asn),
            referrer_host: None,
            utc_offset_hours: 0,
            pop: if country == Some("US") { "IAD" } else { "FRA" },
            bits_per_second: 200e6,
        }
    }

    /// The person as an event names them.
    pub(super) fn actor(&self) -> Actor {
        Actor {
            client_id: self.client_id.clone(),
            visitor_id: self.visitor_id.clone(),
            role: self.role,
            identified_by: self.identified_by,
            ip_key: self.ip_key.to_vec(),
            user_agent: self.user_agent.to_owned(),
            country: self.country.map(Text::from),
            asn: self.asn,
            referrer_host: self.referrer_host.map(Text::from),
        }
    }
}
