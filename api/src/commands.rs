//! The one door to aggregates: every edge, reactor and command-line call decides through here.

use leadflow_domain::api_key::ApiKey;
use leadflow_domain::channel::Channel;
use leadflow_domain::contact::Contact;
use leadflow_domain::conversation::Conversation;
use leadflow_domain::group::Group;
use leadflow_domain::lead::Lead;
use leadflow_domain::member::Member;
use leadflow_domain::outbound_message::OutboundMessage;
use leadflow_domain::pipeline::Pipeline;
use leadflow_domain::response_template::ResponseTemplate;
use leadflow_domain::role::Role;
use leadflow_domain::routing::Routing;
use leadflow_domain::source::Source;
use leadflow_domain::team::Team;
use leadflow_domain::template::Template;
use leadflow_domain::tenant::Tenant;
use leadflow_event_store::{EventStore, Executor};

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
    /// Messages of the business.
    pub outbound_messages: Executor<OutboundMessage>,
    /// Interests.
    pub leads: Executor<Lead>,
    /// Groups.
    pub groups: Executor<Group>,
    /// People who work for the business.
    pub members: Executor<Member>,
    /// With whom they work.
    pub teams: Executor<Team>,
    /// What a business has made up that they may be.
    pub roles: Executor<Role>,
    /// Programs that work for the business.
    pub api_keys: Executor<ApiKey>,
    /// Messages that WhatsApp has looked over.
    pub templates: Executor<Template>,
    /// Answers that a business keeps ready.
    pub response_templates: Executor<ResponseTemplate>,
    /// Who sees to what came in.
    pub routing: Executor<Routing>,
    /// Places that leads come from.
    pub sources: Executor<Source>,
    /// How businesses work their leads.
    pub pipelines: Executor<Pipeline>,
}

impl Commands {
    /// All of them over one store.
    #[must_use]
    pub fn new(store: &EventStore) -> Self {
        Self {
            tenants: Executor::new(store),
            channels: Executor::new(store),
            contacts: Executor::new(store),
            conversations: Executor::new(store),
            outbound_messages: Executor::new(store),
            leads: Executor::new(store),
            groups: Executor::new(store),
            members: Executor::new(store),
            teams: Executor::new(store),
            roles: Executor::new(store),
            api_keys: Executor::new(store),
            templates: Executor::new(store),
            response_templates: Executor::new(store),
            routing: Executor::new(store),
            sources: Executor::new(store),
            pipelines: Executor::new(store),
        }
    }
}
