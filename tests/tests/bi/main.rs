//! What BI tools read: views with a comment on everything, a cookbook whose answers are the API's, and rights that name
//! what there is.
//!
//! ```text
//! cookbook  each question in SQL, and the same number from the API
//! drivers   the same over JDBC and from Python
//! grafana   the statements of the dashboard in deploy/grafana
//! rights    roles, policies and quotas, as far as an engine without users can tell
//! services  the services, with the rights that they are said to need and no others
//! ```

mod cookbook;
mod drivers;
mod grafana;
mod rights;
mod services;

use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::client::Client;
use loupe_tests::season;
use loupe_tests::stack::Stack;

const EVENTS: u64 = 3_000;

/// The season, all of it in the tables.
async fn played(stack: &Stack) -> anyhow::Result<Client> {
    season::of_the_day_before_yesterday(stack, EVENTS).await
}

#[tokio::test]
async fn every_view_and_every_column_says_what_it_is() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let tables = "SELECT count(), countIf(comment = '') FROM system.tables WHERE database = 'loupe'";
    assert_eq!(clickhouse.ask(tables).await?, "16\t0", "15 views, and which tables they read");
    let columns =
        "SELECT groupArray(concat(table, '.', name)) FROM system.columns WHERE database = 'loupe' AND comment = ''";
    assert_eq!(clickhouse.ask(columns).await?, "[]");
    let units = "SELECT groupArray(concat(table, '.', name)) FROM system.columns WHERE database = 'loupe' \
                 AND match(name, '_(us|ms|at_us|version)$|^version$|^is_deleted$')";
    assert_eq!(clickhouse.ask(units).await?, "[]", "times are times, durations are seconds, and versions are hidden");
    Ok(())
}
