//! What agents write: each message tells which one it is.

use std::fmt;
use std::str::FromStr;

/// Characters of a message.
const LENGTH: usize = 120;

/// Which message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Words {
    /// In which conversation, among the bench's.
    pub(super) conversation: usize,
    /// The how-manieth there, from 0.
    pub(super) nth: usize,
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.conversation, self.nth)
    }
}

impl Words {
    /// The message.
    pub(super) fn text(self) -> String {
        format!("{:<LENGTH$}", format!("{self} is on its way to you."), LENGTH = LENGTH - 1) + "."
    }
}

/// It is none of the bench's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NobodysWords;

impl FromStr for Words {
    type Err = NobodysWords;

    fn from_str(text: &str) -> Result<Self, NobodysWords> {
        let read = || {
            let (conversation, nth) = text.split_once(' ')?.0.split_once('/')?;
            Some(Self { conversation: conversation.parse().ok()?, nth: nth.parse().ok()? })
        };
        read().ok_or(NobodysWords)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_which_one_it_is() {
        let words = Words { conversation: 17, nth: 3 };
        assert_eq!(words.text().chars().count(), LENGTH);
        assert_eq!(words.text().parse(), Ok(words));
        for other in ["", "17", "17/3", "x/3 is", "17/ is"] {
            assert_eq!(other.parse::<Words>(), Err(NobodysWords), "{other}");
        }
    }
}
