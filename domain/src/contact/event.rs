use super::{HeldIdentifier, IdentifierKind, MarketingPreference, MergeReason, Telling};
use crate::{ChannelId, ContactId, E164, IdentifierHash, Personal};

crate::event_type::events! {
    /// What happened to a contact.
    pub enum ContactEvent {
        /// Somebody with this phone was heard of for the first time.
        ///
        /// What she calls herself comes with her messages, each as of its time.
        "contact.introduced_by_phone", "1" => IntroducedByPhone {
            /// Her number.
            phone: Personal<E164>,
            /// Keyed hash of the number.
            phone_hash: IdentifierHash,
        },
        /// Somebody with this WhatsApp user id was heard of for the first time.
        "contact.introduced_by_user_id", "1" => IntroducedByUserId {
            /// WhatsApp's id of her.
            user_id: Personal<String>,
            /// Keyed hash of the id.
            user_id_hash: IdentifierHash,
        },
        /// Somebody was heard of for the first time, by something else than a phone or a WhatsApp user id.
        "contact.introduced", "1" => Introduced {
            /// What kind it is of.
            kind: IdentifierKind,
            /// The identifier.
            value: Personal<String>,
            /// Its keyed hash.
            hash: IdentifierHash,
        },
        /// She is known by one more identifier.
        "contact.identifier_added", "1" => IdentifierAdded {
            /// What kind it is of.
            kind: IdentifierKind,
            /// The identifier.
            value: Personal<String>,
            /// Its keyed hash.
            hash: IdentifierHash,
        },
        /// One of her identifiers became another; the old one may be somebody else's from now on.
        "contact.identifier_changed", "1" => IdentifierChanged {
            /// What kind both are of.
            kind: IdentifierKind,
            /// Keyed hash of the old one.
            from: IdentifierHash,
            /// The new one.
            value: Personal<String>,
            /// Its keyed hash.
            hash: IdentifierHash,
        },
        /// She came with an identifier that somebody else holds. Nobody was merged.
        "contact.identifier_conflicted", "1" => IdentifierConflicted {
            /// What kind it is of.
            kind: IdentifierKind,
            /// Its keyed hash.
            hash: IdentifierHash,
            /// Who holds it.
            holder: ContactId,
        },
        /// She was forgotten: whatever personal value any event holds about her can't be read any more.
        ///
        /// What she was known by is free; whoever comes with it is somebody new.
        "contact.erased", "2" => Erased {
            /// What she was known by.
            identifiers: Vec<HeldIdentifier>,
        },
        /// She said whether she wants marketing.
        ///
        /// What she said last counts, by the provider's time, and for all numbers of the business.
        "contact.marketing_preference_told", "1" => MarketingPreferenceTold {
            /// To which number of the business.
            channel: ChannelId,
            /// What she wants.
            preference: MarketingPreference,
        },
        /// The business has her in its own address book, or changed her entry there.
        ///
        /// What was told last counts, by the provider's time.
        "contact.listed", "1" => Listed {
            /// In the address book of which number.
            channel: ChannelId,
            /// What it calls her.
            name: Personal<String>,
            /// What it calls her for short.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            first_name: Option<Personal<String>>,
            /// When.
            #[serde(flatten)]
            telling: Telling,
        },
        /// The business took her out of its address book.
        "contact.unlisted", "1" => Unlisted {
            /// Of which number.
            channel: ChannelId,
            /// When.
            #[serde(flatten)]
            telling: Telling,
        },
        /// Somebody of the business said that she is the same person as another contact, who stands for both from now on.
        ///
        /// Her stream, her conversations and her lead stay her own, and what comes later goes on in them.
        "contact.merged", "1" => Merged {
            /// Who stands for her.
            into: ContactId,
            /// Why, if that was said.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<Personal<MergeReason>>,
        },
        /// Somebody of the business said that she is another person after all: she stands for herself again.
        ///
        /// They are not taken for possible duplicates any more.
        "contact.unmerged", "1" => Unmerged {
            /// Who stood for her.
            from: ContactId,
            /// Why, if that was said.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<Personal<MergeReason>>,
        },
        /// Somebody of the business said that she and another contact are two people, whatever they have in common.
        "contact.told_apart", "1" => ToldApart {
            /// The other one.
            from: ContactId,
        },
    }
}
