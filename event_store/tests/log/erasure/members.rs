//! What is known of somebody who works for the business is about her.

use leadflow_domain::member::{MemberCommand, MemberName};
use leadflow_domain::role::MemberRole;
use leadflow_domain::{EmailAddress, MemberId};
use leadflow_event_store::testing;
use uuid::Uuid;

use super::person::Person;
use super::search::Marker;
use crate::support::{Log, asked};

impl Person {
    fn email(&self) -> EmailAddress {
        EmailAddress::parse(&format!("{}@example.com", self.name.replace(' ', "."))).unwrap()
    }

    /// She is asked to work for the business, comes, and is called something else; and somewhere else she begins one.
    pub(crate) fn works(&self) -> [(MemberId, Vec<MemberCommand>); 2] {
        let (name, email) = (MemberName::parse(self.name).unwrap(), self.email());
        let email_hash = testing::keys().email_hash(&email);
        let elsewhere = EmailAddress::parse(&format!("at.home.{}", email.as_str())).unwrap();
        let register = MemberCommand::Register {
            name: name.clone(),
            email_hash: testing::keys().email_hash(&elsewhere),
            email: elsewhere,
        };
        let commands = vec![
            MemberCommand::Invite { email: email.clone(), role: MemberRole::Agent, team: None },
            MemberCommand::Join { name: name.clone(), email, email_hash },
            MemberCommand::Rename { name },
        ];
        let id = |nth: u128| MemberId::from_uuid(Uuid::from_u128(1000 * nth + self.contact));
        [(id(1), commands), (id(2), vec![register])]
    }

    pub(super) async fn works_here(&self, log: &Log) {
        for (member, commands) in self.works() {
            for (nth, command) in commands.into_iter().enumerate() {
                let asked = asked(&format!("{member} works {nth}"), self.email().as_str());
                log.members.execute(member, command, asked).await.unwrap();
            }
        }
    }

    /// Her address, however its letters are written.
    pub(super) fn addresses(&self) -> Vec<Marker> {
        let email = self.email();
        vec![Marker::new(email.as_str()), Marker::new(&email.canonical())]
    }
}
