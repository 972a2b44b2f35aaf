//! Whoever looks a type up finds an example of it: every public item of the crates that developers use has one.

use std::fs;
use std::path::{Path, PathBuf};

use swaig_tests::workspace;

/// The Rust files below a folder, without those of tests.
fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry can be read").path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && name != "tests" {
            files(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !["tests", "fuzzing"].contains(&name)
        {
            into.push(path);
        }
    }
}

/// The name of the item that a line declares: `pub` means public here, since the lint `unreachable_pub` is on. The macros
/// of the SWML model declare types too.
fn item<'l>(line: &'l str, before_docs: &str) -> Option<&'l str> {
    let name = |rest: &'l str| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        Some(&rest[..end]).filter(|name| !name.is_empty())
    };
    if let Some(rest) = line.strip_prefix("pub ") {
        let rest =
            ["async ", "const fn "].iter().fold(rest, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
        let kinds = ["struct ", "enum ", "trait ", "fn ", "const ", "type "];
        return kinds.iter().find_map(|kind| rest.strip_prefix(kind)).and_then(name);
    }
    let made = ["object! {", "choice! {", "union! {", "wrapper! {"].contains(&before_docs);
    let rest = line.strip_prefix("    ").filter(|rest| made && rest.starts_with(char::is_uppercase))?;
    name(rest)
}

/// What no path leads to, although the compiler needs it to be `pub`: what a macro writes for a type of the crate's own, a
/// bound of what `#[swaig::function]` writes, the server of fuzzing, and the source of an error.
const NOT_NAMED: [&str; 5] = ["ParametersObject", "Argument", "is_argument", "Socketless", "Interrupted"];

#[test]
fn every_public_item_has_an_example() {
    let mut all = Vec::new();
    for folder in ["framework/src", "functions/src", "agents/src"] {
        files(&workspace().join(folder), &mut all);
    }
    let (mut count, mut bare) = (0, Vec::new());
    for path in all {
        let text = fs::read_to_string(&path).expect("a file can be read");
        // What a file's own tests declare is for them alone.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let docs = lines[..at].iter().rev().take_while(|line| {
                let line = line.trim_start();
                line.starts_with("//")
                    || line.starts_with("#[")
                    || line.starts_with(')')
                    || line.contains(" = \"")
            });
            let docs: Vec<&str> = docs.copied().collect();
            let before = lines[..at - docs.len()].last().copied().unwrap_or_default();
            let Some(name) = item(line, before) else { continue };
            if NOT_NAMED.contains(&name) || docs.iter().any(|line| line.contains("doc(hidden)")) {
                continue;
            }
            count += 1;
            if !docs.iter().any(|line| line.trim_start().starts_with("/// ```")) {
                bare.push(format!("{name} ({}:{})", path.display(), at + 1));
            }
        }
    }
    assert!(bare.is_empty(), "these have no example: {}", bare.join(", "));
    assert!(count > 300, "items are not recognised any more: {count}");
}
