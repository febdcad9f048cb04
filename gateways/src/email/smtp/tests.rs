//! Against a real mail server, where one is installed.

use lettre::transport::smtp::client::Certificate;

use super::exim::{Can, Exim};
use super::*;
use crate::email::message::tests::email;

fn sender() -> Sender {
    Sender::parse("LeadFlow <desk@example.com>").unwrap()
}

/// The way to `exim`, whose certificate is known here.
fn smtp(exim: &Exim, url: &str) -> Smtp {
    let certificate = Certificate::from_pem(exim.certificate.as_bytes()).unwrap();
    let url = url.replace("PORT", &exim.port().to_string());
    Smtp::trusting(&url, &sender(), |parameters| parameters.add_root_certificate(certificate)).unwrap()
}

const SIGNED_IN: &str = "smtp://desk:p%40ss%3Aword@localhost:PORT";

#[tokio::test]
async fn a_letter_arrives_over_starttls() {
    let Some(exim) = Exim::start(Can::StartTls) else { return };
    let letter = email("ada@example.org");
    smtp(&exim, SIGNED_IN).send(&letter).await.unwrap();
    let taken = exim.taken();
    let [(head, body)] = &taken[..] else { panic!("{taken:?}") };
    for part in [
        "\n<desk@example.com>\n",
        "\n1\nada@example.org\n",
        "-tls_cipher TLS",
        "-auth_id desk",
        "Subject: =?utf-8?b?Q2FmZsOo?=",
    ] {
        assert!(head.contains(part), "{part} in {head}");
    }
    // A line with a dot alone ends no letter.
    assert!(body.contains("Hello,\n.\nhttps://desk.example/join#token=abc\n"), "{body}");
    assert!(body.contains("<p>Hello</p>"), "{body}");
}

#[tokio::test]
async fn a_letter_arrives_over_tls_from_the_first_byte_on() {
    let Some(exim) = Exim::start(Can::Implicit) else { return };
    smtp(&exim, "smtps://desk:p%40ss%3Aword@localhost:PORT").send(&email("ada@example.org")).await.unwrap();
    let taken = exim.taken();
    assert!(taken.len() == 1 && taken[0].0.contains("-tls_cipher TLS"), "{taken:?}");
}

#[tokio::test]
async fn a_letter_arrives_in_clear_where_that_is_asked_for() {
    let Some(exim) = Exim::start(Can::Nothing) else { return };
    smtp(&exim, "smtp://localhost:PORT?tls=none").send(&email("ada@example.org")).await.unwrap();
    let taken = exim.taken();
    assert!(taken.len() == 1 && !taken[0].0.contains("-tls_cipher"), "{taken:?}");
}

