//! A form of ours: what it asks, where it is, and what it did not take.

use async_graphql::{Context, Enum, Error, ID, Object, SimpleObject};
use jiff::Timestamp;
use leadflow_domain::SourceId;
use leadflow_domain::source;
use leadflow_projections::leads::SourceRow;

use super::queries::find;
use crate::config::PublicUrl;
use crate::graphql::api::Request;
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, encode};
use crate::graphql::plain_id::read_id;
use crate::walk_in::{self, Addresses, Counted, Reason};

/// Questions of its own that a form has at most.
const MOST_QUESTIONS: usize = source::MOST_QUESTIONS;

/// A form of ours behind a QR code, for people who walk in.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct WalkIn {
    /// The form. Whoever has this address may fill it in, and nobody finds it without. It stays the same for ever.
    url: String,
    /// The QR code of `url` as SVG, 600 pixels wide; with `?size=`, another width of 128 to 2048.
    qr_svg_url: String,
    /// The same as PNG.
    qr_png_url: String,
    /// What it asks.
    form: WalkInForm,
}

/// What a form asks, and in which words.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct WalkInForm {
    /// The language of its own words: labels, hints and errors.
    language: FormLanguage,
    /// What stands at its top.
    heading: String,
    /// What it says before it asks; null where that is nothing.
    greeting: Option<String>,
    /// Whether it asks what somebody is called.
    name: FormFieldAsked,
    /// Whether it asks for a phone.
    phone: FormFieldAsked,
    /// The code of the country of numbers that are written without one; null where each has to say it.
    calling_code: Option<String>,
    /// Whether it asks for an e-mail address.
    email: FormFieldAsked,
    /// What else it asks, in this order.
    #[graphql(complexity = "1 + MOST_QUESTIONS * child_complexity")]
    questions: Vec<WalkInQuestion>,
    /// What somebody has to agree to; null where that is nothing.
    consent: Option<String>,
    /// What somebody is told when it is done; null where that is that somebody will get in touch.
    thanks: Option<String>,
    /// How somebody may go on in WhatsApp then; null where she may not.
    whatsapp: Option<WalkInWhatsApp>,
}

/// A question of the business's own.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct WalkInQuestion {
    /// How it is asked.
    text: String,
    /// Whether the form is not taken without an answer.
    required: bool,
    /// Whether there is room for several lines.
    long: bool,
}

/// How whoever has filled in a form may go on in WhatsApp.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct WalkInWhatsApp {
    /// Global id of the channel that answers. The link is there while its number is connected.
    channel_id: ID,
    /// What her message begins with; null where that is left to her.
    text: Option<String>,
}

/// The language of a form's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "source::FormLanguage")]
pub(in crate::graphql) enum FormLanguage {
    /// English.
    English,
    /// Spanish.
    Spanish,
    /// Portuguese.
    Portuguese,
    /// French.
    French,
    /// German.
    German,
    /// Italian.
    Italian,
}

/// Whether a form asks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "source::Asked")]
pub(in crate::graphql) enum FormFieldAsked {
    /// It does not.
    No,
    /// It does, and takes no answer for one.
    Optionally,
    /// It does, and is not taken without an answer.
    Always,
}

/// What a form did not take, or not at once. Of who sent it nothing is kept.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub(in crate::graphql) struct WalkInRefusals {
    /// Why.
    reason: WalkInRefusal,
    /// How often.
    times: i64,
    /// When that was counted last.
    last_at: Timestamp,
}

/// Why a form did not take something, or not at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Reason")]
pub(in crate::graphql) enum WalkInRefusal {
    /// Too much came from one network.
    TooOften,
    /// Too much came for the form in all.
    TooMany,
    /// The form was closed.
    Closed,
    /// It was not what a form sends.
    NoForm,
    /// It was longer than any form.
    TooLarge,
    /// It was sent without having been handed out.
    Forged,
    /// It was handed out too long before.
    Expired,
    /// It was handed out a moment before: nobody is so fast.
    TooSoon,
    /// The form asked otherwise by then.
    Outdated,
    /// A field was filled in that people don't see.
    Trap,
    /// Something was missing, or could not be so.
    Invalid,
}

impl WalkIn {
    /// Of a source that is one, where forms are reached below `base`.
    pub(super) fn of(row: &SourceRow, base: &PublicUrl) -> Option<Self> {
        let (slug, form) = row.slug.as_deref().zip(row.form.as_deref())?;
        let Addresses { form: url, svg, png } = Addresses::of(base, slug);
        Some(Self { url: url.into(), qr_svg_url: svg.into(), qr_png_url: png.into(), form: form.into() })
    }
}

impl From<&source::WalkInForm> for WalkInForm {
    fn from(form: &source::WalkInForm) -> Self {
        let text = |text: &Option<source::FormText>| text.as_ref().map(|text| text.as_str().to_owned());
        let question = |question: &source::FormQuestion| WalkInQuestion {
            text: question.text.as_str().to_owned(),
            required: question.required,
            long: question.long,
        };
        Self {
            language: form.language.into(),
            heading: form.heading.as_str().to_owned(),
            greeting: text(&form.greeting),
            name: form.name.into(),
            phone: form.phone.into(),
            calling_code: form.calling_code.as_ref().map(ToString::to_string),
            email: form.email.into(),
            questions: form.questions.iter().map(question).collect(),
            consent: text(&form.consent),
            thanks: text(&form.thanks),
            whatsapp: form.whatsapp.as_ref().map(|link| WalkInWhatsApp {
                channel_id: encode(Kind::Channel, link.channel.as_uuid()),
                text: link.text.as_ref().map(|text| text.as_str().to_owned()),
            }),
        }
    }
}

impl From<Counted> for WalkInRefusals {
    fn from(Counted { reason, times, last_at }: Counted) -> Self {
        Self { reason: reason.into(), times, last_at }
    }
}

/// Queries about forms of ours.
#[derive(Default)]
pub(in crate::graphql) struct WalkInQueries;

#[Object]
impl WalkInQueries {
    /// What a walk-in's form did not take, or not at once, by why, since it was opened; counted every two seconds. Null when there is no such
    /// source.
    #[graphql(complexity = "1 + Reason::ALL.len() * child_complexity")]
    async fn walk_in_refusals(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The source's id, a uuid.")] source_id: ID,
    ) -> Option<Result<Vec<WalkInRefusals>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let id = SourceId::from_uuid(read_id("sourceId", &source_id)?);
            if find(request, id).await?.is_none() {
                return Ok(None);
            }
            let counted = walk_in::counted(&request.api.pool, request.viewer.tenant(), id).await;
            let counted = counted.map_err(|error| internal("walkInRefusals", &error))?;
            Ok(Some(counted.into_iter().map(WalkInRefusals::from).collect()))
        };
        found.await.transpose()
    }
}
