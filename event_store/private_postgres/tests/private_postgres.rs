//! The private server and the tests' cluster, on real Postgres.
//!
//! Run as root, everything runs a second time as an unprivileged user; see `as_a_user`.

#[cfg(test)]
mod private_postgres {
    mod as_a_user;
    mod crashes;
    mod hostile_environment;
    mod other_process;
    mod places;
    mod sharing;
    mod support;
    mod test_cluster;
    mod versions;
}
