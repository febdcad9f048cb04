use jiff::Timestamp;

use super::{Components, Listing, Telling, TemplateCategory, TemplateKey, TemplateQuality, TemplateStatus};
use crate::channel::ProviderId;

crate::event_type::events! {
    /// What happened to a template.
    pub enum TemplateEvent {
        /// It was heard of for the first time: written here, listed by WhatsApp, or told of.
        "template.introduced", "1" => Introduced(TemplateKey),
        /// Somebody of the business wrote it. WhatsApp knows nothing of it yet.
        "template.drafted", "1" => Drafted {
            /// What it is for.
            category: TemplateCategory,
            /// What it consists of.
            components: Components,
            /// The how manieth content of this template that is; counted from 1.
            version: u32,
        },
        /// WhatsApp took it in, to look it over.
        "template.submitted", "1" => Submitted {
            /// WhatsApp's id of it.
            provider_id: ProviderId,
            /// How it stands.
            status: TemplateStatus,
            /// What WhatsApp says that it is for.
            category: TemplateCategory,
            /// When WhatsApp was asked.
            at: Timestamp,
        },
        /// WhatsApp listed it, and something was other than it was known here. What was told later than it was listed stands as it
        /// was told. `version` is a higher one if what it consists of changed.
        "template.synced", "1" => Synced {
            /// All that WhatsApp tells of it.
            #[serde(flatten)]
            listing: Listing,
            /// The how manieth content of this template it has; counted from 1.
            version: u32,
            /// When WhatsApp was asked.
            at: Timestamp,
        },
        /// WhatsApp said how it stands, or was asked and knew it no more.
        "template.status_told", "1" => StatusTold {
            /// When, and by what it was meant.
            #[serde(flatten)]
            telling: Telling,
            /// How it stands.
            status: TemplateStatus,
        },
        /// WhatsApp said what people think of it.
        "template.quality_told", "1" => QualityTold {
            /// When, and by what it was meant.
            #[serde(flatten)]
            telling: Telling,
            /// What they think.
            quality: TemplateQuality,
        },
        /// WhatsApp said that it is for something else from then on.
        "template.category_told", "1" => CategoryTold {
            /// When, and by what it was meant.
            #[serde(flatten)]
            telling: Telling,
            /// What it is for.
            category: TemplateCategory,
        },
        /// WhatsApp said that it will be for something else before long.
        "template.category_change_announced", "1" => CategoryChangeAnnounced {
            /// When, and by what it was meant.
            #[serde(flatten)]
            telling: Telling,
            /// What it will be for.
            category: TemplateCategory,
        },
        /// WhatsApp said that it consists of something else.
        "template.components_told", "1" => ComponentsTold {
            /// When, and by what it was meant.
            #[serde(flatten)]
            telling: Telling,
            /// What it consists of.
            components: Components,
            /// The how manieth content of this template that is; counted from 1.
            version: u32,
        },
        /// Somebody of the business took it away, from WhatsApp too if it was there.
        "template.deleted", "1" => Deleted {
            /// When.
            at: Timestamp,
        },
    }
}
