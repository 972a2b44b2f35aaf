//! A store that others can read without learning what must not be read there.
//!
//! A digest of a phone number, or of an argument that holds a one-time code, is soon guessed: there are not many of them. And
//! a reply, or a message, may repeat what a caller said. So keys are digests with a key, and replies and messages are
//! encrypted (AES-256-GCM). The key is made from `SWAIG_SECRET`. Events and reports are masked before they come here.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use hmac::{KeyInit as _, Mac as _};
use jiff::Timestamp;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::{
    Bound, Claim, Conversation, ConversationKey, Conversations, EventBatch, EventId, EventLog, Full,
    LimitKey, Limits, Mark, Messages, RecordedEvent, ReplyKey, ReplyMemory, Store, StoreError, Stored,
    Summary,
};
use crate::seal::{HmacSha256, Key};

/// A store behind digests and a cipher.
pub(super) struct Private {
    store: Arc<dyn Store>,
    digests: HmacSha256,
    cipher: LessSafeKey,
}

/// A text could not be encrypted: the system gives no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("nothing can be encrypted")]
struct NoCipher;

impl Private {
    pub(super) fn new(store: Arc<dyn Store>, key: &Key) -> Result<Self, StoreError> {
        let of = |label: &[u8]| {
            let mut mac = HmacSha256::new_from_slice(key.bytes()).map_err(StoreError::unavailable)?;
            mac.update(label);
            Ok::<_, StoreError>(mac.finalize().into_bytes())
        };
        let digests = HmacSha256::new_from_slice(&of(b"digests")?).map_err(StoreError::unavailable)?;
        let cipher =
            UnboundKey::new(&AES_256_GCM, &of(b"cipher")?).map_err(|_| StoreError::unavailable(NoCipher))?;
        Ok(Self { store, digests, cipher: LessSafeKey::new(cipher) })
    }

    fn digest(&self, of: &str, bytes: &[u8]) -> [u8; 32] {
        let mut mac = self.digests.clone();
        // No label is the beginning of another, so no two uses read the same.
        mac.update(of.as_bytes());
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }

    fn limit(&self, key: &LimitKey) -> LimitKey {
        LimitKey::from_bytes(self.digest("limit:", key.as_bytes()))
    }

    fn bounds(&self, bounds: &[Bound]) -> Vec<Bound> {
        bounds.iter().map(|bound| Bound { key: self.limit(&bound.key), ..*bound }).collect()
    }

    fn conversation(&self, key: &ConversationKey) -> ConversationKey {
        ConversationKey::from_bytes(self.digest("conversation:", key.as_bytes()))
    }

    fn call_id(&self, call_id: &str) -> String {
        hex::encode(&self.digest("call:", call_id.as_bytes())[..16])
    }

    fn reply(&self, key: &ReplyKey) -> ReplyKey {
        ReplyKey {
            agent_id: key.agent_id.clone(),
            call_id: self.call_id(&key.call_id),
            function: key.function.clone(),
            argument: self.digest("argument:", &key.argument),
        }
    }

    /// Encrypts a text, so that it is good in its place alone.
    fn encrypt(&self, place: &[u8; 32], text: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| StoreError::unavailable(NoCipher))?;
        let mut closed = text.to_vec();
        self.cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut closed)
            .map_err(|_| StoreError::unavailable(NoCipher))?;
        closed.splice(..0, nonce);
        Ok(closed)
    }

    /// Reads what was encrypted; `None` where it was not with this key, or not in this place.
    fn decrypt(&self, place: &[u8; 32], closed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = closed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = text.to_vec();
        let length = self.cipher.open_in_place(nonce, Aad::from(place), &mut text).ok()?.len();
        text.truncate(length);
        Some(text)
    }
}

#[async_trait]
impl EventLog for Private {
    async fn append(&self, batch: &EventBatch) -> Result<(), StoreError> {
        self.store.append(batch).await
    }

    async fn after(
        &self,
        agent_id: &str,
        after: EventId,
        limit: usize,
    ) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        self.store.after(agent_id, after, limit).await
    }

    async fn newest(&self, agent_id: &str, limit: usize) -> Result<Vec<Arc<RecordedEvent>>, StoreError> {
        self.store.newest(agent_id, limit).await
    }

    async fn latest(&self, agent_id: &str) -> Result<EventId, StoreError> {
        self.store.latest(agent_id).await
    }

    async fn changed(&self, agent_id: &str, after: EventId) -> Result<(), StoreError> {
        self.store.changed(agent_id, after).await
    }
}

#[async_trait]
impl Conversations for Private {
    async fn put(&self, conversation: &Conversation) -> Result<Stored, StoreError> {
        let key = conversation.key.as_ref().map(|key| self.conversation(key));
        self.store.put(&Conversation { key, ..conversation.clone() }).await
    }

    async fn list(
        &self,
        agent: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.store.list(agent, before, limit).await
    }

    async fn get(&self, id: u64) -> Result<Option<Conversation>, StoreError> {
        self.store.get(id).await
    }

    async fn summaries(
        &self,
        key: &ConversationKey,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Summary>, StoreError> {
        self.store.summaries(&self.conversation(key), since, limit).await
    }
}

#[async_trait]
impl Limits for Private {
    async fn count(&self, bounds: &[Bound], mark: Mark) -> Result<Option<Full>, StoreError> {
        self.store.count(&self.bounds(bounds), mark).await
    }

