//! People of the business: who works with whom and as what, and what the business says of itself.

use jiff::Timestamp;
use leadflow_domain::api_key::{ApiKeyCommand, ApiKeyName, Terms};
use leadflow_domain::member::{By, DeniedAction, MemberCommand, MemberName};
use leadflow_domain::role::{MemberRole, Permission, Permissions, RoleCommand, RoleName};
use leadflow_domain::team::{TeamCommand, TeamName};
use leadflow_domain::tenant::{
    Branding, Color, OnboardingStep, Profile, Sector, Settings, Size, TenantCommand, TenantName,
};
use leadflow_domain::{ApiKeyId, E164, EmailAddress, IdentifierHash, RoleId, TenantId};
use uuid::Uuid;

use super::{Play, member, team};
use crate::support::context;

impl Play<'_> {
    /// Five come, and go from team to team. In the end the first is in the second team, the second in the first one and so is
    /// the fourth, who was put out; the third is in none, as is the owner.
    pub(super) async fn people(&mut self, tenant: TenantId) {
        self.says(tenant).await;
        self.teams_and_roles(tenant).await;
        self.keys(tenant).await;
        let (name, email, email_hash) = Self::address(tenant, 5);
        self.is_told(tenant, 5, MemberCommand::Register { name, email, email_hash }).await;
        for (number, begins_in, goes_to) in [
            (1, Some(1), vec![Some(2)]),
            (2, None, vec![Some(1)]),
            (3, Some(3), vec![Some(2), None]),
            (4, Some(1), vec![]),
        ] {
            let team = |number: Option<u128>| number.map(|number| team(tenant, number));
            let (name, email, email_hash) = Self::address(tenant, number);
            let (role, team_id) = (MemberRole::Agent, team(begins_in));
            self.is_told(tenant, number, MemberCommand::Invite { email: email.clone(), role, team: team_id }).await;
            self.is_told(tenant, number, MemberCommand::Join { name, email, email_hash }).await;
            for to in goes_to {
                self.is_told(tenant, number, MemberCommand::MoveToTeam { team: team(to) }).await;
            }
        }
        for command in [
            MemberCommand::Rename { name: MemberName::parse("Ada Bianchi").unwrap() },
            MemberCommand::ChangeRole { role: MemberRole::TeamLead, by: By::AnotherOwner },
            MemberCommand::SetPassword,
            MemberCommand::EnableSecondFactor,
            MemberCommand::DisableSecondFactor,
            MemberCommand::Deny {
                action: DeniedAction::parse("eraseContact").unwrap(),
                permission: Permission::EraseContacts,
            },
            MemberCommand::Deactivate { by: By::AnotherOwner },
            MemberCommand::Reactivate { by: By::AnotherOwner },
        ] {
            self.is_told(tenant, 1, command).await;
        }
        self.is_told(tenant, 4, MemberCommand::Deactivate { by: By::AnotherOwner }).await;
        let (_, email, _) = Self::address(tenant, 6);
        self.is_told(tenant, 6, MemberCommand::Invite { email, role: MemberRole::BillingAdmin, team: None }).await;
        self.is_told(tenant, 6, MemberCommand::WithdrawInvitation).await;
    }

    async fn says(&mut self, tenant: TenantId) {
        let (name, phone) = (TenantName::parse("Bottega Aurora").unwrap(), E164::parse("+390212345678").unwrap());
        let branding = Branding { theme_color: Color::parse("#1f6feb").ok(), ..Branding::default() };
        for command in [
            TenantCommand::SetProfile { profile: Profile { name, sector: Sector::Retail, phone, size: Size::UpTo10 } },
            TenantCommand::SetBranding { branding },
            TenantCommand::SetSettings { settings: Settings { unassigned_visible: false, ..Settings::default() } },
            TenantCommand::CompleteOnboardingStep { step: OnboardingStep::ALL[0] },
        ] {
            let key = self.key_of_people();
            self.log.tenants.execute(tenant, command, context(tenant, &key)).await.unwrap();
        }
    }

    async fn teams_and_roles(&mut self, tenant: TenantId) {
        let (team_name, role_name) = (TeamName::parse, RoleName::parse);
        let form = |name: &str| TeamCommand::Form { name: team_name(name).unwrap() };
        for (number, command) in [
            (1, form("Returns")),
            (2, form("Sales")),
            (3, form("Care")),
            (3, TeamCommand::Rename { name: team_name("After sales").unwrap() }),
            (4, form("Nobody")),
            (4, TeamCommand::Disband),
        ] {
            let key = self.key_of_people();
            self.log.teams.execute(team(tenant, number), command, context(tenant, &key)).await.unwrap();
        }
        let permissions = Permissions::of(&[Permission::SeeAudit]);
        let define = |name: &str| RoleCommand::Define { name: role_name(name).unwrap(), permissions };
        for (number, command) in [
            (1, define("Auditor")),
            (1, RoleCommand::Change { name: role_name("Controller").unwrap(), permissions }),
            (2, define("Nobody")),
            (2, RoleCommand::Remove),
        ] {
            let role = RoleId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 88) + number));
            let key = self.key_of_people();
            self.log.roles.execute(role, command, context(tenant, &key)).await.unwrap();
        }
    }

    async fn keys(&mut self, tenant: TenantId) {
        let (action, permission) = (DeniedAction::parse("eraseContact").unwrap(), Permission::EraseContacts);
        let name = ApiKeyName::parse("Shop system").unwrap();
        let terms = Terms { name, role: MemberRole::Agent, scope: None, expires_at: None };
        for command in [
            ApiKeyCommand::Issue { terms, now: Timestamp::UNIX_EPOCH },
            ApiKeyCommand::Deny { action, permission },
            ApiKeyCommand::Revoke,
        ] {
            let id = ApiKeyId::from_uuid(Uuid::from_u128((tenant.as_uuid().as_u128() << 96) + 1));
            let key = self.key_of_people();
            self.log.api_keys.execute(id, command, context(tenant, &key)).await.unwrap();
        }
    }

    fn address(tenant: TenantId, number: u128) -> (MemberName, EmailAddress, IdentifierHash) {
        let address = format!("member{number}@{tenant}.example");
        let hash = IdentifierHash::from_hex(format!("hash of {address}"));
        (MemberName::parse("Ada").unwrap(), EmailAddress::parse(&address).unwrap(), hash)
    }

    async fn is_told(&mut self, tenant: TenantId, number: u128, command: MemberCommand) {
        let key = self.key_of_people();
        self.log.members.execute(member(tenant, number), command, context(tenant, &key)).await.unwrap();
    }

    /// Beside those of what customers write, which messages are named by.
    pub(super) fn key_of_people(&mut self) -> String {
        self.key_of_people += 1;
        format!("people {}", self.key_of_people)
    }
}
