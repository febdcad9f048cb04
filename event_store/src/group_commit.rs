//! Group commit: whoever waits while one commit runs is in the next one.
//!
//! Throughput grows with load while latency stays at about one commit. No timer holds anything back: an idle queue
//! commits at once.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt, future};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

/// A queue whose waiting items are committed together, in the order they came.
#[derive(Debug)]
pub struct GroupCommit<T, R> {
    queue: mpsc::Sender<(T, oneshot::Sender<R>)>,
}

/// The committing task has ended, and this item was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the process is stopping; ask again")]
pub struct Closed;

impl<T, R> Clone for GroupCommit<T, R> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone() }
    }
}

impl<T: Send + 'static, R: Send + 'static> GroupCommit<T, R> {
    /// Starts the committing task. `commit` gets 1 to `most` items and answers each, in the same order. The task
    /// ends, after committing what is queued, when the last clone is dropped.
    pub fn spawn<F, Fut>(most: usize, commit: F) -> Self
    where
        F: FnMut(Vec<T>) -> Fut + Send + 'static,
        Fut: Future<Output = Vec<R>> + Send + 'static,
    {
        let (this, committing) = Self::new(most, commit);
        tokio::spawn(committing);
        this
    }

    /// As [`Self::spawn`], and leaves it to the caller where the task runs.
    pub fn new<F, Fut>(most: usize, mut commit: F) -> (Self, impl Future<Output = ()> + Send)
    where
        F: FnMut(Vec<T>) -> Fut + Send + 'static,
        Fut: Future<Output = Vec<R>> + Send + 'static,
    {
        // Room for a few groups; past that, those who submit wait, which is the back-pressure.
        let (queue, mut waiting) = mpsc::channel::<(T, oneshot::Sender<R>)>(most * 4);
        let committing = async move {
            let mut group = Vec::with_capacity(most);
            let mut settled = Vec::with_capacity(most);
            loop {
                // Whoever waits already is sent off first: answers go out while the next commit is under way.
                if waiting.recv_many(&mut group, most).now_or_never().unwrap_or_default() == 0 {
                    answer(&mut settled);
                    if waiting.recv_many(&mut group, most).await == 0 {
                        return;
                    }
                }
                let (items, answers): (Vec<T>, Vec<_>) = group.drain(..).unzip();
                // Should a commit panic, its items are told that nobody answers; the next group has its chance.
                let committing = AssertUnwindSafe(commit(items)).catch_unwind();
                let (committed, ()) = future::join(committing, async { answer(&mut settled) }).await;
                settled.extend(answers.into_iter().zip(committed.unwrap_or_default()));
            }
        };
        (Self { queue }, committing)
    }

    /// Queues `item`; the answer comes with the commit that carries it. Items queued one after the other are
    /// committed in that order.
    ///
    /// # Errors
    /// [`Closed`] when the committing task has ended.
    pub async fn enqueue(&self, item: T) -> Result<oneshot::Receiver<R>, Closed> {
        let (answer, answered) = oneshot::channel();
        self.queue.send((item, answer)).await.map_err(|_| Closed)?;
        Ok(answered)
    }

    /// Queues `item` and waits for its answer.
    ///
    /// # Errors
    /// [`Closed`] when the committing task ended before it answered.
    pub async fn submit(&self, item: T) -> Result<R, Closed> {
        self.enqueue(item).await?.await.map_err(|_| Closed)
    }
}

fn answer<R>(settled: &mut Vec<(oneshot::Sender<R>, R)>) {
    for (answer, result) in settled.drain(..) {
        // Whoever asked may have gone away; the work is done all the same.
        let _ = answer.send(result);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn whoever_waits_shares_the_next_commit() {
        let groups = Arc::new(Mutex::new(Vec::new()));
        let gate = Arc::new(Semaphore::new(0));
        let queue = GroupCommit::spawn(8, {
            let (groups, gate) = (Arc::clone(&groups), Arc::clone(&gate));
            move |items: Vec<u32>| {
                groups.lock().unwrap().push(items.clone());
                let gate = Arc::clone(&gate);
                async move {
                    gate.acquire().await.unwrap().forget();
                    items.into_iter().map(|item| item * 10).collect()
                }
            }
        });
        let mut answers = Vec::new();
        for item in 1..=3 {
            answers.push(queue.enqueue(item).await.unwrap());
            // Let the committing task take the first item and come to its gate.
            while groups.lock().unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        }
        gate.add_permits(2);
        for (answer, item) in answers.into_iter().zip(1..) {
            assert_eq!(answer.await.unwrap(), item * 10);
        }
        assert_eq!(*groups.lock().unwrap(), [vec![1], vec![2, 3]]);
    }

    #[tokio::test]
    async fn an_ended_task_is_told_at_once() {
        let queue = GroupCommit::<u32, u32>::spawn(1, |_| async { Vec::new() });
        assert_eq!(queue.submit(1).await, Err(Closed));
    }
}
