//! What is told of how a number, or its account, stands, read from the provider's JSON. It names no number as messages do: it leads to
//! those of its account, or to the one that people read so.

use leadflow_domain::channel::{AccountStanding, HealthNews, NumberQuality, ProviderId, Restriction};
use serde_json::Value;

use super::json::{canonical, elements, text, unix_seconds};
use super::message::{ToldAt, Unreceived, told_at};

/// Something that the provider tells of how a number, or its account, stands.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthUpdate {
    /// The account.
    pub waba_id: ProviderId,
    /// The digits of the number, if it is about one.
    pub number: Option<String>,
    /// When, by the provider's clock.
    pub told_at: ToldAt,
    /// What.
    pub news: Vec<HealthNews>,
    /// All of it: what differs is another update.
    pub fingerprint: String,
}

const NUMBER: &str = "phone_number_quality_update";
const ACCOUNT: &str = "account_update";
const CAPABILITY: &str = "business_capability_update";

/// The fields of changes that are about how numbers and accounts stand.
pub(super) const FIELDS: [&str; 3] = [NUMBER, ACCOUNT, CAPABILITY];

/// Longest word of the provider's that is kept, in characters.
const LONGEST_WORD: usize = 64;

/// Most restrictions of an account that are kept.
const MOST_RESTRICTIONS: usize = 20;

/// Larger than anything that is told so, in bytes.
const LARGEST: usize = 16_384;

impl HealthUpdate {
    /// Reads a change under `field` of the account `waba_id`, of an entry of this `time`; nothing where it tells of something else
    /// (who partners with whom, what is being installed).
    pub fn read(field: &str, waba_id: &str, time: Option<&Value>, value: &Value) -> Option<Result<Self, Unreceived>> {
        use Unreceived::Broken;

        let news = match field {
            NUMBER => of_number(value),
            ACCOUNT => of_account(value).into_iter().collect(),
            CAPABILITY => limit(value).into_iter().collect(),
            _ => vec![],
        };
        if news.is_empty() {
            return None;
        }
        let fingerprint = canonical(value);
        if fingerprint.len() > LARGEST {
            return Some(Err(Broken("it is larger than anything that is told of a number")));
        }
        let Ok(waba_id) = ProviderId::parse(waba_id) else { return Some(Err(Broken("its account's id is none"))) };
        let number = (field == NUMBER).then(|| text(value.get("display_phone_number")).unwrap_or_default());
        let number = number.map(|number| digits(&number));
        if number.as_ref().is_some_and(String::is_empty) {
            return Some(Err(Broken("it does not say which number it is about")));
        }
        Some(Ok(Self { waba_id, number, told_at: told_at(time), news, fingerprint }))
    }
}

/// The digits of a number as people read it.
pub(super) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn of_number(value: &Value) -> Vec<HealthNews> {
    // It is an event, or a grade as it is where one asks for the number or is told of a template.
    let said = ["event", "new_quality_score", "quality_rating"].into_iter().find_map(|name| {
        Some(match text(value.get(name))?.as_str() {
            "UNFLAGGED" | "GREEN" => NumberQuality::Good,
            "YELLOW" => NumberQuality::Middling,
            "FLAGGED" | "RED" => NumberQuality::Bad,
            _ => return None,
        })
    });
    said.map(HealthNews::Quality).into_iter().chain(limit(value)).collect()
}

/// To how many people a day may be written first.
fn limit(value: &Value) -> Option<HealthNews> {
    // The last is the older name, and still in Meta's samples.
    let names = ["max_daily_conversations_per_business", "max_daily_conversation_per_phone", "current_limit"];
    let told = names.into_iter().find_map(|name| text(value.get(name)))?;
    Some(HealthNews::MessagingLimit(word(&told)))
}

