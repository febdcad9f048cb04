//! What an external source goes by, and how it goes.

use async_graphql::SimpleObject;
use jiff::Timestamp;
use leadflow_domain::source::{MOST_NAMED_ANSWERS, MappedFields, Mapping};

use crate::webhooks::Standing;

/// What a program's door goes by, and how it goes there.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct ExternalSource {
    /// Which fields of what is posted mean what.
    mapping: ExternalMapping,
    /// From where it may be posted, as `203.0.113.0/24`; from anywhere, when it is empty.
    networks: Vec<String>,
    /// Whether what is posted has to be signed.
    is_signed: bool,
    /// When the token was issued that the program shows.
    token_issued_at: Option<Timestamp>,
    /// When something was taken last; null where nothing was lately.
    last_received_at: Option<Timestamp>,
    /// How many of the latest 1,000 that were taken wait, because nobody is known by what the mapping reads, or there is too much of it:
    /// another mapping has them read anew.
    waiting: i64,
}

/// Which fields of what is posted mean what. Each is the name of a field of the body's own, or a JSON pointer, which begins with `/`.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct ExternalMapping {
    /// What the program calls a submission.
    submission_id: Option<String>,
    /// When it was told.
    submitted_at: Option<String>,
    /// What she is called, in its parts.
    name: Vec<String>,
    /// Her number.
    phone: Option<String>,
    /// Her e-mail address.
    email: Option<String>,
    /// The form.
    form: Option<String>,
    /// The campaign.
    campaign: Option<String>,
    /// The id of her click on an ad.
    click_id: Option<String>,
    /// What is kept as answers.
    #[graphql(complexity = "1 + MOST_NAMED_ANSWERS * child_complexity")]
    answers: Vec<ExternalMappedAnswer>,
    /// Whether all other fields are kept as answers, too.
    keeps_others: bool,
}

/// A field that is kept as an answer.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct ExternalMappedAnswer {
    /// Where it stands.
    field: String,
    /// How it was asked for; null where that was not said.
    question: Option<String>,
}

impl ExternalSource {
    /// By its row and by how it goes at its door; where that is not known nothing came yet.
    pub(in crate::graphql::source) fn new(
        mapping: &Mapping,
        networks: Vec<String>,
        is_signed: bool,
        standing: Option<&Standing>,
    ) -> Self {
        Self {
            mapping: mapping.into(),
            networks,
            is_signed,
            token_issued_at: standing.and_then(|standing| standing.token_issued_at),
            last_received_at: standing.and_then(|standing| standing.received_at),
            waiting: standing.map_or(0, |standing| standing.waiting),
        }
    }
}

impl From<&Mapping> for ExternalMapping {
    fn from(mapping: &Mapping) -> Self {
        let MappedFields {
            submission_id,
            submitted_at,
            name,
            phone,
            email,
            form,
            campaign,
            click_id,
            answers,
            keeps_others,
        } = mapping.fields().clone();
        let answers = answers.into_iter().map(|answer| ExternalMappedAnswer {
            field: answer.field.into(),
            question: answer.question.map(Into::into),
        });
        Self {
            submission_id: submission_id.map(Into::into),
            submitted_at: submitted_at.map(Into::into),
            name: name.into_iter().map(Into::into).collect(),
            phone: phone.map(Into::into),
            email: email.map(Into::into),
            form: form.map(Into::into),
            campaign: campaign.map(Into::into),
            click_id: click_id.map(Into::into),
            answers: answers.collect(),
            keeps_others,
        }
    }
}
