//! Sends one message: what is begun is in the log before the provider is asked, and what came of it is there before the next.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use leadflow_domain::channel::{Channel, ChannelCommand, StopReason};
use leadflow_domain::outbound_message::{
    Conditions, FailureCause, OutboundMessage, OutboundMessageCommand, OutboundMessageEvent, OutboundMessageRefusal,
    Outcome, OutgoingContent, OutgoingMessage, ProviderMessage, RefusalClass, SendRefusal, Standing, Thread,
    UnknownCause,
};
use leadflow_domain::{CommandId, Event, OutboundMessageId, TenantId};
use leadflow_event_store::{Actor, CommandContext, Done, ExecuteError, Keys, LogReader, PersonalValues, ReadError};
use leadflow_gateways::whatsapp::{
    Accepted, AccessToken, ErrorClass, Outgoing, PaceScope, ProviderRefusal, Recipient, SendFailure,
};
use sqlx::PgPool;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::backoff;
use super::callback::callback;
use super::conditions::{besides_number, standing};
use super::content::{known, outgoing};
use super::recipient::recipient;
use crate::commands::Commands;
use crate::jobs::{Job, Pace, Work, Worked, hold_lane, lane_of, resume_lane, stop_lane};
use crate::provider_credentials::WhatsAppCredentials;

/// The kind of its jobs.
pub const SEND: &str = "send_message";

/// What streams of messages of the business are.
const KIND: &str = "outbound_message";

/// How long the next message of a conversation waits for a word on one of which nobody knows whether it was taken.
const FOR_A_WORD: Duration = Duration::from_secs(30);

/// How long before its time it is put in the log that a message is begun. Should the process end meanwhile, nobody knows that it was
/// not sent; should the log take longer, the message takes another time.
const LEAD: Duration = Duration::from_millis(15);

/// How soon it is tried again when the log could not be read or written.
const LATER: Duration = Duration::from_secs(2);

/// How often what came of an attempt is told to the log before that is left to whoever finds the attempt without an outcome.
const TELLINGS: u32 = 20;

/// The pause between these.
const BETWEEN_TELLINGS: Duration = Duration::from_millis(500);

/// Sends messages.
pub struct SendOutbound {
    commands: Commands,
    log: LogReader,
    keys: Arc<Keys>,
    whatsapp: WhatsAppCredentials,
    pool: PgPool,
    pace: Pace,
}

/// Why a message is not sent now.
enum NotNow {
    /// The log can't be read or written.
    Log(String),
    /// Its number can't send until somebody sees to it.
    Number(String),
}

/// Whether an attempt was begun.
enum Begun {
    /// This one, by this very call.
    Now {
        /// For the how manieth time.
        attempt: u32,
        /// The how manieth since somebody last asked for it.
        of_round: u32,
    },
    /// None; how the message stands.
    NotNow(Option<Standing>),
}

impl From<ReadError> for NotNow {
    fn from(error: ReadError) -> Self {
        Self::Log(error.to_string())
    }
}

impl SendOutbound {
    /// Decides through `commands` what `log` has, and asks by `whatsapp`, at this pace.
    #[must_use]
    pub fn new(
        commands: Commands,
        log: LogReader,
        keys: Arc<Keys>,
        whatsapp: WhatsAppCredentials,
        pool: PgPool,
        pace: Pace,
    ) -> Self {
        Self { commands, log, keys, whatsapp, pool, pace }
    }

