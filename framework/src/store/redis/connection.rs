//! The connection that all commands share, and those that wait for events.
//!
//! The crate's `ConnectionManager` is not used: it connects again after a loss of the connection alone. One whose first
//! steps Redis refused (it was loading, or did not know the password yet) stays refused until the process ends. And with a
//! Redis that says nothing, each command waits for as long as an answer may take.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, FromRedisValue, RedisError, RedisResult,
    ScriptInvocation,
};
use tokio::time::Instant;

use super::super::{STORE, StoreError};
use crate::setup::SetupError;

/// How long it takes to connect, at most.
const CONNECT: Duration = Duration::from_secs(1);
/// How long an answer takes, at most.
const ANSWER: Duration = Duration::from_millis(1500);
/// How long after a failure it is connected again, at first and at most. Meanwhile all commands fail at once.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// A try that failed within this cost next to nothing: the pause does not grow, so that who comes right after Redis is back
/// is served.
const CHEAP: Duration = Duration::from_millis(100);

/// What `SWAIG_STORE` may hold.
const EXPECTED: &str =
    "expected redis://[user:password@]host[:port][/database], rediss://… for TLS, or redis+unix:///path";
/// What is said to a URL that asks for no check of the certificate.
const TRUSTED: &str = "the certificate of Redis is always checked: leave #insecure out, and name the file of the authority that signed it in SSL_CERT_FILE";

/// The way to Redis. Clones share one connection.
#[derive(Clone)]
pub(super) struct Connection {
    client: Client,
    link: Arc<Mutex<Link>>,
    /// Held by who connects.
    connecting: Arc<tokio::sync::Mutex<()>>,
}

/// How it stands with the connection.
enum Link {
    Open(MultiplexedConnection, u64),
    /// There was none yet, or it was lost: the next command connects.
    Closed,
    /// It could not be connected.
    Away {
        why: Arc<RedisError>,
        until: Instant,
        pause: Duration,
    },
}

/// Redis could not be reached a moment ago, and was not asked again.
#[derive(Debug, thiserror::Error)]
#[error("Redis could not be reached a moment ago")]
struct Away(#[source] Arc<RedisError>);

impl Connection {
    pub(super) fn to(url: &str) -> Result<Self, StoreError> {
        // What the crate says of a URL may repeat it, and it may hold a password.
        let client = Client::open(url).map_err(|_| SetupError::invalid(STORE, &EXPECTED))?;
        if let ConnectionAddr::TcpTls { insecure, .. } = client.get_connection_info().addr() {
            if *insecure {
                return Err(SetupError::invalid(STORE, &TRUSTED).into());
            }
            provide_cryptography();
        }
        Ok(Self { client, link: Arc::new(Mutex::new(Link::Closed)), connecting: Arc::default() })
    }

    /// Host and port, or the path of a socket.
    pub(super) fn place(&self) -> String {
        match self.client.get_connection_info().addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                format!("{host}:{port}")
            }
            ConnectionAddr::Unix(path) => path.display().to_string(),
            _ => "an address of another kind".to_owned(),
        }
    }

    /// Runs a command that does no more when it is sent twice: it is sent again where the connection was lost.
    pub(super) async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        self.twice(async |mut connection| command.query_async(&mut connection).await).await
    }

    /// Runs a command that must not be sent twice: where the connection was lost nobody knows whether it was done.
    pub(super) async fn run_once<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        self.once(async |mut connection| command.query_async(&mut connection).await).await
    }

    /// Runs a script that does no more when it is sent twice.
    pub(super) async fn invoke<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        self.twice(async |mut connection| script.invoke_async(&mut connection).await).await
    }

    /// Runs a script that must not be sent twice.
    pub(super) async fn invoke_once<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        self.once(async |mut connection| script.invoke_async(&mut connection).await).await
    }

    /// A connection of one's own for commands that wait for up to so long.
    pub(super) async fn waiting(&self, longest: Duration) -> RedisResult<MultiplexedConnection> {
        connect(&self.client, longest + ANSWER).await
    }

    async fn once<T, F>(&self, ask: impl Fn(MultiplexedConnection) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let (connection, number) = self.get().await?;
        let answer = ask(connection).await;
        self.look_at(&answer, number);
        answer.map_err(error)
    }

    async fn twice<T, F>(&self, ask: impl Fn(MultiplexedConnection) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let (connection, number) = self.get().await?;
        let answer = ask(connection).await;
        self.look_at(&answer, number);
        match answer {
            // One that says nothing is not asked again: the caller has waited for long enough.
            Err(error) if is_lost(&error) && !error.is_timeout() => self.once(ask).await,
            answer => answer.map_err(error),
        }
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        // Nothing below panics while it holds the lock.
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a connection that is of no use any more.
    fn look_at<T>(&self, answer: &RedisResult<T>, number: u64) {
        let Err(error) = answer else { return };
        let mut link = self.link();
        if is_lost(error) && matches!(*link, Link::Open(_, current) if current == number) {
            *link = Link::Closed;
        }
    }

    /// The connection, if it is known how it stands with it; `None` where it has to be connected.
    fn known(&self) -> Option<Result<(MultiplexedConnection, u64), StoreError>> {
        match &*self.link() {
            Link::Open(connection, number) => Some(Ok((connection.clone(), *number))),
            Link::Away { why, until, .. } if *until > Instant::now() => Some(Err(away(why))),
            Link::Closed | Link::Away { .. } => None,
        }
    }

    async fn get(&self) -> Result<(MultiplexedConnection, u64), StoreError> {
        if let Some(known) = self.known() {
            return known;
        }
        let guard = if let Ok(guard) = self.connecting.clone().try_lock_owned() {
            guard
        } else {
            // Somebody tries it now. During an outage the others need not wait for that.
            if let Link::Away { why, .. } = &*self.link() {
                return Err(away(why));
            }
            self.connecting.clone().lock_owned().await
        };
        if let Some(known) = self.known() {
            return known;
        }
        // Who asked may be gone before it is connected; what comes of it is for all.
        let this = self.clone();
        let connected = tokio::spawn(async move {
            let _guard = guard;
            this.connect().await
        });
        connected.await.map_err(StoreError::unavailable)?
    }

    async fn connect(&self) -> Result<(MultiplexedConnection, u64), StoreError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let began = Instant::now();
        let connected = connect(&self.client, ANSWER).await;
        let mut link = self.link();
        match connected {
            Ok(connection) => {
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                *link = Link::Open(connection.clone(), number);
                Ok((connection, number))
            }
            Err(error) => {
                let pause = match &*link {
                    Link::Away { pause, .. } if began.elapsed() > CHEAP => (*pause * 2).min(PAUSES.1),
                    Link::Away { .. } | Link::Open(..) | Link::Closed => PAUSES.0,
                };
                let why = Arc::new(error);
                *link = Link::Away { why: why.clone(), until: Instant::now() + pause, pause };
                Err(StoreError::unavailable(why))
            }
        }
    }
}

