//! What an audit can still prove once events are kept for some days only: rows all of whose events are kept.

use std::collections::BTreeSet;

use loupe_schemas::Micros;
use loupe_schemas::time::Day;

use crate::fold::lattice::{Lattice, Table, Tables};
use crate::fold::share_links::NEVER;

/// Leaves out of both sides what events made that may be gone: slices before `day`, and favourites, lists, stars, links and
/// their visitors of which something happened before.
pub(super) fn since(day: Day, expected: &mut Tables, found: &mut Tables) {
    let start = day.start().0;
    // The zero tuple means never.
    let is_kept = |times: &[i64]| times.iter().all(|time| *time == 0 || *time >= start);
    macro_rules! leave {
        ($($table:ident: $row:ident => $is_whole:expr),+ $(,)?) => {
            $(leave(&mut expected.$table, &mut found.$table, |$row| $is_whole);)+
        };
    }
    leave!(
        events: row => row.slice_day >= day.0,
        downloads: row => row.day >= day.0,
        deliveries: row => row.day >= day.0,
        media_daily: row => row.day >= day.0,
        identity_daily: row => row.day >= day.0,
        link_daily: row => row.day >= day.0,
        collection_quarter_hourly: row => Micros(row.quarter_hour).day() >= day,
        favorites: row => is_kept(&[row.added.0, row.removed.0, row.noted.0]),
        favorite_lists: row => is_kept(&[row.state.0, row.submitted.0, row.reopened.0]),
        stars: row => is_kept(&[row.starred.0, row.unstarred.0]),
        share_links: row => is_kept(&[row.created.0, row.terms.0]) && (row.revoked_at == NEVER || row.revoked_at >= start),
        link_visitors: row => row.first_opened_at >= start,
    );
}

/// A row that either side says is of earlier events is left out of both.
fn leave<R: Lattice>(expected: &mut Table<R>, found: &mut Table<R>, is_whole: impl Fn(&R) -> bool) {
    let earlier: BTreeSet<R::Key> =
        found.rows().chain(expected.rows()).filter(|row| !is_whole(row)).map(Lattice::key).collect();
    for table in [expected, found] {
        table.retain(|row| !earlier.contains(&row.key()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fixture::{AT, event, example, fold};
    use crate::fold::rows::Rows;

    fn tables(rows: &Rows) -> Tables {
        let mut tables = Tables::default();
        tables.write(rows);
        tables
    }

    #[test]
    fn what_is_made_of_events_that_are_gone_is_neither_missing_nor_false() {
        let added = example("FavoriteAdded", "full", 0);
        let removed = event("FavoriteRemoved", "full", 2 * 86_400, |_| {});
        let tomorrow = Day(AT.day().0 + 1);
        // The first day's events are gone, of which the tables still tell.
        let (mut expected, mut found) =
            (tables(&fold(std::slice::from_ref(&removed))), tables(&fold(&[added, removed])));
        assert_ne!(found.differences(&expected, 9), []);
        since(tomorrow, &mut expected, &mut found);
        assert_eq!(found.differences(&expected, 9), []);
        assert!(found.media_daily.rows().count() == 1, "the later day is compared still");
        found.media_daily = Table::default();
        assert_eq!(found.differences(&expected, 9).len(), 1, "and what it lacks is found");
    }
}
