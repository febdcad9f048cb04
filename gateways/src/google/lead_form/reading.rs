//! What a form says. Fields that nobody knows yet are passed over, and so are those of another kind than was agreed: a lead is
//! never lost for what stands beside it.

use serde_json::Value;
use thiserror::Error;

use super::column::{About, Column, scalar};

/// Most bytes of an id of Google's that we take for one.
const LONGEST_ID: usize = 1_024;

/// What somebody filled in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadForm {
    /// Google's id of it: the same for each time it is sent.
    pub lead_id: String,
    /// Whether it is what Google's "send test data" makes up.
    pub is_test: bool,
    /// The form.
    pub form_id: Option<String>,
    /// The campaign.
    pub campaign_id: Option<String>,
    /// The group of ads, where there is one.
    pub ad_group_id: Option<String>,
    /// The ad, where there is one.
    pub creative_id: Option<String>,
    /// What the ad was made of, in Performance Max.
    pub asset_group_id: Option<String>,
    /// The click on the ad.
    pub click_id: Option<String>,
    /// When it was filled in (ISO 8601), where that was sent.
    pub submitted_at: Option<String>,
    /// The answers, in the form's order.
    pub columns: Vec<Column>,
}

/// Why a body says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// It is no JSON object.
    #[error("it is no JSON object")]
    NotAnObject,
    /// It has no id by which it could be told from others.
    #[error("it has no lead_id")]
    NoLeadId,
}

impl LeadForm {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(body: &str) -> Result<Self, Unreadable> {
        let body: Value = serde_json::from_str(body).map_err(|_| Unreadable::NotAnObject)?;
        let members = body.as_object().ok_or(Unreadable::NotAnObject)?;
        // Ids are numbers here and texts there, and zero where there is none.
        let id =
            |name: &str| scalar(members.get(name)?).filter(|id| id != "0" && id.len() <= LONGEST_ID && is_plain(id));
        let columns = match members.get("user_column_data") {
            Some(Value::Array(elements)) => elements.iter().filter_map(Column::of).collect(),
            _ => vec![],
        };
        Ok(Self {
            lead_id: id("lead_id").ok_or(Unreadable::NoLeadId)?,
            is_test: matches!(members.get("is_test"), Some(Value::Bool(true)))
                || matches!(members.get("is_test"), Some(Value::String(text)) if text.eq_ignore_ascii_case("true")),
            form_id: id("form_id"),
            campaign_id: id("campaign_id"),
            ad_group_id: id("adgroup_id"),
            creative_id: id("creative_id"),
            asset_group_id: id("asset_group_id"),
            click_id: id("gcl_id"),
            submitted_at: id("lead_submit_time"),
            columns,
        })
    }

    /// What she calls herself: the whole name, or what there is of its parts.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let parts = || [About::FirstName, About::LastName].into_iter().filter_map(|part| self.first(part));
        self.first(About::FullName).map(str::to_owned).or_else(|| {
            let joined = parts().collect::<Vec<_>>().join(" ");
            (!joined.is_empty()).then_some(joined)
        })
    }

    /// The addresses she gives, her own before that of her work.
    pub fn emails(&self) -> impl Iterator<Item = &str> {
        self.all([About::Email, About::WorkEmail])
    }

    /// The phones she gives, her own before that of her work, as she writes them.
    pub fn phones(&self) -> impl Iterator<Item = &str> {
        self.all([About::Phone, About::WorkPhone])
    }

    fn all<const N: usize>(&self, about: [About; N]) -> impl Iterator<Item = &str> {
        about.into_iter().flat_map(|about| {
            self.columns.iter().filter(move |column| column.is(about)).map(|column| column.answer.as_str())
        })
    }

    fn first(&self, about: About) -> Option<&str> {
        self.all([about]).next()
    }
}

