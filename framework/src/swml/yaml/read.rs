//! From the events of a YAML parser to [`Json`].

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use super::error::{Place, YamlError};
use super::scalar::{Plain, resolve};
use crate::swml::{Json, Object};

/// How many collections may be around a value. `serde_json` refuses the 128th level, and a document should not
/// depend on the language that it is written in.
const LEVELS: usize = 127;

/// How much the copies for anchors and aliases may take, in bytes: a text of a kilobyte can ask for gigabytes.
const COPIES: usize = 16 << 20;

/// The tags of the core schema start with this.
const CORE: &str = "tag:yaml.org,2002:";

/// The key that merges mappings into the one that it is in.
const MERGE: &str = "<<";

pub(super) fn read(text: &str) -> Result<Json, YamlError> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: HashMap::new(), copied: 0 };
    // The parser gives the events in the order of YAML's grammar, so that what is not looked for is not there.
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Err(YamlError::Empty),
            (Event::DocumentStart(_), _) => break,
            _ => {}
        }
    }
    let (event, at) = reader.next()?;
    let json = reader.node(event, at, 0)?;
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(json),
            (Event::DocumentStart(_), at) => return Err(YamlError::SecondDocument { at }),
            _ => {}
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    /// The nodes that have been read and have an anchor. A node gets here at its end.
    anchors: HashMap<usize, Anchor>,
    /// How much has been copied, in bytes.
    copied: usize,
}

/// A node that an alias may name.
struct Anchor {
    json: Json,
    size: usize,
    levels: usize,
}

/// A node in the place of a key.
enum Key {
    Text(String),
    Merge,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Place), YamlError> {
        match self.parser.next_event() {
            Some(next) => {
                let (event, span) = next?;
                Ok((event, (&span.start).into()))
            }
            // Only who reads on after the end gets here.
            None => Ok((Event::StreamEnd, Place { line: 0, column: 0 })),
        }
    }

    /// The node that starts with this event, inside so many collections.
    fn node(&mut self, event: Event<'t>, at: Place, level: usize) -> Result<Json, YamlError> {
        let (json, anchor) = match event {
            Event::Alias(anchor) => return self.copy(anchor, at, level),
            Event::Scalar(text, style, anchor, tag) => (scalar(&text, style, tag.as_deref(), at)?, anchor),
            Event::SequenceStart(anchor, tag) => {
                collection(tag.as_deref(), "seq", at)?;
                (self.sequence(at, level)?, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                collection(tag.as_deref(), "map", at)?;
                (self.mapping(at, level)?, anchor)
            }
            _ => return Err(YamlError::Syntax { at, message: "a value is missing".to_owned() }),
        };
        self.keep(anchor, &json, at)?;
        Ok(json)
    }

    fn sequence(&mut self, at: Place, level: usize) -> Result<Json, YamlError> {
        let inside = deeper(level, 1, at)?;
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Json::Array(items)),
                (event, at) => items.push(self.node(event, at, inside)?),
            }
        }
    }

    fn mapping(&mut self, at: Place, level: usize) -> Result<Json, YamlError> {
        let inside = deeper(level, 1, at)?;
        let mut object = Object::new();
        // The keys that are there only because they were merged.
        let mut merged = HashSet::new();
        let mut has_merge = false;
        loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Json::Object(object));
            }
            match self.key(event, at)? {
                Key::Text(key) => {
                    if object.contains_key(&key) && !merged.remove(&key) {
                        return Err(YamlError::DuplicateKey { at, key });
                    }
                    let (event, at) = self.next()?;
                    object.insert(key, self.node(event, at, inside)?);
                }
                Key::Merge if has_merge => {
                    return Err(YamlError::DuplicateKey { at, key: MERGE.to_owned() });
                }
                Key::Merge => {
                    has_merge = true;
                    let (event, at) = self.next()?;
                    let value = self.node(event, at, inside)?;
                    for (key, value) in
                        mappings(value).ok_or(YamlError::MergeNotMapping { at })?.into_iter().flatten()
                    {
                        if !object.contains_key(&key) {
                            merged.insert(key.clone());
                            object.insert(key, value);
                        }
                    }
                }
            }
        }
    }

    fn key(&mut self, event: Event<'t>, at: Place) -> Result<Key, YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_deref();
                let merges = tag.is_none_or(|tag| full(tag) == format!("{CORE}merge"));
                if text == MERGE && style == ScalarStyle::Plain && merges {
                    return Ok(Key::Merge);
                }
                // A key is text, whatever it would be as a value: `.inf` is a name like others.
                if anchor > 0 || tag.is_some() {
                    let json = scalar(&text, style, tag, at)?;
                    self.keep(anchor, &json, at)?;
                }
                Ok(Key::Text(text.into_owned()))
            }
            Event::Alias(anchor) => match self.copy(anchor, at, 0)? {
                Json::String(text) => Ok(Key::Text(text)),
                Json::Array(_) | Json::Object(_) => Err(YamlError::KeyNotScalar { at }),
                json => Ok(Key::Text(json.to_string())),
            },
            _ => Err(YamlError::KeyNotScalar { at }),
        }
    }

    /// Remembers a node that has an anchor.
    fn keep(&mut self, anchor: usize, json: &Json, at: Place) -> Result<(), YamlError> {
        if anchor > 0 {
            let size = size(json);
            count(&mut self.copied, size, at)?;
            self.anchors.insert(anchor, Anchor { json: json.clone(), size, levels: levels(json) });
        }
        Ok(())
    }

    /// A copy of what an alias names, inside so many collections.
    fn copy(&mut self, anchor: usize, at: Place, level: usize) -> Result<Json, YamlError> {
        // The parser knows only anchors that it has met, so one that is not here has not ended yet.
        let Some(named) = self.anchors.get(&anchor) else { return Err(YamlError::RecursiveAlias { at }) };
        deeper(level, named.levels, at)?;
        count(&mut self.copied, named.size, at)?;
        Ok(named.json.clone())
    }
}

