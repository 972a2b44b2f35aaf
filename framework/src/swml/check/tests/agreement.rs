//! The checker and the published schema come to the same verdict.

use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::json;

use crate::swml::check::walk::structure;
use crate::swml::check::{check, published};
use crate::swml::dynamic::has_placeholder;
use crate::swml::tests::from_schema;
use crate::swml::tests::random::Random;
use crate::swml::tests::schema::{Foreign, documents_of_others, load, validator};
use crate::swml::{Document, Json, Step};

#[test]
fn documents_of_others_get_the_verdict_of_the_schema() {
    let mut wrong = Vec::new();
    for Foreign { file, json, row, .. } in documents_of_others() {
        let report = check(&json);
        if report.is_valid() != (row["valid"] == true) {
            wrong.push(format!("{}: {:#?}", file, report.findings));
        }
        for rejection in row["rejections"].as_array().into_iter().flatten() {
            let path = rejection.as_str().and_then(|text| text.split_once(": ")).expect("path: message").0;
            if !report.errors().any(|error| is_near(&error.path, path)) {
                wrong.push(format!("{}: nothing at {path}: {:#?}", file, report.findings));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether one path is the other, or stands above it.
fn is_near(left: &str, right: &str) -> bool {
    let above = |upper: &str, lower: &str| {
        lower.strip_prefix(upper).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    above(left, right) || above(right, left)
}

fn assert_agreement(json: &Json) -> Result<(), TestCaseError> {
    let Some(validator) = validator() else { return Ok(()) };
    let errors = published(json);
    match validator.validate(&json.to_value()) {
        Ok(()) => prop_assert!(errors.is_empty(), "the schema takes {json:#}\nbut: {errors:#?}"),
        Err(error) => {
            let path = error.instance_path().to_string();
            prop_assert!(
                errors.iter().any(|found| is_near(&found.path, &path)),
                "the schema refuses {json:#}\nat {path}: {error}\nand the checker: {errors:#?}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_tables_allow_passes_the_schema_and_reads_back(seed: u64) {
        let json = Random(seed).document(14);
        prop_assert_eq!(published(&json), []);
        assert_agreement(&json)?;
        let document = Document::from_json(json.clone()).expect("a document");
        prop_assert_eq!(document.to_json_string(), json.to_string());
    }

    #[test]
    fn what_the_schema_allows_passes_the_tables(seed: u64) {
        let Some(schema) = load() else { return Ok(()) };
        let json = Json::from(from_schema::value(schema, schema, &mut Random(seed), 16));
        assert_agreement(&json)?;
    }

    #[test]
    fn changed_documents_get_the_verdict_of_the_schema(seed: u64) {
        let mut random = Random(seed);
        let mut json = match load() {
            Some(schema) if random.below(2) == 0 => {
                Json::from(from_schema::value(schema, schema, &mut random, 16))
            }
            _ => random.document(12),
        };
        for _ in 0..=random.below(2) {
            random.change(&mut json);
        }
        assert_agreement(&json)?;
    }
}

/// The documents of others, read once.
static OF_OTHERS: LazyLock<Vec<Json>> =
    LazyLock::new(|| documents_of_others().into_iter().map(|foreign| foreign.json).collect());

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_documents_of_others_get_the_verdict_of_the_schema(seed: u64) {
        let mut random = Random(seed);
        if OF_OTHERS.is_empty() {
            return Ok(());
        }
        let json = &OF_OTHERS[random.below(OF_OTHERS.len())];
        let mut json = json.clone();
        for _ in 0..=random.below(3) {
            match random.below(3) {
                // A part of one document in the place of a part of another.
                0 => {
                    let other = &OF_OTHERS[random.below(OF_OTHERS.len())];
                    random.graft(&mut json, other);
                }
                _ => random.change(&mut json),
            }
        }
        assert_agreement(&json)?;
    }
}

/// Texts that are addresses, nearly so, and not at all.
fn address() -> impl Strategy<Value = String> {
    let part = "[a-z0-9%/?#@:\\[\\].\\-_~!$&'()*+,;= \"<>\\\\^`{|}é]{0,12}";
    prop_oneof![
        "(https?|HTTP|say|a1)://(u:p@)?[a-z0-9.-]{0,9}(:[0-9]{0,6})?/[a-z%0-9]{0,6}".boxed(),
        part.boxed(),
        (prop_oneof!["https://", "https:", "//", "", "1a:", "a:"], part).prop_map(|(a, b)| a + &b).boxed(),
        r"https://\[[0-9a-f:.]{0,12}\]/".boxed(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn addresses_get_the_verdict_of_a_validator_that_asserts_formats(text in address()) {
        let Some(validator) = load().map(with_formats) else { return Ok(()) };
        prop_assume!(!has_placeholder(&text));
        let json = Json::from(json!({"sections": {"main": [{"record": {"status_url": text}}]}}));
        let report = check(&json);
        prop_assert!(report.is_valid());
        let malformed = report.findings.iter().any(|lint| lint.code == "malformed-url");
        prop_assert_eq!(malformed, !validator.is_valid(&json.to_value()), "{}", json);
    }
}

/// The schema with `format` as a condition; by its own words it is only a remark.
fn with_formats(schema: &serde_json::Value) -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        jsonschema::options().should_validate_formats(true).build(schema).expect("the schema is a schema")
    })
}

#[test]
fn random_documents_are_neither_all_valid_nor_all_refused() {
    let (Some(schema), Some(validator)) = (load(), validator()) else { return };
    let (mut from_schema, mut changed, mut verbs) = (0, 0, BTreeSet::new());
    for seed in 0..500 {
        let json = Json::from(from_schema::value(schema, schema, &mut Random(seed), 16));
        from_schema += usize::from(validator.is_valid(&json.to_value()));
        verbs.extend(structure(&json, false).steps.into_iter().map(|step| step.verb.to_owned()));
        let mut random = Random(seed);
        let mut json = random.document(12);
        random.change(&mut json);
        changed += usize::from(validator.is_valid(&json.to_value()));
    }
    assert!(from_schema > 400, "{from_schema} of 500 out of the schema are valid");
    assert!((50..450).contains(&changed), "{changed} of 500 are valid after a change");
    assert_eq!(verbs.len(), Step::VERBS.len());
}
