//! From what an `async fn` says to the type that implements the trait.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, ReturnType};

use crate::parameter::{Parameter, setting};
use crate::read::Definition;

pub(crate) fn expand(definition: &Definition) -> TokenStream {
    let Definition { item, name, description, options, parameters } = definition;
    let (own, visibility) = (&item.sig.ident, &item.vis);
    let kind = format_ident!("{}", camel(&own.to_string()), span = own.span());
    let arguments = format_ident!("{kind}Args", span = own.span());
    let constants = &options.constants;

    let fields: Vec<_> = parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Setting { name, kind, setting } => Some((name, kind, setting)),
            _ => None,
        })
        .collect();
    let members = fields.iter().map(|(name, kind, _)| quote!(#name: #kind));
    let values = fields.iter().map(|(name, kind, it)| {
        let value = setting(kind, it);
        quote!(#name: #value)
    });
    let settings = fields.iter().map(|(_, _, it)| {
        let key = &it.key;
        let meaning = it.meaning.as_ref().map_or_else(String::new, syn::LitStr::value);
        quote!((#key, #meaning))
    });
    // Without settings nothing is asked of it.
    let setup = if fields.is_empty() { quote!(_) } else { quote!(setup) };

    let singles: Vec<_> = parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Argument { name, kind, attributes } => Some((name, kind, attributes)),
            _ => None,
        })
        .collect();
    let whole = parameters.iter().find_map(|parameter| match parameter {
        Parameter::Arguments { kind } => Some(kind),
        _ => None,
    });
    let (arguments_type, arguments_item, taken) = match whole {
        Some(kind) => (quote!(#kind), TokenStream::new(), TokenStream::new()),
        None if singles.is_empty() => (quote!(::swaig::NoArgs), TokenStream::new(), TokenStream::new()),
        None => {
            let members =
                singles.iter().map(|(name, kind, attributes)| quote!(#(#attributes)* pub #name: #kind));
            let names = singles.iter().map(|(name, ..)| name);
            let about = format!("The arguments of [`{kind}`].");
            let item = quote! {
                #[doc = #about]
                #[derive(::swaig::__private::serde::Deserialize, ::swaig::__private::schemars::JsonSchema)]
                #[serde(crate = "::swaig::__private::serde")]
                #[schemars(crate = "::swaig::__private::schemars")]
                #visibility struct #arguments {
                    #(#members,)*
                }
            };
            (quote!(#arguments), item, quote!(let #arguments { #(#names,)* } = arguments;))
        }
    };
    let kinds = singles.iter().map(|(_, kind, _)| *kind).chain(whole);
    let checked = kinds.map(|kind| quote_spanned!(kind.span()=> ::swaig::__private::is_argument::<#kind>();));
    let checked: Vec<_> = checked.collect();
    let given = parameters.iter().map(|parameter| match parameter {
        Parameter::Argument { name, .. } => quote!(#name),
        Parameter::Arguments { .. } => quote!(arguments),
        // Settings are read once, and each call has its own copy.
        Parameter::Setting { name, .. } => quote!(::std::clone::Clone::clone(&self.#name)),
        Parameter::Call => quote!(call),
    });
    let answered = answer(definition, own, &quote!(#(#given),*));
    let about = format!("The function `{name}`: {description}");
    quote! {
        #item

        const _: () = {
            #(#checked)*
        };

        #arguments_item

        #[doc = #about]
        #visibility struct #kind {
            #(#members,)*
        }

        #[::swaig::async_trait]
        impl ::swaig::Function for #kind {
            const NAME: &'static str = #name;
            const DESCRIPTION: &'static str = #description;
            const SETTINGS: &'static [(&'static str, &'static str)] = &[#(#settings),*];
            #(#constants)*
            type Args = #arguments_type;

            fn build(#setup: &::swaig::Setup) -> ::std::result::Result<Self, ::swaig::SetupError> {
                ::std::result::Result::Ok(Self { #(#values,)* })
            }

            #[allow(unused_variables)]
            async fn call(
                &self,
                arguments: #arguments_type,
                call: &::swaig::Call,
            ) -> ::std::result::Result<::swaig::Reply, ::swaig::FunctionError> {
                #taken
                #answered
            }
        }
        ::swaig::register_function!(#kind);
    }
}

/// The call of the user's own function. What is wrong with its type is told at that type.
fn answer(definition: &Definition, own: &Ident, given: &TokenStream) -> TokenStream {
    let span = match &definition.item.sig.output {
        ReturnType::Type(_, kind) => kind.span(),
        ReturnType::Default => own.span(),
    };
    let asked = quote!(#own(#given).await);
    quote_spanned!(span=> ::swaig::function::Answer::into_reply(#asked))
}

/// `book_table` as the name of a type: `BookTable`.
fn camel(name: &str) -> String {
    let parts = name.trim_start_matches("r#").split('_').filter(|part| !part.is_empty());
    let words = parts.map(|part| {
        let mut letters = part.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    let camel: String = words.collect();
    if camel.is_empty() { "Unnamed".to_owned() } else { camel }
}
