use jiff::Timestamp;

use super::{ExternalOpening, Mapping, MissedLead, Networks, Opening, Page, SourceName, WalkInForm, WalkInSlug};
use crate::CredentialId;

/// What can be asked of a source.
#[derive(Debug, Clone)]
pub enum SourceCommand {
    /// Leads come from here from now on.
    Open(Opening),
    /// A program posts them from now on.
    OpenExternal(Box<ExternalOpening>),
    /// These fields of what is posted mean something from now on.
    ChangeMapping(Box<Mapping>),
    /// It may be posted from here from now on.
    ChangeNetworks {
        /// From anywhere, where there are none.
        networks: Networks,
    },
    /// Whoever posts shows this from now on, and nothing else.
    IssueToken {
        /// Which; a hash of it is kept elsewhere.
        token: CredentialId,
    },
    /// What is posted is signed with this from now on.
    IssueSecret {
        /// Which; the value is kept elsewhere.
        credential: CredentialId,
    },
    /// It need not be signed any longer.
    RemoveSecret,
    /// They come from this page, read with these credentials.
    ConnectPage {
        /// What the business calls it, where it is not known yet.
        name: SourceName,
        /// Which page.
        page: Page,
        /// What counts from now on.
        credential: CredentialId,
    },
    /// They come from this form of ours from now on.
    OpenWalkIn {
        /// What the business calls it.
        name: SourceName,
        /// What its address ends with.
        slug: WalkInSlug,
        /// What it asks.
        form: Box<WalkInForm>,
    },
    /// The form asks otherwise.
    SetForm(Box<WalkInForm>),
    /// It is called otherwise.
    Rename {
        /// What the business calls it.
        name: SourceName,
    },
    /// They no longer do; those that came stay.
    Close,
    /// They do again.
    Reopen,
    /// Meta takes these credentials no longer.
    StopReading {
        /// Those that were shown.
        credential: CredentialId,
        /// Meta's code.
        code: i64,
    },
    /// Of a lead nothing can be read.
    MissLead(MissedLead),
    /// Those of before are wanted, too.
    AskBackfill {
        /// Filled in after this moment; all that Meta has, where nothing is said.
        since: Option<Timestamp>,
    },
}
