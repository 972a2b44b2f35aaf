//! The checker and the published schema come to the same verdict.

use std::collections::BTreeSet;
use std::fs;

use proptest::prelude::*;

use crate::swml::check::walk::structure;
use crate::swml::check::{check, published};
use crate::swml::tests::from_schema;
use crate::swml::tests::random::Random;
use crate::swml::tests::schema::{documents_of_others, load, validator};
use crate::swml::{Document, Json};

#[test]
fn documents_of_others_get_the_verdict_of_the_schema() {
    let mut wrong = Vec::new();
    for (file, row) in documents_of_others() {
        let json = Json::parse(&fs::read_to_string(&file).expect("a file")).expect("JSON");
        let report = check(&json);
        if report.is_valid() != (row["valid"] == true) {
            wrong.push(format!("{}: {:#?}", file.display(), report.findings));
        }
        for rejection in row["rejections"].as_array().into_iter().flatten() {
            let path = rejection.as_str().and_then(|text| text.split_once(": ")).expect("path: message").0;
            if !report.errors().any(|error| is_near(&error.path, path)) {
                wrong.push(format!("{}: nothing at {path}: {:#?}", file.display(), report.findings));
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
        Err(error) => prop_assert!(
            !errors.is_empty(),
            "the schema refuses {json:#}\nat {}: {error}",
            error.instance_path()
        ),
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

#[test]
fn changed_documents_of_others_get_the_verdict_of_the_schema() {
    for (index, (file, _)) in documents_of_others().into_iter().enumerate() {
        let json = Json::parse(&fs::read_to_string(&file).expect("a file")).expect("JSON");
        for round in 0..8_u64 {
            let mut random = Random(round * 1000 + u64::try_from(index).expect("a small number"));
            let mut json = json.clone();
            random.change(&mut json);
            if let Err(error) = assert_agreement(&json) {
                panic!("{}: {error}", file.display());
            }
        }
    }
}

#[test]
fn random_documents_are_neither_all_valid_nor_all_refused() {
    let (Some(schema), Some(validator)) = (load(), validator()) else { return };
    let (mut from_schema, mut changed, mut verbs) = (0, 0, BTreeSet::new());
    for seed in 0..500 {
        let json = Json::from(from_schema::value(schema, schema, &mut Random(seed), 16));
        from_schema += usize::from(validator.is_valid(&json.to_value()));
        verbs.extend(structure(&json).steps.into_iter().map(|step| step.verb.to_owned()));
        let mut random = Random(seed);
        let mut json = random.document(12);
        random.change(&mut json);
        changed += usize::from(validator.is_valid(&json.to_value()));
    }
    assert!(from_schema > 400, "{from_schema} of 500 out of the schema are valid");
    assert!((50..450).contains(&changed), "{changed} of 500 are valid after a change");
    assert_eq!(verbs.len(), 43);
}
