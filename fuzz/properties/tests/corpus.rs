//! The inputs that fuzzing has found worth keeping, one by one.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use swaig_fuzz_properties::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What is in a folder, in order.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry of the folder").path()).collect();
    paths.sort();
    paths
}

#[test]
fn what_must_hold_holds_for_every_input_that_was_kept() {
    let mut failed = Vec::new();
    for (name, property) in TARGETS {
        let inputs = entries(&fuzz().join("corpus").join(name));
        assert!(!inputs.is_empty(), "{name} has no inputs");
        for path in inputs {
            let input = fs::read(&path).unwrap();
            // The panic has said by then what does not hold.
            if catch_unwind(|| property(&input)).is_err() {
                failed.push(path);
            }
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn each_target_has_a_program_and_a_folder_of_inputs_and_the_corpus_is_small() {
    let names: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let of = |folder: &str| -> BTreeSet<String> {
        let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
        entries(&fuzz().join(folder)).into_iter().map(stem).collect()
    };
    assert_eq!(of("fuzz_targets"), names);
    assert_eq!(of("corpus"), names);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in &names {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name} is not in Cargo.toml"
        );
    }
    let inputs = names.iter().flat_map(|name| entries(&fuzz().join("corpus").join(name)));
    let size: u64 = inputs.map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(size < 1_000_000, "the corpus has {size} bytes");
}
