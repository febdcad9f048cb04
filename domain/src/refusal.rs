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
}
