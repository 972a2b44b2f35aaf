//! Random documents out of the tables, and random changes to documents.

use crate::swml::shape::{Limit, Presence, Rule, Shape};
use crate::swml::{Json, Kind, Object, Step, VERSION};

/// A small generator of random numbers (`SplitMix64`), so that one seed gives one document.
pub(in crate::swml) struct Random(pub(in crate::swml) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(in crate::swml) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).expect("a small number"))
            .expect("a small number")
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }

    /// A document that the tables allow.
    pub(in crate::swml) fn document(&mut self, depth: usize) -> Json {
        let mut sections = Object::from([("main".to_owned(), self.steps(depth))]);
        if self.one_in(3) {
            sections.insert("other".to_owned(), self.steps(depth));
        }
        let mut members = Object::from([("sections".to_owned(), Json::Object(sections))]);
        if self.one_in(2) {
            members.insert("version".to_owned(), VERSION.into());
        }
        Json::Object(members)
    }

    fn steps(&mut self, depth: usize) -> Json {
        let count = if depth == 0 { 0 } else { self.below(3) };
        (0..count).map(|_| self.value(Kind::Step, Limit::None, depth)).collect()
    }

    fn step(&mut self, verbs: Option<&[&str]>, depth: usize) -> Json {
        let rows: Vec<_> =
            Step::VERBS.iter().filter(|row| verbs.is_none_or(|verbs| verbs.contains(&row.name))).collect();
        let row = self.pick(&rows);
        let body = self.value((row.kind)(), Limit::None, depth);
        Json::Object(Object::from([(row.name.to_owned(), body)]))
    }

    /// A value of a kind within a limit.
    fn value(&mut self, kind: Kind, limit: Limit, depth: usize) -> Json {
        let depth_below = depth.saturating_sub(1);
        match kind {
            Kind::Any => self.anything(2),
            Kind::Null => Json::Null,
            Kind::Bool => self.one_in(2).into(),
            Kind::Integer => self.number(limit, true),
            Kind::Number => self.number(limit, false),
            Kind::String => match limit {
                Limit::Matching(pattern) => (*self.pick(pattern.examples)).into(),
                Limit::NotEmpty => "text".into(),
                Limit::Url => {
                    (*self.pick(&["https://example.com/a?b=1", "https://u:p@example.com", "no URL"])).into()
                }
                _ => (*self.pick(&["", "text", "true", "12", "${vars.a}", "a/~b"])).into(),
            },
            Kind::Text(pattern) => (*self.pick(pattern.examples)).into(),
            Kind::Choice(choices) => (*self.pick(choices)).into(),
            Kind::Variable => (*self.pick(&["${vars.a}", "%{b}"])).into(),
            Kind::OrVariable(_) if self.one_in(4) && !matches!(limit, Limit::Unmixed) => "${vars.a}".into(),
            Kind::OrVariable(inner) | Kind::EngineOnly(inner) => self.value(inner(), limit, depth),
            Kind::OneOf(kinds) => {
                // An alternative that is all variables would mix with others in a list.
                let is_plain = |kind: &Kind| !matches!(kind, Kind::Variable | Kind::EngineOnly(_));
                let plain: Vec<_> = kinds.iter().map(|kind| kind()).filter(is_plain).collect();
                let kind = *self.pick(&plain);
                self.value(kind, limit, depth)
            }
            Kind::List(item) => {
                let least = usize::from(matches!(limit, Limit::NotEmpty));
                let count = if depth == 0 { least } else { least + self.below(3) };
                (0..count).map(|_| self.value(item(), limit_of_items(limit), depth_below)).collect()
            }
            Kind::Map(item) => {
                let count = if depth == 0 { 0 } else { self.below(3) };
                let members = (0..count)
                    .map(|index| (format!("key{index}"), self.value(item(), Limit::None, depth_below)));
                Json::Object(members.collect())
            }
            Kind::Object(shape) => self.object(shape, limit, depth),
            Kind::Step => self.step(None, depth_below),
            Kind::StepOf(verbs) => self.step(Some(verbs), depth_below),
            Kind::Document => self.document(depth_below),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "small numbers")]
    fn number(&mut self, limit: Limit, whole: bool) -> Json {
        let (least, most) = match limit {
            Limit::ZeroOrBetween(..) if self.one_in(3) => return 0.into(),
            Limit::Between(least, most) | Limit::ZeroOrBetween(least, most) => (least, most),
            Limit::AtLeast(least) => (least, least + 100.0),
            _ => (-5.0, 1000.0),
        };
        let value = match self.below(4) {
            0 => least,
            1 => most,
            _ => least + (most - least) * self.below(1000) as f64 / 1000.0,
        };
        if whole {
            // A whole number may be written with a fraction of zero.
            let lexeme =
                if self.one_in(8) { format!("{:.1}", value.ceil()) } else { format!("{:.0}", value.ceil()) };
            Json::parse(&lexeme).expect("a number")
        } else {
            value.into()
        }
    }

    fn object(&mut self, shape: &Shape, limit: Limit, depth: usize) -> Json {
        let mut keys: Vec<&str> = Vec::new();
        let grouped = |key: &str| {
            shape.rules.iter().any(|rule| match rule {
                Rule::ExactlyOne(keys) | Rule::AtLeastOne(keys) | Rule::AtMostOne(keys) => {
                    keys.contains(&key)
                }
                Rule::Needs { .. } => false,
            })
        };
        for rule in shape.rules {
            match rule {
                Rule::ExactlyOne(group) => {
                    let is_published = |key: &&&str| {
                        shape.field(key).is_some_and(|field| field.presence != Presence::EngineOnly)
                    };
                    let published: Vec<&str> = group.iter().filter(is_published).copied().collect();
                    keys.push(self.pick::<&str>(&published));
                }
                Rule::AtLeastOne(group) => {
                    keys.push(self.pick::<&str>(group));
                    keys.extend(group.iter().filter(|_| self.one_in(3)));
                }
                Rule::AtMostOne(group) if self.one_in(2) => keys.push(self.pick::<&str>(group)),
                _ => {}
            }
        }
        let few = if depth == 0 { 20 } else { 2.max(shape.fields.len() / 8) };
        for field in shape.fields.iter().filter(|field| !grouped(field.key)) {
            match field.presence {
                Presence::Required => keys.push(field.key),
                Presence::Optional | Presence::OneOf | Presence::Deprecated { .. } if self.one_in(few) => {
                    keys.push(field.key);
                }
                _ => {}
            }
        }
        if keys.is_empty() && matches!(limit, Limit::NotEmpty) {
            keys.push(self.pick(shape.fields).key);
        }
        for rule in shape.rules {
            if let Rule::Needs { key, other } = rule
                && keys.contains(key)
                && !keys.contains(other)
            {
                if grouped(other) && !grouped(key) {
                    keys.retain(|name| name != key);
                } else {
                    keys.push(other);
                }
            }
        }
        let mut members = Object::new();
        for key in keys {
            let field = shape.field(key).expect("a field");
            if !members.contains_key(key) {
                members
                    .insert(key.to_owned(), self.value((field.kind)(), field.limit, depth.saturating_sub(1)));
            }
        }
        if let Some(rest) = shape.rest
            && depth > 0
            && self.one_in(3)
        {
            members.insert("free".to_owned(), self.value(rest(), Limit::None, depth.saturating_sub(1)));
        }
        Json::Object(members)
    }

    /// Any JSON.
    fn anything(&mut self, depth: usize) -> Json {
        match self.below(if depth == 0 { 5 } else { 7 }) {
            0 => Json::Null,
            1 => self.one_in(2).into(),
            2 => self.number(Limit::None, true),
            3 => self.number(Limit::Between(-1e6, 1e6), false),
            4 => (*self.pick(&["", "text", "true", "0", "${a}", "say:x", "next", "string", "https://a.b"]))
                .into(),
            5 => (0..self.below(3)).map(|_| self.anything(depth - 1)).collect(),
            _ => {
                let keys = ["text", "type", "name", "to", "start", "x"];
                let members = (0..self.below(3)).map(|_| ((*self.pick(&keys)).to_owned(), Json::Null));
                let mut members: Object = members.collect();
                members.values_mut().for_each(|value| *value = self.anything(depth - 1));
                Json::Object(members)
            }
        }
    }

    /// Changes one place of a document: takes a member or an item out, puts one in, or sets another value.
    pub(in crate::swml) fn change(&mut self, json: &mut Json) {
        let count = count(json);
        let mut target = self.below(count);
        let node = find(json, &mut target).expect("a place");
        let choice = self.below(6);
        match node {
            Json::Object(members) if choice < 2 && !members.is_empty() => {
                let index = self.below(members.len());
                members.shift_remove_index(index);
            }
            Json::Object(members) if choice < 4 => {
                let key = *self.pick(&[
                    "unknown",
                    "text",
                    "url",
                    "type",
                    "name",
                    "description",
                    "to",
                    "else",
                    "then",
                ]);
                members.insert(key.to_owned(), self.anything(2));
            }
            Json::Array(items) if choice < 2 && !items.is_empty() => {
                items.remove(self.below(items.len()));
            }
            Json::Array(items) if choice < 4 => {
                let item = if items.is_empty() || self.one_in(3) {
                    self.anything(2)
                } else {
                    self.pick(items).clone()
                };
                items.push(item);
            }
            Json::Number(number) if choice < 4 => {
                let value = number.as_f64().expect("a number");
                let changed = match self.below(5) {
                    0 => value + 0.5,
                    1 => -value - 1.0,
                    2 => value * 1000.0 + 1.0,
                    3 => value + 1.0,
                    _ => value - 1.0,
                };
                *node = changed.into();
            }
            Json::String(text) if choice < 4 => {
                let changed = match self.below(4) {
                    0 => format!("{text}x"),
                    1 => text.chars().skip(1).collect(),
                    2 => format!("${{{text}}}"),
                    _ => text.to_uppercase(),
                };
                *node = changed.into();
            }
            node => *node = self.anything(2),
        }
    }
}

impl Random {
    /// Puts one place of another document into one place of this one.
    pub(in crate::swml) fn graft(&mut self, json: &mut Json, other: &Json) {
        let mut other = other.clone();
        let mut source = self.below(count(&other));
        let part = find(&mut other, &mut source).expect("a place").clone();
        let mut target = self.below(count(json));
        *find(json, &mut target).expect("a place") = part;
    }
}

fn limit_of_items(limit: Limit) -> Limit {
    if matches!(limit, Limit::Unmixed) { limit } else { Limit::None }
}

/// How many values there are, the whole included.
fn count(json: &Json) -> usize {
    1 + match json {
        Json::Array(items) => items.iter().map(count).sum(),
        Json::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// The value at a place of the walk, from 0.
fn find<'j>(json: &'j mut Json, index: &mut usize) -> Option<&'j mut Json> {
    if *index == 0 {
        return Some(json);
    }
    *index -= 1;
    match json {
        Json::Array(items) => items.iter_mut().find_map(|item| find(item, index)),
        Json::Object(members) => members.values_mut().find_map(|member| find(member, index)),
        _ => None,
    }
}
