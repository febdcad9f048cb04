//! Whose turn it is: since when a customer waits for somebody of the business to write.
//!
//! She waits since the first of her messages that was told since the conversation was last resolved, and that nobody of the
//! business wrote after, by the provider's time; of one time the answer comes after. So all there is to know is the time of
//! the latest answer, and which of her messages are later. The earliest of them stands in the row. An answer that is told
//! late may come between two of them: then the messages are looked at, and else never.

use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a page tells of one conversation.
#[derive(Default)]
pub(super) struct Turns {
    /// When customers asked, since it was resolved if it was.
    asked: Vec<Timestamp>,
    /// When somebody of the business wrote last.
    answered: Option<Timestamp>,
    /// The version at which it was resolved last.
    resolved: Option<i64>,
}

impl Turns {
    /// A customer wrote.
    pub(super) fn asked(&mut self, at: Timestamp) {
        self.asked.push(at);
    }

    /// Somebody of the business wrote.
    pub(super) fn answered(&mut self, at: Timestamp) {
        self.answered = self.answered.max(Some(at));
    }

    /// What was asked before waits no more.
    pub(super) fn resolved(&mut self, version: i64) {
        self.asked.clear();
        self.resolved = Some(version);
    }

    /// The first and the last message of a customer that the page itself does not answer.
    pub(super) fn waiting(&self) -> Option<(Timestamp, Timestamp)> {
        let waiting = || self.asked.iter().copied().filter(|asked| Some(*asked) > self.answered);
        Some((waiting().min()?, waiting().max()?))
    }

    /// When somebody of the business wrote last.
    pub(super) fn last_answer(&self) -> Option<Timestamp> {
        self.answered
    }

    /// At which version it was resolved last.
    pub(super) fn last_resolve(&self) -> Option<i64> {
        self.resolved
    }
}

/// Since when a customer waits in a conversation `c`, of which the page tells `t`: [`Turns::waiting`] in `first_asked` and
/// `last_asked`, `resolved`; and `answered_at` and `resolved_version`, of all that was told. The page's messages are there,
/// and `c` is as it was before: no message of an earlier page is later than its latest one.
pub(super) const WAITING_SINCE: &str = "\
    case when (t.resolved is null and c.waiting_since <= t.answered_at and c.last_message_at > t.answered_at) \
           or (t.first_asked <= t.answered_at and t.last_asked > t.answered_at) \
        then ( \
            select min(m.sent_at) from messages m \
            where m.conversation_id = c.conversation_id and m.sent_at > t.answered_at \
              and m.direction = 'inbound' and m.turn > t.resolved_version \
        ) else least( \
            case when t.resolved is null and c.waiting_since > t.answered_at then c.waiting_since end, \
            case when t.first_asked > t.answered_at then t.first_asked end \
        ) end";

/// What was answered in `conversations` before they were opened: the messages of the business are streams of their own.
pub(super) async fn find_answers(rows: &mut PgConnection, conversations: &[Uuid]) -> Result<(), sqlx::Error> {
    if conversations.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update conversations c set answered_at = told.sent_at \
         from (select m.conversation_id, max(m.sent_at) as sent_at from messages m \
               where m.conversation_id = any($1) and m.direction = 'outbound' and m.turn is not null group by 1) told \
         where c.conversation_id = told.conversation_id",
    )
    .bind(conversations)
    .execute(rows)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn she_waits_since_the_first_message_after_the_answer() {
        let mut turns = Turns::default();
        for second in [5, 9, 7, 6] {
            turns.asked(at(second));
        }
        assert_eq!(turns.waiting(), Some((at(5), at(9))));
        turns.answered(at(6));
        turns.answered(at(4));
        assert_eq!(turns.waiting(), Some((at(7), at(9))), "of one time the answer comes after");
        turns.answered(at(9));
        assert_eq!(turns.waiting(), None);
    }

    #[test]
    fn what_is_resolved_waits_no_more() {
        let mut turns = Turns::default();
        turns.asked(at(5));
        turns.resolved(3);
        assert_eq!(turns.waiting(), None);
        // It crossed the resolve, and reopened the conversation.
        turns.asked(at(4));
        assert_eq!((turns.waiting(), turns.last_resolve()), (Some((at(4), at(4))), Some(3)));
    }
}
