use jiff::Timestamp;

use super::{Conditions, EchoedMessage, Outcome, OutgoingMessage, ReportedStatus, SentAs, StatusReport, Thread};
use crate::conversation::{Correction, Edit, Reaction, Revocation};

/// What can be asked of a message of the business.
///
/// The thread is that in which whoever asks found the message; it counts when nothing was told of the message before.
#[derive(Debug, Clone)]
pub enum OutboundMessageCommand {
    /// The business wrote elsewhere than here.
    RecordEcho {
        /// Where.
        thread: Thread,
        /// What.
        message: EchoedMessage,
    },
    /// The business reacted to a message elsewhere than here, or took its reaction back.
    RecordReaction {
        /// Where.
        thread: Thread,
        /// How.
        reaction: Reaction,
    },
    /// The business changed the message.
    RecordEdit {
        /// Where.
        thread: Thread,
        /// How.
        edit: Edit,
    },
    /// The business took the message back.
    RecordRevocation {
        /// Where.
        thread: Thread,
        /// Which.
        revocation: Revocation,
    },
    /// The provider tells how far the message got.
    ReportStatus {
        /// How far.
        report: StatusReport,
        /// Of a message that was sent from here: as what.
        sent: Option<SentAs>,
    },
    /// The message was understood wrongly.
    CorrectMessage {
        /// How it is understood now.
        correction: Correction,
    },
    /// The business wrote before the number was connected here.
    RecordImport {
        /// Where.
        thread: Thread,
        /// What.
        message: EchoedMessage,
        /// How far it had got, if the history says so.
        status: Option<ReportedStatus>,
    },
    /// Somebody of the business writes from here.
    Queue {
        /// Where.
        thread: Thread,
        /// What.
        message: OutgoingMessage,
        /// How things stand.
        conditions: Conditions,
    },
    /// Sending it is begun, or was by somebody who is gone.
    Attempt {
        /// How things stand.
        conditions: Conditions,
    },
    /// An attempt came to something.
    Conclude {
        /// Which.
        attempt: u32,
        /// To what.
        outcome: Outcome,
        /// When.
        at: Timestamp,
    },
    /// Nothing was told of what became of it for so long that nothing more is expected.
    GiveUp,
    /// It is to be sent again.
    Retry {
        /// How things stand.
        conditions: Conditions,
    },
    /// It is not to be sent after all.
    Cancel,
}
