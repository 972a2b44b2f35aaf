//! The arguments of a function, in the platform's closed subset of JSON Schema.

use crate::swml::object::{choice, insert, object, push, union};
use crate::swml::{Dyn, Json, Kind, List, Map, Object, Value};

/// The arguments of a function: an object of named properties.
///
/// Made property by property, or from a schema in JSON. Keywords outside the subset, such as `minLength` or
/// `additionalProperties`, are refused by the platform, and a check of the document reports them.
///
/// ```
/// use serde_json::json;
/// use swaig::swml::Json;
/// use swaig::swml::ai::{IntegerProperty, Parameters, StringProperty};
///
/// let built = Parameters::new()
///     .property("date", StringProperty::new().description("The day"))
///     .property("guests", IntegerProperty::new())
///     .require("date");
/// let given = Parameters::from(json!({
///     "type": "object",
///     "properties": {
///         "date": {"type": "string", "description": "The day"},
///         "guests": {"type": "integer"},
///     },
///     "required": ["date"],
/// }));
/// assert_eq!(Json::from(built).to_string(), Json::from(given).to_string());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters(Json);

impl Parameters {
    /// Without arguments.
    pub fn new() -> Self {
        Self(Json::Object(Object::from([
            ("type".to_owned(), "object".into()),
            ("properties".to_owned(), Json::Object(Object::new())),
        ])))
    }

    /// Sets a property.
    #[must_use]
    pub fn property(mut self, name: impl Into<String>, property: impl Into<Property>) -> Self {
        if let Json::Object(members) = &mut self.0 {
            insert(members, "properties", name.into(), property.into().into());
        }
        self
    }

    /// Makes a property required.
    #[must_use]
    pub fn require(mut self, name: impl Into<String>) -> Self {
        if let Json::Object(members) = &mut self.0 {
            push(members, "required", name.into().into());
        }
        self
    }

