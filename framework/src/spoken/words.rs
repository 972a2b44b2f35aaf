//! The words and signs that [`digits`](super::digits) and
//! [`find`](super::find) know.

/// How a number word takes part in a longer number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// 0 to 9, or a written digit.
    Digit,
    /// French 4, which makes 80 with "vingt".
    Quatre,
    /// "Oh": a zero, or an exclamation.
    Oh,
    /// A word that sounds like a digit.
    Homophone,
    /// 10 to 19.
    Teen,
    /// French 10, 70 or 90 made with it, which take 7 to 9.
    Dix,
    /// A multiple of ten that takes 1 to 9.
    Tens,
    /// French 20.
    Vingt,
    /// French 60, which takes 1 to 19.
    Soixante,
    /// French 80, which takes 1 to 19.
    Eighty,
    /// Nothing can be added.
    Done,
}

/// What stands between two number words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Spaces or dashes.
    None,
    /// Spanish "y", French "et": inside a number as well as between two.
    Y,
    /// German "und": the ones stand before the tens.
    Und,
    /// A comma, "and", a filler: two numbers.
    Pause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Number(u8, Shape),
    /// "Double" and the like.
    Repeat(u8),
    Link(Link),
}

use Word::{Link as Between, Number, Repeat};

/// English, Spanish, French and German, folded (see [`Folded`]), sorted.
#[rustfmt::skip]
pub(super) const WORDS: &[(&str, Word)] = &[
    ("acht", Number(8, Shape::Digit)), ("achtzehn", Number(18, Shape::Teen)),
    ("achtzig", Number(80, Shape::Tens)), ("ah", Between(Link::Pause)),
    ("and", Between(Link::Pause)), ("ate", Number(8, Shape::Homophone)),
    ("catorce", Number(14, Shape::Teen)), ("cero", Number(0, Shape::Digit)),
    ("cinco", Number(5, Shape::Digit)), ("cincuenta", Number(50, Shape::Tens)),
    ("cinq", Number(5, Shape::Digit)), ("cinquante", Number(50, Shape::Tens)),
    ("cuarenta", Number(40, Shape::Tens)), ("cuatro", Number(4, Shape::Digit)),
    ("dash", Between(Link::Pause)), ("deux", Number(2, Shape::Digit)),
    ("diecinueve", Number(19, Shape::Teen)), ("dieciocho", Number(18, Shape::Teen)),
    ("dieciseis", Number(16, Shape::Teen)), ("diecisiete", Number(17, Shape::Teen)),
    ("diez", Number(10, Shape::Teen)), ("dix", Number(10, Shape::Dix)),
    ("doble", Repeat(2)), ("doce", Number(12, Shape::Teen)),
    ("dos", Number(2, Shape::Digit)), ("double", Repeat(2)),
    ("douze", Number(12, Shape::Teen)), ("drei", Number(3, Shape::Digit)),
    ("dreissig", Number(30, Shape::Tens)), ("dreizehn", Number(13, Shape::Teen)),
    ("eh", Between(Link::Pause)), ("eight", Number(8, Shape::Digit)),
    ("eighteen", Number(18, Shape::Teen)), ("eighty", Number(80, Shape::Tens)),
    ("ein", Number(1, Shape::Digit)), ("eins", Number(1, Shape::Digit)),
    ("eleven", Number(11, Shape::Teen)), ("elf", Number(11, Shape::Teen)),
    ("er", Between(Link::Pause)), ("erm", Between(Link::Pause)),
    ("et", Between(Link::Y)), ("euh", Between(Link::Pause)),
    ("fifteen", Number(15, Shape::Teen)), ("fifty", Number(50, Shape::Tens)),
    ("five", Number(5, Shape::Digit)), ("for", Number(4, Shape::Homophone)),
    ("fore", Number(4, Shape::Homophone)), ("forty", Number(40, Shape::Tens)),
    ("four", Number(4, Shape::Digit)), ("fourteen", Number(14, Shape::Teen)),
    ("fourty", Number(40, Shape::Tens)), ("fuenf", Number(5, Shape::Digit)),
    ("fuenfzehn", Number(15, Shape::Teen)), ("fuenfzig", Number(50, Shape::Tens)),
    ("funf", Number(5, Shape::Digit)), ("funfzehn", Number(15, Shape::Teen)),
    ("funfzig", Number(50, Shape::Tens)), ("hm", Between(Link::Pause)),
    ("hmm", Between(Link::Pause)), ("huit", Number(8, Shape::Digit)),
    ("huitante", Number(80, Shape::Tens)), ("hyphen", Between(Link::Pause)),
    ("naught", Number(0, Shape::Digit)), ("neuf", Number(9, Shape::Digit)),
    ("neun", Number(9, Shape::Digit)), ("neunzehn", Number(19, Shape::Teen)),
    ("neunzig", Number(90, Shape::Tens)), ("nil", Number(0, Shape::Digit)),
    ("nine", Number(9, Shape::Digit)), ("niner", Number(9, Shape::Digit)),
    ("nineteen", Number(19, Shape::Teen)), ("ninety", Number(90, Shape::Tens)),
    ("nonante", Number(90, Shape::Tens)), ("nought", Number(0, Shape::Digit)),
    ("noventa", Number(90, Shape::Tens)), ("nueve", Number(9, Shape::Digit)),
    ("null", Number(0, Shape::Digit)), ("o", Number(0, Shape::Oh)),
    ("ochenta", Number(80, Shape::Tens)), ("ocho", Number(8, Shape::Digit)),
    ("octante", Number(80, Shape::Tens)), ("oh", Number(0, Shape::Oh)),
    ("once", Number(11, Shape::Teen)), ("one", Number(1, Shape::Digit)),
    ("onze", Number(11, Shape::Teen)), ("quadruple", Repeat(4)),
    ("quarante", Number(40, Shape::Tens)), ("quatorze", Number(14, Shape::Teen)),
    ("quatre", Number(4, Shape::Quatre)), ("quince", Number(15, Shape::Teen)),
    ("quinze", Number(15, Shape::Teen)), ("sechs", Number(6, Shape::Digit)),
    ("sechzehn", Number(16, Shape::Teen)), ("sechzig", Number(60, Shape::Tens)),
    ("seis", Number(6, Shape::Digit)), ("seize", Number(16, Shape::Teen)),
    ("sept", Number(7, Shape::Digit)), ("septante", Number(70, Shape::Tens)),
    ("sesenta", Number(60, Shape::Tens)), ("setenta", Number(70, Shape::Tens)),
    ("seven", Number(7, Shape::Digit)), ("seventeen", Number(17, Shape::Teen)),
    ("seventy", Number(70, Shape::Tens)), ("sieben", Number(7, Shape::Digit)),
    ("siebzehn", Number(17, Shape::Teen)), ("siebzig", Number(70, Shape::Tens)),
    ("siete", Number(7, Shape::Digit)), ("six", Number(6, Shape::Digit)),
    ("sixteen", Number(16, Shape::Teen)), ("sixty", Number(60, Shape::Tens)),
    ("soixante", Number(60, Shape::Soixante)), ("ten", Number(10, Shape::Teen)),
    ("then", Between(Link::Pause)), ("thirteen", Number(13, Shape::Teen)),
    ("thirty", Number(30, Shape::Tens)), ("three", Number(3, Shape::Digit)),
    ("to", Number(2, Shape::Homophone)), ("too", Number(2, Shape::Homophone)),
    ("treble", Repeat(3)), ("trece", Number(13, Shape::Teen)),
    ("treinta", Number(30, Shape::Tens)), ("treize", Number(13, Shape::Teen)),
    ("trente", Number(30, Shape::Tens)), ("tres", Number(3, Shape::Digit)),
    ("triple", Repeat(3)), ("trois", Number(3, Shape::Digit)),
    ("twelve", Number(12, Shape::Teen)), ("twenty", Number(20, Shape::Tens)),
    ("two", Number(2, Shape::Digit)), ("uh", Between(Link::Pause)),
    ("uhm", Between(Link::Pause)), ("um", Between(Link::Pause)),
    ("un", Number(1, Shape::Digit)), ("und", Between(Link::Und)),
    ("une", Number(1, Shape::Digit)), ("uno", Number(1, Shape::Digit)),
    ("veinte", Number(20, Shape::Tens)), ("veinticinco", Number(25, Shape::Done)),
    ("veinticuatro", Number(24, Shape::Done)), ("veintidos", Number(22, Shape::Done)),
    ("veintinueve", Number(29, Shape::Done)), ("veintiocho", Number(28, Shape::Done)),
    ("veintiseis", Number(26, Shape::Done)), ("veintisiete", Number(27, Shape::Done)),
    ("veintitres", Number(23, Shape::Done)), ("veintiun", Number(21, Shape::Done)),
    ("veintiuno", Number(21, Shape::Done)), ("vier", Number(4, Shape::Digit)),
    ("vierzehn", Number(14, Shape::Teen)), ("vierzig", Number(40, Shape::Tens)),
    ("vingt", Number(20, Shape::Vingt)), ("vingts", Number(20, Shape::Vingt)),
    ("won", Number(1, Shape::Homophone)), ("y", Between(Link::Y)),
    ("zehn", Number(10, Shape::Teen)), ("zero", Number(0, Shape::Digit)),
    ("zwanzig", Number(20, Shape::Tens)), ("zwei", Number(2, Shape::Digit)),
    ("zwo", Number(2, Shape::Digit)), ("zwoelf", Number(12, Shape::Teen)),
    ("zwolf", Number(12, Shape::Teen)),
];

