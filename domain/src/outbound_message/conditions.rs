//! What a message's sending rests on besides the message: found out by whoever asks, judged here.

use jiff::Timestamp;

use super::OutboundMessageRefusal;

/// How things stand when it is asked whether a message may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// The time at which it is asked.
    pub now: Timestamp,
    /// Until when the business may write freely; `None` while the customer has written nothing.
    pub window_until: Option<Timestamp>,
    /// How the number stands.
    pub number: NumberStanding,
    /// Whether the customer wants no marketing.
    pub marketing_stopped: bool,
    /// How the template stands that the message is made of, if it is made of one.
    pub template: Option<TemplateStanding>,
}

/// Whether a number can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberStanding {
    /// It can.
    Ready,
    /// Messages arrive by it, and none can be sent: it is an account of Messenger or Instagram.
    ReceivesOnly,
    /// Messages to it do not arrive here any more.
    Disconnected,
    /// WhatsApp does not know the business by any credentials of this number.
    WithoutCredentials,
    /// The provider refused to go on until somebody sees to it.
    Stopped,
    /// Its WhatsApp account is disabled, gone, or another app's.
    AccountClosed,
    /// Its WhatsApp account may not do everything for a while.
    Restricted {
        /// Nor write to whoever has not written within a day.
        first: bool,
        /// Nor answer whoever has.
        answers: bool,
    },
}

impl NumberStanding {
    /// Whether something can be sent from it.
    #[must_use]
    pub fn is_ready(self) -> bool {
        match self {
            Self::Ready | Self::Restricted { .. } => true,
            Self::ReceivesOnly
            | Self::Disconnected
            | Self::WithoutCredentials
            | Self::Stopped
            | Self::AccountClosed => false,
        }
    }
}

/// Whether a message can be made of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateStanding {
    /// It can.
    Fits {
        /// Whether it advertises.
        is_marketing: bool,
    },
    /// There is none of this name in this language.
    Unknown,
    /// WhatsApp does not let it be sent now.
    NotApproved,
    /// What is to stand in it does not fit.
    Misfit {
        /// Why, for people.
        reason: String,
    },
}

/// What a message needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) open_window: bool,
}

impl Conditions {
    /// Whether what `needs` these things may be sent.
    ///
    /// # Errors
    /// The first thing that is not so.
    pub(super) fn allow(&self, needs: Needs) -> Result<(), OutboundMessageRefusal> {
        match self.number {
            NumberStanding::Ready => {}
            NumberStanding::AccountClosed => return Err(OutboundMessageRefusal::AccountClosed),
            NumberStanding::Restricted { first, answers } => {
                let is_answer = self.is_window_open();
                if if is_answer { answers } else { first } {
                    return Err(OutboundMessageRefusal::AccountRestricted { is_answer });
                }
            }
            NumberStanding::ReceivesOnly => return Err(OutboundMessageRefusal::ReceivesOnly),
            NumberStanding::Disconnected => return Err(OutboundMessageRefusal::Disconnected),
            NumberStanding::WithoutCredentials => return Err(OutboundMessageRefusal::WithoutCredentials),
            NumberStanding::Stopped => return Err(OutboundMessageRefusal::NumberStopped),
        }
        self.allow_content(needs)
    }

    /// As [`Self::allow`], but for how the number stands: what is queued waits for that.
    pub(super) fn allow_content(&self, needs: Needs) -> Result<(), OutboundMessageRefusal> {
        match &self.template {
            None => {}
            Some(TemplateStanding::Unknown) => return Err(OutboundMessageRefusal::NoSuchTemplate),
            Some(TemplateStanding::NotApproved) => return Err(OutboundMessageRefusal::TemplateNotApproved),
            Some(TemplateStanding::Misfit { reason }) => {
                return Err(OutboundMessageRefusal::TemplateMisfit { reason: reason.clone() });
            }
            Some(TemplateStanding::Fits { is_marketing: true }) if self.marketing_stopped => {
                return Err(OutboundMessageRefusal::OptedOut);
            }
            Some(TemplateStanding::Fits { .. }) => {}
        }
        if needs.open_window && !self.is_window_open() {
            return Err(OutboundMessageRefusal::WindowClosed { since: self.window_until });
        }
        Ok(())
    }

    /// Whether she has written within a day.
    fn is_window_open(&self) -> bool {
        self.window_until.is_some_and(|until| self.now < until)
    }
}
