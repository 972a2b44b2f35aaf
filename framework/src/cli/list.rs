//! `list`: what this program holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::args::{Format, List};
use super::{CliError, print};
use crate::DataMapFunction;
use crate::function::FunctionRegistration;
use crate::registry::{RegisteredAgent, Registry};
use crate::setup::Setup;

pub(super) fn run(setup: &Setup, args: &List) -> Result<(), CliError> {
    let registry = Registry::load(setup)?;
    match args.format {
        Format::Json => print(&serde_json::to_string_pretty(&as_json(&registry))?),
        Format::Text => print(as_text(&registry).trim_end()),
    }
    Ok(())
}

fn as_json(registry: &Registry) -> Value {
    let agents: Vec<_> = registry
        .agents()
        .map(|agent| {
            json!({
                "name": &*agent.name,
                "description": agent.registration.description,
                "functions": agent.definition.mounts().iter().map(crate::Mount::name).collect::<Vec<_>>(),
                "data_map_functions": data_maps(agent)
                    .map(|function| json!({"name": function.name(), "description": function.description()}))
                    .collect::<Vec<_>>(),
                "includes": agent.definition.includes().iter().map(|include| {
                    json!({"url": include.shown(), "functions": include.names()})
                }).collect::<Vec<_>>(),
                "defined_at": agent.registration.origin.to_string(),
            })
        })
        .collect();
    let functions: Vec<_> = registry
        .functions()
        .map(|function| {
            json!({
                "name": function.registration.name,
                "description": function.registration.description,
                "parameters": function.parameters.to_json(),
                "runs": function.registration.effect.to_string(),
                "deadline_ms": u64::try_from(function.registration.deadline.as_millis()).unwrap_or(u64::MAX),
                "max_concurrent": function.registration.max_concurrent,
                "settings": function.registration.settings.iter().copied().collect::<BTreeMap<_, _>>(),
                "defined_at": function.registration.origin.to_string(),
            })
        })
        .collect();
    let not_served: Vec<_> = registry
        .not_chosen()
        .iter()
        .map(|agent| {
            json!({"name": agent.name, "description": agent.description, "defined_at": agent.origin.to_string()})
        })
        .collect();
    json!({"agents": agents, "not_served": not_served, "functions": functions})
}

/// The functions that the platform runs by itself.
fn data_maps(agent: &RegisteredAgent) -> impl Iterator<Item = &DataMapFunction> {
    agent.definition.mounts().iter().filter_map(crate::Mount::data_map)
}

fn as_text(registry: &Registry) -> String {
    let mut text = String::from("agents\n");
    // Writing to a string cannot fail.
    for agent in registry.agents() {
        let functions: Vec<_> = agent.definition.mounts().iter().map(crate::Mount::name).collect();
        let functions = if functions.is_empty() { "none".to_owned() } else { functions.join(", ") };
        let _ = writeln!(text, "  {}  {}", agent.name, agent.registration.description);
        let _ = writeln!(text, "      functions: {functions}");
        for function in data_maps(agent) {
            let _ = writeln!(
                text,
                "      {} (run by SignalWire, data_map): {}",
                function.name(),
                function.description()
            );
        }
        for include in agent.definition.includes() {
            let _ = writeln!(text, "      includes: {} of {}", include.names().join(", "), include.shown());
        }
        let _ = writeln!(text, "      defined at: {}", agent.registration.origin);
    }
    for agent in registry.not_chosen() {
        let _ = writeln!(text, "  {}  {}", agent.name, agent.description);
        let _ = writeln!(text, "      not served: name it in SWAIG_AGENTS");
        let _ = writeln!(text, "      defined at: {}", agent.origin);
    }
    text.push_str("\nfunctions\n");
    for function in registry.functions() {
        let _ = writeln!(text, "  {}  {}", function.registration.name, function.registration.description);
        for (name, required, description) in function.parameters.properties() {
            let need = if required { "required" } else { "optional" };
            let _ = writeln!(text, "      {name} ({need}): {}", description.unwrap_or("-"));
        }
        let _ = writeln!(text, "      runs: {}", in_words(&function.registration));
        for (name, meaning) in function.registration.settings {
            let _ = writeln!(text, "      {name}: {meaning}");
        }
        let _ = writeln!(text, "      defined at: {}", function.registration.origin);
    }
    text
}

/// How often it runs, for how long, and how many times at once.
fn in_words(function: &FunctionRegistration) -> String {
    let mut text = format!("{}, for {} seconds at most", function.effect, function.deadline.as_secs_f64());
    if let Some(most) = function.max_concurrent {
        let _ = write!(text, ", {most} at once for an agent");
    }
    text
}
