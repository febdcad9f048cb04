//! Reading members: everybody of a business sees who works there.

use std::collections::HashMap;

use async_graphql::{Context, Error, ID, Lookahead, Object};
use leadflow_domain::MemberId;
use leadflow_projections::Keyset;
use leadflow_projections::people::{self, MemberList, MemberRow};

use super::filter::{MemberFilter, MemberOrder};
use super::types::{Member, presences};
use crate::graphql::api::Request;
use crate::graphql::connection::{Connection, List, Window, connection, cost};
use crate::graphql::failure::internal;
use crate::graphql::filter;
use crate::graphql::plain_id::read_id;

/// Queries about members.
#[derive(Default)]
pub(in crate::graphql) struct MemberQueries;

#[Object]
impl MemberQueries {
    /// Who works for the business, also those who were asked and those who were put out.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn members(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows from the beginning, 0 to 100; 20 when `last` is not given either.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after the row with this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end, 0 to 100, instead of `first`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before the row with this cursor.")] before: Option<String>,
        #[graphql(desc = "Which of them; all, when not given.")] filter: Option<MemberFilter>,
        #[graphql(desc = "In which order; by the first of its values, when not given.")] order_by: Option<MemberOrder>,
    ) -> Option<Result<Connection<Member>, Error>> {
        let found = async {
            let request = Request::of(context)?;
            let (reads, viewer) = (&request.api.reads, request.viewer.context());
            let (filter, order) = (filter::read(filter)?, people::MemberOrder::from(order_by.unwrap_or_default()));
            let scope = List::Members.narrowed(&(order, &filter));
            let page = Window { first, after, last, before }.page(scope)?;
            let rows = people::members(reads, viewer, MemberList { filter: &filter, order }, page)
                .await
                .map_err(|error| internal("members", &error))?;
            let total = if context.look_ahead().field("totalCount").exists() {
                let count = people::count_members(reads, viewer, &filter).await;
                Some(count.map_err(|error| internal("members.totalCount", &error))?)
            } else {
                None
            };
            let keysets: Vec<Keyset> = rows.iter().map(MemberRow::keyset).collect();
            let shown = shown(request, rows, &context.look_ahead().field("edges").field("node")).await?;
            Ok(connection(scope, page, keysets.into_iter().zip(shown), total))
        };
        Some(found.await)
    }

    /// One member; null when there is none with this id.
    async fn member(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Her id, a uuid.")] id: ID,
    ) -> Option<Result<Member, Error>> {
        let found = async { by_id(Request::of(context)?, MemberId::from_uuid(read_id("id", &id)?)).await };
        found.await.transpose()
    }
}

/// One member, as whoever asks is told of her.
pub(in crate::graphql) async fn by_id(request: &Request, id: MemberId) -> Result<Option<Member>, Error> {
    Ok(find(request, id).await?.map(|row| Member::shown_to(&request.viewer, row)))
}

/// Some members, as whoever asks is told what `selected` asks for of them; those that are not known are absent.
pub(in crate::graphql) async fn by_ids(
    request: &Request,
    ids: &[MemberId],
    selected: &Lookahead<'_>,
) -> Result<HashMap<MemberId, Member>, Error> {
    let rows = people::members_by_id(&request.api.reads, request.viewer.context(), ids).await;
    let rows = rows.map_err(|error| internal("members", &error))?;
    let ids: Vec<MemberId> = rows.iter().map(|row| row.id).collect();
    Ok(ids.into_iter().zip(shown(request, rows, selected).await?).collect())
}

/// The members in these rows. Where they are is one question for all of them, if it is asked.
async fn shown(request: &Request, rows: Vec<MemberRow>, selected: &Lookahead<'_>) -> Result<Vec<Member>, Error> {
    let present = if selected.field("presence").exists() {
        let ids: Vec<MemberId> = rows.iter().map(|row| row.id).collect();
        Some(presences(request, &ids).await?)
    } else {
        None
    };
    let shown = rows.into_iter().map(|row| {
        let (id, member) = (row.id, Member::shown_to(&request.viewer, row));
        match &present {
            Some(present) => member.present(present.of(id)),
            None => member,
        }
    });
    Ok(shown.collect())
}

/// The row of one member.
pub(super) async fn find(request: &Request, id: MemberId) -> Result<Option<MemberRow>, Error> {
    let found = people::members_by_id(&request.api.reads, request.viewer.context(), &[id]).await;
    Ok(found.map_err(|error| internal("member", &error))?.pop())
}
