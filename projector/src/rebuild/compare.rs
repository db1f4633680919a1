//! What readers of two databases see differently: table by table, field by field.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Context;
use loupe_schemas::time::Day;

use super::days::Days;
use super::fingerprint::fingerprints;
use crate::audit::Collection;
use crate::fold::lattice::{Difference, Tables};
use crate::store::{Scope, Store};

/// Tables that are written while they are compared differ for a moment: they are looked at so often.
const ATTEMPTS: usize = 20;
/// While a person is erased in one and not yet in the other they differ for some more: that is waited for so often.
const ATTEMPTS_ERASING: usize = 60;
const PAUSE: Duration = Duration::from_secs(2);
/// How many differences are kept to be shown.
const EXAMPLES_MAX: usize = 20;

/// What differs between two databases.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// How many collections were compared.
    pub collections: usize,
    /// In how many of them something differs.
    pub differing: usize,
    /// The tables, by name.
    pub tables: BTreeMap<&'static str, TableReport>,
    /// Some of the differences: the served database's row is mine, the new one's theirs.
    pub examples: Vec<Difference>,
}

/// What differs in a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableReport {
    /// Rows of the served database, without deleted ones.
    pub before: usize,
    /// Rows of the new one.
    pub after: usize,
    /// Keys that only the served database has.
    pub only_before: usize,
    /// Keys that only the new one has.
    pub only_after: usize,
    /// Keys whose rows differ.
    pub changed: usize,
    /// The fields in which those differ, by name.
    pub fields: BTreeMap<String, FieldChange>,
}

/// What differs in a field.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FieldChange {
    /// In how many rows.
    pub rows: usize,
    /// The sum over those rows in the served database, when the field is a number in all of them.
    pub sums: Option<(i128, i128)>,
}

impl TableReport {
    /// How many keys differ.
    #[must_use]
    pub const fn differences(&self) -> usize {
        self.only_before + self.only_after + self.changed
    }
}

impl Report {
    /// How many keys differ in all tables.
    #[must_use]
    pub fn differences(&self) -> usize {
        self.tables.values().map(TableReport::differences).sum()
    }

    /// Adds what was seen last of a part.
    fn see(&mut self, part: Part, pair: Pair) {
        match part {
            Part::Collection(..) => self.differing += usize::from(!pair.differences.is_empty()),
            Part::Account(_) | Part::Edges => self.count(&pair),
        }
        self.add(pair.differences);
    }

    /// Adds rows that ClickHouse did not count.
    fn count(&mut self, pair: &Pair) {
        for ((table, before), (_, after)) in pair.before.shown_by_table().into_iter().zip(pair.after.shown_by_table()) {
            let report = self.tables.entry(table).or_default();
            report.before += before;
            report.after += after;
        }
    }

    fn add(&mut self, differences: Vec<Difference>) {
        for difference in differences {
            self.tables.entry(difference.table).or_default().add(&difference);
            if self.examples.len() < EXAMPLES_MAX {
                self.examples.push(difference);
            }
        }
    }
}

impl TableReport {
    fn add(&mut self, difference: &Difference) {
        match (&difference.mine, &difference.theirs) {
            (Some(before), Some(after)) => {
                self.changed += 1;
                let (before, after) = (fields(before), fields(after));
                for (name, was) in &before {
                    if let Some(is) = after.get(name)
                        && is != was
                    {
                        self.fields.entry((*name).to_owned()).or_default().add(was, is);
                    }
                }
            }
            (Some(_), None) => self.only_before += 1,
            (None, _) => self.only_after += 1,
        }
    }
}

impl FieldChange {
    fn add(&mut self, was: &str, is: &str) {
        let sums = if self.rows == 0 { Some((0, 0)) } else { self.sums };
        let numbers = was.parse::<i128>().ok().zip(is.parse::<i128>().ok());
        self.rows += 1;
        self.sums = sums.zip(numbers).map(|((before, after), (was, is))| (before + was, after + is));
    }
}

/// The fields of a row as it is printed over several lines: a field begins where no other is open.
fn fields(printed: &str) -> BTreeMap<&str, String> {
    const INDENT: &str = "    ";
    let mut fields: BTreeMap<&str, String> = BTreeMap::new();
    let mut open = "";
    for line in printed.lines() {
        let Some(line) = line.strip_prefix(INDENT) else { continue };
        if !line.starts_with([' ', ')', '}', ']'])
            && let Some((name, value)) = line.split_once(": ")
        {
            open = name;
            fields.insert(name, value.trim_end_matches(',').to_owned());
        } else if let Some(value) = fields.get_mut(open) {
            value.push_str(line.trim());
        }
    }
    fields
}

/// What belongs together, of both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Collection(u64, u64),
    Account(u64),
    Edges,
}

struct Pair {
    before: Tables,
    after: Tables,
    differences: Vec<Difference>,
}

