//! What a key may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One permission of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Publish events.
    EventsWrite,
    /// Read downloads and deliveries.
    DownloadsRead,
    /// Read favourites and stars.
    FavoritesRead,
    /// Read share links, their URLs masked.
    LinksRead,
    /// See the URLs of share links.
    LinksSecret,
    /// See names and email addresses of clients unmasked.
    ClientsPii,
    /// Read analytics.
    AnalyticsRead,
    /// Erase a client's personal data.
    ClientsErase,
}

impl Scope {
    /// Every scope, in the order they are documented.
    pub const ALL: [Self; 8] = [
        Self::EventsWrite,
        Self::DownloadsRead,
        Self::FavoritesRead,
        Self::LinksRead,
        Self::LinksSecret,
        Self::ClientsPii,
        Self::AnalyticsRead,
        Self::ClientsErase,
    ];

    /// The scope as it is written in key files and errors.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventsWrite => "events:write",
            Self::DownloadsRead => "downloads:read",
            Self::FavoritesRead => "favorites:read",
            Self::LinksRead => "links:read",
            Self::LinksSecret => "links:secret",
            Self::ClientsPii => "clients:pii",
            Self::AnalyticsRead => "analytics:read",
            Self::ClientsErase => "clients:erase",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no scope; its message lists those there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownScope(String);

impl fmt::Display for UnknownScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown scope `{}`; the scopes are {}", self.0, Scope::ALL.map(Scope::as_str).join(", "))
    }
}

impl std::error::Error for UnknownScope {}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_read_back_from_its_name() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
        }
    }

    #[test]
    fn an_unknown_scope_lists_the_valid_ones() {
        let message = "events:read".parse::<Scope>().unwrap_err().to_string();
        assert!(message.starts_with("unknown scope `events:read`; the scopes are events:write, downloads:read,"));
        assert!(message.ends_with("clients:erase"));
    }
}
