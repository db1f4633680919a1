//! `loupe audit`: prints every difference, and fails when there is one.

use anyhow::{Context, bail};
use loupe_projector::audit::{self, Choice, Report, Source};
use loupe_projector::store::Store;
use loupe_schemas::Micros;
use loupe_service::clock;

use super::configuration_of_served;
use crate::options::{Audit, AuditSource};

/// Audits what the options choose.
pub(crate) async fn audit(options: &Audit) -> anyhow::Result<()> {
    let config = configuration_of_served(&options.data).await?;
    let store = Store::new(&config);
    let source = match options.from {
        AuditSource::Kafka => Source::Kafka(&config),
        AuditSource::Events => Source::Events,
    };
    let collections = store.collections_of(choice(options)?).await.context("ClickHouse")?;
    if let (Some(id), true) = (options.collection, collections.is_empty()) {
        bail!("no table has a row of collection {id}");
    }
    let (mut events, mut rows, mut differing) = (0, 0, 0);
    let see = |report: &Report| {
        events += report.events;
        rows += report.rows;
        differing += report.differences.len();
        print!("{}", differences(report));
    };
    audit::collections(&store, &collections, &source, see).await?;
    let count = collections.len();
    println!("{count} collections, {events} events, {rows} rows: {differing} differ");
    if differing > 0 {
        bail!("{differing} rows are not what their events say");
    }
    Ok(())
}

fn choice(options: &Audit) -> anyhow::Result<Choice> {
    if let Some(id) = options.collection {
        return Ok(Choice::Collection(id));
    }
    if let Some(day) = options.day {
        let midnight = day.and_hms_opt(0, 0, 0).context("a day has a midnight")?.and_utc();
        return Ok(Choice::Day(Micros::from(midnight).day()));
    }
    let seed = clock::now_micros().unsigned_abs();
    Ok(options.sample.map_or(Choice::All, |count| Choice::Sample { count, seed, events_max: u64::MAX }))
}

/// One line per field that differs: recomputed ≠ stored.
fn differences(report: &Report) -> String {
    let collection = report.collection;
    let mut text = String::new();
    for difference in &report.differences {
        for field in difference.fields() {
            let (account, id) = (collection.account_id, collection.collection_id);
            text += &format!("{account}/{id}  {}  {}  {field}\n", difference.table, difference.key);
        }
    }
    text
}