/// For each letter, the letters that follow it at the start of a word: a bit for each.
const STARTS: [u32; 26] = {
    let mut starts = [0; 26];
    let mut at = 0;
    while at < WORDS.len() {
        if let [first, second, ..] = WORDS[at].0.as_bytes() {
            starts[(*first - b'a') as usize] |= 1 << (*second - b'a');
        }
        at += 1;
    }
    starts
};

/// Whether a known word may start so, by its first two letters: most words of a sentence do not.
fn may_be_known(word: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic().then(|| byte.to_ascii_lowercase() - b'a');
    let [first, second, ..] = word.as_bytes() else { return true };
    match (letter(*first), letter(*second)) {
        (Some(first), Some(second)) => STARTS[usize::from(first)] >> second & 1 == 1,
        // An accent or an apostrophe.
        _ => true,
    }
}

/// Words that may stand before a code, folded.
const LEAD_INS: &[&str] = &[
    "a",
    "alright",
    "authentication",
    "cest",
    "code",
    "codes",
    "codigo",
    "confirmation",
    "das",
    "der",
    "die",
    "digits",
    "el",
    "es",
    "est",
    "got",
    "have",
    "heres",
    "i",
    "il",
    "is",
    "ist",
    "it",
    "its",
    "ja",
    "jai",
    "la",
    "lautet",
    "le",
    "mein",
    "meine",
    "mi",
    "mon",
    "my",
    "number",
    "numero",
    "nummer",
    "of",
    "ok",
    "okay",
    "oui",
    "passcode",
    "password",
    "pin",
    "says",
    "security",
    "si",
    "so",
    "sure",
    "text",
    "thats",
    "that",
    "the",
    "this",
    "token",
    "verification",
    "well",
    "yeah",
    "yep",
    "yes",
    "your",
];

