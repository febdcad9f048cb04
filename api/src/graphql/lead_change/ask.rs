//! `changeLeads`.

use std::collections::HashSet;

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use leadflow_domain::lead::Tag;
use leadflow_domain::role::Permission;
use leadflow_domain::{LostReasonId, StageId};
use leadflow_event_store::{CommandContext, ExecuteError};
use leadflow_projections::leads;
use uuid::Uuid;

use super::queries::find;
use super::types::LeadChange;
use crate::graphql::api::Request;
use crate::graphql::command::{Form, NotDone, answer, came_to, command_context, must_be_allowed};
use crate::graphql::conversation::must_work_here;
use crate::graphql::failure::internal;
use crate::graphql::filter;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::lead::{LeadFilter, member, move_to, pipeline_of};
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::plain_id::read_id;
use crate::lead_changes::{Asked, Change, MOST_LEADS, NotAsked};

/// Leads that may be named one by one.
const MOST_IDS: usize = 500;

/// Marks that one change adds, and that it takes away.
const MOST_TAGS: usize = 20;

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ChangeLeads;

/// What `changeLeads` takes.
#[derive(InputObject)]
struct ChangeLeadsInput {
    /// Which leads, by their ids, 500 at most; instead of `filter`. Those that you do not see refuse the change as those do that
    /// there are not.
    lead_ids: Option<Vec<ID>>,
    /// Which leads: those of yours that it is true of now, 10,000 at most; instead of `leadIds`. `{}` is true of every one.
    filter: Option<LeadFilter>,
    /// What is changed of each.
    change: LeadChangeInput,
    /// Yours to choose, 1 to 255 characters, unique among your tenant's requests: the same request with the same key is
    /// done once, and answered again with the change as it is then.
    idempotency_key: Option<String>,
}

/// What is changed of leads: exactly one of a stage, an owner, tags, and whether they are spam.
#[derive(InputObject)]
struct LeadChangeInput {
    /// Where they stand now: the id of a stage, a uuid. It needs the permission `JUDGE_LEADS`.
    stage_id: Option<ID>,
    /// Why they are lost: the id of one of the business's reasons, a uuid; of other stages none.
    lost_reason_id: Option<ID>,
    /// Who is to see to them, and to the conversations with their contacts. It needs the permission `ASSIGN_CONVERSATIONS`.
    owner: Option<LeadOwnerInput>,
    /// Marks that they get, 20 at most. Those that they have stay. It needs the permission `WORK_CONVERSATIONS`.
    add_tags: Option<Vec<String>>,
    /// Marks that are taken from them, 20 at most, before they get others. It needs the permission `WORK_CONVERSATIONS`.
    remove_tags: Option<Vec<String>>,
    /// Whether they are spam. It needs the permission `JUDGE_LEADS`.
    is_spam: Option<bool>,
}

/// Who is to see to leads.
#[derive(InputObject)]
struct LeadOwnerInput {
    /// The id of a member who works for the business, a uuid; without it, nobody in particular.
    member_id: Option<ID>,
}

/// What `changeLeads` answers.
#[derive(SimpleObject)]
struct ChangeLeadsPayload {
    /// The change, and how far it is; null where it was refused.
    lead_change: Option<LeadChange>,
    /// Why it was refused; empty when it was taken on.
    user_errors: Vec<UserError>,
}

impl From<Vec<UserError>> for ChangeLeadsPayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { lead_change: None, user_errors }
    }
}

#[Object]
impl ChangeLeads {
    /// Changes many leads in the same way: it is taken on, and made one lead after another, in which each says yes or no as it
    /// would alone. `leadChange` shows how far it is. Of a business one is made at a time, and ten are taken on.
    async fn change_leads(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which leads, what is changed of them, and the request's key, where wanted.")]
        input: ChangeLeadsInput,
    ) -> Option<Result<ChangeLeadsPayload, Error>> {
        let done = Box::pin(change(context, input));
        answer(done, |payload| payload).await
    }
}

/// What is changed, as far as the input says it: what it names may not be there.
enum Said {
    Stage(StageId, Option<LostReasonId>),
    Change(Change),
}

async fn change(context: &Context<'_>, input: ChangeLeadsInput) -> Result<ChangeLeadsPayload, NotDone> {
    let request = Request::of(context)?;
    let ChangeLeadsInput { lead_ids, filter, change, idempotency_key } = input;
    let said = said(change)?;
    let needed = said.needs();
    must_be_allowed(context, request, needed).await?;
    let of = which(lead_ids, filter)?;
    let command = command_context(context, request, needed, idempotency_key.as_deref(), None).await?;
    if let Some(payload) = before(request, &command).await? {
        return Ok(payload);
    }
    let change = resolved(request, said).await?;
    let leads = match of {
        Of::These(ids) => ids,
        Of::All(filter) => {
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let condition = filter::read(Some(*filter))?;
            let found = leads::lead_ids(reads, viewer, &condition, MOST_LEADS + 1).await;
            let found = found.map_err(|error| internal("changeLeads", &error))?;
            if found.len() > MOST_LEADS {
                let message = format!("there are more than {MOST_LEADS} of these leads: ask for fewer at a time");
                return Err(NotDone::refused(UserErrorCode::TooMany, message, "filter"));
            }
            found
        }
    };
    match request.api.lead_changes.ask(&Asked { request: &command, change: &change, leads: &leads }).await {
        Ok(()) => {}
        Err(error @ NotAsked::TooMany) => {
            return Err(NotDone::Invalid(vec![UserError::new(UserErrorCode::TooMany, error.to_string(), None)]));
        }
        Err(error @ NotAsked::Database(_)) => return Err(internal("changeLeads", &error).into()),
    }
    // Another under the same key may have been faster.
    let taken_on = before(request, &command).await?;
    taken_on.ok_or_else(|| internal("changeLeads", &sqlx::Error::RowNotFound).into())
}

