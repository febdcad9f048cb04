//! A server of one's own making: it hears requests, byte by byte, and does with each connection what a test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// What is done once a request was read.
#[derive(Clone)]
pub(super) enum Then {
    /// Answers.
    Answer(u16, String),
    /// Answers with these headers.
    With(u16, String, String),
    /// Writes these bytes, and closes.
    Raw(Vec<u8>),
    /// Writes these bytes, and says no more.
    Stall(Vec<u8>),
    /// Closes the connection.
    Close,
    /// Resets the connection.
    Reset,
}

/// A request.
pub(super) struct Heard {
    /// Its first line and headers.
    pub(super) head: String,
    /// Its body.
    pub(super) body: Vec<u8>,
}

impl Heard {
    /// Its first line.
    pub(super) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Kept {
    script: VecDeque<Then>,
    heard: Vec<Heard>,
    connections: usize,
}

/// The server. Gone when dropped.
pub(super) struct Server {
    pub(super) url: String,
    kept: Arc<Mutex<Kept>>,
    running: AbortHandle,
}

impl Server {
    /// Does the first of `script` with the first request, and so on; past its end it says nothing.
    pub(super) async fn start(script: impl IntoIterator<Item = Then>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let kept = Arc::new(Mutex::new(Kept { script: script.into_iter().collect(), ..Kept::default() }));
        let shared = Arc::clone(&kept);
        let running = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { url, kept, running: running.abort_handle() }
    }

    /// One that answers each request with 200 and `answers`.
    pub(super) async fn answering(answers: impl IntoIterator<Item = Value>) -> Self {
        Self::start(answers.into_iter().map(|answer| Then::Answer(200, answer.to_string()))).await
    }

    /// What was heard since this was last asked.
    pub(super) fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.kept.lock().unwrap().heard)
    }

    /// How many connections there were.
    pub(super) fn connections(&self) -> usize {
        self.kept.lock().unwrap().connections
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn serve(mut stream: TcpStream, kept: Arc<Mutex<Kept>>) {
    while let Some(heard) = request(&mut stream).await {
        let then = {
            let mut kept = kept.lock().unwrap();
            kept.heard.push(heard);
            kept.script.pop_front()
        };
        let (status, headers, body) = match then {
            Some(Then::Answer(status, body)) => (status, String::new(), body),
            Some(Then::With(status, headers, body)) => (status, headers, body),
            Some(Then::Raw(bytes)) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Some(Then::Stall(bytes)) => {
                stream.write_all(&bytes).await.unwrap();
                return std::future::pending().await;
            }
            Some(Then::Close) => return,
            Some(Then::Reset) => return stream.set_zero_linger().unwrap(),
            None => return std::future::pending().await,
        };
        let length = body.len();
        let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\n{headers}\r\n{body}");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A request, read to its end; none once the other side is gone.
async fn request(stream: &mut TcpStream) -> Option<Heard> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let heard = Heard { head: String::from_utf8(head).unwrap(), body: Vec::new() };
    let length = heard.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Heard { body, ..heard })
}
