//! From the schema that `schemars` writes to the tree of [`Shape`]s.

use serde_json::{Map, Value};

use super::check;
use super::error::SchemaError;
use super::format::Format;
use super::number;
use super::shape::{Array, Field, Kind, Object, Others, Pattern, Shape, Span, Text, Values};
use super::union::{self, Variants};
use super::words;

/// Marks a property whose value must never be shown.
pub(super) const SENSITIVE: &str = "x-swaig-sensitive";

/// Keys that change what is valid, and that neither SWML nor this crate can express.
const REFUSED: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "contains",
    "minProperties",
    "maxProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedItems",
    "$dynamicRef",
];

pub(super) type JsonMap = Map<String, Value>;

/// Compiles the schema of a function's arguments; `type_name` is for messages.
pub(super) fn arguments(type_name: &'static str, schema: &Value) -> Result<Shape, SchemaError> {
    let compiler = Compiler { type_name, root: schema };
    let mut shape = compiler.shape(schema, "")?;
    let Kind::Object(object) = &mut shape.kind else {
        let found = match &shape.kind {
            Kind::OneOf(_) | Kind::AnyOf(_) => {
                "a choice between several types (an enum, or a struct with a flattened enum)".to_owned()
            }
            _ => words::expected(&shape),
        };
        return Err(SchemaError::NotAnObject { type_name, found });
    };
    if shape.sensitive {
        // The whole has no name to report, so each of its properties is marked.
        for field in &mut object.fields {
            field.shape.sensitive = true;
            field.shape.guarded = true;
        }
    }
    Ok(shape)
}

pub(super) struct Compiler<'a> {
    type_name: &'static str,
    root: &'a Value,
}

