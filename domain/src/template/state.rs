use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Components, Form, Telling, TemplateCategory, TemplateCommand, TemplateEvent, TemplateKey, TemplateParameters,
    TemplateQuality, TemplateRefusal, TemplateStatus, check, delete, draft, miss, render, submit, sync, tell_category,
    tell_components, tell_quality, tell_status,
};
use crate::channel::ProviderId;
use crate::{DataSubject, Decide, ReservationChange, StreamId, aggregate};

/// What a template's decisions need to know, and whoever sends it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Template {
    pub(super) key: Option<TemplateKey>,
    pub(super) provider_id: Option<ProviderId>,
    pub(super) status: Option<Told<TemplateStatus>>,
    pub(super) category: Option<Told<TemplateCategory>>,
    pub(super) announced_category: Option<TemplateCategory>,
    pub(super) quality: Option<Told<TemplateQuality>>,
    pub(super) components: Option<Told<Components>>,
    /// How many contents it had.
    pub(super) version: u32,
}

/// What is known, and when it was told; what was written here was never told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Told<T> {
    pub(super) what: T,
    pub(super) at: Option<Timestamp>,
}

impl<T> Told<T> {
    fn now(what: T, at: Timestamp) -> Option<Self> {
        Some(Self { what, at: Some(at) })
    }

    /// What came of an answer to what was asked for `at` that time. Where something was told later than that, `what` is just
    /// that, and stays as new.
    fn answered(known: Option<&Self>, what: T, at: Timestamp) -> Option<Self> {
        Self::now(what, known.and_then(|known| known.at).map_or(at, |told_at| told_at.max(at)))
    }

    fn here(what: T) -> Option<Self> {
        Some(Self { what, at: None })
    }
}

aggregate::aggregate!(Template, "template", TemplateCommand, TemplateEvent, TemplateRefusal);

impl Template {
    /// Which it is; nothing where nobody ever heard of it.
    #[must_use]
    pub fn key(&self) -> Option<&TemplateKey> {
        self.key.as_ref()
    }

    /// WhatsApp's id of it.
    #[must_use]
    pub fn provider_id(&self) -> Option<&ProviderId> {
        self.provider_id.as_ref()
    }

    /// How it stands, as far as that was told.
    #[must_use]
    pub fn status(&self) -> Option<&TemplateStatus> {
        self.status.as_ref().map(|told| &told.what)
    }

    /// What it is for, as far as that was told.
    #[must_use]
    pub fn category(&self) -> Option<&TemplateCategory> {
        self.category.as_ref().map(|told| &told.what)
    }

    /// What it consists of, as far as that is known.
    #[must_use]
    pub fn components(&self) -> Option<&Components> {
        self.components.as_ref().map(|told| &told.what)
    }

