//! Figures of the store for Prometheus.

use std::time::Duration;

use metrics::{Histogram, counter, gauge, histogram};

use crate::server::metrics::Figures;

/// An operation of the store has ended.
pub(super) fn operation(name: &'static str, took: Duration, worked: bool) {
    thread_local! { static TIMES: Figures<&'static str, Histogram> = const { Figures::new() } }
    let make = || histogram!("swaig_store_seconds", "operation" => name);
    Figures::count(&TIMES, name, make, |times| times.record(took.as_secs_f64()));
    if !worked {
        counter!("swaig_store_errors_total", "operation" => name).increment(1);
    }
}

/// How much waits for the store now.
pub(super) fn waiting(records: usize, bytes: usize) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and nobody counts so far")]
    let float = |number: usize| number as f64;
    gauge!("swaig_spool_records").set(float(records));
    gauge!("swaig_spool_bytes").set(float(bytes));
}

/// Records are neither in the store nor wait for it.
pub(super) fn lost(kind: &'static str, records: usize) {
    counter!("swaig_records_lost_total", "kind" => kind).increment(records as u64);
}