fn of_account(value: &Value) -> Option<HealthNews> {
    let inside = |object: &str, name: &str| text(value.get(object)?.get(name));
    Some(HealthNews::Account(match text(value.get("event"))?.as_str() {
        "ACCOUNT_RESTRICTION" => {
            let told = elements(value.get("restriction_info")).iter().filter_map(restriction);
            return Some(HealthNews::Restrictions(told.take(MOST_RESTRICTIONS).collect()));
        }
        "ACCOUNT_VIOLATION" => {
            let rule = inside("violation_info", "violation_type").unwrap_or_else(|| "UNKNOWN".to_owned());
            return Some(HealthNews::Violation(word(&rule)));
        }
        "DISABLED_UPDATE" => match inside("ban_info", "waba_ban_state").as_deref() {
            Some("REINSTATE") => AccountStanding::Good,
            Some("SCHEDULE_FOR_DISABLE") => {
                AccountStanding::ToBeDisabled { on: inside("ban_info", "waba_ban_date").map(|day| word(&day)) }
            }
            _ => AccountStanding::Disabled,
        },
        "ACCOUNT_OFFBOARDED" => AccountStanding::Offboarded,
        "ACCOUNT_DELETED" => AccountStanding::Deleted,
        "ACCOUNT_RECONNECTED" => AccountStanding::Good,
        _ => return None,
    }))
}

fn restriction(told: &Value) -> Option<Restriction> {
    let kind = text(told.get("restriction_type"))?;
    Some(Restriction { kind: word(&kind), until: unix_seconds(told.get("expiration")) })
}

