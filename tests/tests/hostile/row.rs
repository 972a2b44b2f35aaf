//! One row: bytes, and what may come back.

use serde_json::{Value, json};
use swaig_tests::{Employee, function_request, soon};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection: what is written, and the statuses that come back until the server has closed it.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// Whether the client ends its side after the bytes.
    pub(crate) ends: bool,
    /// Each is the whole sequence of statuses of an answer; an empty one is a connection closed without any.
    pub(crate) answers: &'static [&'static [u16]],
}

impl Row {
    /// One answer with this status, and then the connection is closed.
    pub(crate) fn new(
        what: &'static str,
        bytes: impl Into<Vec<u8>>,
        answers: &'static [&'static [u16]],
    ) -> Self {
        Self { what, bytes: bytes.into(), ends: false, answers }
    }

    /// The same, and the client goes away after the bytes.
    pub(crate) fn and_goes(mut self) -> Self {
        self.ends = true;
        self
    }
}

/// The only answer is this status.
pub(crate) const BAD: &[&[u16]] = &[&[400]];

/// A server that made up its own password, with what the rows need to know of it.
pub(crate) struct Target {
    pub(crate) employee: Employee,
    /// The value of a good `Authorization` header.
    pub(crate) authorization: String,
}

impl Target {
    pub(crate) async fn start() -> Self {
        Self::with([]).await
    }

    pub(crate) async fn with<const N: usize>(settings: [(&str, &str); N]) -> Self {
        // Most rows fail to log in, and each is to be refused for what it is: how many may is a test of its own.
        let unlimited = [("SWAIG_FAILED_LOGINS", "0")];
        let employee = Employee::sandbox_with(unlimited.into_iter().chain(settings)).await;
        let authorization = employee.credentials().basic();
        Self { employee, authorization }
    }

    /// A head with good credentials, `Connection: close` and these further lines, each with its line end.
    pub(crate) fn head(&self, line: &str, headers: &str) -> String {
        let authorization = &self.authorization;
        format!(
            "{line} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\nConnection: close\r\n{headers}\r\n"
        )
    }

    /// A whole request with good credentials and a body.
    pub(crate) fn post(&self, path: &str, headers: &str, body: &str) -> String {
        let headers = format!("{headers}Content-Length: {}\r\n", body.len());
        self.head(&format!("POST {path}"), &headers) + body
    }

    /// A function call that would run, with good credentials.
    pub(crate) fn call(&self, headers: &str) -> String {
        self.post("/mfa/swaig", headers, &call().to_string())
    }

    /// Asserts that the server answers others.
    pub(crate) async fn assert_alive(&self, after: &str) {
        let answer = self.employee.client().get("/mfa").await;
        assert_eq!(answer.status, 200, "after {after}: {}", answer.text());
    }

    /// Asserts that no function was called so far.
    pub(crate) async fn assert_nothing_ran(self) {
        // Events come in order: what ran shows before what runs now.
        let mut body = call();
        body["call_id"] = "the last".into();
        let answer = self.employee.client().post("/mfa/swaig", &body).await;
        assert_eq!(answer.json()["response"], "6 digit number sent");
        let seen = self.employee.events("?after=0").await.until("function_replied").await;
        let called: Vec<_> = seen.iter().filter(|event| event.kind() == "function_called").collect();
        assert_eq!(called.len(), 1, "{called:?}");
        assert_eq!(called[0].json["call_id"], "the last");
        self.employee.code_after(0).await;
        assert_eq!(self.employee.codes(), 1);
    }
}

/// The body of a call of `send_mfa` that would send a code.
pub(crate) fn call() -> Value {
    let mut body = function_request("send_mfa", &json!({}));
    body["caller_id_num"] = "+15551230000".into();
    body
}

/// Checks the rows of a table, one after the other.
pub(crate) async fn check(target: Target, rows: Vec<Row>) {
    let mut wrong = Vec::new();
    for row in rows {
        let answers = answers(&target, &row).await;
        if !row.answers.contains(&answers.as_slice()) {
            wrong.push(format!("{}: {answers:?} and not {:?}", row.what, row.answers));
        }
        target.assert_alive(row.what).await;
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    target.assert_nothing_ran().await;
}

/// The statuses that come back until the server closes the connection.
pub(crate) async fn answers(target: &Target, row: &Row) -> Vec<u16> {
    let stream = TcpStream::connect(target.employee.address()).await.expect("the server listens");
    let (mut reader, mut writer) = stream.into_split();
    let write = async {
        // A server that has seen enough closes: writing on is an error then, and the answer can be read all the same.
        let _ = writer.write_all(&row.bytes).await;
        if row.ends {
            let _ = writer.shutdown().await;
        }
        writer
    };
    let both = async { tokio::join!(write, to_the_end(&mut reader)) };
    let (_writer, text) = soon(&format!("the end of the connection: {}", row.what), both).await;
    statuses(&text)
}

/// All that comes until the server closes the connection. A reset is an end, too.
pub(crate) async fn to_the_end(reader: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    while reader.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {}
    bytes
}

/// The statuses of answers that follow each other, interim ones left out.
pub(crate) fn statuses(text: &[u8]) -> Vec<u16> {
    let mut statuses = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.windows(4).position(|it| it == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&rest[..end]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
        let status = status.unwrap_or_else(|| panic!("an answer begins with its status: {head}"));
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |it| it.parse().expect("the length is a number"));
        if status >= 200 {
            statuses.push(status);
        }
        let next = end + 4 + if head.contains("transfer-encoding") { rest.len() - end - 4 } else { length };
        rest = rest.get(next..).unwrap_or_default();
    }
    statuses
}
