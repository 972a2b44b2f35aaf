//! Values of `meta_data` that must not be forged.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Call;
use super::fields::Fields as _;
use crate::seal::SealError;
use crate::store::Event;

/// The key of the seal, beside the fields of the value.
const SEAL: &str = "seal";

impl Call {
    /// A value for `meta_data` that nobody but this server can have written. Its fields stand there for people to read; what
    /// counts is the `seal` beside them, which [`unseal`](Self::unseal) opens. It is bound to the name, to this call,
    /// its agent and its caller, and it expires. Fields that were changed beside it make it foreign.
    ///
    /// The value travels in clear: a seal keeps it from being changed, not from being read.
    ///
    /// ```
    /// use std::time::Duration;
    /// use swaig::{Call, SealError};
    /// use serde_json::{Value, json};
    ///
    /// let call = Call::test().with_caller("+15551230000");
    /// let order = call.sealed("order", &json!({"id": 7}), Duration::from_secs(600))?;
    ///
    /// // The next function of the same call finds it in its meta_data.
    /// let call = call.with_meta_data("order", order.clone());
    /// assert_eq!(call.unseal::<Value>("order")?, Some(json!({"id": 7})));
    ///
    /// // It is worth nothing in a call from somebody else, and nothing without its seal.
    /// let other = Call::test().with_caller("+15559990000").with_meta_data("order", order);
    /// assert_eq!(other.unseal::<Value>("order"), Err(SealError::Foreign));
    /// let forged = call.with_meta_data("order", json!({"id": 8}));
    /// assert_eq!(forged.unseal::<Value>("order"), Err(SealError::Missing));
    /// # Ok::<(), SealError>(())
    /// ```
    ///
    /// # Errors
    /// [`SealError::Value`]: the value has no JSON form.
    pub fn sealed<T: Serialize>(
        &self,
        name: &str,
        value: &T,
        lifetime: Duration,
    ) -> Result<Value, SealError> {
        let value = serde_json::to_value(value).map_err(|_| SealError::Value)?;
        let token = self.sealer.seal(name, &self.bound(), &value, lifetime)?;
        Ok(match value {
            Value::Object(mut fields) => {
                fields.insert(SEAL.to_owned(), token.into());
                Value::Object(fields)
            }
            _ => json!({ SEAL: token }),
        })
    }

    /// The sealed value of this name in `meta_data`; `None` where there is nothing of this name.
    ///
    /// # Errors
    /// What is there was not written by this server for this call, or its time is over. Those who watch the agent hear
    /// of it.
    pub fn unseal<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, SealError> {
        let value = match self.meta_data().get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(value) => value,
        };
        let opened = match value.get(SEAL).and_then(Value::as_str) {
            Some(token) => self.sealer.open::<Value>(name, &self.bound(), token).and_then(|sealed| {
                // What stands beside the seal is for people to read, so it must not say something else.
                let shown = value.as_object().into_iter().flatten().filter(|(key, _)| *key != SEAL);
                let same = shown.into_iter().all(|(key, shown)| sealed.get(key) == Some(shown));
                if !same {
                    return Err(SealError::Foreign);
                }
                T::deserialize(sealed).map_err(|_| SealError::Shape)
            }),
            None => Err(SealError::Missing),
        };
        opened.map(Some).inspect_err(|error| self.seal_refused(name, error))
    }

    /// Tells of a value that is not, or not any more, what it says.
    pub(super) fn seal_refused(&self, name: &str, error: &SealError) {
        let reason = error.to_string();
        tracing::warn!(agent = self.agent(), call_id = &*self.shown_id(), name, reason, "a seal was refused");
        self.broadcast(Event::new("seal_refused", json!({"name": name, "reason": reason})));
    }

    /// What stands for a text where the text itself must not be seen: the same for the same text in every call, on every
    /// instance that has the same `SWAIG_SECRET`. Without the secret nobody can tell what it stands for, or try it out.
    ///
    /// ```
    /// use swaig::Call;
    ///
    /// let (call, other) = (Call::test(), Call::test());
    /// assert_eq!(call.pseudonym("+15551230000"), other.pseudonym("+15551230000"));
    /// assert_ne!(call.pseudonym("+15551230000"), call.pseudonym("+15559990000"));
    /// ```
    pub fn pseudonym(&self, text: &str) -> String {
        self.sealer.pseudonym(text)
    }

    /// What a seal of this call is bound to. The caller is taken as the platform wrote it: it is the same in each webhook of
    /// a call.
    fn bound(&self) -> [&str; 4] {
        let caller = self.request.fields().caller_id().unwrap_or_default();
        [self.agent(), self.agent_id(), self.call_id(), caller]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_bound_to_the_caller_whichever_field_says_who_it_is() {
        let call = |caller| {
            let fields = [("caller_id_num", ""), ("caller_id_number", " "), ("caller_id", caller)];
            fields.into_iter().fold(Call::test(), |call, (key, value)| call.with_field(key, value))
        };
        let order = call("+15551230000").sealed("order", &7, Duration::from_mins(1)).unwrap();
        let unsealed = |caller| call(caller).with_meta_data("order", order.clone()).unseal::<u8>("order");
        assert_eq!(unsealed("+15551230000"), Ok(Some(7)));
        assert_eq!(unsealed("+15559990000"), Err(SealError::Foreign));
    }
}