    async fn look(&self, bounds: &[Bound]) -> Result<Option<Full>, StoreError> {
        self.store.look(&self.bounds(bounds)).await
    }

    async fn uncount(&self, keys: &[LimitKey], mark: Mark) -> Result<(), StoreError> {
        let keys: Vec<_> = keys.iter().map(|key| self.limit(key)).collect();
        self.store.uncount(&keys, mark).await
    }

    async fn clear(&self, key: &LimitKey) -> Result<(), StoreError> {
        self.store.clear(&self.limit(key)).await
    }
}

#[async_trait]
impl Messages for Private {
    async fn push(&self, key: &ConversationKey, text: &str) -> Result<Option<usize>, StoreError> {
        let key = self.conversation(key);
        let closed = self.encrypt(key.as_bytes(), text.as_bytes())?;
        self.store.push(&key, &STANDARD_NO_PAD.encode(closed)).await
    }

    async fn take(&self, key: &ConversationKey) -> Result<Vec<String>, StoreError> {
        let key = self.conversation(key);
        let closed = self.store.take(&key).await?;
        let texts = closed.iter().filter_map(|closed| {
            let text = self.decrypt(key.as_bytes(), &STANDARD_NO_PAD.decode(closed).ok()?)?;
            String::from_utf8(text).ok()
        });
        Ok(texts.collect())
    }
}

#[async_trait]
impl ReplyMemory for Private {
    async fn claim(&self, key: &ReplyKey, lease: Duration, window: Duration) -> Result<Claim, StoreError> {
        let key = self.reply(key);
        Ok(match self.store.claim(&key, lease, window).await? {
            // One that cannot be read any more was a reply all the same: it is not known which.
            Claim::Done(closed) => self
                .decrypt(&key.argument, &closed)
                .map_or(Claim::Interrupted, |reply| Claim::Done(reply.into())),
            other => other,
        })
    }

    async fn finish(&self, key: &ReplyKey, reply: Bytes, window: Duration) -> Result<(), StoreError> {
        let key = self.reply(key);
        let closed = self.encrypt(&key.argument, &reply)?;
        self.store.finish(&key, closed.into(), window).await
    }

    async fn release(&self, key: &ReplyKey) -> Result<(), StoreError> {
        self.store.release(&self.reply(key)).await
    }

    async fn wait(&self, key: &ReplyKey) -> Result<Option<Bytes>, StoreError> {
        let key = self.reply(key);
        let closed = self.store.wait(&key).await?;
        Ok(closed.and_then(|closed| self.decrypt(&key.argument, &closed)).map(Bytes::from))
    }

    async fn forget(&self, agent_id: &str, call_id: &str, function: &str) -> Result<(), StoreError> {
        self.store.forget(agent_id, &self.call_id(call_id), function).await
    }
}

#[async_trait]
impl Store for Private {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn place(&self) -> Option<String> {
        self.store.place()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }

    async fn close(&self) {
        self.store.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::{Keys, Sealer};
    use crate::store::{MemoryStore, conformance};

    const LONG: Duration = Duration::from_mins(5);

    fn private(store: &Arc<dyn Store>, sealer: &Sealer) -> Arc<dyn Store> {
        Arc::new(Private::new(store.clone(), sealer.store_key()).unwrap())
    }

    fn sealer() -> Sealer {
        Sealer::new(Keys::random().unwrap())
    }

    #[tokio::test]
    async fn it_keeps_the_contract() {
        conformance::all(&private(&(Arc::new(MemoryStore::default()) as Arc<dyn Store>), &sealer())).await;
    }

    #[tokio::test]
    async fn who_reads_the_store_learns_nothing_and_another_key_opens_nothing() {
        let inner: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let sealer = sealer();
        let store = private(&inner, &sealer);
        let key = ReplyKey {
            agent_id: "7".into(),
            call_id: "+15551230000".into(),
            function: "f".into(),
            argument: [1; 32],
        };
        store.finish(&key, "the code is 482913".into(), LONG).await.unwrap();
        let conversation = ConversationKey::new("mfa", "7", "+15551230000").unwrap();
        store.push(&conversation, "the code is 482913").await.unwrap();
        // Under the names that it had nothing is found.
        assert_eq!(inner.claim(&key, LONG, LONG).await.unwrap(), Claim::Run);
        assert!(inner.take(&conversation).await.unwrap().is_empty());
        // The same secret, as on another instance.
        let other = private(&inner, &sealer);
        assert_eq!(other.claim(&key, LONG, LONG).await.unwrap(), Claim::Done("the code is 482913".into()));
        let inside = Private::new(inner.clone(), sealer.store_key()).unwrap();
        let Claim::Done(closed) = inner.claim(&inside.reply(&key), LONG, LONG).await.unwrap() else {
            panic!("there is a reply")
        };
        assert!(!String::from_utf8_lossy(&closed).contains("482913"));
        // One that was changed, or put in another place, is none.
        let mut changed = closed.to_vec();
        changed[20] ^= 1;
        inner.finish(&inside.reply(&key), changed.into(), LONG).await.unwrap();
        assert_eq!(other.claim(&key, LONG, LONG).await.unwrap(), Claim::Interrupted);
        let elsewhere = ReplyKey { argument: [2; 32], ..key.clone() };
        inner.finish(&inside.reply(&elsewhere), closed, LONG).await.unwrap();
        assert_eq!(other.claim(&elsewhere, LONG, LONG).await.unwrap(), Claim::Interrupted);
    }
}
