//! The metrics of a service, as Prometheus reads them.

use std::collections::BTreeMap;

use anyhow::ensure;

/// What one service exposes.
#[derive(Debug, Clone, Default)]
pub struct Scraped {
    /// The type of each metric, by its name.
    pub types: BTreeMap<String, String>,
    /// The lines that have values.
    pub series: Vec<Series>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name; a histogram's ends in `_bucket`, `_sum` or `_count`.
    pub name: String,
    /// The names and values of its labels.
    pub labels: BTreeMap<String, String>,
    /// Its value.
    pub value: f64,
}

impl Scraped {
    /// Reads the metrics of the service at this URL.
    ///
    /// # Errors
    /// It does not answer with metrics.
    pub async fn of(url: &str) -> anyhow::Result<Self> {
        let answer = reqwest::get(format!("{}/metrics", url.trim_end_matches('/'))).await?;
        ensure!(answer.status().is_success(), "{url}: {}", answer.status());
        Ok(Self::read(&answer.text().await?))
    }

    fn read(text: &str) -> Self {
        let mut scraped = Self::default();
        for line in text.lines() {
            if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
                scraped.types.insert(name.to_owned(), kind.to_owned());
            } else if !line.starts_with('#') {
                scraped.series.extend(Series::read(line));
            }
        }
        scraped
    }

    /// The values of the series of this name, with their labels.
    pub fn named<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Series> {
        self.series.iter().filter(move |series| series.name == name)
    }

    /// The sum of the series of this name; 0 when there is none.
    #[must_use]
    pub fn sum(&self, name: &str) -> f64 {
        self.named(name).map(|series| series.value).sum()
    }
}

impl Series {
    fn read(line: &str) -> Option<Self> {
        let (name, value) = line.rsplit_once(' ')?;
        let (name, labels) = name.split_once('{').unwrap_or((name, "}"));
        // Values of our labels have no quotes and no commas in them.
        let labels = labels.trim_end_matches('}').split(',').filter_map(|label| {
            let (name, value) = label.split_once('=')?;
            Some((name.to_owned(), value.trim_matches('"').to_owned()))
        });
        Some(Self { name: name.to_owned(), labels: labels.collect(), value: value.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_names_labels_and_values() {
        let text = "# HELP a_total what\n# TYPE a_total counter\na_total{x=\"1\",y=\"two\"} 3\na_total 4.5\n\n";
        let scraped = Scraped::read(text);
        assert_eq!(scraped.types["a_total"], "counter");
        assert_eq!((scraped.sum("a_total"), scraped.sum("a")), (7.5, 0.0));
        assert_eq!(scraped.series[0].labels["y"], "two");
    }
}