/// An id is nothing that breaks a line or ends a text.
fn is_plain(id: &str) -> bool {
    !id.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn form(body: &Value) -> LeadForm {
        LeadForm::read(&body.to_string()).unwrap()
    }

    fn column(id: &str, answer: &str) -> Value {
        json!({"column_id": id, "column_name": format!("Your {id}?"), "string_value": answer})
    }

    fn with(columns: &[Value]) -> LeadForm {
        form(&json!({"lead_id": "L", "user_column_data": columns}))
    }

    #[test]
    fn all_that_a_form_says_is_read() {
        let read = form(&json!({
            "lead_id": "L-1", "api_version": "1.0", "form_id": 11, "campaign_id": 12, "adgroup_id": 13,
            "creative_id": 14, "asset_group_id": 15, "gcl_id": "click", "is_test": false,
            "lead_submit_time": "2026-01-02T03:04:05Z", "lead_source": "LEAD_FORM", "made_up_in_2030": {"a": [1]},
            "user_column_data": [column("colour", "Blue")],
        }));
        let text = |text: &str| Some(text.to_owned());
        let expected = LeadForm {
            lead_id: "L-1".to_owned(),
            is_test: false,
            form_id: text("11"),
            campaign_id: text("12"),
            ad_group_id: text("13"),
            creative_id: text("14"),
            asset_group_id: text("15"),
            click_id: text("click"),
            submitted_at: text("2026-01-02T03:04:05Z"),
            columns: vec![Column { id: text("colour"), name: text("Your colour?"), answer: "Blue".to_owned() }],
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn ids_keep_all_their_digits_and_zero_is_none() {
        let read = LeadForm::read(
            r#"{"lead_id": 77, "campaign_id": 9007199254740993, "form_id": "18446744073709551615", "adgroup_id": 0,
                "creative_id": "0", "gcl_id": ""}"#,
        )
        .unwrap();
        assert_eq!((read.lead_id.as_str(), read.campaign_id.as_deref()), ("77", Some("9007199254740993")));
        assert_eq!(read.form_id.as_deref(), Some("18446744073709551615"));
        assert_eq!((read.ad_group_id, read.creative_id, read.click_id), (None, None, None));
    }

    #[test]
    fn what_is_of_another_kind_than_agreed_is_passed_over() {
        for odd in [json!(null), json!([]), json!({"a": 1}), json!("x\u{0}y"), json!("x".repeat(LONGEST_ID + 1))] {
            let read = form(&json!({"lead_id": "L", "form_id": odd, "gcl_id": odd, "lead_submit_time": odd}));
            assert_eq!((read.form_id, read.click_id, read.submitted_at), (None, None, None));
        }
        for odd in [json!(null), json!(7), json!("columns"), json!({"0": column("EMAIL", "a@b.c")})] {
            assert_eq!(form(&json!({"lead_id": "L", "user_column_data": odd})).columns, []);
        }
        let odd = [
            json!(null),
            json!("a"),
            json!([]),
            json!({}),
            json!({"column_id": "A"}),
            column("B", "  "),
            json!({"column_id": "C", "string_value": ["x"]}),
            json!({"column_id": 7, "string_value": true}),
        ];
        let read = with(&odd);
        let expected = Column { id: Some("7".to_owned()), name: None, answer: "true".to_owned() };
        assert_eq!(read.columns, [expected]);
    }

    #[test]
    fn a_test_says_so() {
        for (flag, is_test) in [
            (json!(true), true),
            (json!("true"), true),
            (json!("TRUE"), true),
            (json!(false), false),
            (json!("false"), false),
            (json!(1), false),
            (json!(null), false),
        ] {
            assert_eq!(form(&json!({"lead_id": "L", "is_test": flag})).is_test, is_test, "{flag}");
        }
        assert!(!form(&json!({"lead_id": "L"})).is_test);
    }

    #[test]
    fn without_an_id_it_can_t_be_told_from_others() {
        for id in [json!(null), json!(""), json!("  "), json!(0), json!("0"), json!([1]), json!("x".repeat(2_000))] {
            assert_eq!(LeadForm::read(&json!({"lead_id": id}).to_string()), Err(Unreadable::NoLeadId), "{id}");
        }
        assert_eq!(LeadForm::read("{}"), Err(Unreadable::NoLeadId));
        let deep = format!(r#"{{"lead_id": "L", "x": {}1{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
        for body in ["", "null", "7", "[]", "{", r#"{"lead_id": "L"} {}"#, &deep] {
            assert_eq!(LeadForm::read(body), Err(Unreadable::NotAnObject));
        }
    }

    #[test]
    fn a_name_is_whole_or_made_of_its_parts() {
        let name = |columns: &[Value]| with(columns).name();
        let parts = [column("LAST_NAME", "Winter"), column("FIRST_NAME", "Nora")];
        assert_eq!(name(&parts).as_deref(), Some("Nora Winter"));
        assert_eq!(name(&parts[..1]).as_deref(), Some("Winter"));
        assert_eq!(
            name(&[parts.as_slice(), &[column("FULL_NAME", "Dr. N. Winter")]].concat()).as_deref(),
            Some("Dr. N. Winter")
        );
        assert_eq!(name(&[column("COMPANY_NAME", "Winter Ltd"), column("full_name?", "x")]), None);
    }

    #[test]
    fn her_own_comes_before_that_of_her_work() {
        let read = with(&[
            column("WORK_EMAIL", "work@example.com"),
            column("EMAIL", "own@example.com"),
            column("WORK_PHONE", "+39 02 1"),
            column("PHONE_NUMBER", "+39 333 1"),
        ]);
        assert_eq!(read.emails().collect::<Vec<_>>(), ["own@example.com", "work@example.com"]);
        assert_eq!(read.phones().collect::<Vec<_>>(), ["+39 333 1", "+39 02 1"]);
    }

    #[test]
    fn how_a_question_reads_counts_only_where_it_has_no_id() {
        let by_name = |name: &str| json!({"column_name": name, "string_value": "own@example.com"});
        assert_eq!(with(&[by_name("User Email")]).emails().count(), 1);
        assert_eq!(with(&[by_name("user email")]).emails().count(), 1);
        assert_eq!(with(&[by_name("E-mail of your dog")]).emails().count(), 0);
        let of_a_dog = json!({"column_id": "dog", "column_name": "User Email", "string_value": "dog@example.com"});
        assert_eq!(with(&[of_a_dog]).emails().count(), 0);
    }
}
