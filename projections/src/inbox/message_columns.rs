//! Which columns of a message are read. Some come from other tables, or are looked for among other messages, and cost more
//! than all others.

/// What is wanted of messages beside their own columns. Without it a row says that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageColumns {
    /// Who wrote to whom, and what it holds; of a conversation's latest message also which it is, and its place. Without them a row says that it
    /// is the customer's and a text, and a latest message has no id and no place.
    pub nature: bool,
    /// What a list seldom shows: the provider's id, all that it holds, whether a history alone told of it.
    pub details: bool,
    /// Who wrote it.
    pub author: bool,
    /// What was done to it: reactions, edits, revocations.
    pub acts: bool,
    /// How far it got.
    pub delivery: bool,
    /// By which ids the provider knows the messages that it answers, or that it is about.
    pub named: bool,
}

impl MessageColumns {
    /// Everything.
    pub const ALL: Self = Self { nature: true, details: true, author: true, acts: true, delivery: true, named: true };

    /// What every list shows: when it was written, and its text.
    pub const NONE: Self =
        Self { nature: false, details: false, author: false, acts: false, delivery: false, named: false };

    /// As SQL lists them of `shown_messages`, in the order in which `message_row` takes them.
    pub(super) fn list(self) -> String {
        let mut list = "sent_at, body, conversation_id, message_id, mark".to_owned();
        if self.nature {
            list.push_str(", direction, kind");
        }
        for name in self.names() {
            list.push_str(", ");
            list.push_str(name);
        }
        list
    }

    /// Those beside what every list shows, and what it is; these of a latest message stand in its conversation's row.
    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        let groups: [(bool, &[&str]); _] = [
            (self.details, &["provider_message_id", "content", "telling"]),
            (
                self.author,
                &[
                    "author_id",
                    "author_name",
                    "author_phone",
                    "author_email",
                    "author_marketing",
                    "author_marketing_at",
                    "author_listed_name",
                    "author_version",
                ],
            ),
            (self.acts, &["reaction", "edited_body", "edited_at", "revoked_at"]),
            (
                self.delivery,
                &[
                    "delivery_status",
                    "passed_on_at",
                    "delivered_at",
                    "read_at",
                    "played_at",
                    "failed_at",
                    "failure_code",
                    "failure_title",
                    "failure_details",
                    "pricing",
                    "outbound_message_id",
                    "sender_id",
                    "attempts",
                    "queued_at",
                    "attempted_at",
                    "accepted_at",
                    "next_attempt_at",
                    "cause",
                    "error_code",
                    "error_title",
                    "error_details",
                ],
            ),
            (self.named, &["replies_to", "about"]),
        ];
        groups.into_iter().filter(|(is_wanted, _)| *is_wanted).flat_map(|(_, names)| names).copied()
    }
}
