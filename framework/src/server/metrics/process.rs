//! Figures of the process, under the names that all Prometheus clients give them. On Linux they come from `/proc/self`;
//! elsewhere there is the start time alone.

use std::time::{SystemTime, UNIX_EPOCH};

use metrics::{describe_gauge, gauge};

/// Names them, and keeps the start time: that of the server, a moment after that of the process.
pub(super) fn describe() {
    describe_gauge!("process_start_time_seconds", "When the server started, in seconds since 1970");
    describe_gauge!("process_open_fds", "Open file descriptors");
    describe_gauge!("process_max_fds", "How many file descriptors may be open");
    describe_gauge!("process_resident_memory_bytes", "Memory of the process that is in RAM, in bytes");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    gauge!("process_start_time_seconds").set(now.as_secs_f64());
}

/// Looks at the process. What cannot be read keeps its last value.
pub(super) fn measure() {
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        // One of them is the folder itself.
        set("process_open_fds", open.count().saturating_sub(1) as u64);
    }
    if let Ok(limits) = std::fs::read_to_string("/proc/self/limits")
        && let Some(most) = open_files(&limits)
    {
        set("process_max_fds", most);
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status")
        && let Some(bytes) = resident(&status)
    {
        set("process_resident_memory_bytes", bytes);
    }
}

fn set(name: &'static str, value: u64) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and nobody counts so far")]
    gauge!(name).set(value as f64);
}

/// The soft limit in `/proc/self/limits`; `None` where there is none.
fn open_files(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// `VmRSS` in `/proc/self/status`, which is in kB and means KiB.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_kernel_are_read() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                      Max processes             96000                96000                processes\n\
                      Max open files            1024                 524288               files\n";
        assert_eq!(open_files(limits), Some(1024));
        assert_eq!(
            open_files("Max open files            unlimited            unlimited            files"),
            None
        );
        assert_eq!(resident("VmHWM:\t   9000 kB\nVmRSS:\t    8192 kB\n"), Some(8192 << 10));
        for strange in ["", "VmRSS:", "VmRSS: many kB", "VmRSS: 18446744073709551615 kB"] {
            assert_eq!(resident(strange), None, "{strange}");
        }
    }
}