impl Compiler<'_> {
    pub(super) fn shape(&self, schema: &Value, path: &str) -> Result<Shape, SchemaError> {
        let map = match schema {
            Value::Object(map) => self.resolved(map, path)?,
            Value::Bool(true) => return Ok(Shape::new(Kind::Anything)),
            _ => return Err(self.no_values(path)),
        };
        if map.get("not").is_some_and(|not| *not == Value::Object(Map::new())) {
            return Err(self.no_values(path));
        }
        if let Some(key) = REFUSED.iter().find(|key| map.contains_key(**key)) {
            let problem = format!(
                "uses `{key}`, which SWML parameters cannot carry: leave it out and check the value in the type's \
                 `Deserialize`"
            );
            return Err(self.unsupported(path, problem));
        }
        let mut shape = match union::variants(self, &map, path)? {
            Variants::None => match union::enumerated(&map) {
                Some(shape) => shape,
                None => self.typed(&map, path)?,
            },
            Variants::One { schema, nullable } => {
                // What is said about the property has been moved into the variant.
                let mut shape = self.shape(&schema, path)?;
                shape.nullable |= nullable;
                return Ok(shape);
            }
            Variants::Choices(choices, nullable) => {
                let mut shape = Shape::new(Kind::Choice(choices));
                shape.nullable = nullable;
                shape
            }
            Variants::Many { schemas, exclusive, nullable } => {
                let variants =
                    schemas.iter().map(|schema| self.shape(schema, path)).collect::<Result<Vec<_>, _>>()?;
                let kind = if exclusive { Kind::OneOf } else { Kind::AnyOf };
                let mut shape = Shape::new(kind(variants));
                shape.nullable = nullable;
                shape
            }
        };
        annotate(&mut shape, &map);
        Ok(shape)
    }

    fn typed(&self, map: &JsonMap, path: &str) -> Result<Shape, SchemaError> {
        let mut types: Vec<&str> = match map.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => inferred(map).into_iter().collect(),
        };
        let nullable = types.contains(&"null");
        types.retain(|name| *name != "null");
        let kind = match types.as_slice() {
            [] if nullable => return Ok(Shape::new(Kind::Null)),
            [] => Kind::Anything,
            [only] => self.kind(only, map, path)?,
            many => Kind::AnyOf(
                many.iter()
                    .map(|name| {
                        let mut shape = Shape::new(self.kind(name, map, path)?);
                        shape.description = words::description(None, &shape.kind, &[]);
                        Ok(shape)
                    })
                    .collect::<Result<_, SchemaError>>()?,
            ),
        };
        let mut shape = Shape::new(kind);
        shape.nullable = nullable;
        Ok(shape)
    }

    fn kind(&self, name: &str, map: &JsonMap, path: &str) -> Result<Kind, SchemaError> {
        Ok(match name {
            "string" => Kind::Text(Text {
                pattern: self.pattern(map.get("pattern"), path)?,
                format: map.get("format").and_then(Value::as_str).map(Format::named),
                length: span(map, "minLength", "maxLength"),
            }),
            "integer" => Kind::Integer(number::integer(map)),
            "number" => Kind::Number(number::number(map)),
            "boolean" => Kind::Boolean,
            "array" => self.array(map, path)?,
            "object" => self.object(map, path)?,
            other => {
                let problem = format!("has the type `{other}`, which JSON Schema does not know");
                return Err(self.unsupported(path, problem));
            }
        })
    }

    fn array(&self, map: &JsonMap, path: &str) -> Result<Kind, SchemaError> {
        if map.contains_key("prefixItems") {
            return Err(SchemaError::Tuple { type_name: self.type_name, path: path.to_owned() });
        }
        let items = map.get("items").unwrap_or(&Value::Bool(true));
        Ok(Kind::Array(Array {
            items: Box::new(self.shape(items, &format!("{path}[]"))?),
            length: span(map, "minItems", "maxItems"),
            unique: map.get("uniqueItems") == Some(&Value::Bool(true)),
        }))
    }

    fn object(&self, map: &JsonMap, path: &str) -> Result<Kind, SchemaError> {
        let required: Vec<&str> = match map.get("required") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut object = Object::default();
        if let Some(Value::Object(properties)) = map.get("properties") {
            for (name, schema) in properties {
                object.fields.push(Field {
                    name: name.clone(),
                    required: required.contains(&name.as_str()),
                    shape: self.shape(schema, &join(path, name))?,
                });
            }
        }
        object.others = self.others(map, path)?;
        Ok(Kind::Object(object))
    }

    fn others(&self, map: &JsonMap, path: &str) -> Result<Others, SchemaError> {
        let path = format!("{path}{{}}");
        if let Some(Value::Object(patterns)) = map.get("patternProperties") {
            let mut patterns = patterns.iter();
            if let (Some((source, schema)), None) = (patterns.next(), patterns.next()) {
                return Ok(Others::Values(Box::new(Values {
                    key: self.pattern(Some(&Value::from(source.as_str())), &path)?,
                    shape: self.shape(schema, &path)?,
                })));
            }
            let problem = "has several patterns for its keys: use a map whose keys are strings";
            return Err(self.unsupported(&path, problem.to_owned()));
        }
        let rest = map.get("additionalProperties").or_else(|| map.get("unevaluatedProperties"));
        match rest {
            Some(Value::Bool(false)) => Ok(Others::Drop),
            None | Some(Value::Bool(true)) => Ok(Others::Keep),
            Some(schema) => {
                let shape = self.shape(schema, &path)?;
                if matches!(shape.kind, Kind::Anything) && !shape.sensitive {
                    return Ok(Others::Keep);
                }
                Ok(Others::Values(Box::new(Values { key: None, shape })))
            }
        }
    }

    fn pattern(&self, pattern: Option<&Value>, path: &str) -> Result<Option<Pattern>, SchemaError> {
        let Some(source) = pattern.and_then(Value::as_str) else {
            return Ok(None);
        };
        Pattern::new(source).map(Some).map_err(|error| SchemaError::Pattern {
            type_name: self.type_name,
            path: path.to_owned(),
            pattern: source.to_owned(),
            source: error,
        })
    }

    /// The schema with its `$ref`, if it has one, replaced by what that points to.
    ///
    /// `schemars` is told to inline everything, so a reference is what it leaves of a type that
    /// contains itself, or a hand-written one.
    pub(super) fn resolved(&self, map: &JsonMap, path: &str) -> Result<JsonMap, SchemaError> {
        let mut map = map.clone();
        let mut followed = Vec::new();
        while let Some(Value::String(reference)) = map.shift_remove("$ref") {
            if followed.contains(&reference) || self.contains_itself(&reference) {
                return Err(SchemaError::Recursive { type_name: self.type_name, path: path.to_owned() });
            }
            let Some(Value::Object(target)) = self.target(&reference) else {
                let problem = format!("has the reference `{reference}`, which points to no schema object");
                return Err(self.unsupported(path, problem));
            };
            let mut target = target.clone();
            target.extend(map);
            map = target;
            followed.push(reference);
        }
        Ok(map)
    }

    fn target(&self, reference: &str) -> Option<&Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }

    fn contains_itself(&self, reference: &str) -> bool {
        let mut seen: Vec<&str> = Vec::new();
        let mut open: Vec<&Value> = self.target(reference).into_iter().collect();
        while let Some(value) = open.pop() {
            match value {
                Value::Array(items) => open.extend(items),
                Value::Object(map) => {
                    open.extend(map.values());
                    let Some(Value::String(inner)) = map.get("$ref") else {
                        continue;
                    };
                    if inner == reference {
                        return true;
                    }
                    if !seen.contains(&inner.as_str()) {
                        seen.push(inner);
                        open.extend(self.target(inner));
                    }
                }
                _ => {}
            }
        }
        false
    }

    pub(super) fn unsupported(&self, path: &str, problem: String) -> SchemaError {
        SchemaError::Unsupported { type_name: self.type_name, path: path.to_owned(), problem }
    }

    fn no_values(&self, path: &str) -> SchemaError {
        let problem = "has a type without values (an enum without variants): leave the property out";
        self.unsupported(path, problem.to_owned())
    }
}

