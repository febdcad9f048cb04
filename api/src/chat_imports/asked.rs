use leadflow_domain::{ChannelId, E164, TenantId, Zone};
use leadflow_event_store::Actor;
use leadflow_gateways::whatsapp::export::DateOrder;

/// What is said of a file.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose it is.
    pub tenant: TenantId,
    /// Who brings it.
    pub actor: Actor,
    /// With whom the chat was.
    pub customer: E164,
    /// With which number of the business.
    pub channel: ChannelId,
    /// The name in the file that is the business's; else that is it which is not the customer's.
    pub business_name: Option<String>,
    /// The name in the file that is the customer's; else that is it which is her phone, or not the business's.
    pub customer_name: Option<String>,
    /// Where the phone was that wrote the file; else the zone of the business's hours.
    pub zone: Option<Zone>,
    /// In which order days are written; else it is found out.
    pub order: Option<DateOrder>,
    /// Whether it is only looked what would become of it.
    pub is_dry_run: bool,
}
