//! Templates of the business's WhatsApp accounts: read, written, handed in, taken away, and brought up to what WhatsApp has.

mod at_whatsapp;
mod components;
mod create;
mod delete;
mod filter;
mod form;
mod input;
mod mutate;
mod queries;
mod submit;
mod sync;
#[cfg(test)]
mod tests;
mod types;

pub(super) use create::CreateTemplate;
pub(super) use delete::DeleteTemplate;
pub(super) use queries::TemplateQueries;
pub(super) use submit::SubmitTemplate;
pub(super) use sync::SyncTemplates;
pub(super) use types::{MessageTemplate, TemplateCategory, TemplateStatus};
