use serde::{Deserialize, Serialize};

use super::{
    Mapping, Networks, Opening, Page, SourceCommand, SourceEvent, SourceKind, SourceName, SourceRefusal, WalkInForm,
    WalkInSlug, ask_backfill, change_external, close, connect_page, miss_lead, open, open_external, open_walk_in,
    page_id_reservation, rename, reopen, set_form, slug_reservation, stop_reading,
};
use crate::{CredentialId, DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a source's decisions need to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    pub(super) opening: Option<Opening>,
    pub(super) closed: bool,
    /// While it is connected.
    pub(super) page: Option<Page>,
    pub(super) credential: Option<CredentialId>,
    pub(super) reading_stopped: bool,
    /// What its address ends with, where it is a form of ours.
    pub(super) slug: Option<WalkInSlug>,
    pub(super) form: Option<Box<WalkInForm>>,
    /// How many forms it has had.
    pub(super) forms: u32,
    /// Of an external source.
    pub(super) mapping: Option<Mapping>,
    /// How many there were until now.
    pub(super) mappings: u32,
    pub(super) networks: Networks,
    pub(super) token: Option<CredentialId>,
}

aggregate::aggregate!(Source, "source", SourceCommand, SourceEvent, SourceRefusal);

impl Source {
    /// What kind of place it is; `None` while nothing was opened.
    #[must_use]
    pub fn kind(&self) -> Option<SourceKind> {
        self.opening.as_ref().map(|opening| opening.kind)
    }

    /// Whether leads come from here now.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.opening.is_some() && !self.closed
    }

    /// The page that leads come from; `None` while none is connected.
    #[must_use]
    pub fn page(&self) -> Option<&Page> {
        self.page.as_ref()
    }

    /// What its leads are read with, or what a program posts is signed with.
    #[must_use]
    pub fn credential(&self) -> Option<CredentialId> {
        self.credential
    }

    /// Whether nothing is read until other credentials are entered.
    #[must_use]
    pub fn is_reading_stopped(&self) -> bool {
        self.reading_stopped
    }

    /// What the business calls it; `None` while nothing was opened.
    #[must_use]
    pub fn name(&self) -> Option<&SourceName> {
        self.opening.as_ref().map(|opening| &opening.name)
    }

    /// What the address of its form ends with, where it is a form of ours.
    #[must_use]
    pub fn slug(&self) -> Option<&WalkInSlug> {
        self.slug.as_ref()
    }

    /// What its form asks, where it is one of ours.
    #[must_use]
    pub fn form(&self) -> Option<&WalkInForm> {
        self.form.as_deref()
    }

    /// The number of its form: the first is 1, and each that takes its place has the next one.
    #[must_use]
    pub fn form_number(&self) -> u32 {
        self.forms
    }

    /// Which fields of what a program posts mean what; `None` where none posts.
    #[must_use]
    pub fn mapping(&self) -> Option<&Mapping> {
        self.mapping.as_ref()
    }

    /// How many mappings there were until now, with the one that counts.
    #[must_use]
    pub fn mappings(&self) -> u32 {
        self.mappings
    }

    /// From where it may be posted.
    #[must_use]
    pub fn networks(&self) -> &Networks {
        &self.networks
    }

    /// What whoever posts shows; `None` where none posts.
    #[must_use]
    pub fn token(&self) -> Option<CredentialId> {
        self.token
    }

    pub(super) fn evolve(&mut self, event: SourceEvent) {
        match event {
            SourceEvent::Opened(opening) => self.opening = Some(opening),
            SourceEvent::Closed {} => self.closed = true,
            SourceEvent::Reopened {} => self.closed = false,
            SourceEvent::Renamed { name } => {
                if let Some(opening) = &mut self.opening {
                    opening.name = name;
                }
            }
            SourceEvent::SlugGiven { slug } => self.slug = Some(slug),
            SourceEvent::FormSet(form) => {
                self.form = Some(form);
                self.forms = self.forms.saturating_add(1);
            }
            SourceEvent::PageConnected(page) => self.page = Some(page),
            SourceEvent::PageDisconnected { .. } => self.page = None,
            SourceEvent::CredentialsEntered { credential } | SourceEvent::CredentialsRotated { credential, .. } => {
                self.credential = Some(credential);
            }
            SourceEvent::CredentialsRemoved { .. } => {
                self.credential = None;
                self.reading_stopped = false;
            }
            SourceEvent::ReadingStopped { .. } => self.reading_stopped = true,
            SourceEvent::ReadingResumed {} => self.reading_stopped = false,
            SourceEvent::MappingChanged(mapping) => {
                self.mapping = Some(mapping);
                self.mappings = self.mappings.saturating_add(1);
            }
            SourceEvent::NetworksChanged { networks } => self.networks = networks,
            SourceEvent::TokenIssued { token } => self.token = Some(token),
            SourceEvent::LeadMissed(_) | SourceEvent::BackfillAsked { .. } => {}
        }
    }
}

