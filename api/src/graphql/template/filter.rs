//! Which templates are listed.

use async_graphql::{Error, InputObject};
use leadflow_projections::templates::{CategoryWord, StatusWord, TemplateField};

use super::types::{TemplateCategory, TemplateStatus};
use crate::graphql::failure::bad_input;
use crate::graphql::filter::{Fields, Filter, IdFilter, Parts, StringFilter, WordFilter};

/// Longest name of a template.
const LONGEST_NAME: usize = 512;

/// Which templates. All that is given must hold, so that `{}` is true of every one; at most 3 levels, and 30 things asked of
/// fields.
#[derive(Debug, Clone, InputObject)]
pub(super) struct TemplateFilter {
    /// All of these hold.
    and: Option<Vec<TemplateFilter>>,
    /// One of these holds at least; of none, nothing does.
    or: Option<Vec<TemplateFilter>>,
    /// This does not hold.
    not: Option<Box<TemplateFilter>>,
    /// Its id.
    id: Option<IdFilter>,
    /// WhatsApp's id of the account that has it.
    waba_id: Option<StringFilter>,
    /// What messages name it by.
    name: Option<StringFilter>,
    /// Its name begins with this, letter by letter.
    name_prefix: Option<String>,
    /// Its language.
    language: Option<StringFilter>,
    /// How it stands.
    status: Option<WordFilter<TemplateStatus>>,
    /// What it is for.
    category: Option<WordFilter<TemplateCategory>>,
}

impl Filter for TemplateFilter {
    type Field = TemplateField;

    fn parts(self) -> Result<Parts<Self>, Error> {
        let fields = Fields::new()
            .add(self.id.map(|of| of.of_people("template")).transpose()?, TemplateField::Id)
            .add(self.waba_id.map(StringFilter::read).transpose()?, TemplateField::Waba)
            .add(self.name.map(StringFilter::read).transpose()?, TemplateField::Name)
            .add(self.name_prefix.map(prefix).transpose()?, TemplateField::NamePrefix)
            .add(self.language.map(StringFilter::read).transpose()?, TemplateField::Language)
            .add(self.status.map(|of| of.known_as(StatusWord::from)).transpose()?, TemplateField::Status)
            .add(self.category.map(|of| of.known_as(CategoryWord::from)).transpose()?, TemplateField::Category);
        Ok(Parts { and: self.and, or: self.or, not: self.not, fields })
    }
}

fn prefix(text: String) -> Result<Vec<String>, Error> {
    if text.contains('\0') || text.chars().count() > LONGEST_NAME {
        let message = format!("`namePrefix` has at most {LONGEST_NAME} characters, and no NUL");
        return Err(bad_input("filter", &message));
    }
    Ok(vec![text])
}
