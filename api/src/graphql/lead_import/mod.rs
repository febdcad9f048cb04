//! Files of leads that the business brought: how far each is read, and that it is read no further.

mod cancel;
mod queries;
mod types;

pub(super) use cancel::CancelLeadImport;
pub(super) use queries::LeadImportQueries;
