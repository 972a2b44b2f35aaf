//! A way to a test's Redis that can be shut without a word, as a network does it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// Takes connections on a port of its own, and passes on what comes.
pub(super) struct Gate {
    port: u16,
    /// Connections with a number below this one are silent, and stay open.
    silent_below: Arc<watch::Sender<u64>>,
    taken: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Gate {
    pub(super) async fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let silent_below = Arc::new(watch::Sender::new(0));
        let taken = Arc::new(AtomicU64::new(0));
        let task = tokio::spawn({
            let (silent_below, taken) = (silent_below.clone(), taken.clone());
            async move {
                loop {
                    let Ok((client, _)) = listener.accept().await else { return };
                    let number = taken.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(pass(client, socket.clone(), number, silent_below.subscribe()));
                }
            }
        });
        Self { port, silent_below, taken, task }
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// How many connections it took.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::SeqCst)
    }

    /// Nothing passes any more through the connections that there are; new ones work.
    pub(super) fn silence(&self) {
        self.silent_below.send_replace(self.taken());
    }

    /// Nothing passes any more, through new connections either.
    pub(super) fn shut(&self) {
        self.silent_below.send_replace(u64::MAX);
    }

    /// New connections work again.
    pub(super) fn open(&self) {
        self.silence();
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(mut client: TcpStream, socket: PathBuf, number: u64, mut silent_below: watch::Receiver<u64>) {
    let Ok(mut server) = UnixStream::connect(socket).await else { return };
    let (mut up, mut down) = ([0; 4096], [0; 4096]);
    loop {
        if *silent_below.borrow_and_update() > number {
            // Open, and silent, until the test is over.
            return std::future::pending().await;
        }
        tokio::select! {
            read = client.read(&mut up) => match read {
                Ok(length @ 1..) if server.write_all(&up[..length]).await.is_ok() => {}
                _ => return,
            },
            read = server.read(&mut down) => match read {
                Ok(length @ 1..) if client.write_all(&down[..length]).await.is_ok() => {}
                _ => return,
            },
            _ = silent_below.changed() => {}
        }
    }
}
