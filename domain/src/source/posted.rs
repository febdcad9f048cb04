//! What is posted, as a mapping reads it. It changes nothing, so it may be tried on a sample.

use jiff::Timestamp;
use serde_json::Value;
use thiserror::Error;

use super::mapping::{FieldPath, Mapping};
use crate::{E164, EmailAddress};

/// Most answers of one submission.
pub const MOST_ANSWERS: usize = 200;

/// Most characters of a name, of an id, of what a form or a campaign is called, and of where an answer stood.
pub const MOST_CHARACTERS: usize = 500;

/// Most bytes of all answers of one submission: twice what may be posted, so that nothing is too long but what is kept over and over.
pub const MOST_ANSWERED: usize = 512 << 10;

/// What somebody told, as a mapping reads it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Posted {
    /// What the program calls it.
    pub submission_id: Option<String>,
    /// When it was told, by the program's clock.
    pub submitted_at: Option<Timestamp>,
    /// What she is called.
    pub name: Option<String>,
    /// Her number.
    pub phone: Option<E164>,
    /// Her address.
    pub email: Option<EmailAddress>,
    /// What the program calls the form.
    pub form: Option<String>,
    /// What the program calls the campaign.
    pub campaign: Option<String>,
    /// The id of her click on an ad.
    pub click_id: Option<String>,
    /// What is kept beside: what was named, then what can't be read as what it should be, then all other fields, if they are wanted, by
    /// their places.
    pub answers: Vec<PostedAnswer>,
    /// What could not be read as the mapping says. She may be a lead all the same.
    pub problems: Vec<Problem>,
}

/// A field that is kept as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedAnswer {
    /// Where it stands: the first [`MOST_CHARACTERS`] of that.
    pub key: String,
    /// How it was asked for.
    pub question: Option<String>,
    /// What was told.
    pub answer: String,
}

/// What a field is to mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// What the program calls the submission.
    SubmissionId,
    /// When it was told.
    SubmittedAt,
    /// What she is called, or a part of it.
    Name,
    /// Her number.
    Phone,
    /// Her address.
    Email,
    /// The form.
    Form,
    /// The campaign.
    Campaign,
    /// The id of her click.
    ClickId,
    /// An answer.
    Answer,
}

/// That a field can't be read as what it is to mean.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{} at `{}`: {trouble}", meaning.as_str(), path.as_str())]
pub struct Problem {
    /// What it is to mean.
    pub meaning: Meaning,
    /// Where it was looked for.
    pub path: FieldPath,
    /// Why it can't be.
    pub trouble: Trouble,
}

/// Why a field can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Trouble {
    /// Nothing is there, or nothing is in it.
    #[error("nothing stands there")]
    Missing,
    /// A list or an object is there.
    #[error("a list or an object stands there, and no text")]
    NotText,
    /// It is longer than [`MOST_CHARACTERS`].
    #[error("it is longer than {MOST_CHARACTERS} characters")]
    TooLong,
    /// It is no phone number with its country's code.
    #[error("it is no phone number with its country's code")]
    NoPhone,
    /// It is no e-mail address.
    #[error("it is no e-mail address")]
    NoEmail,
    /// It is no moment.
    #[error("it is no moment as RFC 3339 has it, and no seconds or milliseconds since 1970")]
    NoMoment,
}

/// Why nothing becomes of what was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Hindrance {
    /// Nobody is known by it.
    #[error("neither a phone number nor an e-mail address could be read")]
    NamesNobody,
    /// It has more answers than [`MOST_ANSWERS`].
    #[error("it has more than {MOST_ANSWERS} fields to keep")]
    TooManyAnswers,
    /// Its answers are longer than [`MOST_ANSWERED`], all together.
    #[error("what is to be kept of it is longer than {MOST_ANSWERED} bytes")]
    TooMuch,
}

impl Meaning {
    /// In the field's words, as mappings have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SubmissionId => "submissionId",
            Self::SubmittedAt => "submittedAt",
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Form => "form",
            Self::Campaign => "campaign",
            Self::ClickId => "clickId",
            Self::Answer => "answers",
        }
    }
}

impl Posted {
    /// What the program calls `body`, as `mapping` has it: the same as [`Posted::read`] says of it, without all else.
    #[must_use]
    pub fn submission_id(mapping: &Mapping, body: &Value) -> Option<String> {
        Reader::of(body).one(Meaning::SubmissionId, mapping.fields().submission_id.as_ref(), short)
    }

