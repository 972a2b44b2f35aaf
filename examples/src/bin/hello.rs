//! The smallest digital employee: one agent and one function, in one file to copy.
//!
//! ```sh
//! cargo run -p swaig-examples --bin hello
//! ```

use std::process::ExitCode;

use schemars::JsonSchema;
use serde::Deserialize;
use swaig::swml::ai::{Language, Prompt};
use swaig::{
    Agent, AgentDefinition, Call, Effect, Function, FunctionError, Reply, Setup, SetupError, async_trait,
};

fn main() -> ExitCode {
    swaig::main()
}

/// Knows when the bakery is open.
struct OpeningHours;

/// What the model has to say to ask for them. The comments on the fields are its instructions.
#[derive(Deserialize, JsonSchema)]
struct OpeningHoursArgs {
    /// The day that the caller asks about; weekday is Monday to Friday.
    day: Day,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Day {
    Weekday,
    Saturday,
    Sunday,
}

#[async_trait]
impl Function for OpeningHours {
    const NAME: &'static str = "opening_hours";
    const DESCRIPTION: &'static str = "Look up when the bakery is open";
    // It changes nothing, so a repeated call may run again.
    const EFFECT: Effect = Effect::None;
    type Args = OpeningHoursArgs;

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    async fn call(&self, args: OpeningHoursArgs, _: &Call) -> Result<Reply, FunctionError> {
        Ok(Reply::text(match args.day {
            Day::Weekday => "The bakery is open from 7 to 18 o'clock",
            Day::Saturday => "The bakery is open from 8 to 14 o'clock",
            Day::Sunday => "The bakery is closed. Offer to take an order for another day.",
        }))
    }
}
swaig::register_function!(OpeningHours);

/// Answers the phone of a bakery.
struct Hello;

impl Agent for Hello {
    const NAME: &'static str = "hello";
    const DESCRIPTION: &'static str = "Ada answers the phone of a bakery";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        let prompt = "You are Ada and answer the phone of a small bakery. Greet the caller, and say when the \
                      bakery is open if they ask. Use opening_hours for that; never guess.";
        AgentDefinition::new(Prompt::text(prompt).temperature(0.3))
            .language(Language::new("English", "en-US", "elevenlabs.rachel"))
            .function(OpeningHours::NAME)
    }
}
swaig::register_agent!(Hello);

#[cfg(test)]
mod tests {
    use swaig::function::Parameters;

    use super::*;

    async fn ask(day: Day) -> String {
        let reply = OpeningHours.call(OpeningHoursArgs { day }, &Call::test()).await.unwrap();
        reply.spoken().to_owned()
    }

    #[tokio::test]
    async fn every_day_has_an_answer() {
        assert!(ask(Day::Weekday).await.ends_with("from 7 to 18 o'clock"));
        assert!(ask(Day::Saturday).await.ends_with("from 8 to 14 o'clock"));
        assert!(ask(Day::Sunday).await.contains("closed"));
    }

    #[test]
    fn the_model_is_told_which_days_there_are() {
        let parameters = Parameters::of::<OpeningHoursArgs>().unwrap().to_json();
        let day = &parameters["properties"]["day"];
        assert_eq!(day["enum"], serde_json::json!(["weekday", "saturday", "sunday"]));
        let description = "The day that the caller asks about; weekday is Monday to Friday.";
        assert_eq!(day["description"], description);
    }

    #[test]
    fn the_agent_mounts_its_function() {
        let definition = Hello.define();
        let mounts: Vec<_> = definition.mounts().iter().map(swaig::Mount::name).collect();
        assert_eq!(mounts, ["opening_hours"]);
    }
}
