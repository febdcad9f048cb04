//! No header but the right one is taken, and nothing it says makes the check fail otherwise than by saying so.

use leadflow_gateways::whatsapp::signature::{sign, verify};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof};

use super::fuzz;
use super::hurt::{hurt, hurts};

const SECRET: &[u8] = b"an app secret";

#[test]
fn only_the_right_header_is_taken() {
    let header = prop_oneof![
        3 => hurts().prop_map(|hurts| (Vec::new(), hurts)),
        1 => (vec(any::<u8>(), 0..100), Just(Vec::new())),
    ];
    fuzz("signature", &(vec(any::<u8>(), 0..200), header), |(body, (bytes, hurts))| {
        let right = sign(SECRET, &body);
        prop_assert_eq!(verify(SECRET, &body, &right), Ok(()));
        let header = if bytes.is_empty() { hurt(right.as_bytes(), &hurts) } else { bytes };
        let header = String::from_utf8_lossy(&header);
        prop_assert_eq!(verify(SECRET, &body, &header).is_ok(), header == right);
        Ok(())
    });
}

#[test]
fn the_right_header_is_of_these_bytes_alone() {
    fuzz("signature of a body", &(vec(any::<u8>(), 0..200), hurts()), |(body, hurts)| {
        let other = hurt(&body, &hurts);
        let taken = verify(SECRET, &other, &sign(SECRET, &body)).is_ok();
        prop_assert_eq!(taken, other == body);
        prop_assert!(verify(b"another app's", &body, &sign(SECRET, &body)).is_err());
        Ok(())
    });
}
