//! Whatever does not fit together is refused at start-up, with its places.

use super::*;
use crate::swml::ai::{Context, ContextStep, Contexts, DataMap, Output, Prompt};
use crate::{Agent, Call, Function, FunctionError, Reply, SetupError, async_trait};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct NoArguments {}

/// A function of this name with these arguments, that needs a setting.
macro_rules! function {
    ($type:ident, $name:literal, $arguments:ty) => {
        struct $type;
        #[async_trait]
        impl Function for $type {
            const NAME: &'static str = $name;
            const DESCRIPTION: &'static str = "A test";
            type Args = $arguments;
            fn build(setup: &Setup) -> Result<Self, SetupError> {
                setup.require("NEEDED").map(|_| Self)
            }
            async fn call(&self, _: $arguments, _: &Call) -> Result<Reply, FunctionError> {
                Ok(Reply::text("done"))
            }
        }
    };
}

/// An agent of this name with this definition.
macro_rules! agent_with {
    ($type:ident, $name:literal, $definition:expr) => {
        struct $type;
        impl Agent for $type {
            const NAME: &'static str = $name;
            fn build(_: &Setup) -> Result<Self, SetupError> {
                Ok(Self)
            }
            fn define(&self) -> AgentDefinition {
                $definition
            }
        }
    };
}

/// An agent of this name that mounts these functions and names these in a step.
macro_rules! agent {
    ($type:ident, $name:literal, [$($mounted:literal),*], [$($in_step:literal),*]) => {
        agent_with!($type, $name, with_step(&[$($in_step),*])$(.function($mounted))*);
    };
}

/// A definition with one step, which names these functions.
fn with_step(functions: &[&str]) -> AgentDefinition {
    let step = ContextStep::text("only", "Help.").functions(functions.iter().copied());
    AgentDefinition::new(Prompt::text("Hello").contexts(Contexts::new(Context::new([step]))))
}

fn load(functions: &[FunctionRegistration], agents: &[AgentRegistration]) -> Result<Registry, String> {
    Registry::of(functions, agents, &Setup::test([("X", "y")])).map_err(|error| error.to_string())
}

#[track_caller]
fn assert_refused(functions: &[FunctionRegistration], agents: &[AgentRegistration], expected: &[&str]) {
    let Err(error) = load(functions, agents) else { panic!("it was accepted") };
    for part in expected {
        assert!(error.contains(part), "{part} is not in: {error}");
    }
}

#[test]
fn a_clash_names_type_crate_file_and_line_of_both() {
    function!(First, "pay", NoArguments);
    function!(Second, "pay", NoArguments);
    let first = FunctionRegistration::of::<First>("bank", "src/first.rs", 7);
    let second = FunctionRegistration::of::<Second>("shop", "src/second.rs", 9);
    assert_refused(
        &[first, second],
        &[],
        &[
            "two functions are named \"pay\"",
            "First (crate bank, src/first.rs:7)",
            "Second (crate shop, src/second.rs:9)",
        ],
    );
    agent!(One, "desk", [], []);
    let one = AgentRegistration::of::<One>("a", "a.rs", 1);
    assert_refused(&[], &[one, one], &["two agents are named \"desk\"", "a.rs:1"]);
}

#[test]
fn names_that_are_reserved_or_no_names_are_refused_all_at_once() {
    function!(Hook, "startup_hook", NoArguments);
    function!(Dash, "send-mfa", NoArguments);
    agent!(Health, "health", [], []);
    assert_refused(
        &[FunctionRegistration::of::<Hook>("a", "h.rs", 1), FunctionRegistration::of::<Dash>("a", "d.rs", 2)],
        &[AgentRegistration::of::<Health>("a", "g.rs", 3)],
        &[
            "\"startup_hook\" of",
            "reserved",
            "\"send-mfa\" of",
            "starts with a letter",
            "the agent name \"health\"",
        ],
    );
}

#[test]
fn a_function_without_time_or_places_or_with_too_much_time_is_refused() {
    macro_rules! bounded {
        ($type:ident, $name:literal, $deadline:expr, $most:expr) => {
            struct $type;
            #[async_trait]
            impl Function for $type {
                const NAME: &'static str = $name;
                const DESCRIPTION: &'static str = "A test";
                const DEADLINE: Duration = $deadline;
                const MAX_CONCURRENT: Option<usize> = $most;
                type Args = NoArguments;
                fn build(_: &Setup) -> Result<Self, SetupError> {
                    Ok(Self)
                }
                async fn call(&self, _: NoArguments, _: &Call) -> Result<Reply, FunctionError> {
                    Ok(Reply::text("done"))
                }
            }
        };
    }
    bounded!(Longest, "longest", Duration::from_secs(9), Some(1));
    bounded!(TooLong, "too_long", Duration::from_millis(9001), None);
    bounded!(Zero, "zero", Duration::ZERO, None);
    bounded!(Never, "never", Duration::from_secs(1), Some(0));
    let longest = FunctionRegistration::of::<Longest>("a", "l.rs", 1);
    assert!(load(&[longest], &[]).is_ok());
    let others = [
        FunctionRegistration::of::<TooLong>("a", "t.rs", 2),
        FunctionRegistration::of::<Zero>("a", "z.rs", 3),
        FunctionRegistration::of::<Never>("a", "n.rs", 4),
    ];
    assert_refused(
        &others,
        &[],
        &[
            "the function \"too_long\"",
            "t.rs:2), has a DEADLINE of 9.001s: it must be more than zero and at most 9s",
            "z.rs:3), has a DEADLINE of 0ns",
            "n.rs:4), has a MAX_CONCURRENT of 0",
        ],
    );
}