/// Compares everything, once nobody is being erased any more; where nothing should differ, what differs is looked at again.
pub(super) async fn compare(
    from: &Store,
    to: &Store,
    until: Day,
    is_same: bool,
    say: &(dyn Fn(usize, usize) + Sync),
) -> anyhow::Result<Report> {
    let mut erasing = Erasing { of: [from, to], pauses: 0 };
    erasing.end().await?;
    let days = Days::of(from, to, until).await.context("the days that are kept")?;
    let found = fingerprints(from, to, days, say).await?;
    let mut report = Report { collections: found.collections.len(), ..Report::default() };
    for (table, (before, after)) in found.rows {
        report.tables.insert(table, TableReport { before, after, ..TableReport::default() });
    }
    let mut accounts = BTreeSet::new();
    for store in [from, to] {
        accounts.extend(store.accounts().await.with_context(|| format!("the accounts of {}", store.name()))?);
    }
    let collection = |found: Collection| Part::Collection(found.account_id, found.collection_id);
    let mut parts: Vec<Part> = found.differing.into_iter().map(collection).collect();
    parts.extend(accounts.into_iter().map(Part::Account).chain([Part::Edges]));
    let attempts = if is_same { ATTEMPTS } else { 1 };
    for attempt in 1..=attempts {
        // Fingerprints may have taken hours.
        erasing.end().await?;
        let mut again = Vec::new();
        for part in parts {
            let pair = pair(from, to, part, days).await?;
            if pair.differences.is_empty() || attempt == attempts {
                report.see(part, pair);
            } else {
                again.push(part);
            }
        }
        if again.is_empty() {
            break;
        }
        // One pause for all of them: where the fold has changed, every collection may differ.
        parts = again;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(report)
}

/// Waits for erasures under way.
struct Erasing<'s> {
    of: [&'s Store; 2],
    /// How often it was waited, for all of them.
    pauses: usize,
}

impl Erasing<'_> {
    /// Waits until nobody is being erased in either, unless that takes too long.
    async fn end(&mut self) -> anyhow::Result<()> {
        while self.pauses < ATTEMPTS_ERASING && self.are_under_way().await? {
            self.pauses += 1;
            tokio::time::sleep(PAUSE).await;
            if self.pauses == ATTEMPTS_ERASING {
                tracing::warn!("erasures have not ended: of whom they are about, databases may differ");
            }
        }
        Ok(())
    }

    async fn are_under_way(&self) -> anyhow::Result<bool> {
        for store in self.of {
            let orders = store.erasure_orders().await;
            if !orders.with_context(|| format!("who is to be erased from {}", store.name()))?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

async fn pair(from: &Store, to: &Store, part: Part, days: Days) -> anyhow::Result<Pair> {
    let (before, after) = (read(from, part, days).await?, read(to, part, days).await?);
    let differences = before.differences(&after, usize::MAX);
    Ok(Pair { before, after, differences })
}

async fn read(store: &Store, part: Part, days: Days) -> anyhow::Result<Tables> {
    let tables = match part {
        Part::Collection(account_id, collection_id) => {
            store.tables(Scope { account_id, collection_id: Some(collection_id) }).await
        }
        Part::Account(account_id) => store.account_tables(account_id).await,
        Part::Edges => store.edge_tables().await,
    };
    let mut tables = tables.with_context(|| format!("{part:?} of {}", store.name()))?;
    days.retain(&mut tables);
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::media_daily::MediaDailyRow;
    use crate::fold::stars::StarRow;

    fn row(media_id: u64, views: u64, version: u64) -> MediaDailyRow {
        MediaDailyRow { media_id, views, version, day: 5, ..MediaDailyRow::default() }
    }

    #[test]
    fn what_differs_is_told_by_table_and_field_with_its_sums() {
        let (mut old, mut new) = (Tables::default(), Tables::default());
        [row(1, 3, 1), row(2, 4, 1), row(3, 9, 1), row(5, 6, 1)].iter().for_each(|row| old.media_daily.write(row));
        [row(1, 2, 7), row(2, 4, 9), row(4, 1, 1), row(5, 1, 1)].iter().for_each(|row| new.media_daily.write(row));
        let differences = old.differences(&new, usize::MAX);
        let mut report = Report::default();
        report.count(&Pair { before: old, after: new, differences: Vec::new() });
        report.add(differences);
        let table = &report.tables["media_daily"];
        assert_eq!((table.before, table.after, table.differences()), (4, 4, 4));
        assert_eq!((table.only_before, table.only_after, table.changed), (1, 1, 2));
        let views = FieldChange { rows: 2, sums: Some((9, 3)) };
        assert_eq!(table.fields, BTreeMap::from([("views".to_owned(), views)]));
        assert_eq!((report.differences(), report.examples.len()), (4, 4));
        assert_eq!(report.tables["downloads"], TableReport::default());
    }

    #[test]
    fn a_field_of_several_parts_is_one_field() {
        let star = StarRow { account_id: 1, collection_id: 2, media_id: 3, ..StarRow::default() };
        let printed = format!("{star:#?}");
        let fields = fields(&printed);
        assert_eq!(fields["account_id"], "1");
        assert_eq!(fields.len(), 5, "{fields:?}");
        assert!(fields["starred"].starts_with('('), "{fields:?}");
    }
}
