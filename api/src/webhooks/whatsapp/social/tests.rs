//! Items of `messaging`, as they are read.

use leadflow_domain::conversation::{Media, MediaFile};
use serde_json::json;

use super::*;

const ACCOUNT: &str = "117172741761305";
const SHE: &str = "3383290475046708";

/// From her to the account, with `what`.
fn hers(what: &Value) -> Value {
    between(SHE, ACCOUNT, what)
}

fn between(sender: &str, recipient: &str, what: &Value) -> Value {
    let mut told =
        json!({ "sender": { "id": sender }, "recipient": { "id": recipient }, "timestamp": 1_648_581_633_369_i64 });
    told.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
    told
}

fn message(message: &Value) -> Value {
    hers(&json!({ "message": message }))
}

fn read_of(told: &Value) -> Result<Reading, Unreceived> {
    let kind = kind_of(told).unwrap_or_else(|| panic!("{told} is none"));
    read(SocialNetwork::Messenger, Some(ACCOUNT), kind, told)
}

fn inbound(told: &Value) -> Inbound {
    match read_of(told) {
        Ok(Reading::Inbound(inbound)) => *inbound,
        other => panic!("{told}: {other:?}"),
    }
}

fn written(told: &Value) -> Written {
    let Act::Message(written) = inbound(told).act else { panic!("{told}") };
    *written
}

fn she() -> Party {
    Party::scoped(ScopedUser { network: SocialNetwork::Messenger, account: ACCOUNT.to_owned(), id: SHE.to_owned() })
}

fn place() -> Place {
    Place::Account(SocialNetwork::Messenger, ACCOUNT.to_owned())
}

#[test]
fn what_she_writes_is_hers_to_the_account() {
    let read = inbound(&message(&json!({ "mid": "m_1", "text": "Is the blue one still there?" })));
    assert_eq!((read.place, read.sender, &*read.id), (place(), she(), "m_1"));
    assert_eq!((read.name, read.group), (None, None));
    assert_eq!(read.told_at, ToldAt::At(Timestamp::from_millisecond(1_648_581_633_369).unwrap()));
    let body = "Is the blue one still there?".to_owned().into();
    let Act::Message(written) = read.act else { panic!("a message") };
    assert_eq!(*written, Written::of(MessageContent::Text { body }));
}

#[test]
fn whoever_is_the_account_is_not_the_customer() {
    let echo = |told: &Value, entry: Option<&str>| match read(SocialNetwork::Messenger, entry, "echo", told) {
        Ok(Reading::Echo(echo)) => *echo,
        other => panic!("{told}: {other:?}"),
    };
    let flagged =
        json!({ "message": { "mid": "m_2", "text": "It is.", "is_echo": true, "app_id": 263_902_037_430_900_i64 } });
    let read = echo(&between(ACCOUNT, SHE, &flagged), Some(ACCOUNT));
    assert_eq!(
        (read.place, read.recipient, read.via),
        (place(), she(), Via::Other("app_id 263902037430900".to_owned()))
    );
    // Also where Meta does not say so, says it the other way round, or names neither in its entry.
    let bare = json!({ "message": { "mid": "m_2", "text": "It is." } });
    for (told, entry) in [
        (between(ACCOUNT, SHE, &bare), Some(ACCOUNT)),
        (between(SHE, ACCOUNT, &flagged), Some(ACCOUNT)),
        (between(ACCOUNT, SHE, &flagged), Some("another")),
        (between(ACCOUNT, SHE, &flagged), None),
    ] {
        let read = echo(&told, entry);
        assert_eq!((read.place, read.recipient), (place(), she()), "{told} {entry:?}");
    }
    assert_eq!(echo(&between(ACCOUNT, SHE, &bare), Some(ACCOUNT)).via, Via::Other("message_echoes".to_owned()));
    for entry in [Some("another"), None] {
        let told = message(&json!({ "mid": "m_1", "text": "Hi" }));
        let Ok(Reading::Inbound(inbound)) = read_with(entry, &told) else { panic!("{entry:?}") };
        assert_eq!((inbound.place, inbound.sender), (place(), she()));
    }
}

fn read_with(entry: Option<&str>, told: &Value) -> Result<Reading, Unreceived> {
    read(SocialNetwork::Messenger, entry, kind_of(told).unwrap(), told)
}

