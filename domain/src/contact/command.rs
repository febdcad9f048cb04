use super::{HeldIdentifier, Identifier, MarketingPreference, MergeReason, Standing, Telling};
use crate::{ChannelId, ContactId, E164, IdentifierHash, Personal};

/// What can be asked of a contact.
#[derive(Debug, Clone)]
pub enum ContactCommand {
    /// Somebody with this phone is heard of for the first time.
    IntroduceByPhone {
        /// Her number.
        phone: E164,
        /// Keyed hash of the number, by which it is reserved.
        phone_hash: IdentifierHash,
    },
    /// Somebody with this WhatsApp user id, and maybe without a phone, is heard of for the first time.
    IntroduceByUserId {
        /// WhatsApp's id of her.
        user_id: String,
        /// Keyed hash of the id, by which it is reserved.
        user_id_hash: IdentifierHash,
    },
    /// Somebody is heard of for the first time, by this.
    Introduce {
        /// What she is known by.
        identifier: Identifier,
    },
    /// Somebody with this phone and this address is heard of for the first time.
    IntroduceWithEmail {
        /// Her number.
        phone: E164,
        /// Keyed hash of the number, by which it is reserved.
        phone_hash: IdentifierHash,
        /// Her address.
        email: Identifier,
    },
    /// Somebody who was found by another identifier gives this phone: hers, unless she has another one.
    AddFirstPhone {
        /// The phone.
        phone: Identifier,
    },
    /// She is known by this, too.
    AddIdentifier {
        /// Her other identifier.
        identifier: Identifier,
    },
    /// One of her identifiers has become another.
    ChangeIdentifier {
        /// The keyed hash of the one she gave up.
        from: IdentifierHash,
        /// The one she has now.
        to: Identifier,
    },
    /// She comes with an identifier that somebody else holds.
    RecordConflict {
        /// Which.
        identifier: HeldIdentifier,
        /// Who holds it.
        holder: ContactId,
    },
    /// She wants to be forgotten.
    Erase,
    /// She says whether she wants marketing.
    TellMarketingPreference {
        /// To which number of the business.
        channel: ChannelId,
        /// What she wants.
        preference: MarketingPreference,
    },
    /// The business has her in its own address book, or changed her entry there.
    List {
        /// In the address book of which number.
        channel: ChannelId,
        /// What it calls her.
        name: Personal<String>,
        /// What it calls her for short.
        first_name: Option<Personal<String>>,
        /// When.
        telling: Telling,
    },
    /// The business took her out of its address book.
    Unlist {
        /// Of which number.
        channel: ChannelId,
        /// When.
        telling: Telling,
    },
    /// She is the same person as another contact, who is to stand for both.
    Merge {
        /// She herself.
        loser: ContactId,
        /// Who is to stand for both.
        winner: ContactId,
        /// How the winner stands: the command rests on her stream being where that was seen.
        standing: Standing,
        /// Why, if that was said.
        reason: Option<MergeReason>,
    },
    /// She is another person after all.
    Unmerge {
        /// Who stands for her.
        winner: ContactId,
        /// How the winner stands: the command rests on her stream being where that was seen.
        standing: Standing,
        /// Why, if that was said.
        reason: Option<MergeReason>,
    },
    /// She and another contact are two people.
    TellApart {
        /// She herself.
        contact: ContactId,
        /// The other one.
        other: ContactId,
        /// How the other one stands, as far as is known.
        standing: Standing,
    },
}
