//! Sessions of people who logged in at the console's form, instead of sending HTTP Basic with each request.
//!
//! A session is a cookie with a seal: the server keeps nothing, and every instance with the same `SWAIG_SECRET` accepts
//! it. It is bound to the operator's user and password, so a changed password ends it. It opens what is only looked at
//! and the console's forms, never a route of the platform.

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::header::{COOKIE, HeaderValue};
use hyper::{HeaderMap, Method};
use secrecy::ExposeSecret as _;

use super::Credentials;
use crate::seal::Sealer;
use crate::server::route::Route;
use crate::setup::{Setup, SetupError};

/// The setting of how long a session lasts, in seconds.
const LIFETIME: &str = "SWAIG_SESSION_LIFETIME";
/// A working day, with its breaks.
const HALF_A_DAY: Duration = Duration::from_hours(12);
/// How long a form may lie open before it is sent.
const FORM_LIFETIME: Duration = Duration::from_hours(12);

/// The cookie of a session.
const SESSION: &str = "swaig_session";
/// The cookie of a visitor who has none yet: it ties the login form to the browser that asked for it.
const VISITOR: &str = "swaig_visitor";

/// Makes and checks sessions, and the tokens of forms.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    sealer: Sealer,
    lifetime: Duration,
}

/// A session that was checked.
pub(crate) struct Session {
    token: String,
}

/// A visitor at the login form.
pub(crate) struct Visitor {
    id: String,
}

impl Sessions {
    pub(crate) fn from_setup(setup: &Setup) -> Result<Self, SetupError> {
        let lifetime = setup.parse::<u64>(LIFETIME)?.map_or(HALF_A_DAY, Duration::from_secs);
        if lifetime < Duration::from_mins(1) {
            return Err(SetupError::invalid(LIFETIME, &"expected seconds, at least 60"));
        }
        Ok(Self { sealer: setup.sealer().clone(), lifetime })
    }

    /// A new session for who knows these credentials, as the value of `Set-Cookie`; `None` where no seal can be made.
    pub(crate) fn start(&self, operator: &Credentials, secure: bool) -> Option<HeaderValue> {
        let password = operator.password.expose_secret();
        let token = self.sealer.seal("session", &[&operator.user, password], &(), self.lifetime).ok()?;
        set_cookie(SESSION, &token, Some(self.lifetime), secure)
    }

    /// The session of a request, where it has one that is good.
    pub(crate) fn find(&self, operator: &Credentials, headers: &HeaderMap, secure: bool) -> Option<Session> {
        let bound = [&*operator.user, operator.password.expose_secret()];
        cookies(headers, SESSION, secure)
            .find(|token| self.sealer.open::<()>("session", &bound, token).is_ok())
            .map(|token| Session { token: token.to_owned() })
    }

    /// The token of the form that logs a visitor in.
    pub(crate) fn login_token(&self, visitor: &Visitor) -> Option<String> {
        self.sealer.seal("login form", &[&visitor.id], &(), FORM_LIFETIME).ok()
    }

    /// Whether a login form was given to this visitor.
    pub(crate) fn login_token_fits(&self, visitor: &Visitor, token: &str) -> bool {
        self.sealer.open::<()>("login form", &[&visitor.id], token).is_ok()
    }

    /// The token of the forms on the pages of a session.
    pub(crate) fn form_token(&self, session: &Session) -> Option<String> {
        self.sealer.seal("form", &[&session.token], &(), FORM_LIFETIME).ok()
    }

    /// Whether a form was given to this session.
    pub(crate) fn form_token_fits(&self, session: &Session, token: &str) -> bool {
        self.sealer.open::<()>("form", &[&session.token], token).is_ok()
    }
}

