//! The Prompt Object Model: a prompt as a tree of sections.

use crate::swml::object::{object, push};
use crate::swml::{Dyn, List};

object! {
    /// One section of a prompt. It needs a body or bullets, and may have both.
    ///
    /// ```
    /// use swaig::swml::ai::PomSection;
    ///
    /// let rules = PomSection::new("Rules")
    ///     .bullets(["Be brief.", "Never guess."])
    ///     .subsection(PomSection::new("Codes").body("A code has six digits."));
    /// # let _ = rules;
    /// ```
    PomSection
    one_of {
        body: String,
        bullets: List<String> where not_empty(),
    }
    optional {
        /// The heading.
        title: String where not_empty(),
        /// Sections below this one, at least one.
        subsections each subsection: List<PomSection> where not_empty(),
        /// Whether the sections at this level are numbered. Default: false.
        numbered: Dyn<bool>,
        /// Whether the bullets are numbered. Default: false.
        numbered_bullets as "numberedBullets": Dyn<bool>,
    }
    rules { at_least_one ["body" "bullets"] }
}

impl PomSection {
    /// A section with a heading.
    pub fn new(title: impl Into<String>) -> Self {
        Self::empty().title(title)
    }

    /// A section without a heading, which usually is the first.
    pub fn untitled() -> Self {
        Self::empty()
    }

    /// Sets the paragraph.
    #[must_use]
    pub fn body(self, body: impl Into<String>) -> Self {
        self.put("body", body.into())
    }

    /// Sets the list of points, at least one.
    #[must_use]
    pub fn bullets(self, bullets: impl Into<List<String>>) -> Self {
        self.put("bullets", bullets.into())
    }

    /// Appends one point to [`bullets`](Self::bullets).
    #[must_use]
    pub fn bullet(mut self, bullet: impl Into<String>) -> Self {
        push(&mut self.0, "bullets", bullet.into().into());
        self
    }
}

/// Renders sections as the markdown that the platform shows to the model.
///
/// A title becomes a heading, `##` at the top and one `#` more at each level below; then come the body and
/// the bullets. When one section of a level is numbered, its siblings are too, unless they say `false`
/// themselves. These are the rules of SignalWire's own SDK.
///
/// ```
/// use swaig::swml::ai::{PomSection, render_markdown};
///
/// let sections = [PomSection::new("Rules").body("Mind these.").bullets(["Be brief.", "Never guess."])];
/// assert_eq!(render_markdown(&sections), "## Rules\n\nMind these.\n\n- Be brief.\n- Never guess.\n");
/// ```
pub fn render_markdown(sections: &[PomSection]) -> String {
    let mut blocks = Vec::new();
    let counted = any_numbered(sections);
    let mut titled = 0;
    for section in sections {
        // At the top, a section without a title has no number and takes none from the others.
        let has_title = section.read().title().is_some();
        titled += usize::from(has_title);
        let number = if has_title { number_below("", titled, counted, section) } else { String::new() };
        render_section(section, 2, &number, &mut blocks);
    }
    let mut text = blocks.join("\n\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn render_section(section: &PomSection, level: usize, number: &str, blocks: &mut Vec<String>) {
    let section = section.read();
    let title = section.title();
    if let Some(title) = &title {
        let space = if number.is_empty() { "" } else { " " };
        blocks.push(format!("{} {number}{space}{title}", "#".repeat(level)));
    }
    blocks.extend(section.body().filter(|body| !body.is_empty()));
    if let Some(bullets) = section.bullets().filter(|bullets| !bullets.is_empty()) {
        let counted = section.numbered_bullets().and_then(Dyn::value) == Some(true);
        blocks.push(render_bullets(&bullets, counted));
    }
    let Some(below) = section.subsections() else { return };
    // Sections in one that has neither a title nor a number stay at its level.
    let nested = title.is_some() || !number.is_empty();
    let counted = nested && any_numbered(&below);
    for (index, section) in below.iter().enumerate() {
        let number = number_below(number, index + 1, counted, section);
        render_section(section, level + usize::from(nested), &number, blocks);
    }
}

fn any_numbered(sections: &[PomSection]) -> bool {
    sections.iter().any(|section| numbered(section) == Some(true))
}

fn numbered(section: &PomSection) -> Option<bool> {
    section.read().numbered().and_then(Dyn::value)
}

/// The number of a section at a place below `number`; a section that is not counted takes over `number`.
fn number_below(number: &str, place: usize, counted: bool, section: &PomSection) -> String {
    if counted && numbered(section) != Some(false) { format!("{number}{place}.") } else { number.to_owned() }
}

fn render_bullets(bullets: &[String], counted: bool) -> String {
    let line = |(index, bullet): (usize, &String)| {
        if counted { format!("{}. {bullet}", index + 1) } else { format!("- {bullet}") }
    };
    bullets.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_go_one_level_deeper_in_subsections() {
        let sections = [
            PomSection::untitled().body("Hello."),
            PomSection::new("Skills")
                .subsection(
                    PomSection::new("Codes")
                        .body("Six digits.")
                        .subsection(PomSection::new("Spoken").bullets(["one", "two"]).numbered_bullets(true)),
                )
                .subsection(PomSection::new("Names").body("Spell them.")),
        ];
        assert_eq!(
            render_markdown(&sections),
            "Hello.\n\n## Skills\n\n### Codes\n\nSix digits.\n\n#### Spoken\n\n1. one\n2. two\n\n\
             ### Names\n\nSpell them.\n"
        );
    }

    #[test]
    fn numbers_run_through_a_level_and_down() {
        let sections = [
            PomSection::new("A")
                .body("a")
                .numbered(true)
                .subsections([PomSection::new("B").body("b").numbered(true), PomSection::new("C").body("c")]),
            PomSection::new("D").body("d"),
            PomSection::new("E").body("e").numbered(false),
        ];
        assert_eq!(
            render_markdown(&sections),
            "## 1. A\n\na\n\n### 1.1. B\n\nb\n\n### 1.2. C\n\nc\n\n## 2. D\n\nd\n\n## E\n\ne\n"
        );
    }

    #[test]
    fn untitled_sections_take_no_number_at_the_top() {
        let sections = [
            PomSection::untitled().body("Hello.").subsection(PomSection::new("In").body("i").numbered(true)),
            PomSection::new("A").body("a").numbered(true).subsection(PomSection::new("B").body("b")),
        ];
        assert_eq!(render_markdown(&sections), "Hello.\n\n## In\n\ni\n\n## 1. A\n\na\n\n### 1. B\n\nb\n");
    }

    #[test]
    fn nothing_renders_as_nothing() {
        assert_eq!(render_markdown(&[]), "");
        assert_eq!(render_markdown(&[PomSection::untitled().bullets(Vec::<String>::new())]), "");
    }
}
