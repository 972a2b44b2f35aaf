//! What a client says it takes, in its `Accept` header.

use hyper::HeaderMap;
use hyper::header::ACCEPT;

/// The languages that a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Json,
    Yaml,
}

/// The media type of JSON.
const JSON: &[&str] = &["application/json"];
/// The media type of YAML, and those that were used before it was registered.
const YAML: &[&str] = &["application/yaml", "text/yaml", "text/x-yaml", "application/x-yaml"];

impl Language {
    /// What the client prefers. JSON wins a tie, and is also for who takes neither: an answer is of more use than
    /// status 406.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let ranges: Vec<_> = headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(range)
            .collect();
        if quality(&ranges, YAML) > quality(&ranges, JSON) { Self::Yaml } else { Self::Json }
    }
}

/// A range of media types, and its quality in thousandths. `None` where the quality is not one.
fn range(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next()?;
    let weight = parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    Some((name, weight.map_or(Some(1000), thousandths)?))
}

/// A quality: from 0 to 1, with up to three digits behind the point (RFC 9110, 12.4.2).
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match (whole, fraction) {
        ("0", fraction) => Some(fraction),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

/// The quality of a language: that of its names, else that of the most specific wildcard. The answer has the first
/// name, so only that one counts for a wildcard.
fn quality(ranges: &[(&str, u16)], names: &[&str]) -> u16 {
    let of = |wanted: &str| {
        let matching = ranges.iter().filter(|(range, _)| range.eq_ignore_ascii_case(wanted));
        matching.map(|(_, quality)| *quality).max()
    };
    let best = names.iter().filter_map(|wanted| of(wanted)).max();
    best.or_else(|| of("application/*")).or_else(|| of("*/*")).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn of(accept: &[&'static str]) -> Language {
        let headers = accept.iter().map(|value| (ACCEPT, HeaderValue::from_static(value))).collect();
        Language::of(&headers)
    }

    #[test]
    fn yaml_is_for_who_prefers_it() {
        for accept in [
            "application/yaml",
            "text/yaml",
            "text/x-yaml",
            "application/x-yaml",
            "Application/YAML",
            "text/html, application/yaml;q=0.5",
            "application/json;q=0.5, application/yaml;q=0.501",
            "application/yaml ; charset=utf-8 ; Q=1.000 , application/json;q=0.999",
            "*/*;q=0.8, text/yaml",
            "application/*;q=0.1, application/x-yaml;q=0.2",
            "application/json;q=0, */*",
            "text/yaml;q=0, application/yaml;q=0.1",
        ] {
            assert_eq!(of(&[accept]), Language::Yaml, "{accept}");
        }
        assert_eq!(of(&["application/json;q=0.3", "text/yaml;q=0.4"]), Language::Yaml);
    }

    #[test]
    fn json_is_for_all_others() {
        for accept in [
            "",
            "*/*",
            "application/*",
            "text/*",
            "text/html",
            "application/json",
            "application/json, application/yaml",
            "application/yaml, application/json",
            "application/yaml, */*",
            "application/yaml;q=0.9, */*;q=0.9",
            "application/yaml;q=0, */*",
            "application/yaml;q=2",
            "application/yaml;q=1.001",
            "application/yaml;q=0.1234",
            "application/yaml;q=+.5",
            "application/yaml;q=",
            "application/yaml-seq",
            ",;q=1,;,",
        ] {
            assert_eq!(of(&[accept]), Language::Json, "{accept}");
        }
        assert_eq!(of(&[]), Language::Json);
    }
}
