//! From an `async fn` to what it says.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, ExprLit, ItemFn, Lit, Meta, ReturnType, parse2};

use crate::options::Options;
use crate::parameter::Parameter;

/// What an `async fn` says of a function.
pub(crate) struct Definition {
    pub(crate) item: ItemFn,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) options: Options,
    pub(crate) parameters: Vec<Parameter>,
}

/// Reads it, or says at the place what is wrong and what to write.
pub(crate) fn read(options: TokenStream, item: TokenStream) -> syn::Result<Definition> {
    let options: Options = parse2(options)?;
    let mut item: ItemFn = parse2(item).map_err(|error| {
        syn::Error::new(
            error.span(),
            "#[swaig::function] stands on a function: `async fn name(…) -> Result<Reply, FunctionError>`",
        )
    })?;
    let signature = &item.sig;
    if signature.asyncness.is_none() {
        return Err(syn::Error::new_spanned(
            signature.fn_token,
            "a function that the model calls is async: write `async fn`",
        ));
    }
    if !signature.generics.params.is_empty() || signature.generics.where_clause.is_some() {
        return Err(syn::Error::new_spanned(
            &signature.generics,
            "the model calls one function, so it has no generic parameters: name the types",
        ));
    }
    if let Some(variadic) = &signature.variadic {
        return Err(syn::Error::new_spanned(variadic, "name each parameter"));
    }
    if matches!(signature.output, ReturnType::Default) {
        return Err(syn::Error::new_spanned(
            &signature.ident,
            "a function answers the model: write `-> Result<Reply, FunctionError>`, `-> Reply` or `-> String`",
        ));
    }
    let name = match &options.name {
        Some(name) => {
            check_name(&name.value()).map_err(|problem| syn::Error::new(name.span(), problem))?;
            name.value()
        }
        None => signature.ident.to_string().trim_start_matches("r#").to_owned(),
    };
    let description = match &options.description {
        Some(description) => description.value(),
        None => doc(&item.attrs),
    };
    if description.trim().is_empty() {
        return Err(syn::Error::new_spanned(
            &signature.ident,
            format!(
                "the model has to know what `{name}` does: write a doc comment above it, such as `/// Book a table for tonight`"
            ),
        ));
    }
    let mut parameters = Vec::new();
    for input in &mut item.sig.inputs {
        let input_span = input.clone();
        let parameter = Parameter::read(input)?;
        let clashes = match &parameter {
            Parameter::Call if parameters.iter().any(|it| matches!(it, Parameter::Call)) => {
                Some("there is one call: leave one `&Call` out")
            }
            Parameter::Arguments { .. }
                if parameters
                    .iter()
                    .any(|it| matches!(it, Parameter::Argument { .. } | Parameter::Arguments { .. })) =>
            {
                Some("#[args] holds all arguments, so there are no others: put them into its struct")
            }
            Parameter::Argument { .. }
                if parameters.iter().any(|it| matches!(it, Parameter::Arguments { .. })) =>
            {
                Some("#[args] holds all arguments, so there are no others: put this one into its struct")
            }
            _ => None,
        };
        if let Some(clash) = clashes {
            return Err(syn::Error::new_spanned(input_span, clash));
        }
        parameters.push(parameter);
    }
    Ok(Definition { item, name, description, options, parameters })
}

/// As the platform wants names.
fn check_name(name: &str) -> Result<(), &'static str> {
    let mut bytes = name.bytes();
    let is_name = bytes.next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
        && bytes.all(|it| it.is_ascii_alphanumeric() || it == b'_');
    if is_name {
        Ok(())
    } else {
        Err("a name starts with a letter or an underscore, and goes on with letters, digits and underscores")
    }
}

/// The text of the doc comments: one line for each paragraph.
pub(crate) fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    let mut text = String::new();
    for line in lines {
        match (line.is_empty(), text.is_empty() || text.ends_with('\n')) {
            (true, _) => text.push('\n'),
            (false, true) => text.push_str(&line),
            (false, false) => {
                text.push(' ');
                text.push_str(&line);
            }
        }
    }
    text.trim().to_owned()
}
