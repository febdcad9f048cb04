//! Posts webhooks: signed, and again when they were not answered with 200.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use reqwest::header::CONTENT_TYPE;

use super::played::{Played, State};
use super::seen::Post;
use crate::whatsapp::signature;

/// What became of a webhook at its first attempt; others follow unless it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// Nobody wants to be told.
    Nowhere,
    /// Answered with this HTTP status.
    Answered(u16),
    /// No answer came.
    Unanswered,
}

/// Longest that an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A webhook that is about to be posted.
#[derive(Debug)]
pub(super) struct Due {
    url: String,
    /// How often what was seen had been forgotten, and which of the webhooks since then it is.
    place: (u64, usize),
}

impl State {
    /// Remembers a webhook in the same breath as what it tells of: whoever waits for the one sees the other, too.
    pub(super) fn due(&mut self, at: u64, about: String) -> Option<Due> {
        let url = self.posts_to.clone()?;
        self.seen.posts.push(Post { at, about, attempts: Vec::new() });
        Some(Due { url, place: (self.seen.age, self.seen.posts.len() - 1) })
    }
}

impl Played {
    /// Posts it once, and goes on beside when that was in vain.
    pub(super) async fn post(self: &Arc<Self>, due: Option<Due>, body: Vec<u8>) -> Posted {
        let Some(Due { url, place }) = due else { return Posted::Nowhere };
        let body = Bytes::from(body);
        let posted = self.attempt(&url, body.clone(), place).await;
        if posted != Posted::Answered(200) {
            let played = Arc::clone(self);
            self.beside(async move {
                for wait in played.settings.retries.clone() {
                    tokio::time::sleep(wait).await;
                    if played.attempt(&url, body.clone(), place).await == Posted::Answered(200) {
                        return;
                    }
                }
            });
        }
        posted
    }

    async fn attempt(&self, url: &str, body: Bytes, (age, place): (u64, usize)) -> Posted {
        // It is never closed.
        let _turn = self.posting.acquire().await;
        let signed = signature::sign(self.settings.app_secret.as_bytes(), &body);
        let request = self.client.post(url).header(CONTENT_TYPE, "application/json").header(signature::HEADER, signed);
        let answer = request.timeout(PATIENCE).body(body).send().await;
        let status = answer.ok().map(|answer| answer.status().as_u16());
        self.change(|state| {
            if age == state.seen.age
                && let Some(post) = state.seen.posts.get_mut(place)
            {
                post.attempts.push(status);
            }
        });
        status.map_or(Posted::Unanswered, Posted::Answered)
    }
}