    async fn send(&self, job: &Job, stop: &CancellationToken) -> Result<Worked, NotNow> {
        let id = OutboundMessageId::from_uuid(job.subject.as_uuid());
        let message = self.log.load::<OutboundMessage>(id.into()).await?.state;
        let Some(thread) = message.between() else {
            return Ok(Worked::Failed { reason: "there is no such message".to_owned() });
        };
        match message.standing() {
            Some(Standing::Queued | Standing::Attempted) => {}
            // It was waited for a word.
            Some(
                Standing::Unknown | Standing::Accepted | Standing::Refused | Standing::Failed(_) | Standing::Cancelled,
            )
            | None => return Ok(Worked::Done),
        }
        let number = async { self.number(job.tenant, thread).await };
        let clock = async { Clock::of(&self.log).await.map_err(NotNow::from) };
        let said = async { self.content(id).await.map_err(NotNow::from) };
        let to = async { recipient(&self.log, thread.contact).await.map_err(NotNow::from) };
        let ((number, token), clock, said, to) = tokio::try_join!(number, clock, said, to)?;
        let Some(mut outgoing) = said.as_ref().zip(to).and_then(|(said, to)| not_yet_attempted(said, to)) else {
            // What was begun may have left: that is not known, and stays so.
            let outcome = match message.standing() {
                Some(Standing::Queued) => Outcome::Failed(FailureCause::Erased),
                _ => Outcome::Unknown(UnknownCause::SenderLost),
            };
            self.conclude(job, id, message.attempts(), outcome, clock).await?;
            return Ok(Worked::Done);
        };
        let Some((token, phone_number_id)) = token.zip(number.number().map(|number| number.phone_number_id.clone()))
        else {
            return Err(NotNow::Number("no credentials are entered for the number".to_owned()));
        };
        let made = said.as_ref().and_then(|message| {
            let OutgoingContent::Template { template, parameters, .. } = &message.content else { return None };
            Some((*template, Some(&**parameters)))
        });
        let conditions = besides_number(&self.log, thread, made).await?;
        let is_near = tokio::select! {
            () = stop.cancelled() => false,
            () = job.turn.is_near(LEAD) => !stop.is_cancelled(),
        };
        if !is_near {
            return Ok(again(Duration::ZERO, "its process stopped before its time came"));
        }
        // Somebody may have stopped the number while it was waited.
        let stands = self.log.load::<Channel>(thread.channel.into()).await?.state;
        if stands.credential() != number.credential() {
            return Ok(again(Duration::ZERO, "other credentials were entered meanwhile"));
        }
        let conditions = Conditions { number: standing(&stands, conditions.now), ..conditions };
        let (attempt, of_round) = match self.attempt(job, id, conditions).await? {
            Begun::Now { attempt, of_round } => (attempt, of_round),
            // It failed for what it rests on, or was begun by somebody who is gone: both are in the log.
            Begun::NotNow(Some(Standing::Unknown)) => {
                return Ok(again(FOR_A_WORD, "nobody knows whether it was taken"));
            }
            Begun::NotNow(_) => return Ok(Worked::Done),
        };
        outgoing.callback = callback(id, attempt);
        let outcome = match job.turn.comes(stop).await {
            Ok(()) => {
                let sent = self.whatsapp.graph().send(&token, phone_number_id.as_str(), &outgoing).await;
                if let Some(pause) = too_fast(&sent) {
                    self.hold(thread, pause).await;
                }
                self.outcome(of_round, sent, &token, clock)
            }
            Err(lost) => Outcome::NotSent { reason: lost.to_string(), again_at: clock.after(backoff::after(of_round)) },
        };
        let worked = worked(&outcome, clock);
        let stops = if let Outcome::Refused { refusal, .. } = &outcome { Some(refusal.clone()) } else { None };
        let stops = stops.filter(|refusal| refusal.class == RefusalClass::Stop);
        self.conclude(job, id, attempt, outcome, clock).await?;
        let Some(refusal) = stops else { return Ok(worked) };
        let known = self.log.load::<Channel>(thread.channel.into()).await?.state;
        if known.credential() != number.credential() {
            // What was refused is what the number had before.
            return Ok(again(Duration::ZERO, "other credentials were entered meanwhile"));
        }
        self.stop(job, thread, &refusal).await?;
        Err(NotNow::Number(format!("the provider stopped the number, code {}", refusal.code)))
    }

    /// The number that it is sent from, and what opens it.
    async fn number(&self, tenant: TenantId, thread: Thread) -> Result<(Channel, Option<AccessToken>), NotNow> {
        let number = self.log.load::<Channel>(thread.channel.into()).await?.state;
        let token = match number.credential() {
            Some(credential) => {
                let token = self.whatsapp.token(tenant, credential).await;
                token.map_err(|error| NotNow::Log(error.to_string()))?
            }
            None => None,
        };
        Ok((number, token))
    }

