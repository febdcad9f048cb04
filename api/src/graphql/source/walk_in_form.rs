//! What a business says that its form shall ask.

use async_graphql::{ID, InputObject};
use leadflow_domain::ChannelId;
use leadflow_domain::channel::Channel;
use leadflow_domain::source::{
    CallingCode, FormHeading, FormQuestion, FormQuestionText, FormText, GreetingMessage, WalkInForm, WhatsAppLink,
};

use super::walk_in::{FormFieldAsked, FormLanguage};
use crate::graphql::api::Request;
use crate::graphql::command::{Form, NotDone};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{UserError, UserErrorCode};

/// What a form asks. It has to ask for a phone or for an e-mail address, so that whoever fills it in can be answered; where both may be left
/// out, one of them has to be there. Nothing about a person belongs into its texts.
#[derive(InputObject)]
pub(super) struct WalkInFormInput {
    /// The language of its own words: labels, hints and errors.
    language: FormLanguage,
    /// What stands at its top, 1 to 100 characters.
    heading: String,
    /// What it says before it asks, 1 to 1000 characters, in lines.
    greeting: Option<String>,
    /// Whether it asks what somebody is called; without it, it does, and takes no answer for one.
    name: Option<FormFieldAsked>,
    /// Whether it asks for a phone; without it, it does, and is not taken without.
    phone: Option<FormFieldAsked>,
    /// The code of the country of numbers that are written without one, such as +91; without it, each has to say it.
    calling_code: Option<String>,
    /// Whether it asks for an e-mail address; without it, it does, and takes no answer for one.
    email: Option<FormFieldAsked>,
    /// What else it asks, in this order; 10 at most.
    questions: Option<Vec<WalkInQuestionInput>>,
    /// What somebody has to agree to before it is taken, 1 to 1000 characters. That she did is among her answers.
    consent: Option<String>,
    /// What somebody is told when it is done, 1 to 1000 characters; without it, that somebody will get in touch.
    thanks: Option<String>,
    /// How somebody may go on in WhatsApp then; without it, she may not.
    whatsapp: Option<WalkInWhatsAppInput>,
}

/// A question of the business's own.
#[derive(InputObject)]
struct WalkInQuestionInput {
    /// How it is asked, 1 to 200 characters.
    text: String,
    /// Whether the form is not taken without an answer; without it, it is.
    required: Option<bool>,
    /// Whether there is room for several lines; without it, there is one.
    long: Option<bool>,
}

/// How whoever has filled in a form may go on in WhatsApp.
#[derive(InputObject)]
struct WalkInWhatsAppInput {
    /// Global id of the channel that answers.
    channel_id: ID,
    /// What her message begins with, 1 to 300 characters; without it, that is left to her.
    text: Option<String>,
}

/// What the input says, if it can be. The channel has to be one of the business's.
pub(super) async fn read(request: &Request, input: WalkInFormInput) -> Result<WalkInForm, NotDone> {
    let mut form = Form::default();
    let heading = form.read("form.heading", FormHeading::parse(&input.heading));
    let mut text = |field: &str, said: Option<String>| {
        form.read(field, said.as_deref().map(FormText::parse).transpose()).flatten()
    };
    let greeting = text("form.greeting", input.greeting);
    let consent = text("form.consent", input.consent);
    let thanks = text("form.thanks", input.thanks);
    let calling_code = input.calling_code.as_deref().map(CallingCode::parse).transpose();
    let calling_code = form.read("form.callingCode", calling_code).flatten();
    let questions = input.questions.unwrap_or_default().into_iter().enumerate().filter_map(|(nth, question)| {
        let text = form.read(&format!("form.questions.{nth}.text"), FormQuestionText::parse(&question.text))?;
        let (required, long) = (question.required.unwrap_or_default(), question.long.unwrap_or_default());
        Some(FormQuestion { text, required, long })
    });
    let questions = questions.collect();
    let mut whatsapp = None;
    if let Some(WalkInWhatsAppInput { channel_id, text }) = input.whatsapp {
        let channel = ChannelId::from_uuid(decode_as(Kind::Channel, "form.whatsapp.channelId", &channel_id)?);
        let text = text.as_deref().map(GreetingMessage::parse).transpose();
        let text = form.read("form.whatsapp.text", text).flatten();
        whatsapp = Some(WhatsAppLink { channel, text });
    }
    let form = form.all(heading.map(|heading| WalkInForm {
        language: input.language.into(),
        heading,
        greeting,
        name: input.name.unwrap_or(FormFieldAsked::Optionally).into(),
        phone: input.phone.unwrap_or(FormFieldAsked::Always).into(),
        calling_code,
        email: input.email.unwrap_or(FormFieldAsked::Optionally).into(),
        questions,
        consent,
        thanks,
        whatsapp,
    }))?;
    if let Some(link) = &form.whatsapp {
        let found = request.api.log.load::<Channel>(link.channel.into()).await;
        let found = found.map_err(|error| internal("walkIn", &error))?;
        if found.tenant != Some(request.viewer.tenant()) || found.state.number().is_none() {
            let (code, field) = (UserErrorCode::NotFound, Some("form.whatsapp.channelId"));
            let refused = UserError::new(code, "the business has no such WhatsApp number".to_owned(), field);
            return Err(NotDone::Invalid(vec![refused]));
        }
    }
    Ok(form)
}
