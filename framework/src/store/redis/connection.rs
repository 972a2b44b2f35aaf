//! The connection that all commands share, and those that wait for events.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use redis::aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, FromRedisValue, RedisError, ScriptInvocation,
};
use secrecy::SecretString;
use url::Url;

use super::super::{STORE, StoreError};
use crate::setup::{Setup, SetupError};

/// How long it takes to connect, at most.
const CONNECT: Duration = Duration::from_secs(1);
/// How long an answer takes, at most.
const ANSWER: Duration = Duration::from_millis(1500);

/// The way to Redis. Clones share one connection.
#[derive(Clone)]
pub(super) struct Connection {
    client: Client,
    manager: ConnectionManager,
}

impl Connection {
    pub(super) fn to(url: &str) -> Result<Self, StoreError> {
        // What the crate says of a URL may repeat it, and it may hold a password.
        let client = Client::open(url).map_err(|_| {
            let expected = "expected redis://[user:password@]host[:port][/database], rediss://… for TLS, or redis+unix:///path";
            SetupError::invalid(STORE, &expected)
        })?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER))
            .set_number_of_retries(1)
            .set_min_delay(Duration::from_millis(50))
            .set_max_delay(Duration::from_millis(100));
        let manager = client.get_connection_manager_lazy(config).map_err(error)?;
        Ok(Self { client, manager })
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

    pub(super) async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        command.query_async(&mut self.manager.clone()).await.map_err(error)
    }

    pub(super) async fn invoke<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        script.invoke_async(&mut self.manager.clone()).await.map_err(error)
    }

    /// A connection for commands that wait longer than an answer takes.
    pub(super) async fn waiting(&self) -> Result<MultiplexedConnection, RedisError> {
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(None);
        self.client.get_multiplexed_async_connection_with_config(&config).await
    }
}

/// What an error of Redis means for who uses the store.
pub(super) fn error(error: RedisError) -> StoreError {
    match error.code() {
        Some("OOM" | "MISCONF") => StoreError::Full(Box::new(error)),
        _ => StoreError::unavailable(error),
    }
}

/// The password of the URL in `SWAIG_STORE`, to be masked wherever it turns up.
pub(in crate::store) fn password(setup: &Setup) -> Option<SecretString> {
    let url = Url::parse(&setup.setting(STORE)?).ok()?;
    let password = percent_decode_str(url.password()?).decode_utf8_lossy().into_owned();
    Some(password.into())
}
