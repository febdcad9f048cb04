//! Who posts deliveries: over a connection of her own, one after another. By hand, since an HTTP client would cost more
//! than what is measured.

use std::io;
use std::net::SocketAddr;

use leadflow_bench::{BenchError, Client};
use leadflow_gateways::whatsapp::signature;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::SECRET;
use super::message::Deliveries;

pub(super) struct Poster {
    contender: &'static str,
    stream: TcpStream,
    deliveries: Deliveries,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Poster {
    pub(super) async fn connect(contender: &'static str, address: SocketAddr, customer: usize) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let deliveries = Deliveries::of(customer);
        Ok(Self { contender, stream, deliveries, request: Vec::new(), answer: Vec::new() })
    }

    async fn post(&mut self) -> io::Result<()> {
        let body = self.deliveries.next();
        let head = format!(
            "POST /webhooks/whatsapp HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n{}: {}\r\n\
             content-length: {}\r\n\r\n",
            signature::HEADER,
            signature::sign(SECRET.as_bytes(), body),
            body.len()
        );
        self.request.clear();
        self.request.extend_from_slice(head.as_bytes());
        self.request.extend_from_slice(body);
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        // Taken, its body is empty, and its head is all; what is refused ends the run.
        while !self.answer.windows(4).any(|end| end == b"\r\n\r\n") {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        if self.answer.starts_with(b"HTTP/1.1 200 ") {
            Ok(())
        } else {
            Err(io::Error::other(String::from_utf8_lossy(&self.answer).into_owned()))
        }
    }
}

impl Client for Poster {
    async fn command(&mut self) -> Result<(), BenchError> {
        let contender = self.contender;
        self.post().await.map_err(|error| BenchError::Command { contender, reason: error.to_string() })
    }
}
