//! What a refusal tells its caller.

/// A business refusal: data for the caller, never a fault.
pub trait Refusal: std::error::Error + Clone + Send + Sync + 'static {
    /// What kind of refusal it is; each edge has its codes for these.
    fn code(&self) -> RefusalCode;

    /// The input field the refusal is about, if it is about one.
    fn field(&self) -> Option<&'static str> {
        None
    }
}

/// Kinds of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// It does not exist, or not for this caller.
    NotFound,
    /// It contradicts what is already so.
    AlreadyExists,
    /// The command names another thread's contact or channel.
    WrongThread,
    /// The person was erased; nothing is recorded for her any more.
    Erased,
    /// Where it stands now, that can't be done.
    WrongStatus,
    /// A time that had to be in the future is not.
    NotInTheFuture,
    /// There are as many as there may be.
    TooMany,
    /// There would be no owner.
    LastOwner,
    /// Only an owner may say so.
    OwnersOnly,
    /// The customer has not written for too long to be answered freely.
    WindowClosed,
    /// By this channel nothing can be sent.
    ReceivesOnly,
    /// The number can't send now.
    NumberNotReady,
    /// The template can't be sent, or not so.
    TemplateNotSendable,
    /// The customer does not want it.
    OptedOut,
    /// Nobody knows whether it was done.
    OutcomeUnknown,
    /// What was said can't be so; whoever said it can correct it.
    Invalid,
    /// It was asked for as of another version, whatever the rules say.
    AnotherVersion,
    /// What an answer rests on has changed since it was decided.
    ConversationChanged,
}

impl RefusalCode {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::NotFound,
        Self::AlreadyExists,
        Self::WrongThread,
        Self::Erased,
        Self::WrongStatus,
        Self::NotInTheFuture,
        Self::TooMany,
        Self::LastOwner,
        Self::OwnersOnly,
        Self::WindowClosed,
        Self::ReceivesOnly,
        Self::NumberNotReady,
        Self::TemplateNotSendable,
        Self::OptedOut,
        Self::OutcomeUnknown,
        Self::Invalid,
        Self::AnotherVersion,
        Self::ConversationChanged,
    ];

    /// The code's text. It is stored with the receipts of refused commands, so it is for ever.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::WrongThread => "WRONG_THREAD",
            Self::Erased => "ERASED",
            Self::WrongStatus => "WRONG_STATUS",
            Self::NotInTheFuture => "NOT_IN_THE_FUTURE",
            Self::TooMany => "TOO_MANY",
            Self::LastOwner => "LAST_OWNER",
            Self::OwnersOnly => "OWNERS_ONLY",
            Self::WindowClosed => "WINDOW_CLOSED",
            Self::ReceivesOnly => "RECEIVES_ONLY",
            Self::NumberNotReady => "NUMBER_NOT_READY",
            Self::TemplateNotSendable => "TEMPLATE_NOT_SENDABLE",
            Self::OptedOut => "OPTED_OUT",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::Invalid => "INVALID",
            Self::AnotherVersion => "ANOTHER_VERSION",
            Self::ConversationChanged => "CONVERSATION_CHANGED",
        }
    }

    /// The code of a stored text; `None` for one that this program doesn't know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_text_of_its_own_that_is_read_back() {
        let texts = RefusalCode::ALL.map(RefusalCode::as_str);
        let stored = [
            "NOT_FOUND",
            "ALREADY_EXISTS",
            "WRONG_THREAD",
            "ERASED",
            "WRONG_STATUS",
            "NOT_IN_THE_FUTURE",
            "TOO_MANY",
            "LAST_OWNER",
            "OWNERS_ONLY",
            "WINDOW_CLOSED",
            "RECEIVES_ONLY",
            "NUMBER_NOT_READY",
            "TEMPLATE_NOT_SENDABLE",
            "OPTED_OUT",
            "OUTCOME_UNKNOWN",
            "INVALID",
            "ANOTHER_VERSION",
            "CONVERSATION_CHANGED",
        ];
        assert_eq!(texts, stored);
        for code in RefusalCode::ALL {
            assert_eq!(RefusalCode::parse(code.as_str()), Some(code));
        }
        assert_eq!(RefusalCode::parse("not_found"), None);
    }
}
