//! What a message says: its text, or that there was a file, which is not in the export's text.

use super::{is_mark, words};

/// What stands before what an iPhone writes in somebody's name.
const MARK: char = '\u{200e}';

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Words, without the mark that they were changed.
    Text(String),
    /// A file.
    File(WrittenFile),
    /// It was taken back; what it said is gone.
    Deleted,
    /// WhatsApp's own words in somebody's name: a call, how it is encrypted.
    Notice,
}

/// What is said of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenFile {
    /// What it is, if that is said or its name tells.
    pub kind: Option<FileKind>,
    /// What it is called, if that is said.
    pub name: Option<String>,
    /// What was written below it.
    pub caption: Option<String>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A picture.
    Image,
    /// A film, or a moving picture.
    Video,
    /// A recording or a piece of music.
    Audio,
    /// A sticker.
    Sticker,
    /// Anything else.
    Document,
}

impl FileKind {
    /// By the name of a file.
    fn of_name(name: &str) -> Self {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("jpg" | "jpeg" | "png" | "heic" | "gif") => Self::Image,
            Some("mp4" | "mov" | "3gp" | "mkv") => Self::Video,
            Some("opus" | "ogg" | "m4a" | "mp3" | "aac" | "amr" | "wav") => Self::Audio,
            Some("webp") => Self::Sticker,
            _ => Self::Document,
        }
    }

    /// By what an iPhone calls what it left out.
    fn of_words(words: &str) -> Option<Self> {
        words::KINDS.into_iter().find(|(begin, _)| words.starts_with(begin)).map(|(_, kind)| kind)
    }
}

impl Content {
    /// Reads what stands behind a name, all lines of it.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = without_edit(text.trim_end());
        let bare = plain(text);
        let lower = bare.to_lowercase();
        let sentence = lower.trim_end_matches('.');
        if words::DELETED.contains(&sentence) {
            return Self::Deleted;
        }
        if words::CALLS.contains(&sentence) {
            return Self::Notice;
        }
        if let Some(file) = beside(text).or_else(|| attached(text)).or_else(|| left_out(text)) {
            return Self::File(file);
        }
        if text.starts_with(MARK) && words::SAID_BY_WHATSAPP.iter().any(|begin| lower.starts_with(begin)) {
            return Self::Notice;
        }
        Self::Text(text.trim_start_matches(is_mark).to_owned())
    }
}

/// Without marks, and blanks around it.
fn plain(text: &str) -> String {
    super::plain_name(text)
}

/// Without what says that it was changed.
fn without_edit(text: &str) -> &str {
    let Some((before, last)) = text.rsplit_once('<') else { return text };
    let Some(said) = last.strip_suffix('>') else { return text };
    // What is longer is none of these.
    if said.len() > 100 {
        return text;
    }
    let said = plain(said).to_lowercase();
    if words::EDITED.contains(&said.trim_end_matches('.')) {
        before.trim_end_matches(|letter: char| letter.is_whitespace() || is_mark(letter))
    } else {
        text
    }
}

fn caption(text: &str) -> Option<String> {
    let caption = text.trim_matches(|letter: char| letter.is_whitespace() || is_mark(letter));
    (!caption.is_empty()).then(|| caption.to_owned())
}

fn file(name: &str, caption: Option<String>) -> WrittenFile {
    WrittenFile { kind: Some(FileKind::of_name(name)), name: Some(name.to_owned()), caption }
}

/// `IMG-20231231-WA0001.jpg (file attached)`, and a caption below it.
fn beside(text: &str) -> Option<WrittenFile> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim_matches(|letter: char| letter.is_whitespace() || is_mark(letter));
    let (name, said) = first.rfind(" (").map(|at| (&first[..at], &first[at + 1..]))?;
    (words::BESIDE.contains(&said.to_lowercase().as_str()) && name.contains('.')).then(|| file(name, caption(rest)))
}

/// `<attached: 00000001-PHOTO-2023-12-31-14-05-07.jpg>`, and a caption before it.
fn attached(text: &str) -> Option<WrittenFile> {
    let (before, last) = text.rsplit_once('<')?;
    let (said, name) = last.strip_suffix('>')?.split_once(':')?;
    let (said, name) = (plain(said).to_lowercase(), plain(name));
    let is_so = words::ATTACHED.contains(&said.as_str())
        // In a language that we don't know, what is marked and has a name as a file has.
        || (before.ends_with(MARK) && name.rsplit_once('.').is_some_and(|(_, end)| (2..=5).contains(&end.len())));
    if !is_so || name.is_empty() {
        return None;
    }
    // A document stands there by the name that it had, and with how long it is.
    let document = before.rsplit_once(" • ").map(|(name, _)| plain(name)).filter(|name| !name.is_empty());
    Some(match document {
        Some(name) => WrittenFile { kind: Some(FileKind::Document), name: Some(name), caption: None },
        None => file(&name, caption(before)),
    })
}

