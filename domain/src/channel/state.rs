use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::health::Over;
use super::{
    AppKey, Barred, ChannelCommand, ChannelEvent, ChannelRefusal, Health, SocialAccount, WhatsAppNumber,
    connect_social_account, connect_whatsapp_number, disconnect, enter_whatsapp_credentials,
    phone_number_id_reservation, remove_whatsapp_credentials, stop_sending, tell_health,
};
use crate::{CredentialId, DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a channel's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    pub(super) number: Option<WhatsAppNumber>,
    /// Where it is no number.
    #[serde(default)]
    pub(super) account: Option<SocialAccount>,
    pub(super) connected: bool,
    pub(super) credential: Option<CredentialId>,
    /// Whether the provider takes nothing more from the number.
    pub(super) stopped: bool,
    /// What WhatsApp told last of how it stands.
    #[serde(default)]
    pub(super) health: Health,
    /// What somebody has said is over of that.
    #[serde(default)]
    pub(super) over: Over,
}

aggregate::aggregate!(Channel, "channel", ChannelCommand, ChannelEvent, ChannelRefusal);

impl Channel {
    /// The number that is or was connected.
    #[must_use]
    pub fn number(&self) -> Option<&WhatsAppNumber> {
        self.number.as_ref()
    }

    /// The account of Messenger or Instagram that is or was connected.
    #[must_use]
    pub fn account(&self) -> Option<&SocialAccount> {
        self.account.as_ref()
    }

    /// The Meta app that alone may bring its webhooks; `None` is the installation's default app.
    #[must_use]
    pub fn app(&self) -> Option<&AppKey> {
        let of_account = || self.account.as_ref()?.app.as_ref();
        self.number.as_ref().map_or_else(of_account, |number| number.app.as_ref())
    }

    /// The number, for what is about numbers alone.
    pub(super) fn as_number(&self) -> Result<&WhatsAppNumber, ChannelRefusal> {
        let none = if self.account.is_some() { ChannelRefusal::NoNumber } else { ChannelRefusal::NotFound };
        self.number.as_ref().ok_or(none)
    }

    /// Whether messages arrive here now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.connected
    }

    /// Where that is sealed which WhatsApp, or Meta, knows the business by.
    #[must_use]
    pub fn credential(&self) -> Option<CredentialId> {
        self.credential
    }

    /// Whether the provider takes nothing more from the number until somebody sees to it.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// What WhatsApp told last of how it stands, while it is of this account; `None` before that.
    #[must_use]
    pub fn health(&self) -> Option<&Health> {
        let account = &self.number.as_ref()?.waba_id;
        Some(&self.health).filter(|health| health.waba_id.as_ref() == Some(account))
    }

    /// What may not be sent from it at this time, by what WhatsApp told of its account, unless somebody has said that it is over.
    #[must_use]
    pub fn barred(&self, now: Timestamp) -> Barred {
        self.health().map(|health| health.barred(&self.over, now)).unwrap_or_default()
    }

    /// Whether there is something that somebody may say to have seen to.
    pub(super) fn waits_for_somebody(&self) -> bool {
        self.stopped || self.health().is_some_and(|health| health.bars(&self.over))
    }

    fn evolve(&mut self, event: ChannelEvent) {
        match event {
            ChannelEvent::WhatsAppNumberConnected(number) => {
                self.number = Some(number);
                self.connected = true;
            }
            ChannelEvent::WhatsAppNumberDisconnected { .. } => self.connected = false,
            ChannelEvent::WhatsAppCredentialsEntered { credential }
            | ChannelEvent::WhatsAppCredentialsRotated { credential, .. } => self.credential = Some(credential),
            ChannelEvent::WhatsAppCredentialsRemoved { .. } => self.credential = None,
            ChannelEvent::SendingStopped { .. } => self.stopped = true,
            ChannelEvent::SendingResumed {} => {
                self.stopped = false;
                self.over = Over::all(&self.health);
            }
            ChannelEvent::SocialAccountConnected { account, credential, .. } => {
                self.account = Some(account);
                self.connected = true;
                self.credential = credential.or(self.credential);
            }
            ChannelEvent::SocialAccountDisconnected { .. } => {
                self.connected = false;
                self.credential = None;
            }
            ChannelEvent::HealthTold { waba_id, news, at } => {
                if self.health.waba_id.as_ref() != Some(&waba_id) {
                    self.over = Over::default();
                }
                self.health.tell(&waba_id, &news, at);
                self.over.keep_what_is_told(&self.health);
            }
        }
    }
}

impl Decide for Channel {
    const STATE_VERSION: u32 = 6;

    fn decide(&self, command: ChannelCommand) -> Result<Vec<ChannelEvent>, ChannelRefusal> {
        match command {
            ChannelCommand::ConnectWhatsAppNumber(number) => connect_whatsapp_number::decide(self, number),
            ChannelCommand::ConnectSocialAccount { account, credential } => {
                connect_social_account::decide(self, account, credential)
            }
            ChannelCommand::Disconnect => disconnect::decide(self),
            ChannelCommand::EnterWhatsAppCredentials { credential } => {
                enter_whatsapp_credentials::decide(self, credential)
            }
            ChannelCommand::RemoveWhatsAppCredentials => remove_whatsapp_credentials::decide(self),
            ChannelCommand::StopSending { reason } => stop_sending::decide(self, reason),
            ChannelCommand::ResumeSending => stop_sending::resume(self),
            ChannelCommand::TellHealth { waba_id, news, at } => tell_health::decide(self, waba_id, news, at),
        }
    }

