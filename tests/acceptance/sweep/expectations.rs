//! What each field shows to whom: `expectations.tsv`, whose default is that nobody sees anything of others.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};

const TABLE: &str = include_str!("expectations.tsv");

/// What a stranger is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stranger {
    /// Nothing; of a mutation, that there is no such thing.
    Deny,
    /// Something that is not the owner's. Has a reason.
    Shows,
}

/// What is shown to somebody who sees to the installation, and has no tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// Nothing; of a query or a mutation, that it is FORBIDDEN.
    Deny,
    /// Something. Has a reason.
    Sees,
    /// Nothing, though she may ask: there is none of it. Has a reason.
    Empty,
}

/// What the owner is shown by the same documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// Something.
    Sees,
    /// Nothing, as the story has none of it: that it is kept from strangers is not shown by this sweep. Has a reason.
    Unseen,
}

/// As what somebody works for the business, by the columns of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    TeamLead,
    Agent,
    BillingAdmin,
}

/// What somebody in such a role is shown by the same documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    /// Something, as the owner is; a mutation is done, or says what is wrong with the input.
    Sees,
    /// Of a query: something, and nothing of what she does not see.
    Part,
    /// Nothing; of a mutation, that there is no such thing.
    Deny,
    /// Her role does not let her ask: FORBIDDEN.
    Forbidden,
    /// Of a payload: what its mutation comes to. Where that is refused its `userErrors` alone, else what the owner is shown.
    Follows,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) stranger: Stranger,
    pub(super) operator: Operator,
    pub(super) owner: Owner,
    members: [Member; 3],
}

/// Who has been shown something. Whether there are operators depends on the schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) stranger: bool,
    pub(super) operator: Option<bool>,
    pub(super) owner: bool,
}

/// Rows by field: `Type.field`, or `*Suffix.field` for all types that end so.
#[derive(Debug)]
pub(super) struct Expectations(BTreeMap<&'static str, Row>);

impl Expectations {
    pub(super) fn read() -> Result<Self> {
        Self::parse(TABLE)
    }

    fn parse(table: &'static str) -> Result<Self> {
        let mut rows = BTreeMap::new();
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let [field, stranger, operator, owner] = [(); 4].map(|()| cells.next().unwrap_or_default());
            let members = [(); 3].map(|()| cells.next().unwrap_or_default());
            let (reason, rest) = (cells.next().unwrap_or_default(), cells.next());
            let stranger = match stranger {
                "deny" => Stranger::Deny,
                "shows" => Stranger::Shows,
                other => bail!("{field}: a stranger gets `deny` or `shows`, not `{other}`"),
            };
            let operator = match operator {
                "deny" => Operator::Deny,
                "sees" => Operator::Sees,
                "empty" => Operator::Empty,
                other => bail!("{field}: an operator gets `deny`, `sees` or `empty`, not `{other}`"),
            };
            let owner = match owner {
                "sees" => Owner::Sees,
                "unseen" => Owner::Unseen,
                other => bail!("{field}: the owner `sees` or has it `unseen`, not `{other}`"),
            };
            let [lead, agent, billing] = members.map(|cell| Member::read(field, cell));
            let members = [lead?, agent?, billing?];
            let is_default = (stranger, operator, owner) == (Stranger::Deny, Operator::Deny, Owner::Sees);
            // What a role does not let do or see needs none; an owner's exception is one for all.
            let may_have_one = !is_default || members.iter().any(|member| *member != Member::Sees);
            let is_reasoned = if reason.is_empty() { is_default } else { may_have_one };
            ensure!(is_reasoned && rest.is_none(), "{field}: an exception has one reason, others none");
            ensure!(rows.insert(field, Row { stranger, operator, owner, members }).is_none(), "{field} has two rows");
        }
        Ok(Self(rows))
    }

    /// The row of `field`. One of its own comes before one of many.
    pub(super) fn of(&self, field: &str) -> Option<Row> {
        self.key(field).map(|key| self.0[key])
    }

    /// Whether `field` shows something to whoever is in `role`. What is said of mutations is judged by their answers.
    pub(super) fn shows(&self, field: &str, role: Role) -> Option<bool> {
        let row = self.of(field)?;
        Some(match row.to(role) {
            Member::Sees | Member::Part => true,
            Member::Deny | Member::Forbidden => false,
            Member::Follows => {
                let (payload, name) = field.split_once('.')?;
                match self.of(&mutation(payload)?)?.to(role) {
                    Member::Sees => row.owner == Owner::Sees,
                    Member::Part | Member::Deny | Member::Forbidden | Member::Follows => name == "userErrors",
                }
            }
        })
    }

    fn key(&self, field: &str) -> Option<&'static str> {
        let mut keys = self.0.keys().copied();
        keys.clone().find(|key| *key == field).or_else(|| keys.find(|key| is_one_of_many(key, field)))
    }

    /// Each field has a row, and each row a field.
    pub(super) fn cover(&self, fields: &[String]) -> Result<()> {
        let without: Vec<&String> = fields.iter().filter(|field| self.key(field).is_none()).collect();
        ensure!(without.is_empty(), "no row in expectations.tsv has {without:#?}");
        let used: Vec<&str> = fields.iter().filter_map(|field| self.key(field)).collect();
        let unused: Vec<_> = self.0.keys().filter(|key| !used.contains(key)).collect();
        ensure!(unused.is_empty(), "the schema has none of {unused:#?}: take the rows out");
        Ok(())
    }
}

/// The mutation that answers with `payload`.
fn mutation(payload: &str) -> Option<String> {
    let mut letters = payload.strip_suffix("Payload")?.chars();
    letters.next().map(|first| format!("Mutation.{}{}", first.to_lowercase(), letters.as_str()))
}

