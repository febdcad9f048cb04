//! What is told of a call, read from the provider's JSON. What the devices say to find each other (`session`) is not kept.

use leadflow_domain::conversation::{CallDirection, CallNews, CallReport};
use serde_json::Value;

use super::content;
use super::json::{text, unix_seconds};
use super::message::{Everybody, Party, ToldAt, Unreceived, id_of, told_at};

/// One thing that is told of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Called {
    /// Meta's id of the business's number.
    pub phone_number_id: String,
    /// The provider's id of the call.
    pub id: String,
    /// Who is on the other side.
    pub customer: Party,
    /// What she calls herself.
    pub name: Option<String>,
    /// When it was told of, by the provider's clock.
    pub told_at: ToldAt,
    /// What whoever of the business called attached to it.
    pub callback_data: Option<String>,
    /// What is told.
    pub report: CallReport,
}

/// Longest word of the provider's that is kept; its own are some twenty characters.
const LONGEST_WORD: usize = 64;

impl Called {
    /// Reads an element of `calls`, of the change that says `everybody`.
    ///
    /// # Errors
    /// [`Unreceived`], with what is missing or odd.
    pub fn read(everybody: &Everybody, call: &Value) -> Result<Self, Unreceived> {
        use Unreceived::Broken;

        let news = word(call, "event").ok_or(Broken("it does not say what happened to the call"))?;
        let party = |phone: &str, user_id: &str| {
            Party::new(text(call.get(phone)).as_deref(), text(call.get(user_id)).as_deref())
        };
        let (from, to) = (party("from", "from_user_id"), party("to", "to_user_id"));
        let direction = match word(call, "direction").as_deref() {
            Some("USER_INITIATED") => CallDirection::FromCustomer,
            Some("BUSINESS_INITIATED") => CallDirection::FromBusiness,
            Some(other) => CallDirection::Other(other.to_owned()),
            None if from.as_ref().is_some_and(|from| everybody.is_business(from)) => CallDirection::FromBusiness,
            None => CallDirection::FromCustomer,
        };
        // Where the change does not say which number is the business's, the direction tells who is who.
        let parties = if direction == CallDirection::FromBusiness { [to, from] } else { [from, to] };
        let customer = parties.into_iter().flatten().find(|party| !everybody.is_business(party));
        Self::told(everybody, call, customer, CallReport { direction, ..report(call, CallNews::of(&news)) })
    }

    /// Reads an element of `statuses` that is about a call: how far a call of the business got.
    ///
    /// # Errors
    /// [`Unreceived`], with what is missing or odd.
    pub fn read_status(everybody: &Everybody, status: &Value) -> Result<Self, Unreceived> {
        use Unreceived::Broken;

        let news = word(status, "status").ok_or(Broken("it says no status"))?;
        let said = |name: &str| text(status.get(name));
        let customer = Party::new(said("recipient_id").as_deref(), said("recipient_user_id").as_deref());
        Self::told(everybody, status, customer, CallReport { outcome: None, ..report(status, CallNews::of(&news)) })
    }

    fn told(
        everybody: &Everybody,
        told: &Value,
        customer: Option<Party>,
        report: CallReport,
    ) -> Result<Self, Unreceived> {
        use Unreceived::Broken;

        let id = id_of(told.get("id")).ok_or(Broken("it has no id of 1 to 512 bytes"))?;
        let phone_number_id = everybody.phone_number_id.clone();
        let phone_number_id = phone_number_id.ok_or(Broken("its change names no phone number id"))?;
        let customer = match (customer, &everybody.people[..]) {
            (Some(customer), _) => everybody.with_all_she_is_known_by(customer),
            (None, [person]) => person.party.clone(),
            (None, _) => return Err(Broken("it names nobody on the other side")),
        };
        Ok(Self {
            phone_number_id,
            id,
            name: everybody.person(&customer).and_then(|person| person.name.clone()),
            customer,
            told_at: told_at(told.get("timestamp")),
            callback_data: text(told.get("biz_opaque_callback_data")),
            report,
        })
    }
}

/// What there is beside the news itself. Statuses are told of calls of the business.
fn report(told: &Value, news: CallNews) -> CallReport {
    CallReport {
        direction: CallDirection::FromBusiness,
        told: news,
        outcome: word(told, "status"),
        started_at: unix_seconds(told.get("start_time")),
        ended_at: unix_seconds(told.get("end_time")),
        duration_seconds: text(told.get("duration")).and_then(|seconds| seconds.parse().ok()),
        errors: content::errors(told.get("errors")),
    }
}

