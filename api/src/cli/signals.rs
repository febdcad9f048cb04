//! When to stop.

use std::io::Read;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// Returns at the first SIGINT or SIGTERM; a second one ends the process at once.
pub(super) async fn asked_to_stop() -> anyhow::Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        // Nothing is lost: the next start finishes what this one began.
        std::process::exit(130);
    });
    Ok(())
}

/// Returns when standard input has come to its end: whoever started us is gone.
pub(super) async fn stdin_closed() {
    let (closed, told) = oneshot::channel();
    // A thread of its own: a read that never returns would hold up the runtime's end, and a detached thread doesn't.
    std::thread::spawn(move || {
        let mut ignored = [0; 256];
        while matches!(std::io::stdin().read(&mut ignored), Ok(read) if read > 0) {}
        let _ = closed.send(());
    });
    let _ = told.await;
}
