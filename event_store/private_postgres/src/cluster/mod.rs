//! A cluster and the server that runs on it: make, start, adopt, stop.

pub(crate) mod access;
pub(crate) mod initdb;
pub(crate) mod log;
pub(crate) mod pid_file;
pub(crate) mod postmaster;
pub(crate) mod process;
pub(crate) mod settings;
pub(crate) mod site;
pub(crate) mod start;
pub(crate) mod stop;
