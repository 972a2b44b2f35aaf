//! Logging in at the console, over plain requests: sessions, forms, and what they do not open.

use serde_json::json;
use swaig_tests::{Answer, Client, Credentials, Employee, Identity, Program, TlsClient};
use url::form_urlencoded::Serializer;

const SECRET: &str = "a secret that all instances share, of 32 bytes";
const SETTINGS: [(&str, &str); 3] = [
    ("SWAIG_SECRET", SECRET),
    ("SWML_BASIC_AUTH_USER", "operator"),
    ("SWML_BASIC_AUTH_PASSWORD", "correct horse"),
];
/// What a person's browser asks for.
const PAGE: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

async fn employee() -> Employee {
    Employee::sandbox_with(SETTINGS).await
}

/// The cookie that an answer sets, as `name=value`.
fn cookie(answer: &Answer, name: &str) -> String {
    let all = answer.headers.get_all("set-cookie");
    let found = all.iter().find(|it| it.to_str().is_ok_and(|it| it.split('=').next() == Some(name)));
    let found = found.unwrap_or_else(|| panic!("the cookie {name} is set: {all:?}"));
    found.to_str().expect("a text").split(';').next().unwrap_or_default().to_owned()
}

/// The value of a hidden field.
fn field(page: &str, name: &str) -> String {
    let (_, rest) =
        page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// The form as a browser has it: its cookie and its token.
struct Form {
    client: Client,
    prefix: &'static str,
    headers: Vec<(&'static str, String)>,
    cookie: String,
    token: String,
}

impl Form {
    async fn open(employee: &Employee) -> Self {
        Self::open_with(employee, "", Vec::new()).await
    }

    async fn open_with(
        employee: &Employee,
        prefix: &'static str,
        headers: Vec<(&'static str, String)>,
    ) -> Self {
        let client = employee.stranger();
        let shown: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        let page = client.send("GET", "/console/login", &shown, "").await;
        assert_eq!(page.status, 200, "{}", page.text());
        let cookie = cookie(&page, &format!("{prefix}swaig_visitor"));
        Self { client, prefix, headers, cookie, token: field(page.text(), "form_token") }
    }

    async fn send(&self, more: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let mut headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, &**value)).collect();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        headers.extend(more);
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.client.send("POST", "/console/login", &headers, body).await
    }

    async fn log_in_to(&self, user: &str, password: &str, next: &str) -> Answer {
        let fields = [("user", user), ("password", password), ("form_token", &self.token), ("next", next)];
        self.send(&[("cookie", &self.cookie)], &fields).await
    }

    /// The cookie of a new session.
    async fn session(&self) -> String {
        let answer = self.log_in_to("operator", "correct horse", "/console").await;
        assert_eq!((answer.status, answer.header("location")), (303, "/console"), "{}", answer.text());
        cookie(&answer, &format!("{}swaig_session", self.prefix))
    }
}

async fn get(employee: &Employee, path: &str, cookie: &str) -> Answer {
    employee.stranger().send("GET", path, &[("cookie", cookie)], "").await
}

#[tokio::test]
async fn a_browser_is_led_to_the_form_and_back_and_a_program_is_asked_for_basic() {
    // More of them fail here than an address may.
    let unlimited = [("SWAIG_FAILED_LOGINS", "0")];
    let employee = Employee::sandbox_with(SETTINGS.into_iter().chain(unlimited)).await;
    let stranger = employee.stranger();
    for (path, next) in [
        ("/console", "%2Fconsole"),
        ("/", "%2Fconsole"),
        ("/mfa/events?after=0", "%2Fmfa%2Fevents%3Fafter%3D0"),
        ("/metrics", "%2Fmetrics"),
        ("/console/conversations/1", "%2Fconsole%2Fconversations%2F1"),
    ] {
        let answer = stranger.send("GET", path, &[PAGE], "").await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, &*format!("/console/login?next={next}")),
            "{path}"
        );
        for headers in [&[][..], &[("accept", "*/*")], &[("accept", "text/event-stream")]] {
            let answer = stranger.send("GET", path, headers, "").await;
            assert_eq!(answer.status, 401, "{path}");
            assert!(answer.header("www-authenticate").starts_with("Basic "), "{path}");
        }
        let wrong =
            employee.client().with(Some(Credentials { user: "operator".into(), password: "x".into() }));
        assert_eq!(wrong.send("GET", path, &[PAGE], "").await.status, 401, "{path}");
    }
    // A session does not open these, so no form is offered.
    for path in ["/mfa", "/mfa/swaig", "/nothing/at/all"] {
        assert_eq!(stranger.send("GET", path, &[PAGE], "").await.status, 401, "{path}");
    }
    let answer = stranger.send("GET", "/console/login?next=%2Fmfa%2Fevents%3Fafter%3D0", &[PAGE], "").await;
    assert_eq!(field(answer.text(), "next"), "/mfa/events?after=0");
    let form = Form::open(&employee).await;
    let answer = form.log_in_to("operator", "correct horse", "/mfa/events?after=0").await;
    assert_eq!((answer.status, answer.header("location")), (303, "/mfa/events?after=0"));
    let session = cookie(&answer, "swaig_session");
    let again = get(&employee, "/console/login?next=%2Fmetrics", &session).await;
    assert_eq!((again.status, again.header("location")), (303, "/metrics"));
}

