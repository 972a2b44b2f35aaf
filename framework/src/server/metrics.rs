//! Figures for Prometheus.

mod process;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::thread::LocalKey;
use std::time::{Duration, Instant};

use metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper bounds, in seconds, of the histograms of requests, of function calls and of what they ask: a deadline is 8 s, or 9 s at most.
const SECONDS: [f64; 12] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 8.0, 9.0];

/// The same for operations of the store, which are fast or wait for a disk or a network.
const STORE_SECONDS: [f64; 10] = [0.000_05, 0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 2.0];

/// The recorder of this process. Servers of one process share it, as the `metrics` crate has it.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Installs the recorder, once.
pub(crate) fn install() {
    RECORDER.get_or_init(|| {
        let buckets: [(&str, &[f64]); 4] = [
            ("swaig_request_seconds", &SECONDS),
            ("swaig_function_seconds", &SECONDS),
            ("swaig_upstream_seconds", &SECONDS),
            ("swaig_store_seconds", &STORE_SECONDS),
        ];
        let mut builder = PrometheusBuilder::new();
        for (name, bounds) in buckets {
            builder = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), bounds).ok()?;
        }
        let handle = builder.install_recorder().ok()?;
        describe();
        process::describe();
        // What has no labels is there from the start: an alert on it is not silent because nothing has happened yet.
        gauge!("swaig_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        gauge!("swaig_requests_in_flight").set(0.0);
        gauge!("swaig_event_viewers").set(0.0);
        gauge!("swaig_connections").set(0.0);
        counter!("swaig_connections_refused_total").absolute(0);
        Some(handle)
    });
}

fn describe() {
    describe_gauge!("swaig_build_info", "1, with the version of the framework as a label");
    describe_counter!("swaig_requests_total", "Requests by route and status");
    describe_histogram!(
        "swaig_request_seconds",
        "How long requests took until their answer began, in seconds, by route"
    );
    describe_gauge!("swaig_requests_in_flight", "Requests whose answer has not begun");
    describe_counter!("swaig_function_calls_total", "Function calls by outcome");
    describe_histogram!("swaig_function_seconds", "How long functions ran, in seconds");
    describe_counter!("swaig_upstream_total", "Requests to upstream services by outcome");
    describe_histogram!("swaig_upstream_seconds", "How long upstream services took, in seconds");
    describe_gauge!("swaig_breaker_open", "1 while an upstream service is left alone because it failed");
    describe_gauge!("swaig_event_viewers", "Open event streams");
    describe_gauge!("swaig_connections", "Open connections");
    describe_counter!(
        "swaig_connections_refused_total",
        "Connections refused because their address had enough of them"
    );
    describe_counter!("swaig_malformed_total", "Webhooks that were not JSON or too large");
    describe_counter!("swaig_refused_total", "Requests that were not the platform's, by check");
    describe_counter!("swaig_limit_reached_total", "What was refused because a limit was reached");
    describe_histogram!("swaig_store_seconds", "How long operations of the store took, in seconds");
    describe_counter!("swaig_store_errors_total", "Operations of the store that failed");
    describe_gauge!("swaig_spool_records", "Records that wait for the store");
    describe_gauge!("swaig_spool_bytes", "Bytes of records that wait for the store");
    describe_counter!("swaig_records_lost_total", "Records that are neither in the store nor wait for it");
}

/// Puts what was measured into its buckets every few seconds. Otherwise each single time would be kept until somebody asks for
/// the figures, and where nobody does that is for ever. It never ends.
pub(crate) async fn keep_small() {
    let mut ticks = tokio::time::interval(Duration::from_secs(5));
    loop {
        ticks.tick().await;
        if let Some(Some(handle)) = RECORDER.get() {
            handle.run_upkeep();
        }
    }
}

/// The figures as text; `None` when another recorder was installed first.
pub(crate) fn render() -> Option<String> {
    let handle = RECORDER.get()?.as_ref()?;
    process::measure();
    // Keeps histograms from growing between two visits.
    handle.run_upkeep();
    Some(handle.render())
}

/// Figures by what they are of. To look one up by its labels costs more than to count, so each is looked up once; in each
/// thread, since what threads share costs all of them more.
pub(crate) struct Figures<K, M>(RefCell<BTreeMap<K, M>>);

