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
    requests: Vec<String>,
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
            requests: Vec::new(),
            _child: child,
            _profile: profile,
        };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"})).await;
        let attached = browser
            .ask("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}))
            .await;
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        browser.ask("Page.enable", json!({})).await;
        for domain in ["Log", "Network", "Runtime"] {
            browser.ask(&format!("{domain}.enable"), json!({})).await;
        }
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

    /// Clicks with the mouse in the middle of the first element that fits, wherever on the page it is.
    pub async fn click(&mut self, selector: &str) {
        let place = self
            .value(&format!(
                "(() => {{ const it = document.querySelector({selector:?}); if (!it) return null;
                   it.scrollIntoView({{block: 'center', behavior: 'instant'}}); const box = it.getBoundingClientRect();
                   const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                   return {{x, y, reached: it.contains(document.elementFromPoint(x, y))}}; }})()"
            ))
            .await;
        assert_eq!(place["reached"], true, "the mouse reaches {selector}");
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let event =
                json!({"type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1});
            self.ask("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Clicks, and waits until the page that it leads to is loaded.
    pub async fn follow(&mut self, selector: &str) {
        self.events.clear();
        self.click(selector).await;
        self.loaded().await;
    }

    /// Clicks into a field and types a text in place of what is there.
    pub async fn fill(&mut self, selector: &str, text: &str) {
        self.click(selector).await;
        self.value(&format!("document.querySelector({selector:?}).select()")).await;
        self.type_text(text).await;
    }

    /// Chooses an option of a list, as a person does with the keyboard: the list of a browser is no part of its page.
    pub async fn choose(&mut self, selector: &str, value: &str) {
        let chosen = self
            .value(&format!(
                "(() => {{ const it = document.querySelector({selector:?}); it.focus(); it.value = {value:?};
                   it.dispatchEvent(new Event('change', {{bubbles: true}})); return it.value; }})()"
            ))
            .await;
        assert_eq!(chosen, value, "{selector} has this option");
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

    /// What a promise on the page comes to.
    pub async fn promised(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.ask("Runtime.evaluate", asked).await;
        assert!(answer.get("exceptionDetails").is_none(), "{answer}");
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
        self.prefer("dark").await;
    }

    /// Makes the page believe that its user prefers such colours: `light` or `dark`.
    pub async fn prefer(&mut self, colours: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": colours}]);
        self.ask("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// Gives the page a window of this width, as wide as a phone's where it is small.
    pub async fn width(&mut self, width: u32) {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.ask("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Turns scripts of pages off or on. Those of a test run all the same.
    pub async fn scripts(&mut self, on: bool) {
        self.ask("Emulation.setScriptExecutionDisabled", json!({"value": !on})).await;
    }

    /// Keeps a picture of the whole page.
    pub async fn picture(&mut self, path: &Path) {
        let size = self.value("[document.documentElement.clientWidth, Math.min(document.documentElement.scrollHeight, 6000)]").await;
        let clip = json!({"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1});
        let asked = json!({"captureBeyondViewport": true, "clip": clip});
        let picture = self.ask("Page.captureScreenshot", asked).await;
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap_or_default());
        std::fs::write(path, bytes.expect("a picture is base64")).expect("a file can be written");
    }

    /// What the browser has complained about so far: what a policy forbade, what was not found.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// The addresses that were asked for so far, by pages and what is on them.
    pub fn requests(&self) -> &[String] {
        &self.requests
    }

    async fn loaded(&mut self) {
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let message = self.message().await;
            self.keep(message);
        }
    }

    fn keep(&mut self, message: Value) {
        let params = &message["params"];
        match message["method"].as_str().unwrap_or_default() {
            "Log.entryAdded" => self.complaints.push(params["entry"]["text"].to_string()),
            "Runtime.exceptionThrown" => self.complaints.push(params["exceptionDetails"].to_string()),
            "Runtime.consoleAPICalled"
                if ["error", "warning", "assert"].iter().any(|it| params["type"] == *it) =>
            {
                self.complaints.push(params["args"].to_string());
            }
            "Network.requestWillBeSent" => {
                self.requests.push(params["request"]["url"].as_str().unwrap_or_default().to_owned());
            }
            _ => {}
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
