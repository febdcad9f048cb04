//! Names and bodies that break parsers: each NUL and each lone surrogate arrives as U+FFFD, all else as it was.

use anyhow::Result;
use leadflow_gateways::whatsapp::simulator::{BusinessNumber, Text};
use leadflow_tests::sender::Sender;

use super::begin::{Journey, shared, text};

/// How it stands between the quotes in the JSON that is signed, and what a client must read.
const CASES: [(&str, &[u8], &str); 25] = [
    ("an escaped NUL", br"a\u0000b", "a\u{FFFD}b"),
    ("a raw NUL", b"a\0b", "a\u{FFFD}b"),
    ("three NULs", br"\u0000\u0000\u0000", "\u{FFFD}\u{FFFD}\u{FFFD}"),
    ("a lone high surrogate", br"a\ud800b", "a\u{FFFD}b"),
    ("a lone low surrogate", br"a\udc00b", "a\u{FFFD}b"),
    ("in capitals", br"a\uD800b\uDFFFc", "a\u{FFFD}b\u{FFFD}c"),
    ("two high surrogates", br"\ud83d\ud83d", "\u{FFFD}\u{FFFD}"),
    ("a pair the wrong way round", br"\udc4b\ud83d", "\u{FFFD}\u{FFFD}"),
    ("a high surrogate before a pair", br"\ud83d\ud83d\udc4b", "\u{FFFD}👋"),
    ("a pair before a low surrogate", br"\ud83d\udc4b\udc4b", "👋\u{FFFD}"),
    ("a high surrogate before an escaped letter", br"\ud800\u0041", "\u{FFFD}A"),
    ("a high surrogate before a line end", br"\ud800\n", "\u{FFFD}\n"),
    ("a surrogate somebody typed", br"\\ud800", r"\ud800"),
    ("a typed backslash before a lone surrogate", br"\\\ud800", "\\\u{FFFD}"),
    ("two typed backslashes", br"\\\\ud800", r"\\ud800"),
    ("a high surrogate before a typed low one", br"\ud83d\\udc4b", "\u{FFFD}\\udc4b"),
    ("a NUL somebody typed", br"\\u0000", r"\u0000"),
    ("a lone surrogate as the last character", br#"quoted \"a\" \ud800"#, "quoted \"a\" \u{FFFD}"),
    ("an escaped pair", br"\ud83d\udc4b\uD83C\uDFFD", "👋🏽"),
    ("raw UTF-8", "👩\u{200d}💻 日本語".as_bytes(), "👩\u{200d}💻 日本語"),
    ("a family of joined emoji", br"\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67", "👨\u{200d}👩\u{200d}👧"),
    ("right to left with marks", "\u{202b}שלום \u{200f}مرحبا\u{202c}".as_bytes(), "\u{202b}שלום \u{200f}مرحبا\u{202c}"),
    ("combining marks, composed and not", br"e\u0301 \u00e9 a\u0308\u0323", "e\u{301} \u{e9} a\u{308}\u{323}"),
    ("non-characters and a byte order mark", br"\ufeff\uffff\ufffe", "\u{feff}\u{ffff}\u{fffe}"),
    ("other control characters", br"\u0001\u001f\u007f\t\/", "\u{1}\u{1f}\u{7f}\t/"),
];

/// A webhook spelled by hand, since no JSON library would write these.
fn webhook(number: &BusinessNumber, from: &str, id: &str, name: &[u8], body: &[u8]) -> Vec<u8> {
    let mut json = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{}","changes":[{{"field":"messages","value":{{
            "messaging_product":"whatsapp",
            "metadata":{{"display_phone_number":"{}","phone_number_id":"{}"}},
            "contacts":[{{"wa_id":"{from}","profile":{{"name":""#,
        number.waba_id, number.display_phone, number.phone_number_id,
    )
    .into_bytes();
    json.extend_from_slice(name);
    json.extend_from_slice(
        format!(
            r#""}}}}],"messages":[{{"from":"{from}","id":"wamid.{id}","timestamp":"1794000000","type":"text","text":{{"body":""#
        )
        .as_bytes(),
    );
    json.extend_from_slice(body);
    json.extend_from_slice(br#""}}]}}]}]}"#);
    json
}

#[tokio::test]
async fn only_nul_and_lone_surrogates_are_replaced() -> Result<()> {
    let journey = Journey::begin().await?;
    let mut bodies = Vec::new();
    let mut expected = Vec::new();
    for (index, (what, raw, read)) in CASES.iter().enumerate() {
        // The id says which case it is when the inbox turns out to be another one.
        let (from, id) = (format!("234803{index:07}"), what.replace(' ', "-"));
        // Letters around it keep a name from being taken for a blank one.
        bodies.push(webhook(&journey.business.number, &from, &id, &[b"N", *raw, b"N"].concat(), raw));
        expected.push(Text { name: format!("N{read}N"), ..text(&from, &id, 0, read) });
    }
    Sender::new(shared().await?.server.address(), 1)?.deliver(&bodies).await?;
    journey.shows(&expected).await
}
