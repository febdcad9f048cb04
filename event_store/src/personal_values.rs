//! Who gets to see what events say of people.

/// Whether personal values are opened for a reader. Whoever only counts gets them sealed: it costs less, and what was
/// not opened can't be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonalValues {
    /// Each is there, or was erased.
    Opened,
    /// None can be seen.
    Sealed,
    /// Those in events of these types are opened, and no others can be seen.
    OpenedOf(&'static [&'static str]),
}

impl PersonalValues {
    /// Whether those in events of this type are opened.
    #[must_use]
    pub fn opens(self, event_type: &str) -> bool {
        match self {
            Self::Sealed => false,
            Self::Opened => true,
            Self::OpenedOf(types) => types.contains(&event_type),
        }
    }
}
