//! How to reach the server: as the role [`ROLE`], over its socket, whatever `PG*` variables say.

use std::path::Path;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// The superuser role made by `initdb`, and the only one that peer authentication maps us to.
pub(crate) const ROLE: &str = "leadflow";
/// The product's database, made on the first start.
pub(crate) const DATABASE: &str = "leadflow";
/// Always there; used to make other databases.
pub(crate) const MAINTENANCE_DATABASE: &str = "postgres";
/// Nothing listens on it: it is only part of the socket's name.
pub(crate) const PORT: u16 = 5432;

/// sqlx starts from the environment, so every field that matters is set here.
pub(crate) fn options(socket: &Path, database: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host("localhost")
        .port(PORT)
        .socket(socket)
        .username(ROLE)
        .database(database)
        .ssl_mode(PgSslMode::Disable)
        .application_name("leadflow")
}

/// The same place as a URL that `psql` and every libpq program understand.
pub(crate) fn url(socket: &Path, database: &str) -> String {
    let host = percent_encoded(socket.as_os_str().as_encoded_bytes());
    format!("postgresql:///{database}?host={host}&port={PORT}&user={ROLE}&sslmode=disable")
}

fn percent_encoded(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_survives_blanks_and_ampersands() {
        let url = url(Path::new("/home/a b&c/socket"), "leadflow");
        assert_eq!(url, "postgresql:///leadflow?host=/home/a%20b%26c/socket&port=5432&user=leadflow&sslmode=disable");
    }
}
