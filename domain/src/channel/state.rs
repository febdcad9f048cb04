use serde::{Deserialize, Serialize};

use super::{
    ChannelCommand, ChannelEvent, ChannelRefusal, WhatsAppNumber, connect_whatsapp_number, disconnect,
    phone_number_id_reservation,
};
use crate::{DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a channel's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    pub(super) number: Option<WhatsAppNumber>,
    pub(super) connected: bool,
}

aggregate::aggregate!(Channel, "channel", ChannelCommand, ChannelEvent, ChannelRefusal);

impl Channel {
    /// The number that is or was connected.
    #[must_use]
    pub fn number(&self) -> Option<&WhatsAppNumber> {
        self.number.as_ref()
    }

    /// Whether messages arrive here now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.connected
    }

    fn evolve(&mut self, event: ChannelEvent) {
        match event {
            ChannelEvent::WhatsAppNumberConnected(number) => {
                self.number = Some(number);
                self.connected = true;
            }
            ChannelEvent::WhatsAppNumberDisconnected { .. } => self.connected = false,
        }
    }
}

impl Decide for Channel {
    const STATE_VERSION: u32 = 2;

    fn decide(&self, command: ChannelCommand) -> Result<Vec<ChannelEvent>, ChannelRefusal> {
        match command {
            ChannelCommand::ConnectWhatsAppNumber(number) => connect_whatsapp_number::decide(self, number),
            ChannelCommand::Disconnect => disconnect::decide(self),
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
        }
    }

    fn data_subject(_stream: StreamId, event: &ChannelEvent) -> DataSubject {
        match event {
            ChannelEvent::WhatsAppNumberConnected(_) | ChannelEvent::WhatsAppNumberDisconnected { .. } => {
                DataSubject::Nobody
            }
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::{ChannelEvent, WhatsAppNumber};
    use crate::channel::{AppKey, DisplayPhone, ProviderId};

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
}
