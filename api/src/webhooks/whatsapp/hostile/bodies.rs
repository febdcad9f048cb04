use super::*;

#[tokio::test]
async fn a_body_that_is_encoded_is_refused() {
    let door = Door::open().await;
    let body = b"{}";
    let signature = sign(SECRET.as_bytes(), body);
    let encoded = |encodings: &[&'static str]| {
        let mut headers = vec![(signature::HEADER, signature.as_str())];
        headers.extend(encodings.iter().map(|encoding| ("content-encoding", *encoding)));
        post(&headers, body)
    };
    for encodings in [&["gzip"][..], &["br"], &["zstd"], &["identity, gzip"], &["identity", "gzip"], &[""]] {
        assert_eq!(door.ask(&encoded(encodings)).await.status, 415, "{encodings:?}");
    }
    assert!(door.stored().await.is_empty());
    for encodings in [&[][..], &["identity"], &["Identity"]] {
        assert_eq!(door.ask(&encoded(encodings)).await.status, 200, "{encodings:?}");
    }
    assert_eq!(door.stored().await.len(), 3);
}

/// In chunks, without saying how long it is.
fn chunked(body: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in body.chunks(30_000) {
        chunks.extend(format!("{:x}\r\n", chunk.len()).bytes());
        chunks.extend(chunk);
        chunks.extend(b"\r\n");
    }
    chunks.extend(b"0\r\n\r\n");
    let signature = sign(SECRET.as_bytes(), body);
    post(&[(signature::HEADER, &signature), ("transfer-encoding", "chunked")], &chunks)
}

#[tokio::test]
async fn the_longest_body_is_taken_and_one_byte_more_is_refused() {
    let door = Door::open().await;
    for (length, status) in [(MOST_BYTES, 200), (MOST_BYTES + 1, 413), (20 * MOST_BYTES, 413)] {
        let body = vec![b' '; length];
        assert_eq!(door.ask(&signed(&body)).await.status, status, "{length}");
        assert_eq!(door.ask(&chunked(&body)).await.status, status, "{length} in chunks");
    }
    assert_eq!(door.stored().await.len(), 2);
    assert_eq!(door.edge.refusals.counts(), BTreeMap::from([("tooLarge", 4)]));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let door = Door::within(Limits { body_time: SHORT, ..Limits::default() }).await;
    let whole = signed(&[b' '; 2_000]);
    // Kept open, as far as the client is concerned.
    let whole = String::from_utf8(whole).unwrap().replace("connection: close\r\n", "");
    for sent in [whole.len() - 1, whole.len() - 2_000] {
        let answer = door.ask(&whole.as_bytes()[..sent]).await;
        assert_eq!(answer.status, 408, "{sent}");
        assert!(answer.head.contains("connection: close"), "{}", answer.head);
    }
    assert!(door.stored().await.is_empty());
    assert_eq!(door.edge.refusals.counts(), BTreeMap::from([("tooSlow", 2)]));
}

#[tokio::test]
async fn a_body_that_claims_to_be_endless_costs_nothing_but_its_time() {
    let door = Door::within(Limits { body_time: SHORT, ..Limits::default() }).await;
    let signature = sign(SECRET.as_bytes(), b"");
    let claimed = [(signature::HEADER, signature.as_str()), ("content-length", "18446744073709551613")];
    assert_eq!(door.ask(&post(&claimed, b"{")).await.status, 408);
    assert!(door.stored().await.is_empty());
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_kept() {
    let door = Door::open().await;
    let mut stream = door.connect().await;
    let whole = signed(b"{\"object\":1}");
    stream.write_all(&whole[..whole.len() - 1]).await.unwrap();
    stream.shutdown().await.unwrap();
    // Whether there is an answer for who has gone, is no promise.
    let answer = Answer::read(&mut stream).await;
    assert!(matches!(answer.status, 0 | 400), "{}", answer.status);
    assert!(door.stored().await.is_empty());
}

#[tokio::test]
async fn a_length_that_can_t_be_is_refused() {
    let door = Door::open().await;
    let body = b"{}";
    let signature = sign(SECRET.as_bytes(), body);
    for lengths in [&["-1"][..], &["0x2"], &["two"], &["2", "3"], &["18446744073709551616"]] {
        let mut headers = vec![(signature::HEADER, signature.as_str())];
        headers.extend(lengths.iter().map(|length| ("content-length", *length)));
        assert_eq!(door.ask(&post(&headers, body)).await.status, 400, "{lengths:?}");
    }
    assert!(door.stored().await.is_empty());
}

#[tokio::test]
async fn a_refused_body_is_never_read_as_a_request() {
    let http = HttpLimits { header_time: SHORT, ..HttpLimits::with_connections(64) };
    let door = Door::within(Limits { http, ..Limits::default() }).await;
    let outer = String::from_utf8(post(&[], &signed(b"{}"))).unwrap().replacen("connection: close\r\n", "", 1);
    let mut stream = door.connect().await;
    stream.write_all(outer.as_bytes()).await.unwrap();
    let mut answers = String::new();
    // It may hang up on bytes that it never read.
    let _ = stream.read_to_string(&mut answers).await;
    assert!(answers.starts_with("HTTP/1.1 401 ") && answers.matches("HTTP/1.1").count() == 1, "{answers}");
    assert!(door.stored().await.is_empty());
}
