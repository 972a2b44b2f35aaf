//! What a directory says of the caller's number: `lookup_caller`.
//!
//! [`LookupCaller`] asks SignalWire's number lookup for the number that the caller calls from, and for no other. What it
//! finds says whose number it is, and not who is calling: numbers can be faked. In the sandbox the facts are made up.

mod facts;
mod kept;

use std::sync::Arc;

use swaig::setup::SignalWire;
use swaig::{
    Call, Effect, Function, FunctionError, Limit, LimitError, NoArgs, PhoneNumber, Reply, Setup, SetupError,
    async_trait,
};

use crate::counting::{HOUR, count};
use crate::rest::{Rest, RestError};

pub use facts::NumberFacts;
use kept::Kept;

const INCLUDE: &str = "LOOKUP_INCLUDE";
const PER_HOUR: &str = "LOOKUP_PER_AGENT_HOUR";
/// Name and carrier. Both are billed.
const EVERYTHING: &str = "carrier,cnam";

/// Says what is known of the caller's number: a name, a carrier, the kind of line, a place.
///
/// ```
/// use swaig::{Call, Function as _, NoArgs, Setup};
/// use swaig_functions::lookup::LookupCaller;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let function = LookupCaller::build(&Setup::test([("LOOKUP_INCLUDE", "carrier")])).unwrap();
/// let reply = function.call(NoArgs {}, &Call::test().with_caller("+15551230000")).await.unwrap();
/// assert!(reply.spoken().contains("made up"));
/// # }
/// ```
pub struct LookupCaller {
    /// `None` in the sandbox.
    api: Option<Rest>,
    include: String,
    per_hour: u32,
    kept: Kept,
}

#[async_trait]
impl Function for LookupCaller {
    const NAME: &'static str = "lookup_caller";
    const DESCRIPTION: &'static str = "Look up what a directory says of the number that the caller calls from: a name, the kind of line, a place";
    const EFFECT: Effect = Effect::None;
    const SETTINGS: &'static [(&'static str, &'static str)] = &[
        (
            INCLUDE,
            "what lookup_caller asks for beside the number's form: carrier, cnam (the name), both, or none; each is billed [default: carrier,cnam]",
        ),
        (PER_HOUR, "numbers that one agent looks up within an hour; 0: no limit [default: 600]"),
    ];
    type Args = NoArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        let include = setup.setting(INCLUDE).unwrap_or_else(|| EVERYTHING.to_owned());
        let include: Vec<&str> = include.split(',').map(str::trim).filter(|it| *it != "none").collect();
        if !include.iter().all(|it| matches!(*it, "carrier" | "cnam")) {
            return Err(SetupError::invalid(INCLUDE, &"expected carrier, cnam, carrier,cnam or none"));
        }
        let api = match setup.signalwire() {
            SignalWire::Live(account) => Some(Rest::new("lookup", account)),
            SignalWire::Sandbox => None,
        };
        let per_hour = count(setup, PER_HOUR, 600)?;
        Ok(Self { api, include: include.join(","), per_hour, kept: Kept::default() })
    }

    async fn call(&self, _: NoArgs, call: &Call) -> Result<Reply, FunctionError> {
        let Some(number) = call.caller().phone() else {
            return Ok(Reply::text("The caller's number is not shown, so nothing is known of it."));
        };
        let facts = match self.kept.get(number) {
            Some(facts) => facts,
            None => self.facts(number, call).await?,
        };
        Ok(Reply::text(facts.spoken()))
    }
}
swaig::register_function!(LookupCaller);

