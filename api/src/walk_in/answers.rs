//! What somebody has written into a form, and whether it can be taken.

use std::collections::HashMap;

use leadflow_domain::source::{Asked, WalkInForm};
use leadflow_domain::{E164, EmailAddress};

use super::phone::{self, Unread};
use super::stored::StoredAnswer;
use super::wording::{Words, words};

/// Fields, as they are called in what is sent.
pub(super) const NAME: &str = "name";
pub(super) const PHONE: &str = "phone";
pub(super) const EMAIL: &str = "email";
pub(super) const CONSENT: &str = "consent";
pub(super) const STAMP: &str = "stamp";
/// What people leave empty, under a name that programs like to fill in.
pub(super) const TRAP: &str = "website";

/// The business's own questions, in their order.
const QUESTIONS: [&str; leadflow_domain::source::MOST_QUESTIONS] = [
    "question-1",
    "question-2",
    "question-3",
    "question-4",
    "question-5",
    "question-6",
    "question-7",
    "question-8",
    "question-9",
    "question-10",
];

/// Most pairs of a body: a form has fewer.
const MOST_PAIRS: usize = 64;

/// Most characters of an answer in one line, and of one in several.
const LONGEST: usize = 300;
const LONGEST_OF_LINES: usize = 2_000;

/// What the `nth` question's field is called.
pub(super) fn question_field(nth: usize) -> &'static str {
    QUESTIONS.get(nth).copied().unwrap_or_default()
}

/// What somebody has written, by the fields' names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Given(HashMap<String, String>);

/// Something that can't be taken so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrong {
    /// Which field; none where it is about all of it.
    pub(super) field: Option<&'static str>,
    /// What is said of it.
    pub(super) what: fn(&Words) -> &'static str,
}

/// What a form that can be taken says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) name: Option<String>,
    pub(super) phone: Option<E164>,
    pub(super) email: Option<EmailAddress>,
    pub(super) answers: Vec<StoredAnswer>,
}

impl Given {
    /// Reads a body as browsers send forms. Of a field that is there twice, the first counts. `None` is a body that no form sends.
    ///
    /// Broken UTF-8 becomes U+FFFD, and so does NUL; other control characters become blanks, but for the ends of lines.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut given = HashMap::new();
        for (nth, (name, value)) in form_urlencoded::parse(body).enumerate() {
            if nth >= MOST_PAIRS {
                return None;
            }
            given.entry(clean(&name)).or_insert_with(|| clean(&value));
        }
        given.contains_key(STAMP).then_some(Self(given))
    }

    /// What was written; empty where nothing was.
    pub(super) fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// What `form` makes of it.
    ///
    /// # Errors
    /// All that is wrong with it, in the form's order.
    pub(super) fn filled(&self, form: &WalkInForm) -> Result<Filled, Vec<Wrong>> {
        let mut reading = Reading { given: self, words: words(form.language), wrong: vec![], answers: vec![] };
        let name = reading.line(form.name, NAME, reading.words.name).map(str::to_owned);
        let phone = reading.line(form.phone, PHONE, reading.words.phone).and_then(|written| {
            let read = phone::read(written, form.calling_code.as_ref());
            let why: fn(&Words) -> &'static str = match read {
                Ok(_) | Err(Unread::NoNumber) => |words| words.no_number,
                Err(Unread::WhichCountry) => |words| words.which_country,
            };
            reading.kept(PHONE, read.ok(), why)
        });
        let email = reading
            .line(form.email, EMAIL, reading.words.email)
            .and_then(|written| reading.kept(EMAIL, EmailAddress::parse(written).ok(), |words| words.no_address));
        let asked = |asked, field| asked == Asked::No || self.get(field).is_empty();
        if reading.wrong.is_empty() && asked(form.phone, PHONE) && asked(form.email, EMAIL) {
            let field = if form.phone == Asked::No { EMAIL } else { PHONE };
            reading.wrong.push(Wrong { field: Some(field), what: |words| words.phone_or_email });
        }
        for (nth, question) in form.questions.iter().enumerate() {
            let asked = if question.required { Asked::Always } else { Asked::Optionally };
            let longest = if question.long { LONGEST_OF_LINES } else { LONGEST };
            reading.answer(asked, question_field(nth), question.text.as_str(), longest);
        }
        if let Some(consent) = &form.consent {
            if self.get(CONSENT).is_empty() {
                reading.wrong.push(Wrong { field: Some(CONSENT), what: |words| words.no_consent });
            }
            reading.put(CONSENT, consent.as_str(), "yes");
        }
        let Reading { wrong, answers, .. } = reading;
        if wrong.is_empty() { Ok(Filled { name, phone, email, answers }) } else { Err(wrong) }
    }
}

