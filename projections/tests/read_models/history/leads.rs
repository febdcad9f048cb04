//! Leads: captured by messages in no order, and judged by somebody of the business.

use leadflow_domain::lead::{LeadCommand, LeadRefusal, Reason, ReasonText, Score};
use leadflow_domain::{IdentifierHash, LeadId, TenantId};
use leadflow_event_store::ExecuteError;
use rand::Rng;
use rand::seq::IndexedRandom;

use super::Play;
use crate::support::context;

impl Play<'_> {
    /// Tells a lead of one of its messages, in no order.
    pub(super) async fn capture(&mut self) {
        if self.uncaptured.is_empty() {
            return;
        }
        let nth = self.rng.random_range(0..self.uncaptured.len());
        let (tenant, capture) = self.uncaptured.swap_remove(nth);
        let key = self.next_key();
        self.log
            .leads
            .execute(LeadId::of(capture.contact), LeadCommand::Capture(capture), context(tenant, &key))
            .await
            .unwrap();
    }

    /// Somebody of the business finds a lead worth pursuing, or not; also that of somebody who was erased.
    pub(super) async fn judge(&mut self, tenant: TenantId, who: u128) {
        let erased = self.rng.random_range(0..=self.times_erased(tenant, who));
        let lead = LeadId::of(Self::contact(tenant, who, erased));
        let said = *[None, Some("has a budget"), Some("only asks"), Some("Żółć")].choose(&mut self.rng).unwrap();
        let reason = said.map(|said| Reason {
            text: ReasonText::parse(said).unwrap().into(),
            hash: IdentifierHash::from_hex(format!("hash of {said}")),
        });
        let score = *[None, Some(0), Some(100)].choose(&mut self.rng).unwrap();
        let score = score.map(|number| Score::try_from(number).unwrap());
        let command = if self.rng.random_bool(0.6) {
            LeadCommand::Qualify { reason, score }
        } else {
            LeadCommand::Disqualify { reason, score }
        };
        let key = self.next_key();
        match self.log.leads.execute(lead, command, context(tenant, &key)).await {
            Ok(_) | Err(ExecuteError::Refused(LeadRefusal::NotFound) | ExecuteError::Erased) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
