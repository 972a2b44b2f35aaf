//! The arguments of a function as options of `call`, made from its schema: `call mfa verify_mfa --token 123456`.

use std::ffi::OsString;

use clap::{Arg, ArgAction, CommandFactory as _, FromArgMatches as _};
use serde_json::Value;

use super::args::{Cli, Command};
use crate::function::FunctionRegistration;
use crate::platform::{kind, typed};

/// Reads the command line; `--help` and mistakes end the program here.
pub(super) fn parse() -> Cli {
    match read(std::env::args_os().collect()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    }
}

fn read(words: Vec<OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let properties = function(&words).map(properties).unwrap_or_default();
    if !properties.is_empty() {
        command = command.mut_subcommand("call", |call| with_options(call, &properties));
    }
    let matches = command.clone().try_get_matches_from(words)?;
    let mut cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    if let (Some(Command::Call(call)), Some(("call", matches))) = (&mut cli.command, matches.subcommand()) {
        for Property { name, schema } in &properties {
            let Ok(Some(values)) = matches.try_get_many::<Value>(&id(name)) else { continue };
            let mut values = values.cloned();
            let value = if kind(schema) == "array" {
                values.collect()
            } else {
                values.next_back().unwrap_or_default()
            };
            call.given.insert(name.clone(), value);
        }
    }
    Ok(cli)
}

/// The function that the command line calls, as far as it can be read without knowing its options.
fn function(words: &[OsString]) -> Option<&'static FunctionRegistration> {
    let words = words.iter().filter(|word| *word != "--help" && *word != "-h");
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(words).ok()?;
    let name = matches.subcommand_matches("call")?.try_get_one::<String>("function").ok()??;
    inventory::iter::<FunctionRegistration>().find(|function| function.name == name)
}

/// An argument of a function.
struct Property {
    name: String,
    schema: Value,
}

fn properties(function: &FunctionRegistration) -> Vec<Property> {
    // A schema that cannot be made is told when the function is built.
    let Ok(parameters) = (function.parameters)() else { return Vec::new() };
    let schema = parameters.to_json();
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    properties.into_iter().map(|(name, schema)| Property { name, schema }).collect()
}

fn with_options(call: clap::Command, properties: &[Property]) -> clap::Command {
    let taken: Vec<String> =
        call.get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned)).collect();
    let global = ["listen", "config", "log-format", "help"];
    properties.iter().fold(call, |call, Property { name, schema }| {
        let mut long = name.replace('_', "-");
        if taken.contains(&long) || global.contains(&long.as_str()) {
            long = format!("arg-{long}");
        }
        let schema = schema.clone();
        let mut arg = Arg::new(id(name))
            .long(long)
            .help(help(&schema))
            .help_heading("Arguments of the function")
            .value_name(kind(&schema).to_uppercase())
            .action(if kind(&schema) == "array" { ArgAction::Append } else { ArgAction::Set })
            .allow_negative_numbers(true);
        if kind(&schema) == "boolean" {
            arg = arg.num_args(0..=1).default_missing_value("true");
        }
        call.arg(arg.value_parser(move |text: &str| typed(&schema, text)))
    })
}

/// Apart from the options that every call has.
fn id(name: &str) -> String {
    format!("argument:{name}")
}

fn help(schema: &Value) -> String {
    let description = schema["description"].as_str().unwrap_or_default();
    let choices = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let choices: Vec<_> = choices.collect();
    if choices.is_empty() {
        return description.to_owned();
    }
    format!("{description} [possible values: {}]", choices.join(", ")).trim_start().to_owned()
}
