//! What is said of a mapping, and of networks.

use async_graphql::InputObject;
use leadflow_domain::source::{
    FieldPath, FieldQuestion, MappedAnswer, MappedFields, Mapping, Network, Networks, NotANetwork,
};

use crate::graphql::command::Form;

/// Which fields of what is posted mean what. Each is the name of a field of the body's own, or a JSON pointer (RFC 6901), which begins with
/// `/`: `phone`, `/lead/phones/0/number`. One of `phone` and `email` at least.
#[derive(Debug, Clone, InputObject)]
pub(super) struct ExternalMappingInput {
    /// What the program calls a submission: posted again under the same id, it is the same one.
    submission_id: Option<String>,
    /// When it was told: RFC 3339, or seconds or milliseconds since 1970. Without it, when it was received.
    submitted_at: Option<String>,
    /// What she is called; up to four, which are put together with a space between them.
    name: Option<Vec<String>>,
    /// Her number, as people write it, with its country's code.
    phone: Option<String>,
    /// Her e-mail address.
    email: Option<String>,
    /// The form, as the program calls it. It is kept when she is erased, so it must say nothing of her.
    form: Option<String>,
    /// The campaign, as the program calls it. It is kept when she is erased, so it must say nothing of her.
    campaign: Option<String>,
    /// The id of her click on an ad.
    click_id: Option<String>,
    /// What is kept as answers, in this order: 100 at most.
    answers: Option<Vec<ExternalAnswerInput>>,
    /// Whether all other fields are kept as answers, too; without it, they are not. What fields are called stays when somebody is erased, as
    /// words of the business's own: where a program names fields by what people told it, say which are kept.
    keeps_others: Option<bool>,
}

/// A field that is kept as an answer.
#[derive(Debug, Clone, InputObject)]
pub(super) struct ExternalAnswerInput {
    /// Where it stands.
    field: String,
    /// How it was asked for, 1 to 200 characters.
    question: Option<String>,
}

/// The mapping that is said, where that can be one; what can't be so is put down.
pub(super) fn mapping(form: &mut Form, input: ExternalMappingInput) -> Option<Mapping> {
    let mut path = |field: &str, said: Option<String>| {
        form.read(&format!("mapping.{field}"), said.as_deref().map(FieldPath::parse).transpose())
    };
    let submission_id = path("submissionId", input.submission_id);
    let submitted_at = path("submittedAt", input.submitted_at);
    let phone = path("phone", input.phone);
    let email = path("email", input.email);
    let the_form = path("form", input.form);
    let campaign = path("campaign", input.campaign);
    let click_id = path("clickId", input.click_id);
    let name = input.name.unwrap_or_default();
    let name = name.iter().map(|text| form.read("mapping.name", FieldPath::parse(text)));
    let name: Option<Vec<FieldPath>> = name.collect::<Vec<_>>().into_iter().collect();
    let answers = input.answers.unwrap_or_default();
    let answers = answers.into_iter().enumerate().map(|(nth, answer)| {
        let field = form.read(&format!("mapping.answers.{nth}.field"), FieldPath::parse(&answer.field));
        let question = answer.question.as_deref().map(FieldQuestion::parse).transpose();
        let question = form.read(&format!("mapping.answers.{nth}.question"), question);
        field.zip(question).map(|(field, question)| MappedAnswer { field, question })
    });
    let answers: Option<Vec<MappedAnswer>> = answers.collect::<Vec<_>>().into_iter().collect();
    let fields = MappedFields {
        submission_id: submission_id?,
        submitted_at: submitted_at?,
        name: name?,
        phone: phone?,
        email: email?,
        form: the_form?,
        campaign: campaign?,
        click_id: click_id?,
        answers: answers?,
        keeps_others: input.keeps_others.unwrap_or_default(),
    };
    form.read("mapping", Mapping::new(fields))
}

/// The networks that are said, where they can be some; what can't be so is put down.
pub(super) fn networks(form: &mut Form, texts: &[String]) -> Option<Networks> {
    let networks: Result<Vec<Network>, NotANetwork> = texts.iter().map(|text| Network::parse(text)).collect();
    let networks = form.read("networks", networks)?;
    form.read("networks", Networks::new(networks))
}
