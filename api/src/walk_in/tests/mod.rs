//! The form as strangers meet it: on a real database, one request after the other.

mod bed;
mod flood;
mod hostile;
mod html;
mod leads;
mod limited;
mod shown;
mod taken;
