//! A document for every query and every mutation, made from the schema alone: all that the field's type has is asked
//! for, and the arguments name somebody's things.

use anyhow::{Context as _, Result, bail};

use super::schema::{Field, Input, Kind, Schema, Shape};
use super::things::Things;

/// How long a list's page is asked for, by how many lists it is within: a query is charged for lists within lists at
/// their full length, and the story has all that there is among the latest of each.
const FIRST: [&str; 3] = ["3", "22", "2"];

/// Of what is behind a number more is asked for, as much as one query may cost: the latest of what a team sees are not the latest
/// of the business.
const BEHIND_A_NUMBER: (&str, &str) = ("Query.analyticsEvents(first)", "12");

/// What asks one field of `Query` or `Mutation`.
#[derive(Debug, Clone)]
pub(super) struct Document {
    /// `Query.conversation`.
    pub(super) at: String,
    /// The field's name.
    pub(super) field: String,
    pub(super) text: String,
}

/// The documents of all fields of `root`, about `things`; of a field whose id may name several kinds one for each.
pub(super) fn documents(schema: &Schema, root: &str, things: &Things) -> Result<Vec<Document>> {
    let mut documents = Vec::new();
    for field in schema.of(root)?.fields() {
        for kind in kinds(schema, field, things)? {
            documents.push(document(schema, root, field, &kind, things)?);
        }
    }
    Ok(documents)
}

/// One of two ids of which one is given. A journey of routing asks by it, as whoever does not see the lead, too.
const INSTEAD_OF_ANOTHER: &str = "Query.explainAssignment(leadId)";

/// What kinds of thing an argument `id` of `field` may name.
fn kinds(schema: &Schema, field: &Field, things: &Things) -> Result<Vec<String>> {
    let answer = schema.of(field.shape.named())?;
    let has_id = field.args.iter().any(|argument| argument.name == "id");
    if has_id && matches!(answer.kind, Kind::Interface | Kind::Union) {
        return Ok(answer.possible().iter().map(|possible| possible.name.clone()).collect());
    }
    if things.knows(&answer.name) {
        return Ok(vec![answer.name.clone()]);
    }
    if has_id && answer.name == "HistoryEventConnection" {
        // Those of which all whom the rows deny it see nothing: a channel's is everybody's of the business, and the group's the agent's.
        let with_history = ["Contact", "Conversation", "Lead"];
        return Ok(with_history.map(str::to_owned).into());
    }
    Ok(vec!["Conversation".to_owned()])
}

fn document(schema: &Schema, root: &str, field: &Field, kind: &str, things: &Things) -> Result<Document> {
    let at = format!("{root}.{}", field.name);
    let build = Build { schema, things, kind };
    let asked = build.field(&at, field, &[]).with_context(|| format!("a document for {at}"))?;
    let operation = if root == "Mutation" { "mutation" } else { "query" };
    Ok(Document { field: field.name.clone(), text: format!("{operation} {{ {asked} }}"), at })
}

struct Build<'a> {
    schema: &'a Schema,
    things: &'a Things,
    /// What an argument `id` names.
    kind: &'a str,
}

impl Build<'_> {
    /// `within` are the types on the way here: of those, only what is no object is asked for again.
    fn field(&self, at: &str, field: &Field, within: &[&str]) -> Result<String> {
        let mut arguments = Vec::new();
        for argument in &field.args {
            if let Some(literal) = self.argument(&format!("{at}({})", argument.name), argument, within)? {
                arguments.push(format!("{}: {literal}", argument.name));
            }
        }
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let selection = self.selection(field.shape.named(), within)?;
        Ok(format!("{}{arguments}{selection}", field.name))
    }

    fn selection(&self, name: &str, within: &[&str]) -> Result<String> {
        let of = self.schema.of(name)?;
        match of.kind {
            Kind::Scalar | Kind::Enum => Ok(String::new()),
            Kind::Object => Ok(format!(" {{ {} }}", self.fields(name, within)?)),
            Kind::Interface | Kind::Union => {
                // Fields of one name may be of several types, so one kind is asked for at a time.
                let is_possible = of.possible().iter().any(|possible| possible.name == self.kind);
                let more = if is_possible && within.is_empty() {
                    format!(" ... on {} {{ {} }}", self.kind, self.fields(self.kind, &[name])?)
                } else {
                    String::new()
                };
                let leaves = self.fields(name, &[name])?;
                Ok(format!(" {{ {leaves}{more} }}"))
            }
            Kind::InputObject | Kind::List | Kind::NonNull => bail!("{name} is nothing to select from"),
        }
    }

    fn fields(&self, name: &str, within: &[&str]) -> Result<String> {
        let is_again = within.contains(&name);
        let inside = [within, &[name]].concat();
        let mut asked = vec!["__typename".to_owned()];
        for field in self.schema.of(name)?.fields() {
            let is_leaf = matches!(self.schema.of(field.shape.named())?.kind, Kind::Scalar | Kind::Enum);
            if is_leaf || !is_again {
                asked.push(self.field(&format!("{name}.{}", field.name), field, &inside)?);
            }
        }
        Ok(asked.join(" "))
    }

    /// What need not be given is left out, but for ids, which are what this is about, and the length of pages.
    fn argument(&self, at: &str, argument: &Input, within: &[&str]) -> Result<Option<String>> {
        let is_required = argument.shape.kind == Kind::NonNull && argument.default_value.is_none();
        let is_id = argument.shape.named() == "ID";
        if at == BEHIND_A_NUMBER.0 {
            return Ok(Some(BEHIND_A_NUMBER.1.to_owned()));
        }
        if at == INSTEAD_OF_ANOTHER {
            return Ok(None);
        }
        if argument.name == "first" {
            let lists = within.iter().filter(|of| of.ends_with("Connection")).count();
            return Ok(Some(FIRST[lists.min(FIRST.len() - 1)].to_owned()));
        }
        if !is_required && !is_id {
            return Ok(None);
        }
        self.literal(at, &argument.name, &argument.shape).map(Some)
    }

    fn literal(&self, at: &str, name: &str, shape: &Shape) -> Result<String> {
        if let Some(item) = shape.item() {
            if item.named() == "ID" && name == "stageIds" {
                return Ok(format!("[{}]", self.things.literal(at, "stageId", "ID", None)?));
            }
            if item.named() == "ID" {
                return Ok(format!("[{}]", self.things.all_ids()));
            }
            return Ok(format!("[{}]", self.literal(at, name, item)?));
        }
        let of = self.schema.of(shape.named())?;
        match of.kind {
            Kind::Scalar => {
                let kind = if name == "id" { Some(self.kind) } else { None };
                self.things.literal(at, name, &of.name, kind)
            }
            Kind::Enum => {
                let first = of.values().first().with_context(|| format!("{} has no values", of.name))?;
                Ok(self.things.choice(&of.name).unwrap_or(&first.name).to_owned())
            }
            Kind::InputObject => {
                let mut given = Vec::new();
                for field in of.inputs() {
                    let is_required = field.shape.kind == Kind::NonNull && field.default_value.is_none();
                    if is_required {
                        let at = format!("{}.{}", of.name, field.name);
                        given.push(format!("{}: {}", field.name, self.literal(&at, &field.name, &field.shape)?));
                    }
                }
                Ok(format!("{{{}}}", given.join(", ")))
            }
            Kind::Object | Kind::Interface | Kind::Union | Kind::List | Kind::NonNull => bail!("{at} takes no input"),
        }
    }
}
