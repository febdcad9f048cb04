//! The key of one day's webhook deliveries: destroying it ends all of them at once.

use jiff::civil::Date;
use secrecy::{ExposeSecret, SecretBox};
use uuid::Uuid;

use super::cipher::{self, BrokenSeal};
use super::derived::Keys;
use crate::entropy;

/// A day's key. The database keeps it encrypted under one of the installation's ([`Keys::new_delivery_key`]).
#[derive(Debug)]
pub struct DeliveryKey {
    day: Date,
    key: SecretBox<[u8; 32]>,
    /// As the database keeps it.
    wrapped: Vec<u8>,
}

/// A delivery's body, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedDelivery {
    /// Whose key it is sealed under.
    pub day: Date,
    /// That key, as the database keeps it: a day may get another one, after a restore.
    pub wrapped_key: Vec<u8>,
    /// Drawn for this body. It opens beside this id alone, so a body that was moved to another row is told.
    pub id: Uuid,
    /// Nonce, ciphertext, tag.
    pub body: Vec<u8>,
}

impl DeliveryKey {
    /// Seals a body.
    #[must_use]
    pub fn seal(&self, plain: &[u8]) -> SealedDelivery {
        let id = entropy::uuid();
        let body = cipher::seal(self.key.expose_secret(), entropy::bytes(), &place(self.day, id), plain);
        SealedDelivery { day: self.day, wrapped_key: self.wrapped.clone(), id, body }
    }

    /// Opens what was sealed under this key beside `id`.
    ///
    /// # Errors
    /// [`BrokenSeal`] for anything else.
    pub fn open(&self, id: Uuid, sealed: &[u8]) -> Result<Vec<u8>, BrokenSeal> {
        cipher::open(self.key.expose_secret(), &place(self.day, id), sealed)
    }
}

impl Keys {
    /// A new key for `day`, as the database keeps it.
    #[must_use]
    pub fn new_delivery_key(&self, day: Date) -> Vec<u8> {
        cipher::seal(self.delivery_wrap(), entropy::bytes(), day.to_string().as_bytes(), &entropy::bytes::<32>())
    }

    /// Takes the key of `day` out of its stored form.
    ///
    /// # Errors
    /// [`BrokenSeal`] when it is another day's, or another installation's.
    pub fn open_delivery_key(&self, day: Date, wrapped: &[u8]) -> Result<DeliveryKey, BrokenSeal> {
        let bytes = cipher::open(self.delivery_wrap(), day.to_string().as_bytes(), wrapped)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| BrokenSeal)?;
        Ok(DeliveryKey { day, key: SecretBox::new(Box::new(bytes)), wrapped: wrapped.to_vec() })
    }
}

/// What a sealed body is bound to.
fn place(day: Date, id: Uuid) -> Vec<u8> {
    [day.to_string().as_bytes(), id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_body_opens_under_its_day_s_key_beside_its_id_alone() {
        let keys = Keys::derive(&[1; 32]);
        let (monday, tuesday) = (date(2026, 11, 23), date(2026, 11, 24));
        let stored = keys.new_delivery_key(monday);
        let key = keys.open_delivery_key(monday, &stored).unwrap();
        let sealed = key.seal(b"Hi from Ada");
        assert!(!sealed.body.windows(3).any(|bytes| bytes == b"Ada"));
        assert_eq!(key.open(sealed.id, &sealed.body).unwrap(), b"Hi from Ada");
        assert_eq!(key.open(Uuid::nil(), &sealed.body), Err(BrokenSeal));

        let another = keys.open_delivery_key(monday, &keys.new_delivery_key(monday)).unwrap();
        assert_eq!(another.open(sealed.id, &sealed.body), Err(BrokenSeal));
        assert!(keys.open_delivery_key(tuesday, &stored).is_err());
        assert!(Keys::derive(&[2; 32]).open_delivery_key(monday, &stored).is_err());
    }
}