/// Words that may stand after a code, folded.
const CLOSINGS: &[&str] = &[
    "bitte", "danke", "favor", "gracias", "merci", "ok", "okay", "plait", "please", "por", "sil", "thank",
    "thanks", "vous", "you",
];

/// Whether this word or sign may stand before a code.
pub(super) fn is_lead_in(text: &str) -> bool {
    is_in(LEAD_INS, text) || is_sign(text, ":;#=\"“”„«»‘’'`*([{<!?¿¡")
}

/// Whether this word or sign may stand after a code.
pub(super) fn is_closing(text: &str) -> bool {
    is_in(CLOSINGS, text) || is_sign(text, ";#\"“”„«»‘’'`*)]}>!?")
}

fn is_in(words: &[&str], text: &str) -> bool {
    Folded::new(text).is_some_and(|folded| words.contains(&folded.as_str()))
}

fn is_sign(text: &str, signs: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| signs.contains(c)) && chars.next().is_none()
}

/// The meaning of a word, in any case, with or without accents.
pub(super) fn look_up(word: &str) -> Option<Word> {
    if !may_be_known(word) {
        return None;
    }
    let folded = Folded::new(word)?;
    let word = folded.as_str();
    if let Ok(at) = WORDS.binary_search_by_key(&word, |entry| entry.0) {
        return WORDS.get(at).map(|entry| entry.1);
    }
    // German writes "zweiundvierzig" as one word. All such words are longer than "einundelf", which is none.
    if word.len() <= "einundelf".len() {
        return None;
    }
    let (ones, tens) = word.split_once("und")?;
    let number = |word| match WORDS.binary_search_by_key(&word, |entry| entry.0) {
        Ok(at) => match WORDS.get(at) {
            Some((_, Number(value, shape))) => Some((*value, *shape)),
            _ => None,
        },
        Err(_) => None,
    };
    let (value, shape) = combine(number(ones)?, Link::Und, number(tens)?)?;
    Some(Number(value, shape))
}

