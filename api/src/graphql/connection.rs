//! Relay connections: pages from both ends, edges, and keyset cursors that name a row's place in their list.

use std::borrow::Cow;
use std::fmt::Debug;

use async_graphql::{ContainerType, Error, Object, OutputType, SimpleObject, TypeName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use leadflow_projections::{End, Keyset, PageRequest};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::failure::{bad_cursor, bad_input};
use super::in_order::{InOrder, Rows};
use super::plain::{Asked, Plain, Writer, by};

/// Rows of a page when neither `first` nor `last` is given.
const DEFAULT_SIZE: i32 = 20;

/// Most rows of a page.
const MOST: i32 = 100;

/// What can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Channels,
    Members,
    Teams,
    Roles,
    ApiKeys,
    Templates,
    ResponseTemplates,
    Contacts,
    MergedContacts,
    PossibleDuplicates,
    Conversations,
    Messages,
    Notes,
    Leads,
    Submissions,
    LeadNotes,
    Sources,
    LeadImports,
    Timeline,
    UsageEvents,
    History,
    Audit,
    Parked,
    WebhookDeliveries,
    Jobs,
    AnalyticsEvents,
}

/// Which list a cursor belongs to, of which order and filter; every other refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scope([u8; 8]);

impl List {
    /// The list, where it comes in one order and whole.
    pub(super) fn whole(self) -> Scope {
        self.narrowed(&())
    }

    /// The list as `arguments` order and narrow it.
    pub(super) fn narrowed(self, arguments: &impl Debug) -> Scope {
        let digest = Sha256::digest(format!("{self:?} {arguments:?}"));
        let mut scope = [0; 8];
        scope.copy_from_slice(&digest[..8]);
        Scope(scope)
    }
}

/// Where a page begins and ends, and whether there is more.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct PageInfo {
    /// Whether there are rows after this page. With `last` it is whether the page was asked for by `before`.
    has_next_page: bool,
    /// Whether there are rows before this page. With `first` it is whether the page was asked for by `after`.
    has_previous_page: bool,
    /// The cursor of the page's first row; the previous page ends before it.
    start_cursor: Option<String>,
    /// The cursor of the page's last row; the next page begins after it.
    end_cursor: Option<String>,
}

/// A row and its place in the list.
#[derive(Debug, Clone)]
pub(super) struct Edge<T> {
    scope: Scope,
    keyset: Keyset,
    node: T,
}

/// A row and its place in the list.
#[Object(name_type)]
impl<T: ContainerType> Edge<T> {
    /// The row's place; pass it as `after` or as `before`.
    async fn cursor(&self) -> String {
        self.place()
    }

    /// The row.
    async fn node(&self) -> InOrder<&T> {
        InOrder(&self.node)
    }
}

impl<T> Edge<T> {
    fn place(&self) -> String {
        encode(self.scope, self.keyset)
    }
}

/// A page of a list.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name_type)]
pub(super) struct Connection<T: ContainerType> {
    /// The rows, each with its cursor.
    edges: Rows<Edge<T>>,
    /// Where the page begins and ends.
    page_info: PageInfo,
    /// How many rows the whole list has, whatever page this is. Counted only when asked for, and then never null.
    total_count: Option<i64>,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

impl<T: ContainerType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: Plain> Plain for Connection<T> {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "edges" => {
                let fields = asked.fields()?;
                by(move |page: &Self, to| fields.write_all(&page.edges.0, to))
            }
            "pageInfo" => asked.object(|page: &Self| Some(&page.page_info)),
            "totalCount" => by(|page: &Self, to| to.put(&page.total_count)),
            _ => None,
        }
    }
}

impl<T: Plain> Plain for Edge<T> {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "cursor" => by(|edge: &Self, to| to.put(&edge.place())),
            "node" => asked.object(|edge: &Self| Some(&edge.node)),
            _ => None,
        }
    }
}

impl Plain for PageInfo {
    fn writer(asked: &Asked<'_, '_>) -> Option<Writer<Self>> {
        match asked.name() {
            "hasNextPage" => by(|page: &Self, to| to.put(&page.has_next_page)),
            "hasPreviousPage" => by(|page: &Self, to| to.put(&page.has_previous_page)),
            "startCursor" => by(|page: &Self, to| to.put(&page.start_cursor)),
            "endCursor" => by(|page: &Self, to| to.put(&page.end_cursor)),
            _ => None,
        }
    }
}

