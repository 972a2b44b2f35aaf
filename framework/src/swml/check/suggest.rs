//! The nearest of some names.

/// The name that differs least, when it differs little: by at most a third of its letters.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // Nobody means a field by a text of this length; the distance would cost its square.
    if name.len() > 64 {
        return None;
    }
    let name = normal(name);
    names
        .map(|other| (distance(&name, &normal(other)), other))
        .filter(|(distance, other)| *distance <= other.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// The remedy for a name that differs little from another one.
pub(super) fn did_you_mean<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    nearest(name, names).map(|name| format!("did you mean `{name}`?"))
}

/// Without what is often written otherwise: case, hyphens and underscores.
fn normal(name: &str) -> Vec<char> {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The Levenshtein distance.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = || ["web_hook_url", "description", "active"].into_iter();
        assert_eq!(nearest("webhook_url", names()), Some("web_hook_url"));
        assert_eq!(nearest("webHookUrl", names()), Some("web_hook_url"));
        assert_eq!(nearest("descripton", names()), Some("description"));
        assert_eq!(nearest("purpose", names()), None);
        assert_eq!(nearest(&"a".repeat(1000), names()), None);
    }
}