impl Session {
    /// Whether a session is enough for this: for looking, and for nothing else.
    pub(crate) fn opens(route: &Route, method: &Method) -> bool {
        let looks = method == Method::GET || method == Method::HEAD;
        // Forms on the console carry a token, which is checked there.
        let form = matches!(route, Route::Console(_)) && method == Method::POST;
        let watched = matches!(route, Route::Root | Route::Metrics | Route::Console(_) | Route::Events(_));
        form || (looks && watched)
    }

    /// The value of `Set-Cookie` that takes a session's cookie away.
    pub(crate) fn end(secure: bool) -> Option<HeaderValue> {
        set_cookie(SESSION, "", Some(Duration::ZERO), secure)
    }
}

impl Visitor {
    /// The visitor of a request, where it is not the first one.
    pub(crate) fn of(headers: &HeaderMap, secure: bool) -> Option<Self> {
        let plausible = |id: &&str| {
            id.len() == 32 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        cookies(headers, VISITOR, secure).find(plausible).map(|id| Self { id: id.to_owned() })
    }

    /// A new visitor; `None` where there are no random numbers.
    pub(crate) fn new() -> Option<Self> {
        let mut bytes = [0_u8; 24];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self { id: URL_SAFE_NO_PAD.encode(bytes) })
    }

    /// The value of `Set-Cookie` that keeps the visitor until the browser ends.
    pub(crate) fn keep(&self, secure: bool) -> Option<HeaderValue> {
        set_cookie(VISITOR, &self.id, None, secure)
    }
}

/// The name of a cookie. A browser takes one with the prefix only over TLS, for this host alone and for all paths, so
/// that no neighbour can set it.
fn name(base: &str, secure: bool) -> String {
    if secure { format!("__Host-{base}") } else { base.to_owned() }
}

