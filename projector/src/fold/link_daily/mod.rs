//! `link_daily`: a share link on one day (rules 69 to 74, 80).

use clickhouse::Row;
use loupe_schemas::event::DenyReason;
use loupe_schemas::ids::LinkId;
use loupe_schemas::{Micros, Text};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::fold::Order;
use crate::fold::contribution::{Contribution, Tally};
use crate::fold::identity::Identity;
use crate::fold::memory;
use crate::fold::slice_key::SliceKey;

/// A counted open stands for one identity in one half-minute (rule 69).
type Window = (Identity, i64);

/// The earliest open of a window: its time, country and referrer are the window's.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Its place.
    pub order: Order,
    /// Country of the opener.
    pub country: Option<Text>,
    /// Host the opener came from.
    pub referrer_host: Option<Text>,
}

impl Open {
    /// About how much memory it takes in its window, with its visitor.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let texts = [&self.country, &self.referrer_host].into_iter().flatten();
        memory::entry::<(Window, Self)>() + memory::entry::<Identity>() + texts.map(memory::text).sum::<usize>()
    }
}

/// What is counted of a link.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    opens: FxHashMap<Window, Open>,
    /// How many windows came from each host and country; kept, since a link may have a million windows.
    referrers: FxHashMap<Text, u32>,
    countries: FxHashMap<Text, u32>,
    visitors: FxHashSet<Identity>,
    first_opened_at: Option<Micros>,
    last_opened_at: Option<Micros>,
    /// Previews of the link (rule 71).
    pub link_previews: u64,
    /// Opens by robots and scanners (rule 71).
    pub bot_opens: u64,
    denied: FxHashMap<DenyReason, u64>,
    attempts: u64,
    downloads: u64,
    unique_keys: FxHashMap<(Identity, u128, &'static str), u32>,
    transferred_bytes: u64,
}

/// A row of `link_daily`.
#[derive(Debug, Clone, PartialEq, Default, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct LinkDailyRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub link_id: String,
    pub day: u16,
    pub opens: u64,
    pub visitors: u64,
    pub link_previews: u64,
    pub bot_opens: u64,
    pub denied_expired: u64,
    pub denied_bad_password: u64,
    pub denied_quota: u64,
    pub denied_revoked: u64,
    pub attempts: u64,
    pub downloads: u64,
    pub unique_downloads: u64,
    pub transferred_bytes: u64,
    pub first_opened_at: Option<i64>,
    pub last_opened_at: Option<i64>,
    pub referrers: Vec<(Text, u64)>,
    pub countries: Vec<(Text, u64)>,
    pub version: u64,
}

impl LinkDailyRow {
    /// Whether the row counts nothing: its key counted once, and what counted was taken back.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let nothing = Self {
            account_id: self.account_id,
            collection_id: self.collection_id,
            link_id: self.link_id.clone(),
            day: self.day,
            version: self.version,
            ..Self::default()
        };
        *self == nothing
    }
}

impl Counters {
    /// Takes a counted open; says whether it began a window of its own.
    pub fn open(&mut self, identity: Identity, open: Open) -> bool {
        let at = open.order.at;
        self.visitors.insert(identity);
        self.first_opened_at = Some(self.first_opened_at.map_or(at, |first| first.min(at)));
        self.last_opened_at = Some(self.last_opened_at.map_or(at, |last| last.max(at)));
        let window = (identity, at.half_minute());
        if self.opens.get(&window).is_some_and(|known| known.order <= open.order) {
            return false;
        }
        self.came_from(&open, Tally::Add);
        let later = self.opens.insert(window, open);
        if let Some(later) = &later {
            self.came_from(later, Tally::Retract);
        }
        later.is_none()
    }

    fn came_from(&mut self, open: &Open, tally: Tally) {
        let country = open.country.as_deref().filter(|country| !country.is_empty());
        tally.member(&mut self.countries, country.unwrap_or("unknown").into());
        if let Some(host) = open.referrer_host.as_deref().filter(|host| !host.is_empty()) {
            tally.member(&mut self.referrers, host.into());
        }
    }

    /// Takes a counted denial.
    pub fn deny(&mut self, reason: DenyReason) {
        *self.denied.entry(reason).or_default() += 1;
    }

    fn denied(&self, reason: DenyReason) -> u64 {
        self.denied.get(&reason).copied().unwrap_or(0)
    }
}

/// How often each was counted, in the order of their names.
fn listed(counts: &FxHashMap<Text, u32>) -> Vec<(Text, u64)> {
    let mut list: Vec<_> = counts.iter().map(|(name, times)| (name.clone(), u64::from(*times))).collect();
    list.sort_unstable();
    list
}

