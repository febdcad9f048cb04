//! By what an installation's database is known, and what another differs in.

use std::path::Path;

use leadflow_event_store::database::DatabaseIdentity;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

/// Which database it is. What could not be read is `None`, and counts as no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Identity {
    /// The cluster's number.
    pub system_identifier: Option<i64>,
    /// The database's number in the cluster.
    pub database_oid: Option<i64>,
    /// The history that it writes.
    pub timeline: Option<i64>,
    /// The log's table's number in the database.
    pub log_oid: Option<i64>,
    /// Where a private installation lies: a copy of its folder is the same cluster to Postgres.
    pub data_directory: Option<String>,
}

/// Something that a database is known by, and is otherwise now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// What: `system identifier`, `database oid`, `timeline`, `log oid` or `data directory`.
    pub what: &'static str,
    /// As it was.
    pub known: String,
    /// As it is.
    pub found: String,
}

impl Identity {
    /// Of the database behind `pool`, and of the private installation in `data_dir` if it is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(pool: &PgPool, data_dir: Option<&Path>) -> Result<Self, sqlx::Error> {
        let mut connection = pool.acquire().await?;
        let DatabaseIdentity { system_identifier, database_oid, timeline, log_oid } =
            DatabaseIdentity::of(&mut connection).await?;
        // By whatever way it is named.
        let data_directory = data_dir
            .map(|path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned());
        Ok(Self { system_identifier, database_oid, timeline, log_oid, data_directory })
    }

    fn parts(&self) -> [(&'static str, Option<String>); 5] {
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        [
            ("system identifier", number(self.system_identifier)),
            ("database oid", number(self.database_oid)),
            ("timeline", number(self.timeline)),
            ("log oid", number(self.log_oid)),
            ("data directory", self.data_directory.clone()),
        ]
    }

    /// What `found` differs in.
    #[must_use]
    pub fn differences(&self, found: &Self) -> Vec<Difference> {
        self.parts()
            .into_iter()
            .zip(found.parts())
            .filter_map(|((what, known), (_, found))| {
                let (known, found) = (known?, found?);
                (known != found).then_some(Difference { what, known, found })
            })
            .collect()
    }

    /// What the database does not show of itself.
    #[must_use]
    pub fn hidden(&self) -> Vec<&'static str> {
        let [of_the_database @ .., _data_directory] = self.parts();
        of_the_database.iter().filter(|(_, value)| value.is_none()).map(|(what, _)| *what).collect()
    }

    /// The same, with what it lacks from `other`.
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            system_identifier: self.system_identifier.or(other.system_identifier),
            database_oid: self.database_oid.or(other.database_oid),
            timeline: self.timeline.or(other.timeline),
            log_oid: self.log_oid.or(other.log_oid),
            data_directory: self.data_directory.or_else(|| other.data_directory.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Identity {
        let data_directory = Some("/var/lib/leadflow".to_owned());
        Identity {
            system_identifier: Some(i64::MAX),
            database_oid: Some(5),
            timeline: Some(1),
            log_oid: Some(7),
            data_directory,
        }
    }

    fn differs_in(found: &Identity) -> Vec<&'static str> {
        known().differences(found).iter().map(|difference| difference.what).collect()
    }

    #[test]
    fn each_part_that_both_know_counts() {
        assert_eq!(differs_in(&known()), [""; 0]);
        assert_eq!(differs_in(&Identity::default()), [""; 0], "what can't be read is no difference");
        assert_eq!(differs_in(&Identity { system_identifier: Some(2), ..known() }), ["system identifier"]);
        assert_eq!(differs_in(&Identity { database_oid: Some(6), ..known() }), ["database oid"]);
        assert_eq!(differs_in(&Identity { timeline: Some(2), ..known() }), ["timeline"]);
        assert_eq!(differs_in(&Identity { log_oid: Some(8), ..known() }), ["log oid"]);
        let elsewhere = Identity { data_directory: Some("/tmp/copy".to_owned()), timeline: Some(3), ..known() };
        assert_eq!(differs_in(&elsewhere), ["timeline", "data directory"]);
    }

    #[test]
    fn it_is_stored_as_it_is_and_what_a_newer_program_adds_is_passed_over() {
        let stored = serde_json::to_value(known()).unwrap();
        assert_eq!(serde_json::from_value::<Identity>(stored).unwrap(), known());
        let newer = serde_json::json!({"timeline": 1, "continent": "Europe"});
        assert_eq!(
            serde_json::from_value::<Identity>(newer).unwrap(),
            Identity { timeline: Some(1), ..Identity::default() }
        );
    }

    #[test]
    fn only_what_the_database_keeps_to_itself_is_hidden() {
        assert_eq!(Identity { data_directory: None, ..known() }.hidden(), [""; 0]);
        assert_eq!(Identity { timeline: None, ..known() }.hidden(), ["timeline"]);
    }
}
