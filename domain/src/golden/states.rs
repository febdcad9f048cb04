//! Golden files of states: the form in which snapshots are kept.
//!
//! One file per aggregate, of its present version: a snapshot of another version is passed over and taken anew. The
//! tests see that a form changed; that only its meaning did (another fold of the same events) is for its author to see.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use cqrs_es::{Aggregate, DomainEvent};
use serde_json::Value;

use super::{
    CHANNEL, account_connected, account_disconnected, acts, added, assessment, bare_account_connected, capture,
    changed, conflicted, credential, credentials_entered, disconnected, erased, folder, group_events, health_told,
    imported, introduced, introduced_by_messenger, introduced_by_user_id, kept, number, opened, opened_with_group,
    outbound, people, personal_paths, pipeline, received, routing, sending, sending_stopped, sources,
    submission_received, templates, told,
};
use super::{regenerating, registered, schedule};
use crate::api_key::{ApiKey, ApiKeyEvent};
use crate::channel::{AppKey, Channel, ChannelEvent, WhatsAppNumber};
use crate::contact::{Contact, ContactEvent};
use crate::conversation::{Conversation, ConversationEvent, Priority};
use crate::group::{Group, GroupEvent};
use crate::lead::{Lead, LeadEvent};
use crate::member::{Member, MemberEvent};
use crate::outbound_message::{DeliveryStatus, OutboundMessage, OutboundMessageEvent};
use crate::pipeline::{Pipeline, PipelineEvent};
use crate::response_template::{ResponseTemplate, ResponseTemplateEvent};
use crate::role::{MemberRole, Role, RoleEvent};
use crate::routing::{Routing, RoutingEvent};
use crate::source::{Source, SourceEvent};
use crate::team::{Team, TeamEvent};
use crate::template::{Template, TemplateEvent};
use crate::tenant::{OnboardingStep, Tenant, TenantEvent};
use crate::{Decide, EventType};

/// A moment in an aggregate's life, and what happened until then.
type Moment<A> = (&'static str, Vec<<A as Aggregate>::Event>);

/// The moments together show every field of the state and every word in it.
fn check<A: Decide + PartialEq + Debug>(types: &[EventType], moments: Vec<Moment<A>>) {
    let path = folder().join(file::<A>());
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| match regenerating() {
        true => "{}".to_owned(),
        false => panic!("{}: {error}; run .ci/regenerate", path.display()),
    });
    let mut golden: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let mut happened = BTreeSet::new();
    for (moment, events) in moments {
        happened.extend(events.iter().map(DomainEvent::event_type));
        let mut state = A::default();
        for event in events {
            state.apply(event);
        }
        let json = serde_json::to_value(&state).unwrap();
        if regenerating() {
            golden.entry(moment.to_owned()).or_insert_with(|| json.clone());
        }
        let known = golden.get(moment).unwrap_or_else(|| panic!("{} lacks `{moment}`", path.display()));
        assert_eq!(known, &json, "{}, {moment}: the state's form changed: raise STATE_VERSION", A::TYPE);
        assert_eq!(serde_json::from_value::<A>(json).unwrap(), state, "{}, {moment}", A::TYPE);
    }
    let types: BTreeSet<String> = types.iter().map(|known| known.kind.to_owned()).collect();
    assert_eq!(happened, types, "the moments of {} show every event", A::TYPE);
    for (moment, state) in &golden {
        assert_eq!(personal_paths(state), [""; 0], "{}, {moment}: a state holds no personal value", A::TYPE);
    }
    if regenerating() {
        std::fs::create_dir_all(folder().join("states")).unwrap();
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&golden).unwrap())).unwrap();
    }
}

fn file<A: Decide>() -> String {
    format!("states/{}.v{}.json", A::TYPE, A::STATE_VERSION)
}

