//! `identity_daily`: what an identity did in a collection on one day.

use clickhouse::Row;
use loupe_schemas::Micros;
use loupe_schemas::event::{Actor, IdentifiedBy};
use loupe_schemas::ids::ClientId;
use serde::{Deserialize, Serialize};

use crate::fold::contribution::{Contribution, Tally};
use crate::fold::identity::Identity;
use crate::fold::keyed::{Keyed, halves, whole};
use crate::fold::slice_key::SliceKey;
use crate::fold::texts::Texts;
use crate::fold::{Order, Word};

/// What is counted of an identity.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is the column of its name, documented in the table's DDL")]
pub struct Counters {
    pub attempts: u32,
    pub downloads: u32,
    pub delivered_bytes: u64,
    pub visits: u32,
    pub views: u32,
    pub plays: u32,
    pub opens: u32,
    pub favorites_added: u32,
    pub favorites_removed: u32,
    /// Its number among the slice's, when it is one.
    client: Option<u32>,
    identified_by: IdentifiedBy,
    first_at: Micros,
    latest: Order,
}

/// A row of `identity_daily`.
#[derive(Debug, Clone, PartialEq, Default, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct IdentityDailyRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub day: u16,
    pub identity: u128,
    pub client_id: String,
    pub identified_by: Word,
    pub attempts: u64,
    pub downloads: u64,
    pub delivered_bytes: u64,
    pub visits: u64,
    pub views: u64,
    pub plays: u64,
    pub opens: u64,
    pub favorites_added: u64,
    pub favorites_removed: u64,
    pub first_at: i64,
    pub last_at: i64,
    pub version: u64,
}

/// Who did something in a slice, each with a number: uniques of media, as many as deliveries, are kept by it in an eighth of
/// the memory that identities take.
#[derive(Debug, Clone, Default)]
pub struct Identities {
    cells: Keyed<[u64; 2], Counters>,
    /// The ids of those who are clients.
    clients: Texts,
}

impl Identities {
    /// The number of an identity that was seen.
    #[must_use]
    pub fn number(&self, identity: Identity) -> Option<u32> {
        self.cells.number(&halves(identity.0))
    }

    /// Who has this number, and the client they are, if they are one.
    #[must_use]
    pub fn who(&self, number: u32) -> (Identity, Option<ClientId>) {
        let (identity, cell) = self.cells.entry(number);
        (Identity(whole(*identity)), cell.client.and_then(|client| ClientId::new(self.clients.get(client))))
    }

    /// What is counted of the identity with this number.
    pub fn numbered(&mut self, number: u32) -> &mut Counters {
        self.cells.numbered(number)
    }

    /// The number of an identity, which has seen a deed of `actor`: when, and how the latest was known, are a minimum and a
    /// maximum, so the order in which deeds come does not matter.
    pub fn seen(&mut self, identity: Identity, deed: Order, actor: &Actor) -> u32 {
        let clients = &mut self.clients;
        let (number, cell) = self.cells.or_insert_with(halves(identity.0), || {
            Counters::first(deed, actor, actor.client_id.as_ref().map(|client_id| clients.push(client_id.as_str())))
        });
        cell.first_at = cell.first_at.min(deed.at);
        if deed > cell.latest {
            cell.latest = deed;
            cell.identified_by = actor.identified_by;
        }
        number
    }

    /// Adds an unfiltered download of the identity with this number, or takes it back.
    pub fn tally(&mut self, contribution: &Contribution, number: u32, tally: Tally) {
        let cell = self.cells.numbered(number);
        tally.count(&mut cell.attempts, 1);
        tally.count(&mut cell.downloads, u32::from(contribution.is_completed));
        tally.count(&mut cell.delivered_bytes, contribution.delivered_bytes);
    }

    /// About how much memory they take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.cells.bytes() + self.clients.bytes()
    }

    /// The row of an identity that was seen.
    #[must_use]
    pub fn row(&self, slice: SliceKey, identity: Identity, version: u64) -> Option<IdentityDailyRow> {
        let cell = self.cells.get(&halves(identity.0))?;
        Some(IdentityDailyRow {
            account_id: slice.account_id.0,
            collection_id: slice.collection_id.0,
            day: slice.day.0,
            identity: identity.0,
            client_id: cell.client.map_or("", |client| self.clients.get(client)).to_owned(),
            identified_by: cell.identified_by.as_str().into(),
            attempts: cell.attempts.into(),
            downloads: cell.downloads.into(),
            delivered_bytes: cell.delivered_bytes,
            visits: cell.visits.into(),
            views: cell.views.into(),
            plays: cell.plays.into(),
            opens: cell.opens.into(),
            favorites_added: cell.favorites_added.into(),
            favorites_removed: cell.favorites_removed.into(),
            first_at: cell.first_at.0,
            last_at: cell.latest.at.0,
            version,
        })
    }
}

