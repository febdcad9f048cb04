//! Deliveries as Meta sends them, each with one text that nobody has seen yet.

use leadflow_gateways::whatsapp::simulator::{BusinessNumber, Text, texts};

/// The number that is written to.
pub(super) fn number() -> BusinessNumber {
    BusinessNumber {
        phone_number_id: "106540352242922".to_owned(),
        waba_id: "102290129340398".to_owned(),
        display_phone: "15550783881".to_owned(),
    }
}

/// Bytes of a delivery.
const LENGTH: usize = 1_500;

/// Digits of a message's number.
const DIGITS: usize = 12;

/// One customer's deliveries.
#[derive(Debug)]
pub(super) struct Deliveries {
    body: Vec<u8>,
    /// Where the message's number stands in it.
    at: usize,
    sent: u64,
}

impl Deliveries {
    /// Of the customer with this number among the bench's.
    pub(super) fn of(customer: usize) -> Self {
        let id = format!("wamid.{customer:04}{}", "0".repeat(DIGITS));
        let body = |padding: usize| {
            let text = Text {
                from: format!("39333{customer:07}"),
                name: "Asha Rao".to_owned(),
                id: id.clone(),
                timestamp: 1_794_000_000,
                body: "x".repeat(padding),
            };
            texts(&number(), &[text])
        };
        let body = body(LENGTH.saturating_sub(body(0).len()));
        let found = body.windows(id.len()).position(|bytes| bytes == id.as_bytes());
        // It was composed a line above.
        let at = found.map_or(0, |at| at + id.len() - DIGITS);
        Self { body, at, sent: 0 }
    }

    /// The next one.
    pub(super) fn next(&mut self) -> &[u8] {
        self.sent += 1;
        self.body[self.at..self.at + DIGITS].copy_from_slice(format!("{:0DIGITS$}", self.sent).as_bytes());
        &self.body
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::webhooks::whatsapp::{Reading, read};

    #[test]
    fn each_is_another_message_of_the_length_that_is_asked_for() {
        let bodies = (0..3).flat_map(|customer| {
            let mut deliveries = Deliveries::of(customer);
            [deliveries.next().to_vec(), deliveries.next().to_vec()]
        });
        let ids: HashSet<String> = bodies
            .map(|body| {
                assert_eq!(body.len(), LENGTH);
                let [item] = &read(&body)[..] else { panic!("one item") };
                let Reading::Inbound(inbound) = &item.reading else { panic!("{item:?}") };
                inbound.id.clone()
            })
            .collect();
        assert_eq!(ids.len(), 6);
    }
}
