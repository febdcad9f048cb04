//! What letters say: once as text and once as HTML, made from the same parts.

use std::fmt::Write as _;

use url::Url;

use super::letter::LetterKind;

/// Longest name that is shown, in characters: longer than names are, and too short for a letter inside the letter.
const LONGEST_NAME: usize = 100;

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wording {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

enum Part<'a> {
    Paragraph(String),
    Link { label: &'static str, to: &'a Url },
}

/// Puts a letter into words.
pub(super) fn worded(what: &LetterKind) -> Wording {
    let says = |text: &str| Part::Paragraph(text.to_owned());
    match what {
        LetterKind::VerifyAddress { link } => written(
            "Confirm your e-mail address",
            &[
                says("Somebody, probably you, is registering a business on LeadFlow with this address."),
                Part::Link { label: "Confirm the address", to: link },
                says("If it was not you, do nothing: without this link nothing is registered."),
            ],
        ),
        LetterKind::AlreadyRegistered { sign_in_link } => written(
            "You have an account already",
            &[
                says(
                    "Somebody, probably you, wanted to register a business on LeadFlow with this address. It has an \
                     account already, so nothing was registered.",
                ),
                Part::Link { label: "Sign in", to: sign_in_link },
                says("If you have forgotten your password, choose another one there. If it was not you, do nothing."),
            ],
        ),
        LetterKind::Invitation { business, inviter, link } => {
            let (business, inviter) = (name(business, "A business"), name(inviter, "Somebody"));
            written(
                &format!("{inviter} invites you to {business} on LeadFlow"),
                &[
                    Part::Paragraph(format!("{inviter} invites you to work for {business} on LeadFlow.")),
                    Part::Link { label: "Accept the invitation", to: link },
                    says("If you don't know them, do nothing: without this link you are no member of anything."),
                ],
            )
        }
        LetterKind::PasswordReset { link } => written(
            "Choose another password",
            &[
                says("Somebody, probably you, has forgotten the password of this address on LeadFlow."),
                Part::Link { label: "Choose another password", to: link },
                says("If it was not you, do nothing: your password stays as it is."),
            ],
        ),
        LetterKind::PasswordChanged => written(
            "Your password was changed",
            &[
                says("The password of this address on LeadFlow is another one now."),
                says(
                    "If it was not you who changed it, choose another one at once (\"forgotten password\", where you sign \
                     in), and tell whoever manages the people of your business.",
                ),
            ],
        ),
    }
}

fn written(subject: &str, parts: &[Part<'_>]) -> Wording {
    let mut text = String::new();
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n",
        escaped(subject)
    );
    for part in parts {
        // Writing to a String can't fail.
        let _ = match part {
            Part::Paragraph(paragraph) => {
                write!(text, "{paragraph}\n\n").and_then(|()| writeln!(html, "<p>{}</p>", escaped(paragraph)))
            }
            Part::Link { label, to } => {
                let shown = escaped(to.as_str());
                write!(text, "{label}:\n{to}\n\n").and_then(|()| {
                    writeln!(html, "<p><a href=\"{shown}\">{}</a></p>\n<p>Or open {shown}</p>", escaped(label))
                })
            }
        };
    }
    text.push_str("LeadFlow\n");
    html.push_str("<p>LeadFlow</p>\n</body>\n</html>\n");
    Wording { subject: subject.to_owned(), text, html }
}

/// A name that somebody chose, in one line and in one direction; `nobody` where nothing is left of it.
fn name(chosen: &str, nobody: &str) -> String {
    let ends_a_word = |character: char| character.is_whitespace() || character.is_control() || turns_text(character);
    let words: Vec<&str> = chosen.split(ends_a_word).filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST_NAME) {
        _ if line.is_empty() => nobody.to_owned(),
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Marks of direction, with which a name could rewrite what stands around it.
fn turns_text(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// For HTML, between tags and in quotes.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Url {
        Url::parse("https://desk.example/members/join?a=1&b=2#token=abc").unwrap()
    }

    fn invitation(business: &str, inviter: &str) -> Wording {
        worded(&LetterKind::Invitation { business: business.to_owned(), inviter: inviter.to_owned(), link: link() })
    }

    #[test]
    fn an_invitation_says_who_and_where_in_both_parts() {
        let Wording { subject, text, html } = invitation("Bella & Co.", "Grace");
        assert_eq!(subject, "Grace invites you to Bella & Co. on LeadFlow");
        assert_eq!(
            text,
            "Grace invites you to work for Bella & Co. on LeadFlow.\n\n\
             Accept the invitation:\nhttps://desk.example/members/join?a=1&b=2#token=abc\n\n\
             If you don't know them, do nothing: without this link you are no member of anything.\n\nLeadFlow\n"
        );
        for part in [
            "<p>Grace invites you to work for Bella &amp; Co. on LeadFlow.</p>",
            "<a href=\"https://desk.example/members/join?a=1&amp;b=2#token=abc\">Accept the invitation</a>",
            "<p>If you don&#39;t know them,",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn every_letter_has_a_subject_and_its_link_in_both_parts() {
        for what in [
            LetterKind::VerifyAddress { link: link() },
            LetterKind::AlreadyRegistered { sign_in_link: link() },
            LetterKind::Invitation { business: "Shop".to_owned(), inviter: "Grace".to_owned(), link: link() },
            LetterKind::PasswordReset { link: link() },
            LetterKind::PasswordChanged,
        ] {
            let Wording { subject, text, html } = worded(&what);
            assert!(!subject.is_empty() && subject.len() < 60, "{subject}");
            let linked = what != LetterKind::PasswordChanged;
            assert_eq!(text.contains(&format!("\n{}\n", link())), linked, "{text}");
            assert_eq!(html.contains(&format!("href=\"{}\"", escaped(link().as_str()))), linked, "{html}");
        }
    }

    #[test]
    fn a_hostile_name_is_a_name_in_one_line() {
        let hostile = "</title><script>alert('1')</script>\"\r\nBcc: eve@example.com\0\u{202e}\u{2028}x";
        let Wording { subject, text, html } = invitation(hostile, hostile);
        let shown = "</title><script>alert('1')</script>\" Bcc: eve@example.com x";
        assert_eq!(subject, format!("{shown} invites you to {shown} on LeadFlow"));
        assert!(text.starts_with(&format!("{shown} invites you to work for {shown} on LeadFlow.\n\n")), "{text}");
        assert!(!html.contains("<script") && html.matches("</title>").count() == 1, "{html}");
        assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; Bcc:"), "{html}");
    }

    #[test]
    fn a_name_without_end_is_cut_and_one_of_nothing_is_somebody() {
        let long = "è".repeat(1_000);
        assert_eq!(
            invitation(&long, "Grace").subject,
            format!("Grace invites you to {}… on LeadFlow", "è".repeat(100))
        );
        assert_eq!(invitation("\r\n", "\u{202e}").subject, "Somebody invites you to A business on LeadFlow");
    }
}
