//! Paths and queries.

use crate::row::{BAD, Row, Target, check};

const NOT_THERE: &[&[u16]] = &[&[404]];

#[tokio::test]
async fn paths_that_are_not_quite_the_route_lead_nowhere() {
    let target = Target::start().await;
    let path = |path: &str| target.call("").replacen("/mfa/swaig", path, 1);
    let rows = vec![
        Row::new("up and down", path("/mfa/../mfa/swaig"), NOT_THERE),
        Row::new("up and out", path("/../../../etc/passwd"), NOT_THERE),
        Row::new("encoded dots", path("/mfa/%2e%2e/mfa/swaig"), NOT_THERE),
        Row::new("doubly encoded dots", path("/mfa/%252e%252e/mfa/swaig"), NOT_THERE),
        Row::new("an encoded slash", path("/mfa%2fswaig"), NOT_THERE),
        Row::new("an encoded letter", path("/mf%61/swaig"), NOT_THERE),
        Row::new("two slashes at the start", path("//mfa/swaig"), NOT_THERE),
        Row::new("two slashes within", path("/mfa//swaig"), NOT_THERE),
        Row::new("a dot", path("/mfa/./swaig"), NOT_THERE),
        Row::new("a dot at the end", path("/mfa/swaig/."), NOT_THERE),
        Row::new("a parameter of the path", path("/mfa;x=1/swaig"), NOT_THERE),
        Row::new("a null byte, encoded", path("/mfa/swaig%00"), NOT_THERE),
        Row::new("a line end, encoded", path("/mfa/swaig%0d%0aX:1"), NOT_THERE),
        Row::new("a bad escape", path("/mfa/%zz"), NOT_THERE),
        Row::new("half an escape", path("/mfa/swaig%2"), NOT_THERE),
        Row::new("bad UTF-8, encoded", path("/%ff%fe/swaig"), NOT_THERE),
        Row::new("an overlong slash", path("/mfa%c0%afswaig"), NOT_THERE),
        Row::new("a place holder", path("/{name}/swaig"), &[&[404], &[400]]),
        Row::new("a file of this server", path("/digital-employees.toml"), NOT_THERE),
        Row::new("another server's address", path("http://evil.example/nobody/swaig"), NOT_THERE),
        Row::new("another scheme", path("file:///mfa/swaig"), &[&[404], &[400]]),
        Row::new("an address without a path", path("evil.example:80"), &[&[404], &[400]]),
        Row::new("no slash", path("mfa/swaig"), BAD),
        Row::new("a question only", path("?x"), BAD),
        Row::new("a null byte", path("/mfa/swaig\0"), BAD),
        Row::new("a space", path("/mfa/swaig x"), BAD),
        Row::new("a backslash", path("/mfa\\swaig"), &[&[404], &[400]]),
        Row::new("a line feed", path("/mfa\n/swaig"), BAD),
        Row::new("letters that are not ASCII", path("/mfä/swaig"), &[&[404], &[400]]),
        Row::new("an agent id with a null byte", path("/mfa/swaig?agent_id=a%00"), BAD),
        Row::new("an agent id with a line end", path("/mfa/swaig?agent_id=a%0d%0aX:1"), BAD),
        Row::new("an agent id of 129 bytes", path(&format!("/mfa/swaig?agent_id={}", "x".repeat(129))), BAD),
        Row::new("a query of 9,000 bytes", path(&format!("/mfa/swaig?{}", "x".repeat(9_000))), &[&[414]]),
        Row::new("a path of 9,000 bytes", path(&format!("/{}", "x".repeat(9_000))), &[&[414]]),
        Row::new("a path of 70,000 bytes", path(&format!("/{}", "x".repeat(70_000))), &[&[414], &[431], &[]]),
    ];
    check(target, rows).await;
}
