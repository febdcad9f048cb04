//! Which of several messages of one second is the later: the provider's clock has nothing finer.

use sha2::{Digest, Sha256};

/// The latest of what was written in one second is that whose id has the greatest digest (decision 5).
#[must_use]
pub fn rank(provider_message_id: &str) -> [u8; 32] {
    Sha256::digest(provider_message_id).into()
}