/// What was written, as it is gone through.
struct Reading<'a> {
    given: &'a Given,
    words: &'static Words,
    wrong: Vec<Wrong>,
    answers: Vec<StoredAnswer>,
}

impl<'a> Reading<'a> {
    fn line(&mut self, asked: Asked, field: &'static str, label: &str) -> Option<&'a str> {
        self.answer(asked, field, label, LONGEST)
    }

    /// What was answered, if anything, of at most `longest` characters.
    fn answer(&mut self, asked: Asked, field: &'static str, label: &str, longest: usize) -> Option<&'a str> {
        if asked == Asked::No {
            return None;
        }
        let written = self.given.get(field);
        if written.is_empty() {
            if asked == Asked::Always {
                self.wrong.push(Wrong { field: Some(field), what: |words| words.missing });
            }
            return None;
        }
        if written.chars().count() > longest {
            self.wrong.push(Wrong { field: Some(field), what: |words| words.too_long });
            return None;
        }
        self.put(field, label, written);
        Some(written)
    }

    fn put(&mut self, key: &str, question: &str, answer: &str) {
        let [key, question, answer] = [key, question, answer].map(str::to_owned);
        self.answers.push(StoredAnswer { key, question, answer });
    }

    /// What a field comes to; where that is nothing, why not is put down.
    fn kept<T>(&mut self, field: &'static str, read: Option<T>, what: fn(&Words) -> &'static str) -> Option<T> {
        if read.is_none() {
            self.wrong.push(Wrong { field: Some(field), what });
        }
        read
    }
}

fn clean(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let letter = |letter: char| match letter {
        '\0' => '\u{fffd}',
        '\n' => '\n',
        control if control.is_control() => ' ',
        letter => letter,
    };
    lines.chars().map(letter).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use leadflow_domain::source::{CallingCode, FormHeading, FormLanguage, FormQuestion, FormQuestionText, FormText};

    use super::*;

    fn form() -> WalkInForm {
        let question =
            |text: &str, required, long| FormQuestion { text: FormQuestionText::parse(text).unwrap(), required, long };
        WalkInForm {
            language: FormLanguage::English,
            heading: FormHeading::parse("Welcome").unwrap(),
            greeting: None,
            name: Asked::Always,
            phone: Asked::Optionally,
            calling_code: CallingCode::parse("+91").ok(),
            email: Asked::Optionally,
            questions: vec![question("Which colour?", true, false), question("What else?", false, true)],
            consent: FormText::parse("You may call me").ok(),
            thanks: None,
            whatsapp: None,
        }
    }

    fn given(fields: &[(&str, &str)]) -> Given {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair(STAMP, "x").extend_pairs(fields);
        Given::read(body.finish().as_bytes()).unwrap()
    }

    const ALL: [(&str, &str); 6] = [
        (NAME, " Nora Winter "),
        (PHONE, "98200 45001"),
        (EMAIL, "nora@example.com"),
        ("question-1", "Blue"),
        ("question-2", "One\r\nTwo"),
        (CONSENT, "yes"),
    ];

    fn wrong(fields: &[(&str, &str)]) -> Vec<(&'static str, &'static str)> {
        let wrong = given(fields).filled(&form()).unwrap_err();
        wrong.into_iter().map(|wrong| (wrong.field.unwrap(), (wrong.what)(words(FormLanguage::English)))).collect()
    }

    /// All fields, but for one.
    fn but(field: &'static str, written: &'static str) -> Vec<(&'static str, &'static str)> {
        ALL.into_iter().map(|(name, value)| if name == field { (name, written) } else { (name, value) }).collect()
    }

    #[test]
    fn what_was_written_is_kept_as_it_was_asked() {
        let filled = given(&ALL).filled(&form()).unwrap();
        assert_eq!(filled.name.as_deref(), Some("Nora Winter"));
        assert_eq!(filled.phone, E164::parse("+919820045001").ok());
        assert_eq!(filled.email, EmailAddress::parse("nora@example.com").ok());
        let answers: Vec<_> = filled.answers.iter().map(|told| (&*told.key, &*told.question, &*told.answer)).collect();
        assert_eq!(
            answers,
            [
                (NAME, "Name", "Nora Winter"),
                (PHONE, "Phone number", "98200 45001"),
                (EMAIL, "E-mail address", "nora@example.com"),
                ("question-1", "Which colour?", "Blue"),
                ("question-2", "What else?", "One\nTwo"),
                (CONSENT, "You may call me", "yes"),
            ]
        );
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_and_in_order() {
        assert_eq!(
            wrong(&[(PHONE, "call me"), (EMAIL, "nora at home")]),
            [
                (NAME, "this is needed"),
                (PHONE, "this is no phone number"),
                (EMAIL, "this is no e-mail address, such as nora@example.com"),
                ("question-1", "this is needed"),
                (CONSENT, "please agree to this, so that we may get in touch"),
            ]
        );
        let code = "begin with + and the code of its country, so that we call the right one";
        assert_eq!(wrong(&but(PHONE, "91 982004500")), [(PHONE, code)]);
    }

    #[test]
    fn one_of_phone_and_address_is_enough_and_none_is_not() {
        for field in [PHONE, EMAIL] {
            assert!(given(&but(field, " ")).filled(&form()).is_ok(), "{field}");
        }
        let neither: Vec<_> = ALL.into_iter().filter(|(name, _)| ![PHONE, EMAIL].contains(name)).collect();
        assert_eq!(wrong(&neither), [(PHONE, "one of the two is needed, so that we can answer you")]);
    }

    #[test]
    fn what_is_not_asked_is_not_kept() {
        let form = WalkInForm { name: Asked::No, email: Asked::No, questions: vec![], consent: None, ..form() };
        let filled = given(&ALL).filled(&form).unwrap();
        assert_eq!((filled.name, filled.email), (None, None));
        assert_eq!(filled.answers.iter().map(|told| &*told.key).collect::<Vec<_>>(), [PHONE]);
    }

    #[test]
    fn an_answer_has_an_end() {
        let (line, lines): (&'static str, &'static str) = ("é".repeat(301).leak(), "é".repeat(2_001).leak());
        assert_eq!(wrong(&but(NAME, line)), [(NAME, "this is too long")]);
        assert_eq!(wrong(&but("question-1", line)), [("question-1", "this is too long")]);
        assert!(given(&but("question-2", line)).filled(&form()).is_ok());
        assert_eq!(wrong(&but("question-2", lines)), [("question-2", "this is too long")]);
    }

    #[test]
    fn whatever_bytes_come_are_text_or_no_form() {
        let read =
            |body: &[u8]| Given::read(&[b"stamp=x&name=", body].concat()).map(|given| given.get(NAME).to_owned());
        for (body, text) in [
            (&b"a%00b"[..], "a\u{fffd}b"),
            (b"a\0b", "a\u{fffd}b"),
            (b"a%ff%feb", "a\u{fffd}\u{fffd}b"),
            (b"a\xffb", "a\u{fffd}b"),
            (b"a%1b%5b31mb", "a [31mb"),
            (b"%0d%0aa%0d%0ab%0d%0a", "a\nb"),
            (b"a%0db", "a\nb"),
            (b"%zz%", "%zz%"),
            (b"one&name=two", "one"),
        ] {
            assert_eq!(read(body).as_deref(), Some(text), "{body:?}");
        }
        assert_eq!(Given::read(b""), None);
        assert_eq!(Given::read(b"name=Nora"), None);
        assert_eq!(Given::read(&[&b"stamp=x"[..], &b"&a=b".repeat(64)].concat()), None);
        assert!(Given::read(&[&b"stamp=x"[..], &b"&a=b".repeat(63)].concat()).is_some());
    }
}
