//! What gateways that speak HTTP have in common: where a secret may be sent, and how much of an answer is read.

use std::error::Error;
use std::net::IpAddr;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use url::Url;

/// What is read of an answer, in bytes. All that counts is shorter.
pub(crate) const MOST_OF_AN_ANSWER: usize = 16 << 10;

/// Whether a secret may be sent there: to whoever proves who it is, or stays on this machine.
pub(crate) fn carries_secrets(base: &Url) -> bool {
    let here = base.host_str().is_some_and(|host| {
        host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    });
    base.scheme() == "https" || (base.scheme() == "http" && here)
}

/// A client for what is at `base`. What it shows is for this address alone: it follows no answer elsewhere, and what stays on this
/// machine goes through no proxy.
pub(crate) fn client(base: &Url) -> ClientBuilder {
    let client = Client::builder().redirect(Policy::none());
    if base.scheme() == "http" { client.no_proxy() } else { client }
}

/// Why an answer was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It has more bytes than are taken.
    TooLong,
    /// It broke off, or its time was over.
    BrokenOff,
}

/// All that was answered; nothing when that is too long, or breaks off.
pub(crate) async fn whole(answer: &mut Response) -> Option<Vec<u8>> {
    up_to(answer, MOST_OF_AN_ANSWER).await.ok()
}

/// All that was answered, of `most` bytes at the most.
pub(crate) async fn up_to(answer: &mut Response, most: usize) -> Result<Vec<u8>, Unread> {
    // What is too long by its own word isn't begun.
    if answer.content_length().is_some_and(|length| usize::try_from(length).map_or(true, |length| length > most)) {
        return Err(Unread::TooLong);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| Unread::BrokenOff)? {
        if chunk.len() > most - body.len() {
            return Err(Unread::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What is at the bottom of `error`, where it says what happened on this machine or on the way. Not for what a server said.
pub(crate) fn cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
