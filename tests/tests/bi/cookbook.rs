//! The questions of `docs/cookbook`, each answered in SQL and by the API.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, ensure};
use loupe_tests::clickhouse::ClickHouse;
use loupe_tests::reader::{Reader, number, rows};
use loupe_tests::stack::Stack;
use serde_json::{Value, json};

pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cookbook");
pub(crate) const TIMEZONE: &str = "Asia/Kathmandu";
const SCOPES: &str = "downloads:read,favorites:read,links:read,analytics:read";

/// Asks for one collection, in SQL and over the API.
struct Asked<'a> {
    clickhouse: &'a ClickHouse,
    reader: &'a Reader,
    account: u64,
    collection: u64,
}

#[tokio::test]
async fn every_question_has_the_answer_of_the_api() -> anyhow::Result<()> {
    let stack = Stack::shared(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let client = crate::played(&stack).await?;
    let clickhouse = ClickHouse::new(&stack.addresses.clickhouse_url);
    let listed =
        clickhouse.ask("SELECT account_id, collection_id FROM loupe.downloads GROUP BY 1, 2 ORDER BY 1, 2").await?;
    let mut answers = 0;
    for line in listed.lines() {
        let (account, collection) = line.split_once('\t').context("two columns")?;
        let (account, collection) = (account.parse()?, collection.parse()?);
        let reader = Reader::new(client.clone(), stack.key(account, SCOPES)?);
        let asked = Asked { clickhouse: &clickhouse, reader: &reader, account, collection };
        for file in files()? {
            let found = asked.sql(&file).await?;
            let expected = asked.api(&file).await.with_context(|| file.clone())?;
            answers += found.len();
            ensure!(found == expected, "{account}, {collection}, {file}: in SQL {found:#?}, of the API {expected:#?}");
        }
    }
    ensure!(answers > 300, "only {answers} rows were compared");
    Ok(())
}

/// The questions' files, in order.
pub(crate) fn files() -> anyhow::Result<Vec<String>> {
    let names =
        std::fs::read_dir(Path::new(FOLDER))?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names: Vec<String> = names.collect::<std::io::Result<_>>()?;
    names.sort_unstable();
    ensure!(names.len() == 10, "ten questions, not {names:?}");
    Ok(names)
}

impl Asked<'_> {
    async fn sql(&self, file: &str) -> anyhow::Result<Vec<Value>> {
        let statement = std::fs::read_to_string(Path::new(FOLDER).join(file))?;
        let mut clickhouse = self.clickhouse.clone();
        clickhouse.url = format!(
            "{}/?param_account={}&param_collection={}&param_timezone={TIMEZONE}&output_format_json_quote_64bit_integers=0",
            clickhouse.url, self.account, self.collection
        );
        let answer = clickhouse.ask(&format!("{statement} FORMAT JSONEachRow")).await?;
        let row = |line: &str| {
            let mut row: Value = serde_json::from_str(line)?;
            // A rate of 1 is printed without a fraction.
            if let Some(rate) = row["success_rate"].as_f64() {
                row["success_rate"] = rate.into();
            }
            Ok(row)
        };
        answer.lines().map(row).collect()
    }

    /// What the API says to the question of a file, in the shape of its SQL's rows.
    async fn api(&self, file: &str) -> anyhow::Result<Vec<Value>> {
        match &file[..2] {
            "01" => self.downloads().await,
            "02" => self.most_downloaded().await,
            "03" => self.success_rate().await,
            "04" => self.by_hour().await,
            "05" => self.funnel().await,
            "06" => self.without_a_download().await,
            "07" => self.favorites().await,
            "08" => self.links().await,
            "09" => self.bandwidth().await,
            "10" => self.unfinished_videos().await,
            _ => anyhow::bail!("a question that nobody asks the API"),
        }
    }

    async fn get(&self, rest: &str) -> anyhow::Result<Value> {
        self.reader.get(&format!("/collections/{}/{rest}", self.collection)).await
    }

    async fn all(&self, rest: &str) -> anyhow::Result<Vec<Value>> {
        Ok(self.reader.all(&format!("/collections/{}/{rest}", self.collection)).await?.0)
    }

    async fn downloads(&self) -> anyhow::Result<Vec<Value>> {
        let summary = &self.get("downloads").await?["summary"];
        Ok(vec![json!({
            "attempts": summary["attempts"],
            "downloads": summary["downloads"],
            "unique_downloads": summary["unique_downloads"],
        })])
    }

    async fn most_downloaded(&self) -> anyhow::Result<Vec<Value>> {
        let popular = self.get("analytics/popular?by=downloads&limit=10").await?;
        let downloaded = rows(&popular).iter().filter(|row| row["downloads"] != 0);
        let shown = downloaded.map(|row| {
            let filename = row["media"]["filename"].as_str().unwrap_or_default();
            json!({ "filename": filename, "media_id": row["media"]["id"], "downloads": row["downloads"] })
        });
        Ok(shown.collect())
    }

    async fn success_rate(&self) -> anyhow::Result<Vec<Value>> {
        let answer = self.get("downloads").await?;
        let of = |status: &str| number(&answer, &format!("/summary/by_status/{status}"));
        let (completed, not) = (of("completed")?, of("partial")? + of("failed")?);
        let rate = (completed + not > 0).then(|| completed as f64 / (completed + not) as f64);
        // The API shows three digits of it.
        let shown = answer["summary"]["success_rate"].as_f64();
        let is_same = matches!((rate, shown), (Some(rate), Some(shown)) if (rate - shown).abs() <= 0.0005);
        ensure!(is_same || rate.is_none() && shown.is_none(), "{rate:?} is not {shown:?}");
        Ok(vec![json!({ "completed": completed, "not_completed": not, "success_rate": rate })])
    }

    async fn by_hour(&self) -> anyhow::Result<Vec<Value>> {
        let path = format!("analytics/timeseries?metric=downloads&interval=hour&tz={TIMEZONE}");
        let series = self.get(&path).await?;
        let mut hours: BTreeMap<u64, u64> = BTreeMap::new();
        for bucket in rows(&series) {
            let hour = bucket["local_start"].as_str().and_then(|time| time.get(11..13)).context("a local time")?;
            *hours.entry(hour.parse()?).or_default() += number(bucket, "/value")?;
        }
        let counted = hours.into_iter().filter(|(_, downloads)| *downloads > 0);
        Ok(counted.map(|(hour, downloads)| json!({ "hour": hour, "downloads": downloads })).collect())
    }

    async fn funnel(&self) -> anyhow::Result<Vec<Value>> {
        let analytics = self.get("analytics").await?;
        let steps = analytics["data"]["funnel"].as_array().context("a funnel")?;
        let named = steps.iter().map(|step| {
            let name = step["step"].as_str().unwrap_or_default();
            (name.to_owned(), step["identities"].clone())
        });
        Ok(vec![Value::Object(named.collect())])
    }

    async fn without_a_download(&self) -> anyhow::Result<Vec<Value>> {
        let mut clients: Vec<(String, String)> = Vec::new();
        for row in self.all("clients").await? {
            let looked = number(&row, "/visits")? + number(&row, "/views")? + number(&row, "/plays")?;
            if let (Some(id), true, 0) = (row["client"]["id"].as_str(), looked > 0, number(&row, "/downloads")?) {
                let last = row["last_at"].as_str().context("they did something")?;
                clients.push((last.trim_end_matches('Z').replace('T', " "), id.to_owned()));
            }
        }
        clients.sort_unstable_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
        Ok(clients.into_iter().map(|(last, id)| json!({ "client_id": id, "last_seen_at": last })).collect())
    }

    async fn favorites(&self) -> anyhow::Result<Vec<Value>> {
        let answer = self.get("favorites").await?;
        let media = answer["summary"]["by_media"].as_array().context("media")?;
        let shown = media.iter().map(|row| {
            json!({ "media_id": row["id"], "favorites": row["favorite_count"], "clients": row["unique_clients"] })
        });
        Ok(shown.collect())
    }

    async fn links(&self) -> anyhow::Result<Vec<Value>> {
        let shown = self.all("photo_sharing_links").await?.into_iter().map(|row| {
            let usage = &row["usage"];
            json!({
                "link_id": row["id"],
                "status": row["status"],
                "opens": usage["opens"],
                "visitors": usage["unique_visitors"],
                "downloads": usage["downloads"],
            })
        });
        Ok(shown.collect())
    }

    async fn bandwidth(&self) -> anyhow::Result<Vec<Value>> {
        let (listed, _) = self.reader.all("/analytics/collections").await?;
        let mut collections: Vec<(u64, u64)> = Vec::new();
        for row in &listed {
            collections.push((number(row, "/figures/transferred_bytes")?, number(row, "/collection/id")?));
        }
        collections.retain(|(bytes, _)| *bytes > 0);
        collections.sort_unstable_by_key(|(bytes, id)| (std::cmp::Reverse(*bytes), *id));
        let shown = collections.into_iter();
        Ok(shown.map(|(bytes, id)| json!({ "collection_id": id, "transferred_bytes": bytes })).collect())
    }

    async fn unfinished_videos(&self) -> anyhow::Result<Vec<Value>> {
        let listed = self.all("gallery_video_downloads").await?;
        let unfinished = listed.into_iter().filter(|row| row["status"] != "completed").map(|row| {
            json!({
                "download_id": row["download_id"],
                "media_id": row["video"]["id"],
                "delivered_bytes": row["completion"]["delivered_bytes"],
                "size_bytes": row["file"]["size_bytes"],
                "status": row["status"],
            })
        });
        Ok(unfinished.collect())
    }
}