/// Adds an unfiltered download that came through a link, or takes it back (rule 74).
pub fn tally(cells: &mut FxHashMap<LinkId, Counters>, contribution: &Contribution, tally: Tally) {
    let Some(link_id) = &contribution.link_id else { return };
    let cell = cells.entry(link_id.clone()).or_default();
    tally.count(&mut cell.attempts, 1);
    tally.count(&mut cell.transferred_bytes, contribution.transferred_bytes);
    if contribution.is_completed {
        tally.count(&mut cell.downloads, 1);
        let unique = (contribution.identity, contribution.media_set, contribution.rendition.as_str());
        tally.member(&mut cell.unique_keys, unique);
    }
}

/// The row of a link; zeros when nothing stands under it any more.
#[must_use]
pub fn row(slice: SliceKey, link_id: &LinkId, cell: Option<&Counters>, version: u64) -> LinkDailyRow {
    let nothing = Counters::default();
    let cell = cell.unwrap_or(&nothing);
    LinkDailyRow {
        account_id: slice.account_id.0,
        collection_id: slice.collection_id.0,
        link_id: link_id.to_string(),
        day: slice.day.0,
        opens: cell.opens.len() as u64,
        visitors: cell.visitors.len() as u64,
        link_previews: cell.link_previews,
        bot_opens: cell.bot_opens,
        denied_expired: cell.denied(DenyReason::Expired),
        denied_bad_password: cell.denied(DenyReason::BadPassword),
        denied_quota: cell.denied(DenyReason::Quota),
        denied_revoked: cell.denied(DenyReason::Revoked),
        attempts: cell.attempts,
        downloads: cell.downloads,
        unique_downloads: cell.unique_keys.len() as u64,
        transferred_bytes: cell.transferred_bytes,
        first_opened_at: cell.first_opened_at.map(|at| at.0),
        last_opened_at: cell.last_opened_at.map(|at| at.0),
        referrers: listed(&cell.referrers),
        countries: listed(&cell.countries),
        version,
    }
}

#[cfg(test)]
mod tests {
    use loupe_schemas::Text;
    use loupe_schemas::event::{Event, Fact, Opener};

    use crate::fold::fixture::{AT, event, fold};

    fn opened(seconds: i64, opener: Opener, country: Option<&str>) -> Event {
        event("LinkOpened", "full", seconds, |event| {
            if let Fact::LinkOpened(open) = &mut event.fact {
                open.opener = opener;
            }
            event.head.actor.as_mut().unwrap().country = country.map(Text::from);
        })
    }

    #[test]
    fn rules_69_and_73_opens_are_by_half_minute_and_countries_sum_to_them() {
        let rows = fold(&[
            opened(0, Opener::Human, Some("DE")),
            opened(29, Opener::Human, Some("US")),
            opened(30, Opener::Human, None),
            opened(31, Opener::Preview, Some("FR")),
        ]);
        let row = rows.link_daily.last().unwrap();
        assert_eq!((row.opens, row.visitors, row.link_previews), (2, 1, 1));
        assert_eq!(row.countries, [("DE".into(), 1), ("unknown".into(), 1)]);
        assert_eq!((row.first_opened_at, row.last_opened_at), (Some(AT.0), Some(AT.0 + 30_000_000)));
    }

    #[test]
    fn rule_71_denials_are_events_by_reason_and_a_scanners_do_not_count() {
        let denied = |seconds, opener| {
            event("LinkDenied", "full", seconds, |event| {
                if let Fact::LinkDenied(denial) = &mut event.fact {
                    denial.opener = opener;
                }
            })
        };
        let rows = fold(&[denied(0, Opener::Scanner), denied(1, Opener::Human), denied(2, Opener::Human)]);
        let row = rows.link_daily.last().unwrap();
        assert_eq!((row.denied_quota, row.denied_bad_password), (2, 0));
    }

    #[test]
    fn rule_73_the_earliest_open_of_a_window_says_the_country_and_the_host() {
        let early = event("LinkOpened", "full", 1, |event| {
            if let Fact::LinkOpened(open) = &mut event.fact {
                open.opener = Opener::Human;
            }
            event.head.actor.as_mut().unwrap().referrer_host = Some("early.example".into());
        });
        let next_window = event("LinkOpened", "full", 61, |event| {
            event.clone_from(&early);
            event.head.event_id.0 = uuid::Uuid::from_u128(1);
            event.head.occurred_at.0 += 60_000_000;
        });
        let hostless = event("LinkOpened", "full", 121, |event| {
            event.clone_from(&early);
            event.head.event_id.0 = uuid::Uuid::from_u128(2);
            event.head.occurred_at.0 += 120_000_000;
            event.head.actor.as_mut().unwrap().referrer_host = Some(Text::default());
        });
        let rows =
            fold(&[opened(5, Opener::Human, Some("FR")), early, opened(9, Opener::Human, None), next_window, hostless]);
        let row = rows.link_daily.last().unwrap();
        assert_eq!(row.opens, 3);
        assert_eq!(row.referrers, [("early.example".into(), 2)]);
        assert_eq!(row.countries, [("DE".into(), 3)]);
    }
}
