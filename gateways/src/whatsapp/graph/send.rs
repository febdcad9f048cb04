//! Sending a message.

use reqwest::StatusCode;

use super::class::{ErrorClass, StopScope};
use super::failure::{CallFailure, SendFailure};
use super::message::Outgoing;
use super::token::AccessToken;
use super::{Graph, ask, reading};
use crate::wire::MOST_OF_AN_ANSWER;

/// Meta took the message. That it arrives, or fails, is told later, by webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Meta's id of the message, which its statuses have.
    pub message_id: String,
    /// The recipient's WhatsApp id: a phone number without +, which may differ from the one it was sent to.
    pub wa_id: Option<String>,
    /// The recipient's id for this business.
    pub user_id: Option<String>,
    /// `accepted`, `held_for_quality_assessment` or `paused`.
    pub message_status: Option<String>,
}

impl Graph {
    /// Sends `message` from the number with Meta's id `phone_number_id`.
    ///
    /// # Errors
    /// [`SendFailure`].
    pub async fn send(
        &self,
        token: &AccessToken,
        phone_number_id: &str,
        message: &Outgoing,
    ) -> Result<Accepted, SendFailure> {
        message.check().map_err(|reason| SendFailure::NeverValid { reason })?;
        let url = self
            .address(phone_number_id, Some("messages"))
            .ok_or_else(|| SendFailure::NeverValid { reason: "the number's id is none of Meta's".to_owned() })?;
        let request = self.client.post(url).json(&message.body());
        let mut answer = ask::begun(token, request).await?;
        let status = answer.status();
        let told = ask::told(token, &mut answer, MOST_OF_AN_ANSWER).await.map_err(of_the_number)?;
        let told = told.filter(|told| status.is_success() && told["error"].is_null());
        let told = told.ok_or_else(|| ask::unreadable(status))?;
        let (sent, contact) = (&told["messages"][0], &told["contacts"][0]);
        Ok(Accepted {
            message_id: reading::text(&sent["id"]).ok_or_else(|| without_an_id(status))?,
            wa_id: reading::text(&contact["wa_id"]),
            user_id: reading::text(&contact["user_id"]),
            message_status: reading::text(&sent["message_status"]),
        })
    }
}

/// A message is refused by `100` with the subcode 33 when the token does not reach the number, or there is none (general
/// knowledge): no message would be taken, so none is to be lost.
fn of_the_number(mut failure: CallFailure) -> CallFailure {
    if let CallFailure::Refused(refusal) = &mut failure
        && (refusal.code, refusal.subcode) == (100, Some(33))
    {
        refusal.class = ErrorClass::Stop { scope: StopScope::Number };
    }
    failure
}

fn without_an_id(status: StatusCode) -> SendFailure {
    SendFailure::Unknown { reason: format!("{} without a message's id", status.as_u16()) }
}
