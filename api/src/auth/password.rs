//! Passwords: argon2id with OWASP's parameters, off the asynchronous threads and few at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::{self, PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use leadflow_domain::EmailAddress;
use leadflow_event_store::entropy;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::sync::{AcquireError, Semaphore};
use tokio::task::JoinError;

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
/// <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Bytes of a salt.
const SALT: usize = 16;

/// What a password may be long, in characters. NIST SP 800-63B asks for no other rules: they make passwords that people
/// write down.
const SHORTEST: usize = 12;
const LONGEST: usize = 128;

/// A password that somebody has chosen.
#[derive(Debug)]
pub struct NewPassword(SecretString);

/// It can't be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadPassword {
    /// Too easily guessed, or more than anybody types.
    #[error("must have {SHORTEST} to {LONGEST} characters")]
    Length,
    /// Everybody who knows her would try it.
    #[error("must not be the address")]
    Address,
}

impl NewPassword {
    /// Takes the password of whoever has `address`, as it was typed.
    ///
    /// # Errors
    /// [`BadPassword`].
    pub fn parse(text: SecretString, address: Option<&EmailAddress>) -> Result<Self, BadPassword> {
        let typed = text.expose_secret();
        if !(SHORTEST..=LONGEST).contains(&typed.chars().count()) {
            return Err(BadPassword::Length);
        }
        if address.is_some_and(|address| address.as_str().eq_ignore_ascii_case(typed.trim())) {
            return Err(BadPassword::Address);
        }
        Ok(Self(text))
    }
}

/// Why a password can't be hashed.
#[derive(Debug, Error)]
pub enum HashError {
    /// What is stored is no hash of ours.
    #[error("the password's hash can't be read or made")]
    Hash(#[from] password_hash::Error),
    /// The parameters are not argon2's.
    #[error("argon2 refuses its parameters")]
    Parameters(#[from] argon2::Error),
    /// The process ends.
    #[error("hashing was given up")]
    Stopped(#[from] JoinError),
    /// The process ends.
    #[error("nothing is hashed any more")]
    Closed(#[from] AcquireError),
}

/// Hashes passwords. Cheap to clone; all clones take turns.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    hashed: Arc<AtomicU64>,
}

impl Passwords {
    /// Hashes so many at once: each takes 19 MiB, and a core for some twenty milliseconds.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once)), hashed: Arc::default() }
    }

    /// How many hashes were computed.
    #[must_use]
    pub fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    /// The hash to store, in the PHC string format.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn hash(&self, password: NewPassword) -> Result<String, HashError> {
        self.in_turn(move |argon2| Ok(hash(argon2, &password.0)?.to_string())).await
    }

    /// Whether it is the password that `stored` is the hash of. Without one it is not, which takes as long to find out.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn proves(&self, password: SecretString, stored: Option<String>) -> Result<bool, HashError> {
        self.in_turn(move |argon2| match stored {
            Some(stored) => {
                let stored = PasswordHash::new(&stored)?;
                match argon2.verify_password(password.expose_secret().as_bytes(), &stored) {
                    Ok(()) => Ok(true),
                    Err(password_hash::Error::Password) => Ok(false),
                    Err(error) => Err(error.into()),
                }
            }
            None => hash(argon2, &password).map(|_| false),
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'_>) -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await?;
        let hashed = Arc::clone(&self.hashed);
        // Once begun it can't be stopped: its turn is over when it is, not when nobody waits any more.
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            hashed.fetch_add(1, Ordering::Relaxed);
            let parameters = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
            work(&Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
        })
        .await?
    }
}

fn hash(argon2: &Argon2<'_>, password: &SecretString) -> Result<password_hash::PasswordHashString, HashError> {
    let salt = SaltString::encode_b64(&entropy::bytes::<SALT>())?;
    Ok(argon2.hash_password(password.expose_secret().as_bytes(), &salt)?.serialize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str) -> NewPassword {
        NewPassword::parse(text.to_owned().into(), None).unwrap()
    }

    #[test]
    fn a_password_is_long_enough_and_not_her_address() {
        let ada = EmailAddress::parse("ada.lovelace@example.com").unwrap();
        let parsed = |text: &str| NewPassword::parse(text.to_owned().into(), Some(&ada)).map(|_| ());
        for fine in ["correct horse", "            ", "zwölf Zeichen", &"x".repeat(LONGEST)] {
            assert_eq!(parsed(fine), Ok(()), "{fine}");
        }
        for short_or_long in ["", "short", "elevenchars", &"x".repeat(LONGEST + 1)] {
            assert_eq!(parsed(short_or_long), Err(BadPassword::Length), "{short_or_long}");
        }
        assert_eq!(parsed(" Ada.Lovelace@example.com"), Err(BadPassword::Address));
    }

    #[tokio::test]
    async fn a_password_proves_itself_by_its_hash_alone() {
        let passwords = Passwords::new(1);
        let stored = passwords.hash(chosen("correct horse battery")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let proves = async |text: &str, stored| passwords.proves(text.to_owned().into(), stored).await.unwrap();
        assert!(proves("correct horse battery", Some(stored.clone())).await);
        assert!(!proves("correct horse batterY", Some(stored.clone())).await);
        let again = passwords.hash(chosen("correct horse battery")).await.unwrap();
        assert_ne!(stored, again, "each has a salt of its own");
        assert!(passwords.proves("x".to_owned().into(), Some("junk".to_owned())).await.is_err());
    }

    #[tokio::test]
    async fn whoever_has_no_password_costs_a_hash_all_the_same() {
        let passwords = Passwords::new(1);
        assert!(!passwords.proves("correct horse battery".to_owned().into(), None).await.unwrap());
        assert_eq!(passwords.hashed(), 1);
    }

    #[test]
    fn passwords_stay_out_of_logs() {
        assert!(!format!("{:?}", chosen("correct horse battery")).contains("horse"));
    }
}
