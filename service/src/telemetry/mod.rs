//! Logs to standard error, metrics to a Prometheus recorder, traces to a collector when one is named.

pub mod catalogue;
mod traces;

pub use traces::{ENDPOINT_VARIABLES, continue_trace, trace_parent_of};

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// The environment variable that chooses [`LogFormat`]: `text` or `json`.
pub const FORMAT_VARIABLE: &str = "LOUPE_LOG_FORMAT";
/// The environment variable that filters logs, in the syntax of `tracing`: `info,loupe_ingest=debug`.
pub const FILTER_VARIABLE: &str = "LOUPE_LOG";

const DEFAULT_FILTER: &str = "info";
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// From a fast point read to the longest wait of a request, in seconds.
const SECONDS_BUCKETS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The format is neither `text` nor `json`.
    #[error("environment variable {FORMAT_VARIABLE} must be `text` or `json`, not `{0}`")]
    Format(String),
    /// The filter is malformed.
    #[error("environment variable {FILTER_VARIABLE}: {0}")]
    Filter(tracing_subscriber::filter::ParseError),
    /// The collector of traces cannot be addressed.
    #[error("environment variable OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
    Traces(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// Sets up logging as [`FORMAT_VARIABLE`] and [`FILTER_VARIABLE`] say, and installs the metrics recorder.
///
/// Several services may share one process (as in tests): the first call decides, later calls change nothing.
///
/// Keep what is returned until the process ends: dropping it exports the last traces.
///
/// # Errors
/// An unknown format, a malformed filter, or a collector of traces that is no URL.
pub fn init(service_name: &str) -> Result<Telemetry, TelemetryError> {
    let format = std::env::var(FORMAT_VARIABLE).unwrap_or_default();
    let filter = std::env::var(FILTER_VARIABLE).unwrap_or_default();
    let traces = subscribe(parse_format(&format)?, parse_filter(&filter)?, service_name)?;
    let version = env!("CARGO_PKG_VERSION");
    tracing::info!(service = service_name, version, "starting");
    let metrics = Metrics::install();
    metrics::gauge!("loupe_build_info", "service" => service_name.to_owned(), "version" => version).set(1.0);
    Ok(Telemetry { metrics, _traces: traces })
}

/// What a process measures and tells; see [`init`].
#[derive(Debug)]
pub struct Telemetry {
    /// The process's metrics.
    pub metrics: Metrics,
    _traces: Option<traces::Export>,
}

fn parse_format(text: &str) -> Result<LogFormat, TelemetryError> {
    match text {
        "" | "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(TelemetryError::Format(other.to_owned())),
    }
}

fn parse_filter(text: &str) -> Result<EnvFilter, TelemetryError> {
    let text = if text.is_empty() { DEFAULT_FILTER } else { text };
    text.parse().map_err(TelemetryError::Filter)
}

fn subscribe(
    format: LogFormat,
    filter: EnvFilter,
    service_name: &str,
) -> Result<Option<traces::Export>, TelemetryError> {
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
    };
    let (tracer, export) = traces::tracer(service_name)?.unzip();
    // Spans of libraries would drown ours.
    let is_ours = filter_fn(|metadata| metadata.target().starts_with("loupe"));
    let spans = tracer.map(|tracer| tracing_opentelemetry::layer().with_tracer(tracer).with_filter(is_ours));
    // A second subscriber of the same process is refused, and the first one keeps logging for both.
    let _already_set = tracing_subscriber::registry().with(lines.with_filter(filter)).with(spans).try_init();
    Ok(export)
}

/// The process's metrics, as recorded by the macros of the `metrics` crate.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Installs the recorder at the first call; later calls return the same one.
    #[must_use]
    pub fn install() -> Self {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        Self(HANDLE.get_or_init(install_recorder).clone())
    }

    /// All metrics in the Prometheus text format, with those of the process as they are now.
    #[must_use]
    pub fn render(&self) -> String {
        metrics_process::Collector::default().collect();
        self.0.render()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

fn install_recorder() -> PrometheusHandle {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    // Refused only for an empty list of buckets; summaries are then as good as it gets.
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(seconds, &SECONDS_BUCKETS)
        .unwrap_or_else(|_| PrometheusBuilder::new());
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::warn!("another metrics recorder is installed: /metrics stays empty");
    }
    metrics_process::Collector::default().describe();
    catalogue::describe(catalogue::METRICS);
    let upkeep = handle.clone();
    // Histograms hold raw samples until they are drained: without this a service that nobody scrapes grows.
    let spawned = std::thread::Builder::new().name("metrics-upkeep".to_owned()).spawn(move || {
        loop {
            std::thread::sleep(UPKEEP_INTERVAL);
            upkeep.run_upkeep();
        }
    });
    if let Err(error) = spawned {
        tracing::warn!(%error, "metrics are only drained when they are read");
    }
    handle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn may_be_initialised_more_than_once() {
        init("first").unwrap();
        let metrics = init("second").unwrap().metrics;
        metrics::histogram!("telemetry_test_seconds").record(0.02);
        let text = metrics.render();
        assert!(text.contains("telemetry_test_seconds_bucket{le=\"0.025\"} 1"), "{text}");
    }

    #[test]
    fn formats_and_filters_are_checked() {
        assert_eq!(parse_format("json").unwrap(), LogFormat::Json);
        assert_eq!(
            parse_format("xml").unwrap_err().to_string(),
            "environment variable LOUPE_LOG_FORMAT must be `text` or `json`, not `xml`"
        );
        assert!(parse_filter("info,loupe_ingest=debug").is_ok());
        assert!(parse_filter("a=b=c").is_err());
    }
}