    /// The how manieth content of this template it has; 0 where none is known.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What has to be filled in before it can be sent, as far as that is known.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        self.components().map(Components::form)
    }

    /// Whether WhatsApp takes messages of it.
    #[must_use]
    pub fn is_sendable(&self) -> bool {
        self.status().is_some_and(TemplateStatus::is_sendable)
    }

    /// Whether it may be sent with these parameters now: it exists, stands so, and they fit.
    ///
    /// # Errors
    /// [`TemplateRefusal`], which says what does not fit.
    pub fn may_be_sent(&self, parameters: &TemplateParameters) -> Result<(), TemplateRefusal> {
        if self.key.is_none() {
            return Err(TemplateRefusal::NotFound);
        }
        if !self.is_sendable() {
            return Err(TemplateRefusal::NotSendable { status: self.standing() });
        }
        self.check(parameters)
    }

    /// Whether `parameters` fit: as many as there are gaps, of their names; what its header takes; what its buttons take. How it
    /// stands is not asked.
    ///
    /// # Errors
    /// [`TemplateRefusal`], which says what does not fit.
    pub fn check(&self, parameters: &TemplateParameters) -> Result<(), TemplateRefusal> {
        let components = self.components().ok_or(match self.key {
            Some(_) => TemplateRefusal::NotKnownYet,
            None => TemplateRefusal::NotFound,
        })?;
        check::check(components, parameters).map_err(TemplateRefusal::DoesNotFit)
    }

    /// What the customer reads: its header, text and footer, each from a line of its own, with what is filled in. Empty where
    /// nothing is known of it; what is filled in should have been checked.
    #[must_use]
    pub fn rendered(&self, parameters: &TemplateParameters) -> String {
        self.components().map(|components| render::rendered(components, parameters)).unwrap_or_default()
    }

    /// What WhatsApp is to look over.
    ///
    /// # Errors
    /// [`TemplateRefusal`] when it is no draft.
    pub fn submission(&self) -> Result<(&TemplateKey, &TemplateCategory, &Components), TemplateRefusal> {
        let (Some(key), Some(category), Some(components)) = (&self.key, self.category(), self.components()) else {
            return Err(match self.key {
                Some(_) => TemplateRefusal::NotADraft { status: self.standing() },
                None => TemplateRefusal::NotFound,
            });
        };
        if self.status() != Some(&TemplateStatus::Draft) {
            return Err(TemplateRefusal::NotADraft { status: self.standing() });
        }
        Ok((key, category, components))
    }

    /// `what`, which was asked for `at` that time, unless something was told of it later.
    pub(super) fn latest<T: Clone>(known: Option<&Told<T>>, what: T, at: Timestamp) -> T {
        match known {
            Some(Told { what: later, at: Some(told_at) }) if *told_at > at => later.clone(),
            Some(_) | None => what,
        }
    }

    /// Whether WhatsApp's id of it, if one is told, is the known one.
    pub(super) fn is_meant_by(&self, telling: &Telling) -> bool {
        telling.provider_id.is_none() || telling.provider_id == self.provider_id
    }

    /// The word of how it stands.
    pub(super) fn standing(&self) -> &'static str {
        self.status().map_or("UNKNOWN", TemplateStatus::word)
    }

    fn evolve(&mut self, event: TemplateEvent) {
        match event {
            TemplateEvent::Introduced(key) => self.key = Some(key),
            TemplateEvent::Drafted { category, components, version } => {
                self.provider_id = None;
                self.status = Told::here(TemplateStatus::Draft);
                self.category = Told::here(category);
                self.announced_category = None;
                self.quality = None;
                self.components = Told::here(components);
                self.version = version;
            }
            TemplateEvent::Submitted { provider_id, status, category, at } => {
                self.provider_id = Some(provider_id);
                self.status = Told::answered(self.status.as_ref(), status, at);
                self.category = Told::answered(self.category.as_ref(), category, at);
            }
            TemplateEvent::Synced { listing, version, at } => {
                self.provider_id = Some(listing.provider_id);
                self.status = Told::answered(self.status.as_ref(), listing.status, at);
                self.category = Told::answered(self.category.as_ref(), listing.category, at);
                self.quality = listing.quality.and_then(|told| Told::answered(self.quality.as_ref(), told, at));
                self.components = Told::answered(self.components.as_ref(), listing.components, at);
                self.version = version;
            }
            TemplateEvent::StatusTold { telling, status } => {
                self.provider_id = telling.provider_id.or(self.provider_id.take());
                self.status = Told::now(status, telling.at);
            }
            TemplateEvent::QualityTold { telling, quality } => {
                self.provider_id = telling.provider_id.or(self.provider_id.take());
                self.quality = Told::now(quality, telling.at);
            }
            TemplateEvent::CategoryTold { telling, category } => {
                self.provider_id = telling.provider_id.or(self.provider_id.take());
                self.category = Told::now(category, telling.at);
                self.announced_category = None;
            }
            TemplateEvent::CategoryChangeAnnounced { telling, category } => {
                self.provider_id = telling.provider_id.or(self.provider_id.take());
                self.announced_category = Some(category);
            }
            TemplateEvent::ComponentsTold { telling, components, version } => {
                self.provider_id = telling.provider_id.or(self.provider_id.take());
                self.components = Told::now(components, telling.at);
                self.version = version;
            }
            TemplateEvent::Deleted { at } => self.status = Told::now(TemplateStatus::Deleted, at),
        }
    }
}

impl Decide for Template {
    const STATE_VERSION: u32 = 1;

