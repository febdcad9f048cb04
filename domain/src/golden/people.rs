//! Who works for a business, with whom and as what; and what the business says of itself.

use jiff::Timestamp;
use uuid::Uuid;

use super::{CHANNEL, E164, IdentifierHash, Sample, sample};
use crate::api_key::{ApiKeyEvent, ApiKeyName, Terms};
use crate::member::{DeniedAction, MemberEvent, MemberName};
use crate::role::{MemberRole, Permission, Permissions, RoleEvent, RoleName};
use crate::team::{TeamEvent, TeamName};
use crate::tenant::{
    Branding, Color, LogoUrl, OnboardingStep, Profile, Sector, Settings, Size, TenantEvent, TenantName, ThemeName,
};
use crate::{ChannelId, EmailAddress, Personal, RoleId, TeamId};

const TEAM: TeamId = TeamId::from_uuid(Uuid::from_u128(8));

fn named() -> Personal<MemberName> {
    MemberName::parse("Ada Rossi").unwrap().into()
}

fn email() -> Personal<EmailAddress> {
    EmailAddress::parse("ada@example.com").unwrap().into()
}

fn email_hash() -> IdentifierHash {
    IdentifierHash::from_hex("7b".repeat(32))
}

pub(super) fn custom() -> MemberRole {
    MemberRole::Custom(RoleId::from_uuid(Uuid::from_u128(9)))
}

pub(super) fn registered() -> MemberEvent {
    MemberEvent::Registered { name: named(), email: email(), email_hash: email_hash() }
}

pub(super) fn invited(role: MemberRole) -> MemberEvent {
    MemberEvent::Invited { email: email(), role, team: Some(TEAM) }
}

pub(super) fn joined() -> MemberEvent {
    let (role, team) = (MemberRole::Agent, Some(TEAM));
    MemberEvent::Joined { name: named(), email: email(), email_hash: email_hash(), role, team }
}

pub(super) fn renamed() -> MemberEvent {
    MemberEvent::Renamed { name: MemberName::parse("Ada Bianchi").unwrap().into() }
}

pub(super) fn role_changed(role: MemberRole) -> MemberEvent {
    MemberEvent::RoleChanged { role }
}

pub(super) fn team_changed(team: Option<TeamId>) -> MemberEvent {
    MemberEvent::TeamChanged { team }
}

pub(super) fn reactivated() -> MemberEvent {
    MemberEvent::Reactivated { role: MemberRole::Agent }
}

pub(super) fn denied() -> MemberEvent {
    let action = DeniedAction::parse("eraseContact").unwrap();
    MemberEvent::Denied { action, permission: Permission::EraseContacts }
}

fn team_name() -> TeamName {
    TeamName::parse("Returns").unwrap()
}

pub(super) fn team_formed() -> TeamEvent {
    TeamEvent::Formed { name: team_name() }
}

pub(super) fn team_renamed() -> TeamEvent {
    TeamEvent::Renamed { before: team_name(), name: TeamName::parse("After sales").unwrap() }
}

pub(super) fn team_disbanded() -> TeamEvent {
    TeamEvent::Disbanded { name: team_name() }
}

fn role_name() -> RoleName {
    RoleName::parse("Auditor").unwrap()
}

pub(super) fn role_defined() -> RoleEvent {
    // What there was when the file was written.
    let permissions = Permission::ALL.into_iter().filter(|permission| *permission != Permission::ManageTemplates);
    RoleEvent::Defined { name: role_name(), permissions: permissions.collect() }
}

/// A role of what came later.
fn role_of_templates_defined() -> RoleEvent {
    RoleEvent::Defined { name: role_name(), permissions: Permissions::of(&[Permission::ManageTemplates]) }
}

pub(super) fn role_redefined() -> RoleEvent {
    let permissions = Permissions::of(&[Permission::SeeUsage, Permission::SeeAudit]);
    RoleEvent::Changed { before: role_name(), name: RoleName::parse("Controller").unwrap(), permissions }
}

pub(super) fn role_removed() -> RoleEvent {
    RoleEvent::Removed { name: role_name() }
}

pub(super) fn key_issued() -> ApiKeyEvent {
    ApiKeyEvent::Issued(Terms {
        name: ApiKeyName::parse("Shop system").unwrap(),
        role: MemberRole::TeamLead,
        scope: Some(Permissions::of(&[Permission::WorkConversations, Permission::JudgeLeads])),
        expires_at: Some(Timestamp::from_second(1_795_248_000).unwrap()),
    })
}

