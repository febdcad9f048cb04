//! Leads: captured by messages in no order, and judged by somebody of the business.

use leadflow_domain::lead::{
    AttributeValue, Company, CompanyName, Currency, LeadCommand, LeadNote, LeadRefusal, Reason, ReasonText, Score, Tag,
    Worth,
};
use leadflow_domain::pipeline::{
    Attribute, AttributeKind, AttributeName, Choice, LostReasonText, PipelineCommand, Stage, StageKind, StageName,
};
use leadflow_domain::{AttributeId, IdentifierHash, LeadId, LostReasonId, PipelineId, StageId, TenantId};
use leadflow_event_store::ExecuteError;
use rand::Rng;
use rand::seq::IndexedRandom;
use uuid::Uuid;

use super::{CONTACTS, Play, member};
use crate::support::{OTHER_TENANT, TENANT, context};

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
            LeadCommand::Disqualify { reason, score, lost_at: StageId::LOST }
        };
        let key = self.next_key();
        match self.log.leads.execute(lead, command, context(tenant, &key)).await {
            Ok(_) | Err(ExecuteError::Refused(LeadRefusal::NotFound | LeadRefusal::Won) | ExecuteError::Erased) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// How the business works its leads: it has stages of its own, of which some are no more, reasons and attributes.
    pub(super) async fn pipeline(&mut self, tenant: TenantId) {
        let name = |name: &str| StageName::parse(name).unwrap();
        let create = |number, called: &str, kind| {
            PipelineCommand::CreateStage(Stage { stage: stage(tenant, number), name: name(called), kind })
        };
        let text = |text: &str| LostReasonText::parse(text).unwrap();
        let define = |number, called: &str, kind, choices: &[&str]| PipelineCommand::DefineAttribute {
            attribute: attribute(tenant, number),
            definition: Attribute {
                name: AttributeName::parse(called).unwrap(),
                kind,
                choices: choices.iter().map(|choice| Choice::parse(choice).unwrap()).collect(),
            },
        };
        let order = vec![StageId::LOST, stage(tenant, 2), StageId::NEW, StageId::CONTACTED, stage(tenant, 1)];
        let order = [order, vec![StageId::NEGOTIATING, StageId::WON]].concat();
        let commands = [
            create(1, "Visited", StageKind::Open),
            create(2, "No answer", StageKind::Lost),
            PipelineCommand::RenameStage { stage: StageId::NEGOTIATING, name: name("Talking") },
            PipelineCommand::ReorderStages { order },
            PipelineCommand::AddLostReason { reason: lost_reason(tenant, 1), text: text("Too expensive") },
            PipelineCommand::AddLostReason { reason: lost_reason(tenant, 2), text: text("Too far") },
            PipelineCommand::RenameLostReason { reason: lost_reason(tenant, 1), text: text("Price") },
            PipelineCommand::RemoveLostReason { reason: lost_reason(tenant, 2) },
            define(1, "Size", AttributeKind::Choice, &["Small", "Large"]),
            define(2, "Budget", AttributeKind::Number, &[]),
            define(3, "Birthday", AttributeKind::Date, &[]),
            PipelineCommand::ChangeAttribute {
                attribute: attribute(tenant, 1),
                name: AttributeName::parse("Format").unwrap(),
                choices: vec![Choice::parse("Large").unwrap()],
            },
            PipelineCommand::RemoveAttribute { attribute: attribute(tenant, 3) },
        ];
        for (nth, command) in commands.into_iter().enumerate() {
            self.tell_pipeline(tenant, command, &format!("pipeline {nth}")).await;
        }
    }

    /// There are stages less, of one business: where its leads began, and one behind which those stood then.
    pub(super) async fn shorten(&mut self, tenant: TenantId) {
        for (stage, successor) in [(StageId::NEW, stage(tenant, 1)), (stage(tenant, 1), StageId::CONTACTED)] {
            let removal = PipelineCommand::RemoveStage { stage, successor };
            self.tell_pipeline(tenant, removal, &format!("without {stage}")).await;
        }
    }

    async fn tell_pipeline(&mut self, tenant: TenantId, command: PipelineCommand, key: &str) {
        let context = context(tenant, key);
        self.log.pipelines.execute(PipelineId::of(tenant), command, context).await.unwrap();
    }

    /// Somebody of the business does something with a lead; also with that of somebody who was erased.
    pub(super) async fn maybe_work(&mut self) {
        let (rng, times) = &mut self.works;
        if rng.random_bool(0.7) {
            return;
        }
        *times += 1;
        let key = format!("work {times}");
        let tenant = *[TENANT, OTHER_TENANT].choose(rng).unwrap();
        let who = rng.random_range(0..CONTACTS);
        let erased = self.erased.get(&(tenant, who)).copied().unwrap_or_default();
        let erased = rng.random_range(0..=erased);
        let lead = LeadId::of(Self::contact(tenant, who, erased));
        let hash = |said: &str| IdentifierHash::from_hex(format!("hash of {said}"));
        let tag = Tag::parse(["Fair", "VIP", "Żółć"].choose(rng).unwrap()).unwrap();
        let number = rng.random_range(1..=2);
        let worth = Worth { minor: 100 * i64::from(number == 1) + 5, currency: Currency::parse("EUR").unwrap() };
        let is_said = rng.random_bool(0.7);
        let open = [StageId::NEW, StageId::CONTACTED, StageId::NEGOTIATING, stage(tenant, 1)];
        let command = match rng.random_range(0..13) {
            0..=2 => LeadCommand::Advance { stage: *open.choose(rng).unwrap() },
            3 => LeadCommand::Convert { stage: StageId::WON, worth: is_said.then_some(worth) },
            4 => LeadCommand::Lose {
                stage: if is_said { StageId::LOST } else { stage(tenant, 2) },
                reason: (number == 1).then(|| lost_reason(tenant, 1)),
            },
            5 if is_said => LeadCommand::MarkSpam,
            5 => LeadCommand::UnmarkSpam,
            6 => LeadCommand::Tag { tag },
            7 => LeadCommand::Untag { tag },
            8 | 12 => LeadCommand::AddNote { text: LeadNote::parse(&format!("Note {key}")).unwrap() },
            9 => LeadCommand::SetCompany {
                company: is_said
                    .then(|| Company { name: CompanyName::parse("Acme").unwrap().into(), hash: hash("Acme") }),
            },
            10 => {
                let said = format!("{number}0");
                let value = is_said.then(|| AttributeValue { hash: hash(&said), value: said.into() });
                LeadCommand::SetAttribute { attribute: attribute(tenant, u128::from(number == 1) + 1), value }
            }
            _ => LeadCommand::Transfer { to: is_said.then(|| member(tenant, u128::from(number == 1) + 1)) },
        };
        match self.log.leads.execute(lead, command, context(tenant, &key)).await {
            Ok(_)
            | Err(ExecuteError::Refused(LeadRefusal::NotFound | LeadRefusal::Disqualified) | ExecuteError::Erased) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// A stage of the business's own.
pub(crate) fn stage(tenant: TenantId, number: u128) -> StageId {
    StageId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 112) + 100 + number))
}

fn lost_reason(tenant: TenantId, number: u128) -> LostReasonId {
    LostReasonId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 112) + 200 + number))
}

/// Something that it puts down about its leads.
pub(crate) fn attribute(tenant: TenantId, number: u128) -> AttributeId {
    AttributeId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 112) + 300 + number))
}
