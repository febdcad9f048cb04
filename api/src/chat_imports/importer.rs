//! Imports a chat: takes the file in, finds out whose it is, and tells the log of its messages.

use std::collections::HashSet;
use std::sync::Arc;

use axum::body::Bytes;
use futures_util::Stream;
use futures_util::future::{BoxFuture, FutureExt, join_all};
use jiff::Timestamp;
use leadflow_domain::channel::Channel;
use leadflow_domain::contact::{ContactCommand, Telling as ToldOfHer};
use leadflow_domain::conversation::ConversationCommand;
use leadflow_domain::outbound_message::Thread;
use leadflow_domain::tenant::Tenant;
use leadflow_domain::{CommandId, ContactId, Refusal, RefusalCode, Zone};
use leadflow_event_store::{CommandContext, ExecuteError, Keys, LogReader, ReadError, Receipt};
use leadflow_gateways::whatsapp::export::{Content, Day, Entry, Reader, Survey, Surveyed};
use leadflow_projections::ProjectorProgress;
use sqlx::PgPool;
use uuid::Uuid;

use super::answer::{Counts, Imported, MOST_SHOWN, NotTaken};
use super::asked::Asked;
use super::known::erased_at;
use super::messages::{Equals, Ids, Telling, Told};
use super::moments::Moments;
use super::not_imported::NotImported;
use super::sides::{Side, Sides, is_phone};
use super::take_in::{MOST_BYTES, take_in};
use crate::commands::Commands;
use crate::lead_imports::{Files, Untold, unidentified, untold};
use crate::submissions::{self, KnownBy, Lookup};

/// Messages that are told at once: as many as share commits of the log.
const AT_ONCE: usize = 512;

/// And how much they may weigh.
const AT_ONCE_BYTES: usize = 4 << 20;

/// What imports chats. Cheap to clone.
#[derive(Clone)]
pub struct Importer {
    /// Where a file's text is kept, sealed, while it is read.
    pub files: Arc<Files>,
    /// The log, as it is read.
    pub log: LogReader,
    /// And the door to it.
    pub commands: Commands,
    /// The database.
    pub pool: PgPool,
    /// For keyed hashes.
    pub keys: Arc<Keys>,
    /// How far the inbox is, in this process.
    pub progress: ProjectorProgress,
}

impl Importer {
    /// Imports a file; `came` is told how many bytes are there.
    ///
    /// # Errors
    /// [`NotImported`].
    pub async fn import<E>(
        &self,
        asked: &Asked,
        pieces: impl Stream<Item = Result<Bytes, E>>,
        came: impl Fn(u64),
    ) -> Result<Imported, NotImported> {
        self.import_at_most(MOST_BYTES, asked, pieces, came).await
    }

    /// The same, of files that have so many bytes at most.
    pub(super) async fn import_at_most<E>(
        &self,
        most: u64,
        asked: &Asked,
        pieces: impl Stream<Item = Result<Bytes, E>>,
        came: impl Fn(u64),
    ) -> Result<Imported, NotImported> {
        let chat = self.chat(asked).await?;
        let begun = self.files.begin(asked.tenant, &asked.actor, asked.is_dry_run).await?;
        let import = begun.ok_or(NotImported::TooMany)?;
        let known: Vec<&str> = asked.names().collect();
        let imported = async {
            let survey = Survey::new(&known, chat.latest, asked.order);
            let (surveyed, length) = take_in((&self.files, import), survey, most, pieces, came).await?;
            let sides =
                Sides::of(&surveyed, &asked.customer, asked.business_name.as_deref(), asked.customer_name.as_deref())?;
            let reader = Reader::new(&surveyed, &known, chat.latest);
            // A file may take long to come: whoever was erased meanwhile is not brought back.
            let chat = self.chat(asked).await?;
            Box::pin(self.tell(asked, &chat, (import, length), (&surveyed, &sides), reader)).await
        };
        let imported = imported.await;
        if let Err(error) = self.files.discard(import).await {
            tracing::warn!(error = %error, import = %import, "chat_imports.discard: left to the upkeep");
        }
        imported
    }

