//! What follows from Meta's error codes.
//!
//! Meta asks that programs decide on the code: titles and HTTP statuses change, and throttling comes as 400.

use std::time::Duration;

/// How long a number waits after `130429`: its pace is counted by the second.
const NUMBER_PACE: Duration = Duration::from_secs(1);

/// How long one customer is left alone after `131056`: a pair has a message per 6 seconds. Meta asks to wait 4^n seconds after the
/// n-th, so this is where to start from.
const PAIR_PACE: Duration = Duration::from_secs(6);

/// How long an account waits whose calls are counted by the hour.
const ACCOUNT_PACE: Duration = Duration::from_secs(60);

/// How long a number waits that is being moved to a higher pace (`131057`): minutes.
const UPGRADE_PACE: Duration = Duration::from_secs(60);

/// How long a flow waits that Meta slows down (`132069`). General knowledge: it may be sent ten times an hour.
const FLOW_PACE: Duration = Duration::from_secs(360);

/// How often a message is tried again after `131000`, which may be of the message itself.
const A_FEW: u32 = 3;

/// What follows from a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// It may be tried again, ever later.
    Retry {
        /// How many more tries make sense, where not any number.
        at_most: Option<u32>,
    },
    /// It may be tried again, and so may others like it, at a slower pace.
    Pace {
        /// What was too fast.
        scope: PaceScope,
        /// How long to wait at the least.
        at_least: Duration,
    },
    /// This message never will be taken.
    Never {
        /// What else follows.
        then: Consequence,
    },
    /// Nothing more is to be sent before somebody sees to it. The message itself may be taken after that.
    Stop {
        /// What is stopped.
        scope: StopScope,
    },
}

/// What was too fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaceScope {
    /// This number to this customer.
    Pair,
    /// This number.
    Number,
    /// The WhatsApp Business account, or the app: all its numbers.
    Account,
}

/// What follows beyond the message itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// Nothing.
    None,
    /// The customer last wrote more than a day ago: a template may be sent instead.
    OfferTemplate,
    /// The customer wants no marketing any more.
    OptOut,
    /// Our list of templates is not Meta's.
    ResyncTemplates,
    /// Meta paused the template.
    MarkTemplatePaused,
    /// Meta disabled the template.
    MarkTemplateDisabled,
}

/// What is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopScope {
    /// Whatever is sent with this token.
    Credentials,
    /// Whatever this number sends.
    Number,
    /// Whatever the WhatsApp Business account sends.
    Account,
}

impl ErrorClass {
    /// What follows from `code`.
    ///
    /// A code that is not known here is Meta's no all the same: the message was certainly not taken, so it is tried once more, as
    /// Meta's own unknown error (`1`) is, whatever the HTTP status. One try harms nobody where the reason lies in the message,
    /// and helps where it lies in Meta.
    #[must_use]
    pub fn of(code: i64) -> Self {
        let never = Self::Never { then: Consequence::None };
        match code {
            // The token is wrong or over (102: general knowledge, Meta's older word for it); a capability or permission is missing.
            0 | 102 | 190 | 3 | 10 | 200..=299 | 131_005 => Self::Stop { scope: StopScope::Credentials },
            // Gone, low in quality, no accepted name, not or no longer registered.
            33 | 131_048 | 131_037 | 131_045 | 133_005..=133_010 | 133_015 => Self::Stop { scope: StopScope::Number },
            // Against policy, locked, not paid for.
            368 | 131_031 | 131_042 => Self::Stop { scope: StopScope::Account },
            // Out of order.
            2 | 131_016 | 133_000 | 133_004 => Self::Retry { at_most: None },
            131_000 => Self::Retry { at_most: Some(A_FEW) },
            // Often a malformed message; or a file that couldn't be fetched just then.
            1 | 131_052 | 131_053 => Self::Retry { at_most: Some(1) },
            131_056 => Self::Pace { scope: PaceScope::Pair, at_least: PAIR_PACE },
            // Of one flow alone: that other messages wait for it would be wrong, so it waits with its customer.
            132_069 => Self::Pace { scope: PaceScope::Pair, at_least: FLOW_PACE },
            130_429 => Self::Pace { scope: PaceScope::Number, at_least: NUMBER_PACE },
            // Where it is the whole account, each of its numbers learns it with its next message.
            131_057 => Self::Pace { scope: PaceScope::Number, at_least: UPGRADE_PACE },
            // 17, 32, 613 and 80008 are general knowledge: other counts of calls by the hour.
            4 | 17 | 32 | 613 | 80_007 | 80_008 => Self::Pace { scope: PaceScope::Account, at_least: ACCOUNT_PACE },
            131_047 => Self::Never { then: Consequence::OfferTemplate },
            131_050 => Self::Never { then: Consequence::OptOut },
            132_001 => Self::Never { then: Consequence::ResyncTemplates },
            132_015 => Self::Never { then: Consequence::MarkTemplatePaused },
            132_016 => Self::Never { then: Consequence::MarkTemplateDisabled },
            // The message: its parameters, its kind, its terms.
            100 | 131_008 | 131_009 | 131_051 | 134_011 | 135_000 => never,
            // Whom it is for: in an experiment, in a restricted country, ourselves, not on WhatsApp, over Meta's cap, an id that
            // isn't taken.
            130_472 | 130_497 | 131_021 | 131_026 | 131_049 | 131_062 => never,
            // The template: its parameters, their length and format, policy; its flow.
            132_000 | 132_005 | 132_007 | 132_012 | 132_068 => never,
            // Groups.
            131_020 | 131_041 | 131_059 | 131_201..=131_215 => never,
            _ => Self::Retry { at_most: Some(1) },
        }
    }
}