    fn decide(&self, command: TemplateCommand) -> Result<Vec<TemplateEvent>, TemplateRefusal> {
        match command {
            TemplateCommand::Draft { key, category, components } => draft::decide(self, key, category, components),
            TemplateCommand::RecordSubmission { provider_id, status, category, at } => {
                submit::decide(self, provider_id, status, category, at)
            }
            TemplateCommand::Sync { key, listing, at } => sync::decide(self, key, listing, at),
            TemplateCommand::Miss { at } => miss::decide(self, at),
            TemplateCommand::TellStatus { key, telling, status } => tell_status::decide(self, key, telling, status),
            TemplateCommand::TellQuality { key, telling, quality } => tell_quality::decide(self, key, telling, quality),
            TemplateCommand::TellCategory { key, telling, category } => {
                tell_category::decide(self, key, telling, category)
            }
            TemplateCommand::AnnounceCategory { key, telling, category } => {
                tell_category::announce(self, key, telling, category)
            }
            TemplateCommand::TellComponents { key, telling, components } => {
                tell_components::decide(self, key, telling, components)
            }
            TemplateCommand::Delete { at } => delete::decide(self, at),
        }
    }

    /// Its id is derived from its account, name and language: nothing is to be reserved.
    fn reservations(_: StreamId, _: &TemplateEvent) -> Vec<ReservationChange> {
        vec![]
    }

    fn data_subject(_: StreamId, event: &TemplateEvent) -> DataSubject {
        match event {
            TemplateEvent::Introduced(_)
            | TemplateEvent::Drafted { .. }
            | TemplateEvent::Submitted { .. }
            | TemplateEvent::Synced { .. }
            | TemplateEvent::StatusTold { .. }
            | TemplateEvent::QualityTold { .. }
            | TemplateEvent::CategoryTold { .. }
            | TemplateEvent::CategoryChangeAnnounced { .. }
            | TemplateEvent::ComponentsTold { .. }
            | TemplateEvent::Deleted { .. } => DataSubject::Nobody,
        }
    }
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use super::samples::{after, approved, components, drafted, introduced, parameters, told};
    use super::*;

    #[test]
    fn an_approved_template_is_sent_with_what_fits() {
        let template = after(vec![introduced(), approved()]);
        assert!(template.is_sendable());
        assert_eq!(template.may_be_sent(&parameters()), Ok(()));
        assert_eq!(template.form(), Some(components().form()));
        assert_eq!(
            template.rendered(&parameters()),
            "Order 0042\nHello Ada, your blue sofa is on its way.\nBottega Aurora"
        );
        let nothing = template.may_be_sent(&TemplateParameters::default());
        assert!(matches!(nothing, Err(TemplateRefusal::DoesNotFit(_))));
    }

    #[test]
    fn what_does_not_stand_so_is_not_sent_however_it_is_filled() {
        let refused = |events, status| {
            let refusal = after(events).may_be_sent(&parameters());
            assert_eq!(refusal, Err(TemplateRefusal::NotSendable { status }));
        };
        refused(vec![introduced(), drafted(1)], "DRAFT");
        refused(vec![introduced(), approved(), told(9, TemplateStatus::Paused)], "PAUSED");
        refused(vec![introduced()], "UNKNOWN");
        assert_eq!(after(vec![]).may_be_sent(&parameters()), Err(TemplateRefusal::NotFound));
    }

    #[test]
    fn what_was_only_told_of_is_not_known() {
        let template = after(vec![introduced(), told(1, TemplateStatus::Approved)]);
        assert_eq!(template.may_be_sent(&parameters()), Err(TemplateRefusal::NotKnownYet));
        assert_eq!(after(vec![]).check(&parameters()), Err(TemplateRefusal::NotFound));
        assert_eq!(template.rendered(&parameters()), "");
    }

    #[test]
    fn a_draft_alone_is_handed_in() {
        assert!(after(vec![introduced(), drafted(1)]).submission().is_ok());
        let refused = |events| after(events).submission().map(|_| ()).unwrap_err();
        assert_eq!(refused(vec![]), TemplateRefusal::NotFound);
        assert_eq!(refused(vec![introduced()]), TemplateRefusal::NotADraft { status: "UNKNOWN" });
        assert_eq!(refused(vec![introduced(), approved()]), TemplateRefusal::NotADraft { status: "APPROVED" });
    }
}
