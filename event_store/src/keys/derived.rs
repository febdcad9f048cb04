//! What the installation's key is used for, each use under a key of its own (HKDF-SHA256, RFC 5869).

use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use leadflow_domain::{E164, EmailAddress, IdentifierHash, LeadId};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use uuid::Uuid;

use super::cipher::{self, BrokenSeal};
use super::data_subject::{DataSubjectKey, Whose};
use crate::entropy;

/// The keys that an open installation works with.
#[derive(Debug)]
pub struct Keys {
    identifier_hash: SecretBox<[u8; 32]>,
    request_hash: SecretBox<[u8; 32]>,
    subject_wrap: SecretBox<[u8; 32]>,
    delivery_wrap: SecretBox<[u8; 32]>,
    letter: SecretBox<[u8; 32]>,
    door_wrap: SecretBox<[u8; 32]>,
    code_hash: SecretBox<[u8; 32]>,
    source_seal: SecretBox<[u8; 32]>,
    form_stamp: SecretBox<[u8; 32]>,
}

/// Keyed hash of a client's request: tells whether an idempotency key comes back with another request, and says
/// nothing about what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestHash([u8; 32]);

impl RequestHash {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl Keys {
    /// Derives them from 32 bytes: the installation's key, or a test's.
    #[must_use]
    pub fn derive(installation: &[u8; 32]) -> Self {
        let extracted = Hkdf::<Sha256>::new(None, installation);
        let expand = |purpose: &[u8]| SecretBox::new(Box::new(super::master::expand(&extracted, purpose)));
        Self {
            identifier_hash: expand(b"leadflow identifier hash 1"),
            request_hash: expand(b"leadflow request hash 1"),
            subject_wrap: expand(b"leadflow data subject wrap 1"),
            delivery_wrap: expand(b"leadflow delivery wrap 1"),
            letter: expand(b"leadflow letter 1"),
            door_wrap: expand(b"leadflow door wrap 1"),
            code_hash: expand(b"leadflow recovery code hash 1"),
            source_seal: expand(b"leadflow source seal 1"),
            form_stamp: expand(b"leadflow form stamp 1"),
        }
    }

    /// The keyed hash of a phone, one for all the forms in which its country writes it.
    #[must_use]
    pub fn phone_hash(&self, phone: &E164) -> IdentifierHash {
        self.identifier_hash("phone", phone.canonical().as_str())
    }

    /// The keyed hash of an e-mail address, one for all that differ in a letter's case.
    #[must_use]
    pub fn email_hash(&self, email: &EmailAddress) -> IdentifierHash {
        self.identifier_hash("e-mail", &email.canonical())
    }

    /// The keyed hash of a WhatsApp user id.
    #[must_use]
    pub fn whatsapp_user_id_hash(&self, user_id: &str) -> IdentifierHash {
        self.identifier_hash("whatsapp user id", user_id)
    }

    /// The keyed hash of a provider's message id, which is about a person: a WhatsApp id is base64 around the phone.
    #[must_use]
    pub fn provider_message_hash(&self, id: &str) -> IdentifierHash {
        self.identifier_hash("provider message", id)
    }

    /// The keyed hash of something that is told of people, by its parts: the same told again is known by it.
    #[must_use]
    pub fn told_hash(&self, parts: &[&str]) -> IdentifierHash {
        IdentifierHash::from_hex(hex::encode(keyed_hash(&self.identifier_hash, &[&["told"], parts].concat())))
    }

    /// The keyed hash of a provider's group id, which is about people as a message's is.
    #[must_use]
    pub fn provider_group_hash(&self, id: &str) -> IdentifierHash {
        self.identifier_hash("provider group", id)
    }

    /// The keyed hash of a provider's id of a lead, which leads to a person there.
    #[must_use]
    pub fn provider_lead_hash(&self, provider: &str, id: &str) -> IdentifierHash {
        self.identifier_hash(&format!("lead of {provider}"), id)
    }

    /// The keyed hash of what Meta calls somebody at one account of a network: at another she is called otherwise.
    #[must_use]
    pub fn scoped_user_hash(&self, network: &str, account: &str, id: &str) -> IdentifierHash {
        let parts = ["scoped user id", network, account, id];
        IdentifierHash::from_hex(hex::encode(keyed_hash(&self.identifier_hash, &parts)))
    }

    /// The keyed hash of a reason that is given for what is thought of `lead`: of another lead it is another.
    #[must_use]
    pub fn reason_hash(&self, lead: LeadId, reason: &str) -> IdentifierHash {
        self.told_hash(&["lead reason", &lead.to_string(), reason])
    }

    /// The keyed hash of what is put down about `lead` as `what`, its company or one of its attributes: of another lead it is another.
    #[must_use]
    pub fn detail_hash(&self, lead: LeadId, what: &str, said: &str) -> IdentifierHash {
        self.told_hash(&["lead detail", &lead.to_string(), what, said])
    }

    /// The keyed hash of whom a limit holds, told by its parts: an address of the network says where somebody is.
    #[must_use]
    pub fn limited_hash(&self, parts: &[&str]) -> [u8; 32] {
        keyed_hash(&self.identifier_hash, &[&["limited"], parts].concat())
    }

    fn identifier_hash(&self, kind: &str, identifier: &str) -> IdentifierHash {
        IdentifierHash::from_hex(hex::encode(keyed_hash(&self.identifier_hash, &[kind, identifier])))
    }