#[test]
fn a_tenant_s_form() {
    let open = TenantEvent::ScheduleSet { schedule: schedule() };
    check::<Tenant>(
        TenantEvent::TYPES,
        vec![
            ("new", vec![]),
            ("registered", vec![registered()]),
            ("with hours", vec![registered(), open.clone()]),
            ("without hours", vec![registered(), open, TenantEvent::ScheduleRemoved {}]),
            ("branded", vec![registered(), people::branding_set()]),
            ("with settings", vec![registered(), people::settings_set(None)]),
            ("with a number", vec![registered(), people::settings_set(Some(CHANNEL))]),
            ("of each step", OnboardingStep::ALL.map(people::step_completed).into()),
        ]
        .into_iter()
        .chain(
            ["small", "medium", "large", "largest"]
                .into_iter()
                .zip(people::profiles().into_iter().map(|set| vec![set])),
        )
        .collect(),
    );
}

#[test]
fn a_channel_s_form() {
    let connected = ChannelEvent::WhatsAppNumberConnected(number());
    let of_shop = WhatsAppNumber { app: Some(AppKey::parse("shop").unwrap()), ..number() };
    check::<Channel>(
        ChannelEvent::TYPES,
        vec![
            ("new", vec![]),
            ("connected", vec![connected.clone()]),
            ("of another app", vec![ChannelEvent::WhatsAppNumberConnected(of_shop)]),
            ("with credentials", vec![connected.clone(), credentials_entered()]),
            (
                "with others",
                vec![
                    connected.clone(),
                    credentials_entered(),
                    ChannelEvent::WhatsAppCredentialsRotated { credential: credential(2), replaced: credential(1) },
                ],
            ),
            (
                "without them again",
                vec![
                    connected.clone(),
                    credentials_entered(),
                    ChannelEvent::WhatsAppCredentialsRemoved { credential: credential(1) },
                ],
            ),
            ("stopped", vec![connected.clone(), sending_stopped()]),
            ("going on", vec![connected.clone(), sending_stopped(), ChannelEvent::SendingResumed {}]),
            ("of which WhatsApp told", vec![connected.clone(), health_told()]),
            ("of which it told the same again", vec![connected.clone(), health_told(), health_told()]),
            ("seen to", vec![connected.clone(), health_told(), ChannelEvent::SendingResumed {}]),
            ("disconnected", vec![connected, disconnected()]),
            ("an account", vec![account_connected()]),
            ("an account without credentials", vec![bare_account_connected()]),
            ("an account that was given up", vec![account_connected(), account_disconnected(Some(credential(2)))]),
        ],
    );
}

#[test]
fn a_contact_s_form() {
    check::<Contact>(
        ContactEvent::TYPES,
        vec![
            ("new", vec![]),
            ("introduced", vec![introduced()]),
            ("introduced by a user id", vec![introduced_by_user_id()]),
            ("introduced by an address", vec![sources::introduced_by_email()]),
            ("introduced by a provider's lead", vec![sources::introduced_by_lead()]),
            ("introduced by Messenger", vec![introduced_by_messenger()]),
            ("known by two", vec![introduced_by_user_id(), added()]),
            ("with another number", vec![introduced(), changed()]),
            ("in a conflict", vec![introduced_by_user_id(), conflicted()]),
            ("erased", vec![introduced(), erased()]),
            ("wants no marketing", vec![introduced(), told::prefers("stop")]),
            ("wants marketing", vec![introduced(), told::prefers("resume")]),
            ("in the address book", vec![introduced(), told::listed(), told::unlisted()]),
            ("merged", vec![introduced(), told::merged()]),
            ("unmerged", vec![introduced(), told::merged(), told::unmerged()]),
            ("told apart", vec![introduced(), told::told_apart()]),
        ],
    );
}

