//! Places that leads come from: opened, closed, opened again, and listed.

mod backfill_leads;
mod close;
mod connect_facebook_page;
mod external;
mod health;
mod mutate;
mod open_google_form;
mod open_walk_in;
mod queries;
mod rename;
mod reopen;
mod set_walk_in_form;
mod types;
mod walk_in;
mod walk_in_form;

pub(super) use backfill_leads::{BackfillLeads, BackfillQueries};
pub(super) use close::CloseSource;
pub(super) use connect_facebook_page::ConnectFacebookPage;
pub(super) use external::{
    ChangeExternalMapping, ChangeExternalNetworks, IssueExternalSecret, IssueExternalToken, OpenExternalSource,
    RemoveExternalSecret, TryMappingQueries,
};
pub(super) use open_google_form::OpenGoogleForm;
pub(super) use open_walk_in::OpenWalkIn;
pub(super) use queries::SourceQueries;
pub(super) use rename::RenameSource;
pub(super) use reopen::ReopenSource;
pub(super) use set_walk_in_form::SetWalkInForm;
pub(super) use walk_in::WalkInQueries;