#[test]
fn an_agent_can_only_mount_and_name_what_is_there() {
    function!(Known, "known", NoArguments);
    agent!(Lost, "lost", ["unknwon", "known", "known"], ["known", "elsewhere"]);
    assert_refused(
        &[FunctionRegistration::of::<Known>("a", "k.rs", 1)],
        &[AgentRegistration::of::<Lost>("a", "l.rs", 2)],
        &[
            "mounts the function \"unknwon\", which is not registered (registered: known)",
            "mounts two functions named \"known\"",
        ],
    );
    agent!(Astray, "astray", ["known"], ["known", "elsewhere"]);
    assert_refused(
        &[FunctionRegistration::of::<Known>("a", "k.rs", 1)],
        &[AgentRegistration::of::<Astray>("a", "s.rs", 3)],
        &[
            "\"astray\"",
            "s.rs:3",
            "/sections/main/1/ai/prompt/contexts/default/steps/0/functions/1",
            "elsewhere",
        ],
    );
}

fn by_itself(name: &str) -> DataMapFunction {
    DataMapFunction::new(name, "A test", DataMap::new().output(Output::text("done")))
}

fn hello() -> AgentDefinition {
    AgentDefinition::new(Prompt::text("Hello"))
}

#[test]
fn a_function_that_the_platform_runs_clashes_with_its_neighbours_and_both_places_are_named() {
    function!(Known, "known", NoArguments);
    const LINE: u32 = line!();
    agent_with!(Both, "both", {
        let one = hello().function("known");
        one.function(by_itself("other")).function(by_itself("known"))
    });
    let (first, second) =
        (format!("registry/tests.rs:{})", LINE + 2), format!("registry/tests.rs:{})", LINE + 3));
    assert_refused(
        &[FunctionRegistration::of::<Known>("a", "k.rs", 1)],
        &[AgentRegistration::of::<Both>("a", "b.rs", 2)],
        &["the agent \"both\" mounts two functions named \"known\"", "Both (crate a, ", &first, &second],
    );
}

#[test]
fn a_function_that_the_platform_runs_needs_a_name_arguments_and_a_data_map() {
    #[derive(schemars::JsonSchema)]
    struct Node {
        #[expect(dead_code, reason = "only its type matters")]
        next: Option<Box<Node>>,
    }
    agent_with!(
        Wrong,
        "wrong",
        hello()
            .function(by_itself("next_step"))
            .function(by_itself("no-name"))
            .function(by_itself("deep").arguments::<Node>())
    );
    assert_refused(
        &[],
        &[AgentRegistration::of::<Wrong>("a", "w.rs", 2)],
        &[
            "the function name \"next_step\" of ",
            "is reserved",
            "the function name \"no-name\" of ",
            "is not valid",
            "the arguments of the function \"deep\", ",
            "recursive",
            "Wrong (crate a, ",
            "registry/tests.rs:",
        ],
    );
    agent_with!(Empty, "empty", hello().function(DataMapFunction::new("a", "A", DataMap::new())));
    assert_refused(
        &[],
        &[AgentRegistration::of::<Empty>("a", "e.rs", 2)],
        &["\"empty\"", "/sections/main/1/ai/SWAIG/functions/0/data_map", "is empty"],
    );
}

#[test]
fn a_step_may_name_a_function_that_the_platform_runs_and_no_function_of_its_name_is_built() {
    function!(Namesake, "lookup", NoArguments);
    agent_with!(Steps, "steps", with_step(&["lookup"]).function(by_itself("lookup")));
    let functions = [FunctionRegistration::of::<Namesake>("a", "n.rs", 1)];
    let setup = Setup::test([("X", "y")]);
    let agents = [AgentRegistration::of::<Steps>("a", "s.rs", 1)];
    let mut registry = Registry::of(&functions, &agents, &setup).unwrap();
    // It would need a setting that is not there.
    assert!(registry.build_functions(&setup).is_ok());
}

