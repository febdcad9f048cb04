//! Keys. The operator's master key encrypts the installation's key; all others are derived from that one, or encrypted
//! under what is. So the master key changes without anything else changing.

mod cipher;
mod data_subject;
mod delivery;
mod derived;
mod door;
mod letter;
mod master;

pub use cipher::BrokenSeal;
pub(crate) use cipher::NONCE_LENGTH;
pub(crate) use data_subject::{DataSubjectKey, Whose};
pub use delivery::{DeliveryKey, SealedDelivery};
pub use derived::{Keys, RequestHash};
pub use door::Door;
pub use letter::SealedLetter;
pub(crate) use master::InstallationKey;
pub use master::{MasterKey, NotAMasterKey};