impl Decide for Source {
    const STATE_VERSION: u32 = 3;

    fn decide(&self, command: SourceCommand) -> Result<Vec<SourceEvent>, SourceRefusal> {
        match command {
            SourceCommand::Open(opening) => open::decide(self, opening),
            SourceCommand::OpenExternal(opening) => open_external::decide(self, *opening),
            SourceCommand::ChangeMapping(mapping) => change_external::mapping(self, *mapping),
            SourceCommand::ChangeNetworks { networks } => change_external::networks(self, networks),
            SourceCommand::IssueToken { token } => change_external::token(self, token),
            SourceCommand::IssueSecret { credential } => change_external::secret(self, credential),
            SourceCommand::RemoveSecret => change_external::no_secret(self),
            SourceCommand::ConnectPage { name, page, credential } => connect_page::decide(self, name, page, credential),
            SourceCommand::StopReading { credential, code } => stop_reading::decide(self, credential, code),
            SourceCommand::MissLead(missed) => miss_lead::decide(self, missed),
            SourceCommand::AskBackfill { since } => ask_backfill::decide(self, since),
            SourceCommand::OpenWalkIn { name, slug, form } => open_walk_in::decide(self, name, slug, *form),
            SourceCommand::SetForm(form) => set_form::decide(self, *form),
            SourceCommand::Rename { name } => rename::decide(self, name),
            SourceCommand::Close => close::decide(self),
            SourceCommand::Reopen => reopen::decide(self),
        }
    }

    fn reservations(_: StreamId, event: &SourceEvent) -> Vec<ReservationChange> {
        match event {
            SourceEvent::PageConnected(page) => {
                vec![ReservationChange::Take(page_id_reservation(page.page_id.as_str()))]
            }
            SourceEvent::PageDisconnected { page_id } => {
                vec![ReservationChange::Release(page_id_reservation(page_id.as_str()))]
            }
            SourceEvent::SlugGiven { slug } => vec![ReservationChange::Take(slug_reservation(slug))],
            SourceEvent::Opened(_)
            | SourceEvent::Closed {}
            | SourceEvent::Reopened {}
            | SourceEvent::Renamed { .. }
            | SourceEvent::FormSet(_)
            | SourceEvent::CredentialsEntered { .. }
            | SourceEvent::CredentialsRotated { .. }
            | SourceEvent::CredentialsRemoved { .. }
            | SourceEvent::ReadingStopped { .. }
            | SourceEvent::ReadingResumed {}
            | SourceEvent::LeadMissed(_)
            | SourceEvent::BackfillAsked { .. }
            | SourceEvent::MappingChanged(_)
            | SourceEvent::NetworksChanged { .. }
            | SourceEvent::TokenIssued { .. } => vec![],
        }
    }

