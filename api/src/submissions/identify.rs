//! Who is it? From what somebody gives of herself to the contact she is (decision 19).
//!
//! A phone leads to her before an address does, and an address alone does where no phone says otherwise. Where they lead to two,
//! that is recorded, and nobody is merged. What nobody vouches for changes nothing of who is known.

use leadflow_domain::contact::{ContactCommand, ContactRefusal, HeldIdentifier, Identifier, IdentifierKind};
use leadflow_domain::{CommandId, ContactId, E164, EmailAddress, TenantId};
use leadflow_event_store::{CommandContext, Done, ExecuteError, Keys, Receipt, reservation_owners};
use sqlx::PgPool;
use thiserror::Error;

use crate::commands::Commands;

/// What somebody gives of herself: one of them at least.
#[derive(Debug, Clone, Default)]
pub struct KnownBy {
    phone: Option<Identifier>,
    email: Option<Identifier>,
    /// What a provider calls what she filled in, for who gives nothing else.
    provider_lead: Option<Identifier>,
}

/// Whom it led to.
#[derive(Debug)]
pub struct Identified {
    /// She.
    pub contact: ContactId,
    /// What she has become known by.
    pub added: Vec<IdentifierKind>,
}

/// Why it is not known who somebody is.
#[derive(Debug, Error)]
pub enum Unidentified {
    /// The database's.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// What a contact says to it.
    #[error(transparent)]
    Refused(#[from] ExecuteError<ContactRefusal>),
}

impl KnownBy {
    /// By a phone, by an address, or by both.
    #[must_use]
    pub fn new(keys: &Keys, phone: Option<&E164>, email: Option<&EmailAddress>) -> Self {
        let phone = phone.map(|phone| Identifier::phone(phone, keys.phone_hash(phone)));
        let email = email.map(|email| Identifier::email(email, keys.email_hash(email)));
        Self { phone, email, provider_lead: None }
    }

    /// By what `provider` calls what she filled in, where there is nothing else.
    #[must_use]
    pub fn or_lead(self, keys: &Keys, provider: &str, id: &str) -> Self {
        let provider_lead = Some(Identifier::provider_lead(id, keys.provider_lead_hash(provider, id)));
        Self { provider_lead, ..self }
    }

    /// Her phone and her address, by their keyed hashes.
    pub fn held(&self) -> impl Iterator<Item = &HeldIdentifier> {
        [&self.phone, &self.email].into_iter().flatten().map(|identifier| &identifier.held)
    }

    /// What she is looked for by first.
    fn first(&self) -> Option<&Identifier> {
        self.phone.as_ref().or(self.email.as_ref()).or(self.provider_lead.as_ref())
    }
}

/// Where somebody is looked for, and on whose behalf.
pub struct Lookup<'a> {
    /// Who holds what.
    pub pool: &'a PgPool,
    /// What introduces her.
    pub commands: &'a Commands,
    /// Of the command that all of this is for.
    pub context: &'a CommandContext,
}

/// Who holds what somebody is looked for by first, without introducing anybody.
///
/// # Errors
/// The database's.
pub async fn owner(pool: &PgPool, tenant: TenantId, known_by: &KnownBy) -> Result<Option<ContactId>, sqlx::Error> {
    let found = holders(pool, tenant, std::slice::from_ref(known_by)).await?;
    Ok(found.into_iter().find_map(|Holders { by_phone, by_email }| by_phone.or(by_email)))
}

/// Who holds what somebody gives of herself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holders {
    by_phone: Option<ContactId>,
    by_email: Option<ContactId>,
}

/// Who holds what each of `known_by` gives, in their order: one question for all of them.
///
/// # Errors
/// The database's.
pub async fn holders(pool: &PgPool, tenant: TenantId, known_by: &[KnownBy]) -> Result<Vec<Holders>, sqlx::Error> {
    let reservation = |identifier: &Identifier| (tenant, identifier.held.reservation());
    let asked: Vec<_> = known_by.iter().flat_map(|one| [&one.phone, &one.email]).flatten().map(reservation).collect();
    let mut owners = reservation_owners(pool, &asked).await?.into_iter();
    let mut owner = |_: &Identifier| owners.next().flatten().map(|owner| ContactId::from_uuid(owner.stream.as_uuid()));
    let found = known_by.iter().map(|one| Holders {
        by_phone: one.phone.as_ref().and_then(&mut owner),
        by_email: one.email.as_ref().and_then(&mut owner),
    });
    Ok(found.collect())
}

