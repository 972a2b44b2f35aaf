//! A parameter of the function: an argument of the model, a setting, or the call.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, FnArg, GenericArgument, Ident, LitStr, Pat, PathArguments, Token, Type};

/// What a parameter is filled with.
pub(crate) enum Parameter {
    /// An argument, with the attributes of its field: doc comments, `schemars`, `serde`.
    Argument { name: Ident, kind: Box<Type>, attributes: Vec<Attribute> },
    /// The struct of all arguments.
    Arguments { kind: Box<Type> },
    /// A setting, read once.
    Setting { name: Ident, kind: Box<Type>, setting: Setting },
    /// The call.
    Call,
}

/// `#[setting("NAME", "meaning", default = …)]`
pub(crate) struct Setting {
    pub(crate) key: LitStr,
    pub(crate) meaning: Option<LitStr>,
    pub(crate) default: Option<Expr>,
}

impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let example = "write #[setting(\"NAME\", \"what it is\", default = 8)]; the last two may be left out";
        let key: LitStr = input.parse().map_err(|error| syn::Error::new(error.span(), example))?;
        let is_name = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
        };
        if !is_name(&key.value()) {
            return Err(syn::Error::new(
                key.span(),
                "a setting is named as in the environment: capital letters, digits and underscores, such as RESTAURANT_SEATS",
            ));
        }
        let (mut meaning, mut default) = (None, None);
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            if input.peek(LitStr) {
                meaning = Some(input.parse()?);
                continue;
            }
            let word: Ident = input.parse().map_err(|error| syn::Error::new(error.span(), example))?;
            if word != "default" {
                return Err(syn::Error::new(word.span(), example));
            }
            input.parse::<Token![=]>()?;
            default = Some(input.parse()?);
        }
        Ok(Self { key, meaning, default })
    }
}

impl Parameter {
    /// Reads a parameter, and takes the attributes away that the function itself could not bear.
    pub(crate) fn read(input: &mut FnArg) -> syn::Result<Self> {
        let parameter = match input {
            FnArg::Receiver(receiver) => {
                return Err(syn::Error::new_spanned(
                    receiver,
                    "a function of this form has no `self`: take what it needs as parameters, or implement the trait `swaig::Function`",
                ));
            }
            FnArg::Typed(parameter) => parameter,
        };
        let attributes = std::mem::take(&mut parameter.attrs);
        let Pat::Ident(pattern) = &*parameter.pat else {
            return Err(syn::Error::new_spanned(
                &parameter.pat,
                "a parameter needs a name, which the model sees: write `name: Type`",
            ));
        };
        let (name, kind) = (pattern.ident.clone(), parameter.ty.clone());
        if is_call(&kind) {
            return Ok(Self::Call);
        }
        if let Type::Reference(reference) = &*kind {
            return Err(syn::Error::new_spanned(
                reference,
                "an argument is owned, because it is made from the model's JSON: write `String` instead of `&str`, or `&Call` for the call",
            ));
        }
        let (own, others): (Vec<_>, Vec<_>) = attributes
            .into_iter()
            .partition(|it| it.path().is_ident("setting") || it.path().is_ident("args"));
        match own.as_slice() {
            [] => {
                if let Some(foreign) = others.iter().find(|it| !is_of_field(it)) {
                    return Err(syn::Error::new_spanned(
                        foreign,
                        "a parameter takes doc comments, #[schemars(…)], #[serde(…)], #[setting(…)] and #[args]",
                    ));
                }
                Ok(Self::Argument { name, kind, attributes: others })
            }
            [one] if one.path().is_ident("args") => Ok(Self::Arguments { kind }),
            [one] => Ok(Self::Setting { name, kind, setting: one.parse_args()? }),
            [_, second, ..] => Err(syn::Error::new_spanned(
                second,
                "a parameter is one thing: an argument, #[args], or a #[setting]",
            )),
        }
    }
}

/// Whether it can stand on a field of the arguments.
fn is_of_field(attribute: &Attribute) -> bool {
    ["doc", "schemars", "serde", "allow", "expect", "cfg"].iter().any(|name| attribute.path().is_ident(name))
}

fn is_call(kind: &Type) -> bool {
    let Type::Reference(reference) = kind else { return false };
    last_segment(&reference.elem).is_some_and(|name| name == "Call")
}

/// The name of a type without what stands before it.
pub(crate) fn last_segment(kind: &Type) -> Option<&Ident> {
    match kind {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}

/// `T` of `Option<T>`.
pub(crate) fn inside_option(kind: &Type) -> Option<&Type> {
    let Type::Path(path) = kind else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == "Option")?;
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(kind) => Some(kind),
            _ => None,
        },
        _ => None,
    }
}

/// The value of a setting, out of `setup`.
pub(crate) fn setting(kind: &Type, setting: &Setting) -> TokenStream {
    use quote::quote;
    let Setting { key, default, .. } = setting;
    let (inner, is_optional) = inside_option(kind).map_or((kind, false), |inner| (inner, true));
    let found = if last_segment(inner).is_some_and(|name| name == "SecretString") {
        quote!(setup.secret(#key))
    } else {
        quote!(setup.parse::<#inner>(#key)?)
    };
    match (is_optional, default) {
        (true, None) => found,
        (true, Some(default)) => quote!(#found.or_else(|| ::std::option::Option::Some(#default))),
        (false, Some(default)) => quote!(#found.unwrap_or_else(|| #default)),
        (false, None) => {
            quote!(#found.ok_or(::swaig::SetupError::Missing { name: ::std::borrow::Cow::Borrowed(#key) })?)
        }
    }
}
