//! The text of a file, whatever it is encoded in. What is stored, and read later, is UTF-8.
//!
//! A mark at the beginning says what it is. Without one it is UTF-8, as long as it is; what is plain ASCII up to its first other
//! byte, and no UTF-8 there, is Windows-1252, as older spreadsheets write it. What was UTF-8 before can't be that.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a file is encoded in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without a mark at its beginning.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, the smaller byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, the larger byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1252, of which ISO 8859-1 is a part.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl Encoding {
    const ALL: [Self; 4] = [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Windows1252];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// It names no encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be utf-8, utf-16le, utf-16be or windows-1252")]
pub struct UnknownEncoding;

impl FromStr for Encoding {
    type Err = UnknownEncoding;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(text)).ok_or(UnknownEncoding)
    }
}

/// Why a file's bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoText {
    /// It begins as files of other programs do.
    #[error("this is {0}, and no CSV: save it as CSV first")]
    AnotherFormat(&'static str),
    /// It has bytes that no text has.
    #[error("this is no text: it has zero bytes. If it is UTF-16, say so with `encoding`, or save it as UTF-8")]
    Binary,
    /// A byte that the encoding has not.
    #[error(
        "byte {at} is not {encoding}; if the file is encoded otherwise, say so with `encoding`, or save it as UTF-8"
    )]
    NotSo {
        /// Where, counted from 1.
        at: u64,
        /// What it was taken for.
        encoding: Encoding,
    },
}

/// Makes UTF-8 of bytes as they come.
#[derive(Debug)]
pub(crate) struct Decoder {
    /// None while all was ASCII, and nothing was said.
    encoding: Option<Encoding>,
    is_begun: bool,
    /// The beginning of a character whose end is yet to come: three bytes at most.
    rest: Vec<u8>,
    /// Bytes that were read.
    read: u64,
}