#[test]
fn a_recursive_type_is_refused_with_the_function_that_has_it() {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct Node {
        #[expect(dead_code, reason = "only its type matters")]
        next: Option<Box<Node>>,
    }
    function!(Walk, "walk", Node);
    assert_refused(
        &[FunctionRegistration::of::<Walk>("a", "w.rs", 1)],
        &[],
        &["\"walk\"", "w.rs:1", "recursive"],
    );
}

#[test]
fn only_mounted_functions_are_built_and_a_missing_setting_is_named() {
    function!(Idle, "idle", NoArguments);
    function!(Used, "used", NoArguments);
    agent!(Bare, "bare", [], []);
    agent!(Busy, "busy", ["used"], []);
    let functions =
        [FunctionRegistration::of::<Idle>("a", "i.rs", 1), FunctionRegistration::of::<Used>("a", "u.rs", 2)];
    let agents =
        [AgentRegistration::of::<Bare>("a", "b.rs", 3), AgentRegistration::of::<Busy>("a", "c.rs", 4)];
    let setup = Setup::test([("X", "y")]);
    let mut registry = Registry::of(&functions, &agents[..1], &setup).unwrap();
    assert!(registry.build_functions(&setup).is_ok());
    let mut registry = Registry::of(&functions, &agents, &setup).unwrap();
    let error = registry.build_functions(&setup).unwrap_err().to_string();
    assert!(error.contains("\"used\"") && error.contains("NEEDED is missing"), "{error}");
    assert!(!error.contains("idle"), "{error}");
    let setup = Setup::test([("NEEDED", "y")]);
    assert!(registry.build_functions(&setup).is_ok());
}

/// An agent that includes functions of another server.
macro_rules! including {
    ($type:ident, $name:literal, $url:literal, [$($included:literal),*]) => {
        agent_with!($type, $name, {
            let theirs = RemoteFunctions::new($url).functions(Vec::<String>::from([$($included.to_owned()),*]));
            with_step(&[$($included),*]).function("lookup").include(theirs)
        });
    };
}

#[test]
fn includes_are_checked_without_asking_anybody() {
    function!(Lookup, "lookup", NoArguments);
    including!(Fine, "fine", "http://127.0.0.1:1/swaig", ["theirs", "more"]);
    including!(Clash, "clash", "https://u:hunter2@example.com/swaig", ["lookup"]);
    including!(Hook, "hook", "https://example.com/swaig", ["hangup_hook"]);
    including!(Nothing, "nothing", "https://example.com/swaig", []);
    including!(Lost, "lost", "u:hunter2@example.com", ["theirs"]);
    let functions = [FunctionRegistration::of::<Lookup>("mine", "lookup.rs", 7)];
    let agent = |registration| [registration];
    let fine = load(&functions, &agent(AgentRegistration::of::<Fine>("mine", "fine.rs", 1))).unwrap();
    assert_eq!(fine.agent("fine").unwrap().definition.function_names(), ["lookup", "theirs", "more"]);
    for (registration, expected) in [
        (
            AgentRegistration::of::<Clash>("mine", "clash.rs", 1),
            "https://example.com/swaig: the agent has a function \"lookup\"",
        ),
        (AgentRegistration::of::<Hook>("mine", "hook.rs", 1), "\"hangup_hook\" is reserved"),
        (AgentRegistration::of::<Nothing>("mine", "nothing.rs", 1), "no function is named"),
        (AgentRegistration::of::<Lost>("mine", "lost.rs", 1), "not one of the web"),
    ] {
        assert_refused(&functions, &agent(registration), &[expected, "(crate mine, "]);
        assert!(!load(&functions, &agent(registration)).map(drop).unwrap_err().contains("hunter2"));
    }
}

agent_with!(OnDemand, "on_demand", AgentDefinition::new(Prompt::text("x")));

#[test]
fn an_agent_on_request_is_served_where_it_is_named() {
    agent_with!(Always, "always", AgentDefinition::new(Prompt::text("x")));
    let mut on_demand = AgentRegistration::of::<OnDemand>("tests", file!(), line!());
    on_demand.on_request = true;
    let agents = [AgentRegistration::of::<Always>("tests", file!(), line!()), on_demand];
    let served = |setting: &str| {
        let registry = Registry::of([], &agents, &Setup::test([("SWAIG_AGENTS", setting)]));
        registry.map(|registry| registry.agents().map(|agent| agent.name.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(served("").unwrap(), ["always"]);
    assert_eq!(served("on_demand").unwrap(), ["on_demand"]);
    assert_eq!(served(" on_demand , always ").unwrap(), ["always", "on_demand"]);
    assert_eq!(served("all").unwrap(), ["always", "on_demand"]);
    let error = served("always,nobody").unwrap_err().to_string();
    assert!(
        error.contains("names the agent \"nobody\", and there is none; agents: always, on_demand, or all"),
        "{error}"
    );
}