    /// What must be so before a file is looked at.
    async fn chat(&self, asked: &Asked) -> Result<Chat, NotImported> {
        let channel = self.log.load::<Channel>(asked.channel.into()).await.map_err(unread)?;
        if channel.tenant != Some(asked.tenant) || channel.state.number().is_none() {
            return Err(NotImported::NoChannel);
        }
        let zone = match &asked.zone {
            Some(zone) => zone.clone(),
            None => {
                let tenant = self.log.load::<Tenant>(asked.tenant.into()).await.map_err(unread)?.state;
                tenant.schedule().map(|schedule| schedule.zone().clone()).ok_or(NotImported::NoZone)?
            }
        };
        let known_by = KnownBy::new(&self.keys, Some(&asked.customer), None);
        let erased_at = erased_at(&self.pool, asked.tenant, &self.keys.phone_hash(&asked.customer)).await?;
        let contact = submissions::owner(&self.pool, asked.tenant, &known_by).await?;
        if erased_at.is_some() && contact.is_none() {
            return Err(NotImported::Erased);
        }
        let now = self.log.now().await?;
        // A phone elsewhere may be a day ahead.
        let tomorrow = zone.rules().to_datetime(now).date().tomorrow().ok();
        let latest = tomorrow.and_then(|date| {
            let number = |of: i8| u16::try_from(of).ok();
            Day::new(u16::try_from(date.year()).ok()?, number(date.month())?, number(date.day())?)
        });
        let latest = latest.ok_or_else(|| NotImported::NotNow("the database's clock is at no day".to_owned()))?;
        Ok(Chat { zone, known_by, erased_at, contact, now, latest })
    }

    /// Reads a file that is whole, and tells of it.
    async fn tell(
        &self,
        asked: &Asked,
        chat: &Chat,
        (import, length): (Uuid, i64),
        (surveyed, sides): (&Surveyed, &Sides),
        mut reader: Reader,
    ) -> Result<Imported, NotImported> {
        let mut telling = Teller::new(self, asked, chat, import, sides).await?;
        let mut equals = Equals::default();
        let mut moments = Moments::in_zone(&chat.zone);
        let (mut at, mut entries) = (0, vec![]);
        let mut batch: Vec<Telling> = vec![];
        while at < length {
            let found = self.files.piece(import, at).await?;
            let text = found.and_then(|(begins_at, piece)| (begins_at == at).then_some(piece)?.ok());
            let text = text.and_then(|piece| String::from_utf8(piece).ok());
            let text = text.ok_or_else(|| NotImported::NotNow("its text can't be read any more".to_owned()))?;
            at += i64::try_from(text.len()).unwrap_or(i64::MAX);
            reader.push(&text, &mut entries)?;
            telling.all(&mut entries, (&mut equals, &mut moments), &mut batch).await?;
        }
        reader.finish(&mut entries)?;
        telling.all(&mut entries, (&mut equals, &mut moments), &mut batch).await?;
        telling.batch(&mut batch).await?;
        telling.name_her().await?;
        let Teller { thread, here_since, first_at, last_at, counts, not_taken, .. } = telling;
        let name = |side| sides.name(side).map(str::to_owned);
        tracing::info!(import = %import, imported = counts.imported, known = counts.known, "chat_imports: import {import} is done");
        Ok(Imported {
            import,
            is_dry_run: asked.is_dry_run,
            conversation: thread.map(|thread| thread.conversation),
            customer_name: name(Side::Customer),
            business_name: name(Side::Business),
            order: surveyed.order,
            zone: chat.zone.clone(),
            here_since,
            first_at,
            last_at,
            counts,
            not_taken,
        })
    }
}

impl Asked {
    /// Names that are said.
    fn names(&self) -> impl Iterator<Item = &str> {
        [&self.business_name, &self.customer_name].into_iter().flatten().map(String::as_str)
    }
}

/// What is known before a file is looked at.
struct Chat {
    zone: Zone,
    known_by: KnownBy,
    erased_at: Option<Timestamp>,
    contact: Option<ContactId>,
    now: Timestamp,
    latest: Day,
}

/// Tells of a file's messages.
struct Teller<'a> {
    importer: &'a Importer,
    asked: &'a Asked,
    chat: &'a Chat,
    import: Uuid,
    sides: &'a Sides,
    /// Between whom it is, once somebody is known by the number.
    thread: Option<Thread>,
    is_open: bool,
    here_since: Option<Timestamp>,
    first_at: Option<Timestamp>,
    last_at: Option<Timestamp>,
    counts: Counts,
    not_taken: Vec<NotTaken>,
}

impl<'a> Teller<'a> {
    async fn new(
        importer: &'a Importer,
        asked: &'a Asked,
        chat: &'a Chat,
        import: Uuid,
        sides: &'a Sides,
    ) -> Result<Self, NotImported> {
        let thread = chat.contact.map(|contact| Thread::between(contact, asked.channel));
        let here_since = match thread {
            Some(thread) => importer.here_since(asked.tenant, thread.conversation).await?,
            None => None,
        };
        Ok(Self {
            importer,
            asked,
            chat,
            import,
            sides,
            thread,
            is_open: false,
            here_since,
            first_at: None,
            last_at: None,
            counts: Counts::default(),
            not_taken: vec![],
        })
    }

