//! What hangs takes its own places, and nobody else's.

use futures_util::future::join_all;
use tokio::sync::Notify;

use super::super::target::BUSY;
use super::*;
use crate::call::DEADLINE;

macro_rules! agent_with_slow {
    ($type:ident, $name:literal) => {
        struct $type;

        impl Agent for $type {
            const NAME: &'static str = $name;

            fn build(_: &Setup) -> Result<Self, SetupError> {
                Ok(Self)
            }

            fn define(&self) -> AgentDefinition {
                AgentDefinition::new(Prompt::text("Test")).function("slow").function("lookup")
            }
        }
        crate::register_agent!($type);
    };
}
agent_with_slow!(East, "east");
agent_with_slow!(West, "west");

/// Waits for an upstream that hangs until it is woken.
struct Slow(Notify);

#[async_trait]
impl Function for Slow {
    const NAME: &'static str = "slow";
    const DESCRIPTION: &'static str = "Waits";
    const MAX_CONCURRENT: Option<usize> = Some(3);
    type Args = crate::NoArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self(Notify::new()))
    }

    async fn call(&self, _: crate::NoArgs, call: &Call) -> Result<Reply, FunctionError> {
        if call.call_id() != "quick" {
            self.0.notified().await;
        }
        Ok(Reply::text("done"))
    }
}
crate::register_function!(Slow);

/// Has as many places as the setting says.
struct Lookup;

#[async_trait]
impl Function for Lookup {
    const NAME: &'static str = "lookup";
    const DESCRIPTION: &'static str = "Waits for ever";
    const EFFECT: Effect = Effect::None;
    type Args = crate::NoArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, _: crate::NoArgs, _: &Call) -> Result<Reply, FunctionError> {
        std::future::pending().await
    }
}
crate::register_function!(Lookup);

async fn ask(app: &Arc<App>, agent: &str, call_id: &str, function: &str) -> String {
    let request = FunctionRequest::from_value(json!({"function": function, "call_id": call_id})).unwrap();
    let reply = dispatch(app, app.registry.agent(agent).unwrap(), agent.into(), request).await;
    let reply: Value = serde_json::from_slice(&reply).unwrap();
    reply["response"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_the_places_hear_busy_at_once_and_other_agents_and_functions_go_on() {
    let app = app();
    let started = Instant::now();
    let hanging: Vec<_> = ["a", "b", "c"].map(|call| tokio::spawn(hang(app.clone(), call))).into();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ask(&app, "east", "d", "slow").await, BUSY);
    // The one that is under way is waited for, and takes no second place.
    let repeated = tokio::spawn(hang(app.clone(), "a"));
    assert_eq!(ask(&app, "west", "quick", "slow").await, "done");
    assert_eq!(started.elapsed(), Duration::from_secs(1));
    for call in hanging {
        assert_eq!(call.await.unwrap(), TOO_LONG);
    }
    assert_eq!(repeated.await.unwrap(), TOO_LONG);
    assert_eq!(started.elapsed(), DEADLINE);
    // Nothing was remembered of the call that had no place.
    assert_eq!(ask(&app, "east", "d", "slow").await, TOO_LONG);
    let events = app.store.after("east", 0, 100).await.unwrap();
    let texts: Vec<_> = events.iter().map(|event| String::from_utf8_lossy(&event.json)).collect();
    let busy: Vec<_> = texts.iter().filter(|text| text.contains("too many calls")).collect();
    assert!(busy.len() == 1 && busy[0].contains("function_refused") && busy[0].contains("\"d\""), "{busy:?}");
}

async fn hang(app: Arc<App>, call_id: &str) -> String {
    ask(&app, "east", call_id, "slow").await
}

#[tokio::test(start_paused = true)]
async fn the_setting_is_for_functions_that_say_nothing_themselves() {
    let setup = Setup::test([("SWAIG_MAX_CONCURRENT_CALLS", "2")]);
    let app = App::build(setup, &Url::parse("http://127.0.0.1:1").unwrap()).unwrap();
    let replies = join_all((0..5).map(|_| ask(&app, "east", "c1", "lookup"))).await;
    assert_eq!(replies, [TOO_LONG, TOO_LONG, BUSY, BUSY, BUSY]);
    for wrong in ["0", "many", "1000001"] {
        let setup = Setup::test([("SWAIG_MAX_CONCURRENT_CALLS", wrong)]);
        let error = App::build(setup, &Url::parse("http://127.0.0.1:1").unwrap()).map(drop).unwrap_err();
        assert!(error.to_string().contains("SWAIG_MAX_CONCURRENT_CALLS is not valid"), "{error}");
    }
}
