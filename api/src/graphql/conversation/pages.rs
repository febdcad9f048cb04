//! What each conversation has a list of, its messages and its notes: a page that is asked for of every row is loaded for
//! all of them at once.

use std::collections::HashMap;

use async_graphql::{Context, Error, Lookahead, OutputType, SelectionField, Value};
use jiff::Timestamp;
use leadflow_projections::inbox::{self, MessageRow, MessagesRequest, NoteRow};
use leadflow_projections::{Keyset, PageRequest, TenantContext, TenantReads};
use uuid::Uuid;

use super::types::{Message, Note};
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, connection, page};
use crate::graphql::failure::{internal, too_complex};

/// Different pages of one list, by aliases, in one selection.
const MOST_PAGES: usize = 4;

/// A row of a list that each conversation has.
pub(super) trait Part: Clone {
    /// What it is shown as.
    type Node: OutputType + From<Self>;
    /// Whose cursors its list has.
    const LIST: List;
    /// The field of a conversation.
    const FIELD: &'static str;

    /// Its place in the list.
    fn keyset(&self) -> Keyset;

    /// The list is in descending order of this.
    fn order(&self) -> (Timestamp, Option<&str>, Uuid);

    /// A page of each conversation's list, in no order.
    fn read(
        reads: &TenantReads,
        viewer: TenantContext,
        conversations: &[Uuid],
        page: PageRequest,
    ) -> impl Future<Output = Result<Vec<(Uuid, Self)>, sqlx::Error>> + Send;

    /// How long each conversation's list is.
    fn count(
        reads: &TenantReads,
        viewer: TenantContext,
        conversations: &[Uuid],
    ) -> impl Future<Output = Result<Vec<(Uuid, i64)>, sqlx::Error>> + Send;
}

impl Part for MessageRow {
    type Node = Message;
    const LIST: List = List::Messages;
    const FIELD: &'static str = "messages";

    fn keyset(&self) -> Keyset {
        self.keyset()
    }

    fn order(&self) -> (Timestamp, Option<&str>, Uuid) {
        (self.sent_at, self.provider_message_id.as_deref(), self.id)
    }

    async fn read(
        reads: &TenantReads,
        viewer: TenantContext,
        conversations: &[Uuid],
        page: PageRequest,
    ) -> Result<Vec<(Uuid, Self)>, sqlx::Error> {
        inbox::messages_of(reads, viewer, MessagesRequest { conversations, page }).await
    }

    async fn count(
        reads: &TenantReads,
        viewer: TenantContext,
        conversations: &[Uuid],
    ) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
        inbox::count_messages(reads, viewer, conversations).await
    }
}

impl Part for NoteRow {
    type Node = Note;
    const LIST: List = List::Notes;
    const FIELD: &'static str = "notes";

    fn keyset(&self) -> Keyset {
        self.keyset()
    }

    fn order(&self) -> (Timestamp, Option<&str>, Uuid) {
        (self.noted_at, None, self.id)
    }

    async fn read(
        reads: &TenantReads,
        viewer: TenantContext,
        conversations: &[Uuid],
        page: PageRequest,
    ) -> Result<Vec<(Uuid, Self)>, sqlx::Error> {
        inbox::notes_of(reads, viewer, conversations, page).await
    }

    async fn count(
        reads: &TenantReads,
        viewer: TenantContext,
        conversations: &[Uuid],
    ) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
        inbox::count_notes(reads, viewer, conversations).await
    }
}

/// The same page of several conversations' lists.
#[derive(Debug)]
struct Pages<P> {
    request: PageRequest,
    rows: HashMap<Uuid, Vec<P>>,
    totals: Option<HashMap<Uuid, i64>>,
}

impl<P: Part> Pages<P> {
    async fn load(
        context: &Context<'_>,
        conversations: &[Uuid],
        page: PageRequest,
        count: bool,
    ) -> Result<Self, Error> {
        let request = Request::of(context)?;
        let (reads, viewer) = (&request.api.reads, request.viewer.context());
        let failed = |error: sqlx::Error| internal(P::FIELD, &error);
        let mut rows: HashMap<Uuid, Vec<P>> = HashMap::new();
        for (conversation, row) in P::read(reads, viewer, conversations, page).await.map_err(failed)? {
            rows.entry(conversation).or_default().push(row);
        }
        for list in rows.values_mut() {
            list.sort_unstable_by(|one, other| other.order().cmp(&one.order()));
        }
        let totals = match count {
            true => Some(P::count(reads, viewer, conversations).await.map_err(failed)?.into_iter().collect()),
            false => None,
        };
        Ok(Self { request: page, rows, totals })
    }

