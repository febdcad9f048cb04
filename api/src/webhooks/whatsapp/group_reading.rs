//! What the provider tells of groups, read from its JSON: one item for each person it tells of, else one for the group.
//!
//! So a person's erasure finds her alone, and an odd one among several leaves the others be.

use leadflow_domain::Personal;
use leadflow_domain::conversation::ProviderError;
use leadflow_domain::group::{Creation, Failure, GroupFact, Settings, UnchangedSetting};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::content::errors;
use super::envelope::{EnvelopeItem, Reading, array, item, object};
use super::group_update::{Change, GroupUpdate, Member, Step};
use super::json::{canonical, text};
use super::message::{Everybody, Party, id_of, told_at};

/// Fields that tell of groups, in `groups`.
pub(super) const FIELDS: [&str; 4] =
    ["group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update"];

/// Lists of people, and what is told of them.
const PEOPLE: [(&str, Step); 3] =
    [("added_participants", Step::Joined), ("removed_participants", Step::Left), ("failed_participants", Step::Kept)];

/// Longest word of the provider's that is kept; they are some thirty characters.
const LONGEST_WORD: usize = 64;

/// The items of one element of `groups`, which stands at `at` in a change of this `field`.
pub(super) fn read(field: &str, everybody: &Everybody, group: &RawValue, at: &str) -> Vec<EnvelopeItem> {
    let members = object(group);
    let is_people = |name: &str| PEOPLE.iter().any(|(list, _)| *list == name);
    let mut own = Map::new();
    let mut is_odd = false;
    for (name, raw) in members.iter().filter(|(name, _)| !is_people(name)) {
        match serde_json::from_str::<Value>(raw.get()) {
            Ok(value) => drop(own.insert(name.clone(), value)),
            Err(_) => is_odd = true,
        }
    }
    let named = text(own.get("type"));
    let kind = named.as_deref().map_or_else(|| field.to_owned(), |named| format!("{field}.{named}"));
    let told = Told { field, everybody, own: Value::Object(own), named };
    let mut items = Vec::new();
    for (list, step) in PEOPLE {
        let Some(people) = array(&members, list) else {
            if members.get(list).is_some_and(|raw| raw.get() != "null") {
                let reason = "it is not in the shape that Meta documents".to_owned();
                items.push(item(&format!("{at}/{list}"), &kind, Reading::Unreadable(reason)));
            }
            continue;
        };
        for (nth, person) in people.into_iter().enumerate() {
            let reading = serde_json::from_str::<Value>(person.get())
                .map_err(|_| Reading::Unreadable(ODD.to_owned()))
                .and_then(|person| told.of_person(&person, list, step))
                .unwrap_or_else(|reading| reading);
            items.push(item(&format!("{at}/{list}/{nth}"), &kind, reading));
        }
    }
    if items.is_empty() {
        let reading = if is_odd { Err(Reading::Unreadable(ODD.to_owned())) } else { told.of_group() };
        items.push(item(at, &kind, reading.unwrap_or_else(|reading| reading)));
    }
    items
}

const ODD: &str = "it is nested too deep, or holds a number out of range";

/// An element of `groups`, without the people in it.
struct Told<'a> {
    field: &'a str,
    everybody: &'a Everybody,
    own: Value,
    named: Option<String>,
}

