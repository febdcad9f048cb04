//! Ids of people, and of what only they have, as their teams: uuids as they are.

use async_graphql::{Error, ID};
use uuid::Uuid;

use super::failure::bad_input;

/// The uuid that an argument, or a field of an input, names.
pub(super) fn read_id(field: &str, id: &ID) -> Result<Uuid, Error> {
    id.parse().map_err(|_| bad_input(field, &format!("`{field}` must be a uuid")))
}
