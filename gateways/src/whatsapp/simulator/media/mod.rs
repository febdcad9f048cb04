//! Media: uploaded by businesses, sent by customers, and told of for a while.

mod endpoint;

use std::collections::HashMap;

use axum::body::Bytes;
use sha2::{Digest as _, Sha256};

use super::clock::Clock;
use super::messages::Uploaded;
use super::refusal::Refusal;

pub(super) use endpoint::{LARGEST_UPLOAD, downloaded, medium, uploaded};

const DAY: i64 = 24 * 60 * 60;
/// How long what a business uploaded is kept, in seconds.
const KEPT_UPLOADED: i64 = 30 * DAY;
/// How long what a customer sent is kept, in seconds.
const KEPT_RECEIVED: i64 = 7 * DAY;
/// How long an address is good for, in seconds.
const ADDRESS_LASTS: i64 = 5 * 60;

/// Now, in unix seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day(i64);

impl Day {
    pub(super) fn of(clock: &Clock) -> Self {
        Self(clock.seconds())
    }
}

#[derive(Debug, Clone)]
pub(super) struct Medium {
    number: String,
    pub(super) mime_type: String,
    bytes: Bytes,
    pub(super) sha256: Vec<u8>,
    /// Unix seconds.
    kept_until: i64,
}

#[derive(Debug, Default)]
pub(super) struct Media {
    /// By id.
    kept: HashMap<String, Medium>,
    /// What each address leads to, and until when, in unix seconds.
    addresses: HashMap<String, (String, i64)>,
}

impl Media {
    /// Keeps it under this id, and gives its hash.
    pub(super) fn keep(
        &mut self,
        id: &str,
        number: &str,
        mime_type: &str,
        bytes: Bytes,
        received: bool,
        Day(now): Day,
    ) -> Vec<u8> {
        let sha256 = Sha256::digest(&bytes).to_vec();
        let kept_until = now + if received { KEPT_RECEIVED } else { KEPT_UPLOADED };
        let (number, mime_type) = (number.to_owned(), mime_type.to_owned());
        let medium = Medium { number, mime_type, bytes, sha256: sha256.clone(), kept_until };
        self.kept.insert(id.to_owned(), medium);
        sha256
    }

    pub(super) fn find(&self, id: &str, Day(now): Day) -> Option<&Medium> {
        self.kept.get(id).filter(|medium| now < medium.kept_until)
    }

    /// Whether the number may send it as what it is sent as.
    pub(super) fn may_send(&self, number: &str, sent: &Uploaded<'_>, day: Day) -> Result<(), Refusal> {
        let known = self.find(sent.id, day).filter(|medium| medium.number == number);
        let medium = known.ok_or_else(|| {
            let details = format!("Param {} is not a valid whatsapp business account media attachment ID", sent.place);
            Refusal::new(100, details)
        })?;
        if kind_of(&medium.mime_type).is_some_and(|kind| kind.goes_as(sent.kind)) {
            return Ok(());
        }
        let details = format!("Media of type {} can't be sent as {}.", medium.mime_type, sent.kind);
        Err(Refusal::new(131_053, details))
    }
}

/// A kind of media that WhatsApp carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Audio,
    Document,
    Image,
    Sticker,
    Video,
}

impl Kind {
    /// Most bytes of such as these.
    fn largest(self, bytes: &[u8]) -> usize {
        match self {
            Self::Audio | Self::Video => 16 << 20,
            Self::Document => 100 << 20,
            Self::Image => 5 << 20,
            Self::Sticker if moves(bytes) => 500 << 10,
            Self::Sticker => 100 << 10,
        }
    }

    fn goes_as(self, kind: &str) -> bool {
        let own = match self {
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Image => "image",
            Self::Sticker => "sticker",
            Self::Video => "video",
        };
        kind == own || kind == "document"
    }
}

/// Whether a picture in WebP says that it moves: its first part is an extended header (`VP8X`) with the flag for that.
fn moves(bytes: &[u8]) -> bool {
    const ANIMATION: u8 = 0b10;
    let is_extended = bytes.starts_with(b"RIFF") && bytes.get(8..16) == Some(b"WEBPVP8X");
    is_extended && bytes.get(20).is_some_and(|flags| flags & ANIMATION != 0)
}

fn kind_of(mime_type: &str) -> Option<Kind> {
    let essence = mime_type.split(';').next().unwrap_or_default().trim();
    Some(match essence {
        "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" | "audio/opus" => Kind::Audio,
        "image/jpeg" | "image/png" => Kind::Image,
        "image/webp" => Kind::Sticker,
        "video/mp4" | "video/3gpp" => Kind::Video,
        "text/plain"
        | "application/pdf"
        | "application/msword"
        | "application/vnd.ms-excel"
        | "application/vnd.ms-powerpoint"
        | "application/vnd.openxmlformats-officedocument.presentationml.presentation"
        | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        | "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Kind::Document,
        _ => return None,
    })
}
