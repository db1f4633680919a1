//! Roles, policies and quotas of `deploy/clickhouse`, and the rights that the documentation gives the services. The engine
//! makes no users here, so it parses them; that they name what there is, and leave nothing out, is checked against its tables.

use std::collections::BTreeSet;

use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::stack::Stack;

const STATEMENTS: &str = include_str!("../../../deploy/clickhouse/bi.sql");

/// The page that says what the services may.
pub(crate) const OPERATIONS: &str = include_str!("../../../docs/OPERATIONS.md");
/// The page that says it where databases are named one by one.
const REBUILD: &str = include_str!("../../../docs/REBUILD.md");

/// The statements without their comments.
fn statements(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split(';').map(|statement| statement.trim().to_owned()).filter(|statement| !statement.is_empty()).collect()
}

/// The statements of a page of the documentation.
pub(crate) fn documented(page: &str) -> Vec<String> {
    let blocks = page.split("```sql\n").skip(1).filter_map(|block| block.split("```").next());
    blocks.flat_map(statements).collect()
}

/// The tables of a database that a statement names.
fn named<'s>(statement: &'s str, database: &str) -> BTreeSet<&'s str> {
    let words = statement.split(|letter: char| !(letter.is_ascii_alphanumeric() || "_.".contains(letter)));
    words.filter_map(|word| word.strip_prefix(database)?.strip_prefix('.')).filter(|name| !name.is_empty()).collect()
}

async fn names(clickhouse: &ClickHouse, from: &str) -> anyhow::Result<BTreeSet<String>> {
    Ok(clickhouse.ask(from).await?.lines().map(ToOwned::to_owned).collect())
}

#[tokio::test]
async fn the_engine_parses_every_statement() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let mut statements = statements(STATEMENTS);
    assert!(statements.len() > 20, "{statements:#?}");
    statements.extend([OPERATIONS, REBUILD].into_iter().flat_map(documented));
    for statement in statements {
        let quoted = statement.replace('\\', "\\\\").replace('\'', "\\'");
        clickhouse.ask(&format!("SELECT formatQuery('{quoted}')")).await?;
    }
    Ok(())
}

#[test]
fn a_reader_changes_no_bound_of_theirs() {
    let statements = statements(STATEMENTS);
    let profile = statements.iter().find(|one| one.starts_with("CREATE SETTINGS PROFILE")).expect("a profile");
    let bounds = profile.lines().filter(|line| line.contains(" = ") && !line.contains("readonly"));
    let bounds: Vec<&str> = bounds.map(|line| line.trim().trim_end_matches(',')).collect();
    assert!(bounds.len() >= 5, "{profile}");
    for bound in bounds {
        let is_kept = bound.ends_with(" CONST") || (bound.contains(" MIN 1 ") && bound.contains(" MAX "));
        assert!(is_kept, "{bound} is a default that they may change");
    }
}

#[tokio::test]
async fn rule_102_whatever_may_be_read_of_accounts_has_a_policy() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let of_accounts = "SELECT DISTINCT table FROM system.columns WHERE database = 'loupe_v1' AND name = 'account_id'";
    let of_accounts = names(&clickhouse, of_accounts).await?;
    let tables = names(&clickhouse, "SELECT name FROM system.tables WHERE database = 'loupe_v1'").await?;
    let views = names(&clickhouse, "SELECT name FROM system.tables WHERE database = 'loupe'").await?;
    let statements = statements(STATEMENTS);
    let granted = statements.iter().filter(|statement| statement.starts_with("GRANT"));
    let granted: BTreeSet<&str> = granted.flat_map(|statement| named(statement, "loupe_v1")).collect();
    let policies: Vec<_> = statements.iter().filter(|one| one.starts_with("CREATE ROW POLICY")).collect();
    assert_eq!(policies.len(), 2);
    for policy in policies {
        let covered = named(policy, "loupe_v1");
        let open: Vec<_> =
            granted.iter().filter(|table| of_accounts.contains(**table) && !covered.contains(*table)).collect();
        assert!(open.is_empty(), "{open:?} may be read without a policy");
    }
    let unknown: Vec<_> = granted.iter().filter(|table| !tables.contains(**table)).collect();
    assert!(unknown.is_empty(), "{unknown:?} are no tables");
    let apart = ["clients", "share_links"].map(ToOwned::to_owned);
    assert!(apart.iter().all(|view| views.contains(view)));
    // What the views read is granted, and nothing else.
    let read = "SELECT arrayJoin(extractAll(as_select, 'loupe_v1\\\\.(\\\\w+)')) AS name FROM system.tables \
                WHERE database = 'loupe' GROUP BY name";
    let read = names(&clickhouse, read).await?;
    assert_eq!(granted, read.iter().map(String::as_str).collect());
    Ok(())
}

#[test]
fn a_database_that_is_named_has_the_rights_that_the_pattern_gives() {
    let of = |page: &str| -> BTreeSet<String> {
        documented(page).into_iter().filter(|statement| statement.contains(" ON loupe_v")).collect()
    };
    let named = of(REBUILD).iter().map(|statement| statement.replace("loupe_v2.*", "loupe_v*.*")).collect();
    assert_eq!(of(OPERATIONS), named);
}
