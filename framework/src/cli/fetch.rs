//! A document from its URL.

use serde_json::json;
use url::Url;

use super::CliError;
use crate::http::{AddressPolicy, HttpClient, HttpError, HttpReply, shown};

/// Whether the thing to check is an address.
pub(super) fn is_url(name: &str) -> bool {
    let starts = |scheme: &str| name.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme));
    starts("http://") || starts("https://")
}

/// The address without credentials and query, and the text that is there.
pub(super) async fn fetch(address: &str) -> Result<(String, String), CliError> {
    let url = Url::parse(address).map_err(CliError::NotAUrl)?;
    let unreachable = |source| CliError::Unreachable { url: shown(&url), source };
    let reply = ask(&url).await.map_err(unreachable)?;
    Ok((shown(&url), reply.text().map_err(unreachable)?.to_owned()))
}

/// `GET` does nothing to the server and is what files are served by. A server that takes only `POST`, as the platform
/// asks, says so by its status, and is asked like that.
async fn ask(url: &Url) -> Result<HttpReply, HttpError> {
    const ACCEPT: &str = "application/json, application/yaml;q=0.9, */*;q=0.1";
    let client = HttpClient::new(AddressPolicy::AnyAddress);
    let reply = client.get(url).header("accept", ACCEPT).send().await?;
    if reply.status() != 405 {
        return reply.success();
    }
    let body = json!({
        "call": {
            "call_id": "check",
            "node_id": "check",
            "call_state": "created",
            "direction": "inbound",
            "type": "phone",
            "from": "+15551230000",
            "from_number": "+15551230000",
            "to": "+15551230001",
            "to_number": "+15551230001",
        },
        "vars": {},
        "envs": {},
        "params": {},
    });
    client.post(url).header("accept", ACCEPT).json(&body).send().await?.success()
}