#[tokio::test]
async fn a_session_shows_what_is_looked_at_and_calls_nothing() {
    let employee = employee().await;
    let session = Form::open(&employee).await.session().await;
    for path in ["/console", "/metrics"] {
        assert_eq!(get(&employee, path, &session).await.status, 200, "{path}");
        assert_eq!(get(&employee, path, "").await.status, 401, "{path}");
        let head = employee.stranger().send("HEAD", path, &[("cookie", &*session)], "").await;
        assert_eq!(head.status, 200, "{path}");
    }
    assert!(get(&employee, "/console", &session).await.text().contains("Log out"));
    assert!(
        !employee.client().get("/console").await.text().contains("Log out"),
        "with Basic there is no session"
    );
    let mut live = employee.stranger().events("/mfa/events?after=0", &[("cookie", &*session)]).await;
    assert_eq!(live.status(), 200);
    live.ready().await;
    assert_eq!(employee.stranger().events("/mfa/events", &[]).await.status(), 401);

    let headers = [("cookie", &*session), ("content-type", "application/json")];
    let body = json!({"function": "send_mfa", "call_id": "c1", "caller_id_num": "+15551230000"}).to_string();
    for path in ["/mfa", "/mfa/swaig", "/mfa/post_prompt", "/mfa/debug"] {
        assert_eq!(
            employee.stranger().send("POST", path, &headers, body.clone()).await.status,
            401,
            "{path}"
        );
    }
    assert_eq!(get(&employee, "/mfa", &session).await.status, 401);
    assert_eq!(employee.stranger().send("POST", "/mfa/events", &headers, "").await.status, 401);
    assert_eq!(employee.codes(), 0);
}

#[tokio::test]
async fn cookies_have_all_their_guards_and_over_tls_one_more() {
    let plain = employee().await;
    let guards = |answer: &Answer, name: &str| {
        let all: Vec<_> =
            answer.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
        let found = all.iter().find(|it| it.starts_with(&format!("{name}=")));
        found.unwrap_or_else(|| panic!("{name}: {all:?}")).to_string()
    };
    let form = Form::open(&plain).await;
    let answer = form.log_in_to("operator", "correct horse", "").await;
    let set = guards(&answer, "swaig_session");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=43200"] {
        assert!(set.contains(part), "{part}: {set}");
    }
    assert!(!set.contains("Secure") && !set.contains("Domain"), "{set}");
    assert_eq!(answer.header("strict-transport-security"), "");

    let public = SETTINGS.into_iter().chain([("SWML_PROXY_URL_BASE", "https://agents.example.com")]);
    let public = Employee::sandbox_with(public).await;
    let proxied = SETTINGS.into_iter().chain([("SWAIG_TRUSTED_PROXIES", "127.0.0.1")]);
    let proxied = Employee::sandbox_with(proxied).await;
    let said = || {
        vec![("x-forwarded-proto", "https".to_owned()), ("x-forwarded-host", "agents.example.com".to_owned())]
    };
    for (employee, headers) in [(&public, Vec::new()), (&proxied, said())] {
        let form = Form::open_with(employee, "__Host-", headers.clone()).await;
        let fields = [("user", "operator"), ("password", "correct horse"), ("form_token", &*form.token)];
        let own = [("cookie", &*form.cookie), ("origin", "https://agents.example.com")];
        let answer = form.send(&own, &fields).await;
        let set = guards(&answer, "__Host-swaig_session");
        assert!(set.contains("; Path=/; HttpOnly; SameSite=Strict") && set.ends_with("; Secure"), "{set}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="));
        let session = cookie(&answer, "__Host-swaig_session");
        let mut headers: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        headers.push(("cookie", &*session));
        assert_eq!(employee.stranger().send("GET", "/console", &headers, "").await.status, 200);
        // Without the prefix a neighbour may have set it.
        let bare = session.trim_start_matches("__Host-").to_owned();
        headers.pop();
        headers.push(("cookie", &*bare));
        assert_eq!(employee.stranger().send("GET", "/console", &headers, "").await.status, 401);
    }
    // Who is no trusted proxy says nothing about TLS.
    let headers: Vec<_> = said();
    let shown: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
    let answer = plain.stranger().send("GET", "/console/login", &shown, "").await;
    assert!(guards(&answer, "swaig_visitor").ends_with("SameSite=Strict"));
}