/// `<Media omitted>`, and a caption below it; or `image omitted` behind a mark, and a caption before that.
fn left_out(text: &str) -> Option<WrittenFile> {
    let is_said = |words: &str| {
        let mut each = words.split_whitespace();
        words.len() < 60
            && each.clone().count() <= 6
            && each.any(|word| words::LEFT_OUT.iter().any(|begin| word.starts_with(begin)))
    };
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let bare = plain(first);
    if let Some(said) = bare.strip_prefix('<').and_then(|said| said.strip_suffix('>'))
        && is_said(&said.to_lowercase())
    {
        return Some(WrittenFile { kind: None, name: None, caption: caption(rest) });
    }
    let (before, said) = text.rsplit_once(MARK)?;
    let said = plain(said).to_lowercase();
    if !is_said(&said) || said.contains('\n') {
        return None;
    }
    let kind = FileKind::of_words(&said);
    Some(match before.rsplit_once(" • ").map(|(name, _)| plain(name)) {
        Some(name) if !name.is_empty() => {
            WrittenFile { kind: Some(FileKind::Document), name: Some(name), caption: None }
        }
        _ => WrittenFile { kind, name: None, caption: caption(before) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use FileKind::{Audio, Document, Image, Sticker, Video};

    fn file(kind: Option<FileKind>, name: &str, caption: &str) -> Content {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Content::File(WrittenFile { kind, name: some(name), caption: some(caption) })
    }

    fn text(text: &str) -> Content {
        Content::Text(text.to_owned())
    }

    #[test]
    fn what_people_write_is_text() {
        for said in [
            "Is it still there?",
            "a\nb\n\nc",
            "image omitted",
            "I omitted it",
            "<3",
            "a <b> c",
            "see a.jpg",
            "null",
            "photo.jpg (see below)",
            "call me: <now>",
            "<x: y>",
            "Missed voice call?",
            "",
            "• a",
            "I deleted this message",
        ] {
            assert_eq!(Content::read(said), text(said), "{said}");
        }
        assert_eq!(Content::read("\u{200e}hello"), text("hello"), "what nobody knows is not lost");
        assert_eq!(Content::read("a  \n"), text("a"));
    }

    #[test]
    fn a_file_leaves_its_place_or_its_name() {
        for (said, kind, name, caption) in [
            ("<Media omitted>", None, "", ""),
            ("<Media omessi>", None, "", ""),
            ("<Multimedia omitido>", None, "", ""),
            ("<Medien ausgeschlossen>", None, "", ""),
            ("<Médias omis>", None, "", ""),
            ("<Mídia oculta>", None, "", ""),
            ("<Media omitted>\nfrom the garden", None, "", "from the garden"),
            ("\u{200e}image omitted", Some(Image), "", ""),
            ("\u{200e}immagine omessa", Some(Image), "", ""),
            ("\u{200e}Bild weggelassen", Some(Image), "", ""),
            ("\u{200e}video omitted", Some(Video), "", ""),
            ("\u{200e}GIF omitted", Some(Video), "", ""),
            ("\u{200e}audio omesso", Some(Audio), "", ""),
            ("\u{200e}sticker omitted", Some(Sticker), "", ""),
            ("\u{200e}Contact card omitted", None, "", ""),
            ("look \u{200e}image omitted", Some(Image), "", "look"),
            ("offer.pdf • \u{200e}3 pages \u{200e}document omitted", Some(Document), "offer.pdf", ""),
            ("IMG-20231231-WA0001.jpg (file attached)", Some(Image), "IMG-20231231-WA0001.jpg", ""),
            ("\u{200e}PTT-1.opus (file allegato)", Some(Audio), "PTT-1.opus", ""),
            ("STK-1.webp (Datei angehängt)", Some(Sticker), "STK-1.webp", ""),
            ("Ada.vcf (file attached)", Some(Document), "Ada.vcf", ""),
            ("VID-1.mp4 (file attached)\ntwo\nlines", Some(Video), "VID-1.mp4", "two\nlines"),
            ("\u{200e}<attached: 00000001-PHOTO.jpg>", Some(Image), "00000001-PHOTO.jpg", ""),
            ("look \u{200e}<allegato: 1-PHOTO.jpg>", Some(Image), "1-PHOTO.jpg", "look"),
            ("\u{200e}<pièce jointe : 1-PHOTO.jpg>", Some(Image), "1-PHOTO.jpg", ""),
            ("\u{200e}<liitetty: 1-PHOTO.jpg>", Some(Image), "1-PHOTO.jpg", ""),
            ("offer.pdf • \u{200e}3 pages \u{200e}<attached: 00000002-offer.pdf>", Some(Document), "offer.pdf", ""),
        ] {
            assert_eq!(Content::read(said), file(kind, name, caption), "{said}");
        }
    }

    #[test]
    fn what_was_taken_back_says_nothing_and_what_was_changed_says_what_it_says_now() {
        for said in [
            "This message was deleted",
            "This message was deleted.",
            "You deleted this message",
            "\u{200e}This message was deleted.",
            "Questo messaggio è stato eliminato",
            "Se eliminó este mensaje.",
        ] {
            assert_eq!(Content::read(said), Content::Deleted, "{said}");
        }
        for said in [
            "at five <This message was edited>",
            "at five \u{200e}<This message was edited>",
            "at five \u{200e}<Questo messaggio è stato modificato>",
            "at five <Se editó este mensaje.>",
        ] {
            assert_eq!(Content::read(said), text("at five"), "{said}");
        }
    }

    #[test]
    fn whatsapp_s_own_words_are_a_notice() {
        for said in [
            "\u{200e}Messages and calls are end-to-end encrypted. No one outside of this chat can read them.",
            "\u{200e}Missed voice call, \u{200e}Tap to call back",
            "\u{200e}Voice call, \u{200e}5 min",
            "Missed voice call",
            "Videochiamata persa",
            "\u{200e}I messaggi e le chiamate sono crittografati end-to-end.",
        ] {
            assert_eq!(Content::read(said), Content::Notice, "{said}");
        }
    }
}