#[test]
fn a_conversation_s_form() {
    use ConversationEvent::{PrioritySet, Read, Reopened, Resolved, Unassigned, Woken};
    check::<Conversation>(
        ConversationEvent::TYPES,
        vec![
            ("new", vec![]),
            ("opened", vec![opened()]),
            ("with a group", vec![opened_with_group()]),
            ("unread", vec![opened(), received()]),
            ("submitted", vec![opened(), submission_received()]),
            ("reacted", [vec![opened()], acts()].concat()),
            ("read", vec![opened(), received(), Read {}]),
            ("resolved", vec![opened(), received(), Resolved {}]),
            ("reopened", vec![opened(), Resolved {}, Reopened {}]),
            ("low", vec![opened(), PrioritySet { priority: Priority::Low }]),
            ("medium", vec![opened(), PrioritySet { priority: Priority::Medium }]),
            ("high", vec![opened(), PrioritySet { priority: Priority::High }]),
            ("urgent", vec![opened(), PrioritySet { priority: Priority::Urgent }]),
            ("imported", vec![opened(), imported()]),
            ("called", vec![opened(), told::calls()]),
            ("assigned", vec![opened(), kept::assigned()]),
            ("unassigned", vec![opened(), kept::assigned(), Unassigned {}]),
            ("a team's", vec![opened(), kept::assigned(), kept::assigned_to_team()]),
            ("noted", vec![opened(), kept::noted()]),
            ("labelled", vec![opened(), kept::labelled()]),
            ("unlabelled", vec![opened(), kept::labelled(), kept::unlabelled()]),
            ("snoozed", vec![opened(), kept::snoozed()]),
            ("woken", vec![opened(), kept::snoozed(), Woken {}]),
            ("answered", vec![opened(), received(), kept::answered()]),
        ],
    );
}

#[test]
fn an_outbound_message_s_form() {
    use outbound::{corrected, echoed, edited, imported, placeholder, reacted, reported, revoked};
    let mut moments = vec![
        ("new", vec![]),
        ("echoed", vec![echoed()]),
        ("a reaction", vec![reacted()]),
        ("edited", vec![edited()]),
        ("revoked", vec![revoked()]),
        ("corrected", vec![echoed(), corrected()]),
        ("imported", vec![imported()]),
        ("imported without its file", vec![placeholder()]),
        ("corrected", vec![echoed(), corrected()]),
    ];
    let reached =
        ["queued", "taken back", "attempted", "unknown", "accepted", "sent", "failed", "delivered", "read", "played"];
    moments.extend(reached.into_iter().zip(DeliveryStatus::ALL.map(|status| vec![echoed(), reported(status)])));
    moments.extend(sending::moments());
    check::<OutboundMessage>(OutboundMessageEvent::TYPES, moments);
}

#[test]
fn a_lead_s_form() {
    let captured = LeadEvent::Captured(capture());
    check::<Lead>(
        LeadEvent::TYPES,
        vec![
            ("new", vec![]),
            ("captured", vec![captured.clone()]),
            ("corrected", vec![captured.clone(), LeadEvent::CaptureCorrected(capture())]),
            ("captured by a form", vec![LeadEvent::Captured(sources::capture()), sources::submitted()]),
            ("qualified", vec![captured.clone(), LeadEvent::Qualified(assessment("Has a budget"))]),
            ("disqualified", vec![captured.clone(), LeadEvent::Disqualified(assessment("Has none"))]),
            ("moved", vec![captured.clone(), pipeline::moved()]),
            ("won", vec![captured.clone(), LeadEvent::Qualified(assessment("Has a budget")), pipeline::converted()]),
            ("lost", vec![captured.clone(), pipeline::moved(), pipeline::lost()]),
            (
                "lost, and told of again",
                vec![captured.clone(), pipeline::moved(), pipeline::lost(), sources::submitted()],
            ),
            ("spam", vec![captured.clone(), pipeline::spam_marked()]),
            ("no spam", vec![captured.clone(), pipeline::spam_marked(), pipeline::spam_unmarked()]),
            (
                "described",
                vec![
                    captured.clone(),
                    pipeline::tagged(),
                    pipeline::note_added(),
                    pipeline::company_set(),
                    pipeline::attribute_set(),
                    pipeline::transferred(),
                ],
            ),
            (
                "described no more",
                vec![
                    captured,
                    pipeline::tagged(),
                    pipeline::untagged(),
                    pipeline::company_set(),
                    pipeline::company_unset(),
                    pipeline::attribute_set(),
                    pipeline::attribute_unset(),
                    pipeline::transferred(),
                    pipeline::of_nobody(),
                ],
            ),
        ],
    );
}