#[tokio::test]
async fn over_tls_of_its_own_the_server_sets_cookies_for_tls_only() {
    let identity = Identity::default();
    let program = Program::new(["--listen", "127.0.0.1:0"]).tls(&identity.chain, &identity.key);
    let employee = program.serve().await;
    let client = TlsClient::new(&identity.root, &["http/1.1"]);
    let request = "GET /console/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = client.exchange(employee.address(), request).await.expect("an answer");
    let (head, _) = answer.split_once("\r\n\r\n").expect("a head");
    let head = head.to_lowercase();
    assert!(head.contains("set-cookie: __host-swaig_visitor=") && head.contains("; secure"), "{head}");
    assert!(head.contains("strict-transport-security: max-age="), "{head}");
}

#[tokio::test]
async fn a_session_that_is_forged_expired_or_of_another_password_is_none() {
    let first = employee().await;
    let session = Form::open(&first).await.session().await;
    // Another instance with the same secret takes it.
    let second = employee().await;
    assert_eq!(get(&second, "/console", &session).await.status, 200);

    let changed = [SETTINGS[0], SETTINGS[1], ("SWML_BASIC_AUTH_PASSWORD", "battery staple")];
    let previous = ("SWML_BASIC_AUTH_PREVIOUS_PASSWORD", "correct horse");
    let other_secret = [("SWAIG_SECRET", "another secret that nobody shares, 32"), SETTINGS[1], SETTINGS[2]];
    for settings in [changed.to_vec(), [&changed[..], &[previous]].concat(), other_secret.to_vec()] {
        let other = Employee::sandbox_with(settings).await;
        assert_eq!(get(&other, "/console", &session).await.status, 401);
        let form = Form::open(&other).await;
        // The password of before is for documents that are still in use, not for people.
        let status = form.log_in_to("operator", "correct horse", "").await.status;
        assert_eq!(status, if other.credentials().password == "correct horse" { 303 } else { 403 });
    }

    let (name, token) = session.split_once('=').unwrap();
    let (head, rest) = token.split_once('.').unwrap();
    let (claims, mac) = rest.split_once('.').unwrap();
    let visitor = Form::open(&first).await;
    let own_token = visitor.token.clone();
    for forged in [
        String::new(),
        format!("{head}.{claims}."),
        format!("{head}.{claims}.{}", mac.chars().rev().collect::<String>()),
        format!("eyJhbGciOiJub25lIn0.{claims}."),
        format!("{claims}.{claims}.{mac}"),
        "x".repeat(8000),
        own_token,
        "null".to_owned(),
    ] {
        assert_eq!(get(&first, "/console", &format!("{name}={forged}")).await.status, 401, "{forged}");
    }
    let short = SETTINGS.into_iter().chain([("SWAIG_SESSION_LIFETIME", "5")]);
    let ended = Program::new(["--listen", "127.0.0.1:0"]).settings(short).run().await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.contains("SWAIG_SESSION_LIFETIME is not valid: expected seconds, at least 60"),
        "{}",
        ended.stderr
    );
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let employee = employee().await;
    let form = Form::open(&employee).await;
    let own = format!("http://{}", employee.address());
    let fields = [("user", "operator"), ("password", "correct horse"), ("form_token", &*form.token)];
    let kept = ("cookie", &*form.cookie);
    for foreign in [
        ("origin", "https://evil.example"),
        ("origin", "http://127.0.0.1:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
    ] {
        let answer = form.send(&[kept, foreign], &fields).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (403, ""), "{foreign:?}");
    }
    // Without the visitor's cookie, which SameSite keeps at home, or without the token of this visitor.
    let other = Form::open(&employee).await;
    for (more, token) in [
        (vec![], &*form.token),
        (vec![("cookie", &*other.cookie)], &form.token),
        (vec![kept], &*other.token),
        (vec![kept], ""),
        (vec![kept], "x.y.z"),
    ] {
        let answer = form
            .send(&more, &[("user", "operator"), ("password", "correct horse"), ("form_token", token)])
            .await;
        assert_eq!(answer.status, 403, "{more:?} {token}");
        assert!(answer.text().contains("Please try again") && !answer.text().contains("correct horse"));
        assert!(
            !answer.headers.get_all("set-cookie").iter().any(|it| it.to_str().unwrap().contains("session"))
        );
    }
    for own in
        [vec![kept, ("origin", &*own)], vec![kept, ("sec-fetch-site", "same-origin"), ("origin", "null")]]
    {
        assert_eq!(form.send(&own, &fields).await.status, 303, "{own:?}");
    }

    let session = form.session().await;
    let page = get(&employee, "/console", &session).await;
    let token = field(page.text(), "form_token");
    let log_out = async |headers: &[(&str, &str)], token: &str| {
        let body = Serializer::new(String::new()).append_pair("form_token", token).finish();
        employee.stranger().send("POST", "/console/logout", headers, body).await
    };
    let kept = ("cookie", &*session);
    for (headers, token) in [
        (vec![kept, ("origin", "https://evil.example")], &*token),
        (vec![kept, ("sec-fetch-site", "cross-site")], &token),
        (vec![kept], ""),
        (vec![kept], &form.token),
    ] {
        let answer = log_out(&headers, token).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (403, ""), "{headers:?}");
    }
    assert_eq!(get(&employee, "/console/logout", &session).await.status, 405);
    let answer = log_out(&[kept], &token).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/console/login?out=1"));
    assert!(
        answer.header("set-cookie").starts_with("swaig_session=; ")
            && answer.header("set-cookie").contains("Max-Age=0")
    );
}

