//! Golden files of sealed events: what the log holds must open for ever, whatever becomes of this program.
//!
//! Each is its clear golden file (`domain/golden`), sealed with a key, at a place and with nonces that never change.
//! `LEADFLOW_REGENERATE=1 cargo test -p leadflow-event-store golden` writes those of new events. A file that exists is
//! never rewritten.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Once;

use leadflow_domain::Event;
use uuid::Uuid;

use super::*;

fn key() -> DataSubjectKey {
    DataSubjectKey::from_bytes([42; 32])
}

const PLACE: Place =
    Place { tenant: TenantId::from_uuid(Uuid::from_u128(1)), event: EventId::from_uuid(Uuid::from_u128(2)) };

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn clear_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/golden")
}

/// In the order of its names: what else is built with `serde_json` has a say in the order of JSON's fields, and must have
/// none in which value gets which nonce.
fn ordered(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.keys().collect();
            names.sort_unstable();
            Value::Object(names.into_iter().map(|name| (name.clone(), ordered(&fields[name]))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(ordered).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn read(file: &Path) -> Value {
    let text = std::fs::read_to_string(file)
        .unwrap_or_else(|error| panic!("{}: {error}; see the head of golden.rs", file.display()));
    ordered(&serde_json::from_str(&text).unwrap())
}

/// The clear golden files that hold personal values, by name.
fn personal() -> BTreeSet<String> {
    let names = std::fs::read_dir(clear_folder()).unwrap().map(|entry| entry.unwrap());
    names
        .filter(|entry| entry.file_type().unwrap().is_file() && holds_personal(&mut read(&entry.path())))
        .map(|entry| entry.file_name().to_str().unwrap().to_owned())
        .collect()
}

/// As the log would hold it.
fn sealed(name: &str) -> Value {
    let mut payload = read(&clear_folder().join(name));
    let mut count = 0_u8;
    seal(&mut payload, PLACE, &key(), || {
        count += 1;
        let mut nonce = [0; NONCE_LENGTH];
        nonce[NONCE_LENGTH - 1] = count;
        nonce
    });
    payload
}

/// Writes what is missing, where that is asked for. Both tests begin with it.
fn regenerate() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if std::env::var_os("LEADFLOW_REGENERATE").is_none() {
            return;
        }
        std::fs::create_dir_all(folder()).unwrap();
        for name in personal().iter().filter(|name| !folder().join(name).exists()) {
            let json = serde_json::to_string_pretty(&sealed(name)).unwrap();
            std::fs::write(folder().join(name), format!("{json}\n")).unwrap();
        }
    });
}

#[test]
fn what_is_sealed_today_is_the_golden_file() {
    regenerate();
    let personal = personal();
    let known = Event::types().map(|known| format!("{}.v{}.json", known.kind, known.version));
    for name in known.filter(|name| personal.contains(name)) {
        let golden = read(&folder().join(&name));
        assert_eq!(sealed(&name), golden, "{name}: values are sealed in another form; the log has the old one");
    }
}

#[test]
fn every_sealed_golden_file_opens_to_its_clear_one_for_ever() {
    regenerate();
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().to_str().unwrap().to_owned();
        let mut payload = read(&folder().join(&name));
        assert!(!holds_personal(&mut payload), "{name} holds a personal value in clear");
        open(&mut payload, PLACE, Some(&key())).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(payload, read(&clear_folder().join(&name)), "{name}");
        files.insert(name);
    }
    assert_eq!(files, personal(), "each clear file with personal values has its sealed one");
}
