//! Who writes.

use std::fmt;
use std::str::FromStr;

use lettre::message::Mailbox;
use thiserror::Error;

/// Who writes: an address, with or without a name before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// The text names no sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a sender reads like `LeadFlow <desk@example.com>` or `desk@example.com`, in one line")]
pub struct NotASender;

impl Sender {
    /// Reads `Name <address>`, or an address alone.
    ///
    /// # Errors
    /// [`NotASender`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NotASender> {
        if text.contains(char::is_control) {
            return Err(NotASender);
        }
        Mailbox::from_str(text.trim()).map(Self).map_err(|_| NotASender)
    }

    /// The host behind the `@`.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.email.domain()
    }

    pub(super) fn mailbox(&self) -> Mailbox {
        self.0.clone()
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_has_an_address_and_perhaps_a_name() {
        for (text, shown) in [
            ("desk@example.com", "desk@example.com"),
            ("LeadFlow <desk@example.com>", "LeadFlow <desk@example.com>"),
            ("\"Ada & Co.\" <desk@example.com>", "\"Ada & Co.\" <desk@example.com>"),
        ] {
            let sender = Sender::parse(text).unwrap();
            assert_eq!((sender.to_string().as_str(), sender.host()), (shown, "example.com"));
        }
    }

    #[test]
    fn what_would_be_two_lines_or_two_people_is_no_sender() {
        for text in [
            "",
            "LeadFlow",
            "<desk@example.com",
            "desk@",
            "a@example.com, b@example.com",
            "LeadFlow\r\nBcc: eve@example.com <desk@example.com>",
            "LeadFlow <desk@example.com>\n",
        ] {
            assert_eq!(Sender::parse(text), Err(NotASender), "{text:?}");
        }
    }
}
