//! Customers who never stop writing: every connection posts the next text as soon as the last one is answered.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use leadflow_gateways::whatsapp::simulator::{self, BusinessNumber, Text};
use reqwest::{Client, StatusCode};
use tokio::task::JoinSet;

use super::gate::{Gate, Shut};
use super::ledger::Ledger;
use crate::sender;
use crate::trace::Trace;

/// A load that can be interrupted, as often as one likes, without losing count of what was promised.
pub struct Load {
    gate: Gate,
    shut: Option<Shut>,
    book: Arc<Mutex<Book>>,
    writers: JoinSet<()>,
    opened: Instant,
}

/// What all writers share.
struct Book {
    trace: Trace,
    ledger: Ledger,
    spell: Spell,
}

/// What happened while the load was on once: one server's life.
#[derive(Debug, Clone, Default)]
pub struct Spell {
    /// Texts answered 200.
    pub acknowledged: u64,
    /// Texts answered with something else: refused honestly, and sent again in the end.
    pub refused: usize,
    /// When the requests were sent that no answer came back to.
    pub unanswered: Vec<Instant>,
    /// How long the load was on.
    pub lasted: Duration,
}

impl Spell {
    /// Requests that were under way at the moment of the kill and died with the server.
    #[must_use]
    pub fn in_flight_at(&self, killed_at: Instant) -> usize {
        self.unanswered.iter().filter(|sent_at| **sent_at < killed_at).count()
    }
}

impl Load {
    /// Writers on `connections` connections who wait for an address.
    ///
    /// # Errors
    /// When a client can't be made.
    pub async fn new(trace: Trace, number: &BusinessNumber, connections: usize) -> Result<Self> {
        let (gate, shut) = Gate::shut().await;
        let book = Arc::new(Mutex::new(Book { trace, ledger: Ledger::default(), spell: Spell::default() }));
        let mut writers = JoinSet::new();
        for _ in 0..connections {
            let writer = Writer {
                gate: gate.clone(),
                book: Arc::clone(&book),
                number: number.clone(),
                client: sender::connection()?,
            };
            writers.spawn(writer.write());
        }
        Ok(Self { gate, shut: Some(shut), book, writers, opened: Instant::now() })
    }

    /// Lets everybody write to `address`.
    pub fn open(&mut self, address: SocketAddr) {
        if let Some(shut) = self.shut.take() {
            self.opened = Instant::now();
            shut.open(address);
        }
    }

    /// Has everybody stop, and answers what happened since [`open`](Self::open). `until` is when the load ended.
    pub async fn close(&mut self, until: Instant) -> Spell {
        if self.shut.is_none() {
            self.shut = Some(self.gate.close().await);
        }
        let spell = std::mem::take(&mut lock(&self.book).spell);
        Spell { lasted: until.saturating_duration_since(self.opened), ..spell }
    }

    /// Ends the load and answers what was sent.
    ///
    /// # Errors
    /// When a writer panicked.
    pub async fn end(mut self) -> Result<Ledger> {
        let shut = match self.shut.take() {
            Some(shut) => shut,
            None => self.gate.close().await,
        };
        shut.over();
        while let Some(ended) = self.writers.join_next().await {
            ended.context("a writer of the load")?;
        }
        Ok(std::mem::take(&mut lock(&self.book).ledger))
    }
}

struct Writer {
    gate: Gate,
    book: Arc<Mutex<Book>>,
    number: BusinessNumber,
    client: Client,
}

impl Writer {
    async fn write(self) {
        while let Some((address, pass)) = self.gate.pass().await {
            let Some(text) = lock(&self.book).trace.next() else { return };
            let sent_at = Instant::now();
            let status = self.post(address, &text).await;
            {
                let mut book = lock(&self.book);
                book.ledger.note(text, status.as_ref().is_ok_and(|status| *status == StatusCode::OK));
                match status {
                    Ok(StatusCode::OK) => book.spell.acknowledged += 1,
                    Ok(_) => book.spell.refused += 1,
                    Err(_) => book.spell.unanswered.push(sent_at),
                }
            }
            pass.back();
        }
    }

    /// The status, once the whole answer is here: a 200 that was cut off is a 200 all the same to its sender, but
    /// this one waits for the rest so that the connection can be used again.
    async fn post(&self, address: SocketAddr, text: &Text) -> Result<StatusCode> {
        let body = simulator::texts(&self.number, std::slice::from_ref(text));
        let answer = sender::webhook(&self.client, address, body).send().await?;
        let status = answer.status();
        // The promise was given with the status line; what follows can't take it back.
        let _ = answer.bytes().await;
        Ok(status)
    }
}

fn lock(book: &Mutex<Book>) -> std::sync::MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_sent_after_the_kill_was_not_in_flight() {
        let killed_at = Instant::now();
        let before = killed_at.checked_sub(Duration::from_millis(3)).unwrap();
        let after = killed_at + Duration::from_millis(3);
        let spell = Spell { unanswered: vec![before, after, before], ..Spell::default() };
        assert_eq!(spell.in_flight_at(killed_at), 2);
    }
}
