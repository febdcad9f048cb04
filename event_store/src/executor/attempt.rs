//! One round over what waits for a stream: load, decide each on what the one before it leaves, append all, and hear
//! what the log says.

use std::sync::Arc;

use leadflow_domain::{Decide, StreamId};
use tokio::sync::oneshot;

use super::answer::{Again, Answer, IfItStands, Verdict, unreadable, verdict};
use super::compose::{Composed, NotComposed, compose};
use super::{ExecuteError, Executor, Pending};
use crate::ReadError;
use crate::append::{Appended, Subject};
use crate::reader::Loaded;
use crate::snapshots::Worth;

/// A command that was decided.
enum Sent<A: Decide> {
    /// It could not be sent to the log.
    Not(Answer<A>),
    /// The log has the last word.
    Yes { told: IfItStands<A::Error>, subject: Option<Subject>, appended: oneshot::Receiver<Appended> },
}

impl<A> Executor<A>
where
    A: Decide + Clone + 'static,
    A::Command: Clone + Send + Sync + 'static,
    A::Event: 'static,
{
    /// One round: what is left must be decided again.
    pub(super) async fn attempt(&self, stream: StreamId, waiting: Vec<Pending<A>>) -> Vec<Pending<A>> {
        let (mut standing, worth) = match self.stand(stream).await {
            Ok(stands) => stands,
            Err(error) => {
                let error = Arc::new(error);
                for pending in waiting {
                    let _ = pending.answer.send(Err(unreadable(&error)));
                }
                return Vec::new();
            }
        };
        let mut sent = Vec::with_capacity(waiting.len());
        for pending in waiting {
            let decided = self.decide(stream, &mut standing, &pending).await;
            sent.push((pending, decided));
        }
        self.hear(stream, standing, worth, sent).await
    }

    /// Where the stream stands, as far as this process knows, and what makes another snapshot of it worth its while.
    async fn stand(&self, stream: StreamId) -> Result<(Loaded<A>, Worth), ReadError> {
        match self.store.cache.get::<A>(stream) {
            Some(known) => Ok((known.as_ref().clone(), Worth::AtHand)),
            None => {
                let seen = self.store.appender.run();
                Ok((Loaded { seen, ..self.store.reader.load(stream).await? }, Worth::Loaded))
            }
        }
    }

    /// Decides on `standing`, sends it to the log, and leaves `standing` as it will be if that stands.
    async fn decide(&self, stream: StreamId, standing: &mut Loaded<A>, pending: &Pending<A>) -> Sent<A> {
        let context = &pending.context;
        if standing.tenant.is_some_and(|tenant| tenant != context.tenant) {
            return Sent::Not(Err(ExecuteError::ForeignStream));
        }
        let decided = standing.state.decide(pending.command.clone());
        let composed = compose(&self.store.subject_keys, stream, standing, context, &decided).await;
        let Composed { append, told } = match composed {
            Ok(composed) => composed,
            Err(NotComposed::Unstorable(reason)) => return Sent::Not(Err(ExecuteError::Unstorable { reason })),
            Err(NotComposed::Key(error)) => return Sent::Not(Err(unreadable(&Arc::new(error.into())))),
        };
        let (last_event, subject) = (append.last_event(), append.subject.clone());
        let appended = match self.store.appender.enqueue(append).await {
            Ok(appended) => appended,
            Err(closed) => return Sent::Not(Err(closed.into())),
        };
        if let (IfItStands::Appended, Ok(events)) = (&told, decided) {
            standing.version += i64::try_from(events.len()).unwrap_or(i64::MAX);
            standing.event = last_event;
            standing.tenant = Some(context.tenant);
            for event in events {
                standing.state.apply(event);
            }
        }
        Sent::Yes { told, subject, appended }
    }

    /// Answers as the log says. Each was decided on the state the one before it leaves: from the first that came to
    /// something else, the rest stand on sand, and the log has refused them.
    async fn hear(
        &self,
        stream: StreamId,
        mut standing: Loaded<A>,
        worth: Worth,
        sent: Vec<(Pending<A>, Sent<A>)>,
    ) -> Vec<Pending<A>> {
        let (mut again, mut all_stand) = (Vec::new(), true);
        for (pending, sent) in sent {
            let answer = match sent {
                Sent::Not(answer) => answer,
                Sent::Yes { told, subject, appended } => {
                    let whose = subject.as_ref().map(Subject::whose);
                    match verdict::<A>(appended.await, told, whose) {
                        Verdict::Stands(answer, run) => {
                            standing.seen = run;
                            if let Ok(receipt) = &answer {
                                standing.position = receipt.position;
                                self.store.subject_keys.confirmed(subject.as_ref());
                            }
                            answer
                        }
                        Verdict::Otherwise(answer) => {
                            all_stand = false;
                            // What is kept of it may be behind what the answer speaks of.
                            self.store.cache.remove::<A>(stream);
                            answer
                        }
                        Verdict::Again(why) => {
                            all_stand = false;
                            self.forget(stream, why);
                            again.push(pending);
                            continue;
                        }
                    }
                }
            };
            let _ = pending.answer.send(answer);
        }
        if all_stand && standing.version > 0 {
            self.store.snapshots.offer(stream, &mut standing, worth);
            self.store.cache.put(stream, standing);
        }
        again
    }

    fn forget(&self, stream: StreamId, why: Again) {
        match why {
            Again::Conflict => self.store.cache.remove::<A>(stream),
            Again::KeyChanged(subject) => {
                if let Some(subject) = subject {
                    self.store.subject_keys.forget(subject);
                }
            }
        }
    }
}
