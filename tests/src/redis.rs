//! A Redis of a test's own, for instances that share a store.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::net::{TcpListener, UnixStream};
use tokio::process::Child;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::{Identity, soon};

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

    /// It says nothing any more, and takes connections still, as a machine does that is too busy.
    pub fn hang(&self) {
        self.signal("STOP");
    }

    /// It goes on after a [`hang`](Self::hang).
    pub fn go_on(&self) {
        self.signal("CONT");
    }

    /// Asks for this password from now on.
    pub fn require(&self, password: &str) {
        let set = self.ask(&["config", "set", "requirepass", password]);
        assert_eq!(set.trim(), "OK", "the password could not be set");
    }

    /// Syncs once in a second from now on, as `deploy/compose.yaml` has it, and not before each answer.
    pub fn sync_each_second(&self) {
        let set = self.ask(&["config", "set", "appendfsync", "everysec"]);
        assert_eq!(set.trim(), "OK", "it syncs as before");
    }

    /// Asks it, and gives back what it says.
    pub fn ask(&self, command: &[&str]) -> String {
        let client = Command::new("redis-cli").arg("-s").arg(self.socket()).args(command).output();
        String::from_utf8_lossy(&client.expect("redis-cli can be run").stdout).into_owned()
    }

    /// A way to it with TLS.
    pub async fn behind_tls(&self, identity: &Identity) -> TlsFront {
        let chain = CertificateDer::pem_slice_iter(identity.chain.as_bytes());
        let chain = chain.collect::<Result<Vec<_>, _>>().expect("a chain");
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a certificate and its key");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (acceptor, socket) = (TlsAcceptor::from(Arc::new(config)), self.socket());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, socket) = (acceptor.clone(), socket.clone());
                tokio::spawn(async move {
                    // Who does not trust it leaves in the middle of the handshake.
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let Ok(mut redis) = UnixStream::connect(socket).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut redis).await;
                });
            }
        });
        TlsFront { port, task }
    }

    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().and_then(Child::id).expect("Redis runs").to_string();
        let status = Command::new("kill").args([&format!("-{signal}"), &id]).status();
        assert!(status.expect("kill can be run").success(), "the signal could not be sent");
    }

    fn socket(&self) -> PathBuf {
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

/// A port that speaks TLS, and passes on to a [`Redis`]. It ends when this is dropped.
pub struct TlsFront {
    port: u16,
    task: JoinHandle<()>,
}

impl TlsFront {
    /// For `SWAIG_STORE`.
    pub fn url(&self, password: &str) -> String {
        format!("rediss://:{password}@localhost:{}/1", self.port)
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn pings(socket: &Path) -> bool {
    let ping = Command::new("redis-cli").arg("-s").arg(socket).arg("ping").stderr(Stdio::null()).output();
    ping.is_ok_and(|output| output.stdout.starts_with(b"PONG"))
}