    /// What it says, in clear.
    async fn content(&self, id: OutboundMessageId) -> Result<Option<OutgoingMessage>, ReadError> {
        let raw = self.log.stream(KIND, id.into(), 0, 1).await?;
        let first = self.log.read(raw, PersonalValues::Opened).await?.into_iter().next();
        Ok(match first.map(|recorded| recorded.event) {
            Some(Event::OutboundMessage(OutboundMessageEvent::Queued { message, .. })) => Some(message),
            _ => None,
        })
    }

    /// Puts in the log that it is begun.
    async fn attempt(&self, job: &Job, id: OutboundMessageId, conditions: Conditions) -> Result<Begun, NotNow> {
        let context = self.context(job, "attempt", "");
        let command = OutboundMessageCommand::Attempt { conditions };
        let receipt = match self.commands.outbound_messages.execute(id, command, context).await {
            Ok(receipt) => receipt,
            Err(ExecuteError::Refused(
                refusal @ (OutboundMessageRefusal::ReceivesOnly
                | OutboundMessageRefusal::Disconnected
                | OutboundMessageRefusal::WithoutCredentials
                | OutboundMessageRefusal::NumberStopped
                | OutboundMessageRefusal::AccountClosed),
            )) => return Err(NotNow::Number(refusal.to_string())),
            Err(error) => return Err(NotNow::Log(error.to_string())),
        };
        let mut loaded = self.log.load::<OutboundMessage>(id.into()).await;
        for _ in 1..TELLINGS {
            if loaded.is_ok() {
                break;
            }
            // Whoever does it next would find it begun, and nobody would know that it was not sent.
            tokio::time::sleep(BETWEEN_TELLINGS).await;
            loaded = self.log.load::<OutboundMessage>(id.into()).await;
        }
        let message = loaded?;
        // This call's event is the last, and says that it is begun: by nobody else.
        let is_ours = matches!(receipt.done, Done::Appended | Done::Before) && message.version == receipt.version;
        Ok(match message.state.standing() {
            Some(Standing::Attempted) if is_ours => {
                Begun::Now { attempt: message.state.attempts(), of_round: message.state.attempts_of_round() }
            }
            standing => Begun::NotNow(standing),
        })
    }

    /// Puts in the log what came of it, without what is personal where she was erased meanwhile.
    async fn conclude(
        &self,
        job: &Job,
        id: OutboundMessageId,
        attempt: u32,
        outcome: Outcome,
        clock: Clock,
    ) -> Result<(), NotNow> {
        let at = clock.now();
        let mut outcome = outcome;
        let mut last = String::new();
        for telling in 0..TELLINGS {
            let context = self.context(job, "conclude", if is_impersonal(&outcome) { "impersonal" } else { "" });
            let command = OutboundMessageCommand::Conclude { attempt, outcome: outcome.clone(), at };
            match self.commands.outbound_messages.execute(id, command, context).await {
                Ok(_) => return Ok(()),
                Err(ExecuteError::Erased) => outcome = impersonal(outcome),
                Err(error) => {
                    last = error.to_string();
                    if telling + 1 < TELLINGS {
                        tokio::time::sleep(BETWEEN_TELLINGS).await;
                    }
                }
            }
        }
        Err(NotNow::Log(last))
    }

    /// Nothing more goes by the number until somebody sees to it.
    async fn stop(&self, job: &Job, thread: Thread, refusal: &SendRefusal) -> Result<(), NotNow> {
        let reason = StopReason { code: refusal.code, title: refusal.title.clone() };
        let context = self.context(job, "stop", "");
        let stopped = self.commands.channels.execute(thread.channel, ChannelCommand::StopSending { reason }, context);
        stopped.await.map(drop).map_err(|error| NotNow::Log(error.to_string()))
    }

    /// Nothing goes by the number for so long. What leaves all the same is refused for now, and says so again.
    async fn hold(&self, thread: Thread, pause: Duration) {
        let held = async { hold_lane(&mut *self.pool.acquire().await?, &lane_of(thread.channel), pause).await };
        if let Err(error) = held.await {
            tracing::warn!(error = %error, "sending.hold: a number was too fast, and could not be held");
        }
    }

