//! Connections that can be cut: one by a fault, all of them when the simulator is gone.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

/// Where connections come in.
pub(super) struct Doorway {
    pub(super) listener: TcpListener,
    /// True once the simulator is gone.
    pub(super) gone: watch::Receiver<bool>,
}

impl Listener for Doorway {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // Only slower without.
        let _ = stream.set_nodelay(true);
        let knife = Knife(Arc::default());
        let (cut, mut gone) = (Arc::clone(&knife.0), self.gone.clone());
        let end = Box::pin(async move {
            tokio::select! {
                () = cut.notified() => {}
                _ = gone.wait_for(|gone| *gone) => {}
            }
        });
        (Line { stream, knife, end, ended: false }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Cuts one connection.
#[derive(Debug, Clone)]
pub(super) struct Knife(Arc<Notify>);

impl Knife {
    pub(super) fn cut(&self) {
        self.0.notify_one();
    }
}

impl Connected<IncomingStream<'_, Doorway>> for Knife {
    fn connect_info(stream: IncomingStream<'_, Doorway>) -> Self {
        stream.io().knife.clone()
    }
}

/// One connection.
pub(super) struct Line {
    stream: TcpStream,
    knife: Knife,
    end: Pin<Box<dyn Future<Output = ()> + Send>>,
    ended: bool,
}

impl Line {
    fn lasts(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        self.ended = self.ended || self.end.as_mut().poll(context).is_ready();
        if self.ended { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.lasts(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.lasts(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