#[test]
fn a_pipeline_s_form() {
    let events = pipeline::pipeline_events();
    check::<Pipeline>(
        PipelineEvent::TYPES,
        vec![
            ("as every business begins", vec![]),
            ("of the business's own", events[..8].to_vec()),
            ("with what is kept no more", events),
            ("with numbers", vec![pipeline::numbers_defined()]),
        ],
    );
}

#[test]
fn a_source_s_form() {
    let (closed, reopened) = (SourceEvent::Closed {}, SourceEvent::Reopened {});
    check::<Source>(
        SourceEvent::TYPES,
        vec![
            ("new", vec![]),
            ("open", vec![sources::opened()]),
            ("closed", vec![sources::opened(), closed.clone()]),
            ("open again", vec![sources::opened(), closed, reopened]),
            ("a program that signs", sources::of_program()[..5].to_vec()),
            ("a program that need not", sources::of_program()),
            ("a page", sources::of_page()[..3].to_vec()),
            ("a page that is not read", sources::of_page()[..6].to_vec()),
            ("a page that was given up", sources::of_page()),
            ("a walk-in", sources::of_walk_in()[..3].to_vec()),
            ("a walk-in that is called otherwise", sources::of_walk_in()),
        ],
    );
}

#[test]
fn a_group_s_form() {
    check::<Group>(GroupEvent::TYPES, vec![("new", vec![]), ("told of", group_events())]);
}

#[test]
fn a_member_s_form() {
    use MemberEvent::{Deactivated, InvitationWithdrawn, PasswordSet, SecondFactorDisabled, SecondFactorEnabled};
    let invited = || people::invited(MemberRole::Agent);
    let working = || vec![invited(), people::joined()];
    let with = |events: Vec<MemberEvent>| [working(), events].concat();
    let mut moments = vec![
        ("new", vec![]),
        ("registered", vec![people::registered()]),
        ("invited", vec![invited()]),
        ("withdrawn", vec![invited(), InvitationWithdrawn {}]),
        ("joined", working()),
        ("renamed", with(vec![people::renamed()])),
        ("in no team", with(vec![people::team_changed(None)])),
        ("deactivated", with(vec![Deactivated {}])),
        ("reactivated", with(vec![Deactivated {}, people::reactivated()])),
        ("with a password", with(vec![PasswordSet {}])),
        ("with a second factor", with(vec![SecondFactorEnabled {}])),
        ("without a second factor", with(vec![SecondFactorEnabled {}, SecondFactorDisabled {}])),
        ("denied", with(vec![people::denied()])),
    ];
    let names = ["an agent", "an owner", "a team lead", "a billing admin", "of a role of the business's own"];
    moments.extend(names.into_iter().zip(people::roles().map(|role| with(vec![people::role_changed(role)]))));
    check::<Member>(MemberEvent::TYPES, moments);
}

#[test]
fn a_team_s_form() {
    let formed = people::team_formed;
    check::<Team>(
        TeamEvent::TYPES,
        vec![
            ("new", vec![]),
            ("formed", vec![formed()]),
            ("renamed", vec![formed(), people::team_renamed()]),
            ("disbanded", vec![formed(), people::team_disbanded()]),
        ],
    );
}

#[test]
fn a_role_s_form() {
    let defined = people::role_defined;
    check::<Role>(
        RoleEvent::TYPES,
        vec![
            ("new", vec![]),
            ("defined", vec![defined()]),
            ("changed", vec![defined(), people::role_redefined()]),
            ("removed", vec![defined(), people::role_removed()]),
        ],
    );
}

#[test]
fn an_api_key_s_form() {
    let issued = people::key_issued;
    check::<ApiKey>(
        ApiKeyEvent::TYPES,
        vec![
            ("new", vec![]),
            ("issued", vec![issued()]),
            ("without an end", vec![people::endless_key_issued()]),
            ("denied", vec![issued(), people::key_denied()]),
            ("revoked", vec![issued(), ApiKeyEvent::Revoked {}]),
        ],
    );
}

