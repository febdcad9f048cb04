//! What is read for all conversations of a list at once: who is to see to each, or which team is, its messages and its notes.

use std::collections::{BTreeSet, HashMap};

use async_graphql::{Context, Error, Lookahead};
use leadflow_domain::{MemberId, TeamId};
use leadflow_projections::inbox::{
    self, ContactColumns, ConversationColumns, ConversationRow, MessageColumns, MessageRow, MessagesRequest, NoteRow,
};
use leadflow_projections::{Keyset, PageRequest, TenantContext, TenantReads};
use uuid::Uuid;

use super::message::Message;
use super::types::Note;
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window};
use crate::graphql::member::{self, Member};
use crate::graphql::pages::{Pages, Part, asked_for, load, one};
use crate::graphql::team::{self, Team};

impl Part for MessageRow {
    type Node = Message;
    const LIST: List = List::Messages;
    const FIELD: &'static str = "messages";
    type Columns = MessageColumns;

    fn columns(selected: &Lookahead<'_>) -> MessageColumns {
        message_columns(selected)
    }

    fn keyset(&self) -> Keyset {
        self.keyset()
    }

    async fn read(
        reads: &TenantReads,
        viewer: TenantContext,
        conversations: &[Uuid],
        page: PageRequest,
        columns: MessageColumns,
    ) -> Result<Vec<(Uuid, Self)>, sqlx::Error> {
        inbox::messages_of(reads, viewer, MessagesRequest { conversations, page, columns }).await
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
    type Columns = ();

    fn columns(_: &Lookahead<'_>) -> Self::Columns {}

    fn keyset(&self) -> Keyset {
        self.keyset()
    }

    async fn read(
        reads: &TenantReads,
        viewer: TenantContext,
        conversations: &[Uuid],
        page: PageRequest,
        (): Self::Columns,
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

fn any(selected: &Lookahead<'_>, fields: &[&str]) -> bool {
    fields.iter().any(|field| selected.field(field).exists())
}

/// The columns for what is selected of a message.
fn message_columns(selected: &Lookahead<'_>) -> MessageColumns {
    let any = |fields| any(selected, fields);
    MessageColumns {
        nature: any(&["id", "direction", "kind"]),
        details: any(&["providerMessageId", "content", "isImported"]),
        author: any(&["author"]),
        acts: any(&["reaction", "editedText", "editedAt", "revokedAt"]),
        delivery: any(&[
            "status",
            "passedOnAt",
            "deliveredAt",
            "readAt",
            "playedAt",
            "failedAt",
            "failure",
            "pricing",
            "sending",
        ]),
        named: any(&["repliesToProviderMessageId", "aboutProviderMessageId"]),
    }
}

/// The columns for what is selected of a conversation's customer.
fn contact_columns(selected: &Lookahead<'_>) -> ContactColumns {
    ContactColumns { details: any(selected, &["email", "listedName", "marketing", "marketingToldAt", "version"]) }
}

/// The columns for what is selected of a conversation.
pub(super) fn conversation_columns(selected: &Lookahead<'_>) -> ConversationColumns {
    ConversationColumns {
        details: any(
            selected,
            &["assignee", "team", "priority", "labels", "snoozedUntil", "windowOpenUntil", "waitingSince", "version"],
        ),
        contact: Some(selected.field("contact")).filter(Lookahead::exists).map(|of| contact_columns(&of)),
        group: selected.field("group").exists(),
        channel: selected.field("channel").exists(),
        last_message: Some(selected.field("lastMessage")).filter(Lookahead::exists).map(|of| message_columns(&of)),
    }
}

/// What was asked for of every row of a list, or why it could not be read.
#[derive(Debug)]
pub(super) struct Loaded {
    assignees: Result<HashMap<MemberId, Member>, Error>,
    teams: Result<HashMap<TeamId, Team>, Error>,
    messages: Result<Vec<Pages<MessageRow>>, Error>,
    notes: Result<Vec<Pages<NoteRow>>, Error>,
}

impl Loaded {
    /// What `selected` asks for of the conversations in `rows`.
    pub(super) async fn of(context: &Context<'_>, rows: &[ConversationRow], selected: &Lookahead<'_>) -> Self {
        let conversations: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        Self {
            assignees: assignees(context, rows, &selected.field("assignee")).await,
            teams: teams(context, rows, &selected.field("team")).await,
            messages: load(context, &conversations, selected).await,
            notes: load(context, &conversations, selected).await,
        }
    }

    /// One of those who are to see to them; none where nothing is known of her.
    pub(super) fn assignee(&self, member: MemberId) -> Result<Option<Member>, Error> {
        Ok(self.assignees.as_ref().map_err(Clone::clone)?.get(&member).cloned())
    }

    /// One of the teams that are asked to see to them; none where it is no more.
    pub(super) fn team(&self, team: TeamId) -> Result<Option<Team>, Error> {
        Ok(self.teams.as_ref().map_err(Clone::clone)?.get(&team).cloned())
    }

    /// A page of the messages of one of them.
    pub(super) async fn messages(
        &self,
        context: &Context<'_>,
        conversation: Uuid,
        window: &Window,
    ) -> Result<Connection<Message>, Error> {
        let loaded = self.messages.as_ref().map_err(Clone::clone)?;
        one(context, loaded, conversation, window.page(MessageRow::LIST.whole())?).await
    }

    /// The same, where it is there already.
    pub(super) fn loaded_messages(&self, conversation: Uuid, page: PageRequest) -> Option<Connection<Message>> {
        self.messages.as_ref().ok()?.iter().find_map(|pages| pages.of(conversation, page))
    }

    /// A page of the notes in one of them.
    pub(super) async fn notes(
        &self,
        context: &Context<'_>,
        conversation: Uuid,
        window: &Window,
    ) -> Result<Connection<Note>, Error> {
        let loaded = self.notes.as_ref().map_err(Clone::clone)?;
        one(context, loaded, conversation, window.page(NoteRow::LIST.whole())?).await
    }

    /// The same, where it is there already.
    pub(super) fn loaded_notes(&self, conversation: Uuid, page: PageRequest) -> Option<Connection<Note>> {
        self.notes.as_ref().ok()?.iter().find_map(|pages| pages.of(conversation, page))
    }
}

/// Who is to see to the conversations in `rows`, if that is `selected`.
async fn assignees(
    context: &Context<'_>,
    rows: &[ConversationRow],
    selected: &Lookahead<'_>,
) -> Result<HashMap<MemberId, Member>, Error> {
    let members: BTreeSet<MemberId> = rows.iter().filter_map(|row| row.assignee).collect();
    if members.is_empty() || !selected.exists() {
        return Ok(HashMap::new());
    }
    let members: Vec<MemberId> = members.into_iter().collect();
    member::by_ids(Request::of(context)?, &members, selected).await
}

/// Which teams are asked to see to the conversations in `rows`, if that is `selected`.
async fn teams(
    context: &Context<'_>,
    rows: &[ConversationRow],
    selected: &Lookahead<'_>,
) -> Result<HashMap<TeamId, Team>, Error> {
    let teams: BTreeSet<TeamId> = rows.iter().filter_map(|row| row.team).collect();
    if teams.is_empty() || !selected.exists() {
        return Ok(HashMap::new());
    }
    let teams: Vec<TeamId> = teams.into_iter().collect();
    team::by_ids(Request::of(context)?, &teams).await
}

/// Fails when `selected` asks for more pages at once than it may. A mutation asks before it acts, so that nothing is done
/// whose answer would be refused.
pub(in crate::graphql) fn check(selected: &Lookahead<'_>) -> Result<(), Error> {
    asked_for::<MessageRow>(selected)?;
    asked_for::<NoteRow>(selected)?;
    Ok(())
}
