//! One test's database.

use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;

use crate::connection;

/// A database that no other test uses.
#[derive(Clone, Debug)]
pub struct TestDatabase {
    socket: PathBuf,
    name: String,
}

impl TestDatabase {
    pub(super) fn new(socket: &Path, name: String) -> TestDatabase {
        TestDatabase { socket: socket.to_path_buf(), name }
    }

    /// How to connect to it, as a superuser.
    #[must_use]
    pub fn connect_options(&self) -> PgConnectOptions {
        connection::options(&self.socket, &self.name)
    }

    /// The same as a URL for libpq programs, for looking into a test that was stopped half-way.
    #[must_use]
    pub fn url(&self) -> String {
        connection::url(&self.socket, &self.name)
    }

    /// Its name in the cluster.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}
