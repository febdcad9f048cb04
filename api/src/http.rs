//! HTTP/1.1 on a listener: how many connections, how long one may take to say what it wants, and how much.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::client_address::Peer;

/// What a connection may take. axum's own server bounds none of it.
#[derive(Debug, Clone, Copy)]
pub struct HttpLimits {
    /// Connections at once. Whoever comes then waits in the system's queue, which costs us nothing.
    pub connections: usize,
    /// From the end of a request, or the beginning of the connection, until the next one's headers are whole. It ends
    /// idle connections, too.
    pub header_time: Duration,
    /// Bytes of a request's line and headers, and of what is read ahead of a body. More is answered 431.
    pub buffer_bytes: usize,
}

impl HttpLimits {
    /// For this many connections.
    #[must_use]
    pub fn with_connections(connections: usize) -> Self {
        // The longest are GraphQL queries in a URL, of some kilobytes; longer ones come by POST. Meta's headers are some
        // 600 bytes.
        Self { connections, header_time: Duration::from_secs(30), buffer_bytes: 32 << 10 }
    }
}

/// How long no connection is accepted after the system had no file for one.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves `router` until `stop`; requests in flight are answered. Dropped, it cuts them off. Each request has its [`Peer`]
/// among its extensions.
pub async fn serve(listener: TcpListener, router: Router, limits: HttpLimits, stop: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_time).max_buf_size(limits.buffer_bytes);
    let service = TowerToHyperService::new(router.into_service());
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let next = async { (Arc::clone(&places).acquire_owned().await, accept(&listener).await) };
        let (place, (stream, address)) = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            next = next => next,
        };
        let (router, peer) = (service.clone(), Peer::at(address));
        let told = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.call(request)
        });
        let connection = http.serve_connection(TokioIo::new(stream), told);
        let stop = stop.clone();
        connections.spawn(async move {
            let _place = place;
            let mut connection = pin!(connection);
            tokio::select! {
                // How it ended is the client's affair.
                _ = connection.as_mut() => return,
                () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        });
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // An answer is one write; where this fails it is only later.
                let _ = stream.set_nodelay(true);
                return (stream, address);
            }
            Err(error) if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) => {}
            Err(error) => {
                // Mostly too many open files: at once it would fail again.
                tracing::error!(error = %error, "http.accept: no connection can be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
