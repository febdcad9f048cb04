//! A letter, and how it looks on its way.

use std::time::SystemTime;

use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, MultiPart, MultiPartKind, SinglePart};
use uuid::Uuid;

use super::Failure;
use super::sender::Sender;

/// Tells programs that answer letters that nobody reads their answer (RFC 3834, 5).
pub(super) const AUTO_SUBMITTED: (&str, &str) = ("Auto-Submitted", "auto-generated");

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The same for the same letter, however often it is sent.
    pub id: Uuid,
    /// Who writes.
    pub from: Sender,
    /// The address of whom it is for.
    pub to: String,
    /// What it is about; it becomes one line.
    pub subject: String,
    /// What it says, in plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// When it was written.
    pub date: SystemTime,
}

impl Email {
    /// The letter as mail servers take it. The same letter is the same bytes.
    pub(super) fn message(&self) -> Result<Message, Failure> {
        self.composed(|body| Body::new(body.to_owned()))
    }

    /// The letter as a file: whoever looks into it without a mail program can read it, too.
    ///
    /// # Errors
    /// [`Failure::Never`] when no letter can be made of it.
    pub fn file(&self) -> Result<Vec<u8>, Failure> {
        // As they are, however long their lines: no server is in the way of a file.
        let lines = |body: &str| body.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
        let as_it_is = |body: &str| Body::dangerous_pre_encoded(lines(body), ContentTransferEncoding::Binary);
        Ok(self.composed(as_it_is)?.formatted())
    }

    fn composed(&self, encoded: impl Fn(&str) -> Body) -> Result<Message, Failure> {
        let part = |kind: ContentType, body: &str| SinglePart::builder().header(kind).body(encoded(body));
        // Nobody who wrote a part of the letter knows its id.
        let bodies = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(format!("letter-{}", self.id))
            .singlepart(part(ContentType::TEXT_PLAIN, &self.text))
            .singlepart(part(ContentType::TEXT_HTML, &self.html));
        let (name, value) = AUTO_SUBMITTED;
        Message::builder()
            .from(self.from.mailbox())
            .to(Mailbox::new(None, self.recipient()?))
            .subject(self.subject())
            .date(self.date)
            .message_id(Some(format!("<{}@{}>", self.id, self.from.host())))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()))
            .multipart(bodies)
            .map_err(|_| Failure::never("no letter can be made of it"))
    }

    /// To whom, well formed.
    pub(super) fn recipient(&self) -> Result<Address, Failure> {
        if self.to.contains(|character: char| character.is_control() || character.is_whitespace()) {
            return Err(no_address());
        }
        self.to.parse().map_err(|_| no_address())
    }

    /// What it is about, in one line.
    pub(super) fn subject(&self) -> String {
        let ends_a_word = |character: char| character.is_control() || character.is_whitespace();
        let words: Vec<&str> = self.subject.split(ends_a_word).filter(|word| !word.is_empty()).collect();
        words.join(" ")
    }
}

fn no_address() -> Failure {
    Failure::never("its address is not one that mail can be sent to")
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;

    pub(crate) fn email(to: &str) -> Email {
        Email {
            id: Uuid::from_u128(7),
            from: Sender::parse("LeadFlow <desk@example.com>").unwrap(),
            to: to.to_owned(),
            subject: "Caffè".to_owned(),
            text: "Hello,\n.\nhttps://desk.example/join#token=abc\n".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            date: SystemTime::UNIX_EPOCH + Duration::from_secs(1_763_712_000),
        }
    }

    fn written(email: &Email) -> String {
        String::from_utf8(email.message().unwrap().formatted()).unwrap()
    }

    /// The lines before the first empty one.
    fn headers(letter: &str) -> Vec<&str> {
        letter.split("\r\n").take_while(|line| !line.is_empty()).collect()
    }

    #[test]
    fn a_letter_has_a_text_and_the_same_as_html() {
        let letter = written(&email("ada@example.com"));
        assert_eq!(
            headers(&letter),
            [
                "From: LeadFlow <desk@example.com>",
                "To: ada@example.com",
                "Subject: =?utf-8?b?Q2FmZsOo?=",
                "Date: Fri, 21 Nov 2025 08:00:00 +0000",
                "Message-ID: <00000000-0000-0000-0000-000000000007@example.com>",
                "Auto-Submitted: auto-generated",
                "MIME-Version: 1.0",
                "Content-Type: multipart/alternative;",
                " boundary=\"letter-00000000-0000-0000-0000-000000000007\"",
            ]
        );
        let (text, html) = (letter.find("text/plain").unwrap(), letter.find("text/html").unwrap());
        assert!(text < html, "the last one is what is shown: {letter}");
        assert!(letter.contains("https://desk.example/join#token=abc") && letter.contains("<p>Hello</p>"), "{letter}");
    }

    #[test]
    fn the_same_letter_is_the_same_bytes() {
        assert_eq!(written(&email("ada@example.com")), written(&email("ada@example.com")));
    }

    #[test]
    fn a_file_is_read_without_a_mail_program() {
        let text =
            "Il caffè vi aspetta: https://desk.example/join#token=a-token-that-is-longer-than-a-line-of-a-letter\n";
        let letter = Email { text: text.to_owned(), ..email("ada@example.com") };
        assert!(!written(&letter).contains("caffè"), "mail servers may not take it so");
        assert!(String::from_utf8(letter.file().unwrap()).unwrap().contains(text.trim_end()));
    }

    #[test]
    fn no_line_of_a_subject_becomes_a_header() {
        for subject in [
            "Hello\r\nBcc: eve@example.com",
            "Hello\nBcc: eve@example.com",
            "Hello\rBcc: eve@example.com",
            "Hello\u{2028}Bcc: eve@example.com",
            "Hello\u{85}Bcc: eve@example.com",
            "Hello\0\r\n\r\nBcc: eve@example.com",
        ] {
            let letter = Email { subject: subject.to_owned(), ..email("ada@example.com") };
            assert_eq!(letter.subject(), "Hello Bcc: eve@example.com");
            let letter = written(&letter);
            let headers = headers(&letter);
            assert_eq!(headers.len(), 9, "{headers:?}");
            assert!(!headers.iter().any(|line| line.starts_with("Bcc")), "{headers:?}");
        }
    }

    #[test]
    fn a_long_subject_stays_one_header_of_short_lines() {
        let letter = Email { subject: "Caffè ".repeat(200), ..email("ada@example.com") };
        let letter = written(&letter);
        assert!(headers(&letter).iter().all(|line| line.len() <= 998), "{letter}");
        assert_eq!(headers(&letter).iter().filter(|line| !line.starts_with(' ')).count(), 8, "{letter}");
    }

    #[test]
    fn an_address_that_is_more_than_one_is_nobody_s() {
        for to in [
            "",
            "ada",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com\nBcc: eve@example.com",
            "ada@example.com, eve@example.com",
            "ada@example.com>\r\nRCPT TO:<eve@example.com",
            "ada@example.com> RCPT",
            "\"ada\r\n\"@example.com",
        ] {
            assert_eq!(email(to).message().unwrap_err(), no_address(), "{to:?}");
        }
    }
}
