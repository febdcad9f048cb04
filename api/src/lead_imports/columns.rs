//! What a file's columns are: as whoever brings it says, or as their names tell.

use std::collections::HashSet;

use leadflow_domain::{E164, EmailAddress};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::records::Delimiter;

/// Columns of answers that a row may have: as many as are shown of a submission.
pub(super) const MOST_ANSWERS: usize = 20;

/// Columns that a file may have.
pub const MOST_COLUMNS: usize = 100;

/// Letters that a column's name may have.
const LONGEST_NAME: usize = 500;

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What she is called.
    Name,
    /// Her first name; with the last it is what she is called.
    FirstName,
    /// Her last name.
    LastName,
    /// Her number.
    Phone,
    /// Her address of electronic mail.
    Email,
    /// The campaign that led to her.
    Campaign,
    /// When she told of her interest.
    SubmittedAt,
    /// Something else about her.
    Answer,
    /// Nothing that is read.
    Ignore,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Phone,
        Self::Email,
        Self::Campaign,
        Self::SubmittedAt,
        Self::Answer,
        Self::Ignore,
    ];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Campaign => "campaign",
            Self::SubmittedAt => "submitted_at",
            Self::Answer => "answer",
            Self::Ignore => "ignore",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| plain(field.as_str()) == plain(text))
    }

    /// Whether several columns may be it.
    fn may_be_several(self) -> bool {
        matches!(self, Self::Answer | Self::Ignore)
    }

    /// The one that a column is by its name, in the languages of those who use this.
    fn guess(name: &str) -> Option<Self> {
        const NAMES: [(Field, &[&str]); 7] = [
            (
                Field::Name,
                &[
                    "name",
                    "fullname",
                    "contact",
                    "contactname",
                    "nome",
                    "nomecognome",
                    "nomecompleto",
                    "nombre",
                    "nom",
                    "vollername",
                    "customer",
                    "leadname",
                ],
            ),
            (Field::FirstName, &["firstname", "givenname", "vorname", "prenom", "prénom"]),
            (Field::LastName, &["lastname", "surname", "familyname", "nachname", "cognome", "apellido", "apellidos"]),
            (
                Field::Phone,
                &[
                    "phone",
                    "phonenumber",
                    "telephone",
                    "tel",
                    "mobile",
                    "mobilephone",
                    "cell",
                    "cellphone",
                    "whatsapp",
                    "whatsappnumber",
                    "telefono",
                    "teléfono",
                    "cellulare",
                    "numeroditelefono",
                    "telefon",
                    "telefonnummer",
                    "handy",
                    "mobil",
                    "telefone",
                    "celular",
                    "téléphone",
                    "portable",
                    "contactnumber",
                ],
            ),
            (
                Field::Email,
                &[
                    "email",
                    "emailaddress",
                    "mail",
                    "correo",
                    "correoelectronico",
                    "courriel",
                    "indirizzoemail",
                    "emailadresse",
                ],
            ),
            (
                Field::Campaign,
                &["campaign", "campaignname", "campagna", "campaña", "campagne", "kampagne", "utmcampaign"],
            ),
            (
                Field::SubmittedAt,
                &[
                    "submittedat",
                    "createdat",
                    "created",
                    "createdtime",
                    "createddate",
                    "date",
                    "timestamp",
                    "data",
                    "datum",
                    "fecha",
                ],
            ),
        ];
        let plain = plain(name);
        NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(field, _)| *field)
    }
}

/// Small letters and figures alone.
fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A column and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name, as the file has it.
    pub name: String,
    /// What stands in it.
    pub field: Field,
}

/// Why it can't be said what a file's columns are.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unmapped {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It has more columns than a file may.
    #[error("the file has {0} columns, and may have 100")]
    TooMany(usize),
    /// Its first row is too long to be one.
    #[error("the file's first row is longer than names of columns are; is there a quote that is not closed?")]
    TooLong,
    /// Its first row tells of a person.
    #[error(
        "the file's first row has no names of columns but somebody's phone or address: put a row of names before it"
    )]
    NoHeader,
    /// Two columns have one name.
    #[error("two columns are called {0:?}: rename one of them")]
    Twice(String),
    /// A name is no name.
    #[error("column {0} has a name of more than 500 letters, or with signs that no name has")]
    Name(usize),
    /// It says of a column that there is not what it is.
    #[error("the file has no column {column:?}; it has {}", .has.join(", "))]
    NoColumn {
        /// Which.
        column: String,
        /// Those that it has.
        has: Vec<String>,
    },
    /// It is said twice.
    #[error("two columns are said to be {}", .0.as_str())]
    Said(Field),
    /// A column is said to be two things.
    #[error("{0:?} is said to be two things")]
    SaidTwice(String),
    /// There are more than are kept.
    #[error("{0} columns are answers, and there may be 20: let others be `ignore`")]
    Answers(usize),
    /// Nobody is known by what is there.
    #[error("no column is `phone` or `email`, and somebody is known by these alone; it has {}", .0.join(", "))]
    Nobody(Vec<String>),
}

