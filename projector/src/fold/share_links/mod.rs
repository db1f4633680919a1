//! `share_links`: how a link came to be, its terms, its revocation (rules 75 and 76).

use clickhouse::Row;
use loupe_schemas::Micros;
use loupe_schemas::event::{Head, LinkCreated, LinkUpdated, Permissions};
use loupe_schemas::ids::LinkId;
use serde::{Deserialize, Serialize};

use crate::fold::Order;

/// `revoked_at` of a link never revoked: 2299-12-31, the end of what the column holds.
pub const NEVER: i64 = 10_413_705_600_000_000;

/// A row of `share_links`; a zero tuple says nothing.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct ShareLinkRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub link_id: String,
    pub created: (i64, u128, u64, String, String, String),
    pub terms: (i64, u128, i64, String),
    pub revoked_at: i64,
}

impl ShareLinkRow {
    fn of(head: &Head, link_id: &LinkId) -> Self {
        Self {
            account_id: head.account_id.0,
            collection_id: head.collection_id.map_or(0, |id| id.0),
            link_id: link_id.to_string(),
            created: Default::default(),
            terms: Default::default(),
            revoked_at: NEVER,
        }
    }

    /// A link created, with its first terms.
    #[must_use]
    pub fn created(head: &Head, fact: &LinkCreated) -> Self {
        let (at, id) = Order::of(head).as_tuple();
        let actor = head.actor.as_ref();
        let client = actor.and_then(|actor| actor.client_id.as_ref()).map(ToString::to_string).unwrap_or_default();
        let known_by = actor.map(|actor| actor.identified_by).unwrap_or_default().as_str().to_owned();
        Self {
            created: (at, id, fact.media_id.0, fact.url.clone(), client, known_by),
            terms: terms(head, fact.expires_at, &fact.permissions),
            ..Self::of(head, &fact.link_id)
        }
    }

    /// A link's terms, whole.
    #[must_use]
    pub fn updated(head: &Head, fact: &LinkUpdated) -> Self {
        Self { terms: terms(head, fact.expires_at, &fact.permissions), ..Self::of(head, &fact.link_id) }
    }

    /// A link revoked.
    #[must_use]
    pub fn revoked(head: &Head, link_id: &LinkId) -> Self {
        Self { revoked_at: head.occurred_at.0, ..Self::of(head, link_id) }
    }
}

fn terms(head: &Head, expires_at: Option<Micros>, permissions: &Permissions) -> (i64, u128, i64, String) {
    let (at, id) = Order::of(head).as_tuple();
    let permissions = serde_json::json!({
        "view": permissions.view,
        "download": permissions.download,
        "favorite": permissions.favorite,
        "reshare": permissions.reshare,
        "watermark": permissions.watermark,
        "password_required": permissions.password_required,
        "max_opens": permissions.max_opens,
        "max_downloads": permissions.max_downloads,
    });
    (at, id, expires_at.map_or(-1, |time| time.0), permissions.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fixture::{AT, example, fold};

    #[test]
    fn rule_76_a_links_terms_are_whole_and_the_rest_is_its_creations() {
        let rows = fold(&[
            example("LinkCreated", "full", 0),
            example("LinkUpdated", "minimal", 1),
            example("LinkRevoked", "full", 2),
        ]);
        let [created, updated, revoked] = &rows.share_links[..] else { panic!("{:?}", rows.share_links) };
        assert!(created.terms.2 > 0 && created.created.3.starts_with("https://"));
        assert_eq!((updated.created.0, updated.terms.2), (0, -1), "absent means none");
        assert_eq!((revoked.terms.0, created.revoked_at), (0, NEVER));
        assert_eq!(revoked.revoked_at, AT.0 + 2_000_000);
    }
}
