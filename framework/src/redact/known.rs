//! Masks secrets that are known: the server's own credentials, wherever they turn up.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;

use super::{MASK, Splice};
use crate::server::USERINFO;

/// All but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &USERINFO.add(b'*');
/// A shorter secret would be found in words that have nothing to do with it.
const SHORTEST: usize = 8;

/// The secrets, in each form in which they travel. Its `Debug` shows none.
#[derive(Clone)]
pub(super) struct Known(Regex);

impl Known {
    /// `None` where none is long enough.
    pub(super) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut forms = BTreeSet::new();
        for secret in secrets.into_iter().filter(|secret| secret.chars().count() >= SHORTEST) {
            forms.insert(secret.to_owned());
            for set in [NON_ALPHANUMERIC, RESERVED, USERINFO] {
                forms.insert(utf8_percent_encode(secret, set).to_string());
            }
            let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            forms.insert(form);
            // As text in JSON, without the quotes around it.
            let json = serde_json::Value::from(secret).to_string();
            forms.insert(json[1..json.len() - 1].to_owned());
        }
        // The longest first: one may be the start of another.
        let mut forms: Vec<_> = forms.iter().map(|form| pattern(form)).collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        if forms.is_empty() {
            return None;
        }
        // Only a list of secrets that is far too long would not compile.
        Regex::new(&forms.join("|")).ok().map(Self)
    }

    pub(super) fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut splice = Splice::new(text);
        for found in self.0.find_iter(text) {
            splice.replace(found.range(), MASK);
        }
        splice.finish()
    }
}

/// A pattern for this text. The two letters of an escape such as `%2F` have no case (RFC 3986, section 2.1).
fn pattern(form: &str) -> String {
    static ESCAPE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("%[0-9A-Fa-f]{2}").expect("the pattern is constant"));
    ESCAPE.replace_all(&regex::escape(form), "(?i:$0)").into_owned()
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Known(••••••)")
    }
}
