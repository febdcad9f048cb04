//! Takes a file in as it comes: made UTF-8, looked at, sealed and stored piece by piece where files of leads are. What is no chat is
//! refused as soon as that shows.

use axum::body::Bytes;
use futures_util::{Stream, StreamExt};
use leadflow_gateways::whatsapp::export::{Survey, Surveyed};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::not_imported::NotImported;
use crate::lead_imports::{Decoder, Encoding, Files, NoText, Pace};

/// Bytes that a file may have.
pub const MOST_BYTES: u64 = 50 << 20;

/// Bytes by which it is told that a file is text.
const LOOKED_AT: usize = 16 << 10;

/// Bytes of text that are stored at a time.
const PIECE: usize = 256 << 10;

/// Takes a file in, as the text of `import`; `came` is told how many bytes are there. What was found out, and how long its text is.
pub(super) async fn take_in<E>(
    (files, import): (&Files, Uuid),
    survey: Survey,
    most: u64,
    pieces: impl Stream<Item = Result<Bytes, E>>,
    came: impl Fn(u64),
) -> Result<(Surveyed, i64), NotImported> {
    let mut coming = Coming {
        files,
        import,
        survey,
        // Whatever a phone writes is UTF-8; somebody may have saved it otherwise.
        decoder: Decoder::new(None),
        first: Vec::new(),
        is_begun: false,
        text: String::new(),
        stored: 0,
    };
    let (mut pieces, mut pace, mut bytes) = (std::pin::pin!(pieces), Pace::default(), 0);
    loop {
        let asked = Instant::now();
        let next = timeout(pace.left(), pieces.next()).await.map_err(|_| NotImported::TooSlow)?;
        let Some(piece) = next else { break };
        let piece = piece.map_err(|_| NotImported::EndedEarly)?;
        pace.came(piece.len(), asked.elapsed());
        bytes += piece.len() as u64;
        if bytes > most {
            return Err(NotImported::TooLarge);
        }
        for part in piece.chunks(PIECE) {
            coming.part(part).await?;
        }
        came(bytes);
    }
    coming.complete().await
}

/// A file, as far as it has come.
struct Coming<'a> {
    files: &'a Files,
    import: Uuid,
    survey: Survey,
    decoder: Decoder,
    /// What has come and is not looked at yet.
    first: Vec<u8>,
    is_begun: bool,
    /// Its text that is not stored yet.
    text: String,
    stored: i64,
}

impl Coming<'_> {
    async fn part(&mut self, part: &[u8]) -> Result<(), NotImported> {
        if self.is_begun {
            return self.decode(part, false).await;
        }
        self.first.extend_from_slice(part);
        if self.first.len() < LOOKED_AT {
            return Ok(());
        }
        let first = std::mem::take(&mut self.first);
        self.is_begun = true;
        self.decode(&first, false).await
    }

    async fn decode(&mut self, bytes: &[u8], is_last: bool) -> Result<(), NotImported> {
        let before = self.text.len();
        self.decoder.decode(bytes, is_last, &mut self.text).map_err(no_text)?;
        // Read models can't hold it, and nobody sees it.
        if self.text[before..].contains('\0') {
            let clean = self.text[before..].replace('\0', "\u{fffd}");
            self.text.truncate(before);
            self.text.push_str(&clean);
        }
        self.survey.push(&self.text[before..])?;
        if self.text.len() < PIECE && !is_last || self.text.is_empty() {
            return Ok(());
        }
        self.files.add(self.import, self.stored, self.text.as_bytes()).await?;
        self.stored += i64::try_from(self.text.len()).unwrap_or(i64::MAX);
        self.text.clear();
        Ok(())
    }

    async fn complete(mut self) -> Result<(Surveyed, i64), NotImported> {
        let first = std::mem::take(&mut self.first);
        self.decode(&first, true).await?;
        Ok((self.survey.finish()?, self.stored))
    }
}

/// In words for whoever brings a chat.
fn no_text(error: NoText) -> NotImported {
    NotImported::NoText(match error {
        NoText::AnotherFormat(what) => {
            format!(
                "this is {what}, and no text: unpack what WhatsApp exported, and bring the file whose name ends in .txt"
            )
        }
        NoText::Binary => "this is no text: it has zero bytes".to_owned(),
        NoText::NotSo { at, encoding: Encoding::Utf8 } => {
            format!("byte {at} is not UTF-8, as WhatsApp writes it: bring the file as it was exported")
        }
        NoText::NotSo { at, encoding } => format!("byte {at} is not {encoding}: bring the file as it was exported"),
    })
}
