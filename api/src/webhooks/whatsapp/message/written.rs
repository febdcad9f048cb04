//! A message: what it holds, and what stands beside that.

use leadflow_domain::conversation::{Forwarded, MessageContent, Product, ProviderError, Referral};
use serde_json::Value;

use super::{Party, id_of};
use crate::webhooks::whatsapp::content;
use crate::webhooks::whatsapp::json::text;

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// What it holds.
    pub content: MessageContent,
    /// The message it answers.
    pub replies_to: Option<String>,
    /// The product it asks about.
    pub product: Option<Box<Product>>,
    /// How far it travelled.
    pub forwarded: Option<Forwarded>,
    /// The advertisement it came from.
    pub referral: Option<Box<Referral>>,
    /// What the provider could not do with it.
    pub errors: Vec<ProviderError>,
    /// What she is known by from now on, if WhatsApp tells that.
    pub now_known_by: Option<Party>,
}

impl Written {
    /// What holds this, and has nothing beside it.
    pub(in crate::webhooks::whatsapp) fn of(content: MessageContent) -> Self {
        Self {
            content,
            replies_to: None,
            product: None,
            forwarded: None,
            referral: None,
            errors: Vec::new(),
            now_known_by: None,
        }
    }
}

pub(super) fn written(kind: &str, message: &Value) -> Written {
    let context = &message["context"];
    let product = context.get("referred_product").filter(|product| product.is_object()).map(|product| {
        Box::new(Product {
            catalog_id: text(product.get("catalog_id")),
            product_retailer_id: text(product.get("product_retailer_id")),
        })
    });
    let forwarded = if context["frequently_forwarded"] == true {
        Some(Forwarded::Frequently)
    } else {
        (context["forwarded"] == true).then_some(Forwarded::Once)
    };
    Written {
        content: content::read(kind, message),
        replies_to: id_of(context.get("id")),
        product,
        forwarded,
        referral: message.get("referral").filter(|referral| referral.is_object()).map(referral),
        errors: content::errors(message.get("errors")),
        now_known_by: if kind == "system" { now_known_by(&message["system"]) } else { None },
    }
}

fn referral(referral: &Value) -> Box<Referral> {
    let said = |name| text(referral.get(name));
    Box::new(Referral {
        source_url: said("source_url"),
        source_id: said("source_id"),
        source_type: said("source_type"),
        headline: said("headline"),
        body: said("body"),
        media_type: said("media_type"),
        ctwa_clid: said("ctwa_clid").map(Into::into),
    })
}

/// What WhatsApp says she is known by after a change of hers.
fn now_known_by(system: &Value) -> Option<Party> {
    let phone = text(system.get("wa_id")).or_else(|| text(system.get("new_wa_id")));
    match system.get("type")?.as_str()? {
        "user_changed_number" | "customer_changed_number" => {
            Party::new(phone.as_deref(), text(system.get("user_id")).as_deref())
        }
        "user_changed_user_id" => Party::new(None, text(system.get("user_id")).as_deref()),
        _ => None,
    }
}
