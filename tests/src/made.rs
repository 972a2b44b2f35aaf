//! Programs that a test writes itself, in a crate of their own.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::{cargo, workspace};

/// What all files of such a crate begin with.
pub const USES: &str = "
use schemars::JsonSchema;
use serde::Deserialize;
use swaig::swml::ai::Prompt;
use swaig::{Agent, AgentDefinition, Call, Function, FunctionError, NoArgs, Reply, Setup, SetupError, async_trait};
";

/// A program: its name, and the name and the text of the files that it has besides `main.rs`.
pub type Made = (&'static str, Vec<(&'static str, String)>);

/// The whole text of a file of a program.
pub fn file(text: &str) -> String {
    format!("#![allow(unused_imports)]\n{USES}{text}")
}

/// Builds programs as a crate in `folder`, and returns the path of each. `temporary` is cargo's folder for the files of
/// integration tests.
pub fn make(temporary: &str, folder: &str, programs: Vec<Made>) -> Vec<(String, PathBuf)> {
    let mut written = Vec::new();
    for (name, files) in programs {
        let modules: String = files.iter().flat_map(|(file, _)| ["mod ", file, ";\n"]).collect();
        let main = format!(
            "{modules}\nuse swaig_agents as _;\n\nfn main() -> std::process::ExitCode {{\n    swaig::main()\n}}\n"
        );
        written.push((format!("src/bin/{name}/main.rs"), main));
        for (name_of_file, text) in files {
            written.push((format!("src/bin/{name}/{name_of_file}.rs"), file(&text)));
        }
    }
    build(temporary, folder, "shop-employees", "", &written)
}

/// Builds a crate in `folder` that holds these files, with the packages and the versions of the workspace, and returns the
/// path of each of its programs.
///
/// `package` is its name, and `more` are lines for the dependencies that it has besides schemars, serde, the framework
/// and the reference agents.
pub fn build(
    temporary: &str,
    folder: &str,
    package: &str,
    more: &str,
    files: &[(String, String)],
) -> Vec<(String, PathBuf)> {
    let (folder, target) = lay_out(temporary, folder, package, more, files);
    cargo(&folder, ["--offline", "--bins", "--target-dir", &target])
}

/// Writes a crate as [`build`] does, and returns what the compiler says of its mistake.
pub fn mistake(temporary: &str, folder: &str, package: &str, files: &[(String, String)]) -> String {
    let (folder, target) = lay_out(temporary, folder, package, "", files);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = std::process::Command::new(cargo)
        .args(["check", "--offline", "--quiet", "--bins", "--target-dir", &target])
        .current_dir(&folder)
        .output()
        .expect("cargo can be run");
    assert!(!output.status.success(), "the mistake was not found");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Writes a crate: its folder, and the folder for what is built.
fn lay_out(
    temporary: &str,
    folder: &str,
    package: &str,
    more: &str,
    files: &[(String, String)],
) -> (PathBuf, String) {
    let temporary = Path::new(temporary);
    let folder = temporary.join(folder);
    // The reference agents are linked too: a new agent stands beside them, and their packages are built already.
    let manifest = format!(
        "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         schemars = \"1\"\nserde = {{ version = \"1\", features = [\"derive\"] }}\n{}{}{more}\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n",
        member("swaig", "framework"),
        member("swaig-agents", "agents"),
    );
    write(&folder.join("Cargo.toml"), &manifest);
    let lock = folder.join("Cargo.lock");
    if !lock.exists() {
        let versions = fs::read_to_string(workspace().join("Cargo.lock")).expect("the versions can be read");
        write(&lock, &versions);
    }
    for (name, text) in files {
        write(&folder.join(name), text);
    }
    let target = temporary.parent().expect("the folder is in the target folder");
    let target = target.to_str().expect("the path is UTF-8").to_owned();
    (folder, target)
}

/// The line of a manifest for a dependency on a package of the workspace.
pub fn member(package: &str, folder: &str) -> String {
    format!("{package} = {{ path = {} }}\n", json!(workspace().join(folder)))
}

/// Writes a file unless it holds the text already: cargo looks at the time of change.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
    // Tests in other processes write it too, and build it: it must never be there by half.
    let new = path.with_extension(format!("{}.new", std::process::id()));
    fs::write(&new, text).and_then(|()| fs::rename(&new, path)).expect("a file can be written");
}
