//! A Redis of a test's own.

use std::path::PathBuf;
use std::process::Stdio;

use super::super::{STORE, StoreError};
use super::RedisStore;
use crate::setup::Setup;

/// A server in a folder of its own, that listens on a socket in it. It ends when this is dropped.
pub(super) struct Server {
    folder: tempfile::TempDir,
    child: Option<tokio::process::Child>,
}

impl Server {
    /// Starts one; `None`, said aloud, where Redis is not installed.
    pub(super) async fn start() -> Option<Self> {
        let mut server = Self { folder: tempfile::tempdir().unwrap(), child: None };
        if server.run() {
            server.answers().await;
            return Some(server);
        }
        assert!(std::env::var_os("REQUIRE_SERVICES").is_none(), "redis-server is required and not installed");
        eprintln!("skipped: redis-server is not installed");
        None
    }

    /// Starts it again after a [`stop`](Self::stop), with the data that it had.
    pub(super) async fn start_again(&mut self) {
        assert!(self.run());
        self.answers().await;
    }

    fn run(&mut self) -> bool {
        let child = tokio::process::Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "yes", "--appendfsync", "always"])
            .args(["--unixsocket", "redis.sock", "--unixsocketperm", "700"])
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.child = child.ok();
        self.child.is_some()
    }

    /// Waits until it answers.
    async fn answers(&self) {
        while super::super::Store::ping(&self.store()).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Ends it at once, as a crash does.
    pub(super) async fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.unwrap();
        }
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    pub(super) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    pub(super) fn store(&self) -> RedisStore {
        self.with(&[]).unwrap()
    }

    pub(super) fn with(&self, settings: &[(&str, &str)]) -> Result<RedisStore, StoreError> {
        let url = self.url();
        let all = settings.iter().copied().chain([(STORE, &*url)]);
        RedisStore::from_setup(&Setup::test(all), &url)
    }

    /// Asks the server directly.
    pub(super) async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> T {
        self.store().connection.run(command).await.unwrap()
    }
}
