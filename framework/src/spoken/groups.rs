//! Reads a text as groups of digits: a written number, a digit word, or the
//! words of one number below hundred.

use super::words::{self, Link, Shape, Word};

/// What the text holds next.
#[derive(Debug)]
pub(super) enum Event {
    Group(Group),
    /// The byte range of a word, an identifier or a sign that is no digit.
    Other(std::ops::Range<usize>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Written,
    Word,
    Oh,
    Homophone,
}

/// Digits that were written or said together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    /// How many digits.
    pub(super) count: usize,
    /// The number that was said; what was written stands in the text.
    value: Option<u8>,
}

impl Group {
    /// A number written with several digits.
    pub(super) fn is_number(&self) -> bool {
        self.kind == Kind::Written && self.count > 1
    }

    /// Appends the digits in ASCII.
    pub(super) fn push_digits(&self, text: &str, out: &mut String) {
        match self.value {
            None => {
                let written = text.get(self.start..self.end).unwrap_or_default();
                let values = written.chars().filter_map(words::digit_value);
                out.extend(values.map(|value| char::from(b'0' + value)));
            }
            Some(value) if value < 10 => {
                out.extend(std::iter::repeat_n(char::from(b'0' + value), self.count));
            }
            Some(value) => {
                out.push(char::from(b'0' + value / 10));
                out.push(char::from(b'0' + value % 10));
            }
        }
    }
}

/// The events of a text, in order.
pub(super) struct Groups<'a> {
    lexer: Lexer<'a>,
    pending: Option<Pending>,
    queued: Option<Event>,
    /// What stands between the pending group and the next token.
    link: Link,
    joined: bool,
}

/// A group that the next word may complete.
#[derive(Clone, Copy)]
enum Pending {
    Group(Group, Shape),
    Repeat { start: usize, end: usize, times: u8 },
}

impl<'a> Groups<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { lexer: Lexer { text, at: 0 }, pending: None, queued: None, link: Link::None, joined: true }
    }
}

impl Iterator for Groups<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.queued.take() {
            return Some(event);
        }
        while let Some(token) = self.lexer.next() {
            self.joined &= token.joined;
            let next = match token.what {
                What::Link(link) => {
                    self.link = link;
                    continue;
                }
                What::Other => {
                    let other = Event::Other(token.start..token.end);
                    return match self.pending.take() {
                        Some(pending) => {
                            self.queued = Some(other);
                            Some(pending.finish())
                        }
                        None => Some(other),
                    };
                }
                What::Digits(_) | What::Number(..) | What::Repeat(_) => token.pending(),
            };
            let link = if self.joined { self.link } else { Link::Pause };
            (self.link, self.joined) = (Link::None, true);
            let before = self.pending.take();
            let both = before.and_then(|before| before.combine(&next, link, self.lexer.text));
            if both.is_some() {
                self.pending = both;
                continue;
            }
            self.pending = Some(next);
            if let Some(before) = before {
                return Some(before.finish());
            }
        }
        self.pending.take().map(Pending::finish)
    }
}

impl Pending {
    fn finish(self) -> Event {
        match self {
            Self::Group(group, _) => Event::Group(group),
            Self::Repeat { start, end, .. } => Event::Other(start..end),
        }
    }

    /// The group that both make together, as "twenty" and "three" do.
    fn combine(self, next: &Self, link: Link, text: &str) -> Option<Self> {
        let Self::Group(right, right_shape) = *next else {
            return None;
        };
        let (start, left, left_shape) = match self {
            Self::Group(group, shape) => (group.start, group.value?, shape),
            Self::Repeat { start, times, .. } => {
                let mut digit = String::new();
                right.push_digits(text, &mut digit);
                let single = right.count == 1 && right_shape != Shape::Done;
                let value = digit.bytes().next().filter(|_| single)? - b'0';
                let group = Group { start, count: usize::from(times), value: Some(value), ..right };
                return (link == Link::None).then_some(Self::Group(group, Shape::Done));
            }
        };
        let (value, shape) = words::combine((left, left_shape), link, (right.value?, right_shape))?;
        let group = Group { start, end: right.end, kind: Kind::Word, count: 2, value: Some(value) };
        Some(Self::Group(group, shape))
    }
}

struct Token {
    start: usize,
    end: usize,
    /// Only spaces and dashes stand before it.
    joined: bool,
    what: What,
}

enum What {
    /// So many written digits.
    Digits(usize),
    Number(u8, Shape),
    Repeat(u8),
    Link(Link),
    Other,
}

impl Token {
    fn pending(&self) -> Pending {
        let (start, end) = (self.start, self.end);
        let (kind, count, value, shape) = match self.what {
            What::Repeat(times) => return Pending::Repeat { start, end, times },
            What::Number(value, shape) => {
                let kind = match shape {
                    Shape::Oh => Kind::Oh,
                    Shape::Homophone => Kind::Homophone,
                    _ => Kind::Word,
                };
                (kind, 1 + usize::from(value >= 10), Some(value), shape)
            }
            What::Digits(count) => (Kind::Written, count, None, Shape::Digit),
            What::Link(_) | What::Other => (Kind::Written, 0, None, Shape::Done),
        };
        let group = Group { start, end, kind, count, value };
        Pending::Group(group, shape)
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips what separates; tells whether only spaces and dashes did.
    fn skip_separators(&mut self) -> bool {
        let (mut joined, mut length) = (true, 0);
        for c in self.rest().chars() {
            let loose = words::is_pause(c);
            if !loose && !words::is_joint(c) {
                break;
            }
            joined &= !loose;
            length += c.len_utf8();
        }
        self.at += length;
        joined
    }

    fn next(&mut self) -> Option<Token> {
        let joined = self.skip_separators();
        let (length, what) = word(self.rest())?;
        let start = self.at;
        self.at += length;
        Some(Token { start, end: self.at, joined, what })
    }
}

/// The length in bytes and the meaning of the word, number or sign at the
/// start of `rest`.
fn word(rest: &str) -> Option<(usize, What)> {
    let (mut length, mut digits, mut letters, mut last_is_letter) = (0, 0, 0, false);
    // Most words are of ASCII alone, and told by their bytes.
    for byte in rest.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => letters += 1,
            _ => break,
        }
        last_is_letter = byte.is_ascii_alphabetic();
        length += 1;
    }
    let mut chars = rest[length..].chars().peekable();
    while let Some(&c) = chars.peek() {
        if words::digit_value(c).is_some() {
            digits += 1;
            last_is_letter = false;
        } else if words::glues(c) {
            letters += 1;
            last_is_letter = c.is_alphabetic();
        } else if !(length > 0 && words::is_mark(c)) {
            // An apostrophe between letters belongs to the word: "it's".
            let next = rest[length + c.len_utf8()..].chars().next();
            let inside = last_is_letter && next.is_some_and(char::is_alphabetic);
            if !(inside && words::is_apostrophe(c)) {
                break;
            }
        }
        length += c.len_utf8();
        chars.next();
    }
    if length == 0 {
        return chars.next().map(|c| (c.len_utf8(), What::Other));
    }
    let what = match (digits, letters) {
        (digits, 0) => What::Digits(digits),
        (0, _) => match words::look_up(&rest[..length]) {
            Some(Word::Number(value, shape)) => What::Number(value, shape),
            Some(Word::Repeat(times)) => What::Repeat(times),
            Some(Word::Link(link)) => What::Link(link),
            None => What::Other,
        },
        _ => What::Other,
    };
    Some((length, what))
}
