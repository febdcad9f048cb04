//! Where things lie and to whom they belong: the data directory, the server's account, its socket.

pub(crate) mod account;
pub(crate) mod files;
pub(crate) mod home;
pub(crate) mod reach;
pub(crate) mod socket;
