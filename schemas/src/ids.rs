//! Ids as newtypes, so that a media id is never passed where a gallery id is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Text;
use crate::time::Micros;

/// The longest opaque id (client, visitor, list, link) in bytes (DOMAIN, "Ids").
pub const OPAQUE_ID_BYTES_MAX: usize = 64;

macro_rules! numeric_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
    };
}

macro_rules! uuid_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
    };
}

macro_rules! opaque_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Text);

        impl $name {
            /// The id, or `None` when `text` is empty or longer than [`OPAQUE_ID_BYTES_MAX`].
            #[must_use]
            pub fn new(text: impl Into<Text>) -> Option<Self> {
                let text = text.into();
                (!text.is_empty() && text.len() <= OPAQUE_ID_BYTES_MAX).then_some(Self(text))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
    };
}

numeric_id!(
    /// A photographer's account: the tenant, and the first column of every key.
    AccountId
);
numeric_id!(
    /// A collection of an account, for example one wedding.
    CollectionId
);
numeric_id!(
    /// A gallery ("set") inside a collection.
    GalleryId
);
numeric_id!(
    /// A photo or a video.
    MediaId
);

uuid_id!(
    /// Names one event; a retry carries the same one (rule 10).
    EventId
);
uuid_id!(
    /// Names one download action; a UUIDv7 minted at the click, whose time is the action's time (rule 1).
    DownloadId
);
uuid_id!(
    /// Names one run of one edge process, within which `seq` counts up without gaps.
    BootId
);

opaque_id!(
    /// A person known to the account: `cl_` and 30 alphanumerics.
    ClientId
);
opaque_id!(
    /// A browser that no client has identified.
    VisitorId
);
opaque_id!(
    /// A list of favourites.
    ListId
);
opaque_id!(
    /// A share link.
    LinkId
);

impl DownloadId {
    /// The time of the click, in whole milliseconds, from the UUIDv7 itself (rule 1).
    #[must_use]
    pub fn requested_at(self) -> Micros {
        Micros(uuid_v7_millis(self.0) * 1_000)
    }
}

/// The 48-bit millisecond time of a UUIDv7.
fn uuid_v7_millis(id: Uuid) -> i64 {
    let bytes = id.as_u128() >> 80;
    i64::try_from(bytes).unwrap_or(i64::MAX / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_1_the_time_of_a_download_is_inside_its_id() {
        let id = DownloadId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        assert_eq!(id.requested_at(), Micros(0x0190_0000_0000 * 1_000));
    }

    #[test]
    fn an_opaque_id_has_one_to_sixty_four_bytes() {
        assert!(LinkId::new("").is_none());
        assert!(LinkId::new("x".repeat(64)).is_some());
        assert!(LinkId::new("x".repeat(65)).is_none());
    }
}