#[tokio::test]
async fn nothing_is_said_in_clear_to_a_server_without_tls() {
    let Some(exim) = Exim::start(Can::Nothing) else { return };
    let refused = smtp(&exim, SIGNED_IN).send(&email("ada@example.org")).await.unwrap_err();
    assert!(matches!(refused, Failure::Refused { .. }), "{refused}");
    assert!(exim.taken().is_empty());
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_knows_gets_nothing() {
    for (can, scheme) in [(Can::StartTls, "smtp"), (Can::Implicit, "smtps")] {
        let Some(exim) = Exim::start(can) else { return };
        let url = format!("{scheme}://desk:p%40ss%3Aword@localhost:{}", exim.port());
        let failed = Smtp::new(&url, &sender()).unwrap().send(&email("ada@example.org")).await.unwrap_err();
        assert!(failed.to_string().contains("certificate"), "{failed}");
        assert!(exim.taken().is_empty());
    }
}

#[tokio::test]
async fn what_a_server_answers_says_what_follows_and_repeats_no_address() {
    let Some(exim) = Exim::start(Can::StartTls) else { return };
    let server = smtp(&exim, SIGNED_IN);
    for (to, expected) in [
        ("nobody@example.org", Failure::never("the mail server answered 550 5.1.1")),
        ("later@example.org", Failure::later("the mail server answered 451 4.2.1")),
        ("forbidden@example.org", Failure::refused("the mail server answered 550 5.7.1")),
    ] {
        assert_eq!(server.send(&email(to)).await.unwrap_err(), expected);
    }
    let wrong = smtp(&exim, "smtp://desk:wrong@localhost:PORT").send(&email("ada@example.org")).await.unwrap_err();
    assert!(matches!(&wrong, Failure::Refused { reason } if reason.contains("535")), "{wrong}");
    assert!(exim.taken().is_empty());
}

#[tokio::test]
async fn hostile_letters_reach_nobody_else() {
    let Some(exim) = Exim::start(Can::StartTls) else { return };
    let server = smtp(&exim, SIGNED_IN);
    for to in [
        "ada@example.org\r\nRCPT TO:<eve@example.org>",
        "ada@example.org>\r\nDATA\r\n",
        "ada@example.org,eve@example.org",
    ] {
        assert!(matches!(server.send(&email(to)).await.unwrap_err(), Failure::Never { .. }), "{to:?}");
    }
    assert!(exim.taken().is_empty());
    let hostile = Email {
        subject: "Hello\r\nBcc: eve@example.org\r\n\r\nAnother body".to_owned(),
        text: "One\r\n.\r\nMAIL FROM:<eve@example.org>\r\nRCPT TO:<eve@example.org>\r\nDATA\r\n\n.\n\r.\r".to_owned(),
        ..email("ada@example.org")
    };
    server.send(&hostile).await.unwrap();
    let taken = exim.taken();
    assert!(taken.len() == 1 && taken[0].0.contains("\n1\nada@example.org\n"), "{taken:?}");
    assert!(taken[0].0.contains("Subject: Hello Bcc: eve@example.org Another body"), "{taken:?}");
}

#[tokio::test]
async fn letters_of_all_languages_stand_in_an_address_where_the_server_takes_them() {
    let Some(exim) = Exim::start(Can::StartTls) else { return };
    smtp(&exim, SIGNED_IN).send(&email("josé@example.org")).await.unwrap();
    assert_eq!(exim.taken().len(), 1);
    let Some(old) = Exim::start(Can::Nothing) else { return };
    let refused = smtp(&old, "smtp://localhost:PORT?tls=none").send(&email("josé@example.org")).await.unwrap_err();
    assert_eq!(refused, Failure::never("the mail server takes no address like this one"));
}

#[tokio::test]
async fn nobody_who_listens_is_for_later() {
    // Nobody listens where somebody just did.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Smtp::new(&format!("smtp://127.0.0.1:{port}?tls=none"), &sender()).unwrap();
    let failed = server.send(&email("ada@example.org")).await.unwrap_err();
    assert!(matches!(failed, Failure::Later { .. }), "{failed}");
}

#[test]
fn a_url_says_how_a_server_is_reached() {
    for (url, host, port, security) in [
        ("smtps://mail.example", "mail.example", 465, Security::Implicit),
        ("smtp://mail.example/", "mail.example", 587, Security::StartTls),
        ("smtp://mail.example:25", "mail.example", 25, Security::StartTls),
        ("smtp://localhost:1025?tls=none", "localhost", 1025, Security::None),
        ("smtp://127.0.0.1:1025?tls=none", "127.0.0.1", 1025, Security::None),
        ("smtp://[::1]:1025?tls=none", "::1", 1025, Security::None),
    ] {
        let reached = reached(url).unwrap();
        assert_eq!((&*reached.host, reached.port, reached.security), (host, port, security), "{url}");
    }
}

#[test]
fn anything_else_is_refused_without_a_word_of_it() {
    for (url, why) in [
        ("", NotAServer::Unreadable),
        ("mail.example:25", NotAServer::Unreadable),
        ("http://mail.example", NotAServer::Unreadable),
        ("smtp://", NotAServer::Unreadable),
        ("smtp://desk@mail.example", NotAServer::Unreadable),
        ("smtp://:secret@mail.example", NotAServer::Unreadable),
        ("smtp://mail.example/inbox", NotAServer::Unreadable),
        ("smtp://mail.example?tls=maybe", NotAServer::Unreadable),
        ("smtps://localhost?tls=none", NotAServer::Unreadable),
        ("smtp://desk:secret@mail.example?tls=none", NotAServer::InClear),
        ("smtp://10.0.0.1?tls=none", NotAServer::InClear),
        ("smtp://localhost.example?tls=none", NotAServer::InClear),
    ] {
        let refused = Smtp::new(url, &sender()).unwrap_err();
        assert_eq!(refused, why, "{url}");
        assert!(!refused.to_string().contains("secret@"), "{refused}");
    }
}
