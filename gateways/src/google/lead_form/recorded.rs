//! What was really sent, where it is at hand.

use std::collections::BTreeMap;
use std::path::Path;

use super::{LeadForm, NotPresented, presented};

/// By the name of a recording: whether it presents a key and is a test, how many answers it has, and of them names, addresses
/// and phones.
const RECORDED: [(&str, bool, bool, usize, [usize; 3]); 8] = [
    ("columns_by_name_only.json", true, false, 2, [1, 1, 0]),
    ("custom_slug_empty_key.json", false, true, 2, [1, 0, 0]),
    ("docs_production_sample_custom_question.json", true, false, 4, [1, 1, 0]),
    ("docs_test_sample_capital_google_key.json", true, true, 3, [1, 1, 1]),
    ("newer_fields_pmax.json", true, false, 2, [1, 1, 0]),
    ("ui_test_column_without_name.json", true, true, 3, [1, 1, 0]),
    ("ui_test_phone_city_company.json", true, true, 5, [1, 1, 1]),
    ("ui_test_work_fields.json", true, true, 4, [1, 1, 0]),
];

#[test]
fn every_recording_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/google");
    if !folder.is_dir() {
        eprintln!("SKIPPED: {} is not here, so nothing that was really sent is tried", folder.display());
        return;
    }
    let mut recorded: BTreeMap<_, _> = RECORDED.into_iter().map(|row| (row.0.to_owned(), row)).collect();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some((_, presents, is_test, answers, found)) = recorded.remove(&name) else {
            panic!("{name} is in no row of this table");
        };
        let body = std::fs::read_to_string(&path).unwrap();
        let rest = match presented(body.as_bytes()) {
            Ok(presented) => String::from_utf8(presented.rest).unwrap(),
            Err(refused) => {
                assert_eq!((refused, presents), (NotPresented::NoKey, false), "{name}");
                body.clone()
            }
        };
        let form = LeadForm::read(&rest).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((form.is_test, form.columns.len()), (is_test, answers), "{name}");
        let names = form.name().into_iter().count();
        assert_eq!([names, form.emails().count(), form.phones().count()], found, "{name}");
        assert_eq!(form.lead_id.starts_with("TeSter"), is_test, "{name}");
        let whole = |id: &Option<String>| id.as_deref().is_none_or(|id| body.contains(id));
        assert!(whole(&form.campaign_id) && whole(&form.form_id), "{name}: no digit of an id is lost");
    }
    assert_eq!(recorded.into_keys().collect::<Vec<_>>(), [""; 0], "each row has its recording");
}
