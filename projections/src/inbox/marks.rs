//! What messages are named by in the rows: a digest of the provider's id, and not the id itself.
//!
//! An id of WhatsApp's is personal: the number of whoever the message is from or for stands in it. Others name it in what they
//! write themselves, as what they answer or react to, and their rows stay when its own person is erased. Much of an id is random,
//! so nobody finds it from its digest. And a mark may stand where an id may not, as in a cursor.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The mark of the message that the provider calls `provider_id`.
pub(super) fn mark(provider_id: &str) -> Uuid {
    let digest = Sha256::digest(provider_id);
    let mut bytes = uuid::Bytes::default();
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}
