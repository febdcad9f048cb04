//! Leads of Facebook's pages: a webhook tells that there is one, a job reads what is in it; those of before are read form by form
//! (decision 20).

mod backfill;
mod backfills;
mod daily;
mod failing;
mod read_lead;
mod readings;
mod submit;
mod upkeep;

pub use backfill::{BACKFILL_LEADS, BackfillLeads};
pub use backfills::{Backfill, ask, newest};
pub use daily::LookDaily;
pub use read_lead::{READ_LEAD, ReadLead};
pub(crate) use readings::{Announced, Outcome, Standing, announce, standings};
pub use submit::PROVIDER;
pub use upkeep::Upkeep;

use std::sync::Arc;

use leadflow_event_store::{Keys, LogReader};
use sqlx::PgPool;

use crate::commands::Commands;
use crate::provider_credentials::WhatsAppCredentials;

/// What reads leads.
#[derive(Clone)]
pub struct Reading {
    /// Where what is to be read stands.
    pub pool: PgPool,
    /// What has it already.
    pub log: LogReader,
    /// What it is told to.
    pub commands: Commands,
    /// What names are sealed under.
    pub keys: Arc<Keys>,
    /// What Meta is asked with.
    pub credentials: WhatsAppCredentials,
}
