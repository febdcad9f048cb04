//! WhatsApp Cloud API: how its webhooks are signed, what is asked of it, and simulators of both sides.

#[cfg(test)]
mod contract;
mod graph;
pub mod signature;
pub mod simulator;

pub use graph::{
    Accepted, AccessToken, Button, CallFailure, Consequence, CreatedTemplate, Digest, ErrorClass, Graph,
    ListedTemplate, LookupFailure, Media, MediaKind, MediaSource, NewTemplate, NotAGraph, NotAnAccessToken, Number,
    Outgoing, OutgoingContent, PaceScope, Parameter, Place, ProductSection, ProviderRefusal, Recipient, Row, Section,
    SendFailure, StopScope, TemplateButton, TemplateButtonKind, TemplateHeader, TemplatePage, Upload, limits,
};
