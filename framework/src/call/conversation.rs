//! The request for an earlier conversation (SWAIG webhook reference, "`fetch_conversation`").

use std::fmt;

use serde_json::{Map, Value};

use super::ConversationType;
use super::fields::{Fields as _, fields, object_of};
use crate::phone_number::CallerNumber;

/// What the platform asks when an agent starts that keeps conversations: the summary of the earlier ones.
///
/// It comes where the agent's `params` have `save_conversation` and a `conversation_id`. `Debug` masks the caller and
/// leaves the conversation's id out: it is often the caller's number.
///
/// ```
/// use swaig::ConversationRequest;
/// use serde_json::json;
///
/// let request = ConversationRequest::new(json!({
///     "action": "fetch_conversation", "call_id": "c1", "conversation_id": "+15551230000",
/// }));
/// assert_eq!(request.conversation_id(), Some("+15551230000"));
/// assert!(!format!("{request:?}").contains("5551230000"));
/// ```
#[derive(Clone)]
pub struct ConversationRequest {
    body: Value,
}

impl ConversationRequest {
    /// Takes a body.
    pub fn new(body: Value) -> Self {
        Self { body }
    }

    /// Who calls. The number is masked in `Debug` and `Display`.
    pub fn caller(&self) -> CallerNumber {
        self.fields().caller()
    }

    /// How one talks with the agent.
    pub fn conversation_type(&self) -> Option<ConversationType<'_>> {
        self.fields().text("conversation_type").map(ConversationType::of)
    }

    fields! { '_;
        /// Which conversation: the `conversation_id` of the agent's `params`.
        conversation_id: text;
        /// The call that starts.
        call_id: text;
        /// The id of the AI session.
        ai_session_id: text;
        /// The `app_name` of the agent's `params`.
        app_name: text;
        /// The name that the network gives for the caller.
        caller_name: text ["caller_id_name"];
        /// `agent.load_conversation`.
        content_disposition: text;
        /// The SignalWire project.
        project_id: text;
        /// The SignalWire space.
        space_id: text;
    }

    fn fields(&self) -> &Map<String, Value> {
        object_of(&self.body)
    }

    /// The whole body.
    pub fn raw(&self) -> &Value {
        &self.body
    }

    pub(super) fn into_raw(self) -> Value {
        self.body
    }
}

impl fmt::Debug for ConversationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConversationRequest")
            .field("call_id", &self.call_id())
            .field("caller", &self.caller())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_read() {
        let request = ConversationRequest::new(json!({
            "action": "fetch_conversation", "content_type": "text/json", "content_disposition": "agent.load_conversation",
            "conversation_type": "voice", "conversation_id": "v1", "call_id": "c1", "ai_session_id": "s1", "app_name": "mfa",
            "caller_id_name": "Jane Doe", "caller_id_number": "+15551230000", "project_id": "p1", "space_id": "e1",
        }));
        assert_eq!((request.conversation_id(), request.call_id()), (Some("v1"), Some("c1")));
        assert_eq!(
            (request.caller_name(), request.caller().to_string()),
            (Some("Jane Doe"), "+1••••••0000".to_owned())
        );
        assert_eq!(request.conversation_type(), Some(ConversationType::Voice));
        assert_eq!(request.content_disposition(), Some("agent.load_conversation"));
        assert_eq!(request.raw()["action"], "fetch_conversation");
    }
}