/// What the same request came to, if it was made before; a refusal where its key was another's.
async fn before(request: &Request, command: &CommandContext) -> Result<Option<ChangeLeadsPayload>, NotDone> {
    // A key that some command was given names no change.
    if let Some(Err(error @ ExecuteError::KeyReused)) = request.api.commands.leads.before(command).await {
        return Ok(Some(came_to(Err(error), "lead", "leadIds")?.user_errors.into()));
    }
    let found = request.api.lead_changes.find(request.viewer.tenant(), command.id.as_uuid()).await;
    let Some(known) = found.map_err(|error| internal("changeLeads", &error))? else { return Ok(None) };
    if !known.is_of(command) {
        let message = "this idempotency key was used for another request".to_owned();
        let error = UserError::new(UserErrorCode::IdempotencyKeyReused, message, Some("idempotencyKey"));
        return Ok(Some(vec![error].into()));
    }
    Ok(Some(ChangeLeadsPayload { lead_change: find(request, known.id).await?, user_errors: vec![] }))
}

/// Which leads, as the input says it.
enum Of {
    These(Vec<Uuid>),
    All(Box<LeadFilter>),
}

fn which(lead_ids: Option<Vec<ID>>, filter: Option<LeadFilter>) -> Result<Of, NotDone> {
    match (lead_ids, filter) {
        (Some(ids), None) if ids.len() > MOST_IDS => Err(NotDone::refused(
            UserErrorCode::TooMany,
            format!("`leadIds` may have {MOST_IDS} ids at most"),
            "leadIds",
        )),
        (Some(ids), None) => {
            let mut known = HashSet::new();
            let ids = ids.iter().map(|id| decode_as(Kind::Lead, "leadIds", id)).collect::<Result<Vec<_>, _>>()?;
            Ok(Of::These(ids.into_iter().filter(|id| known.insert(*id)).collect()))
        }
        (None, Some(filter)) => Ok(Of::All(Box::new(filter))),
        (Some(_), Some(_)) | (None, None) => {
            let why = "must be given, or `filter`, and not both";
            Err(NotDone::Invalid(vec![UserError::invalid("leadIds", &why)]))
        }
    }
}

impl Said {
    fn needs(&self) -> Permission {
        match self {
            Self::Stage(..) => Permission::JudgeLeads,
            Self::Change(change) => change.needs(),
        }
    }
}

fn said(input: LeadChangeInput) -> Result<Said, NotDone> {
    let LeadChangeInput { stage_id, lost_reason_id, owner, add_tags, remove_tags, is_spam } = input;
    let (add_tags, remove_tags) = (add_tags.unwrap_or_default(), remove_tags.unwrap_or_default());
    let tags = !(add_tags.is_empty() && remove_tags.is_empty());
    let tags = tags.then_some((add_tags, remove_tags));
    if lost_reason_id.is_some() && stage_id.is_none() {
        return Err(NotDone::Invalid(vec![UserError::invalid(
            "change.lostReasonId",
            &"is for stages of what is lost alone",
        )]));
    }
    match (stage_id, owner, tags, is_spam) {
        (Some(stage), None, None, None) => {
            let reason = lost_reason_id.as_ref().map(|id| read_id("change.lostReasonId", id)).transpose()?;
            let stage = StageId::from_uuid(read_id("change.stageId", &stage)?);
            Ok(Said::Stage(stage, reason.map(LostReasonId::from_uuid)))
        }
        (None, Some(LeadOwnerInput { member_id }), None, None) => {
            let to = member_id.as_ref().map(member).transpose()?;
            Ok(Said::Change(Change::Owner { to }))
        }
        (None, None, Some((add, remove)), None) => {
            let mut form = Form::default();
            let mut read = |field, tags: &[String]| form.read(field, marks(tags));
            let (add, remove) = (read("change.addTags", &add), read("change.removeTags", &remove));
            let (add, remove) = form.all(add.zip(remove))?;
            Ok(Said::Change(Change::Tags { add, remove }))
        }
        (None, None, None, Some(is_spam)) => Ok(Said::Change(Change::Spam { is_spam })),
        _ => {
            let why = "must have exactly one of a stage, an owner, tags, and whether they are spam";
            Err(NotDone::Invalid(vec![UserError::invalid("change", &why)]))
        }
    }
}

fn marks(tags: &[String]) -> Result<Vec<Tag>, String> {
    if tags.len() > MOST_TAGS {
        return Err(format!("may have {MOST_TAGS} tags at most"));
    }
    let tags = tags.iter().map(|tag| Tag::parse(tag)).collect::<Result<Vec<_>, _>>();
    tags.map_err(|error| error.to_string())
}

/// What is changed, once it is known that what it names is there.
async fn resolved(request: &Request, said: Said) -> Result<Change, NotDone> {
    match said {
        Said::Stage(stage, lost_reason) => {
            let pipeline = pipeline_of(request).await?;
            let stage = move_to(&pipeline, stage, lost_reason, ["change.stageId", "change.lostReasonId"])?;
            Ok(Change::Stage { stage: stage.stage, kind: stage.kind, lost_reason })
        }
        Said::Change(change) => {
            if let Change::Owner { to: Some(member) } = &change {
                must_work_here(request, *member).await?;
            }
            Ok(change)
        }
    }
}