async fn connect(client: &Client, longest_answer: Duration) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(Some(longest_answer));
    client.get_multiplexed_async_connection_with_config(&config).await
}

fn away(why: &Arc<RedisError>) -> StoreError {
    StoreError::unavailable(Away(why.clone()))
}

/// Whether another connection may do better.
fn is_lost(error: &RedisError) -> bool {
    // `READONLY`: the one at the other end is not the primary any more.
    error.is_io_error() || error.is_unrecoverable_error() || error.code() == Some("READONLY")
}

/// The crate takes rustls' settings of the whole process, and there are none where a program holds more than one provider
/// and has not chosen. Then it is the one that all else here uses.
fn provide_cryptography() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Somebody else may have been faster: that one will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

/// What an error of Redis means for who uses the store.
fn error(error: RedisError) -> StoreError {
    // Before Redis 7 the code of an error in a script is that of the script.
    let no_room = error.detail().is_some_and(|detail| detail.contains("OOM command not allowed"));
    match error.code() {
        Some("OOM" | "MISCONF") => StoreError::Full(Box::new(error)),
        _ if no_room => StoreError::Full(Box::new(error)),
        _ => StoreError::unavailable(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For how long all commands fail at once, after some tries.
    async fn pause_after(tries: u8, connection: &Connection) -> Duration {
        for _ in 0..tries {
            assert!(connection.connect().await.is_err());
        }
        match &*connection.link() {
            Link::Away { pause, .. } => *pause,
            Link::Open(..) | Link::Closed => panic!("it is away"),
        }
    }

    #[tokio::test]
    async fn only_a_redis_that_says_nothing_is_left_alone_for_longer() {
        let refused = Connection::to("redis+unix:///nowhere/redis.sock").unwrap();
        assert_eq!(pause_after(5, &refused).await, PAUSES.0);
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let silent = Connection::to(&format!("redis://{}", silent.local_addr().unwrap())).unwrap();
        assert_eq!(pause_after(2, &silent).await, PAUSES.0 * 2);
    }
}
