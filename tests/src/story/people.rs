//! Who is in the story.

use serde_json::{Value, json};

/// A browser that is on no list of robots.
pub(super) const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Somebody who acts, as an edge sees them.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub(super) client_id: Option<&'static str>,
    pub(super) visitor_id: Option<&'static str>,
    pub(super) role: &'static str,
    pub(super) identified_by: &'static str,
    pub(super) ip_key: &'static str,
    pub(super) user_agent: &'static str,
    pub(super) country: Option<&'static str>,
    pub(super) asn: Option<u32>,
    pub(super) referrer_host: Option<&'static str>,
}

impl Person {
    pub(super) fn actor(&self) -> Value {
        json!({
            "client_id": self.client_id, "visitor_id": self.visitor_id, "role": self.role,
            "identified_by": self.identified_by, "ip_key": self.ip_key, "user_agent": self.user_agent,
            "country": self.country, "asn": self.asn, "referrer_host": self.referrer_host,
        })
    }
}

pub(super) const ANA_ID: &str = "cl_AnaAnaAnaAnaAnaAnaAnaAnaAnaAna";
pub(super) const BEN_ID: &str = "cl_BenBenBenBenBenBenBenBenBenBen";
pub(super) const CLEO_ID: &str = "cl_CleCleCleCleCleCleCleCleCleCle";
pub(super) const DAN_ID: &str = "cl_DanDanDanDanDanDanDanDanDanDan";
pub(super) const EVE_ID: &str = "cl_EveEveEveEveEveEveEveEveEveEve";

/// Nobody in particular: no id, a plain browser, no country.
pub(super) const ANYBODY: Person = Person {
    client_id: None,
    visitor_id: None,
    role: "guest",
    identified_by: "none",
    ip_key: "a0a0a0a0a0a0a0a0",
    user_agent: BROWSER,
    country: None,
    asn: Some(3320),
    referrer_host: None,
};
/// The bride, known by her email.
pub(super) const ANA: Person = Person {
    client_id: Some(ANA_ID),
    visitor_id: Some("vs_ana"),
    role: "client",
    identified_by: "email",
    ip_key: "a1a1a1a1a1a1a1a1",
    country: Some("DE"),
    ..ANYBODY
};
/// A friend with a PIN.
pub(super) const BEN: Person = Person {
    client_id: Some(BEN_ID),
    visitor_id: Some("vs_ben"),
    role: "client",
    identified_by: "pin",
    ip_key: "b1b1b1b1b1b1b1b1",
    country: Some("US"),
    ..ANYBODY
};
/// The florist, logged in, in a data centre; the catalogue does not know her.
pub(super) const CLEO: Person = Person {
    client_id: Some(CLEO_ID),
    role: "vendor",
    identified_by: "login",
    ip_key: "c1c1c1c1c1c1c1c1",
    asn: Some(16_509),
    ..ANYBODY
};
/// A client who is erased at the end.
pub(super) const DAN: Person = Person {
    client_id: Some(DAN_ID),
    visitor_id: Some("vs_dan"),
    role: "client",
    identified_by: "email",
    ip_key: "d1d1d1d1d1d1d1d1",
    country: Some("GB"),
    ..ANYBODY
};
/// A guest with our cookie.
pub(super) const GUEST: Person = Person {
    visitor_id: Some("vs_guest"),
    identified_by: "cookie",
    ip_key: "e1e1e1e1e1e1e1e1",
    country: Some("US"),
    ..ANYBODY
};
/// Nobody in particular in one of Google's data centres.
pub(super) const IN_GOOGLE: Person = Person { ip_key: "f1f1f1f1f1f1f1f1", asn: Some(15_169), ..ANYBODY };
/// A crawler.
pub(super) const ROBOT: Person = Person {
    ip_key: "f2f2f2f2f2f2f2f2",
    user_agent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    country: Some("US"),
    ..ANYBODY
};
/// What draws a card of a link in a chat.
pub(super) const PREVIEWER: Person = Person { ip_key: "f3f3f3f3f3f3f3f3", user_agent: "WhatsApp/2.24.6", ..ANYBODY };
/// The photographer.
pub(super) const OWNER: Person =
    Person { role: "owner", identified_by: "login", ip_key: "0101010101010101", country: Some("DE"), ..ANYBODY };
/// A client of the other studio.
pub(super) const EVE: Person = Person {
    client_id: Some(EVE_ID),
    role: "client",
    identified_by: "email",
    ip_key: "e2e2e2e2e2e2e2e2",
    country: Some("GB"),
    ..ANYBODY
};
