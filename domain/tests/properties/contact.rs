//! Histories of contacts, what they want in whatever order they said it, and what an erasure leaves.

use std::cell::RefCell;

use leadflow_domain::contact::{
    Contact, ContactCommand, ContactEvent, Identifier, Marketing, MarketingPreference, MergeReason, Standing, Telling,
    Wants,
};
use leadflow_domain::{ChannelId, ContactId, DataSubject, Decide, E164, EmailAddress, IdentifierHash};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use uuid::Uuid;

use crate::laws::{COMMANDS, STREAM, handle, laws, runner};
use crate::strategies::{personal, seconds, uuid};

fn telling() -> impl Strategy<Value = Telling> {
    seconds().prop_map(|told_at| Telling { told_at, received_at: None, odd_timestamp: None })
}

fn preference() -> impl Strategy<Value = MarketingPreference> {
    let word = prop_oneof![3 => Just("stop"), 3 => Just("resume"), 1 => Just("signup")];
    let category = prop_oneof![5 => Just("marketing_messages"), 1 => Just("coupons")];
    (word, category, telling(), proptest::option::of(personal(any::<String>()))).prop_map(
        |(word, category, telling, detail)| MarketingPreference {
            wants: Wants::of(word),
            category: category.to_owned(),
            telling,
            detail,
        },
    )
}

fn other() -> impl Strategy<Value = ContactId> {
    (1..=3_u128).prop_map(|number| ContactId::from_uuid(Uuid::from_u128(number)))
}

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        3 => Just(Standing::Herself),
        1 => Just(Standing::Unknown),
        1 => Just(Standing::Merged),
        1 => Just(Standing::Erased),
    ]
}

fn reason() -> impl Strategy<Value = Option<MergeReason>> {
    proptest::option::of(Just(MergeReason::parse("One voice").unwrap()))
}

fn contact_commands() -> impl Strategy<Value = ContactCommand> {
    let hash = |number: u8| IdentifierHash::from_hex(format!("hash {number}"));
    let introduce = (1..=3_u8).prop_map(move |number| ContactCommand::IntroduceByPhone {
        phone: E164::parse(&format!("+3933312345{number}")).unwrap(),
        phone_hash: hash(number),
    });
    let by_user_id = (1..=3_u8).prop_map(move |number| ContactCommand::IntroduceByUserId {
        user_id: format!("IT.{number}"),
        user_id_hash: hash(number),
    });
    let identifier = || {
        prop_oneof![
            (1..=3_u8).prop_map(move |number| {
                Identifier::phone(&E164::parse(&format!("+3933312345{number}")).unwrap(), hash(number))
            }),
            (1..=3_u8).prop_map(move |number| Identifier::whatsapp_user_id(&format!("IT.{number}"), hash(number))),
            (1..=3_u8).prop_map(move |number| {
                Identifier::email(&EmailAddress::parse(&format!("{number}@example.com")).unwrap(), hash(number))
            }),
        ]
    };
    prop_oneof![
        3 => introduce,
        2 => by_user_id,
        1 => identifier().prop_map(|identifier| ContactCommand::Introduce { identifier }),
        1 => (1..=3_u8, identifier()).prop_map(move |(number, email)| ContactCommand::IntroduceWithEmail {
            phone: E164::parse(&format!("+3933312345{number}")).unwrap(),
            phone_hash: hash(number),
            email,
        }),
        1 => identifier().prop_map(|phone| ContactCommand::AddFirstPhone { phone }),
        2 => identifier().prop_map(|identifier| ContactCommand::AddIdentifier { identifier }),
        3 => ((1..=3_u8).prop_map(hash), identifier())
            .prop_map(|(from, to)| ContactCommand::ChangeIdentifier { from, to }),
        2 => (identifier(), uuid()).prop_map(|(identifier, holder)| ContactCommand::RecordConflict {
            identifier: identifier.held,
            holder: ContactId::from_uuid(holder),
        }),
        1 => Just(ContactCommand::Erase),
        1 => (uuid(), preference()).prop_map(|(channel, preference)| ContactCommand::TellMarketingPreference {
            channel: ChannelId::from_uuid(channel),
            preference,
        }),
        1 => (uuid(), personal(any::<String>()), telling()).prop_map(|(channel, name, telling)| ContactCommand::List {
            channel: ChannelId::from_uuid(channel),
            name,
            first_name: None,
            telling,
        }),
        1 => (uuid(), telling()).prop_map(|(channel, telling)| ContactCommand::Unlist {
            channel: ChannelId::from_uuid(channel),
            telling,
        }),
        2 => (other(), standing(), reason()).prop_map(|(winner, standing, reason)| ContactCommand::Merge {
            loser: ContactId::from_uuid(STREAM.as_uuid()),
            winner,
            standing,
            reason,
        }),
        2 => (other(), standing(), reason())
            .prop_map(|(winner, standing, reason)| ContactCommand::Unmerge { winner, standing, reason }),
        1 => (other(), standing()).prop_map(|(other, standing)| ContactCommand::TellApart {
            contact: ContactId::from_uuid(STREAM.as_uuid()),
            other,
            standing,
        }),
    ]
}

