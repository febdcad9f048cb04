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