impl Told<'_> {
    fn said(&self, name: &str) -> Option<String> {
        text(self.own.get(name))
    }

    fn errors(&self) -> Vec<ProviderError> {
        errors(self.own.get("errors"))
    }

    fn request(&self) -> Option<String> {
        self.said("request_id").or_else(|| self.said("join_request_id"))
    }

    fn update(&self, change: Change, of_person: &str) -> Result<Reading, Reading> {
        let broken = |reason: &str| Err(Reading::Unreadable(reason.to_owned()));
        let Some(group) = id_of(self.own.get("group_id")) else {
            // One that could not be made may have no id.
            return match (&change, self.errors().first()) {
                (Change::OfGroup(GroupFact::Failed(_)), Some(error)) => {
                    let title = error.title.as_deref().unwrap_or_default();
                    Ok(Reading::Notice(format!("no group was made, error {}: {title}", error.code)))
                }
                _ => broken("it names no group"),
            };
        };
        let Some(phone_number_id) = self.everybody.phone_number_id.clone() else {
            return broken("its change names no phone number id");
        };
        // By whom it was may be a person's number, which is taken out when she is erased.
        let mut own = self.own.clone();
        if let Some(own) = own.as_object_mut() {
            own.remove("initiated_by");
        }
        let fingerprint = format!("{}{}{of_person}", self.field, canonical(&own));
        let told_at = told_at(self.own.get("timestamp"));
        Ok(Reading::Group(Box::new(GroupUpdate { phone_number_id, group, told_at, change, fingerprint })))
    }

    /// What is told of `person` in a `list`.
    fn of_person(&self, person: &Value, list: &str, step: Step) -> Result<Reading, Reading> {
        let said = errors(person.get("errors"));
        let errors = if said.is_empty() && step == Step::Kept { self.errors() } else { said };
        self.of_member(person, step, errors, &format!("{list}{}", canonical(person)))
    }

    fn of_member(
        &self,
        person: &Value,
        step: Step,
        errors: Vec<ProviderError>,
        of_person: &str,
    ) -> Result<Reading, Reading> {
        let party = party(person).ok_or_else(|| Reading::Unreadable("it names nobody".to_owned()))?;
        if self.everybody.is_business(&party) {
            return Ok(Reading::Notice("it tells of the business itself".to_owned()));
        }
        let party = self.everybody.with_all_she_is_known_by(party);
        // A word, and never a number: that would be somebody's.
        let reason = self.said("reason").or_else(|| self.said("initiated_by"));
        let reason = reason.filter(|reason| !reason.contains(|letter: char| letter.is_ascii_digit())).map(shortened);
        let member = Member { party, step, reason, request: self.request(), errors };
        self.update(Change::OfMember(member), of_person)
    }

    /// What is told of the group itself, or of one who asks to be let in.
    fn of_group(&self) -> Result<Reading, Reading> {
        let Some(named) = &self.named else { return Err(Reading::Unreadable("it says no type".to_owned())) };
        let errors = self.errors();
        let settings = if self.field == "group_settings_update" { settings(&self.own) } else { None };
        let fact = match (named.as_str(), settings) {
            ("group_join_request_created", _) => return self.of_member(&self.own, Step::JoinRequested, errors, ""),
            ("group_join_request_revoked", _) => {
                return self.of_member(&self.own, Step::JoinRequestWithdrawn, errors, "");
            }
            (_, Some(settings)) => GroupFact::Described(Settings { request: self.request(), ..settings }),
            _ if !errors.is_empty() => {
                GroupFact::Failed(Failure { asked: shortened(named.clone()), errors, request: self.request() })
            }
            ("group_create", None) => GroupFact::Created(Creation {
                subject: self.said("subject").map(Into::into),
                invite_link: self.said("invite_link").map(Into::into),
                join_approval: self.said("join_approval_mode").map(shortened),
                request: self.request(),
            }),
            ("group_delete", None) => GroupFact::Deleted { request: self.request() },
            ("group_suspend", None) => GroupFact::Suspended,
            ("group_suspend_cleared", None) => GroupFact::Reinstated,
            (_, None) => GroupFact::Other { named: shortened(named.clone()) },
        };
        self.update(Change::OfGroup(fact), "")
    }
}

fn shortened(word: String) -> String {
    if word.chars().count() <= LONGEST_WORD { word } else { word.chars().take(LONGEST_WORD).collect() }
}

/// Who it is, by whichever of its names the provider uses.
fn party(person: &Value) -> Option<Party> {
    let said = |names: [&str; 2]| names.into_iter().find_map(|name| text(person.get(name)));
    let input = text(person.get("input"));
    let is_user_id = |input: &String| input.as_bytes().get(2) == Some(&b'.');
    let user_id = said(["user_id", "recipient_user_id"]).or_else(|| input.clone().filter(is_user_id));
    Party::new(said(["wa_id", "input"]).as_deref(), user_id.as_deref())
}

/// What was changed of a group, and what was not; `None` where it tells of neither.
fn settings(own: &Value) -> Option<Settings> {
    let names = ["group_subject", "group_description", "profile_picture"];
    let told = names.map(|name| own.get(name).filter(|setting| setting.is_object()));
    if told.iter().all(Option::is_none) {
        return None;
    }
    let is_changed = |setting: &&Value| setting["update_successful"] != false;
    let unchanged = names.iter().zip(told).filter_map(|(name, setting)| {
        let setting = setting.filter(|setting| !is_changed(setting))?;
        Some(UnchangedSetting { setting: (*name).to_owned(), errors: errors(setting.get("errors")) })
    });
    let [subject, description, picture] = told.map(|setting| setting.filter(is_changed));
    let said =
        |setting: Option<&Value>, name: &str| -> Option<Personal<String>> { text(setting?.get(name)).map(Into::into) };
    Some(Settings {
        subject: said(subject, "text"),
        description: said(description, "text"),
        picture_sha256: said(picture, "sha256"),
        unchanged: unchanged.collect(),
        request: None,
    })
}

