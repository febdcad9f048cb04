//! Places that leads come from: opened, closed, opened again, and listed.

mod backfill_leads;
mod close;
mod connect_facebook_page;
mod external;
mod mutate;
mod open_google_form;
mod queries;
mod reopen;
mod types;

pub(super) use backfill_leads::{BackfillLeads, BackfillQueries};
pub(super) use close::CloseSource;
pub(super) use connect_facebook_page::ConnectFacebookPage;
pub(super) use external::{
    ChangeExternalMapping, ChangeExternalNetworks, IssueExternalSecret, IssueExternalToken, OpenExternalSource,
    RemoveExternalSecret, TryMappingQueries,
};
pub(super) use open_google_form::OpenGoogleForm;
pub(super) use queries::SourceQueries;
pub(super) use reopen::ReopenSource;
