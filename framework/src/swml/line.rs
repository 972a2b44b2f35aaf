//! Texts of one line. The patterns of the published schema let no line break into some texts, among them what
//! is spoken and what stands in a variable.

/// The characters that end a line in the regular expressions of JSON Schema.
const BREAKS: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];

/// Whether a text has no line break.
pub(super) fn is_one_line(text: &str) -> bool {
    !text.contains(BREAKS)
}

/// The text with a space for each line break.
pub(super) fn one_line(text: &str) -> String {
    text.replace(BREAKS, " ")
}
