//! Texts with names in braces.

/// A part of such a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// As it stands.
    Text(&'a str),
    /// What stood in braces.
    Name(&'a str),
}

/// The parts of a text; `None` where a brace has no other one, or holds no name.
pub(super) fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        // `${…}` is the platform's own form, which would say the same twice.
        if before.contains('}') || before.ends_with('$') || !is_name(name) {
            return None;
        }
        parts.push(Part::Text(before));
        parts.push(Part::Name(name));
        rest = after;
    }
    if rest.contains('}') {
        return None;
    }
    parts.push(Part::Text(rest));
    Some(parts)
}

/// Whether it names an argument, or a field: `status`, `delivery.day`, `days[0].text`.
fn is_name(name: &str) -> bool {
    let is_key = |key: &str| {
        let (key, index) = key.split_once('[').map_or((key, None), |(key, index)| (key, Some(index)));
        let is_index = |index: &str| {
            index.strip_suffix(']').is_some_and(|digits| {
                !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
            })
        };
        !key.is_empty()
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && index.is_none_or(is_index)
    };
    name.split('.').all(is_key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_arguments_and_paths_of_fields() {
        for name in ["a", "order_2", "a.b.c", "days[0].text", "list[12]"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", ".", "a.", "a b", "a[", "a[x]", "a[]", "a[0", "a-b", "@{x}", "é"] {
            assert!(!is_name(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(text in "[a-z{}$. ]{0,30}") {
            if let Some(parts) = parts(&text) {
                let again: String = parts.iter().map(|part| match part {
                    Part::Text(text) => (*text).to_owned(),
                    Part::Name(name) => format!("{{{name}}}"),
                }).collect();
                prop_assert_eq!(again, text);
            }
        }
    }
}
