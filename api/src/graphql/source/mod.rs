//! Places that leads come from: opened, closed, opened again, and listed.

mod close;
mod mutate;
mod open_google_form;
mod queries;
mod reopen;
mod types;

pub(super) use close::CloseSource;
pub(super) use open_google_form::OpenGoogleForm;
pub(super) use queries::SourceQueries;
pub(super) use reopen::ReopenSource;
