//! Traces: spans exported over OTLP when the standard variables name a collector, and W3C trace context across processes.

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The standard variables that name a collector, such as `http://127.0.0.1:4318`; traces are exported when one is set.
pub const ENDPOINT_VARIABLES: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

const TRACE_PARENT: &str = "traceparent";

/// Exports what is left when it is dropped.
#[derive(Debug)]
pub(super) struct Export(SdkTracerProvider);

impl Drop for Export {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces were not exported");
        }
    }
}

/// A tracer that exports in batches on a thread of its own; none when no variable names a collector.
///
/// The other standard variables (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_TRACES_SAMPLER`, `OTEL_RESOURCE_ATTRIBUTES`, …)
/// are heeded too.
///
/// # Errors
/// The endpoint is no URL.
pub(super) fn tracer(service_name: &str) -> Result<Option<(Tracer, Export)>, ExporterBuildError> {
    let is_set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    if !ENDPOINT_VARIABLES.into_iter().any(is_set) {
        return Ok(None);
    }
    let exporter = SpanExporter::builder().with_http().build()?;
    let resource = Resource::builder().with_service_name(format!("loupe-{service_name}")).build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    let tracer = provider.tracer("loupe");
    Ok(Some((tracer, Export(provider))))
}

/// Makes a span a child of the caller's, as its `traceparent` names it.
pub fn continue_trace(span: &Span, trace_parent: &str) {
    let carrier = HashMap::from([(TRACE_PARENT.to_owned(), trace_parent.to_owned())]);
    // Refused only while no traces are exported, when there is nothing to continue.
    drop(span.set_parent(TraceContextPropagator::new().extract(&carrier)));
}

/// The `traceparent` by which another process continues a span; none while no traces are exported.
#[must_use]
pub fn trace_parent_of(span: &Span) -> Option<String> {
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&span.context(), &mut carrier);
    carrier.remove(TRACE_PARENT)
}