fn set_cookie(base: &str, value: &str, age: Option<Duration>, secure: bool) -> Option<HeaderValue> {
    let mut text = format!("{}={value}; Path=/; HttpOnly; SameSite=Strict", name(base, secure));
    if let Some(age) = age {
        // Writing to a string cannot fail.
        let _ = write!(text, "; Max-Age={}", age.as_secs());
    }
    if secure {
        text.push_str("; Secure");
    }
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The values of a cookie: more than one where a neighbour on the same host has set it too.
fn cookies<'a>(headers: &'a HeaderMap, base: &str, secure: bool) -> impl Iterator<Item = &'a str> {
    let name = name(base, secure);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(move |pair| pair.trim().strip_prefix(&*name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: (&str, &str) = ("SWAIG_SECRET", "a secret that is long enough to be one");

    fn sessions() -> Sessions {
        Sessions::from_setup(&Setup::test([SECRET])).unwrap()
    }

    /// What a browser sends back.
    fn returned(cookie: &HeaderValue) -> HeaderMap {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(&format!("other=1; {pair}")).unwrap())])
    }

    #[test]
    fn a_session_is_good_for_these_credentials_only() {
        let (sessions, operator) = (sessions(), Credentials::new("signalwire", "secret"));
        for secure in [true, false] {
            let headers = returned(&sessions.start(&operator, secure).unwrap());
            assert!(sessions.find(&operator, &headers, secure).is_some());
            assert!(sessions.find(&operator, &headers, !secure).is_none());
            for other in [Credentials::new("signalwire", "changed"), Credentials::new("other", "secret")] {
                assert!(sessions.find(&other, &headers, secure).is_none());
            }
            let stranger = Sessions::from_setup(&Setup::test([("X", "y")])).unwrap();
            assert!(stranger.find(&operator, &headers, secure).is_none());
        }
        for forged in ["swaig_session=", "swaig_session=x", "swaig_session", "", "=;;=", "swaig_sessionx=y"] {
            let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(forged))]);
            assert!(sessions.find(&operator, &headers, false).is_none(), "{forged}");
        }
    }

    #[test]
    fn a_seal_for_another_purpose_is_no_session() {
        let (sessions, operator) = (sessions(), Credentials::new("signalwire", "secret"));
        let bound = ["signalwire", "secret"];
        for purpose in ["form", "login form", "call token"] {
            let token = sessions.sealer.seal(purpose, &bound, &(), HALF_A_DAY).unwrap();
            let cookie = HeaderValue::from_str(&format!("swaig_session={token}")).unwrap();
            let headers = HeaderMap::from_iter([(COOKIE, cookie)]);
            assert!(sessions.find(&operator, &headers, false).is_none(), "{purpose}");
        }
        let token = sessions.sealer.seal_until("session", &bound, &(), 1_700_000_000).unwrap();
        let cookie = HeaderValue::from_str(&format!("swaig_session={token}")).unwrap();
        assert!(
            sessions.find(&operator, &HeaderMap::from_iter([(COOKIE, cookie)]), false).is_none(),
            "expired"
        );
    }

    #[test]
    fn a_cookie_of_a_neighbour_does_not_hide_the_session() {
        let (sessions, operator) = (sessions(), Credentials::new("signalwire", "secret"));
        let mut headers = returned(&sessions.start(&operator, false).unwrap());
        headers.insert(
            COOKIE,
            HeaderValue::from_str(&format!("swaig_session=tossed; {}", headers[COOKIE].to_str().unwrap()))
                .unwrap(),
        );
        assert!(sessions.find(&operator, &headers, false).is_some());
    }

    #[test]
    fn cookies_cannot_be_read_by_scripts_nor_sent_by_other_sites() {
        let sessions = sessions();
        let operator = Credentials::new("signalwire", "secret");
        let text = |value: Option<HeaderValue>| value.unwrap().to_str().unwrap().to_owned();
        let plain = text(sessions.start(&operator, false));
        assert!(plain.starts_with("swaig_session=") && !plain.contains("Secure"), "{plain}");
        let secure = text(sessions.start(&operator, true));
        assert!(secure.starts_with("__Host-swaig_session=") && secure.ends_with("; Secure"), "{secure}");
        for cookie in [plain, secure, text(Session::end(true)), text(Visitor::new().unwrap().keep(true))] {
            assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
        assert!(text(Session::end(false)).contains("Max-Age=0"));
    }

    #[test]
    fn a_session_opens_what_is_looked_at_and_no_route_of_the_platform() {
        let name = || "mfa".to_owned();
        for route in [Route::Root, Route::Metrics, Route::Console(String::new()), Route::Events(name())] {
            assert!(Session::opens(&route, &Method::GET) && Session::opens(&route, &Method::HEAD));
        }
        for route in [Route::Root, Route::Metrics, Route::Events(name())] {
            assert!(!Session::opens(&route, &Method::POST), "{route:?}");
        }
        for route in
            [Route::Document(name()), Route::Swaig(name()), Route::PostPrompt(name()), Route::Debug(name())]
        {
            for method in [Method::GET, Method::HEAD, Method::POST] {
                assert!(!Session::opens(&route, &method), "{method} {route:?}");
            }
        }
    }

    #[test]
    fn a_form_is_for_the_visitor_or_the_session_that_asked_for_it() {
        let sessions = sessions();
        let (mine, other) = (Visitor::new().unwrap(), Visitor::new().unwrap());
        let token = sessions.login_token(&mine).unwrap();
        assert!(sessions.login_token_fits(&mine, &token) && !sessions.login_token_fits(&other, &token));
        let again = Visitor::of(&returned(&mine.keep(true).unwrap()), true).unwrap();
        assert!(sessions.login_token_fits(&again, &token) && !sessions.login_token_fits(&mine, ""));
        let session = |token: &str| Session { token: token.to_owned() };
        let token = sessions.form_token(&session("a")).unwrap();
        assert!(
            sessions.form_token_fits(&session("a"), &token)
                && !sessions.form_token_fits(&session("b"), &token)
        );
        assert!(!sessions.login_token_fits(&Visitor { id: "a".into() }, &token));
    }
}
