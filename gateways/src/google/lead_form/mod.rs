//! What Google's lead forms send to a webhook.
//!
//! A delivery is JSON, is signed by nothing, and has the form's key in its body. So a body is looked at twice: for its key
//! ([`presented`]), before anybody has proved anything; and for what it says ([`LeadForm::read`]), when it is stored.

mod column;
mod presented;
mod reading;

pub use column::Column;
pub use presented::{NotPresented, Presented, presented};
pub use reading::{LeadForm, Unreadable};

#[cfg(test)]
mod recorded;
