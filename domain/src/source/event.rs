use jiff::Timestamp;

use super::{Mapping, MissedLead, Networks, Opening, Page, SourceName, WalkInForm, WalkInSlug};
use crate::CredentialId;
use crate::channel::ProviderId;

crate::event_type::events! {
    /// What happened to a source of leads.
    pub enum SourceEvent {
        /// Leads come from here from now on.
        "source.opened", "1" => Opened(Opening),
        /// They no longer do; those that came stay.
        "source.closed", "1" => Closed {},
        /// They do again.
        "source.reopened", "1" => Reopened {},
        /// It is called otherwise.
        "source.renamed", "1" => Renamed {
            /// What the business calls it now.
            name: SourceName
        },
        /// A form of ours has an address, for ever.
        "source.slug_given", "1" => SlugGiven {
            /// What the address ends with.
            slug: WalkInSlug
        },
        /// A form of ours asks this from now on.
        "source.form_set", "1" => FormSet(Box<WalkInForm>),
        /// They are those of this page.
        "source.page_connected", "1" => PageConnected(Page),
        /// The page is nobody's now.
        "source.page_disconnected", "1" => PageDisconnected {
            /// Meta's id of it.
            page_id: ProviderId
        },
        /// What is read is read with these credentials; what a program posts is signed with them.
        "source.credentials_entered", "1" => CredentialsEntered {
            /// Which; the value is kept elsewhere.
            credential: CredentialId
        },
        /// It is read, or signed, with others.
        "source.credentials_rotated", "1" => CredentialsRotated {
            /// Which count now.
            credential: CredentialId,
            /// Which count no more.
            replaced: CredentialId
        },
        /// There are none any more; what a program posts need not be signed.
        "source.credentials_removed", "1" => CredentialsRemoved {
            /// Which count no more.
            credential: CredentialId
        },
        /// The provider takes the credentials no longer: nothing is read until there are others.
        "source.reading_stopped", "1" => ReadingStopped {
            /// The provider's code.
            code: i64
        },
        /// It is read again.
        "source.reading_resumed", "1" => ReadingResumed {},
        /// A lead was told of, and nothing can be read of it.
        "source.lead_missed", "1" => LeadMissed(MissedLead),
        /// Leads of before are wanted, too.
        "source.backfill_asked", "1" => BackfillAsked {
            /// Filled in after this moment; all that the provider has, where nothing is said.
            since: Option<Timestamp>
        },
        /// These fields of what a program posts mean something from now on. What could not be read is read anew.
        "source.mapping_changed", "1" => MappingChanged(Mapping),
        /// It may be posted from these networks alone; from anywhere, where there are none.
        "source.networks_changed", "1" => NetworksChanged {
            /// Which.
            networks: Networks
        },
        /// Whoever posts shows this token, and no other.
        "source.token_issued", "1" => TokenIssued {
            /// Which; a hash of it is kept elsewhere.
            token: CredentialId
        },
    }
}
