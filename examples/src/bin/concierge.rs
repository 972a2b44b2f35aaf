//! A digital employee that remembers its callers, hears what happens elsewhere while it talks, and is told when a call
//! begins and ends.
//!
//! ```sh
//! cargo run -p swaig-examples --bin concierge
//! ```

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use swaig::swml::ai::{Language, Prompt};
use swaig::{
    Agent, AgentDefinition, Call, Event, Function, FunctionError, NoArgs, Reply, Setup, SetupError,
    async_trait,
};

fn main() -> ExitCode {
    swaig::main()
}

/// Orders a taxi. The answer of the taxi company comes later, so the caller does not wait for it.
struct OrderTaxi;

#[async_trait]
impl Function for OrderTaxi {
    const NAME: &'static str = "order_taxi";
    const DESCRIPTION: &'static str = "Order a taxi to the hotel";
    type Args = NoArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, _: NoArgs, call: &Call) -> Result<Reply, FunctionError> {
        // The queue outlives this webhook.
        let queue = call.input_queue();
        tokio::spawn(async move {
            // A real program would ask the taxi company here, for as long as it takes.
            let answer = "The taxi company says: the taxi is at the door in five minutes.";
            if let Err(error) = queue.push(answer).await {
                tracing::warn!(%error, "the caller does not hear of the taxi");
            }
        });
        Ok(Reply::text("The taxi is being ordered. Go on; you will hear when it comes."))
    }
}
swaig::register_function!(OrderTaxi);

/// Answers the phone of a hotel.
struct Concierge;

#[async_trait]
impl Agent for Concierge {
    const NAME: &'static str = "concierge";
    const DESCRIPTION: &'static str = "Ada looks after the guests of a hotel";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        let prompt = "You are Ada, the concierge of a small hotel. Help the caller. If an earlier conversation is \
                      known, refer to it. What begins with \"The taxi company says\" is not from the caller: pass it on.";
        AgentDefinition::new(Prompt::text(prompt))
            .language(Language::new("English", "en-US", "elevenlabs.rachel"))
            .function(OrderTaxi::NAME)
            // One conversation for each caller, over all their calls.
            .remember_conversations("${call.from}")
            // Text messages of the caller, and the taxi company's answer.
            .accept_input(Duration::from_secs(2))
            .startup_hook()
            .hangup_hook()
            .summarize_conversation(
                "Note how the call went",
                json!({"type": "object", "properties": {
                    "satisfied": {"type": "boolean", "description": "Whether the caller got what they wanted."},
                }}),
            )
    }

    async fn on_start(&self, _: &Call) -> Result<Reply, FunctionError> {
        Ok(Reply::text("ok").set_global_data("hotel", "Sunrise"))
    }

    async fn on_hangup(&self, call: &Call) -> Result<(), FunctionError> {
        if let Some(reason) = call.request().error_reason() {
            call.broadcast(Event::new("call_back_wanted", json!({"reason": reason})));
        }
        Ok(())
    }

    async fn on_summary(&self, summary: &Value, call: &Call) -> Result<(), FunctionError> {
        if summary.get("satisfied") == Some(&Value::Bool(false)) {
            call.broadcast(Event::new("call_back_wanted", json!({"reason": "the caller was not satisfied"})));
        }
        Ok(())
    }
}
swaig::register_agent!(Concierge);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_caller_who_was_cut_off_or_not_satisfied_is_called_back() {
        let call = Call::test();
        Concierge.on_hangup(&call).await.unwrap();
        Concierge.on_summary(&json!({"satisfied": true}), &call).await.unwrap();
        assert!(call.broadcasts().is_empty());
        Concierge.on_summary(&json!({"satisfied": false}), &call).await.unwrap();
        assert_eq!(call.broadcasts()[0].kind(), "call_back_wanted");
    }

    #[tokio::test]
    async fn the_answer_of_the_taxi_company_is_queued() {
        let call = Call::test();
        let reply = OrderTaxi.call(NoArgs {}, &call).await.unwrap();
        assert!(reply.spoken().contains("being ordered"));
        while call.broadcasts().is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(call.broadcasts()[0].data()["text"].as_str().unwrap().starts_with("The taxi company says"));
    }
}
