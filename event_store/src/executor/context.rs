//! Whose command it is, and why.

use std::net::IpAddr;

use leadflow_domain::{Assertion, CommandId, Decide, EventId, StreamId, TenantId};

use crate::Actor;
use crate::keys::RequestHash;

/// Where another stream stands that a command rests on. It is checked as the command's events are appended and leaves no trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestsOn {
    /// What that stream is.
    pub aggregate_type: &'static str,
    /// Which.
    pub stream: StreamId,
    /// Its version.
    pub version: i64,
}

impl RestsOn {
    /// `stream` at this version.
    #[must_use]
    pub fn of<A: Decide>(stream: impl Into<StreamId>, version: i64) -> Self {
        Self { aggregate_type: A::TYPE, stream: stream.into(), version }
    }
}

/// Whose command it is, and why.
#[derive(Debug, Clone)]
pub struct CommandContext {
    /// The tenant it is for.
    pub tenant: TenantId,
    /// Repeating a command with the same id is harmless.
    pub id: CommandId,
    /// Who asks.
    pub actor: Actor,
    /// The request that all of this began with.
    pub correlation: String,
    /// The event that led to it, if one did.
    pub causation: Option<String>,
    /// The network address that it was asked from. It is kept sealed.
    pub source: Option<IpAddr>,
    /// What it takes for granted of other streams.
    pub assertions: Vec<Assertion>,
    /// Where another stream must stand.
    pub rests_on: Option<RestsOn>,
    /// The version of its stream on which alone it may be decided; of any, when not set. What the command came to before is
    /// told first.
    pub expected_version: Option<i64>,
    /// Set for a client's command, whose outcome is kept whatever it is: the same id with another request is refused.
    pub request: Option<RequestHash>,
}

impl CommandContext {
    /// For `tenant`, on behalf of `actor`, within the request `correlation`.
    #[must_use]
    pub fn new(tenant: TenantId, id: CommandId, actor: Actor, correlation: impl Into<String>) -> Self {
        Self {
            tenant,
            id,
            actor,
            correlation: correlation.into(),
            causation: None,
            source: None,
            assertions: Vec::new(),
            rests_on: None,
            expected_version: None,
            request: None,
        }
    }

    /// The id of its event number `ordinal`, counted from 0.
    ///
    /// Of a client's command its request has a say in it: under a reused key other things happen, and what was decided on
    /// those must not look as if it stood on these.
    #[must_use]
    pub fn event(&self, ordinal: u32) -> EventId {
        let ids = match &self.request {
            Some(request) => CommandId::derive(self.tenant, "request", &[&self.id.to_string(), &request.to_hex()]),
            None => self.id,
        };
        ids.event(ordinal)
    }

    /// The event that led to it.
    #[must_use]
    pub fn caused_by(self, event: impl Into<String>) -> Self {
        Self { causation: Some(event.into()), ..self }
    }

    /// It was asked from this network address, if from any.
    #[must_use]
    pub fn from_address(self, source: Option<IpAddr>) -> Self {
        Self { source, ..self }
    }

    /// It stands only while this holds.
    #[must_use]
    pub fn asserting(mut self, assertion: Assertion) -> Self {
        self.assertions.push(assertion);
        self
    }

    /// It stands only while that stream is where it was seen.
    #[must_use]
    pub fn resting_on(self, rests_on: Option<RestsOn>) -> Self {
        Self { rests_on, ..self }
    }

    /// It is decided on this version of its stream or not at all.
    #[must_use]
    pub fn expecting(self, version: Option<i64>) -> Self {
        Self { expected_version: version, ..self }
    }

    /// Its outcome is kept.
    #[must_use]
    pub fn with_receipt(self, request: RequestHash) -> Self {
        Self { request: Some(request), ..self }
    }
}
