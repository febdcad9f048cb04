//! Laws of batches: good items among odd and broken ones, as bytes, are read as if they came alone; and whatever authentic
//! bytes come, they are taken.
//!
//! The seed is fixed; `PROPTEST_RNG_SEED` tries another, `PROPTEST_CASES` more.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use serde_json::{Value, json};

use super::envelope::read;
use super::laws::runner;

/// What JSON can say and [`Value`] can't, or what nobody expects.
const RAW: [&str; 14] = [
    "null",
    "0",
    "-1",
    "1.5",
    "1e999",
    "-1e999",
    "1E-999",
    "-0",
    "123456789012345678901234567890",
    "-99999999999999999999",
    r#""""#,
    r#""a\u0000b""#,
    r#""\ud800 alone""#,
    r#"[{"id": ["text"]}]"#,
];

/// Stands for one of [`RAW`] until the text is written.
const MARK: char = '\u{f8ff}';

/// Nested deeper than any parser goes.
fn deep() -> String {
    format!("{}{}", "[".repeat(300), "]".repeat(300))
}

/// A change for the worse, at a place that is found by counting.
#[derive(Debug, Clone)]
pub(in crate::webhooks) struct Mutation {
    path: Vec<u8>,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Drop,
    /// The same name once more, with something else.
    Twice(usize),
    Raw(usize),
    Deep,
    Wrap,
}