impl Member {
    fn read(field: &str, cell: &str) -> Result<Self> {
        let (is_asked, is_payload) = (field.starts_with("Query."), field.contains("Payload."));
        let is_root = is_asked || field.starts_with("Mutation.");
        match cell {
            "sees" => Ok(Self::Sees),
            "part" if is_asked => Ok(Self::Part),
            "deny" => Ok(Self::Deny),
            "forbidden" if is_root => Ok(Self::Forbidden),
            "-" if is_payload => Ok(Self::Follows),
            other => bail!(
                "{field}: a role `sees` it or gets `deny`; a query `part`, what is asked for `forbidden`, a payload `-`: not `{other}`"
            ),
        }
    }
}

fn is_one_of_many(key: &str, field: &str) -> bool {
    let Some((suffix, name)) = key.strip_prefix('*').and_then(|key| key.split_once('.')) else { return false };
    field.split_once('.').is_some_and(|(of, field)| of.ends_with(suffix) && field == name)
}

impl Row {
    /// What whoever is in `role` is shown.
    pub(super) fn to(self, role: Role) -> Member {
        self.members[role as usize]
    }

    /// What is wrong with the row of `field`, where the sweep found this.
    pub(super) fn contradicted(self, field: &str, found: Found) -> Vec<String> {
        let says = [
            (self.stranger == Stranger::Shows, Some(found.stranger), "a stranger"),
            (self.operator == Operator::Sees, found.operator, "an operator"),
            (self.owner == Owner::Sees, Some(found.owner), "its owner"),
        ];
        says.into_iter()
            .filter_map(|(says, found, who)| match (says, found?) {
                (false, true) => Some(format!("{field} shows something to {who}, and its row says it does not")),
                (true, false) => Some(format!("{field} shows nothing to {who}, and its row says it does")),
                (true, true) | (false, false) => None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(fields: &[&str]) -> Vec<String> {
        fields.iter().map(|field| (*field).to_owned()).collect()
    }

    #[test]
    fn exceptions_have_reasons_and_defaults_have_none() {
        let table = "A.b\tdeny\tdeny\tsees\tsees\tsees\tdeny\n# a comment\nA.c\tshows\tsees\tsees\tsees\tsees\tsees\twhy\n\
                     A.d\tdeny\tdeny\tsees\tdeny\tsees\tsees\twhy she does not";
        assert!(Expectations::parse(table).is_ok());
        for wrong in [
            "A.b\tshows\tdeny\tsees\tsees\tsees\tsees",
            "A.b\tdeny\tdeny\tsees\tsees\tsees\tsees\tneedless",
            "A.b\tdeny\tdeny\tunseen\tsees\tsees\tsees\t",
            "A.b\tdeny\tsees\tsees\tsees\tsees\tsees",
            "A.b",
            "A.b\tdeny\tdeny\tsees",
            "A.b\tallow\tdeny\tsees\tsees\tsees\tsees\twhy",
            "A.b\tdeny\tdeny\tsees\tpart\tsees\tsees",
            "A.b\tdeny\tdeny\tsees\tforbidden\tsees\tsees",
            "Query.b\tdeny\tdeny\tsees\t-\tsees\tsees",
            "A.b\tdeny\tdeny\tsees\tsees\tsees\tsees\nA.b\tdeny\tdeny\tsees\tsees\tsees\tsees",
        ] {
            assert!(Expectations::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_field_without_a_row_and_a_row_without_a_field_are_found() {
        let table = Expectations::parse(
            "A.b\tdeny\tdeny\tsees\tsees\tsees\tsees\n*Payload.stale\tdeny\tdeny\tunseen\t-\t-\t-\tnever\n",
        )
        .unwrap();
        assert!(table.cover(&names(&["A.b", "XPayload.stale", "YPayload.stale"])).is_ok());
        assert!(table.cover(&names(&["A.b", "XPayload.stale", "A.c"])).unwrap_err().to_string().contains("A.c"));
        assert!(table.cover(&names(&["A.b"])).unwrap_err().to_string().contains("*Payload.stale"));
    }

    #[test]
    fn a_payload_shows_what_its_mutation_comes_to() {
        let table = Expectations::parse(
            "Mutation.doIt\tdeny\tdeny\tsees\tsees\tdeny\tforbidden\nDoItPayload.thing\tdeny\tdeny\tsees\t-\t-\t-\n\
             *Payload.userErrors\tshows\tdeny\tunseen\t-\t-\t-\twhy\nDoItPayload.gone\tdeny\tdeny\tsees\tdeny\t-\t-\twhy\n",
        )
        .unwrap();
        let roles = [Role::TeamLead, Role::Agent, Role::BillingAdmin];
        let shows = |field: &str| roles.map(|role| table.shows(field, role).unwrap());
        assert_eq!(shows("DoItPayload.thing"), [true, false, false]);
        assert_eq!(shows("DoItPayload.userErrors"), [false, true, true]);
        assert_eq!(shows("DoItPayload.gone"), [false; 3]);
        assert_eq!(table.shows("OtherPayload.userErrors", Role::Agent), None, "there is no such mutation");
    }

    #[test]
    fn what_a_row_does_not_expect_is_said() {
        let members = [Member::Sees; 3];
        let row = Row { stranger: Stranger::Deny, operator: Operator::Deny, owner: Owner::Sees, members };
        let well = Found { stranger: false, operator: None, owner: true };
        assert!(row.contradicted("A.b", well).is_empty());
        for ill in
            [Found { stranger: true, ..well }, Found { operator: Some(true), ..well }, Found { owner: false, ..well }]
        {
            assert_eq!(row.contradicted("A.b", ill).len(), 1, "{ill:?}");
        }
    }
}
