//! Chromium without a window, driven over its `DevTools` protocol on a pair of pipes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::pipe;
use tokio::process::Child;

/// Where Debian and others put it.
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// A browser starts slowly on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_mins(4);

/// One page of a browser with a profile of its own. It ends when this is dropped.
pub struct Browser {
    commands: pipe::Sender,
    messages: BufReader<pipe::Receiver>,
    session: Option<String>,
    last: u64,
    /// Events that came while an answer was waited for.
    events: Vec<Value>,
    complaints: Vec<String>,
    _child: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts one; `None`, said aloud, where there is no Chromium.
    pub async fn start() -> Option<Self> {
        let found = PROGRAMS.iter().find(|program| {
            Command::new(program)
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok()
        });
        let Some(program) = found else {
            assert!(std::env::var_os("REQUIRE_SERVICES").is_none(), "Chromium is required and not installed");
            eprintln!("skipped: Chromium is not installed");
            return None;
        };
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let [commands, messages] = ["commands", "messages"].map(|name| profile.path().join(name));
        let made = Command::new("mkfifo").args([&commands, &messages]).status();
        assert!(made.expect("mkfifo can be run").success(), "pipes can be made");
        // It reads commands from descriptor 3 and writes messages to 4, which only a shell can open for it.
        let child = tokio::process::Command::new("sh")
            .args(["-c", r#"in=$1 out=$2; shift 2; exec "$@" 3<"$in" 4>"$out""#, "sh"])
            .args([&commands, &messages])
            .args([
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg("--remote-debugging-pipe")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("a shell can be started");
        // Opened for both directions, a pipe need not wait for its other end.
        let open = || {
            let mut options = pipe::OpenOptions::new();
            options.read_write(true);
            options
        };
        let mut browser = Self {
            commands: open().open_sender(&commands).expect("a pipe can be opened"),
            messages: BufReader::new(open().open_receiver(&messages).expect("a pipe can be opened")),
            session: None,
            last: 0,
            events: Vec::new(),
            complaints: Vec::new(),
            _child: child,
            _profile: profile,
        };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"})).await;
        let attached = browser
            .ask("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}))
            .await;
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        browser.ask("Page.enable", json!({})).await;
        browser.ask("Log.enable", json!({})).await;
        Some(browser)
    }

    /// Opens an address, and waits until the page is loaded.
    pub async fn open(&mut self, address: &str) {
        self.events.clear();
        self.ask("Page.navigate", json!({"url": address})).await;
        self.loaded().await;
    }

    /// Presses a key, such as `Tab`.
    pub async fn press(&mut self, key: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            _ => panic!("the code of the key {key} is not known here"),
        };
        let mut event = json!({"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code});
        if key == "Enter" {
            event["text"] = "\r".into();
        }
        self.ask("Input.dispatchKeyEvent", event.clone()).await;
        event["type"] = "keyUp".into();
        self.ask("Input.dispatchKeyEvent", event).await;
    }

    /// Presses Enter, and waits until the page that it leads to is loaded.
    pub async fn submit(&mut self) {
        self.events.clear();
        self.press("Enter").await;
        self.loaded().await;
    }

    /// Clicks what a selector finds, and waits until the page that it leads to is loaded.
    pub async fn follow(&mut self, selector: &str) {
        self.events.clear();
        let selector = Value::from(selector);
        self.value(&format!("document.querySelector({selector}).click()")).await;
        self.loaded().await;
    }

    /// Gives the page a window of this size, in pixels.
    pub async fn resize(&mut self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Types a text where the focus is.
    pub async fn type_text(&mut self, text: &str) {
        self.ask("Input.insertText", json!({"text": text})).await;
    }

    /// Waits until an expression is true on the page. A page is loaded before it is drawn for the first time, and only then
    /// does a field get the focus.
    pub async fn until(&mut self, expression: &str) {
        let look = format!(
            "new Promise(done => {{ const look = () => ({expression}) ? done(true) : requestAnimationFrame(look); look(); }})"
        );
        let asked = json!({"expression": look, "awaitPromise": true, "returnByValue": true});
        let answer = self.ask("Runtime.evaluate", asked).await;
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
    }

    /// The value of an expression on the page.
    pub async fn value(&mut self, expression: &str) -> Value {
        let answer =
            self.ask("Runtime.evaluate", json!({"expression": expression, "returnByValue": true})).await;
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The page as it is now.
    pub async fn html(&mut self) -> String {
        let html = self.value("document.documentElement.outerHTML").await;
        html.as_str().expect("a page is text").to_owned()
    }

    /// The names and values of all cookies, those that no script can read too.
    pub async fn cookies(&mut self) -> Vec<Value> {
        let cookies = self.ask("Network.getCookies", json!({})).await;
        cookies["cookies"].as_array().cloned().unwrap_or_default()
    }

    /// Makes the page believe that its user prefers dark colours.
    pub async fn prefer_dark(&mut self) {
        let features = json!([{"name": "prefers-color-scheme", "value": "dark"}]);
        self.ask("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// Keeps a picture of the page.
    pub async fn picture(&mut self, path: &Path) {
        let picture = self.ask("Page.captureScreenshot", json!({})).await;
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap_or_default());
        std::fs::write(path, bytes.expect("a picture is base64")).expect("a file can be written");
    }

    /// What the browser has complained about so far: what a policy forbade, what was not found.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    async fn loaded(&mut self) {
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let message = self.message().await;
            self.keep(message);
        }
    }

    fn keep(&mut self, message: Value) {
        if message["method"] == "Log.entryAdded" {
            self.complaints.push(message["params"]["entry"]["text"].to_string());
        }
        self.events.push(message);
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut command = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = &self.session {
            command["sessionId"] = session.as_str().into();
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        self.commands.write_all(&bytes).await.expect("the browser takes commands");
        loop {
            let mut message = self.message().await;
            if message["id"] == self.last {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].take();
            }
            self.keep(message);
        }
    }

    async fn message(&mut self) -> Value {
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(PATIENCE, self.messages.read_until(0, &mut bytes)).await;
        read.expect("the browser answers").expect("the browser can be read");
        bytes.pop();
        serde_json::from_slice(&bytes).expect("a message is JSON")
    }
}