impl LookupCaller {
    async fn facts(&self, number: &PhoneNumber, call: &Call) -> Result<Arc<NumberFacts>, FunctionError> {
        let Some(api) = &self.api else { return Ok(Arc::new(NumberFacts::made_up())) };
        let away = "The number cannot be looked up now. Go on without it, and do not mention it.";
        // Each number costs money. One whose directory answered is kept for a day.
        let limit = Limit::new("lookup_per_agent_hour", self.per_hour, HOUR).of(call.agent());
        let permit = call.limits().take(&[limit]).await.map_err(|error| match error {
            LimitError::Reached(_) => FunctionError::new(away),
            error => FunctionError::new(away).caused_by(error),
        })?;
        match self.ask(api, number, call).await {
            Ok(facts) => {
                let facts = Arc::new(facts);
                self.kept.put(number, &facts);
                Ok(facts)
            }
            Err(error) => {
                if !error.effect_unknown() {
                    permit.give_back().await;
                }
                Err(FunctionError::new(away).caused_by(error))
            }
        }
    }

    async fn ask(&self, api: &Rest, number: &PhoneNumber, call: &Call) -> Result<NumberFacts, RestError> {
        let path = ["api", "relay", "rest", "lookup", "phone_number", number.expose()];
        let query = if self.include.is_empty() { None } else { Some(format!("include={}", self.include)) };
        api.get(call, &path, query.as_deref()).await?.json().map_err(|error| api.unreadable(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::stand_in;

    const ANSWER: &str = r#"{"country_code":"US","location":"Austin, TX","valid_number":true,"number_type":"wireless",
        "carrier":{"lec":"ACME WIRELESS","linetype":"wireless","city":"AUSTIN","state":"TX"},"cnam":{"caller_id":"DOE JANE"}}"#;

    fn call() -> Call {
        Call::test().with_caller("+15551230000")
    }

    #[tokio::test]
    async fn a_number_is_asked_for_once_a_day() {
        let (setup, asked) = stand_in::settings(200, ANSWER, &[]).await;
        let function = LookupCaller::build(&setup).unwrap();
        for _ in 0..3 {
            let reply = function.call(NoArgs {}, &call()).await.unwrap();
            assert!(reply.spoken().contains("\"DOE JANE\""), "{}", reply.spoken());
        }
        let asked = asked.all();
        assert_eq!(asked.len(), 1);
        let line = "GET /api/relay/rest/lookup/phone_number/+15551230000?include=carrier,cnam HTTP/1.1\r\n";
        assert!(asked[0].starts_with(line), "{}", asked[0]);
        let reply = function.call(NoArgs {}, &Call::test()).await.unwrap();
        assert!(reply.spoken().contains("not shown"));
    }

    #[tokio::test]
    async fn a_directory_that_fails_does_not_hold_the_call_up() {
        for (status, body) in [(500, ""), (404, ""), (401, ""), (200, "<html>")] {
            let (setup, _asked) = stand_in::settings(status, body, &[]).await;
            let function = LookupCaller::build(&setup).unwrap();
            let error = function.call(NoArgs {}, &call()).await.unwrap_err();
            assert!(error.reply().unwrap().spoken().contains("Go on without it"), "{error:?}");
            assert!(!format!("{error:?}").contains("555"), "{error:?}");
        }
    }

    #[tokio::test]
    async fn it_costs_no_more_than_was_allowed() {
        let more = [("LOOKUP_PER_AGENT_HOUR", "1"), ("LOOKUP_INCLUDE", "none")];
        let (setup, asked) = stand_in::settings(200, ANSWER, &more).await;
        let function = LookupCaller::build(&setup).unwrap();
        let call = call();
        function.call(NoArgs {}, &call).await.unwrap();
        let other = call.with_caller("+15559990000");
        assert!(function.call(NoArgs {}, &other).await.is_err());
        assert!(asked.all()[0].starts_with("GET /api/relay/rest/lookup/phone_number/+15551230000 HTTP"));
    }

    #[test]
    fn what_is_included_is_one_of_the_two() {
        for wrong in ["name", "carrier;cnam", "carrier,"] {
            let error = LookupCaller::build(&Setup::test([("LOOKUP_INCLUDE", wrong)])).err().unwrap();
            assert!(error.to_string().contains("expected carrier"), "{error}");
        }
    }
}
