//! `PG*` variables are for the user's own databases.

use super::other_process;
use super::support::place;

#[test]
fn variables_of_postgres_change_nothing() {
    let place = place();
    let hostile = [
        ("PGHOST", "192.0.2.1"),
        ("PGHOSTADDR", "192.0.2.1"),
        ("PGPORT", "1"),
        ("PGUSER", "mallory"),
        ("PGPASSWORD", "wrong"),
        ("PGDATABASE", "elsewhere"),
        ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", "/nonexistent"),
        ("PGDATA", "/nonexistent"),
        ("PGOPTIONS", ""),
        ("LC_ALL", "xx_XX.nonsense"),
        ("TZ", "Nowhere/Nothing"),
    ];
    let other = other_process::start("join_query_and_leave", &place.data_dir, &hostile);
    assert_eq!(other.said, "leadflow");
    other.release();
}

#[test]
fn pgoptions_cannot_be_kept_out_and_is_refused() {
    let place = place();
    let hostile = [("PGOPTIONS", "-c search_path=mallory")];
    let other = other_process::start("join_query_and_leave", &place.data_dir, &hostile);
    assert!(other.said.contains("unset it"), "{}", other.said);
}
