//! A server as a process that is bound to some processors.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// `bench:try-me`, the credentials of [`measured`].
pub const BASIC: &str = "Basic YmVuY2g6dHJ5LW1l";

/// The limits of the MFA functions, of which a measurement must reach none.
pub const MFA_LIMITS: [&str; 6] = [
    "MFA_SENDS_PER_CALL",
    "MFA_SENDS_PER_NUMBER_HOUR",
    "MFA_SENDS_PER_NUMBER_DAY",
    "MFA_SENDS_PER_CALLER_HOUR",
    "MFA_SENDS_PER_CALLER_DAY",
    "MFA_SENDS_PER_AGENT_HOUR",
];

/// Does it as the load, on processor 1.
///
/// # Panics
/// Without `taskset` (util-linux), or a second processor.
pub fn load_on_its_processor(work: impl Future<Output = ()>) {
    let own = std::process::id().to_string();
    let bound = Command::new("taskset").args(["-a", "-c", "-p", "1", &own]).output();
    assert!(
        bound.is_ok_and(|output| output.status.success()),
        "taskset is installed, and there are two processors"
    );
    crate::runtime().block_on(work);
}

/// From now on the load gives way to others on its processor, and does not come back from that.
///
/// # Panics
/// Without `renice` (util-linux).
pub fn give_way() {
    let own = std::process::id().to_string();
    let given = Command::new("renice").args(["-n", "19", "-p", &own]).output();
    assert!(given.is_ok_and(|output| output.status.success()), "renice is installed");
}

/// A server that is measured, on processor 0, with these settings beside the usual ones.
///
/// # Panics
/// Where it does not start.
pub fn measured(program: &Path, folder: &Path, more: &[(&str, &str)]) -> Server {
    let usual = [
        ("SWAIG_STORE", "memory:"),
        ("SWML_BASIC_AUTH_USER", "bench"),
        ("SWML_BASIC_AUTH_PASSWORD", "try-me"),
        ("SWAIG_SECRET", "0123456789abcdef0123456789abcdef"),
        ("RUST_LOG", "warn"),
    ];
    // Of two variables of one name the later one counts.
    let settings: Vec<_> = usual.iter().chain(more).copied().collect();
    Server::start(program, "0", &["--listen", "127.0.0.1:0"], &settings, folder)
}

/// A server that runs. It is killed when this is dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts a program on these processors, such as `0` or `0,1`, with these arguments and this environment, in this folder.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn start(
        program: &Path,
        processors: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
        folder: &Path,
    ) -> Self {
        let mut child = Command::new("taskset")
            .args(["-c", processors])
            .arg(program)
            .args(arguments)
            .env_clear()
            .envs(environment.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("taskset is installed (util-linux), and the program can be started");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().rsplit("//").next().and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("{} does not listen: {line:?}", program.display()));
        Self { child, address }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How long it has kept a processor busy (proc(5), `stat`).
    ///
    /// # Panics
    /// On a system without `/proc`.
    pub fn busy(&self) -> Duration {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("/proc can be read");
        let after = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = after.split_whitespace().collect();
        let ticks: u64 = [11, 12].iter().filter_map(|place| fields.get(*place)?.parse::<u64>().ok()).sum();
        // USER_HZ is 100 on all systems that Rust runs on.
        Duration::from_millis(ticks * 10)
    }

    /// How much memory it has in use, in bytes (proc(5), `VmRSS`).
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.unwrap_or_default() * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
