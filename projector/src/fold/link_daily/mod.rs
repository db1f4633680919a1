//! `link_daily`: a share link on one day (rules 69 to 74, 80).

use clickhouse::Row;
use loupe_schemas::event::{DenyReason, Rendition};
use loupe_schemas::ids::LinkId;
use loupe_schemas::{Micros, Text};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::fold::Order;
use crate::fold::contribution::{Contribution, Tally};
use crate::fold::keyed::{Keyed, halves};
use crate::fold::memory;
use crate::fold::slice_key::SliceKey;

/// A counted open stands for one identity, here by their number, in one half-minute (rule 69). All of a slice are of one
/// day, so that the last 32 bits tell them apart.
type Window = (u32, u32);

/// A counted open.
#[derive(Debug, Clone, Copy)]
pub struct Open<'a> {
    /// Its place.
    pub order: Order,
    /// Country of the opener.
    pub country: Option<&'a str>,
    /// Host the opener came from.
    pub referrer_host: Option<&'a str>,
}

/// The earliest open of a window: its time, country and referrer are the window's.
#[derive(Debug, Clone, Copy)]
struct Opened {
    order: Order,
    /// By their numbers among the link's.
    country: u32,
    referrer: u32,
}

/// Whose media, which, and in which rendition: what unique downloads are distinct by (rule 54).
type Unique = (u32, Rendition, [u64; 2]);

/// What is counted of a link.
#[derive(Debug, Clone, Default)]
struct Counters {
    opens: Keyed<Window, Opened>,
    /// How many windows came from each host and country; kept, since a link may have a million windows.
    referrers: Counts,
    countries: Counts,
    /// By their numbers in the slice.
    visitors: FxHashSet<u32>,
    first_opened_at: Option<Micros>,
    last_opened_at: Option<Micros>,
    /// Previews of the link (rule 71).
    link_previews: u64,
    /// Opens by robots and scanners (rule 71).
    bot_opens: u64,
    denied: FxHashMap<DenyReason, u64>,
    attempts: u64,
    downloads: u64,
    /// How often each was completed, and how many were at all.
    uniques: Keyed<Unique, u32>,
    unique_downloads: u64,
    transferred_bytes: u64,
}

/// How often each of some names was counted. None goes when it is no longer.
#[derive(Debug, Clone, Default)]
struct Counts {
    times: Keyed<Text, u32>,
    /// What names have allocated for themselves.
    allocated: usize,
}

/// The share links of a slice.
#[derive(Debug, Clone, Default)]
pub struct Links {
    cells: FxHashMap<LinkId, Counters>,
    /// What they have allocated for themselves.
    allocated: usize,
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

impl Links {
    /// Takes a preview (rule 71).
    pub fn preview(&mut self, link_id: &LinkId) {
        self.change(link_id, |cell| cell.link_previews += 1);
    }

    /// Takes an open by a robot or scanner (rule 71).
    pub fn open_by_bot(&mut self, link_id: &LinkId) {
        self.change(link_id, |cell| cell.bot_opens += 1);
    }

    /// Takes a counted open of the identity with this number; says whether it began a window of its own.
    pub fn open(&mut self, link_id: &LinkId, who: u32, open: Open<'_>) -> bool {
        self.change(link_id, |cell| cell.open(who, open))
    }

    /// Takes a counted denial.
    pub fn deny(&mut self, link_id: &LinkId, reason: DenyReason) {
        self.change(link_id, |cell| *cell.denied.entry(reason).or_default() += 1);
    }

    /// Adds an unfiltered download that came through a link, of the identity with this number, or takes it back (rule 74).
    pub fn tally(&mut self, contribution: &Contribution, who: u32, tally: Tally) {
        let Some(link_id) = &contribution.link_id else { return };
        self.change(link_id, |cell| {
            tally.count(&mut cell.attempts, 1);
            tally.count(&mut cell.transferred_bytes, contribution.transferred_bytes);
            if contribution.is_completed {
                tally.count(&mut cell.downloads, 1);
                cell.tally_unique((who, contribution.rendition, halves(contribution.media_set)), tally);
            }
        });
    }