/// Which page of a list a query asks for, as every list takes it.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
}

impl Window {
    /// The page of the list that has this scope.
    pub(super) fn page(&self, scope: Scope) -> Result<PageRequest, Error> {
        let (end, size, name) = match (self.first, self.last) {
            (Some(_), Some(_)) => return Err(bad_input("last", "either `first` or `last` may be given, not both")),
            (None, Some(last)) => (End::Last, last, "last"),
            (first, None) => (End::First, first.unwrap_or(DEFAULT_SIZE), "first"),
        };
        if !(0..=MOST).contains(&size) {
            return Err(bad_input(name, &format!("`{name}` must be 0 to {MOST}")));
        }
        let cursor = |name: &str, cursor: Option<&String>| {
            let place = cursor.map(|cursor| decode(scope, cursor).ok_or_else(|| foreign(name)));
            place.transpose()
        };
        Ok(PageRequest {
            end,
            size: size.unsigned_abs(),
            with_one_more: true,
            after: cursor("after", self.after.as_ref())?,
            before: cursor("before", self.before.as_ref())?,
        })
    }
}

fn foreign(argument: &str) -> Error {
    let message = format!("`{argument}` is not a cursor that this list gave, in this order and with this filter");
    bad_cursor(argument, &message)
}

/// More than anything may cost, and so little that the library can add up as many as a document has.
const PROHIBITIVE: usize = 1 << 32;

/// What a list costs: its rows, each with what is selected of it.
pub(super) fn cost(first: Option<i32>, last: Option<i32>, of_each: usize) -> usize {
    let rows = first.or(last).unwrap_or(DEFAULT_SIZE).clamp(1, MOST).unsigned_abs() as usize;
    1 + rows.saturating_mul(of_each).min(PROHIBITIVE)
}

/// Makes a page of `rows`, which are in the list's order, and at the far end one more than asked for if there is more, and somebody
/// asks for that.
pub(super) fn connection<T: ContainerType>(
    scope: Scope,
    request: PageRequest,
    rows: impl IntoIterator<Item = (Keyset, T)>,
    total_count: Option<i64>,
) -> Connection<T> {
    let size = request.size as usize;
    let mut edges: Vec<Edge<T>> = rows.into_iter().map(|(keyset, node)| Edge { scope, keyset, node }).collect();
    let more = edges.len().saturating_sub(size);
    let (has_previous_page, has_next_page) = match request.end {
        End::First => {
            edges.truncate(size);
            (request.after.is_some(), more > 0)
        }
        End::Last => {
            edges.drain(..more);
            (more > 0, request.before.is_some())
        }
    };
    let cursor = |edge: Option<&Edge<T>>| edge.map(Edge::place);
    let (start_cursor, end_cursor) = (cursor(edges.first()), cursor(edges.last()));
    Connection {
        edges: Rows(edges),
        page_info: PageInfo { has_next_page, has_previous_page, start_cursor, end_cursor },
        total_count,
    }
}