    fn data_subject(_: StreamId, event: &SourceEvent) -> DataSubject {
        match event {
            SourceEvent::Opened(_)
            | SourceEvent::Closed {}
            | SourceEvent::Reopened {}
            | SourceEvent::Renamed { .. }
            | SourceEvent::SlugGiven { .. }
            | SourceEvent::FormSet(_)
            | SourceEvent::PageConnected(_)
            | SourceEvent::PageDisconnected { .. }
            | SourceEvent::CredentialsEntered { .. }
            | SourceEvent::CredentialsRotated { .. }
            | SourceEvent::CredentialsRemoved { .. }
            | SourceEvent::ReadingStopped { .. }
            | SourceEvent::ReadingResumed {}
            | SourceEvent::LeadMissed(_)
            | SourceEvent::BackfillAsked { .. }
            | SourceEvent::MappingChanged(_)
            | SourceEvent::NetworksChanged { .. }
            | SourceEvent::TokenIssued { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::SourceEvent;
    use crate::ChannelId;
    use crate::CredentialId;
    use crate::channel::ProviderId;
    use crate::source::{
        Asked, CallingCode, ExternalOpening, FieldPath, FormHeading, FormLanguage, FormQuestion, FormQuestionText,
        FormText, GreetingMessage, MappedFields, Mapping, MissedLead, Network, Networks, Opening, Page, SourceCommand,
        SourceKind, SourceName, WalkInForm, WalkInSlug, WhatsAppLink,
    };

    pub(in crate::source) fn opening(name: &str) -> Opening {
        Opening { kind: SourceKind::GoogleForm, name: SourceName::parse(name).unwrap() }
    }

    pub(in crate::source) fn opened(name: &str) -> SourceEvent {
        SourceEvent::Opened(opening(name))
    }

    pub(in crate::source) fn credential(number: u128) -> CredentialId {
        CredentialId::from_uuid(Uuid::from_u128(number))
    }

    pub(in crate::source) fn page() -> Page {
        Page { page_id: ProviderId::parse("7").unwrap(), app: None }
    }

    pub(in crate::source) fn connect(number: u128) -> SourceCommand {
        let name = SourceName::parse("Saffron Sofas").unwrap();
        SourceCommand::ConnectPage { name, page: page(), credential: credential(number) }
    }

    /// With the first credentials.
    pub(in crate::source) fn connected() -> Vec<SourceEvent> {
        vec![
            SourceEvent::Opened(Opening { kind: SourceKind::FacebookPage, ..opening("Saffron Sofas") }),
            SourceEvent::PageConnected(page()),
            SourceEvent::CredentialsEntered { credential: credential(1) },
        ]
    }

    pub(in crate::source) fn missed() -> MissedLead {
        let submitted_at = Timestamp::from_second(1_763_712_000).unwrap();
        MissedLead { form_id: Some(ProviderId::parse("9").unwrap()), submitted_at, code: 100 }
    }

    pub(in crate::source) fn slug() -> WalkInSlug {
        WalkInSlug::of(7)
    }

    /// With everything that a form may have.
    pub(crate) fn form(heading: &str) -> WalkInForm {
        let text = |text: &str| FormText::parse(text).unwrap();
        let question = |asked: &str, required| FormQuestion {
            text: FormQuestionText::parse(asked).unwrap(),
            required,
            long: required,
        };
        WalkInForm {
            language: FormLanguage::English,
            heading: FormHeading::parse(heading).unwrap(),
            greeting: Some(text("Tell us what you are looking for.\nWe call you back.")),
            name: Asked::Always,
            phone: Asked::Always,
            calling_code: Some(CallingCode::parse("+91").unwrap()),
            email: Asked::Optionally,
            questions: vec![question("What are you looking for?", true), question("Who sent you?", false)],
            consent: Some(text("You may call me about this.")),
            thanks: Some(text("Thank you, and welcome.")),
            whatsapp: Some(WhatsAppLink {
                channel: ChannelId::from_uuid(Uuid::from_u128(3)),
                text: Some(GreetingMessage::parse("Hello, I was at your shop").unwrap()),
            }),
        }
    }

    pub(in crate::source) fn open_walk_in(heading: &str) -> SourceCommand {
        let name = SourceName::parse("Front desk").unwrap();
        SourceCommand::OpenWalkIn { name, slug: slug(), form: Box::new(form(heading)) }
    }

    /// A form that says hello.
    pub(in crate::source) fn walk_in() -> Vec<SourceEvent> {
        vec![
            SourceEvent::Opened(Opening { kind: SourceKind::WalkIn, ..opening("Front desk") }),
            SourceEvent::SlugGiven { slug: slug() },
            SourceEvent::FormSet(Box::new(form("Hello"))),
        ]
    }

    /// By a phone that stands there.
    pub(in crate::source) fn mapping(phone: &str) -> Mapping {
        Mapping::new(MappedFields { phone: FieldPath::parse(phone).ok(), ..MappedFields::default() }).unwrap()
    }

    pub(in crate::source) fn networks() -> Networks {
        Networks::new([Network::parse("203.0.113.0/24").unwrap()]).unwrap()
    }

    /// From one network, and signed.
    pub(in crate::source) fn open_external() -> ExternalOpening {
        ExternalOpening {
            name: SourceName::parse("Partner").unwrap(),
            mapping: mapping("phone"),
            networks: networks(),
            token: credential(8),
            credential: Some(credential(9)),
        }
    }

    pub(in crate::source) fn external() -> Vec<SourceEvent> {
        vec![
            SourceEvent::Opened(Opening { kind: SourceKind::External, ..opening("Partner") }),
            SourceEvent::MappingChanged(mapping("phone")),
            SourceEvent::TokenIssued { token: credential(8) },
            SourceEvent::NetworksChanged { networks: networks() },
            SourceEvent::CredentialsEntered { credential: credential(9) },
        ]
    }
}