    /// The keyed hash of a request, told by its parts.
    #[must_use]
    pub fn request_hash(&self, parts: &[&str]) -> RequestHash {
        RequestHash(keyed_hash(&self.request_hash, parts))
    }

    /// The keyed hash of a member's recovery code. A code is short enough to be written down: with a plain hash, who has
    /// the table could try them all.
    #[must_use]
    pub fn recovery_code_hash(&self, member: Uuid, code: &str) -> [u8; 32] {
        keyed_hash(&self.code_hash, &[&member.to_string(), code])
    }

    /// What proves that a form was handed out by this installation, told by its parts.
    #[must_use]
    pub fn form_stamp(&self, parts: &[&str]) -> [u8; 32] {
        keyed_hash(&self.form_stamp, parts)
    }

    pub(super) fn door_wrap(&self) -> &[u8; 32] {
        self.door_wrap.expose_secret()
    }

    pub(super) fn delivery_wrap(&self) -> &[u8; 32] {
        self.delivery_wrap.expose_secret()
    }

    pub(super) fn letter(&self) -> &[u8; 32] {
        self.letter.expose_secret()
    }

    /// Seals where something was asked from that no person of ours asked, for the place that `associated` names.
    pub(crate) fn seal_source(&self, associated: &[u8], plain: &[u8]) -> Vec<u8> {
        cipher::seal(self.source_seal.expose_secret(), entropy::bytes(), associated, plain)
    }

    /// Opens what [`Self::seal_source`] sealed for that place.
    pub(crate) fn open_source(&self, associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, BrokenSeal> {
        cipher::open(self.source_seal.expose_secret(), associated, sealed)
    }

    pub(crate) fn wrap(&self, whose: Whose, key: &DataSubjectKey) -> Vec<u8> {
        key.wrap(self.subject_wrap.expose_secret(), whose)
    }

    pub(crate) fn unwrap(&self, whose: Whose, wrapped: &[u8]) -> Result<DataSubjectKey, BrokenSeal> {
        DataSubjectKey::unwrap(self.subject_wrap.expose_secret(), whose, wrapped)
    }
}

/// HMAC-SHA256 over `parts`, each but the last ended by a zero byte.
fn keyed_hash(key: &SecretBox<[u8; 32]>, parts: &[&str]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret()).expect("HMAC takes keys of any length");
    for (nth, part) in parts.iter().enumerate() {
        if nth > 0 {
            mac.update(&[0]);
        }
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use leadflow_domain::{DataSubjectId, TenantId};

    use super::*;

    fn keys(byte: u8) -> Keys {
        Keys::derive(&[byte; 32])
    }

    #[test]
    fn hashes_depend_on_the_key_and_on_each_part() {
        let phone = E164::parse("+393331234567").unwrap();
        assert_eq!(keys(1).phone_hash(&phone), keys(1).phone_hash(&phone));
        assert_ne!(keys(1).phone_hash(&phone), keys(2).phone_hash(&phone));
        let email = |text| EmailAddress::parse(text).unwrap();
        assert_eq!(keys(1).email_hash(&email("ada@example.com")), keys(1).email_hash(&email("Ada@Example.COM")));
        assert_ne!(keys(1).email_hash(&email("ada@example.com")), keys(1).email_hash(&email("eda@example.com")));
        assert_ne!(keys(1).email_hash(&email("ada@example.com")), keys(2).email_hash(&email("ada@example.com")));
        assert_ne!(keys(1).provider_message_hash("IT.1"), keys(1).whatsapp_user_id_hash("IT.1"));
        assert_eq!(keys(1).told_hash(&["Ada", "A"]), keys(1).told_hash(&["Ada", "A"]));
        assert_ne!(keys(1).told_hash(&["Ada", "A"]), keys(1).told_hash(&["Ad", "aA"]));
        assert_ne!(keys(1).told_hash(&["Ada", "A"]), keys(2).told_hash(&["Ada", "A"]));
        assert_eq!(keys(1).request_hash(&["read", "7"]), keys(1).request_hash(&["read", "7"]));
        assert_ne!(keys(1).request_hash(&["read", "7"]), keys(1).request_hash(&["read7"]));
        assert_ne!(keys(1).request_hash(&["read", "7"]), keys(2).request_hash(&["read", "7"]));
        let (ada, bob) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(keys(1).recovery_code_hash(ada, "A"), keys(1).recovery_code_hash(ada, "A"));
        assert_ne!(keys(1).recovery_code_hash(ada, "A"), keys(1).recovery_code_hash(bob, "A"));
        assert_ne!(keys(1).recovery_code_hash(ada, "A"), keys(2).recovery_code_hash(ada, "A"));
    }

    #[test]
    fn a_wrapped_key_opens_in_its_own_row_alone() {
        let whose = |tenant, subject| Whose {
            tenant: TenantId::from_uuid(Uuid::from_u128(tenant)),
            subject: DataSubjectId::from_uuid(Uuid::from_u128(subject)),
        };
        let key = DataSubjectKey::from_bytes([9; 32]);
        let wrapped = keys(1).wrap(whose(1, 2), &key);
        let opened = keys(1).unwrap(whose(1, 2), &wrapped).unwrap();
        let sealed = key.seal([0; 12], b"", b"Ada");
        assert_eq!(opened.open(b"", &sealed).unwrap(), b"Ada");
        for (keys, whose) in [(keys(2), whose(1, 2)), (keys(1), whose(3, 2)), (keys(1), whose(1, 3))] {
            assert!(keys.unwrap(whose, &wrapped).is_err());
        }
    }
}
