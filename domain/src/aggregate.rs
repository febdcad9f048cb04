//! The seam to cqrs-es: an aggregate is written as pure `decide` and `apply`; the framework's asynchronous
//! `handle` only feeds what was decided to the sink.

use cqrs_es::Aggregate;

use crate::{DataSubject, Refusal, ReservationChange, StreamId};

/// An aggregate whose decisions are pure and synchronous, and whose state holds no personal value.
///
/// `Unpin` is what keeps personal values out: a state with a [`Personal`](crate::Personal) field hasn't got it. This
/// state decides:
///
/// ```
/// # use cqrs_es::{Aggregate, event_sink::EventSink};
/// # use leadflow_domain::{DataSubject, Decide, E164, IdentifierHash, Personal, ReservationChange, StreamId};
/// # use leadflow_domain::contact::{ContactCommand, ContactEvent, ContactRefusal};
/// # use serde::{Deserialize, Serialize};
/// #[derive(Default, Serialize, Deserialize)]
/// struct Person {
///     phone: Option<IdentifierHash>,
/// }
/// # impl Aggregate for Person {
/// #     const TYPE: &'static str = "person";
/// #     type Command = ContactCommand;
/// #     type Event = ContactEvent;
/// #     type Error = ContactRefusal;
/// #     type Services = ();
/// #     async fn handle(
/// #         &mut self, _: ContactCommand, _: &(), _: &EventSink<Self>
/// #     ) -> Result<(), ContactRefusal> { Ok(()) }
/// #     fn apply(&mut self, _: ContactEvent) {}
/// # }
///
/// impl Decide for Person {
///     // ...
/// #     const STATE_VERSION: u32 = 1;
/// #     fn decide(&self, _: ContactCommand) -> Result<Vec<ContactEvent>, ContactRefusal> { Ok(vec![]) }
/// #     fn reservations(_: StreamId, _: &ContactEvent) -> Vec<ReservationChange> { vec![] }
/// #     fn data_subject(_: StreamId, _: &ContactEvent) -> DataSubject { DataSubject::Nobody }
/// }
/// ```
///
/// and this one, all else being the same, does not compile:
///
/// ```compile_fail,E0277
/// # use cqrs_es::{Aggregate, event_sink::EventSink};
/// # use leadflow_domain::{DataSubject, Decide, E164, IdentifierHash, Personal, ReservationChange, StreamId};
/// # use leadflow_domain::contact::{ContactCommand, ContactEvent, ContactRefusal};
/// # use serde::{Deserialize, Serialize};
/// #[derive(Default, Serialize, Deserialize)]
/// struct Person {
///     phone: Option<Personal<E164>>,
/// }
/// # impl Aggregate for Person {
/// #     const TYPE: &'static str = "person";
/// #     type Command = ContactCommand;
/// #     type Event = ContactEvent;
/// #     type Error = ContactRefusal;
/// #     type Services = ();
/// #     async fn handle(
/// #         &mut self, _: ContactCommand, _: &(), _: &EventSink<Self>
/// #     ) -> Result<(), ContactRefusal> { Ok(()) }
/// #     fn apply(&mut self, _: ContactEvent) {}
/// # }
///
/// impl Decide for Person {
///     // ...
/// #     const STATE_VERSION: u32 = 1;
/// #     fn decide(&self, _: ContactCommand) -> Result<Vec<ContactEvent>, ContactRefusal> { Ok(vec![]) }
/// #     fn reservations(_: StreamId, _: &ContactEvent) -> Vec<ReservationChange> { vec![] }
/// #     fn data_subject(_: StreamId, _: &ContactEvent) -> DataSubject { DataSubject::Nobody }
/// }
/// ```
pub trait Decide: Aggregate<Services = (), Error: Refusal> + Unpin {
    /// Version of the state's form and meaning. A snapshot of another version is passed over.
    const STATE_VERSION: u32;

    /// What `command` means in this state: events, nothing (`vec![]`: it is already so), or a refusal.
    ///
    /// # Errors
    /// The refusal, in the business's words, when the rules forbid the command.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Error>;

    /// The unique facts that this event of `stream` takes or gives up for it, so that the table of reservations can be
    /// recomputed from the log.
    fn reservations(stream: StreamId, event: &Self::Event) -> Vec<ReservationChange>;

    /// Whose personal values this event of `stream` holds or ends: they are encrypted under her key.
    fn data_subject(stream: StreamId, event: &Self::Event) -> DataSubject;
}

/// Implements [`cqrs_es::Aggregate`] on top of `decide` and `apply`.
macro_rules! aggregate {
    ($state:ty, $kind:literal, $command:ty, $event:ty, $refusal:ty) => {
        impl cqrs_es::Aggregate for $state {
            const TYPE: &'static str = $kind;
            type Command = $command;
            type Event = $event;
            type Error = $refusal;
            type Services = ();

            async fn handle(
                &mut self,
                command: Self::Command,
                _services: &Self::Services,
                sink: &cqrs_es::event_sink::EventSink<Self>,
            ) -> Result<(), Self::Error> {
                for event in $crate::Decide::decide(self, command)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: Self::Event) {
                self.evolve(event);
            }
        }
    };
}
pub(crate) use aggregate;
