use super::*;

#[tokio::test]
async fn a_signature_that_is_not_meta_s_is_refused_and_only_counted() {
    let door = Door::open().await;
    // Escaped as Meta spells it.
    let body: &[u8] = br#"{"text":"caf\u00e9 \/ a\u0040b"}"#;
    let right = sign(SECRET.as_bytes(), body);
    let digits = right.trim_start_matches("sha256=");
    let other = |secret: &str, bytes: &[u8]| sign(secret.as_bytes(), bytes);
    let sha256 = signature::HEADER;
    let one = |value: String| vec![(sha256, value)];
    let cases = [
        ("none", vec![]),
        ("an empty one", one(String::new())),
        ("sha1 alone", vec![("x-hub-signature", format!("sha1={}", &digits[..40]))]),
        ("sha1 in its place", one(format!("sha1={}", &digits[..40]))),
        ("sha1's digits", one(format!("sha256={}", &digits[..40]))),
        ("no prefix", one(digits.to_owned())),
        ("a prefix in capitals", one(format!("SHA256={digits}"))),
        ("digits in capitals", one(format!("sha256={}", digits.to_uppercase()))),
        ("no digits", one(format!("sha256={}", "g".repeat(64)))),
        ("an odd number of digits", one(format!("sha256={}", &digits[1..]))),
        ("too few", one(format!("sha256={}", &digits[2..]))),
        ("too many", one(format!("sha256={digits}00"))),
        ("not ASCII", one(format!("sha256={}é", &digits[2..]))),
        ("twice the right one", vec![(sha256, right.clone()), (sha256, right.clone())]),
        ("a wrong one beside the right one", vec![(sha256, other("x", body)), (sha256, right.clone())]),
        ("two in one", one(format!("{right}, {right}"))),
        ("an unknown secret's", one(other("unknown", body))),
        ("another app's", one(other(SHOP_SECRET, body))),
        ("no secret's", one(other("", body))),
        ("of the body with a newline", one(other(SECRET, &[body, b"\n"].concat()))),
        ("of the body as it is meant", one(other(SECRET, "{\"text\":\"café / a@b\"}".as_bytes()))),
        ("of nothing", one(other(SECRET, b""))),
    ];
    let refused = u64::try_from(cases.len()).unwrap();
    for (what, headers) in cases {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = door.ask(&post(&headers, body)).await;
        assert_eq!((answer.status, answer.body.as_str()), (401, "the signature is missing or wrong\n"), "{what}");
    }
    assert!(door.stored().await.is_empty());
    assert_eq!(door.edge.refusals.counts(), BTreeMap::from([("signature", refused)]));

    assert_eq!(door.ask(&signed(body)).await.status, 200);
    assert_eq!(door.stored().await, [None]);
}

#[tokio::test]
async fn one_flipped_bit_anywhere_is_seen() {
    let door = Door::open().await;
    let body = b"{\"object\":1}";
    let signature = sign(SECRET.as_bytes(), body);
    for place in 0..body.len() {
        let mut flipped = *body;
        flipped[place] ^= 1;
        assert_eq!(door.ask(&post(&[(signature::HEADER, &signature)], &flipped)).await.status, 401, "{place}");
    }
    assert!(door.stored().await.is_empty());
}

#[tokio::test]
async fn an_empty_body_is_taken_if_it_is_signed() {
    let door = Door::open().await;
    assert_eq!(door.ask(&post(&[], b"")).await.status, 401);
    // Authentic is authentic: the translation parks what it can't read.
    assert_eq!(door.ask(&signed(b"")).await.status, 200);
    assert_eq!(door.stored().await, [None]);
}

#[tokio::test]
async fn while_a_secret_is_changed_both_are_taken_and_the_answer_does_not_say_which() {
    let door = Door::open().await;
    let body = b"{}";
    let mut answers = Vec::new();
    for secret in [SECRET, PREVIOUS] {
        let answer = door.ask(&post(&[(signature::HEADER, &sign(secret.as_bytes(), body))], body)).await;
        let head: Vec<&str> = answer.head.lines().filter(|line| !line.starts_with("date:")).collect();
        answers.push((answer.status, head.join("\n"), answer.body));
    }
    assert_eq!(answers[0].0, 200);
    assert_eq!(answers[0], answers[1]);
    assert_eq!(door.stored().await, [None, None]);
}