#[cfg(test)]
mod tests {
    use leadflow_domain::E164;
    use serde_json::json;

    use super::*;

    fn everybody() -> Everybody {
        Everybody::of(&json!({"phone_number_id": "10", "display_phone_number": "+39 02 1234 5678"}), &[])
    }

    fn group(named: &str, said: Value) -> Value {
        let mut group = json!({"group_id": "g", "timestamp": "1763712000", "type": named, "request_id": "r"});
        for (name, value) in said.as_object().unwrap() {
            group[name] = value.clone();
        }
        group
    }

    fn items(field: &str, group: &Value) -> Vec<EnvelopeItem> {
        let raw = serde_json::value::to_raw_value(group).unwrap();
        read(field, &everybody(), &raw, "/groups/0")
    }

    fn only(field: &str, group: &Value) -> Reading {
        let mut items = items(field, group);
        assert_eq!(items.len(), 1, "{items:?}");
        items.remove(0).reading
    }

    fn update(reading: Reading) -> GroupUpdate {
        let Reading::Group(update) = reading else { panic!("{reading:?}") };
        *update
    }

    fn fact(field: &str, group: &Value) -> GroupFact {
        let Change::OfGroup(fact) = update(only(field, group)).change else { panic!("{group}") };
        fact
    }

    fn members(items: Vec<EnvelopeItem>) -> Vec<(String, Member)> {
        let member = |item: EnvelopeItem| match update(item.reading).change {
            Change::OfMember(member) => (item.pointer, member),
            Change::OfGroup(fact) => panic!("{fact:?}"),
        };
        items.into_iter().map(member).collect()
    }

    fn phone(digits: &str) -> Party {
        Party { phone: Some(E164::parse(digits).unwrap()), user_id: None, scoped: None }
    }

    #[test]
    fn each_type_is_read_for_what_it_is() {
        let lifecycle = |named: &str| fact("group_lifecycle_update", &group(named, json!({"subject": "Blue"})));
        let GroupFact::Created(creation) = lifecycle("group_create") else { panic!("made") };
        assert_eq!((creation.subject, creation.request), (Some("Blue".to_owned().into()), Some("r".to_owned())));
        assert_eq!(lifecycle("group_delete"), GroupFact::Deleted { request: Some("r".to_owned()) });
        let status = |named: &str| fact("group_status_update", &group(named, json!({})));
        assert_eq!(status("group_suspend"), GroupFact::Suspended);
        assert_eq!(status("group_suspend_cleared"), GroupFact::Reinstated);
        assert_eq!(status("group_painted"), GroupFact::Other { named: "group_painted".to_owned() });
    }

    #[test]
    fn what_could_not_be_done_is_told_with_its_reasons() {
        let errors = json!([{"code": 100, "message": "No"}]);
        let failed = fact("group_lifecycle_update", &group("group_delete", json!({"errors": errors})));
        let GroupFact::Failed(failure) = failed else { panic!("{failed:?}") };
        assert_eq!((failure.asked.as_str(), failure.errors[0].code.as_str()), ("group_delete", "100"));
        let nameless = only("group_lifecycle_update", &json!({"type": "group_create", "errors": errors}));
        assert_eq!(nameless, Reading::Notice("no group was made, error 100: No".to_owned()));
    }

    #[test]
    fn a_setting_is_changed_or_not_each_by_itself() {
        let said = json!({
            "group_subject": {"text": "Red", "update_successful": true},
            "group_description": {"text": "All red", "update_successful": false, "errors": [{"code": 100}]},
            "profile_picture": {"sha256": "47DE", "mime_type": "image/png"},
        });
        let GroupFact::Described(settings) = fact("group_settings_update", &group("group_settings_update", said))
        else {
            panic!("settings")
        };
        assert_eq!((settings.subject, settings.description), (Some("Red".to_owned().into()), None));
        assert_eq!(settings.picture_sha256, Some("47DE".to_owned().into()));
        let [unchanged] = &settings.unchanged[..] else { panic!("{:?}", settings.unchanged) };
        assert_eq!((unchanged.setting.as_str(), unchanged.errors.len()), ("group_description", 1));
    }

