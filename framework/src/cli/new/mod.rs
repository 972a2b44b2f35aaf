//! `new`: writes a crate with one agent, one function and one test, which compiles, tests and serves at once.

use std::path::{Path, PathBuf};

use super::args::New;
use super::print;

/// The files, and their text.
const FILES: [(&str, &str); 9] = [
    ("Cargo.toml", include_str!("template/Cargo.toml.txt")),
    ("src/main.rs", include_str!("template/src/main.rs.txt")),
    ("src/agent.rs", include_str!("template/src/agent.rs.txt")),
    ("src/prompt.md", include_str!("template/src/prompt.md.txt")),
    ("src/opening_hours.rs", include_str!("template/src/opening_hours.rs.txt")),
    ("README.md", include_str!("template/README.md.txt")),
    ("Dockerfile", include_str!("template/Dockerfile.txt")),
    ("digital-employees.toml", include_str!("template/digital-employees.toml.txt")),
    (".gitignore", include_str!("template/gitignore.txt")),
];
/// Where this framework was built.
const HERE: &str = env!("CARGO_MANIFEST_DIR");
/// Names that a crate or an agent cannot have: crates that it uses, keywords, and paths of the server.
const TAKEN: [&str; 33] = [
    "swaig",
    "serde_json",
    "tokio",
    "std",
    "core",
    "alloc",
    "test",
    "proc_macro",
    "health",
    "ready",
    "metrics",
    "console",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "enum",
    "fn",
    "for",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "match",
    "mod",
    "move",
    "pub",
    "ref",
    "return",
    "type",
    "use",
];

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(super) enum NewError {
    #[error("{name:?} cannot be the name of an agent: {problem}; choose one such as my-agent")]
    Name { name: String, problem: &'static str },
    #[error("{path} is there already, and nothing is overwritten: choose another name, or remove it first")]
    Exists { path: String },
    #[error(
        "the framework is not at {path}, where this program was built: name its folder with --swaig PATH, the one that holds its Cargo.toml"
    )]
    NoFramework { path: String },
    #[error("{path} cannot be written; check the permissions of the folder")]
    Write { path: String, source: std::io::Error },
}

pub(super) fn run(args: &New) -> Result<(), NewError> {
    let folder = PathBuf::from(&args.path);
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    check(&name).map_err(|problem| NewError::Name { name: name.clone(), problem })?;
    if folder.exists() {
        return Err(NewError::Exists { path: folder.display().to_string() });
    }
    let framework = framework(args.swaig.as_deref())?;
    let agent = name.replace('-', "_");
    let (kind, title) = (words(&agent, ""), words(&agent, " "));
    let swaig = format!("path = {:?}", framework.display().to_string());
    let values = [
        ("{{crate}}", name.as_str()),
        ("{{agent}}", agent.as_str()),
        ("{{type}}", kind.as_str()),
        ("{{title}}", title.as_str()),
        ("{{swaig}}", swaig.as_str()),
    ];
    for (path, text) in FILES {
        let text = values.iter().fold(text.to_owned(), |text, (key, value)| text.replace(key, value));
        write(&folder.join(path), &text)?;
    }
    print(&format!(
        "{} is ready. Try next:\n\n  cd {}\n  cargo test\n  cargo run\n\nsrc/prompt.md is what the model is told, src/agent.rs who answers the phone, src/opening_hours.rs what the model can call.",
        name,
        folder.display()
    ));
    Ok(())
}

fn check(name: &str) -> Result<(), &'static str> {
    let mut letters = name.bytes();
    if !letters.next().is_some_and(|first| first.is_ascii_lowercase()) {
        return Err("it has to begin with a small letter");
    }
    if !letters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_' || it == b'-') {
        return Err("it may hold small letters, digits, - and _");
    }
    if name.len() > 60 {
        return Err("it is too long");
    }
    if TAKEN.contains(&name.replace('-', "_").as_str()) {
        return Err("that name is taken by Rust, by a crate that it uses, or by a path of the server");
    }
    Ok(())
}

/// The folder of the framework.
fn framework(named: Option<&str>) -> Result<PathBuf, NewError> {
    let path = Path::new(named.unwrap_or(HERE));
    let manifest = std::fs::read_to_string(path.join("Cargo.toml")).unwrap_or_default();
    let missing = || NewError::NoFramework { path: path.display().to_string() };
    if !manifest.lines().any(|line| line.trim() == "name = \"swaig\"") {
        return Err(missing());
    }
    path.canonicalize().map_err(|_| missing())
}

fn write(path: &Path, text: &str) -> Result<(), NewError> {
    let written = match path.parent() {
        Some(folder) => std::fs::create_dir_all(folder),
        None => Ok(()),
    };
    let written = written.and_then(|()| std::fs::write(path, text));
    written.map_err(|source| NewError::Write { path: path.display().to_string(), source })
}

/// `my_agent` as `MyAgent`, or as `My Agent`.
fn words(name: &str, between: &str) -> String {
    let parts = name.split('_').filter(|part| !part.is_empty());
    let words: Vec<String> = parts
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect();
    words.join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_a_crate_and_of_an_agent() {
        for name in ["my-agent", "a", "desk_2"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        for name in ["", "-x", "2fast", "My-Agent", "tür", "console", "match", "serde-json", "a b", "x/y"] {
            assert!(check(name).is_err(), "{name}");
        }
        assert_eq!(
            (words("my_agent", ""), words("my_agent", " ")),
            ("MyAgent".to_owned(), "My Agent".to_owned())
        );
    }

    #[test]
    fn every_place_of_a_template_is_filled() {
        for (path, text) in FILES {
            let known = ["{{crate}}", "{{agent}}", "{{type}}", "{{title}}", "{{swaig}}"];
            let rest = known.iter().fold(text.to_owned(), |text, key| text.replace(key, ""));
            assert!(!rest.contains("{{"), "{path}");
        }
    }
}
