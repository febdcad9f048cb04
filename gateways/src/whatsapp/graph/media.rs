//! Files: given to Meta, and fetched from it.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::CONTENT_TYPE;
use sha2::Sha256;
use url::Url;

use super::failure::CallFailure;
use super::limits::{AUDIO_BYTES, DOCUMENT_BYTES, IMAGE_BYTES, STICKER_BYTES, VIDEO_BYTES};
use super::token::AccessToken;
use super::{Graph, ask, reading};
use crate::wire::{self, MOST_OF_AN_ANSWER, Unread};

/// The slowest that a file is waited for, in bytes a second, beyond the patience for every call.
const SLOWEST: u64 = 128 << 10;

/// The SHA-256 of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

/// A file for Meta.
#[derive(Clone, Copy)]
pub struct Upload<'a> {
    /// What it is: `image/jpeg`.
    pub mime_type: &'a str,
    /// What it is called. What is no name of a file is replaced.
    pub filename: &'a str,
    /// All of it.
    pub bytes: &'a [u8],
}

/// Where Meta keeps a file. Everything of it but the id was said by whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Meta's id of it.
    pub id: String,
    /// Where it is fetched, for five minutes, with the token.
    pub url: Url,
    /// What it is said to be.
    pub mime_type: String,
    /// What it must come to.
    pub sha256: Digest,
    /// How many bytes it is said to have.
    pub size: Option<u64>,
}

impl Digest {
    /// Of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Digest::finalize(<Sha256 as sha2::Digest>::new_with_prefix(bytes)).into())
    }

    /// Reads it as Meta writes it: in hex, when asked for a file; in Base64, in webhooks.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut digest = [0; 32];
        if hex::decode_to_slice(text, &mut digest).is_ok() {
            return Some(Self(digest));
        }
        STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// Its 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Debug for Digest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Debug for Upload<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("mime_type", &self.mime_type).field("bytes", &self.bytes.len()).finish()
    }
}