    #[test]
    fn each_person_is_an_item_of_her_own() {
        let said = json!({
            "reason": "invite_link", "initiated_by": "393330000000",
            "added_participants": [{"wa_id": "393331234567"}, {"user_id": "IT.1"}],
            "removed_participants": [{"input": "+393337654321"}],
            "failed_participants": [{"input": "US.2", "errors": [{"code": 7}]}],
        });
        let members = members(items("group_participants_update", &group("group_participants_any", said)));
        let told: Vec<(&str, &Party, Step)> =
            members.iter().map(|(at, member)| (at.as_str(), &member.party, member.step)).collect();
        let user_id = |id: &str| Party { phone: None, user_id: Some(id.to_owned()), scoped: None };
        assert_eq!(
            told,
            [
                ("/groups/0/added_participants/0", &phone("393331234567"), Step::Joined),
                ("/groups/0/added_participants/1", &user_id("IT.1"), Step::Joined),
                ("/groups/0/removed_participants/0", &phone("393337654321"), Step::Left),
                ("/groups/0/failed_participants/0", &user_id("US.2"), Step::Kept),
            ]
        );
        assert_eq!(members[0].1.reason.as_deref(), Some("invite_link"));
        assert_eq!(members[3].1.errors[0].code, "7");
    }

    #[test]
    fn who_asks_to_be_let_in_is_told_of_alone() {
        for (named, step) in [
            ("group_join_request_created", Step::JoinRequested),
            ("group_join_request_revoked", Step::JoinRequestWithdrawn),
        ] {
            let members = members(items("group_participants_update", &group(named, json!({"wa_id": "393331234567"}))));
            assert_eq!(
                (&members[0].0[..], &members[0].1.party, members[0].1.step),
                ("/groups/0", &phone("393331234567"), step)
            );
        }
    }

    #[test]
    fn by_whom_somebody_was_sent_away_is_a_word_or_nothing() {
        let left = |by: &str| {
            let said = json!({"initiated_by": by, "removed_participants": [{"wa_id": "393331234567"}]});
            items("group_participants_update", &group("group_participants_remove", said))
        };
        assert_eq!(members(left("business"))[0].1.reason.as_deref(), Some("business"));
        assert_eq!(members(left("393330000000"))[0].1.reason, None);
        let fingerprint = |by: &str| update(left(by).remove(0).reading).fingerprint;
        assert_eq!(fingerprint("393330000000"), fingerprint("393330000001"), "it may be gone when it is read again");
    }

    #[test]
    fn what_is_told_of_the_others_says_nothing_of_one() {
        let told = |first: Value| {
            let said = json!({"added_participants": [first, {"wa_id": "393337654321"}]});
            update(items("group_participants_update", &group("group_participants_add", said)).remove(1).reading)
        };
        assert_eq!(told(json!({"wa_id": "393331234567"})), told(json!(null)), "her erasure changes nothing for others");
    }

    #[test]
    fn an_odd_one_leaves_its_neighbours_alone() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let people =
            format!(r#"[null, 7, {{"wa_id": 1e999}}, {{"wa_id": {deep}}}, {{}}, {{"wa_id": "393331234567"}}]"#);
        let raw = format!(
            r#"{{"group_id": "g", "type": "group_participants_add", "odd": {deep}, "added_participants": {people},
                "removed_participants": {{}}}}"#
        );
        let raw: &RawValue = serde_json::from_str(&raw).unwrap();
        let items = read("group_participants_update", &everybody(), raw, "/groups/0");
        let read: Vec<bool> = items.iter().map(|item| matches!(item.reading, Reading::Group(_))).collect();
        assert_eq!(read, [false, false, false, false, false, true, false], "{items:?}");
        assert!(items.iter().zip(read).all(|(item, read)| read || matches!(item.reading, Reading::Unreadable(_))));
    }

    #[test]
    fn what_is_missing_is_said() {
        let nowhere = Everybody { phone_number_id: None, ..everybody() };
        let raw = serde_json::value::to_raw_value(&group("group_suspend", json!({}))).unwrap();
        let mut readings = vec![read("group_status_update", &nowhere, &raw, "").remove(0).reading];
        let mut told = vec!["number"];
        for (odd, reason) in [
            (json!(null), "no type"),
            (json!("group"), "no type"),
            (json!({"type": "group_suspend"}), "no group"),
            (json!({"type": "group_suspend", "group_id": {"id": 1}}), "no group"),
            (group("group_join_request_created", json!({"wa_id": ["x"]})), "nobody"),
        ] {
            readings.push(only("group_status_update", &odd));
            told.push(reason);
        }
        for (reading, reason) in readings.into_iter().zip(told) {
            let Reading::Unreadable(said) = reading else { panic!("{reading:?}") };
            assert!(said.contains(reason), "{said}");
        }
        let itself = group("group_participants_add", json!({"added_participants": [{"wa_id": "390212345678"}]}));
        assert!(matches!(only("group_participants_update", &itself), Reading::Notice(_)));
    }
}