    /// The row of a link; zeros when nothing stands under it.
    #[must_use]
    pub fn row(&self, slice: SliceKey, link_id: &LinkId, version: u64) -> LinkDailyRow {
        let nothing = Counters::default();
        let cell = self.cells.get(link_id).unwrap_or(&nothing);
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
            unique_downloads: cell.unique_downloads,
            transferred_bytes: cell.transferred_bytes,
            first_opened_at: cell.first_opened_at.map(|at| at.0),
            last_opened_at: cell.last_opened_at.map(|at| at.0),
            referrers: cell.referrers.listed(),
            countries: cell.countries.listed(),
            version,
        }
    }

    /// About how much memory they take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        memory::table::<(LinkId, Counters)>(self.cells.capacity()) + self.allocated
    }

    /// Changes what is counted of a link, and keeps account of what that allocates.
    fn change<T>(&mut self, link_id: &LinkId, change: impl FnOnce(&mut Counters) -> T) -> T {
        let cell = self.cells.entry(link_id.clone()).or_default();
        let before = cell.allocated();
        let done = change(cell);
        self.allocated = self.allocated + cell.allocated() - before;
        done
    }
}

impl Counters {
    fn open(&mut self, who: u32, open: Open<'_>) -> bool {
        let at = open.order.at;
        self.visitors.insert(who);
        self.first_opened_at = Some(self.first_opened_at.map_or(at, |first| first.min(at)));
        self.last_opened_at = Some(self.last_opened_at.map_or(at, |last| last.max(at)));
        let window = (who, at.half_minute() as u32);
        if self.opens.get(&window).is_some_and(|known| known.order <= open.order) {
            return false;
        }
        let country = open.country.filter(|country| !country.is_empty()).unwrap_or("unknown");
        let opened = Opened {
            order: open.order,
            country: self.countries.add(country),
            referrer: self.referrers.add(open.referrer_host.unwrap_or_default()),
        };
        let Some(later) = self.opens.insert(window, opened) else { return true };
        self.countries.take_back(later.country);
        self.referrers.take_back(later.referrer);
        false
    }

    fn denied(&self, reason: DenyReason) -> u64 {
        self.denied.get(&reason).copied().unwrap_or(0)
    }

    fn tally_unique(&mut self, unique: Unique, tally: Tally) {
        let (_, times) = self.uniques.or_insert_with(unique, || 0);
        let before = *times > 0;
        tally.count(times, 1);
        if before != (*times > 0) {
            tally.count(&mut self.unique_downloads, 1);
        }
    }

    fn allocated(&self) -> usize {
        self.opens.bytes()
            + self.uniques.bytes()
            + self.referrers.bytes()
            + self.countries.bytes()
            + memory::table::<u32>(self.visitors.capacity())
    }
}

impl Counts {
    /// Counts a name once more; its number.
    fn add(&mut self, name: &str) -> u32 {
        let name = Text::from(name);
        let (beside, known) = (memory::text(&name), self.times.len());
        let (number, times) = self.times.or_insert_with(name, || 0);
        *times += 1;
        if number as usize == known {
            self.allocated += beside;
        }
        number
    }

    /// Counts the name with this number once less.
    fn take_back(&mut self, number: u32) {
        *self.times.numbered(number) -= 1;
    }

    /// How often each is counted, in the order of their names; the empty one stands for none.
    fn listed(&self) -> Vec<(Text, u64)> {
        let counted = self.times.iter().filter(|(name, times)| *times > 0 && !name.is_empty());
        let mut list: Vec<_> = counted.map(|(name, times)| (name.clone(), u64::from(*times))).collect();
        list.sort_unstable();
        list
    }

    fn bytes(&self) -> usize {
        self.times.bytes() + self.allocated
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
