//! How the API spells the values of its enums, where they stand in opaque names and in messages.

use async_graphql::resolver_utils::EnumType;

/// As clients write it.
pub(super) fn spell<T: EnumType>(value: T) -> &'static str {
    // Every value is among the items.
    T::items().iter().find(|item| item.value == value).map_or("", |item| item.name)
}

/// What clients write so.
pub(super) fn read<T: EnumType>(text: &str) -> Option<T> {
    T::items().iter().find(|item| item.name == text).map(|item| item.value)
}
