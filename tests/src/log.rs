//! What a running program writes on a stream, line by line.

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::sync::watch;

use crate::soon;

/// The lines so far; a clone sees the same ones.
#[derive(Clone)]
pub struct Log(watch::Receiver<Lines>);

#[derive(Clone, Default)]
struct Lines {
    text: Vec<Arc<str>>,
    ended: bool,
}

impl Log {
    /// Collects the lines of a stream from now on.
    pub(crate) fn of(stream: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let (sender, receiver) = watch::channel(Lines::default());
        tokio::spawn(async move {
            let mut lines = BufReader::new(stream).split(b'\n');
            while let Ok(Some(line)) = lines.next_segment().await {
                let line = String::from_utf8_lossy(&line).trim_end().into();
                sender.send_modify(|lines| lines.text.push(line));
            }
            sender.send_modify(|lines| lines.ended = true);
        });
        Self(receiver)
    }

    /// All lines so far.
    pub fn lines(&self) -> Vec<Arc<str>> {
        self.0.borrow().text.clone()
    }

    /// The first line that `find` makes something of, past or to come.
    pub async fn find<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        self.find_after(0, what, find).await
    }

    /// The first such line that is not among the first `skip`.
    pub async fn find_after<T>(&self, skip: usize, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let mut receiver = self.0.clone();
        let search = |lines: &Lines| lines.text.iter().skip(skip).find_map(|line| find(line));
        let lines = soon(what, receiver.wait_for(|lines| lines.ended || search(lines).is_some())).await;
        let found = lines.ok().and_then(|lines| search(&lines));
        found.unwrap_or_else(|| panic!("the stream ended without {what}:\n{}", self.lines().join("\n")))
    }

    /// Waits for the end of the stream and returns all its lines.
    pub async fn to_end(&self) -> Vec<Arc<str>> {
        let mut receiver = self.0.clone();
        let _ = soon("the end of the stream", receiver.wait_for(|lines| lines.ended)).await;
        self.lines()
    }
}
