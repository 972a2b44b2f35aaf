//! The stored reports in memory.

use std::collections::VecDeque;

use async_trait::async_trait;
use jiff::Timestamp;

use super::super::{Conversation, ConversationKey, Conversations, StoreError, Stored, Summary};
use super::{MemoryStore, lock};

/// Conversations kept.
const CONVERSATIONS: usize = 1_000;
/// Bytes of conversations kept, measured as JSON.
const CONVERSATION_BYTES: usize = 64 << 20;

#[derive(Default)]
pub(super) struct Reports {
    kept: VecDeque<Kept>,
    bytes: usize,
    last: u64,
}

struct Kept {
    conversation: Conversation,
    digest: [u8; 32],
    bytes: usize,
}

#[async_trait]
impl Conversations for MemoryStore {
    async fn put(&self, conversation: &Conversation) -> Result<Stored, StoreError> {
        let (digest, bytes) = (conversation.digest(), conversation.report.raw().to_string().len());
        let mut reports = lock(&self.conversations);
        if let Some(kept) = reports.kept.iter().rev().find(|kept| kept.digest == digest) {
            return Ok(Stored { id: kept.conversation.id, again: true });
        }
        reports.last += 1;
        let id = reports.last;
        reports.bytes += bytes;
        reports.kept.push_back(Kept {
            conversation: Conversation { id, ..conversation.clone() },
            digest,
            bytes,
        });
        while reports.kept.len() > 1
            && (reports.kept.len() > CONVERSATIONS || reports.bytes > CONVERSATION_BYTES)
        {
            if let Some(oldest) = reports.kept.pop_front() {
                reports.bytes -= oldest.bytes;
            }
        }
        Ok(Stored { id, again: false })
    }

    async fn list(
        &self,
        agent: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        let reports = lock(&self.conversations);
        let newest_first = reports.kept.iter().rev().map(|kept| &kept.conversation);
        let fitting = newest_first.filter(|conversation| {
            before.is_none_or(|before| conversation.id < before)
                && agent.is_none_or(|agent| *conversation.agent == *agent)
        });
        Ok(fitting.take(limit).cloned().collect())
    }

    async fn get(&self, id: u64) -> Result<Option<Conversation>, StoreError> {
        let reports = lock(&self.conversations);
        let found = reports.kept.binary_search_by_key(&id, |kept| kept.conversation.id);
        Ok(found.ok().map(|place| reports.kept[place].conversation.clone()))
    }

    async fn summaries(
        &self,
        key: &ConversationKey,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError> {
        let reports = lock(&self.conversations);
        let newest_first = reports.kept.iter().rev().map(|kept| &kept.conversation);
        // The clock may have been set back, so an older one may follow a newer one.
        let fitting = newest_first
            .filter(|conversation| conversation.key == Some(*key) && conversation.received_at >= since);
        Ok(fitting.filter_map(Conversation::remembered).take(limit).collect())
    }
}