    /// The page of one of them, if it is the page that was loaded.
    fn of(&self, conversation: Uuid, request: PageRequest) -> Option<Connection<P::Node>> {
        if request != self.request {
            return None;
        }
        let rows = self.rows.get(&conversation).cloned().unwrap_or_default();
        let total = self.totals.as_ref().map(|totals| totals.get(&conversation).copied().unwrap_or(0));
        Some(connection(P::LIST, request, rows.into_iter().map(|row| (row.keyset(), row.into())), total))
    }
}

/// The pages that were asked for of every row of a list.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    messages: Vec<Pages<MessageRow>>,
    notes: Vec<Pages<NoteRow>>,
}

impl Loaded {
    /// What `selected` asks for of `conversations`.
    pub(super) async fn of(
        context: &Context<'_>,
        conversations: &[Uuid],
        selected: &Lookahead<'_>,
    ) -> Result<Self, Error> {
        Ok(Self {
            messages: load(context, conversations, selected).await?,
            notes: load(context, conversations, selected).await?,
        })
    }

    /// A page of the messages of one of them.
    pub(super) async fn messages(
        &self,
        context: &Context<'_>,
        conversation: Uuid,
        first: Option<i32>,
        after: Option<&str>,
    ) -> Result<Connection<Message>, Error> {
        one(context, &self.messages, conversation, page(List::Messages, first, after)?).await
    }

    /// A page of the notes in one of them.
    pub(super) async fn notes(
        &self,
        context: &Context<'_>,
        conversation: Uuid,
        first: Option<i32>,
        after: Option<&str>,
    ) -> Result<Connection<Note>, Error> {
        one(context, &self.notes, conversation, page(List::Notes, first, after)?).await
    }
}

/// Fails when `selected` asks for more pages at once than it may. A mutation asks before it acts, so that nothing is done
/// whose answer would be refused.
pub(super) fn check(selected: &Lookahead<'_>) -> Result<(), Error> {
    asked_for::<MessageRow>(selected)?;
    asked_for::<NoteRow>(selected)?;
    Ok(())
}

async fn load<P: Part>(
    context: &Context<'_>,
    conversations: &[Uuid],
    selected: &Lookahead<'_>,
) -> Result<Vec<Pages<P>>, Error> {
    let requests = asked_for::<P>(selected)?;
    let count = selected.field(P::FIELD).field("totalCount").exists();
    let mut pages = Vec::with_capacity(requests.len());
    if !conversations.is_empty() {
        for request in requests {
            pages.push(Pages::load(context, conversations, request, count).await?);
        }
    }
    Ok(pages)
}

/// A page of one conversation: of what was loaded, or else by itself.
async fn one<P: Part>(
    context: &Context<'_>,
    loaded: &[Pages<P>],
    conversation: Uuid,
    request: PageRequest,
) -> Result<Connection<P::Node>, Error> {
    if let Some(connection) = loaded.iter().find_map(|pages| pages.of(conversation, request)) {
        return Ok(connection);
    }
    let count = context.look_ahead().field("totalCount").exists();
    let pages = Pages::<P>::load(context, &[conversation], request, count).await?;
    pages.of(conversation, request).ok_or_else(|| internal(P::FIELD, &Missing))
}

#[derive(Debug, thiserror::Error)]
#[error("a page was not loaded")]
struct Missing;

/// Aliases may ask for several pages of one list.
fn asked_for<P: Part>(selected: &Lookahead<'_>) -> Result<Vec<PageRequest>, Error> {
    let fields = selected.field(P::FIELD).selection_fields();
    let mut requests: Vec<PageRequest> = fields.iter().filter_map(|field| page_of_field(P::LIST, field)).collect();
    requests.sort_unstable_by_key(|request| (request.first, request.after.map(|after| (after.at, after.id))));
    requests.dedup();
    if requests.len() > MOST_PAGES {
        let field = P::FIELD;
        return Err(too_complex(&format!("`{field}` may be asked for {MOST_PAGES} different pages at once")));
    }
    Ok(requests)
}

/// The page that a field of the query asks for, if its arguments are sound.
fn page_of_field(list: List, field: &SelectionField<'_>) -> Option<PageRequest> {
    let arguments = field.arguments().ok()?;
    let argument = |name: &str| arguments.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let first = match argument("first") {
        None | Some(Value::Null) => None,
        Some(Value::Number(number)) => Some(i32::try_from(number.as_i64()?).ok()?),
        Some(_) => return None,
    };
    let after = match argument("after") {
        None | Some(Value::Null) => None,
        Some(Value::String(cursor)) => Some(cursor.as_str()),
        Some(_) => return None,
    };
    page(list, first, after).ok()
}
