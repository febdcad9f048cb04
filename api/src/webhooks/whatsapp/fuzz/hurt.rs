//! Hurts what is sound, in its bytes or in its JSON.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::Index;
use serde_json::{Value, json};

/// Something that goes wrong with bytes.
#[derive(Debug, Clone)]
pub(super) enum Hurt {
    Put(Index, u8),
    Insert(Index, Vec<u8>),
    Cut(Index, Index),
    Repeat(Index, Index),
    End(Index),
}

/// Up to a few of them.
pub(super) fn hurts() -> impl Strategy<Value = Vec<Hurt>> {
    // What means something to a parser, more often than what does not.
    let token = prop_oneof![
        3 => prop_oneof![
            Just("\""), Just("\\"), Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("null"), Just("-"),
            Just("1e999"), Just("\\u0000"), Just("\\ud83d"), Just("\\udc4b"), Just("\\u00"), Just("\u{feff}"), Just("\0"),
            Just("[[[[[[[["), Just("18446744073709551616"), Just("sha256="), Just("\r\n"),
        ].prop_map(|token| token.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 1..8),
        1 => (1_usize..400).prop_map(|depth| vec![b'['; depth]),
    ];
    let hurt = prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Hurt::Put(at, byte)),
        (any::<Index>(), token).prop_map(|(at, token)| Hurt::Insert(at, token)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Hurt::Cut(from, to)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Hurt::Repeat(from, to)),
        any::<Index>().prop_map(Hurt::End),
    ];
    vec(hurt, 0..4)
}

/// What is left of `sound`.
pub(super) fn hurt(sound: &[u8], hurts: &[Hurt]) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for hurt in hurts {
        if bytes.is_empty() {
            break;
        }
        let range = |from: &Index, to: &Index| {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            from.min(to)..from.max(to)
        };
        match hurt {
            Hurt::Put(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Hurt::Insert(at, token) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, token.iter().copied());
            }
            Hurt::Cut(from, to) => {
                bytes.drain(range(from, to));
            }
            Hurt::Repeat(from, to) => {
                let range = range(from, to);
                let (at, again) = (range.end, bytes[range].to_vec());
                bytes.splice(at..at, again);
            }
            Hurt::End(at) => bytes.truncate(at.index(bytes.len())),
        }
    }
    bytes
}

/// What may stand where something else should.
pub(super) fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        Just(json!("")),
        Just(json!([null, {}])),
        Just(json!({"id": {"id": []}})),
        Just(json!("\u{fffd}")),
        Just(json!("x".repeat(5_000))),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ]
}

/// Puts `odd` in the place of one of the values inside `value`, itself included, or takes that out.
pub(super) fn misplace(value: &mut Value, at: Index, odd: Option<Value>) {
    let mut paths = Vec::new();
    pointers(value, String::new(), &mut paths);
    let path = &paths[at.index(paths.len())];
    match odd {
        Some(odd) => *value.pointer_mut(path).expect("a path of this value") = odd,
        None => {
            let Some((parent, name)) = path.rsplit_once('/') else { return };
            if let Some(Value::Object(members)) = value.pointer_mut(parent) {
                members.remove(name);
            }
        }
    }
}

fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| pointers(value, format!("{at}/{name}"), found));
        }
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(nth, value)| pointers(value, format!("{at}/{nth}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found.push(at);
}
