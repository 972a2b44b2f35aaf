//! The tables, and the steps from one version of them to the next.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, TransactionBehavior};

use super::replies::number_of;

/// Says in the file that it is one of ours (the bytes of `SWAG`).
pub(super) const APPLICATION: i32 = 0x5357_4147;

/// The steps. A step that was released is never changed: a new one is added.
const STEPS: &[&str] = &[
    // 1
    "
    CREATE TABLE state (clean INTEGER NOT NULL, pings INTEGER NOT NULL);
    INSERT INTO state VALUES (1, 0);

    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        agent_id TEXT NOT NULL,
        call_id TEXT,
        at INTEGER NOT NULL,
        json BLOB NOT NULL
    );
    CREATE INDEX events_by_agent_id ON events (agent_id);
    CREATE TABLE batches (id BLOB PRIMARY KEY, ends INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX batches_by_end ON batches (ends);

    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        received_at INTEGER NOT NULL,
        agent TEXT NOT NULL,
        agent_id TEXT NOT NULL,
        call_id TEXT,
        key BLOB,
        digest BLOB NOT NULL UNIQUE,
        dead_letter TEXT,
        summary TEXT,
        report TEXT NOT NULL
    );
    CREATE INDEX conversations_by_agent ON conversations (agent);
    CREATE INDEX conversations_by_key ON conversations (key) WHERE summary IS NOT NULL;

    CREATE TABLE replies (
        agent_id TEXT NOT NULL,
        call_id TEXT NOT NULL,
        function TEXT NOT NULL,
        argument BLOB NOT NULL,
        reply BLOB,
        lease INTEGER NOT NULL,
        ends INTEGER NOT NULL,
        PRIMARY KEY (agent_id, call_id, function, argument)
    ) WITHOUT ROWID;
    CREATE INDEX replies_by_end ON replies (ends);

    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key BLOB NOT NULL,
        text TEXT NOT NULL,
        ends INTEGER NOT NULL
    );
    CREATE INDEX messages_by_key ON messages (key);
    CREATE INDEX messages_by_end ON messages (ends);

    CREATE TABLE limits (
        key BLOB NOT NULL,
        at INTEGER NOT NULL,
        mark BLOB NOT NULL,
        ends INTEGER NOT NULL,
        PRIMARY KEY (key, at, mark)
    ) WITHOUT ROWID;
    CREATE INDEX limits_by_end ON limits (ends);
    ",
    // 2. `open` says who has opened the file last, by a random number, and is 0 where that one has closed it in order. By
    // `made` it is seen that the clock was set back.
    "
    ALTER TABLE state ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
    UPDATE state SET open = 1 - clean;
    ALTER TABLE state DROP COLUMN clean;
    ALTER TABLE replies ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
    ",
    // 3. `lease` says when a claim ends, or the memory of its reply; `ends` is when the row may be deleted, which is no sooner.
    // So a reply that is remembered changes nothing in the index.
    "
    UPDATE replies SET lease = ends WHERE reply IS NOT NULL;
    ",
    // 4. Keys of claims have no order, so that each has a page of its own to change. Now it is that of an index, once: what is
    // claimed, and the reply, come one after the other, and share their pages.
    "
    ALTER TABLE replies RENAME TO replies_3;
    DROP INDEX replies_by_end;
    CREATE TABLE claims (
        id INTEGER PRIMARY KEY,
        agent_id TEXT NOT NULL,
        call_id TEXT NOT NULL,
        function TEXT NOT NULL,
        argument BLOB NOT NULL,
        made INTEGER NOT NULL,
        lease INTEGER NOT NULL,
        ends INTEGER NOT NULL,
        UNIQUE (agent_id, call_id, function, argument)
    );
    CREATE INDEX claims_by_end ON claims (ends);
    CREATE TABLE replies (
        id INTEGER PRIMARY KEY,
        reply BLOB NOT NULL,
        made INTEGER NOT NULL,
        ends INTEGER NOT NULL
    );
    CREATE TRIGGER reply_of_a_claim AFTER DELETE ON claims BEGIN DELETE FROM replies WHERE id = old.id; END;
    INSERT INTO claims (agent_id, call_id, function, argument, made, lease, ends)
        SELECT agent_id, call_id, function, argument, made, lease, ends FROM replies_3;
    INSERT INTO replies (id, reply, made, ends)
        SELECT claims.id, before.reply, before.made, before.lease
        FROM replies_3 AS before JOIN claims USING (agent_id, call_id, function, argument)
        WHERE before.reply IS NOT NULL;
    DROP TABLE replies_3;
    ",
    // 5. The key of a claim is two numbers: of the texts that it was, a page of the index had room for a quarter as many.
    "
    DROP TRIGGER reply_of_a_claim;
    DROP INDEX claims_by_end;
    ALTER TABLE claims RENAME TO claims_4;
    CREATE TABLE claims (
        id INTEGER PRIMARY KEY,
        call INTEGER NOT NULL,
        argument INTEGER NOT NULL,
        made INTEGER NOT NULL,
        lease INTEGER NOT NULL,
        ends INTEGER NOT NULL,
        UNIQUE (call, argument)
    );
    CREATE INDEX claims_by_end ON claims (ends);
    CREATE TRIGGER reply_of_a_claim AFTER DELETE ON claims BEGIN DELETE FROM replies WHERE id = old.id; END;
    INSERT INTO claims (id, call, argument, made, lease, ends)
        SELECT id, number_of(agent_id, call_id, function), number_of(argument), made, lease, ends FROM claims_4;
    DROP TABLE claims_4;
    ",
];

/// The newest version that is known.
pub(super) fn newest() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// The version of a file; 0 for an empty one.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Makes a file as the first version had it.
#[cfg(test)]
pub(super) fn first(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(STEPS[0])?;
    connection.pragma_update(None, "user_version", 1)?;
    connection.pragma_update(None, "application_id", APPLICATION)
}

/// Brings a file to the newest version. Of two processes that start at the same moment one does it.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = version(&transaction)? as usize;
    // What a step needs that SQLite does not have.
    transaction.create_scalar_function(NUMBER_OF, -1, FunctionFlags::default(), |parts| number(parts))?;
    for (number, step) in STEPS.iter().enumerate().skip(done) {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number + 1)?;
    }
    if done == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION)?;
    }
    transaction.remove_function(NUMBER_OF, -1)?;
    transaction.commit()
}

/// The function of the steps that makes a number of texts and blobs.
const NUMBER_OF: &str = "number_of";

fn number(parts: &Context<'_>) -> rusqlite::Result<i64> {
    let parts: Result<Vec<_>, _> = (0..parts.len()).map(|place| parts.get_raw(place).as_bytes()).collect();
    Ok(number_of(&parts?))
}
