//! Telling a customer that a message was read.

use serde_json::json;

use super::failure::CallFailure;
use super::token::AccessToken;
use super::{Graph, ask, reading};
use crate::wire::MOST_OF_AN_ANSWER;

impl Graph {
    /// Marks the message that came to the number with Meta's id `phone_number_id` as read, and those before it. With `typing`, the
    /// customer sees that an answer is being written, until it comes or 25 seconds are over.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub async fn mark_read(
        &self,
        token: &AccessToken,
        phone_number_id: &str,
        message_id: &str,
        typing: bool,
    ) -> Result<(), CallFailure> {
        let url = self
            .address(phone_number_id, Some("messages"))
            .ok_or_else(|| CallFailure::NeverValid { reason: "the number's id is none of Meta's".to_owned() })?;
        let mut read = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": message_id });
        if typing {
            read["typing_indicator"] = json!({ "type": "text" });
        }
        let told = ask::asked(token, self.client.post(url).json(&read), MOST_OF_AN_ANSWER).await?;
        if reading::is_done(&told) {
            Ok(())
        } else {
            Err(CallFailure::Unknown { reason: "an answer that doesn't say it was done".to_owned() })
        }
    }
}
