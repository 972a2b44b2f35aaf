//! JSON in colours, made here: the page needs no script for it.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::swml::Json;

/// How a place in the JSON is marked, by its JSON pointer: an id to lead to, and how bad it is.
pub(super) type Marks = BTreeMap<String, (String, &'static str)>;

/// A block of JSON with this name for those who hear the page.
pub(super) fn block(name: &str, json: &Json) -> Markup {
    marked(name, json, &Marks::new())
}

/// The same with marks on some places.
pub(super) fn marked(name: &str, json: &Json, marks: &Marks) -> Markup {
    html! {
        pre .json tabindex="0" role="region" aria-label=(name) { code { (value(json, "", marks)) } }
    }
}

/// Lines are elements that the style sheet indents, so that a long one that is broken stays under its beginning.
fn value(json: &Json, path: &str, marks: &Marks) -> Markup {
    let plain = html! {
        @match json {
            Json::Null => span .n { "null" },
            Json::Bool(flag) => span .n { (flag) },
            Json::Number(_) => span .n { (json.to_string()) },
            Json::String(_) => span .s { (json.to_string()) },
            Json::Array(items) if items.is_empty() => "[]",
            Json::Object(members) if members.is_empty() => "{}",
            Json::Array(items) => {
                "["
                @for (index, item) in items.iter().enumerate() {
                    span .l { (value(item, &format!("{path}/{index}"), marks)) @if index + 1 < items.len() { "," } }
                }
                "]"
            },
            Json::Object(members) => {
                "{"
                @for (index, (key, member)) in members.iter().enumerate() {
                    span .l {
                        span .k { (Json::from(key.as_str()).to_string()) } ": "
                        (value(member, &format!("{path}/{}", escaped(key)), marks)) @if index + 1 < members.len() { "," }
                    }
                }
                "}"
            },
        }
    };
    match marks.get(path) {
        Some((id, tone)) => html! { mark id=(id) .(tone) tabindex="-1" { (plain) } },
        None => plain,
    }
}

/// A key as part of a JSON pointer (RFC 6901).
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(html: &str) -> String {
        let mut text = String::new();
        let mut inside = false;
        for letter in html.chars() {
            match letter {
                '<' => inside = true,
                '>' if inside => inside = false,
                letter if !inside => text.push(letter),
                _ => {}
            }
        }
        text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    #[test]
    fn what_is_shown_reads_back_as_the_same_json() {
        let source = r#"{"a/b": [1.0, true, null, "<script>\"&amp;\n"], "empty": {}, "none": [], "deep": {"x": {"y": -1e3}}}"#;
        let json = Json::parse(source).unwrap();
        let html = block("it", &json).into_string();
        assert!(!html.contains("<script>"), "{html}");
        let text = text_of(&html);
        assert_eq!(Json::parse(&text).unwrap(), json, "{text}");
        assert!(text.contains("1.0,") && text.contains("\"y\": -1e3}"), "{text}");
    }

    #[test]
    fn a_place_is_marked_by_its_pointer() {
        let json = Json::parse(r#"{"a/b": [{"c": 1}]}"#).unwrap();
        let marks = Marks::from([("/a~1b/0/c".to_owned(), ("finding-1".to_owned(), "bad"))]);
        let html = marked("it", &json, &marks).into_string();
        assert!(
            html.contains(
                r#"<mark class="bad" id="finding-1" tabindex="-1"><span class="n">1</span></mark>"#
            ),
            "{html}"
        );
    }
}
