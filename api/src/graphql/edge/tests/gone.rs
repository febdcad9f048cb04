//! A client that goes away takes its operation with it.

use axum::Router;
use axum::extract::Request as HttpRequest;
use axum::routing::any;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::super::body;
use super::schema::Watcher;
use super::*;
use crate::http::{HttpLimits, serve};

const LONG: Duration = Duration::from_secs(60);

async fn next(told: &mut mpsc::UnboundedReceiver<&'static str>) -> &'static str {
    tokio::time::timeout(LONG / 2, told.recv()).await.expect("told in time").expect("the server lives")
}

#[tokio::test]
async fn what_nobody_waits_for_is_dropped() {
    let (tells, mut told) = mpsc::unbounded_channel();
    let schema = schema::build();
    let handler = move |request: HttpRequest| async move {
        let headers = request.headers().clone();
        // Only the client's going can end it within the test.
        let documents = documents();
        let sent = Sent::Body(body(request, documents.limits()).await?);
        let prepare = move |request: async_graphql::Request| request.data(Watcher(tells.clone()));
        Ok::<_, axum::response::Response>(
            answer(&schema, &documents, 10 * LONG, &headers, sent, fresh(), prepare).await,
        )
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/graphql", any(handler));
    let server = tokio::spawn(serve(listener, router, HttpLimits::with_connections(4), CancellationToken::new()));

    let mut client = TcpStream::connect(address).await.expect("connected");
    let question = r#"{"query":"{ waits }"}"#;
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{question}",
        question.len()
    );
    client.write_all(request.as_bytes()).await.expect("sent");
    assert_eq!(next(&mut told).await, "begun");
    assert!(told.try_recv().is_err(), "it goes on while somebody waits");
    drop(client);
    assert_eq!(next(&mut told).await, "dropped");
    server.abort();
}
