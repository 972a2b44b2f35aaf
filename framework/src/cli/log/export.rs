//! Spans of the requests that are answered, for a collector of OpenTelemetry: OTLP over HTTP, in protobuf.
//!
//! `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` says where; without them nothing is exported.
//! The other variables of OpenTelemetry's SDK count too, `OTEL_SERVICE_NAME` and `OTEL_TRACES_SAMPLER` among them.

use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::http::tls;
use crate::setup::SetupError;
use crate::trace::TARGET;

/// The variables that say where spans go. They are OpenTelemetry's, so they are read as it reads them.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
/// The service, where nobody names it.
const SERVICE: &str = "digital-employees";
/// How long a collector may take, also at the end of the process.
const TIME: Duration = Duration::from_secs(5);

/// Exports spans. What waits is sent when this is dropped.
pub(super) struct Exporter(SdkTracerProvider);

impl Exporter {
    /// `None` where no collector is named. It makes a client that blocks, so it has to be called outside of a runtime.
    pub(super) fn start() -> Result<Option<Self>, SetupError> {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !ENDPOINTS.into_iter().any(set) {
            return Ok(None);
        }
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
            SetupError::failed("spans cannot be exported: look at the variables OTEL_EXPORTER_OTLP_…", error)
        };
        let client = reqwest::blocking::Client::builder()
            .tls_backend_preconfigured(tls::platform().map_err(|error| failed(error.into()))?)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIME)
            .build()
            .map_err(|error| failed(error.into()))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .build()
            .map_err(|error| failed(error.into()))?;
        let mut resource = Resource::builder();
        let named = std::env::var("OTEL_RESOURCE_ATTRIBUTES").is_ok_and(|it| it.contains("service.name="));
        if !set("OTEL_SERVICE_NAME") && !named {
            resource = resource.with_service_name(SERVICE);
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        Ok(Some(Self(provider)))
    }

    /// What hands spans over. Lines of the log are not exported: they name the trace.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let layer: OpenTelemetryLayer<S, SdkTracer> =
            OpenTelemetryLayer::new(self.0.tracer("swaig")).with_location(false).with_threads(false);
        layer
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|it| it.is_span() && it.target() == TARGET))
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(TIME) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the last spans were not exported");
        }
    }
}