/// Beginnings of files that people take for CSV.
const FORMATS: [(&[u8], &str); 8] = [
    (b"PK\x03\x04", "a spreadsheet of Excel or another zipped file"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet of Excel"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzipped file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"\x28\xb5\x2f\xfd", "a zipped file"),
];

/// How far into a file without a mark zero bytes show that it is no text.
const LOOKED_AT: usize = 4_096;

/// What Windows-1252 has from 0x80 to 0x9F; five of them are nothing, and stand for themselves, as browsers read them.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl Decoder {
    /// Of a file that is said to be encoded so, or of which nothing is said.
    #[must_use]
    pub(crate) fn new(said: Option<Encoding>) -> Self {
        Self { encoding: said, is_begun: false, rest: Vec::new(), read: 0 }
    }

    /// What it is, as far as was read; plain ASCII is UTF-8.
    #[must_use]
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or(Encoding::Utf8)
    }

    /// Puts the text of what comes next behind `text`. The first piece must be long enough to tell what it is, or all there is.
    ///
    /// # Errors
    /// [`NoText`].
    pub(crate) fn decode(&mut self, bytes: &[u8], is_last: bool, text: &mut String) -> Result<(), NoText> {
        let mut bytes = bytes;
        if !self.is_begun {
            self.is_begun = true;
            let mark = self.begin(bytes)?;
            bytes = &bytes[mark..];
            self.read += mark as u64;
        }
        let held = std::mem::take(&mut self.rest);
        let joined;
        let all: &[u8] = if held.is_empty() {
            bytes
        } else {
            joined = [&held, bytes].concat();
            &joined
        };
        let taken = match self.encoding {
            None => self.unsaid(all, is_last, text)?,
            Some(Encoding::Utf8) => self.utf8(all, is_last, text)?,
            Some(Encoding::Windows1252) => {
                text.extend(all.iter().map(|byte| windows_1252(*byte)));
                all.len()
            }
            Some(encoding @ (Encoding::Utf16Le | Encoding::Utf16Be)) => self.utf16(encoding, all, is_last, text)?,
        };
        self.read += taken as u64;
        self.rest = all[taken..].to_vec();
        Ok(())
    }

    /// Looks at the beginning. How long its mark is.
    fn begin(&mut self, bytes: &[u8]) -> Result<usize, NoText> {
        if let Some((_, what)) = FORMATS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
            return Err(NoText::AnotherFormat(what));
        }
        let marks: [(&[u8], Encoding); 3] =
            [(b"\xef\xbb\xbf", Encoding::Utf8), (b"\xff\xfe", Encoding::Utf16Le), (b"\xfe\xff", Encoding::Utf16Be)];
        let marked = marks.into_iter().find(|(mark, _)| bytes.starts_with(mark));
        if let Some((mark, encoding)) = marked
            && self.encoding.is_none_or(|said| said == encoding)
        {
            self.encoding = Some(encoding);
            return Ok(mark.len());
        }
        let is_wide = matches!(self.encoding, Some(Encoding::Utf16Le | Encoding::Utf16Be));
        // One or another may be a slip of a program; text without any letter is none.
        let looked_at = &bytes[..bytes.len().min(LOOKED_AT)];
        let zeros = looked_at.iter().filter(|byte| **byte == 0).count();
        if !is_wide && zeros > 8.max(looked_at.len() / 64) { Err(NoText::Binary) } else { Ok(0) }
    }

    /// All was ASCII by now, and goes on so, or tells what it is.
    fn unsaid(&mut self, all: &[u8], is_last: bool, text: &mut String) -> Result<usize, NoText> {
        let ascii = all.iter().position(|byte| !byte.is_ascii()).unwrap_or(all.len());
        let (plain, other) = all.split_at(ascii);
        text.extend(plain.iter().map(|byte| char::from(*byte)));
        if other.is_empty() {
            return Ok(ascii);
        }
        let first = std::str::from_utf8(&other[..other.len().min(4)]);
        let is_utf8 = match first {
            Ok(_) => true,
            Err(error) if error.valid_up_to() > 0 => true,
            Err(error) => match error.error_len() {
                Some(_) => false,
                None if is_last => false,
                // Its end is yet to come.
                None => return Ok(ascii),
            },
        };
        self.read += ascii as u64;
        let taken = if is_utf8 {
            self.encoding = Some(Encoding::Utf8);
            self.utf8(other, is_last, text)
        } else {
            self.encoding = Some(Encoding::Windows1252);
            text.extend(other.iter().map(|byte| windows_1252(*byte)));
            Ok(other.len())
        };
        self.read -= ascii as u64;
        taken.map(|taken| ascii + taken)
    }

    fn utf8(&self, all: &[u8], is_last: bool, text: &mut String) -> Result<usize, NoText> {
        match std::str::from_utf8(all) {
            Ok(whole) => {
                text.push_str(whole);
                Ok(all.len())
            }
            Err(error) => {
                let valid = error.valid_up_to();
                if error.error_len().is_some() || is_last {
                    return Err(NoText::NotSo { at: self.read + valid as u64 + 1, encoding: Encoding::Utf8 });
                }
                text.push_str(&String::from_utf8_lossy(&all[..valid]));
                Ok(valid)
            }
        }
    }

    fn utf16(&self, encoding: Encoding, all: &[u8], is_last: bool, text: &mut String) -> Result<usize, NoText> {
        let unit = |pair: &[u8; 2]| {
            if encoding == Encoding::Utf16Le { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) }
        };
        let (pairs, odd) = all.as_chunks::<2>();
        let mut whole = pairs.len();
        // Half a character waits for the other half.
        if !is_last && pairs.last().is_some_and(|last| (0xd800..0xdc00).contains(&unit(last))) {
            whole -= 1;
        }
        let not_so = |nth: usize| NoText::NotSo { at: self.read + 2 * nth as u64 + 1, encoding };
        let mut nth = 0;
        for decoded in char::decode_utf16(pairs[..whole].iter().map(unit)) {
            let character = decoded.map_err(|_| not_so(nth))?;
            text.push(character);
            nth += character.len_utf16();
        }
        if is_last && !odd.is_empty() { Err(not_so(whole)) } else { Ok(2 * whole) }
    }
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In pieces of so many bytes; the first one is longer, as callers have it.
    fn decoded(bytes: &[u8], said: Option<Encoding>, piece: usize) -> Result<(String, Encoding), NoText> {
        let mut decoder = Decoder::new(said);
        let mut text = String::new();
        let (first, rest) = bytes.split_at(bytes.len().min(4));
        decoder.decode(first, rest.is_empty(), &mut text)?;
        let pieces: Vec<&[u8]> = rest.chunks(piece).collect();
        for (nth, bytes) in pieces.iter().enumerate() {
            decoder.decode(bytes, nth + 1 == pieces.len(), &mut text)?;
        }
        Ok((text, decoder.encoding()))
    }

    fn is(bytes: &[u8], text: &str, encoding: Encoding) {
        for piece in 1..=7 {
            assert_eq!(decoded(bytes, None, piece), Ok((text.to_owned(), encoding)), "{piece}");
        }
    }

    fn utf16(text: &str, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    }

    const TEXT: &str = "Name;Phone\nZoë 🛋;+39\n";

    #[test]
    fn a_text_is_the_same_however_it_is_encoded_and_cut() {
        is(TEXT.as_bytes(), TEXT, Encoding::Utf8);
        is(format!("\u{feff}{TEXT}").as_bytes(), TEXT, Encoding::Utf8);
        is(&utf16(TEXT, u16::to_le_bytes), TEXT, Encoding::Utf16Le);
        is(&utf16(TEXT, u16::to_be_bytes), TEXT, Encoding::Utf16Be);
        is(b"Name;Price\nZo\xeb;\x805\n", "Name;Price\nZoë;€5\n", Encoding::Windows1252);
        is(b"Name;Caf\xe9", "Name;Café", Encoding::Windows1252);
        is(b"Name,Phone\n", "Name,Phone\n", Encoding::Utf8);
        is(b"", "", Encoding::Utf8);
    }

    #[test]
    fn what_is_said_counts() {
        let plain: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&plain, Some(Encoding::Utf16Le), 3).unwrap().0, TEXT);
        assert_eq!(decoded(b"Zo\xeb", Some(Encoding::Windows1252), 3).unwrap().0, "Zoë");
        assert_eq!(decoded("Zoë".as_bytes(), Some(Encoding::Windows1252), 3).unwrap().0, "ZoÃ«");
        for encoding in Encoding::ALL {
            assert_eq!(encoding.as_str().to_uppercase().parse(), Ok(encoding));
        }
        assert_eq!("latin9".parse::<Encoding>(), Err(UnknownEncoding));
    }

    #[test]
    fn what_is_no_text_is_refused_and_says_where() {
        for piece in 1..=5 {
            let broken = [TEXT.as_bytes(), b"Zo\xeb\n"].concat();
            let at = TEXT.len() as u64 + 3;
            assert_eq!(decoded(&broken, None, piece), Err(NoText::NotSo { at, encoding: Encoding::Utf8 }), "{piece}");
            let cut = &"Name\nZoë 🛋".as_bytes()[..12];
            assert_eq!(decoded(cut, None, piece), Err(NoText::NotSo { at: 11, encoding: Encoding::Utf8 }), "{piece}");
            let mut odd = utf16("Name", u16::to_le_bytes);
            odd.push(0x20);
            assert_eq!(decoded(&odd, None, piece), Err(NoText::NotSo { at: 11, encoding: Encoding::Utf16Le }));
            let lone = [&utf16("ab", u16::to_le_bytes)[..], &[0x00, 0xdc, 0x41, 0x00]].concat();
            assert_eq!(decoded(&lone, None, piece), Err(NoText::NotSo { at: 7, encoding: Encoding::Utf16Le }));
        }
        for (begin, what) in FORMATS {
            let mut decoder = Decoder::new(None);
            let bytes = [begin, b" and more"].concat();
            assert_eq!(decoder.decode(&bytes, true, &mut String::new()), Err(NoText::AnotherFormat(what)));
        }
        let unmarked: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for binary in [unmarked, vec![0; 64], [[1, 0, 0, 2]; 32].concat()] {
            assert_eq!(Decoder::new(None).decode(&binary, true, &mut String::new()), Err(NoText::Binary));
        }
    }
}
