//! A connection over which one question is asked after another. Whoever waits for an answer drives it: no task of its own stands
//! between, as the load shares the cores with what it measures.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};

use anyhow::ensure;
use axum::body::{Body, Bytes};
use hyper::Request;
use hyper::body::Body as _;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

pub(super) struct Line {
    sender: SendRequest<Body>,
    connection: Connection<TokioIo<TcpStream>, Body>,
}

impl Line {
    pub(super) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        Ok(Self { sender, connection })
    }

    /// Whether nothing more can be asked over it.
    pub(super) fn is_over(&self) -> bool {
        self.sender.is_closed()
    }

    /// Asks, and hands over all of the answer's body as it comes.
    pub(super) async fn ask(&mut self, question: Request<Body>, mut told: impl FnMut(&Bytes)) -> anyhow::Result<()> {
        let Self { sender, connection } = self;
        let mut answered = pin!(async {
            let mut answer = sender.send_request(question).await?;
            ensure!(answer.status().is_success(), "{}", answer.status());
            while let Some(frame) = poll_fn(|context| Pin::new(answer.body_mut()).poll_frame(context)).await {
                if let Some(data) = frame?.data_ref() {
                    told(data);
                }
            }
            Ok(())
        });
        tokio::select! {
            biased;
            answered = &mut answered => answered,
            // What has come is told nevertheless.
            _ = connection => answered.await,
        }
    }
}
