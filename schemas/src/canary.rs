//! Records of the events topic that measure how long it takes until readers see what was published. They are no events: they
//! belong to no account, make no row of any read model, and the ledger counts them apart.

use crate::time::Micros;

/// The header that makes a record a canary: when it was published, in microseconds since the epoch, in decimal.
pub const HEADER: &str = "loupe-canary";

/// A canary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Canary {
    /// When it was published, by the publisher's clock.
    pub published_at: Micros,
}

impl Canary {
    /// The canary that a record with these headers is; none when it is something else.
    pub fn read<'a>(headers: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Option<Self> {
        let (_, value) = headers.into_iter().find(|(name, _)| *name == HEADER)?;
        let published_at = std::str::from_utf8(value).ok()?.parse().ok().map(Micros)?;
        Some(Self { published_at })
    }

    /// The value of its [`HEADER`].
    #[must_use]
    pub fn header_value(self) -> String {
        self.published_at.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_is_known_by_its_header_alone() {
        let canary = Canary { published_at: Micros(1_777_745_053_000_000) };
        let value = canary.header_value();
        assert_eq!(Canary::read([("other", &b"1"[..]), (HEADER, value.as_bytes())]), Some(canary));
        assert_eq!(Canary::read([("other", value.as_bytes())]), None);
        assert_eq!(Canary::read([(HEADER, &b"soon"[..])]), None);
        assert_eq!(Canary::read([]), None);
    }
}
