//! Which days of two databases are compared: those that both are sure to keep, and that are over.

use loupe_schemas::Micros;
use loupe_schemas::time::Day;
use loupe_service::clock;

use crate::fold::lattice::Tables;
use crate::retention::whole_since;
use crate::store::Store;

/// The first day of each kind of row, and the day before which they end. What may go by its age goes some time later, in the
/// one database sooner than in the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    events: Day,
    people: Day,
    aggregates: Day,
    until: Day,
}

impl Days {
    /// All there are.
    #[cfg(test)]
    pub(super) const ALL: Self = Self { events: Day(0), people: Day(0), aggregates: Day(0), until: Day(u16::MAX) };

    /// The days before `until` that are compared.
    ///
    /// # Errors
    /// ClickHouse could not be asked.
    pub(super) async fn of(from: &Store, to: &Store, until: Day) -> clickhouse::error::Result<Self> {
        let today = Micros(clock::now_micros()).day();
        let kept = from.retention().await?;
        let since = |days| if days == 0 { Day(0) } else { whole_since(days, today) };
        Ok(Self {
            events: from.first_whole_day().await?.max(to.first_whole_day().await?),
            people: since(kept.people_days),
            aggregates: since(kept.aggregates_days),
            until,
        })
    }

    /// A condition with these days in the places of `{events}`, `{people}`, `{aggregates}` and `{until}`.
    pub(super) fn in_place(self, condition: &str) -> String {
        let places = [
            ("{events}", self.events),
            ("{people}", self.people),
            ("{aggregates}", self.aggregates),
            ("{until}", self.until),
        ];
        places
            .into_iter()
            .fold(condition.to_owned(), |text, (place, day)| text.replace(place, &format!("toDate({})", day.0)))
    }

    /// Leaves what belongs to these days, or to none.
    pub(super) fn retain(self, tables: &mut Tables) {
        let within = |since: Day, day: u16| since.0 <= day && day < self.until.0;
        tables.events.retain(|row| within(self.events, row.slice_day));
        tables.downloads.retain(|row| within(self.people, row.day));
        tables.deliveries.retain(|row| within(self.people, row.day));
        tables.identity_daily.retain(|row| within(self.people, row.day));
        tables.media_daily.retain(|row| within(self.aggregates, row.day));
        tables.collection_quarter_hourly.retain(|row| within(self.aggregates, Micros(row.quarter_hour).day().0));
        tables.link_daily.retain(|row| within(self.aggregates, row.day));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::media_daily::MediaDailyRow;

    #[test]
    fn days_that_may_be_gone_and_days_from_the_bound_on_are_left_out() {
        let days = Days { events: Day(9), people: Day(8), aggregates: Day(5), until: Day(7) };
        let mut tables = Tables::default();
        (3..9).for_each(|day| tables.media_daily.write(&MediaDailyRow { day, version: 1, ..MediaDailyRow::default() }));
        days.retain(&mut tables);
        assert_eq!(tables.media_daily.rows().map(|row| row.day).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(days.in_place("day >= {aggregates} AND day < {until}"), "day >= toDate(5) AND day < toDate(7)");
    }
}
