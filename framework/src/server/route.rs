//! The routes: which path is answered how, and with which method.

use hyper::Method;

/// What a path stands for. The text is the agent's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/health`: the process is up.
    Health,
    /// `/ready`: it takes calls.
    Ready,
    /// `/metrics`: figures for Prometheus.
    Metrics,
    /// `/`: leads to the console.
    Root,
    /// `/console` and what is below it.
    Console(String),
    /// `/{agent}`: the SWML document.
    Document(String),
    /// `/{agent}/swaig`: function calls and signatures.
    Swaig(String),
    /// `/{agent}/post_prompt`: the end-of-call report.
    PostPrompt(String),
    /// `/{agent}/input`: a message for a caller's agent.
    Input(String),
    /// `/{agent}/debug`: the platform's debug feed.
    Debug(String),
    /// `/{agent}/events`: the live events.
    Events(String),
}

#[derive(Clone, Copy)]
enum Kind {
    Health,
    Ready,
    Metrics,
    Root,
    Console,
    Document,
    Swaig,
    PostPrompt,
    Input,
    Debug,
    Events,
}

/// The table of routes.
pub(crate) struct Routes(matchit::Router<Kind>);

impl Routes {
    pub(crate) fn new() -> Result<Self, matchit::InsertError> {
        let mut router = matchit::Router::new();
        let table = [
            ("/", Kind::Root),
            ("/health", Kind::Health),
            ("/ready", Kind::Ready),
            ("/metrics", Kind::Metrics),
            ("/console", Kind::Console),
            ("/console/{*name}", Kind::Console),
            ("/{name}", Kind::Document),
            ("/{name}/swaig", Kind::Swaig),
            ("/{name}/post_prompt", Kind::PostPrompt),
            ("/{name}/input", Kind::Input),
            ("/{name}/debug", Kind::Debug),
            ("/{name}/events", Kind::Events),
        ];
        for (path, kind) in table {
            router.insert(path, kind)?;
        }
        Ok(Self(router))
    }

    /// The route of a path. A slash at the end does not matter: people type it.
    pub(crate) fn find(&self, path: &str) -> Option<Route> {
        let path = if path.len() > 1 { path.strip_suffix('/').unwrap_or(path) } else { path };
        let found = self.0.at(path).ok()?;
        let name = || found.params.get("name").unwrap_or_default().to_owned();
        Some(match found.value {
            Kind::Health => Route::Health,
            Kind::Ready => Route::Ready,
            Kind::Metrics => Route::Metrics,
            Kind::Root => Route::Root,
            Kind::Console => Route::Console(name()),
            Kind::Document => Route::Document(name()),
            Kind::Swaig => Route::Swaig(name()),
            Kind::PostPrompt => Route::PostPrompt(name()),
            Kind::Input => Route::Input(name()),
            Kind::Debug => Route::Debug(name()),
            Kind::Events => Route::Events(name()),
        })
    }
}

impl Route {
    /// The agent that the path names.
    pub(crate) fn agent(&self) -> Option<&str> {
        match self {
            Self::Document(name)
            | Self::Swaig(name)
            | Self::PostPrompt(name)
            | Self::Input(name)
            | Self::Debug(name)
            | Self::Events(name) => Some(name),
            _ => None,
        }
    }

    /// The methods that it answers, as the `Allow` header says them.
    pub(crate) fn allow(&self) -> &'static str {
        match self {
            Self::Document(_) => "GET, HEAD, POST",
            Self::Swaig(_) | Self::PostPrompt(_) | Self::Input(_) | Self::Debug(_) => "POST",
            Self::Console(path) if path == "login" || is_try(path) => "GET, HEAD, POST",
            Self::Console(path) if path == "logout" => "POST",
            _ => "GET, HEAD",
        }
    }

    /// Whether it answers this method.
    pub(crate) fn allows(&self, method: &Method) -> bool {
        self.allow().split(',').any(|allowed| allowed.trim_start() == method.as_str())
    }

    /// How many bytes of a body are read. The report may hold a whole conversation twice.
    pub(crate) fn body_limit(&self) -> usize {
        match self {
            Self::PostPrompt(_) => 32 << 20,
            Self::Swaig(_) | Self::Debug(_) => 2 << 20,
            Self::Input(_) => 64 << 10,
            _ => 1 << 20,
        }
    }

    /// Its name in metrics and logs: one for all agents.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Ready => "ready",
            Self::Metrics => "metrics",
            Self::Root => "root",
            Self::Console(_) => "console",
            Self::Document(_) => "document",
            Self::Swaig(_) => "swaig",
            Self::PostPrompt(_) => "post_prompt",
            Self::Input(_) => "input",
            Self::Debug(_) => "debug",
            Self::Events(_) => "events",
        }
    }
}

/// Whether it is the page on which functions of an agent are tried.
fn is_try(path: &str) -> bool {
    path.strip_prefix("agents/")
        .and_then(|rest| rest.strip_suffix("/try"))
        .is_some_and(|agent| !agent.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_routes() {
        let routes = Routes::new().unwrap();
        let table = [
            ("/", Some(Route::Root)),
            ("/health", Some(Route::Health)),
            ("/mfa", Some(Route::Document("mfa".into()))),
            ("/mfa/", Some(Route::Document("mfa".into()))),
            ("/mfa/swaig", Some(Route::Swaig("mfa".into()))),
            ("/mfa/input", Some(Route::Input("mfa".into()))),
            ("/mfa/events", Some(Route::Events("mfa".into()))),
            ("/console/conversations/3", Some(Route::Console("conversations/3".into()))),
            ("/mfa/other", None),
            ("/mfa/swaig/x", None),
        ];
        for (path, expected) in table {
            assert_eq!(routes.find(path), expected, "{path}");
        }
    }

    #[test]
    fn methods_are_matched_whole() {
        let document = Route::Document("mfa".into());
        assert!(
            document.allows(&Method::GET) && document.allows(&Method::HEAD) && document.allows(&Method::POST)
        );
        assert!(!document.allows(&Method::DELETE));
        assert!(!Route::Swaig("mfa".into()).allows(&Method::GET));
    }
}