/// `FIELD=COLUMN`, as it is said at the command line and in a URL.
///
/// # Errors
/// What is wrong with it.
pub fn parse_said(text: &str) -> Result<(Field, String), String> {
    let (field, column) = text.split_once('=').ok_or("must be FIELD=COLUMN, such as phone=Mobile")?;
    let known = Field::parse(field).ok_or_else(|| {
        let words: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
        format!("there is no field {field:?}; there are {}", words.join(", "))
    })?;
    Ok((known, column.trim().to_owned()))
}

/// What the columns of `header` are: as is said, and of the others as their names tell. What nothing tells of is an answer, and what
/// is beyond as many as are kept is ignored.
///
/// # Errors
/// [`Unmapped`].
pub(super) fn columns(header: &[String], said: &[(Field, String)]) -> Result<Vec<Column>, Unmapped> {
    let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    if names.iter().all(String::is_empty) {
        return Err(Unmapped::Empty);
    }
    if names.len() > MOST_COLUMNS {
        return Err(Unmapped::TooMany(names.len()));
    }
    if names.iter().any(|name| is_of_a_person(name)) {
        return Err(Unmapped::NoHeader);
    }
    let mut seen = HashSet::new();
    for (nth, name) in names.iter().enumerate() {
        if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(Unmapped::Name(nth + 1));
        }
        if !name.is_empty() && !seen.insert(name.as_str()) {
            return Err(Unmapped::Twice(name.clone()));
        }
    }
    let mut fields: Vec<Option<Field>> = vec![None; names.len()];
    for (field, column) in said {
        // As it is written, or else as it reads.
        let exactly = names.iter().position(|name| name == column);
        let at = exactly.or_else(|| names.iter().position(|name| plain(name) == plain(column) && !name.is_empty()));
        let Some(at) = at else {
            return Err(Unmapped::NoColumn { column: column.clone(), has: named(&names) });
        };
        if fields[at].is_some() {
            return Err(Unmapped::SaidTwice(column.clone()));
        }
        if !field.may_be_several() && fields.contains(&Some(*field)) {
            return Err(Unmapped::Said(*field));
        }
        fields[at] = Some(*field);
    }
    let answers = fields.iter().filter(|field| **field == Some(Field::Answer)).count();
    if answers > MOST_ANSWERS {
        return Err(Unmapped::Answers(answers));
    }
    for nth in 0..names.len() {
        if fields[nth].is_none() {
            // Who is called by one column is not called by two others.
            let guessed = Field::guess(&names[nth]).filter(|field| !fields.contains(&Some(*field)));
            let is_room = fields.iter().filter(|field| **field == Some(Field::Answer)).count() < MOST_ANSWERS;
            let other = if is_room && !names[nth].is_empty() { Field::Answer } else { Field::Ignore };
            fields[nth] = Some(guessed.unwrap_or(other));
        }
    }
    if !fields.iter().any(|field| matches!(field, Some(Field::Phone | Field::Email))) {
        return Err(Unmapped::Nobody(named(&names)));
    }
    let column = |(name, field): (String, Option<Field>)| Column { name, field: field.unwrap_or(Field::Ignore) };
    Ok(names.into_iter().zip(fields).map(column).collect())
}

fn named(names: &[String]) -> Vec<String> {
    names.iter().filter(|name| !name.is_empty()).map(|name| format!("{name:?}")).collect()
}

