//! Digits out of speech.
//!
//! A recogniser writes a spoken code in many ways: `1-2-3 4 5 6`, `one two
//! three`, `double four`, `twenty three`, `deux trois`. [`digits`] reads such a
//! text as a code, [`find`] tells where running text holds one. Both know the
//! digit words and the numbers below hundred of English, Spanish, French and
//! German, and the decimal digits of all scripts. Both take linear time.

use std::ops::Range;

use groups::{Event, Group, Groups, Kind};

mod groups;
#[cfg(test)]
pub(crate) mod tests;
mod words;

/// The digits that a caller spoke, in ASCII, if the whole text is such a
/// sequence; otherwise `None`, so that a sentence never becomes a code by
/// accident.
///
/// * Numbers below hundred are read as their digits: "twelve thirty four" is
///   `1234`. "Hundred" and more are refused: where their zeros go is a guess.
/// * "Double", "triple" and "quadruple" repeat the digit that follows.
/// * "Oh" is a zero beside other digits, or four times in a row.
/// * The homophones "for", "to", "too", "won" and "ate" are digits only among
///   at least twice as many real ones, at least four in all, and never beside
///   a number written with several digits ("12 to 34").
/// * Lead-ins such as "my code is" and a closing "please" are skipped.
///
/// ```
/// use swaig::spoken::digits;
///
/// assert_eq!(digits("my code is one two three, double four oh").as_deref(), Some("123440"));
/// assert_eq!(digits("forty-two zwei"), Some("422".into()));
/// assert_eq!(digits("I have two children"), None);
/// ```
pub fn digits(text: &str) -> Option<String> {
    let mut out = String::new();
    let (mut sure, mut homophones, mut ended) = (0, 0, false);
    let mut last: Option<Group> = None;
    for event in Groups::new(text) {
        match event {
            Event::Group(group) if !ended => {
                if last.is_some_and(|last| is_range(&last, &group)) {
                    return None;
                }
                match group.kind {
                    Kind::Homophone => homophones += group.count,
                    Kind::Written | Kind::Word => sure += group.count,
                    Kind::Oh => {}
                }
                group.push_digits(text, &mut out);
                last = Some(group);
            }
            Event::Group(_) => return None,
            Event::Other(range) => {
                let other = text.get(range)?;
                let harmless = if last.is_none() {
                    words::is_lead_in(other)
                } else {
                    ended = true;
                    words::is_closing(other)
                };
                if !harmless {
                    return None;
                }
            }
        }
    }
    let total = out.len();
    let clear = match (sure, homophones) {
        (0, 0) => total >= 4,
        (_, 0) => true,
        (0, _) => false,
        _ => total >= 4 && total - homophones >= 2 * homophones,
    };
    clear.then_some(out)
}

/// Whether one is a homophone and the other a number of several digits: "12 to".
fn is_range(left: &Group, right: &Group) -> bool {
    (left.kind == Kind::Homophone && right.is_number()) || (left.is_number() && right.kind == Kind::Homophone)
}

/// The places in running text that read as at least `at_least` digits, written,
/// spoken or mixed, as byte ranges in rising order.
///
/// Meant for redaction, so it is greedy where [`digits`] is careful: homophones
/// inside a run count. A run goes on over spaces, dashes, dots, commas, "and",
/// and fillers such as "um". Digits that are glued to letters or to an
/// underscore belong to an identifier and are no digits here. Letters of
/// scripts without spaces between words (Chinese, Japanese, Thai, Korean
/// particles) do not glue. `at_least` of 0 is taken as 1.
///
/// ```
/// let text = "It was one two, 34 I think";
/// assert_eq!(swaig::spoken::find(text, 4), [7..18]);
/// ```
pub fn find(text: &str, at_least: usize) -> Vec<Range<usize>> {
    let at_least = at_least.max(1);
    let mut found = Vec::new();
    let mut run = Run::default();
    for event in Groups::new(text) {
        match event {
            Event::Group(group) => run.add(&group),
            Event::Other(_) => found.extend(run.finish(at_least)),
        }
    }
    found.extend(run.finish(at_least));
    found
}

/// Groups of digits with nothing but separators between them.
#[derive(Default)]
struct Run {
    range: Option<Range<usize>>,
    /// Digits that are not homophones.
    sure: usize,
    total: usize,
    /// The last group that is no homophone is a number of several digits.
    after_number: bool,
    /// Digits of the homophones since that number. They join the run once
    /// something follows: in "123456 to verify" the "to" is a word.
    waiting: usize,
}

impl Run {
    fn add(&mut self, group: &Group) {
        if group.kind == Kind::Homophone {
            if self.after_number {
                self.waiting += group.count;
            } else {
                self.extend(group);
            }
            return;
        }
        // Homophones ahead of a number, "for 123456", are words.
        if self.sure == 0 && group.is_number() {
            self.range = None;
            self.total = 0;
        }
        self.total += self.waiting;
        self.waiting = 0;
        self.sure += group.count;
        self.after_number = group.is_number();
        self.extend(group);
    }

    fn extend(&mut self, group: &Group) {
        let start = self.range.as_ref().map_or(group.start, |range| range.start);
        self.range = Some(start..group.end);
        self.total += group.count;
    }

    fn finish(&mut self, at_least: usize) -> Option<Range<usize>> {
        let run = std::mem::take(self);
        // A run of homophones only is a sentence. With two sure digits it is
        // masked as a whole; with one, no part of it is long enough either.
        let enough = run.total >= at_least && run.sure >= at_least.min(2);
        run.range.filter(|_| enough)
    }
}
