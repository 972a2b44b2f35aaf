//! Masks secrets that are known: the server's own credentials, wherever they turn up.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;

use super::{MASK, Splice};
use crate::server::USERINFO;

/// All but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &USERINFO.add(b'*');
/// A shorter secret would be found in words that have nothing to do with it.
const SHORTEST: usize = 8;

/// The secrets, in each form in which they travel. Clones share what is learned. Its `Debug` shows none.
#[derive(Clone, Default)]
pub(super) struct Known(Arc<Secrets>);

struct Secrets {
    forms: RwLock<Forms>,
    /// The bytes of the shortest form: what is shorter holds no secret, and most texts are.
    shortest: AtomicUsize,
}

impl Default for Secrets {
    fn default() -> Self {
        Self { forms: RwLock::default(), shortest: AtomicUsize::new(usize::MAX) }
    }
}

#[derive(Default)]
struct Forms {
    all: BTreeSet<String>,
    /// `None` where no secret is long enough.
    pattern: Option<Arc<Regex>>,
}

impl Known {
    /// Adds secrets to those that are known. An error changes nothing: only a list of secrets that is far too long gives one.
    pub(super) fn learn<'a>(&self, secrets: impl IntoIterator<Item = &'a str>) -> Result<(), regex::Error> {
        let mut known = self.0.forms.write().unwrap_or_else(PoisonError::into_inner);
        let mut forms = known.all.clone();
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
        if forms.is_empty() {
            return Ok(());
        }
        // The longest first: one may be the start of another.
        let mut patterns: Vec<_> = forms.iter().map(|form| pattern(form)).collect();
        patterns.sort_by_key(|form| std::cmp::Reverse(form.len()));
        known.pattern = Some(Arc::new(Regex::new(&patterns.join("|"))?));
        self.0.shortest.store(forms.iter().map(String::len).min().unwrap_or(usize::MAX), Ordering::Release);
        known.all = forms;
        Ok(())
    }

    pub(super) fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.len() < self.0.shortest.load(Ordering::Acquire) {
            return Cow::Borrowed(text);
        }
        let pattern = self.0.forms.read().unwrap_or_else(PoisonError::into_inner).pattern.clone();
        let Some(pattern) = pattern else { return Cow::Borrowed(text) };
        let mut splice = Splice::new(text);
        for found in pattern.find_iter(text) {
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
