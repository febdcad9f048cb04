//! What is asked of Meta's Graph API: messages are sent, read, and carry media; templates are listed and made; numbers looked up; and
//! what people fill in in lead forms is read.
//!
//! The token goes into one header, to one address. What Meta says in its own words often repeats what it was asked, so it is taken
//! out of them; of a refusal that is no answer to a message, only its numbers are told.

mod ask;
mod body;
mod class;
mod failure;
mod lead;
mod lead_class;
pub mod limits;
mod media;
mod message;
mod number;
mod page;
mod paging;
mod read;
mod reading;
mod refusal;
mod send;
mod templates;
#[cfg(test)]
mod tests;
mod token;

use std::time::Duration;

use reqwest::Client;
use thiserror::Error;
use url::Url;

pub use class::{Consequence, ErrorClass, PaceScope, StopScope};
pub use failure::{CallFailure, SendFailure};
pub use lead::{Consent, FormAnswer, FormLead, LeadPage};
pub use lead_class::LeadClass;
pub use media::{Digest, Media, Upload};
pub use message::{
    Button, MediaKind, MediaSource, Outgoing, OutgoingContent, Parameter, Place, ProductSection, Recipient, Row,
    Section, TemplateButton, TemplateButtonKind, TemplateHeader,
};
pub use number::{LookupFailure, Number};
pub use page::{FacebookPage, LeadForm, LeadFormPage, ToldOfPage};
pub use refusal::ProviderRefusal;
pub use send::Accepted;
pub use templates::{CreatedTemplate, ListedTemplate, NewTemplate, TemplatePage};
pub use token::{AccessToken, NotAnAccessToken};

use crate::wire;

/// How long a connection may take, name and TLS included, where half the patience isn't less.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a connection is kept that nobody uses. Shorter than servers keep theirs, which is a minute or more: a message that is
/// written just when the server closes the connection is a message of which nobody knows.
const IDLE: Duration = Duration::from_secs(15);

/// The Graph API, or who speaks as it does. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Graph {
    client: Client,
    base: Url,
    patience: Duration,
}

/// No client can be made of this.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAGraph {
    /// It is no such URL.
    #[error("the address reads like https://graph.facebook.com; without https for a server on this machine alone")]
    Address,
    /// It is no version.
    #[error("a version reads like v24.0")]
    Version,
    /// This machine's certificates can't be had.
    #[error("TLS can't be had on this machine")]
    NoTls,
}

impl Graph {
    /// The API at `base` in `version`. Whatever is asked is answered within `patience`, or not at all; files have longer, by their
    /// size.
    ///
    /// # Errors
    /// [`NotAGraph`].
    pub fn new(base: &Url, version: &str, patience: Duration) -> Result<Self, NotAGraph> {
        if !wire::carries_secrets(base) {
            return Err(NotAGraph::Address);
        }
        if !is_version(version) {
            return Err(NotAGraph::Version);
        }
        let mut base = base.clone();
        base.path_segments_mut().map_err(|()| NotAGraph::Address)?.pop_if_empty().push(version);
        let client = wire::client(&base)
            .timeout(patience)
            // Sooner than all is over: only so is it known that a message did not leave.
            .connect_timeout(CONNECT.min(patience / 2))
            .pool_idle_timeout(IDLE)
            // One request to a connection, and none made twice: what is known of a failure (see `ask`) is known of HTTP/1.1.
            .http1_only()
            .retry(reqwest::retry::never())
            .build();
        Ok(Self { client: client.map_err(|_| NotAGraph::NoTls)?, base, patience })
    }

    /// The address of `edge` of what has Meta's id `id`, or of the thing itself; nothing where `id` is none of Meta's, which are
    /// digits. Anything else would be another thing to ask for, such as `me`.
    fn address(&self, id: &str, edge: Option<&str>) -> Option<Url> {
        if !(1..=reading::LONGEST_ID).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut url = self.base.clone();
        url.path_segments_mut().ok()?.push(id).extend(edge);
        Some(url)
    }
}

fn is_version(text: &str) -> bool {
    let digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|numbers| numbers.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}