impl Counters {
    const fn first(deed: Order, actor: &Actor, client: Option<u32>) -> Self {
        Self {
            attempts: 0,
            downloads: 0,
            delivered_bytes: 0,
            visits: 0,
            views: 0,
            plays: 0,
            opens: 0,
            favorites_added: 0,
            favorites_removed: 0,
            client,
            first_at: deed.at,
            latest: deed,
            identified_by: actor.identified_by,
        }
    }
}

#[cfg(test)]
mod tests {
    use loupe_schemas::Event;
    use loupe_schemas::event::{Actor, IdentifiedBy, Role};
    use loupe_schemas::ids::VisitorId;

    use super::IdentityDailyRow;
    use crate::fold::fixture::{AT, example, fold};
    use crate::fold::identity::Identity;

    fn by(mut event: Event, change: impl FnOnce(&mut Actor)) -> Event {
        change(event.head.actor.as_mut().unwrap());
        event
    }

    fn visitor(name: &str) -> impl FnOnce(&mut Actor) {
        move |actor| (actor.client_id, actor.visitor_id) = (None, VisitorId::new(name))
    }

    fn only(rows: &[IdentityDailyRow]) -> &IdentityDailyRow {
        let [row] = rows else { panic!("one identity: {rows:?}") };
        row
    }

    #[test]
    fn an_identitys_day_counts_deeds_and_spans_them() {
        let visit = example("VisitStarted", "full", 0);
        let who = visit.head.actor.clone().unwrap();
        let rows = fold(&[
            visit,
            example("PhotoViewed", "full", 1),
            example("FavoriteAdded", "full", 2),
            example("FavoriteRemoved", "full", 3),
        ]);
        let row = only(&rows.identity_daily);
        assert_eq!((row.visits, row.views, row.favorites_added, row.favorites_removed), (1, 1, 1, 1));
        assert_eq!((row.first_at, row.last_at), (AT.0, AT.0 + 3_000_000));
        assert_eq!(
            (row.identity, Some(row.client_id.as_str())),
            (Identity::of(&who).0, who.client_id.as_ref().map(|id| id.as_str()))
        );
    }

    #[test]
    fn rule_12_every_anonymous_identity_has_a_row_without_a_client() {
        let rows = fold(&[
            by(example("VisitStarted", "full", 0), visitor("v1")),
            by(example("PhotoViewed", "full", 40), visitor("v1")),
            by(example("VisitStarted", "full", 60), visitor("v2")),
            by(example("VisitStarted", "full", 90), |actor| (actor.client_id, actor.visitor_id) = (None, None)),
        ]);
        let mut counts: Vec<_> = rows.identity_daily.iter().map(|row| (row.views, row.visits)).collect();
        counts.sort_unstable();
        assert_eq!(counts, [(0, 1), (0, 1), (1, 1)]);
        assert!(rows.identity_daily.iter().all(|row| row.client_id.is_empty()));
    }

    #[test]
    fn rule_15_identified_by_is_that_of_the_latest_deed_whatever_comes_last() {
        let known = |seconds, identified_by| {
            by(example("VisitStarted", "full", seconds), |actor| actor.identified_by = identified_by)
        };
        let deeds = [known(5, IdentifiedBy::Pin), known(90, IdentifiedBy::Login), known(40, IdentifiedBy::Email)];
        for first in 0..3 {
            let mut order = deeds.clone();
            order.rotate_left(first);
            let rows = fold(&order);
            let row = only(&rows.identity_daily);
            assert_eq!((row.identified_by.as_ref(), row.last_at), ("login", AT.0 + 90_000_000), "from {first} on");
            assert_eq!(row.first_at, AT.0 + 5_000_000, "from {first} on");
        }
    }

    #[test]
    fn rule_11_a_download_is_of_who_asked_and_rule_18_of_nobody_when_filtered() {
        let carried = by(example("TransferSegment", "full", 1), visitor("somebody else"));
        let asked = example("DownloadRequested", "film", 0);
        let who = Identity::of(asked.head.actor.as_ref().unwrap());
        let rows = fold(&[asked.clone(), carried.clone()]);
        let row = only(&rows.identity_daily);
        assert_eq!((row.identity, row.attempts, row.downloads, row.delivered_bytes), (who.0, 1, 0, 418_554_959));
        let filtered = by(asked, |actor| actor.role = Role::Owner);
        assert!(fold(&[filtered, carried]).identity_daily.is_empty());
    }

    #[test]
    fn rule_32_an_earlier_request_takes_the_download_from_a_later_one() {
        let later = by(example("DownloadRequested", "film", 9), visitor("later"));
        let earlier = example("DownloadRequested", "film", 3);
        let rows = fold(&[later.clone(), earlier]);
        let of_later = Identity::of(later.head.actor.as_ref().unwrap()).0;
        let attempts = |is_later: bool| {
            let mut found = rows.identity_daily.iter().filter(|row| (row.identity == of_later) == is_later);
            found.next_back().map(|row| row.attempts)
        };
        assert_eq!((attempts(true), attempts(false)), (Some(0), Some(1)));
    }
}
