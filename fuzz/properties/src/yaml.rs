//! YAML.

use swaig::swml::Json;

/// What is read as YAML is a value that JSON can say, and is written as YAML that reads back equal. So is what is read as
/// JSON.
pub fn yaml(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(value) = Json::parse_yaml(text) {
        let printed = value.to_string();
        assert_eq!(Json::parse(&printed).ok().as_ref(), Some(&value), "no JSON: {printed}");
        written(&value);
    }
    if let Ok(value) = Json::parse(text) {
        written(&value);
    }
}

fn written(value: &Json) {
    let yaml = value.to_yaml();
    match Json::parse_yaml(&yaml) {
        Ok(again) => assert_eq!(&again, value, "reads back as another value: {yaml:?}"),
        Err(error) => panic!("{error}: {yaml:?} for {value}"),
    }
}
