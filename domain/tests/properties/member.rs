//! Histories of members.

use std::cell::RefCell;

use leadflow_domain::member::{By, DeniedAction, Member, MemberCommand, MemberEvent, MemberName, owner_reservation};
use leadflow_domain::role::{MemberRole, Permission};
use leadflow_domain::{Decide, EmailAddress, IdentifierHash, MemberId, ReservationChange, RoleId, TeamId};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;

use crate::laws::{COMMANDS, STREAM, handle, laws, runner};
use crate::strategies::uuid;

fn role() -> impl Strategy<Value = MemberRole> {
    prop_oneof![
        3 => Just(MemberRole::Owner),
        1 => select(vec![MemberRole::TeamLead, MemberRole::Agent, MemberRole::BillingAdmin]),
        1 => uuid().prop_map(|id| MemberRole::Custom(RoleId::from_uuid(id))),
    ]
}

fn team() -> impl Strategy<Value = Option<TeamId>> {
    proptest::option::of(uuid().prop_map(TeamId::from_uuid))
}

fn commands() -> impl Strategy<Value = MemberCommand> {
    let name = || select(vec!["Ada", "Zoë"]).prop_map(|name| MemberName::parse(name).unwrap());
    let email =
        || select(vec!["ada@example.com", "Ada@Example.com"]).prop_map(|text| EmailAddress::parse(text).unwrap());
    let hash = || select(vec!["one", "other"]).prop_map(|hash| IdentifierHash::from_hex(hash.to_owned()));
    let by = || select(vec![By::Herself, By::AnotherOwner, By::Another]);
    let person = move || (name(), email(), hash());
    prop_oneof![
        1 => person().prop_map(|(name, email, email_hash)| MemberCommand::Register { name, email, email_hash }),
        2 => (email(), role(), team()).prop_map(|(email, role, team)| MemberCommand::Invite { email, role, team }),
        3 => person().prop_map(|(name, email, email_hash)| MemberCommand::Join { name, email, email_hash }),
        1 => Just(MemberCommand::WithdrawInvitation),
        1 => name().prop_map(|name| MemberCommand::Rename { name }),
        3 => (role(), by()).prop_map(|(role, by)| MemberCommand::ChangeRole { role, by }),
        1 => team().prop_map(|team| MemberCommand::MoveToTeam { team }),
        2 => by().prop_map(|by| MemberCommand::Deactivate { by }),
        2 => by().prop_map(|by| MemberCommand::Reactivate { by }),
        1 => Just(MemberCommand::SetPassword),
        2 => Just(MemberCommand::EnableSecondFactor),
        1 => Just(MemberCommand::DisableSecondFactor),
        1 => select(Permission::ALL.to_vec()).prop_map(|permission| MemberCommand::Deny {
            action: DeniedAction::parse("eraseContact").unwrap(),
            permission,
        }),
    ]
}

#[test]
fn a_member_keeps_the_laws() {
    // What is told of her each time is the same command twice, and the log's command ids see to that; and whoever was asked
    // is somebody already.
    let settles = |command: &MemberCommand| match command {
        MemberCommand::Invite { .. }
        | MemberCommand::Rename { .. }
        | MemberCommand::SetPassword
        | MemberCommand::Deny { .. } => false,
        MemberCommand::Register { .. }
        | MemberCommand::Join { .. }
        | MemberCommand::WithdrawInvitation
        | MemberCommand::ChangeRole { .. }
        | MemberCommand::MoveToTeam { .. }
        | MemberCommand::Deactivate { .. }
        | MemberCommand::Reactivate { .. }
        | MemberCommand::EnableSecondFactor
        | MemberCommand::DisableSecondFactor => true,
    };
    laws::<Member>(commands(), settles, MemberEvent::TYPES);
}

/// What she is, told from her events alone.
#[derive(Default)]
struct Seen {
    role: Option<MemberRole>,
    active: bool,
}

impl Seen {
    fn see(&mut self, event: &MemberEvent) {
        match event {
            MemberEvent::Registered { .. } => (self.role, self.active) = (Some(MemberRole::Owner), true),
            MemberEvent::Joined { role, .. } => (self.role, self.active) = (Some(*role), true),
            MemberEvent::RoleChanged { role } => self.role = Some(*role),
            MemberEvent::Deactivated {} => self.active = false,
            MemberEvent::Reactivated { .. } => self.active = true,
            MemberEvent::Invited { .. }
            | MemberEvent::InvitationWithdrawn {}
            | MemberEvent::Renamed { .. }
            | MemberEvent::TeamChanged { .. }
            | MemberEvent::PasswordSet {}
            | MemberEvent::SecondFactorEnabled {}
            | MemberEvent::SecondFactorDisabled {}
            | MemberEvent::Denied { .. } => {}
        }
    }

    fn owns(&self) -> bool {
        self.active && self.role == Some(MemberRole::Owner)
    }
}

#[test]
fn she_holds_that_she_owns_as_long_as_she_does_and_another_owner_alone_takes_it_from_her() {
    let owner = owner_reservation(MemberId::from_uuid(STREAM.as_uuid()));
    let gave_up = RefCell::new(0);
    let (mut runner, seed) = runner();
    let verdict = runner.run(&vec(commands(), COMMANDS), |history| {
        let (mut member, mut seen, mut holds) = (Member::default(), Seen::default(), false);
        for command in history {
            let by_no_other_owner = match &command {
                MemberCommand::ChangeRole { by, .. }
                | MemberCommand::Deactivate { by }
                | MemberCommand::Reactivate { by } => *by != By::AnotherOwner,
                MemberCommand::Register { .. }
                | MemberCommand::Invite { .. }
                | MemberCommand::Join { .. }
                | MemberCommand::WithdrawInvitation
                | MemberCommand::Rename { .. }
                | MemberCommand::MoveToTeam { .. }
                | MemberCommand::SetPassword
                | MemberCommand::EnableSecondFactor
                | MemberCommand::DisableSecondFactor
                | MemberCommand::Deny { .. } => false,
            };
            let owned = holds;
            for event in handle(&mut member, command).unwrap_or_default() {
                for change in Member::reservations(STREAM, &event) {
                    match change {
                        ReservationChange::Take(taken) if taken == owner => holds = true,
                        ReservationChange::Release(released) if released == owner => holds = false,
                        ReservationChange::Take(_) | ReservationChange::Release(_) => {}
                    }
                }
                seen.see(&event);
                assert_eq!(holds, seen.owns(), "{event:?}");
            }
            assert!(!(by_no_other_owner && owned && !holds), "an owner stays one, unless another owner says otherwise");
            *gave_up.borrow_mut() += u32::from(owned && !holds);
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    assert!(gave_up.into_inner() > 0, "some owners are owners no more");
}