    /// What becomes of `body` under `mapping`.
    #[must_use]
    pub fn read(mapping: &Mapping, body: &Value) -> Self {
        let fields = mapping.fields();
        let mut reader = Reader::of(body);
        let submission_id = reader.one(Meaning::SubmissionId, fields.submission_id.as_ref(), short);
        let submitted_at = reader.one(Meaning::SubmittedAt, fields.submitted_at.as_ref(), moment);
        let parts: Vec<String> =
            fields.name.iter().filter_map(|path| reader.one(Meaning::Name, Some(path), line)).collect();
        let phone = reader
            .one(Meaning::Phone, fields.phone.as_ref(), |text| E164::parse_written(text).map_err(|_| Trouble::NoPhone));
        let email = reader
            .one(Meaning::Email, fields.email.as_ref(), |text| EmailAddress::parse(text).map_err(|_| Trouble::NoEmail));
        let form = reader.one(Meaning::Form, fields.form.as_ref(), line);
        let campaign = reader.one(Meaning::Campaign, fields.campaign.as_ref(), line);
        let click_id = reader.one(Meaning::ClickId, fields.click_id.as_ref(), short);
        let mut answers = Vec::new();
        for named in &fields.answers {
            if is_too_much(&answers) {
                break;
            }
            let question = named.question.as_ref().map(|question| question.as_str().to_owned());
            answers.extend(reader.answer(&named.field, question));
        }
        // What was told and can't be read is not lost.
        answers.append(&mut reader.kept);
        if fields.keeps_others {
            let used = std::mem::take(&mut reader.used);
            leaves(body, &mut String::new(), &used, &mut answers);
        }
        let problems = reader.problems;
        Self {
            submission_id,
            submitted_at,
            name: (!parts.is_empty()).then(|| parts.join(" ")),
            phone,
            email,
            form,
            campaign,
            click_id,
            answers,
            problems,
        }
    }

    /// Why nothing becomes of it, if nothing does.
    #[must_use]
    pub fn hindrance(&self) -> Option<Hindrance> {
        if self.phone.is_none() && self.email.is_none() {
            Some(Hindrance::NamesNobody)
        } else if self.answers.len() > MOST_ANSWERS {
            Some(Hindrance::TooManyAnswers)
        } else if is_too_much(&self.answers) {
            Some(Hindrance::TooMuch)
        } else {
            None
        }
    }
}

/// Whether there is more than becomes a lead: nothing more is read then.
fn is_too_much(answers: &[PostedAnswer]) -> bool {
    answers.len() > MOST_ANSWERS || answers.iter().map(|answer| answer.answer.len()).sum::<usize>() > MOST_ANSWERED
}

struct Reader<'a> {
    body: &'a Value,
    /// Pointers to what was read.
    used: Vec<String>,
    kept: Vec<PostedAnswer>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn of(body: &'a Value) -> Self {
        Self { body, used: vec![], kept: vec![], problems: vec![] }
    }

    fn one<T>(
        &mut self,
        meaning: Meaning,
        path: Option<&FieldPath>,
        read: impl FnOnce(&str) -> Result<T, Trouble>,
    ) -> Option<T> {
        let path = path?;
        let text = self.text(meaning, path)?;
        self.used.push(pointer(path));
        match read(&text) {
            Ok(read) => Some(read),
            Err(trouble) => {
                self.kept.push(PostedAnswer { key: path.as_str().to_owned(), question: None, answer: text });
                self.problems.push(Problem { meaning, path: path.clone(), trouble });
                None
            }
        }
    }

    /// What stands somewhere: itself, or what is in it, each by its place.
    fn answer(&mut self, path: &FieldPath, question: Option<String>) -> Vec<PostedAnswer> {
        let at = pointer(path);
        let Some(value) = self.body.pointer(&at).filter(|value| !is_nothing(value)) else {
            self.problems.push(Problem { meaning: Meaning::Answer, path: path.clone(), trouble: Trouble::Missing });
            return vec![];
        };
        self.used.push(at.clone());
        match text(value) {
            Some(answer) => vec![PostedAnswer { key: path.as_str().to_owned(), question, answer }],
            None => {
                let mut below = Vec::new();
                leaves(value, &mut at.clone(), &[], &mut below);
                below.iter_mut().for_each(|answer| answer.question.clone_from(&question));
                below
            }
        }
    }

    fn text(&mut self, meaning: Meaning, path: &FieldPath) -> Option<String> {
        let at = pointer(path);
        let trouble = match self.body.pointer(&at).filter(|value| !is_nothing(value)) {
            // Read by a parser that knows 53 bits of it, two ids may be one.
            Some(Value::Number(number)) if meaning == Meaning::SubmissionId && number.is_f64() => Trouble::NotText,
            Some(value) => match text(value) {
                Some(text) => return Some(text),
                None => {
                    leaves(value, &mut at.clone(), &[], &mut self.kept);
                    self.used.push(at);
                    Trouble::NotText
                }
            },
            None => Trouble::Missing,
        };
        self.problems.push(Problem { meaning, path: path.clone(), trouble });
        None
    }
}

