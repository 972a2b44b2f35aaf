//! The attribute form of a function: see `swaig::function` in the framework.

mod expand;
mod options;
mod parameter;
mod read;

use proc_macro::TokenStream;

/// Makes a function of the framework out of an `async fn`. It is documented where it is used: `swaig::function`.
#[proc_macro_attribute]
pub fn function(options: TokenStream, item: TokenStream) -> TokenStream {
    let made = read::read(options.into(), item.into()).map(|definition| expand::expand(&definition));
    made.unwrap_or_else(|error| error.to_compile_error()).into()
}