    /// Takes account of `entries`, and tells of what is to be told, as much at once as may be.
    async fn all(
        &mut self,
        entries: &mut Vec<Entry>,
        (equals, moments): (&mut Equals, &mut Moments<'_>),
        batch: &mut Vec<Telling>,
    ) -> Result<(), NotImported> {
        let mut bytes: usize = batch.iter().map(Telling::bytes).sum();
        for entry in entries.drain(..) {
            let Some(telling) = self.entry(entry, equals, moments) else { continue };
            bytes += telling.bytes();
            batch.push(telling);
            if batch.len() >= AT_ONCE || bytes >= AT_ONCE_BYTES {
                self.batch(batch).await?;
                bytes = 0;
            }
        }
        Ok(())
    }

    /// What is to be told of an entry.
    fn entry(&mut self, entry: Entry, equals: &mut Equals, moments: &mut Moments<'_>) -> Option<Telling> {
        let Entry::Message(message) = entry else {
            self.counts.notices += 1;
            return None;
        };
        let at = moments.next(message.day, message.time)?;
        let side = self.sides.side(&message.name)?;
        self.counts.messages += 1;
        self.first_at = Some(self.first_at.map_or(at, |first| first.min(at)));
        self.last_at = self.last_at.max(Some(at));
        let is_deleted = message.content == Content::Deleted;
        // Also of what is left out: equal messages are counted as they stand in the file.
        let telling = Telling::of(&self.importer.keys, equals, message, side, at);
        if is_deleted {
            self.counts.deleted += 1;
            None
        } else if self.here_since.is_some_and(|since| minute(at) >= minute(since)) {
            self.counts.here_already += 1;
            None
        } else if self.chat.erased_at.is_some_and(|erased| minute(at) <= minute(erased)) {
            self.counts.before_erasure += 1;
            None
        } else {
            telling
        }
    }

    /// Tells of messages, as far as the log does not have them.
    async fn batch(&mut self, batch: &mut Vec<Telling>) -> Result<(), NotImported> {
        if batch.is_empty() {
            return Ok(());
        }
        self.importer.files.heard(self.import).await?;
        let all = std::mem::take(batch);
        let thread = match self.thread {
            Some(thread) => thread,
            // Nobody is known by the number, so nothing is: all of it would be new.
            None if self.asked.is_dry_run => {
                self.counts.imported += all.len() as u64;
                return Ok(());
            }
            None => self.introduce().await?,
        };
        let (tenant, keys) = (self.asked.tenant, &self.importer.keys);
        let named: Vec<(Ids, Telling)> =
            all.into_iter().map(|telling| (telling.ids(tenant, keys, thread), telling)).collect();
        let commands: Vec<CommandId> = named.iter().map(|(ids, _)| ids.command).collect();
        let known: HashSet<CommandId> = self.importer.log.known(&commands).await?.into_keys().collect();
        let (known, new): (Vec<_>, Vec<_>) = named.into_iter().partition(|(ids, _)| known.contains(&ids.command));
        self.counts.known += known.len() as u64;
        if self.asked.is_dry_run {
            self.counts.imported += new.len() as u64;
            return Ok(());
        }
        if new.is_empty() {
            return Ok(());
        }
        self.open(thread).await?;
        let mut submitted: Vec<BoxFuture<'_, (u64, Result<Receipt, Untaken>)>> = Vec::with_capacity(new.len());
        for (ids, telling) in new {
            let line = telling.line;
            let context = self.context(ids.command);
            // All submitted before the first is awaited: each has its place in its stream's queue.
            submitted.push(match telling.told(keys, thread, &ids, self.chat.now) {
                Told::Imported(stream, command) => {
                    let receipt = self.importer.commands.conversations.submit(stream, command, context);
                    async move { (line, receipt.await.map_err(|error| untaken(&error))) }.boxed()
                }
                Told::Recorded(stream, command) => {
                    let receipt = self.importer.commands.outbound_messages.submit(stream, command, context);
                    async move { (line, receipt.await.map_err(|error| untaken(&error))) }.boxed()
                }
            });
        }
        for (line, taken) in join_all(submitted).await {
            match taken {
                Ok(_) => self.counts.imported += 1,
                Err(Untaken::Erased) => return Err(NotImported::Erased),
                Err(Untaken::NotNow(reason)) => return Err(NotImported::NotNow(reason)),
                Err(Untaken::Never(reason)) => {
                    self.counts.not_taken += 1;
                    if self.not_taken.len() < MOST_SHOWN {
                        self.not_taken.push(NotTaken { line, reason });
                    }
                }
            }
        }
        Ok(())
    }

    /// Whoever has the number: introduced, as nobody was known by it.
    async fn introduce(&mut self) -> Result<Thread, NotImported> {
        let context = self.context(self.step(
            "customer",
            &[&self.import.to_string(), self.importer.keys.phone_hash(&self.asked.customer).as_str()],
        ));
        let lookup = Lookup { pool: &self.importer.pool, commands: &self.importer.commands, context: &context };
        let identified = lookup.identify(&self.chat.known_by).await.map_err(|error| not_now(unidentified(&error)))?;
        let thread = Thread::between(identified.contact, self.asked.channel);
        if self.importer.here_since(self.asked.tenant, thread.conversation).await?.is_some() {
            return Err(NotImported::NotNow("somebody with this number wrote in this moment".to_owned()));
        }
        self.thread = Some(thread);
        Ok(thread)
    }

    /// The thread is there, also where only the business wrote.
    async fn open(&mut self, thread: Thread) -> Result<(), NotImported> {
        if self.is_open {
            return Ok(());
        }
        let Thread { contact, channel, conversation } = thread;
        let context = self.context(self.step("open", &[&conversation.to_string()]));
        let asked = ConversationCommand::Open { contact, channel };
        let opened = self.importer.commands.conversations.execute(conversation, asked, context).await;
        opened.map_err(|error| NotImported::from(untaken(&error)))?;
        self.is_open = true;
        Ok(())
    }

    /// What the business's phone calls her, if the file says so and anything of it is here: as an entry of its address book.
    async fn name_her(&mut self) -> Result<(), NotImported> {
        let name = self.sides.name(Side::Customer).filter(|name| !is_phone(name, &self.asked.customer));
        let (Some(name), Some(thread), Some(told_at)) = (name, self.thread, self.last_at) else { return Ok(()) };
        if self.asked.is_dry_run || self.counts.imported + self.counts.known == 0 {
            return Ok(());
        }
        let name_hash = self.importer.keys.told_hash(&["chat export", name]);
        let context = self.context(self.step("list", &[&thread.conversation.to_string(), name_hash.as_str()]));
        let telling = ToldOfHer { told_at, received_at: Some(self.chat.now), odd_timestamp: None };
        let name = name.to_owned().into();
        let asked = ContactCommand::List { channel: thread.channel, name, first_name: None, telling };
        let listed = self.importer.commands.contacts.execute(thread.contact, asked, context).await;
        listed.map(|_| ()).map_err(|error| NotImported::from(untaken(&error)))
    }

    /// What is done once for a chat, under `word`.
    fn step(&self, word: &str, parts: &[&str]) -> CommandId {
        let channel = self.asked.channel.to_string();
        let parts: Vec<&str> = [channel.as_str()].into_iter().chain(parts.iter().copied()).collect();
        CommandId::derive(self.asked.tenant, &format!("chat_export.{word}"), &parts)
    }

    fn context(&self, id: CommandId) -> CommandContext {
        CommandContext::new(self.asked.tenant, id, self.asked.actor.clone(), format!("import:{}", self.import))
    }
}

/// To the minute: an export may say no more of a time, and two clocks differ by less.
fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// Why the log did not take something.
#[derive(Debug)]
enum Untaken {
    Erased,
    NotNow(String),
    Never(String),
}

fn untaken<R: Refusal>(error: &ExecuteError<R>) -> Untaken {
    let is_erased = match error {
        ExecuteError::Erased => true,
        ExecuteError::Refused(refusal) => refusal.code() == RefusalCode::Erased,
        ExecuteError::RefusedBefore(refusal) => refusal.code() == Some(RefusalCode::Erased),
        ExecuteError::Reserved { .. }
        | ExecuteError::NotHeld
        | ExecuteError::AnotherVersion { .. }
        | ExecuteError::ForeignStream
        | ExecuteError::KeyReused
        | ExecuteError::Unstorable { .. }
        | ExecuteError::Unreadable(_)
        | ExecuteError::Contended
        | ExecuteError::Unavailable { .. }
        | ExecuteError::Stopping(_) => false,
    };
    if is_erased {
        return Untaken::Erased;
    }
    match untold(error) {
        Untold::Never(reason) => Untaken::Never(reason),
        Untold::Changed(reason) | Untold::NotNow(reason) => Untaken::NotNow(reason),
    }
}

impl From<Untaken> for NotImported {
    fn from(untaken: Untaken) -> Self {
        match untaken {
            Untaken::Erased => Self::Erased,
            Untaken::NotNow(reason) | Untaken::Never(reason) => Self::NotNow(reason),
        }
    }
}

fn not_now(untold: Untold) -> NotImported {
    match untold {
        Untold::Never(reason) | Untold::Changed(reason) | Untold::NotNow(reason) => NotImported::NotNow(reason),
    }
}

fn unread(error: ReadError) -> NotImported {
    match error {
        ReadError::Database(error) => NotImported::Database(error),
        ReadError::Unreadable(_) | ReadError::Key(_) => {
            tracing::error!(error = %error, "chat_imports: what is known of the business can't be read");
            NotImported::NotNow("what is known of the business can't be read".to_owned())
        }
    }
}
