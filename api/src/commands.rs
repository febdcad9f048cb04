//! The one door to aggregates: every edge, reactor and command-line call decides through here.

use leadflow_domain::channel::Channel;
use leadflow_domain::contact::Contact;
use leadflow_domain::conversation::Conversation;
use leadflow_domain::lead::Lead;
use leadflow_domain::tenant::Tenant;
use leadflow_event_store::{Appender, Executor, LogReader};

/// An executor per kind of aggregate. Cheap to clone.
#[derive(Clone)]
pub struct Commands {
    /// Businesses.
    pub tenants: Executor<Tenant>,
    /// Numbers.
    pub channels: Executor<Channel>,
    /// Customers.
    pub contacts: Executor<Contact>,
    /// Threads.
    pub conversations: Executor<Conversation>,
    /// Interests.
    pub leads: Executor<Lead>,
}

impl Commands {
    /// All of them over one reader and one appender.
    #[must_use]
    pub fn new(reader: &LogReader, appender: &Appender) -> Self {
        Self {
            tenants: Executor::new(reader.clone(), appender.clone()),
            channels: Executor::new(reader.clone(), appender.clone()),
            contacts: Executor::new(reader.clone(), appender.clone()),
            conversations: Executor::new(reader.clone(), appender.clone()),
            leads: Executor::new(reader.clone(), appender.clone()),
        }
    }
}