impl Graph {
    /// Gives Meta a file to send from the number with Meta's id `phone_number_id`. The id it has then is good for 30 days.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub async fn upload_media(
        &self,
        token: &AccessToken,
        phone_number_id: &str,
        file: Upload<'_>,
    ) -> Result<String, CallFailure> {
        let never = |reason: String| CallFailure::NeverValid { reason };
        let url = self
            .address(phone_number_id, Some("media"))
            .ok_or_else(|| never("the number's id is none of Meta's".to_owned()))?;
        let most = most_of(file.mime_type).ok_or_else(|| never("the file's type is none".to_owned()))?;
        if !(1..=most).contains(&file.bytes.len()) {
            return Err(never(format!("the file has {} bytes, of 1 to {most}", file.bytes.len())));
        }
        let (boundary, form) = form(file);
        let request = self
            .client
            .post(url)
            .timeout(self.patience_for(file.bytes.len() as u64))
            .header(CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
            .body(form);
        let told = ask::asked(token, request, MOST_OF_AN_ANSWER).await?;
        reading::text(&told["id"])
            .ok_or_else(|| CallFailure::Unknown { reason: "an answer without the file's id".to_owned() })
    }

    /// Where Meta keeps the file `media_id`, which came to the number with Meta's id `phone_number_id` where that is given.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub async fn media(
        &self,
        token: &AccessToken,
        media_id: &str,
        phone_number_id: Option<&str>,
    ) -> Result<Media, CallFailure> {
        let mut url = self
            .address(media_id, None)
            .ok_or_else(|| CallFailure::NeverValid { reason: "the file's id is none of Meta's".to_owned() })?;
        if let Some(id) = phone_number_id {
            url.query_pairs_mut().append_pair("phone_number_id", id);
        }
        let told = ask::asked(token, self.client.get(url), MOST_OF_AN_ANSWER).await?;
        let media = || {
            Some(Media {
                id: reading::text(&told["id"]).filter(|id| id == media_id)?,
                url: Url::parse(told["url"].as_str()?).ok()?,
                mime_type: reading::text(&told["mime_type"])?,
                sha256: Digest::parse(told["sha256"].as_str()?)?,
                size: reading::count(&told["file_size"]),
            })
        };
        media().ok_or_else(|| CallFailure::Unknown { reason: "an answer without the file".to_owned() })
    }

    /// Fetches a file, and holds it against its digest. All of it is in memory: at most 100 MB.
    ///
    /// # Errors
    /// [`CallFailure`]. After [`CallFailure::Unknown`], its address may be over: ask for it anew.
    pub async fn download(&self, token: &AccessToken, media: &Media) -> Result<Vec<u8>, CallFailure> {
        let too_large = || CallFailure::NeverValid { reason: format!("the file has over {DOCUMENT_BYTES} bytes") };
        if media.size.is_some_and(|size| size > DOCUMENT_BYTES as u64) {
            return Err(too_large());
        }
        // Who plays Meta on this machine may keep files here. Meta does not send us, with a token, to what else is here.
        let follows = media.url.scheme() == "https" || self.base.scheme() == "http";
        if !follows || !wire::carries_secrets(&media.url) {
            return Err(CallFailure::NeverValid { reason: "the file is kept where no token is shown".to_owned() });
        }
        let patience = self.patience_for(media.size.unwrap_or(DOCUMENT_BYTES as u64));
        let mut answer = ask::begun(token, self.client.get(media.url.clone()).timeout(patience)).await?;
        let status = answer.status();
        if !status.is_success() {
            ask::told(token, &mut answer, MOST_OF_AN_ANSWER).await?;
            return Err(ask::unreadable(status));
        }
        let bytes = wire::up_to(&mut answer, DOCUMENT_BYTES).await.map_err(|unread| match unread {
            Unread::TooLong => too_large(),
            Unread::BrokenOff => CallFailure::Unknown { reason: "a file that breaks off".to_owned() },
        })?;
        // A page, or another file, is none that anybody sent.
        if Digest::of(&bytes) != media.sha256 {
            return Err(CallFailure::Unknown { reason: "another file than was told of".to_owned() });
        }
        Ok(bytes)
    }

    /// How long a file of `size` bytes may take.
    fn patience_for(&self, size: u64) -> Duration {
        self.patience.saturating_add(Duration::from_secs(size / SLOWEST))
    }
}

/// Most bytes of a file of this type; nothing if it is no type.
fn most_of(mime_type: &str) -> Option<usize> {
    let (kind, rest) = mime_type.split_once('/')?;
    let is_type = !kind.is_empty()
        && !rest.is_empty()
        && mime_type.len() <= 256
        && mime_type.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    is_type.then_some(match (kind, rest) {
        ("image", "webp") => STICKER_BYTES,
        ("image", _) => IMAGE_BYTES,
        ("audio", _) => AUDIO_BYTES,
        ("video", _) => VIDEO_BYTES,
        _ => DOCUMENT_BYTES,
    })
}

/// The form that a file goes in (`multipart/form-data`), and what is between its parts.
fn form(file: Upload<'_>) -> (String, Vec<u8>) {
    // Nobody can make a file in which its own digest stands, nor these 24 bytes of it: a boundary has at most 70 letters.
    let boundary = format!("leadflow{}", hex::encode(&Digest::of(file.bytes).0[..24]));
    let Upload { mime_type, bytes, .. } = file;
    let filename = plain(file.filename);
    let mut form = Vec::with_capacity(bytes.len() + 1024);
    for (name, value) in [("messaging_product", "whatsapp"), ("type", mime_type)] {
        let field = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        form.extend_from_slice(field.as_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\nContent-Type: {mime_type}\r\n\r\n"
    );
    form.extend_from_slice(head.as_bytes());
    form.extend_from_slice(bytes);
    form.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (boundary, form)
}

/// A file's name that is no path and breaks no header.
fn plain(filename: &str) -> String {
    let last = filename.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|one| !one.is_control() && *one != '"').take(200).collect();
    if plain.trim_matches(['.', ' ']).is_empty() { "file".to_owned() } else { plain }
}