#[test]
fn the_same_id_at_another_account_or_network_is_somebody_else() {
    let at = |network, account: &str| {
        let told = between(SHE, account, &json!({ "message": { "mid": "m", "text": "Hi" } }));
        let Ok(Reading::Inbound(inbound)) = read(network, None, "message", &told) else { panic!("{told}") };
        inbound.sender
    };
    let all = [(SocialNetwork::Messenger, "1"), (SocialNetwork::Messenger, "2"), (SocialNetwork::Instagram, "1")];
    let people: std::collections::HashSet<Party> = all.map(|(network, account)| at(network, account)).into();
    assert_eq!(people.len(), all.len());
}

#[test]
fn files_stickers_and_places_are_what_they_are() {
    let attached = |attachment: Value| written(&message(&json!({ "mid": "m", "attachments": [attachment] }))).content;
    let url = "https://cdn.example/1";
    let media = |kind: &str| attached(json!({ "type": kind, "payload": { "url": url } }));
    let file = || Media {
        mime_type: None,
        file: MediaFile { url: Some(url.to_owned()), ..MediaFile::default() }.into(),
        caption: None,
    };
    assert_eq!(media("image"), MessageContent::Image(file()));
    assert_eq!(media("video"), MessageContent::Video(file()));
    assert_eq!(media("audio"), MessageContent::Audio { media: file(), voice: false });
    assert_eq!(media("file"), MessageContent::Document(file()));
    let thumb = json!({ "type": "image", "payload": { "url": url, "sticker_id": 369_239_263_222_822_i64 } });
    assert_eq!(attached(thumb), MessageContent::Sticker { media: file(), animated: false });
    let pinned =
        json!({ "type": "location", "title": "Duomo", "payload": { "coordinates": { "lat": 45.4642, "long": 9.19 } } });
    let MessageContent::Location { place } = attached(pinned) else { panic!("a place") };
    assert_eq!(place.known().map(|place| (place.latitude, place.longitude)), Some((45.4642, 9.19)));
    let captioned =
        json!({ "mid": "m", "text": "This one", "attachments": [{ "type": "image", "payload": { "url": url } }] });
    let MessageContent::Image(image) = written(&message(&captioned)).content else { panic!("an image") };
    assert_eq!(image.caption.and_then(|caption| caption.known().cloned()).as_deref(), Some("This one"));
}

#[test]
fn what_can_t_be_shown_as_what_it_is_is_named_and_kept_whole() {
    let named = |told: Value| {
        let MessageContent::Unknown { named, content } = written(&message(&told)).content else { panic!("{told}") };
        (named, content.known().cloned().unwrap())
    };
    let url = "https://cdn.example/1";
    for kind in ["share", "ig_reel", "reel", "story_mention", "ig_post", "template", "of next year"] {
        let told = json!({ "mid": "m", "attachments": [{ "type": kind, "payload": { "url": url, "title": "Sofa" } }] });
        let (name, content) = named(told);
        assert_eq!(name, kind);
        assert!(content.contains(url) && content.contains("Sofa") && !content.contains("mid"), "{content}");
    }
    let image = json!({ "type": "image", "payload": { "url": url } });
    for (told, name) in [
        (json!({ "mid": "m", "attachments": [image, image] }), "attachments"),
        (json!({ "mid": "m", "text": "look", "attachments": [{ "type": "share" }] }), "share"),
        (json!({ "mid": "m", "attachments": [{ "type": "image" }] }), "image"),
        (
            json!({ "mid": "m", "attachments": [{ "type": "location", "payload": { "coordinates": { "lat": 91, "long": 0 } } }] }),
            "location",
        ),
        (json!({ "mid": "m", "attachments": [7] }), "attachment"),
        (json!({ "mid": "m", "attachments": "none" }), "message"),
        (json!({ "mid": "m" }), "message"),
    ] {
        assert_eq!(named(told.clone()).0, name, "{told}");
    }
    let unsupported = message(&json!({ "mid": "m", "is_unsupported": true }));
    assert_eq!(written(&unsupported).content, MessageContent::Unsupported { named: None });
    let link = json!({ "mid": "m", "text": "https://sofa.example", "attachments": [{ "type": "fallback", "title": "Sofas" }] });
    assert!(matches!(written(&message(&link)).content, MessageContent::Text { .. }));
}

