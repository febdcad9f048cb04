//! What is limited.

use serde::{Deserialize, Serialize};

use super::Rate;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitKind {
    /// Signing in, by network address; showing a password once more, by account.
    Login,
    /// Signing in to one account, from wherever. It is wide: whoever knows an address can use it up, and keep its owner out.
    Account,
    /// Registering a business, by network address and by the address that is registered.
    Register,
    /// Asking for a link by mail, by network address and by account.
    Recovery,
    /// Codes of a second factor, by account.
    SecondFactor,
    /// Letters that invite somebody, by business.
    Invitation,
    /// Asking a provider whether it takes what is entered, by business.
    Credentials,
    /// Asking WhatsApp for templates, or about them, by business.
    Templates,
    /// Filling in walk-ins' forms, by network address.
    WalkIn,
    /// Looking at walk-ins' forms and codes, by network address.
    WalkInPage,
    /// Forms of a walk-in that are taken, by source.
    WalkInSource,
    /// Those that are taken beyond that, by source: first ones of their networks.
    WalkInReserve,
    /// Forms that are first ones of their network, by network address.
    WalkInFirst,
    /// What programs post, by external source.
    ExternalSource,
    /// Requests to the API, by caller.
    Api,
}

impl LimitKind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Login,
        Self::Account,
        Self::Register,
        Self::Recovery,
        Self::SecondFactor,
        Self::Invitation,
        Self::Credentials,
        Self::Templates,
        Self::WalkIn,
        Self::WalkInPage,
        Self::WalkInSource,
        Self::WalkInReserve,
        Self::WalkInFirst,
        Self::ExternalSource,
        Self::Api,
    ];

    /// As it is stored, counted and configured.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Account => "account",
            Self::Register => "register",
            Self::Recovery => "recovery",
            Self::SecondFactor => "second_factor",
            Self::Invitation => "invitation",
            Self::Credentials => "credentials",
            Self::Templates => "templates",
            Self::WalkIn => "walk_in",
            Self::WalkInPage => "walk_in_page",
            Self::WalkInSource => "walk_in_source",
            Self::WalkInReserve => "walk_in_reserve",
            Self::WalkInFirst => "walk_in_first",
            Self::ExternalSource => "external_source",
            Self::Api => "api",
        }
    }
}

/// How often each may be done.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// [`LimitKind::Login`].
    pub login: Rate,
    /// [`LimitKind::Account`].
    pub account: Rate,
    /// [`LimitKind::Register`].
    pub register: Rate,
    /// [`LimitKind::Recovery`].
    pub recovery: Rate,
    /// [`LimitKind::SecondFactor`].
    pub second_factor: Rate,
    /// [`LimitKind::Invitation`].
    pub invitation: Rate,
    /// [`LimitKind::Credentials`].
    pub credentials: Rate,
    /// [`LimitKind::Templates`].
    pub templates: Rate,
    /// [`LimitKind::WalkIn`].
    pub walk_in: Rate,
    /// [`LimitKind::WalkInPage`].
    pub walk_in_page: Rate,
    /// [`LimitKind::WalkInSource`].
    pub walk_in_source: Rate,
    /// [`LimitKind::WalkInReserve`].
    pub walk_in_reserve: Rate,
    /// [`LimitKind::WalkInFirst`].
    pub walk_in_first: Rate,
    /// [`LimitKind::ExternalSource`].
    pub external_source: Rate,
    /// [`LimitKind::Api`].
    pub api: Rate,
}

impl Rates {
    /// How often this may be done.
    #[must_use]
    pub fn of(&self, kind: LimitKind) -> Rate {
        match kind {
            LimitKind::Login => self.login,
            LimitKind::Account => self.account,
            LimitKind::Register => self.register,
            LimitKind::Recovery => self.recovery,
            LimitKind::SecondFactor => self.second_factor,
            LimitKind::Invitation => self.invitation,
            LimitKind::Credentials => self.credentials,
            LimitKind::Templates => self.templates,
            LimitKind::WalkIn => self.walk_in,
            LimitKind::WalkInPage => self.walk_in_page,
            LimitKind::WalkInSource => self.walk_in_source,
            LimitKind::WalkInReserve => self.walk_in_reserve,
            LimitKind::WalkInFirst => self.walk_in_first,
            LimitKind::ExternalSource => self.external_source,
            LimitKind::Api => self.api,
        }
    }
}
