//! `tryExternalMapping`.

use async_graphql::{Context, Enum, Error, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::source::{MOST_ANSWERS, MOST_NAME_PARTS, MOST_NAMED_ANSWERS, Posted, PostedAnswer, Problem};
use serde_json::Value;

use super::input::{ExternalMappingInput, mapping};
use crate::graphql::api::Request;
use crate::graphql::command::{Form, NotDone};
use crate::graphql::payload::UserError;
use crate::webhooks::external::MediaType;

/// Most that can't be read of one sample: each field of a mapping once.
const MOST_PROBLEMS: usize = 7 + MOST_NAME_PARTS + MOST_NAMED_ANSWERS;

/// The query.
#[derive(Default)]
pub(in crate::graphql) struct TryMappingQueries;

/// What is tried, and on what.
#[derive(InputObject)]
struct TryExternalMappingInput {
    /// Which fields of what is posted mean what.
    mapping: ExternalMappingInput,
    /// A body, as the program posts it.
    sample: String,
    /// How it is written; JSON, without it.
    media_type: Option<ExternalMediaType>,
}

/// How what is posted is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "MediaType")]
enum ExternalMediaType {
    /// `application/json`: an object.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// What would become of a sample.
#[derive(Debug, Clone, Default, SimpleObject)]
struct ExternalTrial {
    /// Whether it would become a lead.
    is_lead: bool,
    /// Why not, for people; null where it would.
    hindrance: Option<String>,
    /// What the program calls it.
    submission_id: Option<String>,
    /// When it was told; null where that is not said, and it would be when it is received.
    submitted_at: Option<Timestamp>,
    /// What she is called.
    name: Option<String>,
    /// Her number, with its country's code.
    phone: Option<String>,
    /// Her e-mail address.
    email: Option<String>,
    /// What the program calls the form.
    form: Option<String>,
    /// What the program calls the campaign.
    campaign: Option<String>,
    /// The id of her click on an ad.
    click_id: Option<String>,
    /// What would be kept beside, what can't be read as what it should be among it.
    #[graphql(complexity = "1 + MOST_ANSWERS * child_complexity")]
    answers: Vec<ExternalTrialAnswer>,
    /// What of the mapping does not fit the sample. It may become a lead all the same.
    #[graphql(complexity = "1 + MOST_PROBLEMS * child_complexity")]
    problems: Vec<ExternalTrialProblem>,
    /// Why what is said of the mapping can be none; nothing is tried then.
    #[graphql(complexity = "1 + MOST_PROBLEMS * child_complexity")]
    user_errors: Vec<UserError>,
}

/// A field that would be kept as it was told.
#[derive(Debug, Clone, SimpleObject)]
struct ExternalTrialAnswer {
    /// Where it stands.
    key: String,
    /// How it was asked for; null where the mapping does not say.
    question: Option<String>,
    /// What was told.
    answer: String,
}

/// A field that does not fit.
#[derive(Debug, Clone, SimpleObject)]
struct ExternalTrialProblem {
    /// The mapping's field, such as `phone`.
    field: String,
    /// Where it was looked for.
    path: String,
    /// Why it does not fit, for people.
    message: String,
}

#[Object]
impl TryMappingQueries {
    /// What would become of a sample of what a program posts, by a mapping that may be the source's or not. It changes nothing.
    async fn try_external_mapping(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is tried, and on what.")] input: TryExternalMappingInput,
    ) -> Option<Result<ExternalTrial, Error>> {
        let tried = Request::of(context).and_then(|_| tried(input));
        Some(tried)
    }
}

fn tried(input: TryExternalMappingInput) -> Result<ExternalTrial, Error> {
    let mut form = Form::default();
    let said = mapping(&mut form, input.mapping);
    let mapping = match form.all(said) {
        Ok(mapping) => mapping,
        Err(NotDone::Invalid(user_errors)) => return Ok(ExternalTrial { user_errors, ..ExternalTrial::default() }),
        Err(NotDone::Failed(error)) => return Err(error),
    };
    let media_type = input.media_type.map_or(MediaType::Json, MediaType::from);
    let Some(body) = media_type.read(input.sample.as_bytes()) else {
        let hindrance = Some("the sample is no JSON object, or has no fields: it would be refused".to_owned());
        return Ok(ExternalTrial { hindrance, ..ExternalTrial::default() });
    };
    Ok(Posted::read(&mapping, &Value::Object(body)).into())
}

impl From<Posted> for ExternalTrial {
    fn from(posted: Posted) -> Self {
        let hindrance = posted.hindrance();
        let answer = |PostedAnswer { key, question, answer }| ExternalTrialAnswer { key, question, answer };
        let problem = |Problem { meaning, path, trouble }| ExternalTrialProblem {
            field: meaning.as_str().to_owned(),
            path: path.into(),
            message: trouble.to_string(),
        };
        Self {
            is_lead: hindrance.is_none(),
            hindrance: hindrance.map(|hindrance| hindrance.to_string()),
            submission_id: posted.submission_id,
            submitted_at: posted.submitted_at,
            name: posted.name,
            phone: posted.phone.map(|phone| phone.as_str().to_owned()),
            email: posted.email.map(|email| email.as_str().to_owned()),
            form: posted.form,
            campaign: posted.campaign,
            click_id: posted.click_id,
            answers: posted.answers.into_iter().take(MOST_ANSWERS).map(answer).collect(),
            problems: posted.problems.into_iter().map(problem).collect(),
            user_errors: vec![],
        }
    }
}