impl Change {
    fn instead(&self, of: Value) -> Value {
        match self {
            Self::Drop => json!({}),
            Self::Twice(which) | Self::Raw(which) => json!(format!("{MARK}{which}{MARK}")),
            Self::Deep => json!(format!("{MARK}deep{MARK}")),
            Self::Wrap => json!([of]),
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let which = || 0..RAW.len();
    let change = prop_oneof![
        3 => Just(Change::Drop),
        1 => which().prop_map(Change::Twice),
        6 => which().prop_map(Change::Raw),
        1 => Just(Change::Deep),
        1 => Just(Change::Wrap),
    ];
    (vec(any::<u8>(), 0..5), change).prop_map(|(path, change)| Mutation { path, change })
}

fn mutate(value: &mut Value, path: &[u8], change: &Change) {
    let Some((step, rest)) = path.split_first() else {
        *value = change.instead(value.take());
        return;
    };
    let step = usize::from(*step);
    if let Value::Object(fields) = value
        && !fields.is_empty()
    {
        let name = fields.keys().nth(step % fields.len()).cloned().unwrap();
        if rest.is_empty() && matches!(change, Change::Drop) {
            fields.remove(&name);
        } else if rest.is_empty() && matches!(change, Change::Twice(_)) {
            fields.insert(format!("{MARK}{name}"), change.instead(Value::Null));
        } else {
            mutate(&mut fields[&name], rest, change);
        }
    } else if let Value::Array(elements) = value
        && !elements.is_empty()
    {
        let nth = step % elements.len();
        mutate(&mut elements[nth], rest, change);
    } else {
        *value = change.instead(value.take());
    }
}

/// JSON text, with what the marks stand for.
fn written(value: &Value) -> String {
    let mut text = value.to_string();
    for (which, raw) in RAW.iter().enumerate() {
        text = text.replace(&format!("\"{MARK}{which}{MARK}\""), raw);
    }
    text.replace(&format!("\"{MARK}deep{MARK}\""), &deep()).replace(MARK, "")
}

const LISTS: [&str; 3] = ["messages", "statuses", "message_echoes"];

/// An item of a list, sound in all.
fn good(list: usize, kind: usize, id: &str) -> Value {
    match LISTS[list] {
        "statuses" => json!({
            "id": id, "status": (["sent", "delivered", "read", "failed"][kind % 4]), "timestamp": "1763712000",
            "recipient_id": "393331234567", "pricing": {"billable": true}, "errors": [{"code": 131_026}],
        }),
        "message_echoes" => json!({
            "to": "393331234567", "id": id, "timestamp": "1763712000", "type": "text", "text": {"body": "It is."},
        }),
        _ => {
            let (kind, inside) = [
                ("text", json!({"body": "Hi"})),
                ("image", json!({"id": "7", "mime_type": "image/jpeg", "caption": "Look"})),
                ("interactive", json!({"type": "button_reply", "button_reply": {"id": "1", "title": "Yes"}})),
                ("reaction", json!({"message_id": "a", "emoji": "👍"})),
                ("edit", json!({"original_message_id": "a", "message": {"type": "text", "text": {"body": "Ho"}}})),
                ("revoke", json!({"original_message_id": "a"})),
                ("location", json!({"latitude": 45.5, "longitude": "9.2"})),
                ("contacts", json!([{"name": {"formatted_name": "Bice"}, "phones": [{"phone": "+39 02 1"}]}])),
                ("order", json!({"catalog_id": "7", "product_items": [{"product_retailer_id": "a", "quantity": 2}]})),
                ("system", json!({"type": "customer_identity_changed", "body": "b"})),
                ("hologram", json!({"depth": 3})),
            ][kind % 11]
                .clone();
            json!({
                "from": "393331234567", "id": id, "timestamp": "1763712000", "type": kind, kind: inside,
                "context": {"id": "wamid.0", "forwarded": true},
            })
        }
    }
}

/// An item of a delivery: in which list, of which kind, and what was done to it.
#[derive(Debug, Clone)]
pub(in crate::webhooks) struct Element {
    list: usize,
    kind: usize,
    mutations: Vec<Mutation>,
}

impl Element {
    fn is_good(&self) -> bool {
        self.mutations.is_empty()
    }

    fn json(&self, id: &str) -> Value {
        let mut item = good(self.list, self.kind, id);
        for Mutation { path, change } in &self.mutations {
            mutate(&mut item, path, change);
        }
        item
    }
}

/// A delivery of good, odd and broken items, beside odd and broken people, changes and entries.
#[derive(Debug, Clone)]
pub(in crate::webhooks) struct Batch {
    elements: Vec<Element>,
    people: Vec<Mutation>,
    about_the_number: Option<Change>,
    entries_before: Vec<Mutation>,
    entries_after: Vec<Mutation>,
}

pub(in crate::webhooks) fn batch() -> impl Strategy<Value = Batch> {
    let mutations = prop_oneof![1 => Just(Vec::new()), 1 => vec(mutation(), 1..4)];
    let element =
        (0..LISTS.len(), 0..11_usize, mutations).prop_map(|(list, kind, mutations)| Element { list, kind, mutations });
    let about =
        prop_oneof![Just(None), (0..RAW.len()).prop_map(|which| Some(Change::Raw(which))), Just(Some(Change::Deep))];
    (vec(element, 0..8), vec(mutation(), 0..3), about, vec(mutation(), 0..3), vec(mutation(), 0..3)).prop_map(
        |(elements, people, about_the_number, entries_before, entries_after)| Batch {
            elements,
            people,
            about_the_number,
            entries_before,
            entries_after,
        },
    )
}

fn person(phone: &str, user_id: &str, name: &str) -> Value {
    json!({"wa_id": phone, "user_id": user_id, "profile": {"name": name}})
}

/// An entry with `elements`, and the people it tells of.
fn entry(people: &[Value], metadata: &Value, elements: &[(usize, Value)]) -> Value {
    let of = |list| elements.iter().filter(|(of, _)| *of == list).map(|(_, item)| item).collect::<Vec<_>>();
    let value = |lists: &[usize]| {
        let mut value = json!({"metadata": metadata, "contacts": people});
        for list in lists {
            value[LISTS[*list]] = json!(of(*list));
        }
        value
    };
    json!({"id": "1", "changes": [
        {"field": "messages", "value": value(&[0, 1])},
        {"field": "smb_message_echoes", "value": value(&[2])},
    ]})
}

fn body(entries: &[Value]) -> Vec<u8> {
    written(&json!({"object": "whatsapp_business_account", "entry": entries})).into_bytes()
}

impl Batch {
    /// Its good items by their ids, each with its place in the body.
    pub(in crate::webhooks) fn good(&self, tag: &str) -> Vec<(String, String)> {
        let good = self.placed().into_iter().filter(|(element, _)| element.is_good());
        good.map(|(_, (nth, pointer))| (format!("{tag}.{nth}"), pointer)).collect()
    }

    fn placed(&self) -> Vec<(&Element, (usize, String))> {
        let mut counted = [0; LISTS.len()];
        let at = format!("/entry/{}/changes", self.entries_before.len());
        let placed = self.elements.iter().enumerate().map(|(nth, element)| {
            let place = counted[element.list];
            counted[element.list] += 1;
            let pointer = format!("{at}/{}/value/{}/{place}", usize::from(element.list == 2), LISTS[element.list]);
            (element, (nth, pointer))
        });
        placed.collect()
    }

    /// As it comes to the number with this `phone_number_id`; ids begin with `tag`.
    pub(in crate::webhooks) fn body(&self, phone_number_id: &str, tag: &str) -> Vec<u8> {
        let elements: Vec<(usize, Value)> = self
            .elements
            .iter()
            .enumerate()
            .map(|(nth, element)| (element.list, element.json(&format!("{tag}.{nth}"))))
            .collect();
        let mut people = vec![ada()];
        for (nth, Mutation { path, change }) in self.people.iter().enumerate() {
            let mut odd = person(&format!("39334000000{nth}"), &format!("IT.odd.{nth}"), "Odd");
            mutate(&mut odd, path, change);
            people.insert(nth % people.len(), odd);
        }
        let mut metadata = metadata(phone_number_id);
        if let Some(change) = &self.about_the_number {
            metadata["new"] = change.instead(Value::Null);
        }
        let broken = |(nth, Mutation { path, change }): (usize, &Mutation)| {
            let mut entry = entry(&[ada()], &self::metadata("999"), &[(0, good(0, nth, "wamid.elsewhere"))]);
            mutate(&mut entry, path, change);
            entry
        };
        let before = self.entries_before.iter().enumerate().map(broken);
        let after = self.entries_after.iter().enumerate().map(broken);
        body(&before.chain([entry(&people, &metadata, &elements)]).chain(after).collect::<Vec<_>>())
    }
}

fn ada() -> Value {
    person("393331234567", "IT.1", "Ada")
}

fn metadata(phone_number_id: &str) -> Value {
    json!({"phone_number_id": phone_number_id, "display_phone_number": "390212345678"})
}

#[test]
fn a_good_item_is_read_among_broken_ones_as_it_is_alone() {
    let verdict = runner().run(&batch(), |batch| {
        let items = read(&batch.body("10", "id"));
        for (element, (nth, pointer)) in batch.placed() {
            let found: Vec<_> = items.iter().filter(|item| item.pointer == pointer).collect();
            assert_eq!(found.len(), 1, "{pointer} is accounted for once");
            if element.is_good() {
                let item = (element.list, element.json(&format!("id.{nth}")));
                let alone = read(&body(&[entry(&[ada()], &metadata("10"), &[item])]));
                // The list beside it is there, and empty.
                let alone = alone.iter().find(|item| item.pointer.contains("/value/")).unwrap();
                assert_eq!((&found[0].kind, &found[0].reading), (&alone.kind, &alone.reading), "{pointer}");
            }
        }
        Ok(())
    });
    if let Err(failure) = verdict {
        panic!("{failure}");
    }
}

/// Of gzip, zstd, UTF-8 with a byte order mark, and UTF-16.
const BEGINNINGS: [&[u8]; 4] = [b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xef\xbb\xbf", b"\xff\xfe"];

/// Bytes that somebody signed: batches, parts of them, and anything else.
pub(super) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let body = || batch().prop_map(|batch| batch.body("10", "id"));
    prop_oneof![
        3 => body(),
        1 => (body(), any::<u16>()).prop_map(|(mut body, most)| {
            body.truncate(usize::from(most) % body.len());
            body
        }),
        1 => (body(), any::<u16>(), any::<u8>()).prop_map(|(mut body, place, byte)| {
            let place = usize::from(place) % body.len();
            body[place] = byte;
            body
        }),
        1 => vec(any::<u8>(), 0..2_000),
        // As if it were compressed, with a byte order mark, or in another encoding.
        1 => (0..BEGINNINGS.len(), body())
            .prop_map(|(begin, body)| [BEGINNINGS[begin], &body].concat()),
        1 => Just(Vec::new()),
    ]
}