fn encode(Scope(scope): Scope, keyset: Keyset) -> String {
    let mut bytes = scope.to_vec();
    bytes.extend_from_slice(&keyset.rank.to_be_bytes());
    bytes.extend_from_slice(&keyset.at.as_microsecond().to_be_bytes());
    if !keyset.tie.is_nil() {
        bytes.extend_from_slice(keyset.tie.as_bytes());
    }
    bytes.extend_from_slice(keyset.id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(Scope(expected): Scope, cursor: &str) -> Option<Keyset> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (scope, rest) = bytes.split_first_chunk::<8>()?;
    let (rank, rest) = rest.split_first_chunk::<2>()?;
    let (at, rest) = rest.split_first_chunk::<8>()?;
    let (tie, id) = rest.split_last_chunk::<16>()?;
    let keyset = Keyset {
        rank: i16::from_be_bytes(*rank),
        at: Timestamp::from_microsecond(i64::from_be_bytes(*at)).ok()?,
        tie: if tie.is_empty() { Uuid::nil() } else { Uuid::from_slice(tie).ok()? },
        id: Uuid::from_bytes(*id),
    };
    (*scope == expected && keyset.at >= Keyset::EARLIEST).then_some(keyset)
}

#[cfg(test)]
mod tests {
    use async_graphql::Value;

    use super::*;

    /// A row.
    #[derive(SimpleObject)]
    struct Nth {
        nth: String,
    }

    fn keyset() -> Keyset {
        let at = Timestamp::from_microsecond(1_763_712_000_000_001).unwrap();
        Keyset { rank: -3, ..Keyset::new(at, Uuid::from_u128(7)) }
    }

    fn after(cursor: &str) -> Window {
        Window { after: Some(cursor.to_owned()), ..Window::default() }
    }

    fn before(cursor: &str) -> Window {
        Window { before: Some(cursor.to_owned()), ..Window::default() }
    }

    #[test]
    fn a_cursor_comes_back_to_its_own_list_only() {
        let leads = List::Leads.narrowed(&"NEW");
        for keyset in [keyset(), Keyset { tie: Uuid::from_u128(9), ..keyset() }] {
            assert_eq!(after(&encode(leads, keyset)).page(leads).unwrap().after, Some(keyset));
        }
        let cursor = encode(leads, keyset());
        assert_eq!(before(&cursor).page(leads).unwrap().before, Some(keyset()));
        for other in [List::Leads.whole(), List::Leads.narrowed(&"QUALIFIED"), List::Messages.narrowed(&"NEW")] {
            for (window, argument) in [(after(&cursor), "after"), (before(&cursor), "before")] {
                let told = window.page(other).unwrap_err().extensions.unwrap();
                assert_eq!(told.get("code"), Some(&Value::from("INVALID_CURSOR")));
                assert_eq!(told.get("field"), Some(&Value::from(argument)));
            }
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let scope = List::Leads.whole();
        let cursor = encode(scope, keyset());
        let never = encode(scope, Keyset { at: Timestamp::MIN, ..keyset() });
        for odd in ["", "x", "\u{1f4a5}", "\0", &cursor[1..], &format!("{cursor}AA"), &never, &"A".repeat(100_000)] {
            assert!(after(odd).page(scope).is_err(), "{odd}");
            assert!(before(odd).page(scope).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_page_has_0_to_100_rows_from_one_end() {
        let page = |first, last| Window { first, last, ..Window::default() }.page(List::Leads.whole());
        assert_eq!(page(None, None).unwrap(), PageRequest::first(20));
        assert_eq!(page(Some(0), None).unwrap(), PageRequest::first(0));
        assert_eq!(page(None, Some(100)).unwrap(), PageRequest::last(100));
        for odd in [-1, 101, i32::MIN, i32::MAX] {
            assert!(page(Some(odd), None).unwrap_err().message.contains("`first`"), "{odd}");
            assert!(page(None, Some(odd)).unwrap_err().message.contains("`last`"), "{odd}");
        }
        assert!(page(Some(1), Some(1)).is_err());
    }

    #[test]
    fn a_page_says_what_is_beyond_its_ends() {
        let scope = List::Leads.whole();
        let place = |nth: u128| Keyset { id: Uuid::from_u128(nth), ..keyset() };
        let shown = |request: PageRequest, rows: std::ops::Range<u128>| {
            let made = connection(scope, request, rows.map(|nth| (place(nth), Nth { nth: nth.to_string() })), None);
            let nodes: Vec<_> = made.edges.0.iter().map(|edge| edge.node.nth.clone()).collect();
            assert_eq!(made.page_info.start_cursor, made.edges.0.first().map(Edge::place));
            assert_eq!(made.page_info.end_cursor, made.edges.0.last().map(Edge::place));
            (nodes.join(" "), made.page_info.has_previous_page, made.page_info.has_next_page)
        };
        let (first, last) = (PageRequest::first(2), PageRequest::last(2));
        assert_eq!(shown(first, 1..4), ("1 2".to_owned(), false, true));
        assert_eq!(shown(first, 1..3), ("1 2".to_owned(), false, false));
        assert_eq!(shown(PageRequest { after: Some(place(2)), ..first }, 3..5), ("3 4".to_owned(), true, false));
        assert_eq!(shown(last, 2..5), ("3 4".to_owned(), true, false));
        assert_eq!(shown(last, 3..5), ("3 4".to_owned(), false, false));
        assert_eq!(shown(PageRequest { before: Some(place(3)), ..last }, 1..3), ("1 2".to_owned(), false, true));
        assert_eq!(shown(PageRequest::first(0), 1..2), (String::new(), false, true));
        assert_eq!(shown(PageRequest::last(0), 4..5), (String::new(), true, false));
        assert_eq!(shown(first, 0..0), (String::new(), false, false));
    }
}
