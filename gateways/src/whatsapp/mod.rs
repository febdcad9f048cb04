//! Meta: the WhatsApp Cloud API and lead forms. How webhooks are signed, what is asked, what WhatsApp exports, and simulators of both
//! sides.

#[cfg(test)]
mod contract;
pub mod export;
mod graph;
#[cfg(test)]
mod lead_contract;
pub mod signature;
pub mod simulator;

pub use graph::{
    Accepted, AccessToken, Button, CallFailure, Consent, Consequence, CreatedTemplate, Digest, ErrorClass,
    FacebookPage, FormAnswer, FormLead, Graph, LeadClass, LeadForm, LeadFormPage, LeadPage, ListedTemplate,
    LookupFailure, Media, MediaKind, MediaSource, NewTemplate, NotAGraph, NotAnAccessToken, Number, Outgoing,
    OutgoingContent, PaceScope, Parameter, Place, ProductSection, ProviderRefusal, Recipient, Row, Section,
    SendFailure, StopScope, TemplateButton, TemplateButtonKind, TemplateHeader, TemplatePage, ToldOfPage, Upload,
    limits,
};
