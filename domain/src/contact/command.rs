use crate::{E164, IdentifierHash};

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
    /// She wants to be forgotten.
    Erase,
}
