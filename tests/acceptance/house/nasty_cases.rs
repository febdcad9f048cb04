//! `docs/NASTY_CASES.md` names tests that are there.

use std::fs;
use std::path::Path;

use anyhow::Result;
use leadflow_tests::binary;

/// The cases of intake that have numbers.
const NUMBERED: std::ops::RangeInclusive<u32> = 1..=18;

/// Every row of the table: its number, if it has one, and the tests it names.
fn rows(table: &str) -> Vec<(Option<u32>, Vec<&str>)> {
    // The table's head has no name in its first column.
    let rows = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| |"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let tests = cells.iter().rev().find(|cell| cell.contains(".rs::"));
        // Every other piece stands between backticks.
        let named = tests.map(|tests| tests.split('`').skip(1).step_by(2).collect());
        (cells.get(1).and_then(|number| number.parse().ok()), named.unwrap_or_default())
    })
    .collect()
}

/// Whether `path::name`, from the workspace's root, is a test: a function under a test's attribute.
fn is_a_test(root: &Path, test: &str) -> bool {
    let Some((path, name)) = test.split_once("::") else { return false };
    let Ok(source) = fs::read_to_string(root.join(path)) else { return false };
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let begins = |line: &str| {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        function.and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| rest.starts_with('('))
    };
    lines.iter().enumerate().any(|(nth, line)| {
        let attributes = lines[..nth].iter().rev().take_while(|line| line.starts_with("#["));
        begins(line) && attributes.into_iter().any(|line| *line == "#[test]" || line.starts_with("#[tokio::test"))
    })
}

#[test]
fn every_case_names_tests_that_are_there() -> Result<()> {
    let root = binary::workspace();
    let table = fs::read_to_string(root.join("docs/NASTY_CASES.md"))?;
    let rows = rows(&table);
    let missing: Vec<&str> =
        rows.iter().flat_map(|(_, tests)| tests).copied().filter(|test| !is_a_test(root, test)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let numbers: Vec<u32> = rows.iter().filter_map(|(number, _)| *number).collect();
    assert_eq!(numbers, NUMBERED.collect::<Vec<_>>(), "each has its row");
    assert!(rows.iter().all(|(_, tests)| !tests.is_empty()));
    Ok(())
}

#[test]
fn a_test_that_is_not_there_would_be_seen() {
    let table = "| 1 | A case | What must happen | `a.rs::b`<br>`c/d.rs::e` |\n| more | Another | So | `f.rs::g` |\n| more | Nobody looks | | |\nprose\n";
    assert_eq!(rows(table), [(Some(1), vec!["a.rs::b", "c/d.rs::e"]), (None, vec!["f.rs::g"]), (None, vec![])]);
    let root = binary::workspace();
    let here = "tests/acceptance/house/nasty_cases.rs::";
    assert!(is_a_test(root, &format!("{here}a_test_that_is_not_there_would_be_seen")));
    for not_one in ["a_test_that_is_not_there", "is_a_test", "rows", ""] {
        assert!(!is_a_test(root, &format!("{here}{not_one}")), "{not_one}");
    }
    assert!(!is_a_test(root, "tests/nowhere.rs::rows") && !is_a_test(root, "rows"));
}
