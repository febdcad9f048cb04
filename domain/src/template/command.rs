use jiff::Timestamp;

use super::{
    Components, Listing, Telling, TemplateCategory, TemplateKey, TemplateQuality, TemplateStatus, ToldComponents,
};
use crate::channel::ProviderId;

/// What can be asked of a template. What is told of it says which it is: it may be the first that is heard of it.
#[derive(Debug, Clone)]
pub enum TemplateCommand {
    /// Somebody of the business writes it.
    Draft {
        /// Which.
        key: TemplateKey,
        /// What it is for.
        category: TemplateCategory,
        /// What it consists of.
        components: Components,
    },
    /// WhatsApp took it in.
    RecordSubmission {
        /// WhatsApp's id of it.
        provider_id: ProviderId,
        /// How it stands.
        status: TemplateStatus,
        /// What WhatsApp says that it is for.
        category: TemplateCategory,
        /// When WhatsApp was asked.
        at: Timestamp,
    },
    /// WhatsApp lists it.
    Sync {
        /// Which.
        key: TemplateKey,
        /// All that WhatsApp tells of it.
        listing: Listing,
        /// When WhatsApp was asked.
        at: Timestamp,
    },
    /// WhatsApp, asked for all there are, did not list it.
    Miss {
        /// When WhatsApp was asked.
        at: Timestamp,
    },
    /// WhatsApp says how it stands.
    TellStatus {
        /// Which.
        key: TemplateKey,
        /// When, and by what it is meant.
        telling: Telling,
        /// How it stands.
        status: TemplateStatus,
    },
    /// WhatsApp says what people think of it.
    TellQuality {
        /// Which.
        key: TemplateKey,
        /// When, and by what it is meant.
        telling: Telling,
        /// What they think.
        quality: TemplateQuality,
    },
    /// WhatsApp says that it is for something else.
    TellCategory {
        /// Which.
        key: TemplateKey,
        /// When, and by what it is meant.
        telling: Telling,
        /// What it is for.
        category: TemplateCategory,
    },
    /// WhatsApp says that it will be for something else.
    AnnounceCategory {
        /// Which.
        key: TemplateKey,
        /// When, and by what it is meant.
        telling: Telling,
        /// What it will be for.
        category: TemplateCategory,
    },
    /// WhatsApp says that it consists of something else.
    TellComponents {
        /// Which.
        key: TemplateKey,
        /// When, and by what it is meant.
        telling: Telling,
        /// What it consists of.
        components: ToldComponents,
    },
    /// It was taken away.
    Delete {
        /// When.
        at: Timestamp,
    },
}
