//! Lists of texts.

use serde::Deserialize;

/// A list, or a text with commas between its parts, as the environment has it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Listed {
    List(Vec<String>),
    Text(String),
}

impl Listed {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::List(parts) => parts,
            Self::Text(text) => {
                text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
            }
        }
    }
}