/// Counts what anchors and aliases copy.
fn count(copied: &mut usize, size: usize, at: Place) -> Result<(), YamlError> {
    *copied = copied.saturating_add(size);
    if *copied > COPIES { Err(YamlError::TooManyCopies { at }) } else { Ok(()) }
}

/// The level that is so many levels below.
fn deeper(level: usize, by: usize, at: Place) -> Result<usize, YamlError> {
    let below = level + by;
    if below > LEVELS { Err(YamlError::TooDeep { at }) } else { Ok(below) }
}

/// The mappings that `<<` merges.
fn mappings(value: Json) -> Option<Vec<Object>> {
    match value {
        Json::Object(object) => Some(vec![object]),
        Json::Array(items) => items
            .into_iter()
            .map(|item| match item {
                Json::Object(object) => Some(object),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// The value of a scalar.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, at: Place) -> Result<Json, YamlError> {
    let string = || Ok(Json::String(text.to_owned()));
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain { value(resolve(text), text, at) } else { string() };
    };
    let tag = full(tag);
    let fits = match tag.strip_prefix(CORE) {
        Some("str") => return string(),
        // The tag that only says "not by its looks".
        None if tag == "!" => return string(),
        Some("null") => matches!(resolve(text), Plain::Null),
        Some("bool") => matches!(resolve(text), Plain::Bool(_)),
        Some("int") => match resolve(text) {
            Plain::Number(lexeme) => !lexeme.contains(['.', 'e', 'E']),
            plain => matches!(plain, Plain::OutOfRange),
        },
        Some("float") => {
            matches!(resolve(text), Plain::Number(_) | Plain::NotFinite | Plain::OutOfRange)
        }
        _ => return Err(YamlError::UnknownTag { at, tag }),
    };
    if fits { value(resolve(text), text, at) } else { Err(YamlError::TagMismatch { at, tag }) }
}

fn value(plain: Plain<'_>, text: &str, at: Place) -> Result<Json, YamlError> {
    match plain {
        Plain::Null => Ok(Json::Null),
        Plain::Bool(value) => Ok(Json::Bool(value)),
        // The range is the only thing that can be wrong with it.
        Plain::Number(lexeme) => Json::parse(&lexeme).map_err(|_| YamlError::OutOfRange { at }),
        Plain::OutOfRange => Err(YamlError::OutOfRange { at }),
        Plain::NotFinite => Err(YamlError::NotFinite { at, text: text.to_owned() }),
        Plain::Text => Ok(Json::String(text.to_owned())),
    }
}

/// Whether a collection may have this tag.
fn collection(tag: Option<&Tag>, kind: &str, at: Place) -> Result<(), YamlError> {
    match tag.map(full) {
        Some(tag) if tag != "!" && tag.strip_prefix(CORE) != Some(kind) => {
            Err(YamlError::UnknownTag { at, tag })
        }
        _ => Ok(()),
    }
}

fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

/// How many collections are inside one another.
fn levels(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(levels).max().unwrap_or(0),
        Json::Object(members) => 1 + members.values().map(levels).max().unwrap_or(0),
        _ => 0,
    }
}

/// About how many bytes a value takes.
fn size(json: &Json) -> usize {
    let inside = match json {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(size).sum(),
        Json::Object(members) => {
            members.iter().map(|(key, value)| size_of::<String>() + key.len() + size(value)).sum()
        }
        _ => 0,
    };
    size_of::<Json>() + inside
}