#[test]
fn a_contact_keeps_the_laws() {
    // What is told of her twice is the same command twice, and the log's command ids see to that.
    let settles = |command: &ContactCommand| match command {
        ContactCommand::TellMarketingPreference { .. }
        | ContactCommand::List { .. }
        | ContactCommand::Unlist { .. } => false,
        ContactCommand::IntroduceByPhone { .. }
        | ContactCommand::IntroduceByUserId { .. }
        | ContactCommand::Introduce { .. }
        | ContactCommand::IntroduceWithEmail { .. }
        | ContactCommand::AddFirstPhone { .. }
        | ContactCommand::AddIdentifier { .. }
        | ContactCommand::ChangeIdentifier { .. }
        | ContactCommand::RecordConflict { .. }
        | ContactCommand::Merge { .. }
        | ContactCommand::Unmerge { .. }
        | ContactCommand::TellApart { .. }
        | ContactCommand::Erase => true,
    };
    laws::<Contact>(contact_commands(), settles, ContactEvent::TYPES);
}

#[test]
fn whether_she_wants_marketing_is_the_same_in_any_order() {
    let twice = vec(preference(), COMMANDS)
        .prop_flat_map(|said| (Just(said.clone()).prop_shuffle(), Just(said).prop_shuffle()));
    let introduce = ContactCommand::IntroduceByUserId {
        user_id: "IT.1".to_owned(),
        user_id_hash: IdentifierHash::from_hex("hash 1".to_owned()),
    };
    let disagreements = RefCell::new(0);
    let (mut runner, seed) = runner();
    let verdict = runner.run(&twice, |(one, other)| {
        let after = |said: &[MarketingPreference]| {
            let mut contact = Contact::default();
            handle(&mut contact, introduce.clone()).unwrap();
            for preference in said {
                let (channel, preference) = (ChannelId::from_uuid(Uuid::from_u128(2)), preference.clone());
                handle(&mut contact, ContactCommand::TellMarketingPreference { channel, preference }).unwrap();
            }
            contact
        };
        let last = one.iter().filter_map(|said| Some((said.telling.told_at, said.marketing()?))).max();
        assert_eq!(after(&one).marketing(), last.map(|(_, marketing): (_, Marketing)| marketing));
        assert_eq!(after(&one), after(&other));
        *disagreements.borrow_mut() += u32::from(one.first() != other.first());
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    assert!(disagreements.into_inner() > 0, "some orders differ in what comes first");
}

#[test]
fn nothing_is_recorded_about_an_erased_contact() {
    let asked_after = RefCell::new(0);
    let (mut runner, seed) = runner();
    let verdict = runner.run(&vec(contact_commands(), COMMANDS), |history| {
        let (mut contact, mut erased) = (Contact::default(), false);
        for command in history {
            let events = handle(&mut contact, command).unwrap_or_default();
            if erased {
                assert_eq!(events, [], "an erased contact stays as she is");
                *asked_after.borrow_mut() += 1;
            }
            erased |= events.iter().any(|event| match Contact::data_subject(STREAM, event) {
                DataSubject::Erases(_) => true,
                DataSubject::Nobody | DataSubject::Holds(_) => false,
            });
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("with {seed:?}: {failure}");
    }
    assert!(asked_after.into_inner() > 0, "some histories go on after the erasure");
}
