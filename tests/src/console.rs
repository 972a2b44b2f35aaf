//! A person at the console, in a real browser.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Browser, Employee};

/// Where a copy of axe-core lies, which looks for what people with disabilities stumble over: the path of its `axe.min.js`.
const AXE: &str = "AXE_CORE";
/// The folder that pictures are kept in, for who asks for them.
const PICTURES: &str = "CONSOLE_PICTURES";

/// The address of a page; `path` begins below `/console`.
pub fn address(employee: &Employee, path: &str) -> String {
    format!("http://{}/console{path}", employee.address())
}

/// A browser that has logged in, with the keyboard alone, and looks at the console. `None` where there is no browser.
pub async fn logged_in(employee: &Employee) -> Option<Browser> {
    let mut browser = Browser::start().await?;
    browser.open(&address(employee, "")).await;
    log_in(&mut browser, &employee.credentials().user, &employee.credentials().password).await;
    Some(browser)
}

/// Fills in the form from its first field, which has the focus, and sends it.
pub async fn log_in(browser: &mut Browser, user: &str, password: &str) {
    browser.until("document.activeElement.id == 'user'").await;
    browser.type_text(user).await;
    browser.press("Tab").await;
    browser.type_text(password).await;
    browser.submit().await;
}

/// Keeps a picture for who asks for it.
pub async fn picture(browser: &mut Browser, name: &str) {
    if let Some(folder) = std::env::var_os(PICTURES) {
        browser.picture(&Path::new(&folder).join(name)).await;
    }
}

/// Looks at the page that is open, at two widths and in light and dark: nothing is wider than the screen, and nobody is shut
/// out. `name` is that of the pictures.
pub async fn inspect(browser: &mut Browser, name: &str) {
    let axe = axe();
    for width in [1280, 390] {
        browser.width(width).await;
        for colours in ["light", "dark"] {
            browser.prefer(colours).await;
            let wide = browser.value("document.documentElement.scrollWidth").await;
            assert!(
                wide.as_u64().is_some_and(|wide| wide <= u64::from(width)),
                "{name} is {wide} wide on {width}"
            );
            picture(browser, &format!("{name}-{width}-{colours}.png")).await;
            if let Some(axe) = &axe {
                let found = violations(browser, axe).await;
                assert!(found.is_empty(), "{name}, {width}, {colours}: {}", found.join("\n"));
            }
        }
    }
    browser.width(1280).await;
    browser.prefer("light").await;
}

/// The text of axe-core. `None`, said aloud, where there is none.
fn axe() -> Option<String> {
    let Some(path) = std::env::var_os(AXE).map(PathBuf::from) else {
        eprintln!("skipped: AXE_CORE does not name axe-core, so nobody looks for what shuts people out");
        return None;
    };
    Some(std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// What is serious or critical, in words.
async fn violations(browser: &mut Browser, axe: &str) -> Vec<String> {
    // Not by the page itself, whose policy takes no script but its own.
    browser.promised(&format!("window.axe ? true : (() => {{ {axe}; return true; }})()")).await;
    let found =
        browser.promised("axe.run(document, {resultTypes: ['violations']}).then(it => it.violations)").await;
    let serious = |it: &&Value| it["impact"] == "serious" || it["impact"] == "critical";
    let found = found.as_array().expect("a list of violations").iter().filter(serious);
    found
        .map(|it| {
            let nodes = it["nodes"].as_array().into_iter().flatten();
            let places: Vec<_> =
                nodes.map(|node| format!("{} {}", node["html"], node["failureSummary"])).collect();
            format!("{}: {}\n  {}", it["id"], it["help"], places.join("\n  "))
        })
        .collect()
}

/// What must hold whatever was done: nothing was forbidden, missing or thrown, and nobody else was asked.
pub fn assert_quiet(browser: &Browser, employee: &Employee) {
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
    let own = format!("http://{}/", employee.address());
    // What is in a `data:` address is there already: the pictures on the browser's own buttons.
    let is_nowhere = |it: &str| it == "about:blank" || it.starts_with("data:");
    let other: Vec<_> =
        browser.requests().iter().filter(|it| !it.starts_with(&own) && !is_nowhere(it)).collect();
    assert!(other.is_empty(), "another origin was asked: {other:?}");
}
