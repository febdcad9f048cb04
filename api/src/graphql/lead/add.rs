//! `addLead`.

use async_graphql::{Context, Error, InputObject, Object, SimpleObject};
use leadflow_domain::lead::{Answer, LeadSource, Origin};
use leadflow_domain::role::Permission;
use leadflow_domain::{E164, EmailAddress, LeadId, LongText, ShortText};
use leadflow_event_store::CommandContext;

use super::assess::{LeadOutcome, check, shown};
use super::submission::MOST_ANSWERS;
use crate::graphql::api::Request;
use crate::graphql::command::{Form, NotDone, answer, came_to, command_context, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::payload::UserError;
use crate::submissions::{self, Identified, KnownBy, Lookup, Told, Unidentified};

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct AddLead;

/// What `addLead` takes.
#[derive(InputObject)]
struct AddLeadInput {
    /// What she is called, 1 to 200 characters.
    name: Option<String>,
    /// Her number, with its country's code. There must be this or `email`.
    phone: Option<String>,
    /// Her address of electronic mail. There must be this or `phone`.
    email: Option<String>,
    /// The campaign that led to her, as the business calls it, 1 to 200 characters. Nothing about a person belongs into it.
    campaign: Option<String>,
    /// What she was asked and said, 20 at most. The answers are about her, and are erased with her.
    answers: Option<Vec<LeadAnswerInput>>,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with what it came to, however much later.
    idempotency_key: Option<String>,
}

/// A question and its answer.
#[derive(InputObject)]
struct LeadAnswerInput {
    /// What was asked, 1 to 500 characters. Nothing about a person belongs into it.
    question: String,
    /// What she said, 1 to 4000 characters.
    answer: String,
}

/// What `addLead` answers.
#[derive(SimpleObject)]
struct AddLeadPayload {
    #[graphql(flatten)]
    outcome: LeadOutcome,
}

/// What an entry says.
struct Entry {
    phone: Option<E164>,
    email: Option<EmailAddress>,
    name: Option<String>,
    campaign: Option<String>,
    answers: Vec<Answer>,
}

#[Object]
impl AddLead {
    /// Enters somebody who is interested. Who is known already, by her number or else by her address, has one lead, and this is linked
    /// to it. The lead is null in the answer where you don't see it: it is with conversations that are others' to see to.
    async fn add_lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who she is, and what is known; and the request's key, where wanted.")] input: AddLeadInput,
    ) -> Option<Result<AddLeadPayload, Error>> {
        // In a box: every mutation's future is as large as the largest of all.
        let done = Box::pin(async {
            let request = Request::of(context)?;
            let selected = context.look_ahead().field("lead");
            check(&selected)?;
            let needed = Permission::WorkConversations;
            must_be_allowed(context, request, needed).await?;
            let key = input.idempotency_key.clone();
            let entry = entry(input)?;
            let command_context = command_context(context, request, needed, key.as_deref(), None).await?;
            let known_by = KnownBy::new(&request.api.keys, entry.phone.as_ref(), entry.email.as_ref());
            if let Some(before) = request.api.commands.leads.before(&command_context).await {
                // Whoever was entered then: she may have been erased since, and is not introduced anew.
                let owner = submissions::owner(&request.api.pool, request.viewer.tenant(), &known_by).await;
                let lead = owner.map_err(|error| internal("addLead", &error))?.map(LeadId::of);
                return Ok(shown(context, request, lead, came_to(before, "lead", "phone")?, &selected).await);
            }
            let whom = match identified(request, &command_context, &known_by).await? {
                Ok(whom) => whom,
                Err(refused) => return Ok(vec![refused].into()),
            };
            let lead = LeadId::of(whom.contact);
            let told = told(request, entry).await?;
            let answer = submissions::submit(&request.api.commands, whom, told, command_context).await;
            Ok(shown(context, request, Some(lead), came_to(answer, "lead", "phone")?, &selected).await)
        });
        answer(done, |outcome| AddLeadPayload { outcome }).await
    }
}

/// What the input says, if it can be.
fn entry(input: AddLeadInput) -> Result<Entry, NotDone> {
    let mut form = Form::default();
    let AddLeadInput { name, phone, email, campaign, answers, .. } = input;
    if phone.is_none() && email.is_none() {
        form.read::<(), _>("phone", Err("or `email` must be given"));
    }
    let phone = phone.and_then(|phone| form.read("phone", E164::parse_written(&phone)));
    let email = email.and_then(|email| form.read("email", EmailAddress::parse(&email)));
    let name = name.and_then(|name| form.read("name", ShortText::<1, 200>::parse(&name))).map(String::from);
    let campaign = campaign.and_then(|called| form.read("campaign", ShortText::<1, 200>::parse(&called)));
    let given = answers.unwrap_or_default();
    if given.len() > MOST_ANSWERS {
        form.read::<(), _>("answers", Err(format!("must be {MOST_ANSWERS} at most")));
    }
    let answers = given.into_iter().take(MOST_ANSWERS).enumerate().filter_map(|(nth, given)| {
        let at = |field: &str| format!("answers.{nth}.{field}");
        let question = form.read(&at("question"), ShortText::<1, 500>::parse(&given.question));
        let answer = form.read(&at("answer"), LongText::<4_000>::parse(&given.answer));
        let (question, answer) = (question?, answer?);
        Some(Answer { key: None, question: Some(question.into()), answer: answer.as_str().to_owned().into() })
    });
    let answers = answers.collect();
    form.all(Some(Entry { phone, email, name, campaign: campaign.map(String::from), answers }))
}

/// Who she is; or why nobody can say, for the payload.
async fn identified(
    request: &Request,
    command_context: &CommandContext,
    known_by: &KnownBy,
) -> Result<Result<Identified, UserError>, NotDone> {
    let api = &request.api;
    let lookup = Lookup { pool: &api.pool, commands: &api.commands, context: command_context };
    match lookup.identify(known_by).await {
        Ok(whom) => Ok(Ok(whom)),
        Err(Unidentified::Database(error)) => Err(internal("addLead", &error).into()),
        Err(Unidentified::Refused(error)) => {
            let refused = came_to(Err(error), "contact", "phone")?.user_errors.pop();
            refused.map(Err).ok_or_else(|| internal("addLead", &Nobody).into())
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a refusal without its reason")]
struct Nobody;

async fn told(request: &Request, entry: Entry) -> Result<Told, NotDone> {
    let now = request.api.now().await.map_err(|error| internal("addLead", &error))?;
    Ok(Told {
        source: LeadSource::Manual,
        from: None,
        at: now,
        provider_lead_id: None,
        name: entry.name.map(Into::into),
        origin: Origin { campaign_id: entry.campaign, ..Origin::default() },
        click_id: None,
        answers: entry.answers,
    })
}
