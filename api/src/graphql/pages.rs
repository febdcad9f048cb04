//! Lists that each row of a list has: a page that is asked for of every row is loaded for all of them at once.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;

use async_graphql::{ContainerType, Context, Error, Lookahead, SelectionField, Value};
use leadflow_projections::{Keyset, PageRequest, TenantContext, TenantReads};
use uuid::Uuid;

use super::api::Request;
use super::connection::{Connection, List, Window, connection};
use super::failure::{internal, too_complex};

/// Different pages of one list, by aliases, in one selection.
const MOST_PAGES: usize = 4;

/// A row of a list that each of several owners has.
pub(super) trait Part: Sized {
    /// What it is shown as.
    type Node: ContainerType + Clone + Debug + From<Self>;
    /// Whose cursors its list has.
    const LIST: List;
    /// The field of an owner.
    const FIELD: &'static str;
    /// Which of its columns are read.
    type Columns: Copy + Send;

    /// Those that are needed for what is selected of a row.
    fn columns(selected: &Lookahead<'_>) -> Self::Columns;

    /// Its place in the list, which is in descending order of them.
    fn keyset(&self) -> Keyset;

    /// A page of each owner's list, in no order.
    fn read(
        reads: &TenantReads,
        viewer: TenantContext,
        owners: &[Uuid],
        page: PageRequest,
        columns: Self::Columns,
    ) -> impl Future<Output = Result<Vec<(Uuid, Self)>, sqlx::Error>> + Send;

    /// How long each owner's list is; one that is absent has none.
    fn count(
        reads: &TenantReads,
        viewer: TenantContext,
        owners: &[Uuid],
    ) -> impl Future<Output = Result<Vec<(Uuid, i64)>, sqlx::Error>> + Send;
}

/// The same page of several owners' lists.
#[derive(Debug)]
pub(super) struct Pages<P: Part> {
    request: PageRequest,
    /// Each owner's; of whoever has nothing none.
    rows: HashMap<Uuid, Vec<(Keyset, P::Node)>>,
    totals: Option<HashMap<Uuid, i64>>,
}

impl<P: Part> Pages<P> {
    /// `list`: what is selected of the list.
    async fn load(
        context: &Context<'_>,
        owners: &[Uuid],
        page: PageRequest,
        list: &Lookahead<'_>,
    ) -> Result<Self, Error> {
        let request = Request::of(context)?;
        let (reads, viewer) = (&request.api.reads, request.viewer.context());
        let failed = |error: sqlx::Error| internal(P::FIELD, &error);
        let columns = P::columns(&list.field("edges").field("node"));
        // Whether there is more is a row more of each owner.
        let wanted = PageRequest { with_one_more: list.field("pageInfo").exists(), ..page };
        let read = P::read(reads, viewer, owners, wanted, columns).await.map_err(failed)?;
        // Whoever has nothing was looked up, too.
        let of_each = read.len() / owners.len().max(1) + 1;
        let mut rows: HashMap<Uuid, Vec<(Keyset, P::Node)>> =
            owners.iter().map(|owner| (*owner, Vec::with_capacity(of_each))).collect();
        for (owner, row) in read {
            rows.entry(owner).or_default().push((row.keyset(), row.into()));
        }
        for rows in rows.values_mut() {
            rows.sort_unstable_by_key(|(keyset, _)| Reverse(*keyset));
        }
        let totals = match list.field("totalCount").exists() {
            true => Some(P::count(reads, viewer, owners).await.map_err(failed)?.into_iter().collect()),
            false => None,
        };
        Ok(Self { request: page, rows, totals })
    }

    /// The page of one of them, if it is the page that was loaded.
    pub(super) fn of(&self, owner: Uuid, request: PageRequest) -> Option<Connection<P::Node>> {
        if request != self.request {
            return None;
        }
        // Shared, as fragments may each ask for a page, and an owner be shown at several places.
        let rows = self.rows.get(&owner)?.iter().cloned();
        let total = self.totals.as_ref().map(|totals| totals.get(&owner).copied().unwrap_or(0));
        Some(connection(P::LIST.whole(), request, rows, total))
    }
}

/// The pages that `selected` asks for of all the owners.
pub(super) async fn load<P: Part>(
    context: &Context<'_>,
    owners: &[Uuid],
    selected: &Lookahead<'_>,
) -> Result<Vec<Pages<P>>, Error> {
    let requests = asked_for::<P>(selected)?;
    let list = selected.field(P::FIELD);
    let mut pages = Vec::with_capacity(requests.len());
    if !owners.is_empty() {
        for request in requests {
            pages.push(Pages::load(context, owners, request, &list).await?);
        }
    }
    Ok(pages)
}

/// A page of one owner's: of what was loaded, or else by itself.
pub(super) async fn one<P: Part>(
    context: &Context<'_>,
    loaded: &[Pages<P>],
    owner: Uuid,
    request: PageRequest,
) -> Result<Connection<P::Node>, Error> {
    if let Some(connection) = loaded.iter().find_map(|pages| pages.of(owner, request)) {
        return Ok(connection);
    }
    let pages = Pages::<P>::load(context, &[owner], request, &context.look_ahead()).await?;
    pages.of(owner, request).ok_or_else(|| internal(P::FIELD, &Missing))
}

#[derive(Debug, thiserror::Error)]
#[error("a page was not loaded")]
struct Missing;

/// The pages of one list that `selected` asks for: aliases may ask for several.
///
/// # Errors
/// When they are more than may be asked for at once.
pub(super) fn asked_for<P: Part>(selected: &Lookahead<'_>) -> Result<BTreeSet<PageRequest>, Error> {
    // One that is refused is refused where it is resolved.
    Ok(windows_of(selected, P::FIELD)?.iter().filter_map(|window| window.page(P::LIST.whole()).ok()).collect())
}

/// The different pages of the list `field` that `selected` asks for, whoever's it is.
///
/// # Errors
/// When they are more than may be asked for at once.
pub(super) fn windows_of(selected: &Lookahead<'_>, field: &str) -> Result<BTreeSet<Window>, Error> {
    let fields = selected.field(field).selection_fields();
    let windows: BTreeSet<Window> = fields.iter().filter_map(window_of_field).collect();
    if windows.len() > MOST_PAGES {
        return Err(too_complex(&format!("`{field}` may be asked for {MOST_PAGES} different pages at once")));
    }
    Ok(windows)
}

/// What a field of the query asks for, if its arguments are of the right types.
pub(super) fn window_of_field(field: &SelectionField<'_>) -> Option<Window> {
    let arguments = field.arguments().ok()?;
    let argument = |name: &str| arguments.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let number = |name| match argument(name) {
        None | Some(Value::Null) => Some(None),
        Some(Value::Number(number)) => Some(Some(i32::try_from(number.as_i64()?).ok()?)),
        Some(_) => None,
    };
    let cursor = |name| match argument(name) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(cursor)) => Some(Some(cursor.clone())),
        Some(_) => None,
    };
    Some(Window { first: number("first")?, after: cursor("after")?, last: number("last")?, before: cursor("before")? })
}