/// Whether this is somebody's phone or address, and no name of a column.
fn is_of_a_person(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    EmailAddress::parse(name).is_ok() || (digits >= 7 && E164::parse_written(name).is_ok())
}

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// What stands between its cells.
    pub delimiter: Delimiter,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(header: &[&str], said: &[(Field, &str)]) -> Result<Vec<Field>, Unmapped> {
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        let said: Vec<_> = said.iter().map(|(field, column)| (*field, (*column).to_owned())).collect();
        Ok(columns(&header, &said)?.into_iter().map(|column| column.field).collect())
    }

    #[test]
    fn columns_are_known_by_their_names() {
        use Field::{Answer, Campaign, Email, FirstName, Ignore, LastName, Name, Phone, SubmittedAt};
        for (header, fields) in [
            (vec!["Full name", "Phone number", "E-Mail", "Budget"], vec![Name, Phone, Email, Answer]),
            (vec![" Cellulare ", "Nome"], vec![Phone, Name]),
            (vec!["First Name", "LAST_NAME", "Mobile", "Tel"], vec![FirstName, LastName, Phone, Answer]),
            (vec!["created_time", "utm_campaign", "email", ""], vec![SubmittedAt, Campaign, Email, Ignore]),
        ] {
            assert_eq!(mapped(&header, &[]), Ok(fields), "{header:?}");
        }
    }

    #[test]
    fn what_is_said_counts_before_what_names_tell() {
        use Field::{Answer, Email, Ignore, Phone};
        let header = ["Phone", "Other Phone", "E-mail", "Note"];
        assert_eq!(mapped(&header, &[(Phone, "Other Phone")]), Ok(vec![Answer, Phone, Email, Answer]));
        assert_eq!(mapped(&header, &[(Ignore, "note"), (Ignore, "Phone")]), Ok(vec![Ignore, Answer, Email, Ignore]));
        let has = header.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>();
        let column = "Mobile".to_owned();
        assert_eq!(mapped(&header, &[(Phone, "Mobile")]), Err(Unmapped::NoColumn { column, has }));
        assert_eq!(mapped(&header, &[(Phone, "Phone"), (Phone, "Other Phone")]), Err(Unmapped::Said(Phone)));
        let twice = Err(Unmapped::SaidTwice("Phone".to_owned()));
        assert_eq!(mapped(&header, &[(Phone, "Phone"), (Ignore, "Phone")]), twice);
    }

    #[test]
    fn what_can_t_be_read_says_why() {
        let many: Vec<String> = (0..30).map(|nth| format!("Q{nth}")).collect();
        let mut header: Vec<&str> = many.iter().map(String::as_str).collect();
        header.push("phone");
        let fields = mapped(&header, &[]).unwrap();
        assert_eq!(fields.iter().filter(|field| **field == Field::Answer).count(), MOST_ANSWERS);
        assert_eq!(fields.last(), Some(&Field::Phone));
        let said: Vec<(Field, &str)> = many.iter().map(|name| (Field::Answer, name.as_str())).collect();
        assert_eq!(mapped(&header, &said), Err(Unmapped::Answers(30)));

        assert_eq!(mapped(&["phone"; 101], &[]), Err(Unmapped::TooMany(101)));
        assert_eq!(mapped(&[], &[]), Err(Unmapped::Empty));
        assert_eq!(mapped(&[" ", ""], &[]), Err(Unmapped::Empty));
        assert_eq!(mapped(&["Ada", "ada@example.com"], &[]), Err(Unmapped::NoHeader));
        assert_eq!(mapped(&["Ada", "+39 333 1234567"], &[]), Err(Unmapped::NoHeader));
        assert_eq!(mapped(&["phone", "Note", "Note"], &[]), Err(Unmapped::Twice("Note".to_owned())));
        assert_eq!(mapped(&["phone", "a\0b"], &[]), Err(Unmapped::Name(2)));
        assert_eq!(mapped(&["phone", &"x".repeat(501)], &[]), Err(Unmapped::Name(2)));
        let has = vec!["\"Name\"".to_owned(), "\"Q\"".to_owned()];
        assert_eq!(mapped(&["Name", "Q"], &[]), Err(Unmapped::Nobody(has)));
        assert!(mapped(&["=cmd()", "phone"], &[]).is_ok(), "a formula is a name as others are");
    }

    #[test]
    fn it_is_said_as_field_and_column() {
        assert_eq!(parse_said("phone= Mobile = 1 "), Ok((Field::Phone, "Mobile = 1".to_owned())));
        assert_eq!(parse_said("firstName=Name"), Ok((Field::FirstName, "Name".to_owned())));
        assert!(parse_said("phone").is_err() && parse_said("fax=Fax").unwrap_err().contains("ignore"));
    }
}
