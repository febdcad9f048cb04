//! Templates of the business's account, and the answers that it keeps ready.

use leadflow_domain::channel::ProviderId;
use leadflow_domain::response_template::{Intent, Response, ResponseBody, ResponseTemplateCommand, ResponseTitle};
use leadflow_domain::template::{
    Components, Header, Listing, Pattern, Telling, TemplateCategory, TemplateCommand, TemplateKey, TemplateLanguage,
    TemplateName, TemplateQuality, TemplateStatus, ToldComponents,
};
use leadflow_domain::{ResponseTemplateId, TemplateId, TenantId};
use uuid::Uuid;

use super::{Play, at};
use crate::support::context;

/// Which template of the business's account is meant.
pub(crate) fn key(name: &str) -> TemplateKey {
    TemplateKey {
        waba_id: ProviderId::parse("20").unwrap(),
        name: TemplateName::parse(name).unwrap(),
        language: TemplateLanguage::parse("it").unwrap(),
    }
}

/// One of the business's answers.
pub(crate) fn answer(tenant: TenantId, number: u128) -> ResponseTemplateId {
    ResponseTemplateId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 100) + number))
}

fn components(text: &str) -> Components {
    Components { body: Pattern::of(text), ..Components::default() }
}

fn provider_id(number: u8) -> ProviderId {
    ProviderId::parse(&number.to_string()).unwrap()
}

fn telling(second: i64) -> Telling {
    Telling { provider_id: None, at: at(second) }
}

fn response(title: &str, intent: Option<&str>, body: &str) -> Response {
    Response {
        title: ResponseTitle::parse(title).unwrap(),
        intent: intent.map(|intent| Intent::parse(intent).unwrap()),
        body: ResponseBody::parse(body).unwrap(),
    }
}

/// One template that was written here and goes through all that can happen to it, one that WhatsApp listed and that is missed, one
/// that it only told of, and one that was given up as a draft.
pub(crate) fn of_templates() -> Vec<(&'static str, TemplateCommand)> {
    let (own, listed, told, given_up) = ("order_update", "winter_sale", "login_code", "never_sent");
    let (utility, marketing) = (TemplateCategory::Utility, TemplateCategory::Marketing);
    let draft = |name, text| TemplateCommand::Draft {
        key: key(name),
        category: TemplateCategory::Utility,
        components: components(text),
    };
    let status =
        |name, second, status| TemplateCommand::TellStatus { key: key(name), telling: telling(second), status };
    let listing = |number, text, quality| Listing {
        provider_id: provider_id(number),
        status: TemplateStatus::Approved,
        category: TemplateCategory::Marketing,
        quality,
        components: components(text),
    };
    let sync = |name, listing, second| TemplateCommand::Sync { key: key(name), listing, at: at(second) };
    let with_header = Components { header: Some(Header::Location), ..components("Until Sunday!") };
    vec![
        (own, draft(own, "Your order is here.")),
        (
            own,
            TemplateCommand::RecordSubmission {
                provider_id: provider_id(1),
                status: TemplateStatus::Pending,
                category: utility,
                at: at(1),
            },
        ),
        (own, status(own, 2, TemplateStatus::Rejected { reason: Some("INVALID_FORMAT".to_owned()) })),
        (own, status(own, 3, TemplateStatus::Approved)),
        (own, TemplateCommand::AnnounceCategory { key: key(own), telling: telling(4), category: marketing.clone() }),
        (own, TemplateCommand::TellCategory { key: key(own), telling: telling(5), category: marketing.clone() }),
        (own, TemplateCommand::TellQuality { key: key(own), telling: telling(6), quality: TemplateQuality::Yellow }),
        (
            own,
            TemplateCommand::TellComponents {
                key: key(own),
                telling: telling(7),
                components: ToldComponents { body: Pattern::of("Your order came."), ..ToldComponents::default() },
            },
        ),
        (own, status(own, 8, TemplateStatus::Other("LOCKED".to_owned()))),
        (own, sync(own, listing(1, "Your order came!", Some(TemplateQuality::Red)), 9)),
        (own, TemplateCommand::Delete { at: at(10) }),
        (own, draft(own, "Your order is ready.")),
        (listed, sync(listed, listing(2, "The sale begins.", None), 1)),
        (listed, sync(listed, Listing { components: with_header, ..listing(2, "", None) }, 2)),
        (listed, TemplateCommand::Miss { at: at(3_600) }),
        (told, TemplateCommand::TellQuality { key: key(told), telling: telling(1), quality: TemplateQuality::Unknown }),
        (
            told,
            TemplateCommand::AnnounceCategory {
                key: key(told),
                telling: Telling { provider_id: Some(provider_id(3)), at: at(2) },
                category: TemplateCategory::Authentication,
            },
        ),
        (given_up, draft(given_up, "Hello.")),
        (given_up, TemplateCommand::Delete { at: at(1) }),
    ]
}

impl Play<'_> {
    pub(super) async fn templates(&mut self, tenant: TenantId) {
        for (name, command) in of_templates() {
            let id = TemplateId::of(tenant, &key(name));
            let key = self.key_of_people();
            self.log.templates.execute(id, command, context(tenant, &key)).await.unwrap();
        }
        for (number, command) in [
            (1, ResponseTemplateCommand::Create(response("Welcome", Some("greeting"), "Hi {{contact.name|there}}"))),
            (1, ResponseTemplateCommand::Change(response("Greeting", None, "Hello {{contact.name|}}"))),
            (2, ResponseTemplateCommand::Create(response("Prices", Some("price"), "From 10 EUR."))),
            (3, ResponseTemplateCommand::Create(response("Nothing", None, "Nothing."))),
            (3, ResponseTemplateCommand::Remove),
        ] {
            let key = self.key_of_people();
            let id = answer(tenant, number);
            self.log.response_templates.execute(id, command, context(tenant, &key)).await.unwrap();
        }
    }
}