/// A key of a role of the business's own, that may do all that its role may for as long as nobody revokes it.
pub(super) fn endless_key_issued() -> ApiKeyEvent {
    let name = ApiKeyName::parse("Accounts").unwrap();
    ApiKeyEvent::Issued(Terms { name, role: custom(), scope: None, expires_at: None })
}

pub(super) fn key_denied() -> ApiKeyEvent {
    let action = DeniedAction::parse("eraseContact").unwrap();
    ApiKeyEvent::Denied { action, permission: Permission::EraseContacts }
}

pub(super) fn profile_set(sector: Sector, size: Size) -> TenantEvent {
    let (name, phone) = (TenantName::parse("Bottega Aurora").unwrap(), E164::parse("+390212345678").unwrap());
    TenantEvent::ProfileSet { profile: Profile { name, sector, phone, size } }
}

pub(super) fn branding_set() -> TenantEvent {
    let branding = Branding {
        theme_color: Color::parse("#1f6feb").ok(),
        theme_name: ThemeName::parse("Winter").ok(),
        logo: LogoUrl::parse("https://cdn.example.com/aurora.svg").ok(),
    };
    TenantEvent::BrandingSet { branding }
}

pub(super) fn settings_set(answering: Option<ChannelId>) -> TenantEvent {
    TenantEvent::SettingsSet { settings: Settings { unassigned_visible: false, answering } }
}

pub(super) fn step_completed(step: OnboardingStep) -> TenantEvent {
    TenantEvent::OnboardingStepCompleted { step }
}

/// Each sector and each size, once.
pub(super) fn profiles() -> Vec<TenantEvent> {
    vec![
        profile_set(Sector::Retail, Size::UpTo10),
        profile_set(Sector::Healthcare, Size::UpTo50),
        profile_set(Sector::Restaurant, Size::UpTo200),
        profile_set(Sector::Other, Size::Over200),
    ]
}

/// Each of the fixed roles, and one of the business's own.
pub(super) fn roles() -> [MemberRole; 5] {
    [MemberRole::Agent, MemberRole::Owner, MemberRole::TeamLead, MemberRole::BillingAdmin, custom()]
}

pub(super) fn of_every_kind() -> Vec<Sample> {
    let nowhere = MemberEvent::Invited { email: email(), role: MemberRole::Agent, team: None };
    let mut samples = vec![
        sample(branding_set()),
        Sample { form: Some("of_nothing"), ..sample(TenantEvent::BrandingSet { branding: Branding::default() }) },
        sample(settings_set(None)),
        Sample { form: Some("with_a_number"), ..sample(settings_set(Some(CHANNEL))) },
        sample(registered()),
        sample(invited(MemberRole::TeamLead)),
        Sample { form: Some("in_no_team"), ..sample(nowhere) },
        sample(joined()),
        sample(MemberEvent::InvitationWithdrawn {}),
        sample(renamed()),
        sample(team_changed(Some(TEAM))),
        Sample { form: Some("to_none"), ..sample(team_changed(None)) },
        sample(MemberEvent::Deactivated {}),
        sample(reactivated()),
        sample(MemberEvent::PasswordSet {}),
        sample(MemberEvent::SecondFactorEnabled {}),
        sample(MemberEvent::SecondFactorDisabled {}),
        sample(denied()),
        sample(team_formed()),
        sample(team_renamed()),
        sample(team_disbanded()),
        sample(role_defined()),
        Sample { form: Some("of_templates"), ..sample(role_of_templates_defined()) },
        sample(role_redefined()),
        sample(role_removed()),
        sample(key_issued()),
        Sample { form: Some("without_end"), ..sample(endless_key_issued()) },
        sample(ApiKeyEvent::Revoked {}),
        sample(key_denied()),
    ];
    let forms = [None, Some("owner"), Some("team_lead"), Some("billing_admin"), Some("custom")];
    samples.extend(forms.into_iter().zip(roles()).map(|(form, role)| Sample { form, ..sample(role_changed(role)) }));
    let forms = [None, Some("healthcare"), Some("restaurant"), Some("other")];
    samples.extend(forms.into_iter().zip(profiles()).map(|(form, event)| Sample { form, ..sample(event) }));
    let forms = [None, Some("branding"), Some("channel"), Some("people"), Some("hours")];
    let steps = OnboardingStep::ALL.map(step_completed);
    samples.extend(forms.into_iter().zip(steps).map(|(form, event)| Sample { form, ..sample(event) }));
    samples
}
