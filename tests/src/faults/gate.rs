//! A gate that requests pass one by one, and that can be shut while none is under way.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// Where requests go now; nowhere once the experiment is over.
type Destination = Option<SocketAddr>;

/// The side of those who send. Each holds a [`Pass`] for as long as its request takes.
#[derive(Debug, Clone)]
pub(crate) struct Gate(Arc<RwLock<Destination>>);

/// One request's leave to be sent.
pub(crate) struct Pass(OwnedRwLockReadGuard<Destination>);

/// The gate shut: nobody sends until it is opened. Dropped, it leaves the gate as it was.
pub(crate) struct Shut(OwnedRwLockWriteGuard<Destination>);

impl Gate {
    /// A gate that is shut.
    pub(crate) async fn shut() -> (Self, Shut) {
        let gate = Self(Arc::default());
        let shut = gate.close().await;
        (gate, shut)
    }

    /// Waits while the gate is shut; `None` means that it will not open any more.
    pub(crate) async fn pass(&self) -> Option<(SocketAddr, Pass)> {
        let guard = Arc::clone(&self.0).read_owned().await;
        (*guard).map(|address| (address, Pass(guard)))
    }

    /// Shuts the gate and waits for the last request to come back. tokio's lock is fair: from this call on nobody
    /// new passes.
    pub(crate) async fn close(&self) -> Shut {
        Shut(Arc::clone(&self.0).write_owned().await)
    }
}

impl Pass {
    /// The request has been answered, or never will be.
    pub(crate) fn back(self) {
        drop(self.0);
    }
}

impl Shut {
    /// Lets requests pass to `address`.
    pub(crate) fn open(mut self, address: SocketAddr) {
        *self.0 = Some(address);
    }

    /// Tells everybody who waits that it is over.
    pub(crate) fn over(mut self) {
        *self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn shutting_waits_for_those_inside_and_holds_back_those_outside() {
        let address: SocketAddr = "127.0.0.1:1".parse().unwrap();
        let (gate, shut) = Gate::shut().await;
        assert!(gate.pass().now_or_never().is_none());
        shut.open(address);
        let (to, inside) = gate.pass().await.unwrap();
        assert_eq!(to, address);

        let mut closing = Box::pin(gate.close());
        assert!((&mut closing).now_or_never().is_none());
        assert!(gate.pass().now_or_never().is_none());
        inside.back();
        let shut = closing.await;
        assert!(gate.pass().now_or_never().is_none());
        shut.over();
        assert!(gate.pass().await.is_none());
    }
}
