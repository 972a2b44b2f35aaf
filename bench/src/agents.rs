//! The agents that are measured.
//!
//! `fixed` has a document that is the same for all calls; `personal` changes it for each call, and gives it URLs for
//! that call; `shop` has a function with typed arguments and one action; `slow` has one that waits a second.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use swaig::swml::ai::{Language, Params, PomSection, Prompt};
use swaig::{
    Agent, AgentDefinition, Call, Function, FunctionError, IncomingCall, NoArgs, Reply, Setup, SetupError,
    async_trait,
};

struct Order;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Size {
    Small,
    Large,
}

#[derive(Deserialize, JsonSchema)]
struct OrderArgs {
    /// What is ordered.
    #[schemars(length(min = 1, max = 100))]
    dish: String,
    /// How many.
    #[schemars(range(min = 1, max = 20))]
    count: u8,
    /// How large.
    size: Option<Size>,
}

#[async_trait]
impl Function for Order {
    const NAME: &'static str = "order";
    const DESCRIPTION: &'static str = "Take an order";
    type Args = OrderArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, args: OrderArgs, _: &Call) -> Result<Reply, FunctionError> {
        let size = if matches!(args.size, Some(Size::Large)) { "large" } else { "small" };
        Ok(Reply::text(format!("{} {size} {} ordered", args.count, args.dish))
            .set_meta_data("ordered", args.count))
    }
}
swaig::register_function!(Order);

struct Wait;

#[async_trait]
impl Function for Wait {
    const NAME: &'static str = "wait";
    const DESCRIPTION: &'static str = "Wait for a slow service";
    type Args = NoArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, _: NoArgs, _: &Call) -> Result<Reply, FunctionError> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Reply::text("done"))
    }
}
swaig::register_function!(Wait);

fn definition() -> AgentDefinition {
    let prompt = Prompt::pom([
        PomSection::new("Role").body("You are Ada and take orders for a restaurant."),
        PomSection::new("Rules").bullets([
            "Ask one thing at a time.",
            "Say an order back before it is placed.",
            "Never promise a time of delivery.",
        ]),
    ]);
    AgentDefinition::new(prompt.temperature(0.3))
        .language(Language::new("English", "en-US", "elevenlabs.rachel"))
        .params(Params::new().ai_name("Ada").end_of_speech_timeout(Duration::from_millis(1200)))
        .hint("order")
        .function(Order::NAME)
}

/// An agent with this name, definition, and change for a call.
macro_rules! agent {
    ($type:ident, $name:literal, $definition:expr, $for_call:expr) => {
        struct $type;

        #[async_trait]
        impl Agent for $type {
            const NAME: &'static str = $name;

            fn build(_: &Setup) -> Result<Self, SetupError> {
                Ok(Self)
            }

            fn define(&self) -> AgentDefinition {
                $definition
            }

            async fn for_call(&self, definition: AgentDefinition, call: &IncomingCall) -> AgentDefinition {
                let change: fn(AgentDefinition, &IncomingCall) -> AgentDefinition = $for_call;
                change(definition, call)
            }
        }
        swaig::register_agent!($type);
    };
}

agent!(Fixed, "fixed", definition(), |definition, _| definition);
agent!(Personal, "personal", definition().call_tokens(), |definition, call| {
    let greeting = format!("The caller is {}.", call.caller());
    definition.ai(|ai| ai.global_data([("greeting", greeting)]))
});
agent!(Shop, "shop", definition(), |definition, _| definition);
agent!(Slow, "slow", AgentDefinition::new(Prompt::text("Wait.")).function(Wait::NAME), |definition, _| {
    definition
});

/// Has them linked into whoever calls it.
pub const fn link() {}
