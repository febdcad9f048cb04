//! E-mail, one letter to one person at a time: by SMTP, by the API that Resend has, or into a folder.

mod failure;
mod folder;
mod message;
mod resend;
mod sender;
pub mod simulator;
mod smtp;

pub use failure::Failure;
pub use folder::Folder;
pub use message::Email;
pub use resend::{NotAnApi, Resend};
pub use sender::{NotASender, Sender};
pub use smtp::{NotAServer, Smtp};

use std::time::Duration;

/// How long a letter may take to be taken. Whether it was, when this is over, nobody knows.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How letters leave.
#[derive(Debug)]
pub enum Gateway {
    /// A mail server takes them.
    Smtp(Smtp),
    /// Resend takes them, or who speaks as it does.
    Resend(Resend),
    /// They stay here, to be looked at.
    Folder(Folder),
}

impl Gateway {
    /// Hands a letter over, within [`PATIENCE`].
    ///
    /// # Errors
    /// [`Failure`], which says whether it is worth another try. A letter whose answer was lost may have been taken.
    pub async fn send(&self, email: &Email) -> Result<(), Failure> {
        let sending = async {
            match self {
                Self::Smtp(smtp) => smtp.send(email).await,
                Self::Resend(resend) => resend.send(email).await,
                Self::Folder(folder) => folder.send(email).await,
            }
        };
        match tokio::time::timeout(PATIENCE, sending).await {
            Ok(sent) => sent,
            Err(_elapsed) => Err(Failure::later("there was no answer in time")),
        }
    }
}
