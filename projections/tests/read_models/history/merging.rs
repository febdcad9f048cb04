//! Two people are taken for one for a while. Who stands for whom in the end is told in a test of its own.

use leadflow_domain::contact::{ContactCommand, MergeReason, Standing};
use leadflow_domain::{ContactId, TenantId};

use super::{Play, contact, introduce};
use crate::support::context;

impl Play<'_> {
    /// Whom nobody else in the history is.
    pub(super) async fn are_merged_for_a_while(&mut self, tenant: TenantId) {
        let (winner, loser) = (contact(tenant, 9_001), contact(tenant, 9_002));
        let (standing, reason) = (Standing::Herself, Some(MergeReason::parse("One voice").unwrap()));
        let told: [(ContactId, ContactCommand); 5] = [
            (winner, introduce(9_001)),
            (loser, introduce(9_002)),
            (winner, ContactCommand::TellApart { contact: winner, other: loser, standing }),
            (loser, ContactCommand::Merge { loser, winner, standing, reason: reason.clone() }),
            (loser, ContactCommand::Unmerge { winner, standing, reason }),
        ];
        for (whose, command) in told {
            let key = self.next_key();
            self.log.contacts.execute(whose, command, context(tenant, &key)).await.unwrap();
        }
    }
}
