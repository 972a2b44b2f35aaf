//! What stands in the attribute itself: `#[swaig::function(name = "…", effect = OncePerCall, deadline = 3)]`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, Lit, LitStr, Token};

/// The options, as tokens of the constants that they set.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) name: Option<LitStr>,
    pub(crate) description: Option<LitStr>,
    pub(crate) constants: Vec<TokenStream>,
    seen: Vec<String>,
}

const KNOWN: &str = "name, description, effect, deadline, max_concurrent, step_up";

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            options.one(input)?;
            if input.is_empty() {
                break;
            }
            input.parse::<Token![,]>()?;
        }
        Ok(options)
    }
}

impl Options {
    fn one(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let key: Ident = input.parse().map_err(|error| {
            syn::Error::new(error.span(), format!("expected one of: {KNOWN}, such as `deadline = 3`"))
        })?;
        let name = key.to_string();
        if self.seen.contains(&name) {
            return Err(syn::Error::new(key.span(), format!("`{name}` is set twice; leave one of them out")));
        }
        input.parse::<Token![=]>().map_err(|_| syn::Error::new(key.span(), format!("write `{name} = …`")))?;
        match name.as_str() {
            "name" => self.name = Some(text(input, "name = \"book_table\"")?),
            "description" => self.description = Some(text(input, "description = \"Book a table\"")?),
            "effect" => {
                let effect = effect(&input.parse()?);
                self.constants.push(quote!(const EFFECT: ::swaig::Effect = #effect;));
            }
            "deadline" => {
                let deadline = deadline(&input.parse()?);
                self.constants.push(quote!(const DEADLINE: ::std::time::Duration = #deadline;));
            }
            "max_concurrent" => {
                let most: Expr = input.parse()?;
                self.constants.push(
                    quote!(const MAX_CONCURRENT: ::std::option::Option<usize> = ::std::option::Option::Some(#most);),
                );
            }
            "step_up" => {
                let step_up: Expr = input.parse()?;
                self.constants.push(
                    quote!(const STEP_UP: ::std::option::Option<::swaig::StepUp> = ::std::option::Option::Some(#step_up);),
                );
            }
            _ => {
                return Err(syn::Error::new(
                    key.span(),
                    format!("there is no option `{name}`; there are: {KNOWN}"),
                ));
            }
        }
        self.seen.push(name);
        Ok(())
    }
}

fn text(input: ParseStream<'_>, example: &str) -> syn::Result<LitStr> {
    input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), format!("expected a text, such as `{example}`")))
}

/// `None`, `ONCE` and `OncePerCall` as they stand; anything else is an expression of the type.
fn effect(expression: &Expr) -> TokenStream {
    match expression {
        Expr::Path(path) if path.path.get_ident().is_some() => quote!(::swaig::Effect::#path),
        other => other.to_token_stream(),
    }
}

/// A number counts seconds.
fn deadline(expression: &Expr) -> TokenStream {
    match expression {
        Expr::Lit(literal) if matches!(literal.lit, Lit::Int(_)) => {
            quote!(::std::time::Duration::from_secs(#literal))
        }
        other => other.to_token_stream(),
    }
}