#[test]
fn taps_say_what_is_on_the_button() {
    let tap = |text: &str, payload: Option<&str>| MessageContent::Button {
        text: text.to_owned().into(),
        payload: payload.map(|payload| payload.to_owned().into()),
    };
    let quick = json!({ "mid": "m", "text": "Blue", "quick_reply": { "payload": "colour:blue" } });
    assert_eq!(written(&message(&quick)).content, tap("Blue", Some("colour:blue")));
    let pressed = |postback: Value| hers(&json!({ "postback": postback }));
    let began = pressed(
        json!({ "mid": "m_3", "title": "Get started", "payload": "BEGIN", "referral": { "ref": "door", "source": "SHORTLINK" } }),
    );
    let read = inbound(&began);
    assert_eq!(read.id, "m_3");
    let read = written(&began);
    assert_eq!(read.content, tap("Get started", Some("BEGIN")));
    let referral = read.referral.unwrap();
    assert_eq!((referral.source_id.as_deref(), referral.source_type.as_deref()), (Some("door"), Some("shortlink")));
    assert_eq!(written(&pressed(json!({ "mid": "m", "payload": "BEGIN" }))).content, tap("BEGIN", Some("BEGIN")));
    let empty = written(&pressed(json!({ "mid": "m" })));
    assert!(matches!(empty.content, MessageContent::Unknown { named, .. } if named == "postback"));
}

#[test]
fn what_she_answers_and_what_she_came_by_stand_beside_it() {
    let answer = json!({ "mid": "m", "text": "That", "reply_to": { "mid": "m_0" } });
    assert_eq!(written(&message(&answer)).replies_to.as_deref(), Some("m_0"));
    let story =
        json!({ "mid": "m", "text": "Nice", "reply_to": { "story": { "id": "17", "url": "https://cdn.example/s" } } });
    let read = written(&message(&story));
    let referral = read.referral.unwrap();
    assert_eq!((read.replies_to, referral.source_id.as_deref()), (None, Some("17")));
    assert_eq!(
        (referral.source_type.as_deref(), referral.source_url.as_deref()),
        (Some("story"), Some("https://cdn.example/s"))
    );
    let ad = json!({ "ref": "spring", "ad_id": "6045246247433", "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": { "ad_title": "Sofas" } });
    let of_ad = written(&message(&json!({ "mid": "m", "text": "Hi", "referral": ad }))).referral.unwrap();
    assert_eq!((of_ad.source_id.as_deref(), of_ad.headline.as_deref()), (Some("6045246247433"), Some("Sofas")));
    // By itself it is that she came, which is nothing that she wrote.
    let came = inbound(&hers(&json!({ "referral": ad })));
    assert_eq!(came.id, format!("referral:{SHE}:1648581633369"));
    let Act::Message(written) = came.act else { panic!("a message") };
    assert_eq!((written.content, written.referral), (MessageContent::Welcome {}, Some(of_ad)));
}

#[test]
fn acts_are_about_a_message_and_have_names_of_their_own() {
    let act = |what: Value| {
        let inbound = inbound(&hers(&what));
        (inbound.id, inbound.act)
    };
    let original = || "m_1".to_owned();
    let unsent = json!({ "message": { "mid": "m_1", "is_deleted": true } });
    assert_eq!(act(unsent), ("m_1:unsent".to_owned(), Act::Revocation { original: original() }));
    let edited = json!({ "message_edit": { "mid": "m_1", "text": "Blue, I mean", "num_edit": 2 } });
    let content = MessageContent::Text { body: "Blue, I mean".to_owned().into() };
    assert_eq!(act(edited), ("m_1:edit:2".to_owned(), Act::Edit { original: original(), content }));
    let reaction = |said: Value| act(json!({ "reaction": said }));
    let with = |emoji: Option<&str>| Act::Reaction { to: original(), emoji: emoji.map(str::to_owned) };
    let loved = reaction(json!({ "mid": "m_1", "action": "react", "emoji": "❤", "reaction": "love" }));
    let back = reaction(json!({ "mid": "m_1", "action": "unreact", "reaction": "love" }));
    assert_eq!((loved.1, back.1), (with(Some("❤")), with(None)));
    assert_ne!(loved.0, back.0, "in one moment, too");
    assert_eq!(reaction(json!({ "mid": "m_1", "action": "react", "reaction": "other" })).1, with(Some("other")));
    let ours = between(ACCOUNT, SHE, &json!({ "message": { "mid": "m_2", "is_deleted": true, "is_echo": true } }));
    let Ok(Reading::Echo(ours)) = read_of(&ours) else { panic!("the business took it back") };
    assert_eq!(ours.act, Act::Revocation { original: "m_2".to_owned() });
}