fn word(told: &Value, name: &str) -> Option<String> {
    let word = told.get(name)?.as_str().filter(|word| !word.is_empty())?;
    Some(word.chars().take(LONGEST_WORD).collect())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use leadflow_domain::E164;
    use serde_json::json;

    use super::*;

    const BUSINESS: &str = "390212345678";
    const ADA: &str = "393331234567";

    fn everybody() -> Everybody {
        Everybody::of(
            &json!({"phone_number_id": "10", "display_phone_number": "+39 02 1234 5678"}),
            &[json!({"wa_id": ADA, "user_id": "IT.1", "profile": {"name": "Ada"}})],
        )
    }

    fn ada() -> Party {
        Party { phone: Some(E164::parse(ADA).unwrap()), user_id: Some("IT.1".to_owned()), scoped: None }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_763_712_000 + second).unwrap()
    }

    fn call() -> Value {
        json!({
            "id": "wacid.1", "from": ADA, "to": BUSINESS, "event": "connect", "timestamp": "1763712000",
            "direction": "USER_INITIATED", "session": {"sdp_type": "offer", "sdp": "v=0 o=- 46117317"},
        })
    }

    fn with(fields: Value) -> Value {
        let mut call = call();
        for (name, value) in fields.as_object().unwrap() {
            call[name] = value.clone();
        }
        call
    }

    fn read(call: &Value) -> Called {
        Called::read(&everybody(), call).unwrap_or_else(|error| panic!("{call}: {error:?}"))
    }

    #[test]
    fn a_customer_calls() {
        let called = read(&call());
        assert_eq!((called.id.as_str(), called.phone_number_id.as_str()), ("wacid.1", "10"));
        assert_eq!((called.customer.clone(), called.name.as_deref()), (ada(), Some("Ada")));
        assert_eq!(called.told_at, ToldAt::At(at(0)));
        assert_eq!((&called.report.direction, &called.report.told), (&CallDirection::FromCustomer, &CallNews::Connect));
        assert!(!format!("{called:?}").contains("46117317"), "how devices find each other is not kept");
    }

    #[test]
    fn the_end_of_a_call_says_how_long_it_was() {
        let ended = with(json!({
            "event": "terminate", "status": "COMPLETED", "start_time": "1763712003", "end_time": 1_763_712_063,
            "duration": 60, "biz_opaque_callback_data": "order 7", "errors": [{"code": 138_000, "message": "Poor"}],
        }));
        let Called { report, callback_data, .. } = read(&ended);
        assert_eq!((report.told, report.outcome.as_deref()), (CallNews::Terminate, Some("COMPLETED")));
        assert_eq!((report.started_at, report.ended_at), (Some(at(3)), Some(at(63))));
        assert_eq!((report.duration_seconds, callback_data.as_deref()), (Some(60), Some("order 7")));
        assert_eq!(report.errors[0].code, "138000");
    }

    #[test]
    fn whoever_has_not_the_business_s_number_is_the_customer() {
        let hers = |fields| read(&with(fields)).customer;
        assert_eq!(hers(json!({"from": BUSINESS, "to": ADA, "direction": "BUSINESS_INITIATED"})), ada());
        // Said the other way round.
        assert_eq!(hers(json!({"from": BUSINESS, "to": ADA})), ada());
        assert_eq!(hers(json!({"direction": "BUSINESS_INITIATED"})), ada());
        assert_eq!(hers(json!({"from": null, "from_user_id": "IT.1"})), ada());
        // Nobody else is there.
        assert_eq!(hers(json!({"from": null})), ada());
        // Which number is the business's is not said.
        let nameless = Everybody::of(&json!({"phone_number_id": "10"}), &[]);
        let customer = |fields| Called::read(&nameless, &with(fields)).unwrap().customer.phone;
        assert_eq!(customer(json!({})), ada().phone);
        assert_eq!(customer(json!({"from": BUSINESS, "to": ADA, "direction": "BUSINESS_INITIATED"})), ada().phone);
    }

    #[test]
    fn the_direction_shows_by_who_calls_where_it_is_not_said() {
        let direction = |fields| read(&with(fields)).report.direction;
        assert_eq!(direction(json!({"direction": null})), CallDirection::FromCustomer);
        let business = json!({"direction": null, "from": BUSINESS, "to": ADA});
        assert_eq!(direction(business), CallDirection::FromBusiness);
        assert_eq!(direction(json!({"direction": "SIDEWAYS"})), CallDirection::Other("SIDEWAYS".to_owned()));
    }

    #[test]
    fn a_status_is_told_of_a_call_of_the_business() {
        let status = json!({"id": "wacid.1", "status": "RINGING", "timestamp": 1_763_712_002, "recipient_id": ADA, "type": "call"});
        let called = Called::read_status(&everybody(), &status).unwrap();
        assert_eq!((called.customer, called.told_at), (ada(), ToldAt::At(at(2))));
        assert_eq!(called.report.direction, CallDirection::FromBusiness);
        assert_eq!((called.report.told, called.report.outcome), (CallNews::Reported("RINGING".to_owned()), None));
        assert!(Called::read_status(&everybody(), &json!({"id": "wacid.1", "recipient_id": ADA})).is_err());
    }

    #[test]
    fn odd_values_are_left_out_and_odd_times_are_kept() {
        let odd = with(json!({
            "status": 7, "duration": -1, "start_time": "soon", "end_time": 0, "timestamp": "soon", "errors": "none",
            "event": "x".repeat(100),
        }));
        let Called { report, told_at, .. } = read(&odd);
        assert_eq!(told_at, ToldAt::Odd("\"soon\"".to_owned()));
        assert_eq!((report.outcome, report.duration_seconds), (None, None));
        assert_eq!((report.started_at, report.ended_at, report.errors), (None, None, vec![]));
        assert_eq!(report.told.word().len(), 64);
        assert_eq!(read(&with(json!({"duration": 1e300}))).report.duration_seconds, None);
    }

    #[test]
    fn what_is_missing_is_said() {
        for (fields, told) in [
            (json!({"event": null}), "what happened"),
            (json!({"event": ["connect"]}), "what happened"),
            (json!({"id": ""}), "no id"),
            (json!({"id": "x".repeat(513)}), "no id"),
        ] {
            let Unreceived::Broken(reason) = Called::read(&everybody(), &with(fields)).unwrap_err();
            assert!(reason.contains(told), "{reason}");
        }
        let nobody = Everybody { people: vec![], ..everybody() };
        assert!(Called::read(&nobody, &with(json!({"from": "anonymous"}))).is_err());
        assert!(Called::read(&Everybody::default(), &call()).is_err());
        for odd in [json!(null), json!(7), json!([]), json!({}), json!("call")] {
            assert!(Called::read(&everybody(), &odd).is_err(), "{odd}");
        }
    }
}
