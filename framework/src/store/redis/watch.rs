//! Reading a stream as it grows: one blocking read for each agent id that is watched, whoever watches it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::RedisError;
use redis::aio::MultiplexedConnection;
use redis::streams::StreamReadReply;
use tokio::time::Instant;

use super::super::EventId;
use super::super::tail::Tail;
use super::connection::Connection;
use super::events::recorded;
use super::{RedisStore, milliseconds};

/// How long one read waits. After it, it is seen whether anybody watches still, and whether the log is the same still.
const BLOCK: Duration = Duration::from_secs(2);
/// How many events are read at once.
const COUNT: usize = 500;
/// How long after a failure it is tried again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));
/// How long those who watch wait for a Redis that is away before they are told.
const PATIENCE: Duration = Duration::from_secs(10);

/// Agent ids that are read.
type Watched = Arc<Mutex<std::collections::HashSet<Arc<str>>>>;

fn lock(watched: &Watched) -> MutexGuard<'_, std::collections::HashSet<Arc<str>>> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts to read the events of an agent id, where nobody does yet.
pub(super) fn start(store: &RedisStore, agent_id: &str) {
    let agent_id: Arc<str> = agent_id.into();
    if lock(&store.watched).insert(agent_id.clone()) {
        let reader = Reader {
            connection: store.connection.clone(),
            stream: store.keys.events(&agent_id),
            newest: store.keys.newest(&agent_id),
            tail: store.tail.clone(),
            watched: store.watched.clone(),
            agent_id,
        };
        tokio::spawn(reader.run());
    }
}

struct Reader {
    connection: Connection,
    stream: String,
    newest: String,
    tail: Arc<Tail>,
    watched: Watched,
    agent_id: Arc<str>,
}

impl Reader {
    async fn run(self) {
        let mut after = None;
        let mut pause = PAUSES.0;
        let mut worked = Instant::now();
        let mut told = None;
        while !self.is_over() {
            match self.follow(&mut after, &mut worked).await {
                Ok(()) => return,
                // Once for each outage.
                Err(error) if told != Some(worked) => {
                    told = Some(worked);
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "live events are not read from Redis now"
                    );
                }
                Err(_) => {}
            }
            if worked.elapsed() < PAUSES.1 {
                pause = PAUSES.0;
            }
            if worked.elapsed() > PATIENCE {
                // They ask the store, and hear that it is away.
                self.tail.forget_one(&self.agent_id);
                after = None;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Whether nobody watches any more; then it is not read any more, either.
    fn is_over(&self) -> bool {
        // Who begins to watch is counted before it looks here: it is seen, or finds that nobody reads.
        let mut watched = lock(&self.watched);
        if self.tail.is_in_use(&self.agent_id) {
            return false;
        }
        self.tail.remove(&self.agent_id);
        watched.remove(&self.agent_id);
        true
    }

    /// Reads with one connection until nobody watches any more, from where the last one ended.
    async fn follow(&self, after: &mut Option<EventId>, worked: &mut Instant) -> Result<(), RedisError> {
        let mut connection = self.connection.waiting(BLOCK).await?;
        let newest = self.newest(&mut connection).await?;
        *worked = Instant::now();
        let mut from = match *after {
            Some(after) if after <= newest => after,
            // At the start; and after a loss of data, when ids begin again.
            _ => {
                self.tail.forget_one(&self.agent_id);
                newest
            }
        };
        *after = Some(from);
        // Whoever looked before this moment looks again.
        self.tail.push(&self.agent_id, from, []);
        while !self.is_over() {
            let events = self.read(&mut connection, from).await?;
            *worked = Instant::now();
            let Some(last) = events.last().map(|event| event.id) else {
                let newest = self.newest(&mut connection).await?;
                if newest < from {
                    // All data was lost, and the connection was not.
                    self.tail.forget_one(&self.agent_id);
                    (from, *after) = (newest, Some(newest));
                    self.tail.push(&self.agent_id, from, []);
                }
                continue;
            };
            self.tail.push(&self.agent_id, from, events);
            from = last;
            *after = Some(last);
        }
        Ok(())
    }

    /// The id of the newest event.
    async fn newest(&self, connection: &mut MultiplexedConnection) -> Result<EventId, RedisError> {
        let newest: Option<EventId> = redis::cmd("GET").arg(&self.newest).query_async(connection).await?;
        Ok(newest.unwrap_or_default())
    }

    async fn read(
        &self,
        connection: &mut MultiplexedConnection,
        after: EventId,
    ) -> Result<Vec<Arc<super::super::RecordedEvent>>, RedisError> {
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(COUNT).arg("BLOCK").arg(milliseconds(BLOCK));
        command.arg("STREAMS").arg(&self.stream).arg(format!("{after}-0"));
        let reply: Option<StreamReadReply> = command.query_async(connection).await?;
        let keys = reply.map(|reply| reply.keys).unwrap_or_default();
        Ok(keys.iter().flat_map(|key| &key.ids).filter_map(recorded).collect())
    }
}
