//! Relay connections: `first`, `after`, edges, and keyset cursors that name a row's place in their list.

use std::borrow::Cow;

use async_graphql::{Error, OutputType, SimpleObject, TypeName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use leadflow_domain::lead::LeadStatus;
use leadflow_projections::{Keyset, PageRequest};
use uuid::Uuid;

use super::failure::bad_input;

/// Rows of a page when `first` is not given.
const DEFAULT_FIRST: i32 = 20;

/// Most rows of a page.
const MOST: i32 = 100;

/// Which list a cursor belongs to; another list's is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Conversations,
    Messages,
    Notes,
    Leads,
    LeadsOf(LeadStatus),
    Timeline,
    UsageEvents,
    CountedEvents,
    MeasuredDurations,
}

impl List {
    fn tag(self) -> u8 {
        match self {
            Self::Conversations => b'c',
            Self::Messages => b'm',
            Self::Notes => b'n',
            Self::Leads => b'l',
            Self::LeadsOf(LeadStatus::New) => b'N',
            Self::LeadsOf(LeadStatus::Qualified) => b'Q',
            Self::LeadsOf(LeadStatus::Disqualified) => b'D',
            Self::Timeline => b't',
            Self::UsageEvents => b'u',
            Self::CountedEvents => b'e',
            Self::MeasuredDurations => b'd',
        }
    }
}

/// Where a page ends, and whether there is more.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct PageInfo {
    /// Whether there are rows after this page.
    has_next_page: bool,
    /// The cursor of the page's last row; the next page begins after it.
    end_cursor: Option<String>,
}

/// A row and its place in the list.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name_type)]
pub(super) struct Edge<T: OutputType> {
    /// The row's place; pass it as `after`.
    cursor: String,
    /// The row.
    node: T,
}

/// A page of a list.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name_type)]
pub(super) struct Connection<T: OutputType> {
    /// The rows, each with its cursor.
    edges: Vec<Edge<T>>,
    /// Where the page ends.
    page_info: PageInfo,
    /// How many rows the whole list has. Counted only when asked for.
    total_count: Option<i64>,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

/// Reads `first` and `after`.
pub(super) fn page(list: List, first: Option<i32>, after: Option<&str>) -> Result<PageRequest, Error> {
    let first = first.unwrap_or(DEFAULT_FIRST);
    if !(0..=MOST).contains(&first) {
        return Err(bad_input(&format!("`first` must be 0 to {MOST}")));
    }
    let after = match after {
        None => None,
        Some(cursor) => {
            Some(decode(list, cursor).ok_or_else(|| bad_input("`after` is not a cursor that this list gave"))?)
        }
    };
    Ok(PageRequest { first: first.unsigned_abs(), after })
}

/// What a list costs: its rows, each with what is selected of it.
pub(super) fn cost(first: Option<i32>, of_each: usize) -> usize {
    let rows = first.unwrap_or(DEFAULT_FIRST).clamp(1, MOST).unsigned_abs() as usize;
    1 + rows.saturating_mul(of_each)
}

/// Makes a page of `rows`, which are one more than asked for if there is a next page.
pub(super) fn connection<T: OutputType>(
    list: List,
    request: PageRequest,
    rows: impl IntoIterator<Item = (Keyset, T)>,
    total_count: Option<i64>,
) -> Connection<T> {
    let first = request.first as usize;
    let mut edges: Vec<Edge<T>> =
        rows.into_iter().map(|(keyset, node)| Edge { cursor: encode(list, keyset), node }).collect();
    let has_next_page = edges.len() > first;
    edges.truncate(first);
    let end_cursor = edges.last().map(|edge| edge.cursor.clone());
    Connection { edges, page_info: PageInfo { has_next_page, end_cursor }, total_count }
}

fn encode(list: List, keyset: Keyset) -> String {
    let mut bytes = vec![list.tag()];
    bytes.extend_from_slice(&keyset.at.as_microsecond().to_be_bytes());
    bytes.extend_from_slice(keyset.id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(list: List, cursor: &str) -> Option<Keyset> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (tag, rest) = bytes.split_first()?;
    let (at, id) = rest.split_first_chunk::<8>()?;
    let keyset =
        Keyset { at: Timestamp::from_microsecond(i64::from_be_bytes(*at)).ok()?, id: Uuid::from_slice(id).ok()? };
    (*tag == list.tag()).then_some(keyset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyset() -> Keyset {
        Keyset { at: Timestamp::from_microsecond(1_763_712_000_000_001).unwrap(), id: Uuid::from_u128(7) }
    }

    #[test]
    fn a_cursor_comes_back_to_its_own_list_only() {
        let cursor = encode(List::Leads, keyset());
        assert_eq!(page(List::Leads, Some(5), Some(&cursor)).unwrap().after, Some(keyset()));
        for cursor in [cursor.as_str(), "", "x", "💥", &cursor[1..], &format!("{cursor}AA")] {
            assert!(page(List::Messages, None, Some(cursor)).is_err(), "{cursor}");
        }
    }

    #[test]
    fn a_page_has_0_to_100_rows() {
        assert_eq!(page(List::Leads, None, None).unwrap().first, 20);
        for first in [-1, 101, i32::MIN, i32::MAX] {
            assert!(page(List::Leads, Some(first), None).is_err(), "{first}");
        }
    }
}
