//! `showTyping`.

use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject};
use jiff::{SignedDuration, Timestamp};
use leadflow_domain::ConversationId;
use leadflow_domain::outbound_message::NumberStanding;
use leadflow_domain::role::Permission;
use leadflow_gateways::whatsapp::{CallFailure, ErrorClass, StopScope};

use super::send_message::thread;
use crate::graphql::api::Request;
use crate::graphql::command::{NotDone, answer, must_be_allowed};
use crate::graphql::failure::internal;
use crate::graphql::global_id::{Kind, decode_as};
use crate::graphql::payload::{UserError, UserErrorCode};
use crate::graphql::seen::must_see;
use crate::sending::{Typing, show_typing};

/// For how long WhatsApp shows it at most.
const SHOWN: SignedDuration = SignedDuration::from_secs(25);

/// The mutation.
#[derive(Default)]
pub(in crate::graphql) struct ShowTyping;

/// What `showTyping` takes.
#[derive(InputObject)]
struct ShowTypingInput {
    /// To the customer of which conversation.
    conversation_id: ID,
}

/// What `showTyping` answers.
#[derive(Debug, Clone, Default, SimpleObject)]
struct ShowTypingPayload {
    /// Until when she sees it, unless she is answered before; null when it was refused.
    shown_until: Option<Timestamp>,
    /// Why it was refused; empty when it was done.
    user_errors: Vec<UserError>,
}

impl From<Vec<UserError>> for ShowTypingPayload {
    fn from(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

#[Object]
impl ShowTyping {
    /// Shows the customer for 25 seconds that an answer is being written, or until it comes; said again, for longer. What she wrote is marked
    /// as read at hers by that, and not here. Nothing of it is kept.
    async fn show_typing(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "To whom.")] input: ShowTypingInput,
    ) -> Option<Result<ShowTypingPayload, Error>> {
        let done = async {
            let request = Request::of(context)?;
            must_be_allowed(context, request, Permission::WorkConversations).await?;
            let id = decode_as(Kind::Conversation, "conversationId", &input.conversation_id)?;
            must_see(request, Kind::Conversation, id, ("conversation", "conversationId")).await?;
            let thread = thread(request, ConversationId::from_uuid(id)).await?;
            let (api, tenant) = (&request.api, request.viewer.tenant());
            let shown = show_typing(&api.log, &api.whatsapp, tenant, thread).await;
            let now = api.log.now().await.map_err(|error| internal("typing", &error))?;
            came_to(shown.map_err(|error| internal("typing", &error))?, now)
        };
        answer(done, |payload| payload).await
    }
}

const NOT_READY: UserErrorCode = UserErrorCode::NumberNotReady;

fn came_to(typing: Typing, now: Timestamp) -> Result<ShowTypingPayload, NotDone> {
    let (code, message) = match typing {
        Typing::Shown => {
            let shown_until = Some(now.saturating_add(SHOWN).unwrap_or(Timestamp::MAX));
            return Ok(ShowTypingPayload { shown_until, user_errors: vec![] });
        }
        Typing::NothingToAnswer => {
            (UserErrorCode::WrongStatus, "the customer has written nothing lately that could be answered".to_owned())
        }
        Typing::NotReady(standing) => {
            let (code, why) = match standing {
                NumberStanding::ReceivesOnly => {
                    (UserErrorCode::ChannelReceivesOnly, "by this channel nothing can be sent from here")
                }
                NumberStanding::Disconnected => (NOT_READY, "the number is disconnected"),
                NumberStanding::Stopped => (NOT_READY, "sending from the number has stopped until somebody sees to it"),
                NumberStanding::AccountClosed => (NOT_READY, "WhatsApp takes nothing of the number's account"),
                NumberStanding::WithoutCredentials | NumberStanding::Ready | NumberStanding::Restricted { .. } => {
                    (NOT_READY, "no credentials are entered for the number")
                }
            };
            (code, why.to_owned())
        }
        Typing::Failed(failure) => failed(&failure),
    };
    Err(NotDone::Invalid(vec![UserError::new(code, message, Some("conversationId"))]))
}

/// Why WhatsApp did not do it.
fn failed(failure: &CallFailure) -> (UserErrorCode, String) {
    let later = (UserErrorCode::ProviderUnavailable, "WhatsApp can't be asked now".to_owned());
    match failure {
        CallFailure::NotSent { .. } | CallFailure::Unknown { .. } => later,
        CallFailure::NeverValid { reason } => {
            (UserErrorCode::Refused, format!("WhatsApp can't be asked about this conversation: {reason}"))
        }
        CallFailure::Refused(refusal) => match refusal.class {
            ErrorClass::Retry { .. } | ErrorClass::Pace { .. } => later,
            ErrorClass::Stop { scope: StopScope::Credentials } => {
                let message = "WhatsApp does not take the number's token: enter another one";
                (UserErrorCode::TokenRefused, message.to_owned())
            }
            ErrorClass::Never { .. } | ErrorClass::Stop { .. } => {
                (UserErrorCode::Refused, format!("WhatsApp refuses it, code {}", refusal.code))
            }
        },
    }
}