    fn reservations(_stream: StreamId, event: &ChannelEvent) -> Vec<ReservationChange> {
        match event {
            ChannelEvent::WhatsAppNumberConnected(number) => {
                vec![ReservationChange::Take(phone_number_id_reservation(number.phone_number_id.as_str()))]
            }
            ChannelEvent::WhatsAppNumberDisconnected { phone_number_id } => {
                vec![ReservationChange::Release(phone_number_id_reservation(phone_number_id.as_str()))]
            }
            ChannelEvent::SocialAccountConnected { account, .. } => {
                vec![ReservationChange::Take(account.reservation())]
            }
            ChannelEvent::SocialAccountDisconnected { network, account_id, .. } => {
                vec![ReservationChange::Release(network.account_reservation(account_id.as_str()))]
            }
            ChannelEvent::WhatsAppCredentialsEntered { .. }
            | ChannelEvent::WhatsAppCredentialsRotated { .. }
            | ChannelEvent::WhatsAppCredentialsRemoved { .. }
            | ChannelEvent::SendingStopped { .. }
            | ChannelEvent::SendingResumed {}
            | ChannelEvent::HealthTold { .. } => vec![],
        }
    }

    fn data_subject(_stream: StreamId, event: &ChannelEvent) -> DataSubject {
        match event {
            ChannelEvent::WhatsAppNumberConnected(_)
            | ChannelEvent::WhatsAppNumberDisconnected { .. }
            | ChannelEvent::WhatsAppCredentialsEntered { .. }
            | ChannelEvent::WhatsAppCredentialsRotated { .. }
            | ChannelEvent::WhatsAppCredentialsRemoved { .. }
            | ChannelEvent::SendingStopped { .. }
            | ChannelEvent::SendingResumed {}
            | ChannelEvent::HealthTold { .. }
            | ChannelEvent::SocialAccountConnected { .. }
            | ChannelEvent::SocialAccountDisconnected { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use uuid::Uuid;

    use super::{ChannelCommand, ChannelEvent, SocialAccount, WhatsAppNumber};
    use crate::CredentialId;
    use crate::channel::{AccountName, AppKey, DisplayPhone, ProviderId, SocialNetwork, StopReason};

    pub(in crate::channel) fn number(phone_number_id: &str, display_phone: &str) -> WhatsAppNumber {
        WhatsAppNumber {
            phone_number_id: ProviderId::parse(phone_number_id).unwrap(),
            waba_id: ProviderId::parse("20").unwrap(),
            display_phone: DisplayPhone::parse(display_phone).unwrap(),
            app: None,
        }
    }

    pub(in crate::channel) fn under(app: &str, number: WhatsAppNumber) -> WhatsAppNumber {
        WhatsAppNumber { app: Some(AppKey::parse(app).unwrap()), ..number }
    }

    pub(in crate::channel) fn connected(phone_number_id: &str, display_phone: &str) -> ChannelEvent {
        ChannelEvent::WhatsAppNumberConnected(number(phone_number_id, display_phone))
    }

    pub(in crate::channel) fn disconnected(phone_number_id: &str) -> ChannelEvent {
        ChannelEvent::WhatsAppNumberDisconnected { phone_number_id: ProviderId::parse(phone_number_id).unwrap() }
    }

    pub(in crate::channel) fn account() -> SocialAccount {
        SocialAccount {
            network: SocialNetwork::Messenger,
            account_id: ProviderId::parse("10").unwrap(),
            name: AccountName::parse("Saffron Sofas").unwrap(),
            app: None,
        }
    }

    pub(in crate::channel) fn connect_account(with: Option<u128>) -> ChannelCommand {
        ChannelCommand::ConnectSocialAccount { account: account(), credential: with.map(credential) }
    }

    pub(in crate::channel) fn account_connected(with: Option<u128>, replaced: Option<u128>) -> ChannelEvent {
        ChannelEvent::SocialAccountConnected {
            account: account(),
            credential: with.map(credential),
            replaced: replaced.map(credential),
        }
    }

    pub(in crate::channel) fn account_disconnected(with: Option<u128>) -> ChannelEvent {
        let SocialAccount { network, account_id, .. } = account();
        ChannelEvent::SocialAccountDisconnected { network, account_id, credential: with.map(credential) }
    }

    pub(in crate::channel) fn credential(number: u128) -> CredentialId {
        CredentialId::from_uuid(Uuid::from_u128(number))
    }

    pub(in crate::channel) fn entered(number: u128) -> ChannelEvent {
        ChannelEvent::WhatsAppCredentialsEntered { credential: credential(number) }
    }

    pub(in crate::channel) fn rotated(number: u128, replaced: u128) -> ChannelEvent {
        ChannelEvent::WhatsAppCredentialsRotated { credential: credential(number), replaced: credential(replaced) }
    }

    pub(in crate::channel) fn stop_reason() -> StopReason {
        StopReason { code: 190, title: Some("Access token has expired".to_owned()) }
    }

    pub(in crate::channel) fn stopped() -> ChannelEvent {
        ChannelEvent::SendingStopped { reason: stop_reason() }
    }

    pub(in crate::channel) fn removed(number: u128) -> ChannelEvent {
        ChannelEvent::WhatsAppCredentialsRemoved { credential: credential(number) }
    }
}