#[test]
fn a_template_s_form() {
    let introduced = templates::introduced;
    let with = |events: Vec<TemplateEvent>| [vec![introduced()], events].concat();
    let mut moments = vec![
        ("new", vec![]),
        ("introduced", vec![introduced()]),
        ("drafted", with(vec![templates::drafted()])),
        ("submitted", with(vec![templates::drafted(), templates::submitted()])),
        ("synced", with(vec![templates::synced()])),
        ("of files", with(vec![templates::of_files()])),
        ("with other components", with(vec![templates::synced(), templates::components_told()])),
        ("about to be for something else", with(vec![templates::synced(), templates::category_announced()])),
        ("deleted", with(vec![templates::synced(), templates::deleted()])),
    ];
    moments.extend(templates::statuses().into_iter().map(|(form, event)| (form, with(vec![event]))));
    moments.extend(templates::categories().into_iter().map(|(form, event)| (form, with(vec![event]))));
    moments.extend(templates::qualities().into_iter().map(|(form, event)| (form, with(vec![event]))));
    check::<Template>(TemplateEvent::TYPES, moments);
}

#[test]
fn a_response_template_s_form() {
    let created = templates::response_created;
    check::<ResponseTemplate>(
        ResponseTemplateEvent::TYPES,
        vec![
            ("new", vec![]),
            ("created", vec![created()]),
            ("changed", vec![created(), templates::response_changed()]),
            ("removed", vec![created(), templates::response_removed()]),
        ],
    );
}

#[test]
fn a_routing_s_form() {
    use routing::{
        CONVERSATION, LEAD, assigned, came_back, capacity_set, handed, leave_cancelled, leave_planned, member_left,
        pool_changed, pool_created, pool_members_set, pool_of_a_place, pool_removed, released, requested,
        requested_instead, went_away, working_hours_set,
    };
    check::<Routing>(
        RoutingEvent::TYPES,
        vec![
            ("new", vec![]),
            ("with a pool", vec![pool_created()]),
            ("with another", vec![pool_created(), pool_changed(), pool_members_set()]),
            ("of a place", vec![pool_created(), pool_of_a_place()]),
            ("without pools", vec![pool_created(), pool_removed()]),
            ("of people", vec![capacity_set(), working_hours_set(), went_away(Some(3600)), leave_planned()]),
            ("away until back", vec![went_away(None)]),
            ("of nobody special", vec![went_away(None), came_back(), leave_planned(), leave_cancelled()]),
            ("left", vec![pool_created(), capacity_set(), member_left()]),
            ("waiting", vec![pool_created(), requested(CONVERSATION), requested(LEAD)]),
            (
                "assigned",
                vec![pool_created(), requested(CONVERSATION), requested(LEAD), assigned(CONVERSATION), assigned(LEAD)],
            ),
            ("instead of a lead", vec![pool_created(), requested(LEAD), requested_instead()]),
            ("handed", vec![pool_created(), requested(LEAD), assigned(LEAD), handed()]),
            ("released", vec![pool_created(), requested(LEAD), assigned(LEAD), released()]),
        ],
    );
}

#[test]
fn only_present_versions_are_kept() {
    let present = [
        file::<Tenant>(),
        file::<Channel>(),
        file::<Contact>(),
        file::<Conversation>(),
        file::<OutboundMessage>(),
        file::<Lead>(),
        file::<Group>(),
        file::<Member>(),
        file::<Team>(),
        file::<Role>(),
        file::<ApiKey>(),
        file::<Template>(),
        file::<ResponseTemplate>(),
        file::<Routing>(),
        file::<Source>(),
        file::<Pipeline>(),
    ];
    for entry in std::fs::read_dir(folder().join("states")).unwrap() {
        let name = format!("states/{}", entry.unwrap().file_name().to_str().unwrap());
        assert!(present.contains(&name), "{name} is of a version that is passed over: delete it");
    }
}