    /// All of the number waits, unless somebody has seen to it meanwhile: what came of that may have been noted before this is.
    async fn waits(&self, job: &Job, reason: String) -> Worked {
        let waits = async {
            let message = self.log.load::<OutboundMessage>(job.subject).await?.state;
            let Some(thread) = message.between() else { return Ok(false) };
            let lane = lane_of(thread.channel);
            let mut rows = self.pool.acquire().await?;
            stop_lane(&mut rows, &lane, &reason).await?;
            let channel = self.log.load::<Channel>(thread.channel.into()).await?.state;
            let is_ready = standing(&channel, self.log.now().await?).is_ready();
            if is_ready {
                resume_lane(&mut rows, &lane).await?;
            }
            Ok::<_, ReadError>(is_ready)
        };
        match waits.await {
            Ok(true) => again(LATER, &reason),
            Ok(false) => again(Duration::ZERO, &reason),
            Err(error) => again(LATER, &error.to_string()),
        }
    }

    /// A command of this doing of the job's: doing it again is another one.
    fn context(&self, job: &Job, what: &str, how: &str) -> CommandContext {
        let (id, attempts) = (job.id.to_string(), job.attempts.to_string());
        let command = CommandId::derive(job.tenant, "job.send_message", &[&id, &attempts, what, how]);
        CommandContext::new(job.tenant, command, Actor::Reactor("send_outbound"), format!("job:{id}"))
    }

    fn outcome(
        &self,
        of_round: u32,
        sent: Result<Accepted, SendFailure>,
        token: &AccessToken,
        clock: Clock,
    ) -> Outcome {
        let again_at = |pause: Duration| clock.after(pause);
        match sent {
            Ok(accepted) => Outcome::Accepted(ProviderMessage {
                hash: self.keys.provider_message_hash(&accepted.message_id),
                id: Some(accepted.message_id.into()),
            }),
            Err(SendFailure::NotSent { reason }) => {
                Outcome::NotSent { reason, again_at: again_at(backoff::after(of_round)) }
            }
            Err(SendFailure::Refused(refusal)) => {
                let (class, pause) = class(&refusal, of_round);
                Outcome::Refused { refusal: told(refusal, class, token), again_at: again_at(pause) }
            }
            Err(SendFailure::Unknown { reason }) => {
                tracing::warn!("sending.send: nobody knows what came of an attempt: {reason}");
                Outcome::Unknown(UnknownCause::NoAnswer)
            }
            Err(SendFailure::NeverValid { reason }) => {
                tracing::warn!("sending.send: can't be sent as it is: {reason}");
                Outcome::Failed(FailureCause::Invalid)
            }
        }
    }
}

impl Work for SendOutbound {
    fn kind(&self) -> &'static str {
        SEND
    }

    fn pace(&self) -> Pace {
        self.pace
    }

    fn work(&self, job: Job, stop: CancellationToken) -> BoxFuture<'_, Worked> {
        async move {
            match self.send(&job, &stop).await {
                Ok(worked) => worked,
                Err(NotNow::Log(reason)) => again(LATER, &format!("the log can't be read or written: {reason}")),
                Err(NotNow::Number(reason)) => self.waits(&job, reason).await,
            }
        }
        .boxed()
    }
}

/// What is asked of the provider, but for which attempt it is; `None` where something of it is gone, as its person was erased.
fn not_yet_attempted(said: &OutgoingMessage, to: Recipient) -> Option<Outgoing> {
    Some(Outgoing {
        to,
        content: outgoing(&said.content)?,
        replies_to: said.replies_to.as_ref().and_then(known),
        callback: String::new(),
    })
}

fn again(after: Duration, reason: &str) -> Worked {
    Worked::Again { after, reason: reason.to_owned() }
}

