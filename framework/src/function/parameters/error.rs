//! What can go wrong: with a type at start-up, and with arguments during a call.

use std::fmt;

/// A type that cannot be a function's arguments. Found once, at start-up.
///
/// Every message names the Rust type and, where the cause lies deeper, the path of the property.
///
/// ```
/// use swaig::function::Parameters;
///
/// // Arguments are an object.
/// let error = Parameters::of::<String>().unwrap_err();
/// println!("{error}");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The type contains itself. SWML parameters have no `$ref`, so it would never end.
    #[error(
        "{type_name}: {} refers back to a type that it is part of, and SWML parameters cannot carry a recursive type: \
         limit the nesting with a struct for each level, or take a string that holds JSON",
        place(path)
    )]
    Recursive {
        /// The Rust type of the arguments.
        type_name: &'static str,
        /// The property, such as `node.children[]`; empty for the type itself.
        path: String,
    },
    /// A tuple, whose items differ by position.
    #[error(
        "{type_name}: {} is a tuple, and SWML parameters cannot carry items that differ by position: use a struct",
        place(path)
    )]
    Tuple {
        /// The Rust type of the arguments.
        type_name: &'static str,
        /// The property; empty for the type itself.
        path: String,
    },
    /// The type is not an object with named properties.
    #[error(
        "{type_name} is {found}, but a function's arguments are an object with named properties: \
         wrap it in a struct as one of its properties, or use NoArgs for a function without arguments"
    )]
    NotAnObject {
        /// The Rust type of the arguments.
        type_name: &'static str,
        /// What the type is instead, in words.
        found: String,
    },
    /// A `pattern` that is not a regular expression of the `regex` crate.
    #[error(
        "{type_name}: the pattern `{pattern}` of {} cannot be compiled (the `regex` crate has no look-around and no \
         back-references)",
        place(path)
    )]
    Pattern {
        /// The Rust type of the arguments.
        type_name: &'static str,
        /// The property; empty for the type itself.
        path: String,
        /// The pattern as written.
        pattern: String,
        /// What `regex` says about it.
        source: regex::Error,
    },
    /// A schema that cannot be carried and cannot be put into words.
    #[error("{type_name}: {} {problem}", place(path))]
    Unsupported {
        /// The Rust type of the arguments.
        type_name: &'static str,
        /// The property; empty for the type itself.
        path: String,
        /// What is wrong and what to do instead.
        problem: String,
    },
}

fn place(path: &str) -> String {
    if path.is_empty() { "the type itself".to_owned() } else { format!("the property `{path}`") }
}

/// Arguments that a function cannot be called with.
///
/// The [`Display`](fmt::Display) form is a sentence for the model: what is wrong, with which
/// argument, and what to do. It never shows the value of a sensitive property.
///
/// ```
/// use swaig::function::Parameters;
///
/// # #[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
/// # struct Args {
/// #     token: String,
/// # }
/// let parameters = Parameters::of::<Args>().expect("the model can send it");
/// let error = parameters.parse::<Args>(serde_json::json!({})).unwrap_err();
/// // The model reads it and calls again.
/// assert!(error.to_string().contains("token"), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArgumentError {
    /// A required argument was not sent.
    #[error(fmt = missing)]
    Missing {
        /// Where, for example `address.zip` or `items[2].name`.
        argument: String,
        /// What is asked for, in words.
        expected: String,
    },
    /// An argument is not what was asked for.
    #[error(fmt = wrong)]
    Wrong {
        /// Where; empty for the arguments as a whole.
        argument: String,
        /// What is asked for, in words.
        expected: String,
        /// What was sent, as JSON of at most 80 characters; `None` where it is sensitive.
        got: Option<String>,
    },
    /// An argument has the right form, but the Rust type refused it.
    #[error(fmt = refused)]
    Refused {
        /// Where; empty for the arguments as a whole.
        argument: String,
        /// What the type says about it.
        reason: String,
        /// What was sent, as JSON of at most 80 characters.
        got: String,
    },
    /// Arrays and objects within each other, more than a call could need.
    #[error(
        "The arguments are nested more than {limit} levels deep. Call the function again with simpler arguments."
    )]
    TooDeep {
        /// How many levels are accepted.
        limit: usize,
    },
}

impl ArgumentError {
    /// The path of the argument, for example `address.zip` or `items[2]`; empty for the arguments as
    /// a whole.
    pub fn argument(&self) -> &str {
        match self {
            ArgumentError::Missing { argument, .. }
            | ArgumentError::Wrong { argument, .. }
            | ArgumentError::Refused { argument, .. } => argument,
            ArgumentError::TooDeep { .. } => "",
        }
    }

    /// What is asked for, in words, where that is known.
    pub fn expected(&self) -> Option<&str> {
        match self {
            ArgumentError::Missing { expected, .. } | ArgumentError::Wrong { expected, .. } => Some(expected),
            ArgumentError::Refused { .. } | ArgumentError::TooDeep { .. } => None,
        }
    }

    /// What was sent, as JSON of at most 80 characters; `None` for what was not sent or is sensitive.
    pub fn got(&self) -> Option<&str> {
        match self {
            ArgumentError::Wrong { got, .. } => got.as_deref(),
            ArgumentError::Refused { got, .. } => Some(got),
            ArgumentError::Missing { .. } | ArgumentError::TooDeep { .. } => None,
        }
    }
}

/// What thiserror calls with references to the fields.
fn missing(argument: &str, expected: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(
        f,
        "The argument \"{argument}\" is missing: expected {expected}. \
         Ask the caller for it if you do not know it, then call the function again."
    )
}

#[allow(clippy::ref_option, reason = "thiserror passes a reference to the field")]
fn wrong(argument: &str, expected: &str, got: &Option<String>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    subject(argument, f)?;
    write!(f, " wrong: expected {expected}")?;
    if let Some(got) = got {
        write!(f, ", but got {got}")?;
    }
    f.write_str(". ")?;
    remedy(argument, f)
}

fn refused(argument: &str, reason: &str, got: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    subject(argument, f)?;
    let reason = reason.trim_end_matches('.');
    write!(f, " wrong: {reason}. It was {got}. ")?;
    remedy(argument, f)
}

fn subject(argument: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if argument.is_empty() {
        f.write_str("The arguments are")
    } else {
        write!(f, "The argument \"{argument}\" is")
    }
}

fn remedy(argument: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(if argument.is_empty() {
        "Call the function again with correct arguments."
    } else {
        "Call the function again with a correct value."
    })
}