/// As a JSON pointer, whichever way it is written.
fn pointer(path: &FieldPath) -> String {
    let path = path.as_str();
    if path.starts_with('/') { path.to_owned() } else { format!("/{}", escaped(path)) }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(said) => Some(said.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn short(text: &str) -> Result<String, Trouble> {
    if text.chars().count() > MOST_CHARACTERS { Err(Trouble::TooLong) } else { Ok(text.to_owned()) }
}

/// What has lines, or letters that are none, is read as one line without them.
fn line(text: &str) -> Result<String, Trouble> {
    let words = text.split_whitespace().map(|word| word.chars().filter(|letter| !letter.is_control()).collect());
    let line = words.filter(|word: &String| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if line.is_empty() { Err(Trouble::Missing) } else { short(&line) }
}

/// Seconds since 1970 have ten digits until the year 2286, milliseconds thirteen. What is before 1970 is what programs write who don't know
/// when it was.
fn moment(text: &str) -> Result<Timestamp, Trouble> {
    const FIRST_MILLISECONDS: i64 = 100_000_000_000;
    let at = match text.parse::<i64>() {
        Ok(number) if number >= FIRST_MILLISECONDS => Timestamp::from_millisecond(number),
        Ok(number) => Timestamp::from_second(number),
        Err(_) => text.parse(),
    };
    at.ok().filter(|at| at.as_second() > 0).ok_or(Trouble::NoMoment)
}

/// All that stands below `value`, but for what was `used`; one more than there may be at most. What is in a field of the body's own has
/// its name as key, what is deeper a pointer. A body is no deeper than its parser lets it be.
fn leaves(value: &Value, at: &mut String, used: &[String], into: &mut Vec<PostedAnswer>) {
    if into.len() > MOST_ANSWERS || used.iter().any(|used| used == at) {
        return;
    }
    let length = at.len();
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                at.push('/');
                at.push_str(&escaped(name));
                leaves(value, at, used, into);
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            for (nth, value) in items.iter().enumerate() {
                at.push('/');
                at.push_str(&nth.to_string());
                leaves(value, at, used, into);
                at.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            if let Some(answer) = text(value).filter(|text| !text.is_empty()) {
                let own = at.strip_prefix('/').filter(|name| !name.contains('/'));
                // Cut before it is copied: what two hundred answers stand below may be as long as the body.
                let place: String = own.unwrap_or(at).chars().take(MOST_CHARACTERS).collect();
                let key = if own.is_some() { place.replace("~1", "/").replace("~0", "~") } else { place };
                into.push(PostedAnswer { key, question: None, answer });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::{MappedAnswer, MappedFields};

    fn path(text: &str) -> FieldPath {
        FieldPath::parse(text).unwrap()
    }

    fn mapping() -> MappedFields {
        MappedFields {
            submission_id: Some(path("id")),
            submitted_at: Some(path("/meta/at")),
            name: vec![path("/lead/first"), path("/lead/last")],
            phone: Some(path("/lead/phones/0")),
            email: Some(path("/lead/email")),
            form: Some(path("form")),
            campaign: Some(path("utm_campaign")),
            click_id: Some(path("gclid")),
            answers: vec![],
            keeps_others: false,
        }
    }

    fn read(fields: MappedFields, body: &Value) -> Posted {
        Posted::read(&Mapping::new(fields).unwrap(), body)
    }

    fn body() -> Value {
        json!({
            "id": 17, "meta": { "at": "2026-11-06T08:00:00Z" }, "form": "contact", "utm_campaign": "spring", "gclid": "c-1",
            "lead": { "first": " Nora ", "last": "Winter", "phones": ["+39 333 123 4567"], "email": "nora@example.com" },
            "colour": "blue", "size": { "w": 90, "rounded": true }, "empty": "", "nothing": null, "a/b": "slash",
        })
    }

    fn answers(posted: &Posted) -> Vec<(&str, &str)> {
        posted.answers.iter().map(|answer| (answer.key.as_str(), answer.answer.as_str())).collect()
    }

    #[test]
    fn each_field_is_read_where_it_stands() {
        let posted = read(mapping(), &body());
        assert_eq!(posted.submission_id.as_deref(), Some("17"));
        assert_eq!(Posted::submission_id(&Mapping::new(mapping()).unwrap(), &body()).as_deref(), Some("17"));
        assert_eq!(posted.submitted_at.map(|at| at.to_string()).as_deref(), Some("2026-11-06T08:00:00Z"));
        assert_eq!(posted.name.as_deref(), Some("Nora Winter"));
        assert_eq!(posted.phone.as_ref().map(E164::as_str), Some("+393331234567"));
        assert_eq!(posted.email, EmailAddress::parse("nora@example.com").ok());
        assert_eq!(
            (posted.form.as_deref(), posted.campaign.as_deref(), posted.click_id.as_deref()),
            (Some("contact"), Some("spring"), Some("c-1"))
        );
        assert_eq!((posted.problems.as_slice(), posted.answers.as_slice()), (&[][..], &[][..]));
        assert_eq!(posted.hindrance(), None);
    }

    #[test]
    fn others_are_kept_by_their_places_where_they_are_wanted() {
        let posted = read(MappedFields { keeps_others: true, ..mapping() }, &body());
        let others = [("a/b", "slash"), ("colour", "blue"), ("/size/rounded", "true"), ("/size/w", "90")];
        assert_eq!(answers(&posted), others);
        let named = |field: &str, question: Option<&str>| MappedAnswer {
            field: path(field),
            question: question.map(|text| super::super::FieldQuestion::parse(text).unwrap()),
        };
        let asked = vec![named("size", Some("How big?")), named("colour", None), named("gone", None)];
        let posted = read(MappedFields { answers: asked.clone(), ..mapping() }, &body());
        assert_eq!(answers(&posted), [("/size/rounded", "true"), ("/size/w", "90"), ("colour", "blue")]);
        assert_eq!(posted.answers[0].question.as_deref(), Some("How big?"));
        assert_eq!(posted.problems.len(), 1, "{:?}", posted.problems);
        assert_eq!(posted.problems[0].to_string(), "answers at `gone`: nothing stands there");
        let both = read(MappedFields { answers: asked, keeps_others: true, ..mapping() }, &body());
        assert_eq!(both.answers.len(), 4, "each once: {:?}", both.answers);
    }

    #[test]
    fn what_can_t_be_read_is_named_and_is_not_lost() {
        let mut body = body();
        body["lead"]["phones"][0] = json!("ask my sister");
        body["meta"]["at"] = json!("yesterday");
        body["lead"]["first"] = json!("x".repeat(MOST_CHARACTERS + 1));
        body["utm_campaign"] = json!(["spring"]);
        body["gclid"] = json!(" ");
        let posted = read(mapping(), &body);
        let troubles: Vec<(Meaning, Trouble)> =
            posted.problems.iter().map(|problem| (problem.meaning, problem.trouble)).collect();
        let expected = [
            (Meaning::SubmittedAt, Trouble::NoMoment),
            (Meaning::Name, Trouble::TooLong),
            (Meaning::Phone, Trouble::NoPhone),
            (Meaning::Campaign, Trouble::NotText),
            (Meaning::ClickId, Trouble::Missing),
        ];
        assert_eq!(troubles, expected);
        let kept: Vec<&str> = posted.answers.iter().map(|answer| answer.key.as_str()).collect();
        assert_eq!(kept, ["/meta/at", "/lead/first", "/lead/phones/0", "/utm_campaign/0"]);
        assert_eq!(posted.hindrance(), None, "she is known by her address");
        assert!(posted.problems.iter().all(|problem| !problem.to_string().contains("sister")), "nothing of hers");
    }

    #[test]
    fn a_moment_of_nobody_s_time_is_none() {
        for at in
            [json!("-005000-01-01T00:00:00Z"), json!(-300_000_000_000_i64), json!("0001-01-01T00:00:00Z"), json!(0)]
        {
            let mut body = body();
            body["meta"]["at"] = at.clone();
            let posted = read(mapping(), &body);
            assert_eq!((posted.submitted_at, posted.problems.len()), (None, 1), "{at}");
            assert_eq!(posted.problems[0].trouble, Trouble::NoMoment, "{at}");
        }
    }

    #[test]
    fn an_id_that_can_t_be_told_from_another_is_none() {
        let mut body: Value = body();
        body["id"] = serde_json::from_str("123456789012345678901").unwrap();
        let posted = read(MappedFields { submission_id: Some(path("id")), ..mapping() }, &body);
        assert_eq!((posted.submission_id, posted.problems[0].trouble), (None, Trouble::NotText));
    }

    #[test]
    fn nothing_is_read_beyond_what_becomes_a_lead() {
        let mut body = body();
        body["essay"] = json!("x".repeat(MOST_ANSWERED));
        let named = |_| MappedAnswer { field: path("essay"), question: None };
        let posted = read(MappedFields { answers: (0..100).map(named).collect(), ..mapping() }, &body);
        assert_eq!((posted.answers.len(), posted.hindrance()), (2, Some(Hindrance::TooMuch)));
    }

    #[test]
    fn nobody_is_known_by_neither_and_there_is_an_end_to_answers() {
        for body in [json!({}), json!([]), json!("x"), json!(null), json!({ "lead": { "email": "nora at home" } })] {
            assert_eq!(read(mapping(), &body).hindrance(), Some(Hindrance::NamesNobody), "{body}");
        }
        let mut many = body();
        many["list"] = json!(vec![1; 100_000]);
        let posted = read(MappedFields { keeps_others: true, ..mapping() }, &many);
        assert_eq!(posted.hindrance(), Some(Hindrance::TooManyAnswers));
        assert!(posted.answers.len() <= MOST_ANSWERS + 1, "no more of it is kept than tells");
    }

    #[test]
    fn a_name_is_one_line_whatever_stands_there() {
        let mut body = body();
        body["lead"]["first"] = json!("Nora\r\n\tvon \u{7} der\u{1b}[31m");
        body["lead"]["last"] = json!("\u{1}\u{2}");
        body["utm_campaign"] = json!("spring\nsale");
        let posted = read(mapping(), &body);
        assert_eq!(posted.name.as_deref(), Some("Nora von der[31m"));
        assert_eq!(posted.campaign.as_deref(), Some("spring sale"));
        assert_eq!(posted.problems.iter().map(|problem| problem.trouble).collect::<Vec<_>>(), [Trouble::Missing]);
    }

    #[test]
    fn a_body_comes_to_no_more_than_it_has() {
        let keeps = || MappedFields { keeps_others: true, ..mapping() };
        let mut long = body();
        let name = "ü".repeat(50_000);
        long[name.as_str()] =
            (0..100).map(|nth| (nth.to_string(), json!("x"))).collect::<serde_json::Map<_, _>>().into();
        long["y".repeat(60_000).as_str()] = json!("own");
        let posted = read(keeps(), &long);
        assert_eq!((posted.hindrance(), posted.answers.len()), (None, 105));
        assert!(posted.answers.iter().all(|answer| answer.key.chars().count() <= MOST_CHARACTERS));
        // As deep as a parser lets it be, and all of it wanted.
        let deep =
            (0..125).fold(
                json!("at the bottom"),
                |below, nth| if nth % 2 == 0 { json!([below]) } else { json!({ "a": below }) },
            );
        let mut posted_deep = body();
        posted_deep["deep"] = deep;
        let posted = read(keeps(), &posted_deep);
        assert!(posted.answers.iter().any(|answer| answer.answer == "at the bottom"), "{:?}", posted.answers);
        // The same over and over, as the mapping has it.
        let mut essay = body();
        essay["essay"] = json!("x".repeat(200_000));
        let named = vec![MappedAnswer { field: path("essay"), question: None }; 3];
        assert_eq!(
            read(MappedFields { answers: named.clone(), ..mapping() }, &essay).hindrance(),
            Some(Hindrance::TooMuch)
        );
        assert_eq!(read(MappedFields { answers: named[..2].to_vec(), ..mapping() }, &essay).hindrance(), None);
    }

    #[test]
    fn a_moment_may_be_written_as_programs_do() {
        for (text, read) in [
            ("1762416000", Ok("2025-11-06T08:00:00Z")),
            ("1762416000123", Ok("2025-11-06T08:00:00.123Z")),
            ("2025-11-06T09:00:00+01:00", Ok("2025-11-06T08:00:00Z")),
            ("9223372036854775807", Err(Trouble::NoMoment)),
            ("06.11.2025", Err(Trouble::NoMoment)),
        ] {
            let at = moment(text).map(|at| at.to_string());
            assert_eq!(at.as_deref().map_err(|trouble| *trouble), read, "{text}");
        }
    }
}
