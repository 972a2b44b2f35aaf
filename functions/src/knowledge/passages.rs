//! Markdown, cut at its headings.

/// How many characters a passage has at most; a longer one is cut between paragraphs.
const LONGEST: usize = 1600;

/// A part of a file that can be given to the model alone.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig_functions::knowledge::Knowledge;
///
/// # let folder = std::env::temp_dir().join(format!("knowledge-passage-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// std::fs::write(folder.join("shop.md"), "# Honey\n\nA jar costs 7 dollars.\n")?;
/// let knowledge = Knowledge::open(Some(folder.clone()))?;
/// let passages = knowledge.search("What does honey cost?", 3).await?;
/// assert_eq!(passages[0].title, "Honey");
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The headings above it, from the outermost: `Delivery › Costs`.
    pub title: String,
    /// Its text.
    pub body: String,
}

/// Cuts a text. What stands before the first heading has the file's name as its title.
pub(super) fn cut(name: &str, text: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut headings: Vec<(usize, String)> = Vec::new();
    let mut body = String::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        let Some((level, title)) = heading(line).filter(|_| !in_code) else {
            body.push_str(line);
            body.push('\n');
            continue;
        };
        keep(&mut passages, name, &headings, &body);
        body.clear();
        headings.retain(|(above, _)| *above < level);
        headings.push((level, title.to_owned()));
    }
    keep(&mut passages, name, &headings, &body);
    passages
}

/// `## Title` (`CommonMark`, "ATX headings").
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|it| *it == b'#').count();
    let rest = line.get(level..)?;
    let title = rest.trim().trim_end_matches('#').trim();
    ((1..=6).contains(&level) && rest.starts_with([' ', '\t']) && !title.is_empty()).then_some((level, title))
}

fn keep(passages: &mut Vec<Passage>, name: &str, headings: &[(usize, String)], body: &str) {
    let titles: Vec<&str> = headings.iter().map(|(_, title)| title.as_str()).collect();
    let title = if titles.is_empty() { name.to_owned() } else { titles.join(" › ") };
    let mut part = String::new();
    for paragraph in body.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        if !part.is_empty() && part.len() + paragraph.len() > LONGEST {
            passages.push(Passage { title: title.clone(), body: std::mem::take(&mut part) });
        }
        if !part.is_empty() {
            part.push_str("\n\n");
        }
        part.push_str(paragraph);
    }
    if !part.is_empty() {
        passages.push(Passage { title, body: part });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_cut_at_its_headings() {
        let text = "Before.\n\n# Delivery\n\nBy van.\n\n## Costs ##\n\nFive.\n\n```sh\n# no heading\n```\n\n# Pay\n\n#hash is none\n";
        let passages = cut("shop", text);
        let of = |number: usize| (passages[number].title.as_str(), passages[number].body.as_str());
        assert_eq!(of(0), ("shop", "Before."));
        assert_eq!(of(1), ("Delivery", "By van."));
        assert_eq!(of(2), ("Delivery › Costs", "Five.\n\n```sh\n# no heading\n```"));
        assert_eq!(of(3), ("Pay", "#hash is none"));
        let long = format!("# A\n\n{}\n\n{}\n", "x".repeat(1000), "y".repeat(1000));
        assert_eq!(cut("a", &long).len(), 2);
    }

    proptest! {
        #[test]
        fn nothing_but_space_and_headings_is_lost(text in "[a-z#` \n]{0,200}") {
            let kept: usize = cut("f", &text).iter().map(|it| it.body.split_whitespace().count()).sum();
            prop_assert!(kept <= text.split_whitespace().count());
        }
    }
}
