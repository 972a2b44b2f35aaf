//! The documentation: every page is in the book's contents, and every link inside the repository leads somewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use swaig_tests::workspace;

/// A page, without its blocks of code.
fn prose(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a page can be read");
    text.split("```").step_by(2).collect()
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let mut pages: Vec<_> = paths.filter(|path| path.extension().is_some_and(|it| it == "md")).collect();
    pages.sort();
    pages
}

/// The targets of a text's links that lead into the repository.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

/// The anchors of a page, as they are made of its headings.
fn anchors(path: &Path) -> BTreeSet<String> {
    let headings = prose(path);
    let headings = headings.lines().filter(|line| line.starts_with('#')).map(|line| {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    });
    headings.collect()
}

#[test]
fn every_page_is_in_the_contents() {
    let docs = workspace().join("docs");
    let contents = prose(&docs.join("SUMMARY.md"));
    let listed: BTreeSet<_> = links(&contents).map(|target| docs.join(target)).collect();
    let written: BTreeSet<_> = pages(&docs)
        .into_iter()
        .filter(|path| !path.ends_with("SUMMARY.md"))
        .chain([docs.join("decisions/README.md")])
        .collect();
    assert_eq!(listed, written);
    let decisions = docs.join("decisions");
    let contents = prose(&decisions.join("README.md"));
    let listed: BTreeSet<_> = links(&contents).map(|target| decisions.join(target)).collect();
    let written: BTreeSet<_> =
        pages(&decisions).into_iter().filter(|path| !path.ends_with("README.md")).collect();
    assert_eq!(listed, written);
}

#[test]
fn every_link_leads_somewhere() {
    let root = workspace();
    let folders = [root.to_owned(), root.join("docs"), root.join("docs/decisions"), root.join("deploy")];
    let mut seen = 0;
    for page in folders.iter().flat_map(|folder| pages(folder)) {
        let text = prose(&page);
        for link in links(&text) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let beside = page.parent().expect("a page is in a folder");
            let target = if path.is_empty() { page.clone() } else { beside.join(path) };
            assert!(target.exists(), "{}: {link} leads nowhere", page.display());
            if !anchor.is_empty() {
                assert!(anchors(&target).contains(anchor), "{}: {link} has no such heading", page.display());
            }
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen} links");
}
