//! Searches a whole database for a value, in every form in which it might have been put down.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sqlx::{Executor, PgPool};

use super::person::ADA;
use crate::support::Log;

/// A value that must not be found, as it is and in the forms it may take.
#[derive(Debug, Clone)]
pub(super) struct Marker {
    forms: Vec<(&'static str, String)>,
}

impl Marker {
    pub(super) fn new(value: &str) -> Self {
        let mut forms =
            vec![("as it is", value.to_owned()), ("in hex", hex::encode(value)), ("in HEX", hex::encode_upper(value))];
        for offset in 0..3 {
            forms.extend(aligned(value.as_bytes(), offset).map(|stable| ("in base64", stable)));
        }
        Self { forms }
    }

    /// A phone; its digits alone give it away as well.
    pub(super) fn phone(phone: &str) -> Self {
        Self::new(phone.trim_start_matches('+'))
    }

    fn found_in(&self, text: &str) -> Option<&'static str> {
        self.forms.iter().find(|(_, form)| text.contains(form)).map(|(name, _)| *name)
    }
}

/// Base64 of `value` where `offset` bytes stand before it: what doesn't depend on its neighbours, in both alphabets.
fn aligned(value: &[u8], offset: usize) -> [String; 2] {
    let padded = [&[0; 2][..offset], value].concat();
    let (from, to) = ((offset * 8).div_ceil(6), padded.len() * 8 / 6);
    [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)].map(|text| text[from..to].to_owned())
}

/// Where any of `markers` stands: table, form, row. Every table of every schema, the catalog's among them; every column
/// as text, and binary ones as bytes too.
pub(super) async fn search(owner: &PgPool, markers: &[Marker]) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace \
         where c.relkind in ('r', 'm', 'p') order by 1",
    )
    .fetch_all(owner)
    .await
    .unwrap();
    assert!(tables.len() > 60, "{tables:?}");
    let mut found = Vec::new();
    for table in &tables {
        let rows: Vec<String> = sqlx::query_scalar(&format!("select t::text from {table} t"))
            .fetch_all(owner)
            .await
            .unwrap_or_else(|error| panic!("{table}: {error}"));
        for row in rows {
            for text in std::iter::once(row.clone()).chain(binary(&row)) {
                for form in markers.iter().filter_map(|marker| marker.found_in(&text)) {
                    found.push(format!("{table}, {form}: {row}"));
                }
            }
        }
    }
    found
}

/// Binary columns of a row that was written as text (`"\\x.."`), a letter for each byte.
fn binary(row: &str) -> impl Iterator<Item = String> {
    row.split("\\x").skip(1).filter_map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_hexdigit()).unwrap_or(rest.len());
        Some(hex::decode(&rest[..end]).ok()?.into_iter().map(char::from).collect())
    })
}

#[tokio::test]
async fn the_search_finds_a_value_in_each_of_its_forms() {
    let (_, owner) = Log::with_owner().await;
    let value = "Quenby Thistlewood";
    let marker = || [Marker::new(value), Marker::phone("+390612345987")];
    assert_eq!(search(&owner, &marker()).await, [""; 0]);
    owner
        .execute(
            "create schema aside; create table aside.scratch (id serial, text text, json jsonb, bytes bytea, list text[])",
        )
        .await
        .unwrap();
    let base64 = |before: &str| STANDARD.encode(format!("{before}{value}, and more"));
    let plants = [
        format!("(text) values ('before {value} after')"),
        format!("(json) values ('{{\"a\": [\"{value}\"]}}')"),
        format!("(list) values (array['', '{value}'])"),
        format!("(bytes) values (convert_to('{value}', 'utf8'))"),
        format!("(text) values ('{}')", base64("")),
        format!("(text) values ('{}')", base64("x")),
        format!("(text) values ('{}')", base64("xy")),
        format!("(bytes) values (convert_to('{}', 'utf8'))", base64("x")),
        format!("(text) values (encode(convert_to('{value}', 'utf8'), 'hex'))"),
        format!("(text) values (upper(encode(convert_to('{value}', 'utf8'), 'hex')))"),
        "(text) values ('call 390612345987 now')".to_owned(),
        "(json) values ('{\"phone\": 390612345987}')".to_owned(),
        format!("(text) values ('{}')", ADA.wamid(1)),
    ];
    for plant in &plants {
        owner.execute(format!("insert into aside.scratch {plant}").as_str()).await.unwrap();
    }
    let found = search(&owner, &marker()).await;
    for (nth, plant) in (1..).zip(&plants) {
        assert!(found.iter().any(|found| found.contains(&format!(": ({nth},"))), "{plant}");
    }
    assert!(found.iter().all(|found| found.starts_with("aside.scratch, ")), "{found:?}");
}
