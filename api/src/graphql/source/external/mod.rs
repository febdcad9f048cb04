//! External sources: programs that post leads. They are opened, what they go by is changed, and a mapping is tried on a sample.

mod change_mapping;
mod change_networks;
mod input;
mod issue;
mod issue_secret;
mod issue_token;
mod open;
mod remove_secret;
mod try_mapping;
mod types;

pub(in crate::graphql) use change_mapping::ChangeExternalMapping;
pub(in crate::graphql) use change_networks::ChangeExternalNetworks;
pub(in crate::graphql) use issue_secret::IssueExternalSecret;
pub(in crate::graphql) use issue_token::IssueExternalToken;
pub(in crate::graphql) use open::OpenExternalSource;
pub(in crate::graphql) use remove_secret::RemoveExternalSecret;
pub(in crate::graphql) use try_mapping::TryMappingQueries;
pub(super) use types::ExternalSource;
