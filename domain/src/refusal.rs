//! What a refusal tells its caller.

/// A business refusal: data for the caller, never a fault.
pub trait Refusal: std::error::Error + Clone + Send + Sync + 'static {
    /// The stable code that clients switch on.
    fn code(&self) -> RefusalCode;

    /// The input field the refusal is about, if it is about one.
    fn field(&self) -> Option<&'static str> {
        None
    }
}

/// Stable codes of refusals, the same on every edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// It does not exist, or not for this caller.
    NotFound,
    /// It contradicts what is already so.
    AlreadyExists,
    /// The command names another thread's contact or channel.
    WrongThread,
}

impl RefusalCode {
    /// The code as clients see it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::WrongThread => "WRONG_THREAD",
        }
    }
}