/// What the provider's no to the attempt that is this manieth of its round means for the message, and how long is waited.
fn class(refusal: &ProviderRefusal, of_round: u32) -> (RefusalClass, Duration) {
    let least = refusal.retry_after.unwrap_or_default();
    match refusal.class {
        ErrorClass::Retry { at_most } => {
            // There it is how many more.
            let at_most = at_most.map(|more| more.saturating_add(1));
            (RefusalClass::Retry { at_most }, backoff::after(of_round).max(least))
        }
        ErrorClass::Pace { scope: PaceScope::Pair, at_least } => {
            (RefusalClass::Pace, backoff::of_pair(of_round).max(at_least).max(least))
        }
        ErrorClass::Pace { scope: PaceScope::Number | PaceScope::Account, at_least } => {
            (RefusalClass::Pace, backoff::after(of_round).max(at_least).max(least))
        }
        ErrorClass::Never { .. } => (RefusalClass::Never, Duration::ZERO),
        ErrorClass::Stop { .. } => (RefusalClass::Stop, Duration::ZERO),
    }
}

/// For how long nothing is to go by the number.
fn too_fast(sent: &Result<Accepted, SendFailure>) -> Option<Duration> {
    let Err(SendFailure::Refused(refusal)) = sent else { return None };
    let ErrorClass::Pace { scope: PaceScope::Number | PaceScope::Account, at_least } = refusal.class else {
        return None;
    };
    Some(at_least.max(refusal.retry_after.unwrap_or_default()))
}

/// The provider's no, as the log has it: the code's digits and a name, which are about nobody, and its own words, which may be.
fn told(refusal: ProviderRefusal, class: RefusalClass, token: &AccessToken) -> SendRefusal {
    let scrubbed = |text: String| text.replace(token.expose(), "…");
    let is_name = |title: &String| !title.bytes().filter(u8::is_ascii_digit).skip(6).any(|_| true);
    SendRefusal {
        code: refusal.code,
        subcode: refusal.subcode,
        title: refusal.title.map(scrubbed).filter(is_name),
        details: refusal.details.map(|details| scrubbed(details).into()),
        class,
    }
}

/// What the job comes to, by what the attempt came to.
fn worked(outcome: &Outcome, clock: Clock) -> Worked {
    let until = |again_at: Timestamp| Duration::try_from(again_at.duration_since(clock.now())).unwrap_or_default();
    match outcome {
        Outcome::Accepted(_) | Outcome::Failed(_) => Worked::Done,
        Outcome::Refused { refusal, again_at } => match refusal.class {
            RefusalClass::Never => Worked::Done,
            // It says so itself, once what came of the attempt is in the log.
            RefusalClass::Stop => {
                Worked::Stopped { reason: format!("the provider stopped the number, code {}", refusal.code) }
            }
            RefusalClass::Retry { .. } | RefusalClass::Pace => {
                again(until(*again_at), &format!("the provider refused it for now, code {}", refusal.code))
            }
        },
        Outcome::NotSent { reason, again_at } => again(until(*again_at), &format!("not reached: {reason}")),
        Outcome::Unknown(_) => again(FOR_A_WORD, "nobody knows whether it was taken"),
    }
}

fn is_impersonal(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Accepted(message) => message.id.is_none(),
        Outcome::Refused { refusal, .. } => refusal.details.is_none(),
        Outcome::NotSent { .. } | Outcome::Unknown(_) | Outcome::Failed(_) => true,
    }
}

fn impersonal(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Accepted(message) => Outcome::Accepted(ProviderMessage { id: None, ..message }),
        Outcome::Refused { refusal, again_at } => {
            Outcome::Refused { refusal: SendRefusal { details: None, ..refusal }, again_at }
        }
        Outcome::NotSent { .. } | Outcome::Unknown(_) | Outcome::Failed(_) => outcome,
    }
}

/// The database's clock, as it goes on while nobody asks it.
#[derive(Clone, Copy)]
struct Clock {
    asked: Timestamp,
    at: Instant,
}

impl Clock {
    async fn of(log: &LogReader) -> Result<Self, ReadError> {
        let asked = log.now().await?;
        Ok(Self { asked, at: Instant::now() })
    }

    fn now(self) -> Timestamp {
        self.after(Duration::ZERO)
    }

    /// When `pause` will be over.
    fn after(self, pause: Duration) -> Timestamp {
        self.asked.saturating_add(self.at.elapsed() + pause).unwrap_or(Timestamp::MAX)
    }
}
