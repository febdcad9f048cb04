//! Answers that a business keeps ready for its people: made, changed, and filled in for a conversation.

mod change;
mod create;
mod input;
mod mutate;
mod queries;
mod remove;
mod render;
#[cfg(test)]
mod tests;
mod types;

pub(super) use change::ChangeResponseTemplate;
pub(super) use create::CreateResponseTemplate;
pub(super) use queries::ResponseTemplateQueries;
pub(super) use remove::RemoveResponseTemplate;
