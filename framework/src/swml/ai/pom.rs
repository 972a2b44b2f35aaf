//! The Prompt Object Model: a prompt as a tree of sections.

use std::fmt::Write as _;

use crate::swml::object::object;
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
    required {
        /// The heading.
        title: String,
    }
    optional {
        /// A paragraph.
        body: String,
        /// A list of points, at least one.
        bullets each bullet: List<String>,
        /// Sections below this one, at least one.
        subsections each subsection: List<PomSection>,
        /// Whether the sections at this level are numbered. Default: false.
        numbered: Dyn<bool>,
        /// Whether the bullets are numbered. Default: false.
        numbered_bullets as "numberedBullets": Dyn<bool>,
    }
}

impl PomSection {
    /// A section without a heading, which usually is the first.
    pub fn untitled() -> Self {
        Self::empty()
    }
}

/// Renders sections as the markdown that the platform shows to the model.
///
/// A title becomes a heading, `##` at the top and one `#` more at each level below; then come the body and
/// the bullets. When one section of a level is numbered, each titled section of that level is, unless it
/// says `false` itself.
///
/// ```
/// use swaig::swml::ai::{PomSection, render_markdown};
///
/// let sections = [PomSection::new("Rules").body("Mind these.").bullets(["Be brief.", "Never guess."])];
/// assert_eq!(render_markdown(&sections), "## Rules\n\nMind these.\n\n- Be brief.\n- Never guess.\n");
/// ```
pub fn render_markdown(sections: &[PomSection]) -> String {
    let mut blocks = Vec::new();
    render_level(sections, 2, "", &mut blocks);
    let mut text = blocks.join("\n\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn render_level(sections: &[PomSection], level: usize, prefix: &str, blocks: &mut Vec<String>) {
    let any_numbered = sections.iter().any(|section| numbered(section) == Some(true));
    for (index, section) in sections.iter().enumerate() {
        let section = section.read();
        let mut prefix = prefix.to_owned();
        if let Some(title) = section.title() {
            if any_numbered && section.numbered().and_then(Dyn::value) != Some(false) {
                // Writing to a string cannot fail.
                let _ = write!(prefix, "{}.", index + 1);
            }
            let space = if prefix.is_empty() { "" } else { " " };
            blocks.push(format!("{} {prefix}{space}{title}", "#".repeat(level)));
        }
        blocks.extend(section.body().filter(|body| !body.is_empty()));
        if let Some(bullets) = section.bullets().filter(|bullets| !bullets.is_empty()) {
            let counted = section.numbered_bullets().and_then(Dyn::value) == Some(true);
            blocks.push(render_bullets(&bullets, counted));
        }
        if let Some(below) = section.subsections() {
            let level = if section.title().is_some() { level + 1 } else { level };
            render_level(&below, level, &prefix, blocks);
        }
    }
}

fn numbered(section: &PomSection) -> Option<bool> {
    section.read().numbered().and_then(Dyn::value)
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
    fn nothing_renders_as_nothing() {
        assert_eq!(render_markdown(&[]), "");
        assert_eq!(render_markdown(&[PomSection::untitled().bullets(Vec::<String>::new())]), "");
    }
}
