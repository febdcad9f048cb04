//! The workspace as cargo sees it.

use anyhow::Result;
use cargo_metadata::{Metadata, MetadataCommand};
use leadflow_tests::binary;

/// The members and what they declare. Dependencies of dependencies are left out, so no network is asked.
pub(super) fn metadata() -> Result<Metadata> {
    Ok(MetadataCommand::new().current_dir(binary::workspace()).no_deps().exec()?)
}