#[test]
fn how_far_messages_got_is_told_of_one_or_of_all_until_a_moment() {
    for (what, reached) in [("delivery", DeliveryStatus::Delivered), ("read", DeliveryStatus::Read)] {
        let told = |inside: Value| read_of(&hers(&json!({ (what): inside })));
        for inside in [json!({ "mid": "m_1" }), json!({ "mids": ["m_1"], "watermark": 1_648_581_633_369_i64 })] {
            let Ok(Reading::Status(status)) = told(inside.clone()) else { panic!("{inside}") };
            assert_eq!((&*status.message, &status.status), ("m_1", &ReportedStatus::Reached(reached)));
            assert_eq!((status.place, status.recipient), (place(), Some(she())));
        }
        for inside in [
            json!({ "watermark": "1648581633369" }),
            json!({ "mids": ["m_1", "m_2"], "watermark": 1_648_581_633_369_i64 }),
        ] {
            let Ok(Reading::Reach(reach)) = told(inside.clone()) else { panic!("{inside}") };
            assert_eq!((reach.reached, reach.until.as_millisecond()), (reached, 1_648_581_633_369));
            assert_eq!((reach.place, reach.recipient), (place(), she()));
        }
        for odd in [json!({}), json!({ "watermark": "soon" }), json!({ "mids": [7] }), json!({ "mid": "" })] {
            assert!(told(odd.clone()).is_err(), "{odd}");
        }
        let theirs = read_of(&between(ACCOUNT, SHE, &json!({ (what): { "watermark": 1_648_581_633_369_i64 } })));
        assert!(matches!(theirs, Ok(Reading::Notice(_))), "{theirs:?}");
    }
}

#[test]
fn what_is_no_part_of_a_conversation_is_a_notice() {
    for (name, _) in NOTICES {
        let told = json!({ (name): { "ref": "x", "secret": "a word of hers" } });
        assert_eq!(kind_of(&told), Some(name));
        let Ok(Reading::Notice(reason)) = read_of(&told) else { panic!("{name}") };
        assert!(!reason.contains("hers"), "{reason}");
    }
    for none in [json!({}), json!(7), json!(null), json!({ "message": "hi" }), json!({ "new": {} })] {
        assert_eq!(kind_of(&none), None, "{none}");
    }
}

#[test]
fn what_is_missing_or_odd_is_said_and_nothing_of_it_is_quoted() {
    let secret = "a word of hers";
    let without_sender = json!({ "recipient": { "id": ACCOUNT }, "message": { "mid": "m", "text": secret } });
    let without_recipient = json!({ "sender": { "id": SHE }, "message": { "mid": "m", "text": secret } });
    let text = || json!({ "message": { "mid": "m", "text": secret } });
    for (told, said) in [
        (without_sender, "no sender"),
        (without_recipient, "no recipient"),
        (between(ACCOUNT, ACCOUNT, &text()), "to whom it is from"),
        (between(&"9".repeat(129), ACCOUNT, &text()), "nobody"),
        (message(&json!({ "text": secret })), "no id"),
        (message(&json!({ "mid": "", "text": secret })), "no id"),
        (message(&json!({ "mid": 7, "text": secret })), "no id"),
        (message(&json!({ "mid": "x".repeat(513), "text": secret })), "no id"),
        (message(&json!({ "mid": "x".repeat(510), "is_deleted": true })), "no id"),
        (message(&json!({ "is_deleted": true, "text": secret })), "which message"),
        (hers(&json!({ "reaction": { "emoji": secret } })), "which message"),
        (hers(&json!({ "message_edit": { "mid": "m" } })), "what was changed"),
        (hers(&json!({ "postback": { "title": secret } })), "no id"),
    ] {
        let Err(Unreceived::Broken(reason)) = read_of(&told) else { panic!("{told}") };
        assert!(reason.contains(said) && !reason.contains(secret), "{told}: {reason}");
    }
    let mut odd = message(&json!({ "mid": "m", "text": "Hi" }));
    odd["timestamp"] = json!("soon");
    assert_eq!(inbound(&odd).told_at, ToldAt::Odd("\"soon\"".to_owned()));
}