/// A word of the provider's as it is kept: not too long, and nothing in it but what is written.
fn word(told: &str) -> String {
    told.chars().filter(|character| !character.is_control()).take(LONGEST_WORD).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn read(field: &str, value: &Value) -> Option<Result<HealthUpdate, Unreceived>> {
        HealthUpdate::read(field, "20", Some(&json!(1_763_712_000)), value)
    }

    fn told(field: &str, value: &Value) -> Vec<HealthNews> {
        read(field, value).unwrap().unwrap().news
    }

    fn number(what: &Value) -> Value {
        let mut value = json!({"display_phone_number": "+1 555-078-3881"});
        value.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        value
    }

    fn limit_of(word: &str) -> HealthNews {
        HealthNews::MessagingLimit(word.to_owned())
    }

    #[test]
    fn what_is_told_of_a_number_is_read() {
        let quality = HealthNews::Quality;
        for (what, news) in [
            (
                json!({"event": "THROUGHPUT_UPGRADE", "current_limit": "TIER_UNLIMITED"}),
                vec![limit_of("TIER_UNLIMITED")],
            ),
            (
                json!({"event": "FLAGGED", "current_limit": "TIER_10K"}),
                vec![quality(NumberQuality::Bad), limit_of("TIER_10K")],
            ),
            (
                json!({"event": "UNFLAGGED", "max_daily_conversations_per_business": "TIER_1K", "current_limit": "TIER_50"}),
                vec![quality(NumberQuality::Good), limit_of("TIER_1K")],
            ),
            (json!({"event": "RED"}), vec![quality(NumberQuality::Bad)]),
            (json!({"event": "ONBOARDING", "new_quality_score": "YELLOW"}), vec![quality(NumberQuality::Middling)]),
            (json!({"quality_rating": "GREEN"}), vec![quality(NumberQuality::Good)]),
        ] {
            let update = read(NUMBER, &number(&what)).unwrap().unwrap();
            assert_eq!((update.number.as_deref(), update.news), (Some("15550783881"), news), "{what}");
        }
        let update = read(NUMBER, &number(&json!({"event": "FLAGGED"}))).unwrap().unwrap();
        assert_eq!(update.told_at, ToldAt::At(Timestamp::from_second(1_763_712_000).unwrap()));
    }

    #[test]
    fn what_is_told_of_what_the_business_may_is_read_and_is_about_all_its_numbers() {
        let what = json!({"max_daily_conversations_per_business": 2000, "max_phone_numbers_per_waba": 25});
        let update = read(CAPABILITY, &what).unwrap().unwrap();
        assert_eq!((update.number, update.news), (None, vec![limit_of("2000")]));
        assert_eq!(told(CAPABILITY, &json!({"max_daily_conversation_per_phone": -1})), [limit_of("-1")]);
        assert_eq!(read(CAPABILITY, &json!({"max_phone_numbers_per_business": 25})), None);
    }

    #[test]
    fn what_is_told_of_an_account_is_read() {
        let until = Timestamp::from_second(1_641_330_498).ok();
        let kind = "RESTRICTED_BIZ_INITIATED_MESSAGING".to_owned();
        let (restrictions, account) = (HealthNews::Restrictions, HealthNews::Account);
        let violation = |rule: &str| HealthNews::Violation(rule.to_owned());
        let disabled = |info: Value| json!({"event": "DISABLED_UPDATE", "ban_info": info});
        for (what, news) in [
            (
                json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [
                    {"restriction_type": kind, "expiration": 1_641_330_498}, {"expiration": 1}, 7]}),
                restrictions(vec![Restriction { kind: kind.clone(), until }]),
            ),
            (
                json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": kind, "expiration": "soon"}]}),
                restrictions(vec![Restriction { kind: kind.clone(), until: None }]),
            ),
            (json!({"event": "ACCOUNT_RESTRICTION"}), restrictions(vec![])),
            (
                json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": {"restriction_type": kind}}),
                restrictions(vec![]),
            ),
            (json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}}), violation("ADULT")),
            (json!({"event": "ACCOUNT_VIOLATION", "violation_info": 7}), violation("UNKNOWN")),
            (
                disabled(json!({"waba_ban_state": "SCHEDULE_FOR_DISABLE", "waba_ban_date": "April 17, 2027"})),
                account(AccountStanding::ToBeDisabled { on: Some("April 17, 2027".to_owned()) }),
            ),
            (
                disabled(json!({"waba_ban_state": "SCHEDULE_FOR_DISABLE"})),
                account(AccountStanding::ToBeDisabled { on: None }),
            ),
            (disabled(json!({"waba_ban_state": "DISABLE"})), account(AccountStanding::Disabled)),
            (disabled(json!(["REINSTATE"])), account(AccountStanding::Disabled)),
            (json!({"event": "DISABLED_UPDATE"}), account(AccountStanding::Disabled)),
            (disabled(json!({"waba_ban_state": "REINSTATE"})), account(AccountStanding::Good)),
            (json!({"event": "ACCOUNT_OFFBOARDED"}), account(AccountStanding::Offboarded)),
            (json!({"event": "ACCOUNT_DELETED"}), account(AccountStanding::Deleted)),
            (json!({"event": "ACCOUNT_RECONNECTED"}), account(AccountStanding::Good)),
        ] {
            assert_eq!(told(ACCOUNT, &what), [news], "{what}");
        }
        // A number that stands beside it changes nothing: it is about the account.
        let update = read(ACCOUNT, &number(&json!({"event": "ACCOUNT_DELETED"}))).unwrap().unwrap();
        assert_eq!(update.number, None);
    }

    #[test]
    fn what_says_nothing_of_how_they_stand_is_none() {
        for odd in
            [json!(null), json!(7), json!([]), json!({}), json!({"event": {}}), json!({"event": "PARTNER_ADDED"})]
        {
            for field in FIELDS {
                assert_eq!(read(field, &odd), None, "{field} {odd}");
            }
        }
        assert_eq!(read(NUMBER, &number(&json!({"event": "ONBOARDING", "current_limit": ""}))), None);
        assert_eq!(read("account_alerts", &json!({"event": "ACCOUNT_DELETED"})), None);
    }

    #[test]
    fn what_is_missing_or_too_much_is_said_and_words_are_cut() {
        let flagged = json!({"event": "FLAGGED"});
        for (broken, said) in [
            (read(NUMBER, &flagged), "which number"),
            (read(NUMBER, &json!({"event": "FLAGGED", "display_phone_number": "?"})), "which number"),
            (read(NUMBER, &number(&json!({"event": "FLAGGED", "x": "a".repeat(LARGEST)}))), "larger"),
            (HealthUpdate::read(NUMBER, "", None, &number(&flagged)), "account"),
        ] {
            let Some(Err(Unreceived::Broken(reason))) = broken else { panic!("{broken:?}") };
            assert!(reason.contains(said), "{reason}");
        }
        let news = told(NUMBER, &number(&json!({"current_limit": format!("\u{0}\n{}", "é".repeat(1_000))})));
        assert_eq!(news, [limit_of(&"é".repeat(LONGEST_WORD))]);
        let many: Vec<Value> = (0..100).map(|nth| json!({"restriction_type": nth.to_string()})).collect();
        let news = told(ACCOUNT, &json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": many}));
        let [HealthNews::Restrictions(restrictions)] = &news[..] else { panic!("{news:?}") };
        assert_eq!(restrictions.len(), MOST_RESTRICTIONS);
    }
}
