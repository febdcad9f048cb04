//! What messages are made of, but for those a customer picks from and templates.

use super::super::refusal::Refusal;
use super::super::said::Said;
use super::envelope::message_id;

const LONGEST_TEXT: usize = 4_096;
pub(super) const LONGEST_CAPTION: usize = 1_024;

/// A medium that was uploaded before.
#[derive(Debug, Clone)]
pub(in super::super) struct Uploaded<'a> {
    pub(in super::super) id: &'a str,
    /// Where it is named.
    pub(in super::super) place: String,
    /// `image`, `video` and so on.
    pub(in super::super) kind: &'a str,
}

pub(super) fn text(text: &Said<'_>) -> Result<(), Refusal> {
    text.only(&["body", "preview_url"])?;
    text.required("body")?.some_text(LONGEST_TEXT)?;
    text.optional("preview_url")?.map_or(Ok(false), |preview| preview.boolean())?;
    Ok(())
}

pub(super) fn media<'a>(kind: &'a str, media: &Said<'a>) -> Result<Option<Uploaded<'a>>, Refusal> {
    let more: &[&str] = match kind {
        "document" => &["id", "link", "caption", "filename"],
        "image" | "video" => &["id", "link", "caption"],
        "audio" => &["id", "link", "voice"],
        _ => &["id", "link"],
    };
    media.only(more)?;
    if let Some(caption) = media.optional("caption")? {
        caption.text(0..=LONGEST_CAPTION)?;
    }
    if let Some(filename) = media.optional("filename")? {
        filename.some_text(240)?;
    }
    if let Some(voice) = media.optional("voice")? {
        voice.boolean()?;
    }
    uploaded(kind, media)
}

/// One of `id` and `link`.
pub(super) fn uploaded<'a>(kind: &'a str, media: &Said<'a>) -> Result<Option<Uploaded<'a>>, Refusal> {
    match (media.optional("id")?, media.optional("link")?) {
        (Some(id), None) => {
            let place = id.place().to_owned();
            Ok(Some(Uploaded { id: id.some_text(64)?, place, kind }))
        }
        (None, Some(link)) => link.secure_link().map(|_| None),
        (None, None) => Err(Refusal::new(131_008, format!("{} needs an id or a link.", media.place()))),
        (Some(_), Some(_)) => Err(media.wrong("has both an id and a link")),
    }
}

pub(super) fn location(location: &Said<'_>) -> Result<(), Refusal> {
    location.only(&["latitude", "longitude", "name", "address"])?;
    location.required("latitude")?.number(-90.0..=90.0)?;
    location.required("longitude")?.number(-180.0..=180.0)?;
    for words in ["name", "address"] {
        location.optional(words)?.map_or(Ok(""), |words| words.text(0..=1_000))?;
    }
    Ok(())
}

pub(super) fn reaction(reaction: &Said<'_>) -> Result<(), Refusal> {
    reaction.only(&["message_id", "emoji"])?;
    message_id(&reaction.required("message_id")?)?;
    // Empty removes it. One emoji may be of many characters, and none is a letter.
    let emoji = reaction.required("emoji")?;
    if emoji.text(0..=16)?.chars().any(|character| character.is_ascii_alphabetic() || character == ' ') {
        return Err(emoji.wrong("is no emoji"));
    }
    Ok(())
}

pub(super) fn contacts(contacts: &Said<'_>) -> Result<(), Refusal> {
    const NAMES: [&str; 6] = ["formatted_name", "first_name", "last_name", "middle_name", "prefix", "suffix"];
    for contact in contacts.list(1..=257)? {
        contact.only(&["name", "phones", "emails", "addresses", "org", "urls", "birthday"])?;
        let name = contact.required("name")?;
        name.only(&NAMES)?;
        name.required("formatted_name")?.some_text(1_024)?;
        let mut has_more = false;
        for part in &NAMES[1..] {
            has_more |= name.optional(part)?.map(|part| part.some_text(1_024)).transpose()?.is_some();
        }
        if !has_more {
            return Err(Refusal::new(131_008, format!("{} needs a part beside formatted_name.", name.place())));
        }
        list_of(&contact, "phones", &["phone", "type", "wa_id"])?;
        list_of(&contact, "emails", &["email", "type"])?;
        list_of(&contact, "urls", &["url", "type"])?;
        let address = ["street", "city", "state", "zip", "country", "country_code", "type"];
        list_of(&contact, "addresses", &address)?;
        if let Some(org) = contact.optional("org")? {
            org.only(&["company", "department", "title"])?;
        }
        if let Some(birthday) = contact.optional("birthday")? {
            birthday.text(10..=10)?;
        }
    }
    Ok(())
}

/// A list of objects of words.
fn list_of(contact: &Said<'_>, key: &str, words: &[&str]) -> Result<(), Refusal> {
    let Some(list) = contact.optional(key)? else { return Ok(()) };
    for item in list.list(0..=100)? {
        item.only(words)?;
        for word in words {
            item.optional(word)?.map_or(Ok(""), |word| word.text(0..=1_024))?;
        }
    }
    Ok(())
}
