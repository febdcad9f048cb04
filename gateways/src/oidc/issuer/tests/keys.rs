//! An issuer's keys, which change. Those of RSA and P-256 are of these tests alone: `openssl genrsa`, `openssl genpkey`.

use jsonwebtoken::{Algorithm, EncodingKey};

use super::{ADA, Bed};
use crate::oidc::Failure;
use crate::oidc::simulator::{KEYS, Key};

#[tokio::test]
async fn a_key_that_is_not_known_yet_is_read_once() {
    let bed = Bed::new().await;
    assert_eq!(bed.address().await.as_deref(), Ok(ADA));
    let newer = Key::ed25519(2).unwrap();
    bed.simulator.publishes([newer.clone(), Key::ed25519(1).unwrap()]);
    bed.simulator.signs_with(Some(newer));
    assert_eq!(bed.address().await.as_deref(), Ok(ADA));
    assert_eq!(bed.address().await.as_deref(), Ok(ADA));
    assert_eq!(bed.simulator.requests(KEYS), 2);
    bed.simulator.signs_with(Some(Key::ed25519(3).unwrap()));
    let told = bed.address().await;
    assert_eq!(told, Err(Failure::Unproven("is signed with a key that the issuer does not have")));
    assert_eq!(bed.simulator.requests(KEYS), 3, "once each time");
}

#[tokio::test]
async fn a_key_without_a_name_that_changes_is_read_once() {
    let bed = Bed::new().await;
    let [one, other, strange] = [1, 2, 3].map(|number| Key::ed25519(number).unwrap().nameless());
    for key in [one, other.clone()] {
        bed.simulator.publishes([key.clone()]);
        bed.simulator.signs_with(Some(key));
        assert_eq!(bed.address().await.as_deref(), Ok(ADA));
        assert_eq!(bed.address().await.as_deref(), Ok(ADA));
    }
    assert_eq!(bed.simulator.requests(KEYS), 2);
    // Somebody else's is not believed, and reads the keys as one of a name that is not known does.
    bed.simulator.signs_with(Some(strange));
    assert!(matches!(bed.address().await, Err(Failure::Unproven(_))));
    assert_eq!(bed.simulator.requests(KEYS), 3, "once each time");
    bed.simulator.signs_with(Some(other));
    assert_eq!(bed.address().await.as_deref(), Ok(ADA));
}

#[tokio::test]
async fn issuers_sign_with_rsa_or_with_p_256() {
    let bed = Bed::new().await;
    let rsa = EncodingKey::from_rsa_der(include_bytes!("rsa.der"));
    let p_256 = EncodingKey::from_ec_der(include_bytes!("p256.der"));
    for (algorithm, private) in [(Algorithm::RS256, rsa), (Algorithm::ES256, p_256)] {
        let key = Key::of("other", algorithm, private).unwrap();
        bed.simulator.publishes([key.clone()]);
        bed.simulator.signs_with(Some(key));
        assert_eq!(bed.address().await.as_deref(), Ok(ADA), "{algorithm:?}");
        bed.simulator.publishes([]);
    }
}