#[tokio::test]
async fn a_login_that_fails_says_so_and_gives_nothing_back() {
    let employee = employee().await;
    let form = Form::open(&employee).await;
    let hostile = "\"><script>alert(1)</script>";
    for (user, password) in [
        ("operator", "wrong-secret"),
        ("operator", ""),
        ("", "correct horse"),
        ("operator:correct horse", ""),
        ("operator:correct", "horse"),
        (hostile, hostile),
    ] {
        let answer = form.log_in_to(user, password, "/console").await;
        assert_eq!(answer.status, 403, "{user}");
        assert!(answer.text().contains("Wrong user or password."), "{}", answer.text());
        assert!(
            !answer.text().contains("wrong-secret") && !answer.text().contains("<script"),
            "{}",
            answer.text()
        );
        assert_eq!(answer.header("www-authenticate"), "", "a browser would open a dialog of its own");
    }
    let logged = |line: &str| line.contains("a login at the console was refused").then(|| line.to_owned());
    let line = employee.log().find("the refusal in the log", logged).await;
    assert!(line.contains("client=127.0.0.1") && !line.contains("wrong-secret"), "{line}");
    assert!(
        employee.client().get("/metrics").await.text().contains("swaig_refused_total{check=\"login\"} 6")
    );
    let huge = "x".repeat(9 << 10);
    assert_eq!(form.log_in_to("operator", &huge, "").await.status, 413);
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let employee = employee().await;
    let form = Form::open(&employee).await;
    for next in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/console\r\nset-cookie: x=y",
        "/\t/evil.example",
        "",
        "evil",
    ] {
        let answer = form.log_in_to("operator", "correct horse", next).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/console"), "{next:?}");
        let query = Serializer::new(String::new()).append_pair("next", next).finish();
        let page = employee.stranger().get(&format!("/console/login?{query}")).await;
        assert_eq!(field(page.text(), "next"), "/console", "{next:?}");
    }
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let employee = employee().await;
    let session = Form::open(&employee).await.session().await;
    let mut answers = Vec::new();
    for path in [
        "/",
        "/console",
        "/console/style.css",
        "/console/login",
        "/console/nothing",
        "/console/conversations/7",
    ] {
        answers.push((path, get(&employee, path, &session).await));
        answers.push((path, get(&employee, path, "").await));
    }
    for path in ["/mfa", "/metrics", "/health", "/nothing"] {
        answers.push((path, employee.client().get(path).await));
    }
    for (path, answer) in answers {
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        // A script is a file of this server, on the pages alone that have one.
        let has_script = answer.text().contains("<script");
        assert_eq!(policy.contains("script-src 'self'"), has_script, "{path}: {policy}");
        assert!(
            !policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"),
            "{path}: {policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("strict-transport-security", ""),
            ("access-control-allow-origin", ""),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        assert!(answer.header("permissions-policy").contains("microphone=()"), "{path}");
        if answer.header("content-type").starts_with("text/html") {
            let page = answer.text();
            let scripts = page.matches("<script").count();
            assert_eq!(page.matches("<script src=\"/console/").count(), scripts, "{path}: {page}");
            for forbidden in ["<style", " style=", " onclick=", " onload=", "src=\"http", "href=\"http"] {
                assert!(!page.contains(forbidden), "{path}: {forbidden}: {page}");
            }
        }
    }
    assert_eq!(get(&employee, "/console/nothing", &session).await.status, 404);
    assert_eq!(get(&employee, "/console/conversations/7", &session).await.status, 404);
    assert_eq!(employee.stranger().get("/console").await.status, 401);
    let root = employee.client().get("/").await;
    assert_eq!((root.status, root.header("location")), (303, "/console"));
}