impl<K: Copy + Ord, M> Figures<K, M> {
    pub(crate) const fn new() -> Self {
        Self(RefCell::new(BTreeMap::new()))
    }

    /// Counts with the one of this key.
    pub(crate) fn count(
        figures: &'static LocalKey<Self>,
        key: K,
        make: impl FnOnce() -> M,
        count: impl FnOnce(&M),
    ) {
        // A thread that ends has none any more.
        let _ = figures.try_with(|figures| {
            let mut known = figures.0.borrow_mut();
            if let Some(figure) = known.get(&key) {
                return count(figure);
            }
            let figure = make();
            count(&figure);
            // Before there is a recorder, what is counted goes nowhere, and must not do so for ever.
            if matches!(RECORDER.get(), Some(Some(_))) {
                known.insert(key, figure);
            }
        });
    }
}

/// Counts a request for as long as its answer has not begun, also where nobody waits for it any more.
pub(crate) struct InFlight(Instant);

impl InFlight {
    pub(crate) fn begin() -> Self {
        in_flight(|gauge| gauge.increment(1.0));
        Self(Instant::now())
    }

    /// Its answer begins.
    pub(crate) fn answered(self, route: &'static str) {
        thread_local! { static TIMES: Figures<&'static str, Histogram> = const { Figures::new() } }
        let make = || histogram!("swaig_request_seconds", "route" => route);
        Figures::count(&TIMES, route, make, |times| times.record(self.0.elapsed().as_secs_f64()));
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        in_flight(|gauge| gauge.decrement(1.0));
    }
}

fn in_flight(count: impl FnOnce(&Gauge)) {
    thread_local! { static GAUGE: Figures<(), Gauge> = const { Figures::new() } }
    Figures::count(&GAUGE, (), || gauge!("swaig_requests_in_flight"), count);
}

pub(crate) fn request(route: &'static str, status: u16) {
    thread_local! { static COUNTS: Figures<(&'static str, u16), Counter> = const { Figures::new() } }
    let make = || counter!("swaig_requests_total", "route" => route, "status" => status.to_string());
    Figures::count(&COUNTS, (route, status), make, |count| count.increment(1));
}

pub(crate) fn malformed(route: &'static str) {
    counter!("swaig_malformed_total", "route" => route).increment(1);
}

pub(crate) fn refused(check: &'static str) {
    counter!("swaig_refused_total", "check" => check).increment(1);
}

pub(crate) fn function(name: &'static str, outcome: &'static str, took: Duration) {
    thread_local! {
        static COUNTS: Figures<(&'static str, &'static str), Counter> = const { Figures::new() };
        static TIMES: Figures<&'static str, Histogram> = const { Figures::new() };
    }
    let make = || counter!("swaig_function_calls_total", "function" => name, "outcome" => outcome);
    Figures::count(&COUNTS, (name, outcome), make, |count| count.increment(1));
    if took > Duration::ZERO {
        let make = || histogram!("swaig_function_seconds", "function" => name);
        Figures::count(&TIMES, name, make, |times| times.record(took.as_secs_f64()));
    }
}

/// Counts a request to an upstream service, with how long it took where it was answered.
pub(crate) fn upstream(upstream: &'static str, outcome: &'static str, took: Option<Duration>) {
    counter!("swaig_upstream_total", "upstream" => upstream, "outcome" => outcome).increment(1);
    if let Some(took) = took {
        histogram!("swaig_upstream_seconds", "upstream" => upstream).record(took.as_secs_f64());
    }
}

pub(crate) fn breaker(upstream: &'static str, open: bool) {
    gauge!("swaig_breaker_open", "upstream" => upstream).set(if open { 1.0 } else { 0.0 });
}

/// Counts a viewer for as long as it lives.
pub(crate) struct Viewer(());

impl Viewer {
    pub(crate) fn enter() -> Self {
        gauge!("swaig_event_viewers").increment(1.0);
        Self(())
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        gauge!("swaig_event_viewers").decrement(1.0);
    }
}

/// Counts a connection for as long as it lives.
pub(crate) struct Connection(());

impl Connection {
    pub(crate) fn open() -> Self {
        gauge!("swaig_connections").increment(1.0);
        Self(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        gauge!("swaig_connections").decrement(1.0);
    }
}

pub(crate) fn connection_refused() {
    counter!("swaig_connections_refused_total").increment(1);
}
