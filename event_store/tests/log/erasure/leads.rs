//! Why a lead is or is not worth pursuing is about the contact; that it is or is not, is about nobody.

use jiff::Timestamp;
use leadflow_domain::contact::ContactCommand;
use leadflow_domain::lead::{
    Answer, AttributeValue, Capture, Company, CompanyName, LeadCommand, LeadNote, LeadSource, Origin, Reason,
    ReasonText, Score, Submission,
};
use leadflow_domain::{AttributeId, LeadId, StageId, SubmissionId};
use leadflow_event_store::{Done, ExecuteError, PersonalValues, Receipt, testing};

use uuid::Uuid;

use super::person::{ADA, Person};
use super::recorded::all;
use crate::support::{Log, TENANT, asked, context, conversation};

impl Person {
    fn lead(&self) -> LeadId {
        LeadId::of(self.id())
    }

    fn reason(&self) -> Option<Reason> {
        let hash = testing::keys().reason_hash(self.lead(), self.text);
        Some(Reason { text: ReasonText::parse(self.text).unwrap().into(), hash })
    }

    /// Her lead is captured, found worth pursuing, and then it is not.
    pub(crate) fn judgements(&self) -> Vec<LeadCommand> {
        let captured = LeadCommand::Capture(Capture::by_message(
            self.id(),
            LeadSource::WhatsApp,
            conversation(self.contact),
            Timestamp::from_second(1_763_712_000).unwrap(),
        ));
        let qualified = LeadCommand::Qualify { reason: self.reason(), score: None };
        let submitted = LeadCommand::Submit(Box::new(self.submission()));
        let disqualified = LeadCommand::Disqualify { reason: self.reason(), score: None, lost_at: StageId::LOST };
        [vec![captured, submitted, qualified, disqualified], self.details()].concat()
    }

    /// What is put down about her lead.
    fn details(&self) -> Vec<LeadCommand> {
        let hash = |what| testing::keys().detail_hash(self.lead(), what, self.text);
        let company = Company { name: CompanyName::parse(self.name).unwrap().into(), hash: hash("company") };
        let value = AttributeValue { value: self.text.to_owned().into(), hash: hash("attribute") };
        vec![
            LeadCommand::AddNote { text: LeadNote::parse(self.text).unwrap() },
            LeadCommand::SetCompany { company: Some(company) },
            LeadCommand::SetAttribute { attribute: AttributeId::from_uuid(Uuid::from_u128(13)), value: Some(value) },
        ]
    }

    /// What she fills in: each value that a form has of her.
    fn submission(&self) -> Submission {
        let answer = |answer: &str| Answer {
            key: Some("colour".to_owned()),
            question: Some("Which colour?".to_owned()),
            answer: answer.to_owned().into(),
        };
        Submission {
            submission: SubmissionId::from_uuid(self.id().as_uuid()),
            contact: self.id(),
            source: LeadSource::GoogleForm,
            from: None,
            submitted_at: Timestamp::from_second(1_763_712_001).unwrap(),
            provider_lead_id: Some(self.wamid(9).into()),
            name: Some(self.name.to_owned().into()),
            origin: Origin::default(),
            click_id: Some(self.wamid(10).into()),
            answers: vec![answer(self.text), answer(self.phone)],
            added: vec![],
        }
    }

    pub(super) async fn is_judged(&self, log: &Log) {
        for (nth, command) in self.judgements().into_iter().enumerate() {
            let asked = asked(&format!("{} lead {nth}", self.contact), self.text);
            log.leads.execute(self.lead(), command, asked).await.unwrap();
        }
    }
}

#[tokio::test]
async fn of_whom_was_erased_the_score_is_recorded_and_no_reason() {
    let log = Log::new().await;
    ADA.writes(&log).await;
    log.contacts.execute(ADA.id(), ContactCommand::Erase, context(TENANT, "erase")).await.unwrap();
    let with_a_reason = LeadCommand::Qualify { reason: ADA.reason(), score: None };
    let told = log.leads.execute(ADA.lead(), with_a_reason, context(TENANT, "with a reason")).await;
    assert!(matches!(told, Err(ExecuteError::Erased)), "{told:?}");
    for (nth, detail) in (0..).zip(ADA.details()) {
        let told = log.leads.execute(ADA.lead(), detail, context(TENANT, &format!("detail {nth}"))).await;
        // What was put down before is known by its hash; a note is always new.
        let is_refused = matches!(told, Err(ExecuteError::Erased));
        assert!(is_refused == (nth == 0), "{told:?}");
    }
    let score = Some(Score::try_from(3).unwrap());
    let without = LeadCommand::Qualify { reason: None, score };
    let told = log.leads.execute(ADA.lead(), without, context(TENANT, "without")).await.unwrap();
    assert!(matches!(told, Receipt { done: Done::Appended, .. }), "{told:?}");
    let events = all(&log.reader, PersonalValues::Opened).await;
    let of_her_lead: Vec<String> = events
        .into_iter()
        .filter(|event| event.stream == ADA.lead().into())
        .map(|event| format!("{:?}", event.event))
        .collect();
    let [_, submitted, qualified, disqualified, _, note, company, attribute, again, moved] =
        of_her_lead.try_into().unwrap();
    for said in [submitted, qualified, disqualified, note, company, attribute] {
        assert!(said.contains("Personal(erased)"), "{said}");
    }
    assert!(moved.contains("Moved"), "{moved}");
    assert!(again.contains("reason: None, score: Some(Score(3))"), "{again}");
}
