//! By what templates are found.

use sqlx::{Postgres, QueryBuilder};

use super::words::{CategoryWord, StatusWord};
use crate::filter::{Field, IdIs, TextIs, one_of};
use crate::word::Word;

/// What can be asked of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateField {
    /// Its id.
    Id(IdIs),
    /// The account that has it.
    Waba(TextIs),
    /// What messages name it by.
    Name(TextIs),
    /// Its name begins with this, letter by letter.
    NamePrefix(String),
    /// Its language.
    Language(TextIs),
    /// It stands in one of these ways.
    Status(Vec<StatusWord>),
    /// It is for one of these.
    Category(Vec<CategoryWord>),
}

impl Field for TemplateField {
    fn push(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        match self {
            Self::Id(is) => is.push(sql, "t.template_id"),
            Self::Waba(is) => is.push(sql, "t.waba_id"),
            Self::Name(is) => is.push(sql, "t.name"),
            Self::NamePrefix(prefix) => {
                sql.push("starts_with(t.name, ").push_bind(prefix.clone()).push(")");
            }
            Self::Language(is) => is.push(sql, "t.language"),
            Self::Status(any) => one_of(sql, "t.status", &any.iter().map(|one| one.word()).collect::<Vec<_>>()),
            Self::Category(any) => one_of(sql, "t.category", &any.iter().map(|one| one.word()).collect::<Vec<_>>()),
        }
    }
}
