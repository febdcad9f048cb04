//! Posts webhooks as Meta does: signed, over several connections at once, in no order anybody promised.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use leadflow_gateways::whatsapp::signature;
use reqwest::{Client, RequestBuilder, StatusCode};

use crate::installation::APP_SECRET;

/// A client that keeps one connection alive and asks no proxy.
///
/// # Errors
/// When the system gives it no resources.
pub fn connection() -> Result<Client> {
    let client = Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(1)
        .tcp_nodelay(true)
        // Well over what any answer may take; a request that hangs has to fail the test and not the night.
        .timeout(Duration::from_secs(30))
        .build()?;
    Ok(client)
}

/// A webhook request with `body`, signed with the harness's app secret.
pub fn webhook(client: &Client, address: SocketAddr, body: Vec<u8>) -> RequestBuilder {
    let signature = signature::sign(APP_SECRET.as_bytes(), &body);
    unsigned_webhook(client, address, body).header(signature::HEADER, signature)
}

/// A webhook request with `body` and no signature.
pub fn unsigned_webhook(client: &Client, address: SocketAddr, body: Vec<u8>) -> RequestBuilder {
    client.post(format!("http://{address}/webhooks/whatsapp")).header("content-type", "application/json").body(body)
}

/// Posts signed webhooks to one server over a fixed number of keep-alive connections.
#[derive(Debug, Clone)]
pub struct Sender {
    address: SocketAddr,
    connections: Vec<Client>,
}

impl Sender {
    /// Connects lazily: the first request of each connection opens it.
    ///
    /// # Errors
    /// When a client can't be made.
    pub fn new(address: SocketAddr, connections: usize) -> Result<Self> {
        let connections = (0..connections).map(|_| connection()).collect::<Result<_>>()?;
        Ok(Self { address, connections })
    }

    /// Posts every body once, in the order given as far as one connection goes, and wants 200 for each.
    ///
    /// # Errors
    /// At the first answer that is not 200, or none.
    pub async fn deliver(&self, bodies: &[Vec<u8>]) -> Result<()> {
        let next = AtomicUsize::new(0);
        try_join_all(self.connections.iter().map(|connection| async {
            while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                let answer = webhook(connection, self.address, body.clone()).send().await?;
                let status = answer.status();
                // Reading to the end is what hands the connection back for the next request.
                let said = answer.text().await?;
                ensure!(status == StatusCode::OK, "a signed webhook was answered {status}: {said}");
            }
            Ok(())
        }))
        .await?;
        Ok(())
    }
}