impl Lookup<'_> {
    /// The contact that somebody is, introduced if nobody knows her; what she gives of herself is hers from then on.
    ///
    /// # Errors
    /// [`Unidentified`].
    pub async fn identify(&self, known_by: &KnownBy) -> Result<Identified, Unidentified> {
        let found = holders(self.pool, self.context.tenant, std::slice::from_ref(known_by)).await?;
        self.identify_held(known_by, found.into_iter().next().unwrap_or_default()).await
    }

    /// The same, where it was looked up a moment ago who holds what she gives.
    ///
    /// # Errors
    /// [`Unidentified`].
    pub async fn identify_held(&self, known_by: &KnownBy, found: Holders) -> Result<Identified, Unidentified> {
        let (phone, email) = (known_by.phone.as_ref(), known_by.email.as_ref());
        let Holders { mut by_phone, mut by_email } = found;
        let proposed = Some(self.proposed());
        let is_proposed = by_phone == proposed && by_email == proposed;
        if let (Some(phone), Some(email)) = (phone, email)
            && (is_proposed || (by_phone.is_none() && by_email.is_none()))
        {
            if let Some(both) = self.introduce_with_email(phone, email).await? {
                return Ok(both);
            }
            // Somebody was faster: she is looked for anew.
            let anew = holders(self.pool, self.context.tenant, std::slice::from_ref(known_by)).await?;
            Holders { by_phone, by_email } = anew.into_iter().next().unwrap_or_default();
        }
        let mut found = match (phone, by_phone, by_email) {
            (Some(phone), Some(contact), _) => self.has_phone(contact, phone).await?,
            (Some(phone), None, Some(contact)) => match self.add_phone(contact, phone).await? {
                Some(found) => found,
                None => self.introduce(phone).await?,
            },
            (None, _, Some(contact)) => Identified { contact, added: vec![] },
            (Some(_), None, None) | (None, _, None) => {
                let first = known_by.first().ok_or_else(nobody)?;
                self.introduce(first).await?
            }
        };
        if let Some(email) = email {
            self.add_email(&mut found, email).await?;
        }
        Ok(found)
    }

    /// The contact that somebody is who may be anybody, introduced if nobody knows her. Whoever is known stays known by what she was
    /// known by: somebody could claim what is another's. A phone that is nobody's is somebody new, also beside an address that is
    /// somebody's; whose address it is, where that is another contact, is recorded, for people to look at.
    ///
    /// # Errors
    /// [`Unidentified`].
    pub async fn identify_claimed(&self, known_by: &KnownBy) -> Result<Identified, Unidentified> {
        let look = async || {
            let found = holders(self.pool, self.context.tenant, std::slice::from_ref(known_by)).await?;
            Ok::<_, sqlx::Error>(found.into_iter().next().unwrap_or_default())
        };
        let (phone, email) = (known_by.phone.as_ref(), known_by.email.as_ref());
        let mut holders = look().await?;
        let proposed = Some(self.proposed());
        let is_new = |by: Option<ContactId>| by.is_none() || by == proposed;
        if let (Some(phone), Some(email)) = (phone, email)
            && is_new(holders.by_phone)
            && holders.by_phone == holders.by_email
        {
            if let Some(both) = self.introduce_with_email(phone, email).await? {
                return Ok(both);
            }
            // Somebody was faster.
            holders = look().await?;
        }
        let Holders { by_phone, by_email } = holders;
        let held = if phone.is_some() { by_phone } else { by_email };
        let found = match (held, known_by.first()) {
            (Some(contact), _) if !is_new(held) => Identified { contact, added: vec![] },
            (_, Some(first)) => self.introduce(first).await?,
            (_, None) => return Err(nobody()),
        };
        if let (Some(email), Some(holder)) = (email, by_email)
            && holder != found.contact
        {
            self.record_conflict(found.contact, email, holder).await?;
        }
        Ok(found)
    }

    /// The context of what leads to the command, under `word`.
    fn step(&self, word: &str) -> CommandContext {
        let CommandContext { tenant, id, actor, correlation, source, .. } = self.context.clone();
        let step = CommandId::derive(tenant, "lead.identify", &[&id.to_string(), word]);
        CommandContext::new(tenant, step, actor, correlation).from_address(source)
    }

    async fn execute(
        &self,
        word: &str,
        contact: ContactId,
        command: ContactCommand,
    ) -> Result<Receipt, ExecuteError<ContactRefusal>> {
        self.commands.contacts.execute(contact, command, self.step(word)).await
    }

    /// Who she becomes, if nobody knows her.
    fn proposed(&self) -> ContactId {
        ContactId::proposed_by(self.step("introduce").id)
    }

    /// Nobody has either: they introduce her, by one command. None where that came to nothing, as somebody has one of them, or as she
    /// was introduced otherwise.
    async fn introduce_with_email(
        &self,
        phone: &Identifier,
        email: &Identifier,
    ) -> Result<Option<Identified>, Unidentified> {
        let Ok(number) = E164::parse(&phone.value) else { return Ok(None) };
        let phone_hash = phone.held.hash.clone();
        let command = ContactCommand::IntroduceWithEmail { phone: number, phone_hash, email: email.clone() };
        let proposed = self.proposed();
        match self.execute("introduce_with_email", proposed, command).await {
            Ok(Receipt { done: Done::Appended | Done::Before, .. }) => {
                Ok(Some(Identified { contact: proposed, added: vec![phone.held.kind, email.held.kind] }))
            }
            Ok(Receipt { done: Done::AlreadySo, .. }) | Err(ExecuteError::Reserved { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Nobody has it: it introduces her. Should somebody be faster, she is who has it.
    async fn introduce(&self, by: &Identifier) -> Result<Identified, Unidentified> {
        let proposed = self.proposed();
        let command = match E164::parse(&by.value) {
            Ok(phone) if by.held.kind == IdentifierKind::Phone => {
                ContactCommand::IntroduceByPhone { phone, phone_hash: by.held.hash.clone() }
            }
            _ => ContactCommand::Introduce { identifier: by.clone() },
        };
        match self.execute("introduce", proposed, command).await {
            Ok(receipt) => Ok(Identified { contact: proposed, added: added(receipt, by) }),
            Err(ExecuteError::Reserved { holder }) => {
                Ok(Identified { contact: ContactId::from_uuid(holder.as_uuid()), added: vec![] })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The phone leads to her. That may be by an earlier telling of this very thing.
    async fn has_phone(&self, contact: ContactId, phone: &Identifier) -> Result<Identified, Unidentified> {
        if contact == self.proposed() {
            return self.introduce(phone).await;
        }
        let held = self.add_phone(contact, phone).await?;
        Ok(held.unwrap_or(Identified { contact, added: vec![] }))
    }

    /// The address led to her, and the phone is hers, unless she has another one, and is another one.
    async fn add_phone(&self, contact: ContactId, phone: &Identifier) -> Result<Option<Identified>, Unidentified> {
        let command = ContactCommand::AddFirstPhone { phone: phone.clone() };
        match self.execute("add_phone", contact, command).await {
            Ok(receipt) => Ok(Some(Identified { contact, added: added(receipt, phone) })),
            Err(ExecuteError::Refused(ContactRefusal::AnotherPhone)) => Ok(None),
            // Somebody was faster: she is who has it.
            Err(ExecuteError::Reserved { holder }) => {
                Ok(Some(Identified { contact: ContactId::from_uuid(holder.as_uuid()), added: vec![] }))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The address is hers, unless somebody else has it: then they may be one, which is for people to say.
    async fn add_email(&self, found: &mut Identified, email: &Identifier) -> Result<(), Unidentified> {
        if found.added.contains(&email.held.kind) {
            return Ok(());
        }
        let command = ContactCommand::AddIdentifier { identifier: email.clone() };
        match self.execute("add_email", found.contact, command).await {
            Ok(receipt) => {
                found.added.extend(added(receipt, email));
                Ok(())
            }
            Err(ExecuteError::Reserved { holder }) => {
                self.record_conflict(found.contact, email, ContactId::from_uuid(holder.as_uuid())).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// She came with the address of somebody else: they may be one, which is for people to say.
    async fn record_conflict(
        &self,
        contact: ContactId,
        email: &Identifier,
        holder: ContactId,
    ) -> Result<(), Unidentified> {
        let command = ContactCommand::RecordConflict { identifier: email.held.clone(), holder };
        self.execute("conflict_of_email", contact, command).await?;
        Ok(())
    }
}

fn nobody() -> Unidentified {
    ExecuteError::Unstorable { reason: "it names nobody".to_owned() }.into()
}

/// What a command has added; nothing where it was so already.
fn added(receipt: Receipt, what: &Identifier) -> Vec<IdentifierKind> {
    match receipt.done {
        Done::Appended | Done::Before => vec![what.held.kind],
        Done::AlreadySo => vec![],
    }
}