/// The number that two number words make together.
pub(super) fn combine(
    (left, left_shape): (u8, Shape),
    link: Link,
    (right, right_shape): (u8, Shape),
) -> Option<(u8, Shape)> {
    use Shape::{Digit, Dix, Done, Eighty, Quatre, Soixante, Teen, Tens, Vingt};
    let inside = matches!(link, Link::None | Link::Y);
    match (left_shape, right_shape) {
        (Quatre, Vingt) if link == Link::None => Some((80, Eighty)),
        (Digit | Quatre, Tens | Vingt | Soixante) if link == Link::Und && left > 0 => {
            Some((left + right, Done))
        }
        (Tens | Vingt | Soixante | Eighty, Digit | Quatre) if inside && right > 0 => {
            Some((left + right, Done))
        }
        (Soixante | Eighty, Dix) if inside => Some((left + right, Dix)),
        (Soixante | Eighty, Teen) if inside => Some((left + right, Done)),
        (Dix, Digit) if link == Link::None && right >= 7 => Some((left + right, Done)),
        _ => None,
    }
}

/// A short word in lower-case ASCII, without accents and apostrophes.
pub(super) struct Folded {
    bytes: [u8; Self::LONGEST],
    length: usize,
}

impl Folded {
    const LONGEST: usize = 20;

    /// `None` for a word that is too long or holds letters that none of the
    /// known words has.
    pub(super) fn new(word: &str) -> Option<Self> {
        let mut folded = Self { bytes: [0; Self::LONGEST], length: 0 };
        for c in word.chars() {
            let letter = match c {
                'a'..='z' | 'A'..='Z' => u8::try_from(c).ok()?.to_ascii_lowercase(),
                'à'..='å' | 'À'..='Å' => b'a',
                'ç' | 'Ç' => b'c',
                'è'..='ë' | 'È'..='Ë' => b'e',
                'ì'..='ï' | 'Ì'..='Ï' => b'i',
                'ñ' | 'Ñ' => b'n',
                'ò'..='ö' | 'Ò'..='Ö' => b'o',
                'ù'..='ü' | 'Ù'..='Ü' => b'u',
                'ß' | 'ẞ' => {
                    folded.push(b's')?;
                    b's'
                }
                c if is_mark(c) || is_apostrophe(c) => continue,
                _ => return None,
            };
            folded.push(letter)?;
        }
        Some(folded)
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.length)? = byte;
        self.length += 1;
        Some(())
    }

    pub(super) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// The zeros of all decimal digits (general category Nd, Unicode 14, and those
/// added up to 16); nine more follow each.
const ZEROS: &[u32] = &[
    0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30,
    0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0,
    0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2,
    0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950, 0x1fbf0,
];

/// The value of a decimal digit of any script.
pub(super) fn digit_value(c: char) -> Option<u8> {
    let code = u32::from(c);
    if code < 0x80 {
        return u8::try_from(c.to_digit(10)?).ok();
    }
    let at = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?;
    let value = u8::try_from(code - ZEROS.get(at)?).ok()?;
    (value < 10).then_some(value)
}

/// Whether a digit beside this character is part of a word or an identifier.
pub(super) fn glues(c: char) -> bool {
    c == '_' || (c.is_alphanumeric() && !is_unspaced(c))
}

/// Letters of scripts that set no spaces, or, as Korean, attach particles.
fn is_unspaced(c: char) -> bool {
    matches!(
        u32::from(c),
        0x0e00..=0x0eff       // Thai, Lao
            | 0x1000..=0x109f // Myanmar
            | 0x1100..=0x11ff // Hangul jamo
            | 0x1780..=0x17ff // Khmer
            | 0x2e80..=0x9fff // Chinese, Japanese
            | 0xac00..=0xd7ff // Hangul
            | 0xf900..=0xfaff
            | 0xff66..=0xffdc // halfwidth kana and jamo
            | 0x20000..=0x3ffff
    )
}

/// Marks that change how a character looks, not what it is: accents, the
/// variation selector and the frame of an emoji digit.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{fe0f}' | '\u{20e3}')
}

pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

/// Spaces, dashes and characters without width: they join number words.
pub(super) fn is_joint(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}'
            | '\u{2060}' | '\u{2212}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}' | '\u{feff}' | '\u{ff0d}')
}

/// Dots, commas and their like: they separate number words.
pub(super) fn is_pause(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | '!' | '·' | '…' | '،' | '٫' | '٬' | '、' | '。' | '，' | '．')
}
