//! A time is a time, or it is kept as it was given.

use jiff::Timestamp;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof};
use serde_json::{Value, json};

use super::fuzz;
use super::hurt::odd;
use crate::webhooks::whatsapp::message::{ToldAt, told_at};

#[test]
fn a_time_is_a_time_or_kept_as_given() {
    let given = prop_oneof![
        2 => any::<i64>().prop_map(Value::from),
        2 => any::<i64>().prop_map(|seconds| json!(seconds.to_string())),
        2 => (0_i64..4_102_444_800).prop_map(|seconds| json!(seconds.to_string())),
        1 => "[ +-]?[0-9]{0,22}(\\.[0-9]{0,3})?[eE]?[0-9]{0,3}".prop_map(Value::from),
        1 => odd(),
    ];
    fuzz("timestamp", &given, |given| {
        let seconds = given.as_i64().or_else(|| given.as_str()?.parse().ok());
        match told_at(Some(&given)) {
            ToldAt::At(at) => {
                prop_assert_eq!(Some(at.as_second()), seconds);
                prop_assert_eq!(at.subsec_nanosecond(), 0);
            }
            ToldAt::Odd(kept) => {
                prop_assert!(kept.chars().count() <= 64);
                prop_assert!(given.to_string().starts_with(&kept));
                let sound = 1..=Timestamp::MAX.as_second();
                prop_assert!(!seconds.is_some_and(|seconds| sound.contains(&seconds)), "{given} is a time");
            }
        }
        Ok(())
    });
}