    /// The schema as JSON.
    pub const fn as_json(&self) -> &Json {
        &self.0
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! parameters_from {
    ($($type:ty),*) => {$(
        impl From<$type> for Parameters {
            fn from(schema: $type) -> Self {
                Self(schema.into())
            }
        }
    )*};
}
parameters_from!(Json, Object, serde_json::Value, serde_json::Map<String, serde_json::Value>);

impl From<Parameters> for Json {
    fn from(parameters: Parameters) -> Self {
        parameters.0
    }
}

impl Value for Parameters {
    fn kind() -> Kind {
        Kind::Object(ParametersObject::SHAPE)
    }

    fn from_json(json: &Json) -> Option<Self> {
        json.as_object().map(|object| Self(Json::Object(object.clone())))
    }
}

object! {
    /// The table behind [`Parameters`].
    ParametersObject
    constant { "type" = "object" }
    required {
        /// The properties.
        properties: Map<Property>,
    }
    optional {
        /// Those that must be given.
        required: List<String>,
    }
}

union! {
    /// The type of one argument.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Property, StringProperty};
    ///
    /// let property = Property::from(StringProperty::new().description("A city"));
    /// assert_eq!(Json::from(property).to_value(), json!({"type": "string", "description": "A city"}));
    /// ```
    Property {
        /// Text.
        String(StringProperty),
        /// A whole number.
        Integer(IntegerProperty),
        /// A number.
        Number(NumberProperty),
        /// Yes or no.
        Boolean(BooleanProperty),
        /// A list.
        Array(ArrayProperty),
        /// An object.
        Object(ObjectProperty),
        /// Nothing.
        Null(NullProperty),
        /// One of several types, or all of them.
        Union(PropertyUnion),
        /// One value.
        Const(ConstProperty),
    }
}

object! {
    /// Text.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::StringProperty;
    ///
    /// let string_property = StringProperty::new().description("The code").pattern("^[0-9]{6}$");
    /// assert_eq!(
    ///     Json::from(string_property).to_value(),
    ///     json!({"type": "string", "description": "The code", "pattern": "^[0-9]{6}$"})
    /// );
    /// ```
    StringProperty
    constant { "type" = "string" }
    optional {
        /// What it is, as the model reads it.
        description: String,
        /// Whether it may be `null`. Default: false.
        nullable: Dyn<bool>,
        /// The texts to choose from.
        values as "enum": List<String>,
        /// What is taken when it is left out.
        default: String,
        /// A regular expression.
        pattern: String,
        /// A well-known form.
        format: StringFormat,
    }
}

choice! {
    /// A well-known form of a text. The platform writes `date_time` where JSON Schema has a hyphen.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{StringFormat, StringProperty};
    ///
    /// let string_property = StringProperty::new().format(StringFormat::Email);
    /// assert_eq!(Json::from(string_property).to_value(), json!({"type": "string", "format": "email"}));
    /// ```
    StringFormat {
        /// A date with a time.
        DateTime = "date_time",
        /// A time.
        Time = "time",
        /// A date.
        Date = "date",
        /// A duration.
        Duration = "duration",
        /// An e-mail address.
        Email = "email",
        /// The name of a host.
        Hostname = "hostname",
        /// An IPv4 address.
        Ipv4 = "ipv4",
        /// An IPv6 address.
        Ipv6 = "ipv6",
        /// A URI.
        Uri = "uri",
        /// A UUID.
        Uuid = "uuid",
    }
}

object! {
    /// A whole number.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::IntegerProperty;
    ///
    /// let integer_property = IntegerProperty::new().description("Seats").values([1, 2, 4]);
    /// assert_eq!(
    ///     Json::from(integer_property).to_value(),
    ///     json!({"type": "integer", "description": "Seats", "enum": [1, 2, 4]})
    /// );
    /// ```
    IntegerProperty
    constant { "type" = "integer" }
    optional {
        /// What it is, as the model reads it.
        description: String,
        /// Whether it may be `null`. Default: false.
        nullable: Dyn<bool>,
        /// The numbers to choose from.
        values as "enum": List<i64>,
        /// What is taken when it is left out.
        default: Dyn<i64>,
    }
}

object! {
    /// A number.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::NumberProperty;
    ///
    /// let number_property = NumberProperty::new().description("The amount").default(1.5);
    /// assert_eq!(
    ///     Json::from(number_property).to_value(),
    ///     json!({"type": "number", "description": "The amount", "default": 1.5})
    /// );
    /// ```
    NumberProperty
    constant { "type" = "number" }
    optional {
        /// What it is, as the model reads it.
        description: String,
        /// Whether it may be `null`. Default: false.
        nullable: Dyn<bool>,
        /// The numbers to choose from.
        values as "enum": List<Dyn<f64>> where unmixed(),
        /// What is taken when it is left out.
        default: Dyn<f64>,
    }
}

object! {
    /// Yes or no.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::BooleanProperty;
    ///
    /// let boolean_property = BooleanProperty::new().description("Whether to confirm").default(false);
    /// assert_eq!(
    ///     Json::from(boolean_property).to_value(),
    ///     json!({"type": "boolean", "description": "Whether to confirm", "default": false})
    /// );
    /// ```
    BooleanProperty
    constant { "type" = "boolean" }
    optional {
        /// What it is, as the model reads it.
        description: String,
        /// Whether it may be `null`. Default: false.
        nullable: Dyn<bool>,
        /// What is taken when it is left out.
        default: Dyn<bool>,
    }
}

object! {
    /// A list.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{ArrayProperty, StringProperty};
    ///
    /// let array_property = ArrayProperty::new(StringProperty::new()).description("Names");
    /// assert_eq!(
    ///     Json::from(array_property).to_value(),
    ///     json!({"type": "array", "items": {"type": "string"}, "description": "Names"})
    /// );
    /// ```
    ArrayProperty
    constant { "type" = "array" }
    required {
        /// What each item is.
        items: Property,
    }
    optional {
        /// What it is, as the model reads it.
        description: String,
        /// Whether it may be `null`. Default: false.
        nullable: Dyn<bool>,
        /// What is taken when it is left out.
        default: List<Json>,
    }
}

object! {
    /// An object.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{ObjectProperty, StringProperty};
    ///
    /// let object_property =
    ///     ObjectProperty::new().properties([("street", StringProperty::new())]).required(["street"]);
    /// assert_eq!(
    ///     Json::from(object_property).to_value(),
    ///     json!({"type": "object", "properties": {"street": {"type": "string"}}, "required": ["street"]})
    /// );
    /// ```
    ObjectProperty
    constant { "type" = "object" }
    optional {
        /// What it is, as the model reads it.
        description: String,
        /// Whether it may be `null`. Default: false.
        nullable: Dyn<bool>,
        /// Its properties.
        properties: Map<Property>,
        /// Those that must be given.
        required: List<String>,
        /// What is taken when it is left out.
        default: Map<Json>,
    }
}

object! {
    /// Nothing: `null`.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::NullProperty;
    ///
    /// let null_property = NullProperty::new("Nothing");
    /// assert_eq!(Json::from(null_property).to_value(), json!({"type": "null", "description": "Nothing"}));
    /// ```
    NullProperty
    constant { "type" = "null" }
    required {
        /// What it means, as the model reads it.
        description: String,
    }
}

object! {
    /// Several types.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{IntegerProperty, Property, PropertyUnion, StringProperty};
    ///
    /// let property_union = PropertyUnion::one_of([
    ///     Property::from(StringProperty::new()),
    ///     Property::from(IntegerProperty::new()),
    /// ]);
    /// assert_eq!(
    ///     Json::from(property_union).to_value(),
    ///     json!({"oneOf": [{"type": "string"}, {"type": "integer"}]})
    /// );
    /// ```
    PropertyUnion
    one_of {
        one_of as "oneOf": List<Property>,
        all_of as "allOf": List<Property>,
        any_of as "anyOf": List<Property>,
    }
    rules { exactly_one ["oneOf" "allOf" "anyOf"] }
}

impl PropertyUnion {
    /// One of the types.
    pub fn one_of(types: impl Into<List<Property>>) -> Self {
        Self::empty().put("oneOf", types.into())
    }

    /// All of the types at once.
    pub fn all_of(types: impl Into<List<Property>>) -> Self {
        Self::empty().put("allOf", types.into())
    }

    /// One of the types or several.
    pub fn any_of(types: impl Into<List<Property>>) -> Self {
        Self::empty().put("anyOf", types.into())
    }
}

object! {
    /// One value and no other.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::ConstProperty;
    ///
    /// let const_property = ConstProperty::new("fixed");
    /// assert_eq!(Json::from(const_property).to_value(), json!({"const": "fixed"}));
    /// ```
    ConstProperty
    required {
        /// The value.
        value as "const": Json,
    }
}
