//! The request for signatures (SWAIG webhook reference, "`includes` / `get_signature`").

use serde_json::{Map, Value};

use super::fields::{Fields as _, fields, object_of};

/// What the platform asks of a server that another agent includes: the definitions of its functions.
///
/// It comes when an agent loads whose `SWAIG.includes` names this server, and outside of calls too. `Debug` shows the
/// names that are asked for.
///
/// ```
/// use swaig::SignatureRequest;
/// use serde_json::json;
///
/// let request = SignatureRequest::new(json!({"action": "get_signature", "functions": ["send_mfa"]}));
/// assert!(request.asks_for("send_mfa") && !request.asks_for("verify_mfa"));
/// // Who names none asks for all.
/// assert!(SignatureRequest::new(json!({"action": "get_signature"})).asks_for("verify_mfa"));
/// ```
#[derive(Clone)]
pub struct SignatureRequest {
    body: Value,
}

impl SignatureRequest {
    /// Takes a body; one that is not an object asks for all.
    pub fn new(body: Value) -> Self {
        Self { body }
    }

    /// The names that are asked for; none asks for all.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.fields().array("functions").iter().filter_map(Value::as_str)
    }

    /// Whether this function is asked for.
    pub fn asks_for(&self, function: &str) -> bool {
        self.functions().next().is_none() || self.functions().any(|name| name == function)
    }

    fields! { '_;
        /// The `meta_data` of the entry of `includes`.
        meta_data: object;
        /// The token of that `meta_data`.
        meta_data_token: text;
        /// `text/swaig`.
        content_type: text;
        /// `function signature request`.
        content_disposition: text;
        /// The version of the SWAIG protocol: `2.0`.
        version: text;
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

impl std::fmt::Debug for SignatureRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let functions: Vec<_> = self.functions().collect();
        f.debug_struct("SignatureRequest").field("functions", &functions).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_read() {
        let request = SignatureRequest::new(json!({
            "action": "get_signature", "functions": ["send_mfa", 7, "verify_mfa"],
            "meta_data": {"secret": "hunter2"}, "meta_data_token": "mfa", "content_type": "text/swaig",
            "content_disposition": "function signature request", "version": "2.0", "project_id": "p1", "space_id": "e1",
        }));
        assert_eq!(request.functions().collect::<Vec<_>>(), ["send_mfa", "verify_mfa"]);
        assert!(request.asks_for("verify_mfa") && !request.asks_for("other"));
        assert_eq!((request.meta_data_token(), request.version()), (Some("mfa"), Some("2.0")));
        assert_eq!(request.meta_data()["secret"], "hunter2");
        assert_eq!(
            format!("{request:?}"),
            r#"SignatureRequest { functions: ["send_mfa", "verify_mfa"], .. }"#
        );
    }

    #[test]
    fn no_name_asks_for_all() {
        for functions in [json!([]), json!(null), json!("send_mfa"), json!([7])] {
            assert!(SignatureRequest::new(json!({ "functions": functions })).asks_for("send_mfa"));
        }
    }
}
