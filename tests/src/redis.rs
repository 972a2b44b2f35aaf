//! A Redis of a test's own, for instances that share a store.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Child;

use crate::soon;

/// A server in a folder of its own, that listens on a socket in it. It ends when this is dropped.
pub struct Redis {
    folder: TempDir,
    child: Option<Child>,
}

impl Redis {
    /// Starts one; `None`, said aloud, where Redis is not installed.
    pub async fn start() -> Option<Self> {
        let mut redis =
            Self { folder: tempfile::tempdir().expect("a temporary folder can be made"), child: None };
        if redis.run() {
            redis.answers().await;
            return Some(redis);
        }
        assert!(std::env::var_os("REQUIRE_SERVICES").is_none(), "redis-server is required and not installed");
        eprintln!("skipped: redis-server is not installed");
        None
    }

    /// For `SWAIG_STORE`.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// Ends it at once, as a crash does. What it acknowledged is on the disk.
    pub async fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.expect("Redis can be killed");
        }
    }

    /// Starts it again, with the data that it had.
    pub async fn start_again(&mut self) {
        assert!(self.run(), "Redis starts again");
        self.answers().await;
    }

    fn socket(&self) -> std::path::PathBuf {
        self.folder.path().join("redis.sock")
    }

    fn run(&mut self) -> bool {
        let child = tokio::process::Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "yes", "--appendfsync", "always"])
            .args(["--unixsocket", "redis.sock", "--unixsocketperm", "700"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.child = child.ok();
        self.child.is_some()
    }

    async fn answers(&self) {
        let socket = self.socket();
        soon("an answer of Redis", async move {
            while !pings(&socket) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }
}

fn pings(socket: &Path) -> bool {
    let ping = Command::new("redis-cli").arg("-s").arg(socket).arg("ping").stderr(Stdio::null()).output();
    ping.is_ok_and(|output| output.stdout.starts_with(b"PONG"))
}
