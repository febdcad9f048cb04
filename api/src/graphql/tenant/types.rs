//! A business.

use async_graphql::{Context, Enum, Error, ID, SimpleObject};
use leadflow_domain::tenant::{self, TenantName};

use crate::graphql::api::Request;
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, encode};

/// A business.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Tenant {
    /// Global id.
    pub(in crate::graphql) id: ID,
    /// What it calls itself: as its profile says, if it has said what it is.
    name: String,
    /// What it says it is; null while it has not said so.
    profile: Option<BusinessProfile>,
    /// How its dashboard looks.
    branding: Branding,
    /// How it works.
    settings: Settings,
    /// What a new business does, in the order in which it is suggested, and whether it is done.
    #[graphql(complexity = "1 + tenant::OnboardingStep::ALL.len() * child_complexity")]
    onboarding: Vec<Onboarding>,
    /// How often something was said of it; pass it as `expectedVersion`.
    version: i64,
}

/// What a business says it is.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct BusinessProfile {
    /// What it calls itself.
    name: String,
    /// What it lives by.
    sector: BusinessSector,
    /// Where it is called, such as `+390212345678`. That it is its own was not proven.
    phone: String,
    /// How many work for it.
    size: BusinessSize,
}

/// What a business lives by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "tenant::Sector")]
pub(in crate::graphql) enum BusinessSector {
    /// It sells goods.
    Retail,
    /// It cares for people's health.
    Healthcare,
    /// It feeds people.
    Restaurant,
    /// Something else.
    Other,
}

/// How many people work for a business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "tenant::Size")]
pub(in crate::graphql) enum BusinessSize {
    /// 1 to 10.
    #[graphql(name = "UP_TO_10")]
    UpTo10,
    /// 11 to 50.
    #[graphql(name = "UP_TO_50")]
    UpTo50,
    /// 51 to 200.
    #[graphql(name = "UP_TO_200")]
    UpTo200,
    /// More than 200.
    #[graphql(name = "OVER_200")]
    Over200,
}

/// How the dashboard of a business looks.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Branding {
    /// Its colour, such as `#1f6feb`; null for that of the dashboard itself.
    theme_color: Option<String>,
    /// Its theme, by the name that the dashboard knows it by; null for the dashboard's own.
    theme_name: Option<String>,
    /// Where its logo is, an address that begins with `https://`; null when it has none.
    logo: Option<String>,
}

/// How a business works.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Settings {
    /// Whether everybody who works conversations sees also those that are nobody's.
    unassigned_visible: bool,
    /// The channel by whose number leads are answered that came by no number; null where that is the one that was connected first.
    answering_channel_id: Option<ID>,
}

/// Something that a new business does.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::graphql) struct Onboarding {
    /// What.
    step: OnboardingStep,
    /// Whether it is done, or passed over.
    done: bool,
}

/// What a new business does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "tenant::OnboardingStep")]
pub(in crate::graphql) enum OnboardingStep {
    /// It says what it is; done once it has.
    Profile,
    /// It says how its dashboard looks; done once it has.
    Branding,
    /// It connects a channel.
    Channel,
    /// It invites people.
    People,
    /// It says when it is open; done once it has.
    Hours,
}

impl Tenant {
    /// What it calls itself.
    pub(in crate::graphql) fn called(&self) -> &str {
        &self.name
    }
}

/// The viewer's business. No read model is about it; the log is.
pub(in crate::graphql) async fn of_viewer(context: &Context<'_>) -> Result<Option<Tenant>, Error> {
    let request = Request::of(context)?;
    let id = request.viewer.tenant();
    let loaded = request.api.log.load::<tenant::Tenant>(id.into()).await.map_err(|error| internal("tenant", &error))?;
    let tenant = &loaded.state;
    let name = tenant.name().map(TenantName::as_str);
    let onboarding = tenant::OnboardingStep::ALL.into_iter();
    Ok(name.map(|name| Tenant {
        id: encode(Kind::Tenant, id.as_uuid()),
        name: name.to_owned(),
        profile: tenant.profile().map(BusinessProfile::from),
        branding: tenant.branding().into(),
        settings: tenant.settings().into(),
        onboarding: onboarding.map(|step| Onboarding { step: step.into(), done: tenant.has_completed(step) }).collect(),
        version: loaded.version,
    }))
}

impl From<tenant::Settings> for Settings {
    fn from(settings: tenant::Settings) -> Self {
        let tenant::Settings { unassigned_visible, answering } = settings;
        let answering_channel_id = answering.map(|channel| encode(Kind::Channel, channel.as_uuid()));
        Self { unassigned_visible, answering_channel_id }
    }
}

impl From<&tenant::Profile> for BusinessProfile {
    fn from(profile: &tenant::Profile) -> Self {
        Self {
            name: profile.name.as_str().to_owned(),
            sector: profile.sector.into(),
            phone: profile.phone.as_str().to_owned(),
            size: profile.size.into(),
        }
    }
}

impl From<&tenant::Branding> for Branding {
    fn from(branding: &tenant::Branding) -> Self {
        Self {
            theme_color: branding.theme_color.as_ref().map(|color| color.as_str().to_owned()),
            theme_name: branding.theme_name.as_ref().map(|name| name.as_str().to_owned()),
            logo: branding.logo.as_ref().map(|logo| logo.as_str().to_owned()),
        }
    }
}
