//! What is written wrongly is told at its place, with what to write instead.

/// The compiler that worded what is in `wrong_types`. Others say the same in other words.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn mistakes_are_told_where_they_are() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/right/*.rs");
    cases.compile_fail("tests/wrong/*.rs");
    let version = std::process::Command::new("rustc").arg("--version").output();
    if version.is_ok_and(|it| it.stdout.starts_with(COMPILER.as_bytes())) {
        cases.compile_fail("tests/wrong_types/*.rs");
    } else {
        eprintln!("skipped: the words of another compiler than {COMPILER}x");
    }
}
