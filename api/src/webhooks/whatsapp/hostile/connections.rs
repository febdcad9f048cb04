use super::*;

#[tokio::test]
async fn headers_that_do_not_come_end_the_connection() {
    let http = HttpLimits { header_time: SHORT, ..HttpLimits::with_connections(64) };
    let door = Door::within(Limits { http, ..Limits::default() }).await;
    let whole = signed(b"{}");
    // Nothing at all, half a line, and headers without their end.
    for sent in [0, 7, 60] {
        let answer = door.ask(&whole[..sent]).await;
        assert!(matches!(answer.status, 0 | 408), "{sent}: {}", answer.status);
    }
    // Who says what she wants in time is served, however long she was idle.
    assert_eq!(door.ask(&whole).await.status, 200);
}

#[tokio::test]
async fn too_many_headers_and_too_long_ones_are_refused() {
    let door = Door::open().await;
    let body = b"{}";
    let signature = sign(SECRET.as_bytes(), body);
    let many: Vec<String> = (0..200).map(|nth| format!("x-{nth}")).collect();
    let long = "x".repeat(64 << 10);
    let mut headers = vec![(signature::HEADER, signature.as_str())];
    headers.extend(many.iter().map(|name| (name.as_str(), "1")));
    assert_eq!(door.ask(&post(&headers, body)).await.status, 431);
    let headers = [(signature::HEADER, signature.as_str()), ("x-long", &long)];
    assert_eq!(door.ask(&post(&headers, body)).await.status, 431);
    let answer = door.ask(&request("POST", &format!("{PATH}?{long}"), &headers[..1], body)).await;
    assert!(matches!(answer.status, 414 | 431), "{}", answer.status);
    assert!(door.stored().await.is_empty());
    // As many as a proxy may add.
    let mut headers = vec![(signature::HEADER, signature.as_str())];
    headers.extend(many[..60].iter().map(|name| (name.as_str(), "1")));
    assert_eq!(door.ask(&post(&headers, body)).await.status, 200);
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let door = Door::open().await;
    for nonsense in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"HELLO\r\n\r\n", b"GET  HTTP/9.9\r\n\r\n"] {
        let answer = door.ask(nonsense).await;
        assert!(matches!(answer.status, 0 | 400), "{}", answer.status);
    }
    assert_eq!(door.ask(&signed(b"{}")).await.status, 200);
}

#[tokio::test]
async fn one_connection_carries_many_deliveries_and_refusals() {
    let door = Door::open().await;
    let mut stream = door.connect().await;
    let kept = |body: &[u8], secret: &str| {
        let signature = sign(secret.as_bytes(), body);
        let request = post(&[(signature::HEADER, &signature)], body);
        String::from_utf8(request).unwrap().replace("connection: close\r\n", "")
    };
    // Sent at once, as a client that does not wait for answers does.
    let requests: String = (0..6).map(|nth| kept(b"{}", if nth % 2 == 0 { SECRET } else { "unknown" })).collect();
    let requests = requests + &String::from_utf8(signed(b"{}")).unwrap();
    stream.write_all(requests.as_bytes()).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    let statuses: Vec<&str> = answers.matches("HTTP/1.1 200").chain(answers.matches("HTTP/1.1 401")).collect();
    assert_eq!(statuses.len(), 7, "{answers}");
    assert_eq!(door.stored().await.len(), 4);
}

#[tokio::test]
async fn who_finds_no_place_waits_for_one() {
    let http = HttpLimits { header_time: SHORT, ..HttpLimits::with_connections(1) };
    let door = Door::within(Limits { http, ..Limits::default() }).await;
    let mut idle = door.connect().await;
    let mut next = door.connect().await;
    next.write_all(&signed(b"{}")).await.unwrap();
    let mut byte = [0];
    tokio::select! {
        biased;
        ended = idle.read(&mut byte) => assert_eq!(ended.unwrap(), 0),
        _ = next.readable() => panic!("it was served while the only place was taken"),
    }
    assert_eq!(Answer::read(&mut next).await.status, 200);
}

#[tokio::test]
async fn a_stop_answers_what_was_begun_and_lets_idle_ones_go() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (begun, release) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
    let handler = {
        let (begun, release) = (Arc::clone(&begun), Arc::clone(&release));
        move || async move {
            begun.notify_one();
            release.notified().await;
            "done"
        }
    };
    let router = axum::Router::new().route("/", axum::routing::get(handler));
    let stop = CancellationToken::new();
    let limits = HttpLimits { header_time: PATIENCE, ..HttpLimits::with_connections(64) };
    let serving = tokio::spawn(http::serve(listener, router, limits, stop.clone()));
    let mut busy = TcpStream::connect(address).await.unwrap();
    // Kept alive by the client, and not any more by the server.
    busy.write_all(b"GET / HTTP/1.1\r\nhost: door\r\n\r\n").await.unwrap();
    begun.notified().await;
    stop.cancel();
    release.notify_one();
    let answer = Answer::read(&mut busy).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "done"));
    serving.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
