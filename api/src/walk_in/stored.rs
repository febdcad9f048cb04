//! A form that was taken, as it is kept until it is a lead. It is read with what it was asked for, whatever the form asks since.

use leadflow_domain::{E164, EmailAddress, TenantId};
use leadflow_event_store::Keys;
use serde::{Deserialize, Serialize};

use super::answers::Filled;
use super::stamp::Stamp;

/// A form that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// Whose form it is.
    pub(crate) tenant: TenantId,
    /// Which submission: the same copy of the form with the same answers is the same one, however often it is sent.
    pub(crate) submission: String,
    /// Which of the source's forms it was.
    pub(crate) form: u32,
    /// What she is called.
    pub(crate) name: Option<String>,
    /// Her phone.
    pub(crate) phone: Option<E164>,
    /// Her address.
    pub(crate) email: Option<EmailAddress>,
    /// What was asked, and answered as it was written.
    pub(crate) answers: Vec<StoredAnswer>,
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredAnswer {
    /// The field.
    pub(crate) key: String,
    /// How it was asked.
    pub(crate) question: String,
    /// What was answered.
    pub(crate) answer: String,
}

impl Stored {
    /// What `filled` says, in the copy of the form with this stamp.
    pub(super) fn new(keys: &Keys, tenant: TenantId, stamp: Stamp, filled: Filled) -> Self {
        let Filled { name, phone, email, answers } = filled;
        let nonce = stamp.nonce.to_string();
        let said = answers.iter().flat_map(|told| [told.key.as_str(), told.answer.as_str()]);
        let parts: Vec<&str> = ["walk-in", nonce.as_str()].into_iter().chain(said).collect();
        let submission = keys.told_hash(&parts).as_str().to_owned();
        Self { tenant, submission, form: stamp.form, name, phone, email, answers }
    }
}

#[cfg(test)]
mod tests {
    use leadflow_event_store::testing::keys;
    use uuid::Uuid;

    use super::*;

    fn stored(nonce: u128, answer: &str) -> Stored {
        let told = StoredAnswer { key: "name".to_owned(), question: "Name".to_owned(), answer: answer.to_owned() };
        let filled = Filled { name: None, phone: E164::parse("+39333").ok(), email: None, answers: vec![told] };
        Stored::new(&keys(), TenantId::from_uuid(Uuid::nil()), Stamp { form: 1, second: 2, nonce }, filled)
    }

    #[test]
    fn the_same_copy_with_the_same_answers_is_one_submission() {
        assert_eq!(stored(1, "Nora"), stored(1, "Nora"));
        assert_ne!(stored(1, "Nora").submission, stored(2, "Nora").submission);
        assert_ne!(stored(1, "Nora").submission, stored(1, "Nora W.").submission, "she went back and wrote otherwise");
    }

    #[test]
    fn it_reads_what_it_wrote() {
        let written = serde_json::to_vec(&stored(1, "Nora")).unwrap();
        assert_eq!(serde_json::from_slice::<Stored>(&written).unwrap(), stored(1, "Nora"));
    }
}
