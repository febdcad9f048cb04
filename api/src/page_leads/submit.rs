//! From what was read of a lead to a contact and her lead.

use jiff::Timestamp;
use jiff::fmt::strtime;
use leadflow_domain::lead::{Answer, LeadSource, Origin};
use leadflow_domain::{CommandId, E164, EmailAddress, SourceId, TenantId};
use leadflow_event_store::{Actor, CommandContext, Done, Keys};
use leadflow_gateways::whatsapp::{Consent, FormAnswer, FormLead};

use super::Reading;
use super::failing::never;
use crate::submissions::{self, KnownBy, Lookup, Told, Unidentified};

/// The provider's name in metadata, and in what leads are known by.
pub const PROVIDER: &str = "meta";

/// What a lead came to.
pub(super) enum Submitted {
    /// The log has it, now or before.
    InTheLog {
        /// Whether it was told to it just now.
        is_new: bool,
    },
    /// It never will: why, with nothing personal.
    Never(String),
    /// It may be tried again.
    NotNow(String),
}

/// The id of the command that submits it, whichever way it comes.
pub(super) fn command(tenant: TenantId, lead_id: &str) -> CommandId {
    submissions::command_of(tenant, PROVIDER, lead_id)
}

/// Tells it to the log. `told_at` counts where the lead does not say when it was filled in.
pub(super) async fn submit(
    reading: &Reading,
    tenant: TenantId,
    source: SourceId,
    lead: &FormLead,
    told_at: Timestamp,
    correlation: String,
) -> Submitted {
    let context = CommandContext::new(tenant, command(tenant, &lead.id), Actor::Provider(PROVIDER), correlation);
    let lookup = Lookup { pool: &reading.pool, commands: &reading.commands, context: &context };
    let whom = match lookup.identify(&known_by(&reading.keys, lead)).await {
        Ok(whom) => whom,
        Err(Unidentified::Refused(error)) => {
            return never(&error).map_or_else(|| Submitted::NotNow(error.to_string()), Submitted::Never);
        }
        // Without the database's words: they may quote a personal value.
        Err(Unidentified::Database(_)) => return Submitted::NotNow("the database can't be asked".to_owned()),
    };
    match submissions::submit(&reading.commands, whom, told(source, lead, told_at), context).await {
        Ok(receipt) => Submitted::InTheLog { is_new: receipt.done == Done::Appended },
        Err(error) => never(&error).map_or_else(|| Submitted::NotNow(error.to_string()), Submitted::Never),
    }
}

/// What she gives of herself. What can't be read as a number or as an address stays among her answers.
fn known_by(keys: &Keys, lead: &FormLead) -> KnownBy {
    let phone = lead.phones().find_map(|phone| E164::parse_written(phone).ok());
    let email = lead.emails().find_map(|email| EmailAddress::parse(email).ok());
    KnownBy::new(keys, phone.as_ref(), email.as_ref()).or_lead(keys, PROVIDER, &lead.id)
}

fn told(source: SourceId, lead: &FormLead, told_at: Timestamp) -> Told {
    Told {
        source: LeadSource::MetaForm,
        from: Some(source),
        at: lead.created_time.as_deref().and_then(moment).unwrap_or(told_at),
        provider_lead_id: Some(lead.id.clone().into()),
        name: lead.name().map(Into::into),
        origin: Origin {
            form_id: lead.form_id.clone(),
            campaign_id: lead.campaign_id.clone(),
            ad_group_id: lead.adset_id.clone(),
            ad_id: lead.ad_id.clone(),
            asset_group_id: None,
        },
        click_id: None,
        answers: lead.answers.iter().flat_map(answers).chain(lead.consents.iter().map(consent)).collect(),
    }
}

/// Each thing that was answered; one that is empty where nothing was, so that it shows what was asked.
fn answers(answer: &FormAnswer) -> Vec<Answer> {
    let one = |text: String| Answer { key: Some(answer.key.clone()), question: None, answer: text.into() };
    if answer.values.is_empty() { vec![one(String::new())] } else { answer.values.iter().cloned().map(one).collect() }
}

fn consent(Consent { key, is_ticked }: &Consent) -> Answer {
    let answer = if *is_ticked { "true" } else { "false" };
    Answer { key: Some(key.clone()), question: None, answer: answer.to_owned().into() }
}

/// A moment as Meta writes it, with no colon in the zone; as others do, too.
fn moment(text: &str) -> Option<Timestamp> {
    let of_meta = strtime::parse("%Y-%m-%dT%H:%M:%S%z", text).and_then(|parsed| parsed.to_timestamp());
    of_meta.ok().or_else(|| text.parse().ok()).filter(|at| at.as_second() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_with_and_without_a_colon() {
        let at = |text: &str| moment(text).map(Timestamp::as_second);
        assert_eq!(at("2015-02-28T08:49:14+0000"), Some(1_425_113_354));
        assert_eq!(at("2015-02-28T10:49:14+0200"), Some(1_425_113_354));
        assert_eq!(at("2015-02-28T08:49:14Z"), Some(1_425_113_354));
        assert_eq!(at("2015-02-28T08:49:14+00:00"), Some(1_425_113_354));
        for odd in ["", "soon", "1425113354", "2015-02-30T08:49:14+0000", "0000-01-01T00:00:00+0000"] {
            assert_eq!(at(odd), None, "{odd}");
        }
    }

    #[test]
    fn answers_stay_as_they_were_given_and_what_was_asked_shows() {
        let lead = FormLead {
            id: "5".to_owned(),
            created_time: None,
            form_id: None,
            campaign_id: None,
            adset_id: Some("32".to_owned()),
            ad_id: None,
            answers: vec![
                FormAnswer { key: "colours".to_owned(), values: vec!["red".to_owned(), "blue".to_owned()] },
                FormAnswer { key: "left_out".to_owned(), values: vec![] },
            ],
            consents: vec![
                Consent { key: "news".to_owned(), is_ticked: true },
                Consent { key: "calls".to_owned(), is_ticked: false },
            ],
        };
        let source = SourceId::from_uuid(uuid::Uuid::from_u128(1));
        let told = told(source, &lead, Timestamp::UNIX_EPOCH);
        let said: Vec<(&str, &str)> = told
            .answers
            .iter()
            .map(|answer| (answer.key.as_deref().unwrap(), answer.answer.known().unwrap().as_str()))
            .collect();
        let expected =
            [("colours", "red"), ("colours", "blue"), ("left_out", ""), ("news", "true"), ("calls", "false")];
        assert_eq!(said, expected);
        assert_eq!((told.at, told.origin.ad_group_id.as_deref()), (Timestamp::UNIX_EPOCH, Some("32")));
    }
}
