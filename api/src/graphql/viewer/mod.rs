//! Who asks.

mod queries;

pub(super) use queries::ViewerQueries;
