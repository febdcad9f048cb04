//! Origins of web pages, as browsers spell them.

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use super::listed::Listed;

/// Origins: a list, or a text with commas between them, as the environment has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Origins(Vec<String>);

impl Origins {
    /// All of them.
    #[must_use]
    pub fn to_vec(&self) -> Vec<String> {
        self.0.clone()
    }
}

impl<'de> Deserialize<'de> for Origins {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Listed::deserialize(deserializer)?.into_vec();
        match written.iter().find(|origin| !is_origin(origin)) {
            None => Ok(Self(written)),
            Some(wrong) => {
                let expected = "an origin of allowed_origins: http or https, `://`, a host in small letters, and a port \
                                where it is not the scheme's own; nothing behind it";
                Err(D::Error::invalid_value(Unexpected::Str(wrong), &expected))
            }
        }
    }
}

/// Another spelling would never be met: browsers send this one.
fn is_origin(text: &str) -> bool {
    let (rest, default_port) = match text.split_once("://") {
        Some(("https", rest)) => (rest, ":443"),
        Some(("http", rest)) => (rest, ":80"),
        Some(_) | None => return false,
    };
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]_".contains(&byte);
    !rest.is_empty() && rest.bytes().all(fits) && !rest.ends_with(default_port) && !rest.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_browsers_send() {
        for origin in ["https://desk.example", "http://localhost:5173", "https://[::1]:8443", "https://desk.example:80"]
        {
            assert!(is_origin(origin), "{origin}");
        }
        for wrong in [
            "desk.example",
            "https://",
            "https://desk.example/",
            "https://Desk.example",
            "https://desk.example:443",
            "http://desk.example:80",
            "https://desk.example:",
            "https://*.example",
            "null",
            "*",
            "ftp://desk.example",
        ] {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }
}