fn annotate(shape: &mut Shape, map: &JsonMap) {
    let doc = map.get("description").and_then(Value::as_str);
    let examples = map.get("examples").and_then(Value::as_array);
    let examples = examples.map_or(&[][..], Vec::as_slice);
    if map.get(SENSITIVE) == Some(&Value::Bool(true)) {
        shape.sensitive = true;
        shape.guarded = true;
    }
    shape.description = words::description(doc, &shape.kind, examples);
    let Some(default) = map.get("default").filter(|default| !default.is_null()) else {
        return;
    };
    let default = number::as_written(default, map.get("format"));
    if !check::accepts(shape, &default) {
        return;
    }
    if matches!(shape.kind, Kind::OneOf(_) | Kind::AnyOf(_) | Kind::Anything) {
        // SWML has no key for it beside a union.
        let text = shape.description.get_or_insert_default();
        words::add_sentence(text, &format!("Without it: {default}."));
    }
    shape.default = Some(default);
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn span(map: &JsonMap, min: &str, max: &str) -> Span {
    let end = |key: &str| map.get(key).and_then(Value::as_u64);
    Span { min: end(min), max: end(max) }
}

/// The type of a schema that does not name one.
fn inferred(map: &JsonMap) -> Option<&'static str> {
    const TELLING: &[(&str, &str)] = &[
        ("properties", "object"),
        ("required", "object"),
        ("additionalProperties", "object"),
        ("patternProperties", "object"),
        ("items", "array"),
        ("prefixItems", "array"),
        ("pattern", "string"),
        ("minLength", "string"),
        ("maxLength", "string"),
        ("minimum", "number"),
        ("maximum", "number"),
    ];
    TELLING.iter().find_map(|(key, name)| map.contains_key(*key).then_some(*name))
}
