use super::Response;

/// What can be asked of an answer that a business keeps ready.
#[derive(Debug, Clone)]
pub enum ResponseTemplateCommand {
    /// The business makes it ready.
    Create(Response),
    /// It is called something else, is for something else, or says something else.
    Change(Response),
    /// It is not kept any more.
    Remove,
}
