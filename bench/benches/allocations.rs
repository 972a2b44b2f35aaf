//! How often a request asks the allocator for memory, and for how much.
//!
//! `cargo bench -p swaig-bench --no-default-features --features allocations --bench allocations`
//!
//! Counted is the thread that answers; what SQLite's own thread does is not in it. The counter stands where the program's own
//! allocator stands else, so that both cannot be there at once.

use swaig_bench::exchange::{Exchange, kinds};
use swaig_bench::runtime;

const WARM: usize = 200;
const COUNTED: u64 = 1_000;

fn main() {
    println!("{:<40}{:>14}{:>14}", "", "allocations", "bytes");
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = format!("sqlite:{}", folder.path().join("store.db").display());
    for (store, of) in [("memory:", ""), (sqlite.as_str(), ", SQLite")] {
        for (name, mut request) in kinds() {
            let runtime = runtime();
            let mut exchange = runtime.block_on(Exchange::begin(store));
            for _ in 0..WARM {
                runtime.block_on(exchange.ask(&mut request));
            }
            let (mut count, mut bytes) = (0, 0);
            for _ in 0..COUNTED {
                let counted = allocation_counter::measure(|| runtime.block_on(exchange.ask(&mut request)));
                count += counted.count_total;
                bytes += counted.bytes_total;
            }
            println!("{:<40}{:>14}{:>14}", format!("{name}{of}"), count / COUNTED, bytes / COUNTED);
        }
    }
}
