//! The cookbook as BI tools run it: by ClickHouse's Python client and over JDBC.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use loupe_local::cache;
use loupe_local::maven::Jars;
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::stack::Stack;
use tokio::process::Command;

use crate::cookbook::{self, TIMEZONE};

const JDBC: Jars = Jars {
    name: "ClickHouse's JDBC driver",
    folder: "clickhouse-jdbc",
    version: "0.10.0",
    size: "12 MB",
    pom: include_str!("jdbc/pom.xml"),
    checksums: include_str!("jdbc/jars.sha256"),
};
const JAVA_PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bi/jdbc/Cookbook.java");
const PYTHON_PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bi/python/cookbook.py");
const REQUIREMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bi/python/requirements.txt");

/// The collection of account 1 with the most downloads, and what its questions' answers are.
struct Asked {
    url: String,
    collection: String,
    /// The questions' files, parameters put in.
    files: Vec<PathBuf>,
    expected: Vec<String>,
    _directory: tempfile::TempDir,
}

impl Asked {
    async fn prepare(stack: &Stack) -> anyhow::Result<Self> {
        crate::played(stack).await?;
        let url = stack.addresses.clickhouse_url.trim_end_matches('/').to_owned();
        let clickhouse = ClickHouse::new(&url);
        let most =
            "SELECT collection_id FROM loupe.downloads WHERE account_id = 1 GROUP BY 1 ORDER BY count() DESC LIMIT 1";
        let collection = clickhouse.ask(most).await?;
        let directory = tempfile::tempdir()?;
        let (mut files, mut expected) = (Vec::new(), Vec::new());
        for name in cookbook::files()? {
            let statement = std::fs::read_to_string(Path::new(cookbook::FOLDER).join(&name))?;
            let statement = statement
                .replace("{account:UInt64}", "1")
                .replace("{collection:UInt64}", &collection)
                .replace("{timezone:String}", &format!("'{TIMEZONE}'"));
            let answer = format!("{statement} FORMAT TSVRaw SETTINGS format_tsv_null_representation = ''");
            expected.push(format!("# {name}"));
            expected.extend(clickhouse.ask(&answer).await?.lines().map(plain));
            let file = directory.path().join(&name);
            std::fs::write(&file, statement)?;
            files.push(file);
        }
        Ok(Self { url, collection, files, expected, _directory: directory })
    }
}

/// A line of cells apart by tabs, its numbers and times spelled in one way.
fn plain(line: &str) -> String {
    let cell = |cell: &str| match cell.parse::<f64>() {
        Ok(number) if cell.contains('.') => number.to_string(),
        Err(_) if cell.contains(':') && cell.contains('.') => {
            cell.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => cell.to_owned(),
    };
    line.split('\t').map(cell).collect::<Vec<_>>().join("\t")
}

/// What a program printed; an error when it failed.
async fn printed(program: &Path, arguments: &[OsString]) -> anyhow::Result<String> {
    let output = Command::new(program).args(arguments).output().await;
    let output = output.with_context(|| format!("cannot run {}", program.display()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} failed: {errors}", program.display());
    Ok(String::from_utf8(output.stdout)?)
}

#[tokio::test]
async fn the_jdbc_driver_gets_the_same_answers() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let jars = JDBC.fetch(&cache::directory()?, |note| println!("{}: {note}", JDBC.name)).await?;
    let asked = Asked::prepare(&stack).await?;
    let url = format!("jdbc:clickhouse:{}/loupe", asked.url);
    let mut arguments: Vec<OsString> = vec!["-cp".into(), jars.join("*").into(), JAVA_PROGRAM.into(), url.into()];
    arguments.extend(asked.files.iter().map(OsString::from));
    let printed = printed(Path::new("java"), &arguments).await?;
    assert_eq!(printed.lines().map(plain).collect::<Vec<_>>(), asked.expected);
    Ok(())
}

/// A Python with ClickHouse's client, made by pip in the cache.
async fn python() -> anyhow::Result<PathBuf> {
    let pins = std::fs::read(REQUIREMENTS)?;
    let fetch = async |home: &Path| {
        println!("ClickHouse's Python client: fetching by pip (4 MB, once)");
        printed(Path::new("python3"), &["-m".into(), "venv".into(), "--clear".into(), home.into()]).await?;
        let words = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", REQUIREMENTS];
        printed(&home.join("bin/python"), &words.map(OsString::from)).await?;
        Ok(())
    };
    Ok(cache::filled("clickhouse-connect", &pins, fetch).await?.join("bin/python"))
}

#[tokio::test]
async fn the_python_client_gets_the_same_answers() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let python = python().await?;
    let asked = Asked::prepare(&stack).await?;
    let mut arguments: Vec<OsString> = vec![PYTHON_PROGRAM.into(), format!("{}/loupe", asked.url).into()];
    arguments.extend(["1", asked.collection.as_str(), TIMEZONE].map(OsString::from));
    // As they are written: this client knows the parameters.
    arguments.extend(cookbook::files()?.iter().map(|name| Path::new(cookbook::FOLDER).join(name).into()));
    let printed = printed(&python, &arguments).await?;
    assert_eq!(printed.lines().map(plain).collect::<Vec<_>>(), asked.expected);
    Ok(())
}
