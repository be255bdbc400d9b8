//! What jest reports, held against the list of cases that do not pass yet.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};
use serde_json::Value as Json;

/// One test of the suite.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Case {
    /// `sobject` for `test/sobject.test.ts`.
    pub(super) file: String,
    pub(super) name: String,
}

/// Reads the list: tables named `case` with `file`, `name` and a `reason` that is not empty.
pub(super) fn read_listed(text: &str) -> Result<Vec<Case>> {
    let table: toml::Table = text.parse().context("the list of cases not passed is no TOML")?;
    let cases = table.get("case").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    cases
        .iter()
        .map(|case| {
            let part = |name: &str| {
                let text = case.get(name).and_then(toml::Value::as_str).map(str::trim).filter(|text| !text.is_empty());
                text.map(str::to_owned).with_context(|| format!("a case without {name}: {case}"))
            };
            part("reason")?;
            Ok(Case { file: part("file")?, name: part("name")? })
        })
        .collect()
}

/// Reads jest's report: every case that ran, and whether it passed. Two cases of one name pass when both do.
pub(super) fn read_report(text: &str) -> Result<Vec<(Case, bool)>> {
    let report: Json = serde_json::from_str(text).context("jest's report is no JSON")?;
    let files = report["testResults"].as_array().context("jest's report names no files")?;
    let mut cases: Vec<(Case, bool)> = Vec::new();
    for file in files {
        let path = file["name"].as_str().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".test.ts").to_owned();
        let results = file["assertionResults"].as_array().cloned().unwrap_or_default();
        if results.is_empty() {
            bail!("{path} did not run: {}", file["message"].as_str().unwrap_or("no reason given"));
        }
        for result in results {
            let passed = match result["status"].as_str() {
                Some("passed") => true,
                Some("failed") => false,
                // Left out by the suite itself.
                _ => continue,
            };
            let case = Case { file: name.clone(), name: result["fullName"].as_str().unwrap_or_default().to_owned() };
            match cases.iter_mut().find(|(known, _)| *known == case) {
                Some((_, all)) => *all &= passed,
                None => cases.push((case, passed)),
            }
        }
    }
    Ok(cases)
}

/// Fails when a listed case passes or is gone, and when an unlisted one fails.
pub(super) fn compare(cases: &[(Case, bool)], listed: &[Case]) -> Result<()> {
    let passed: BTreeSet<&Case> = cases.iter().filter(|(_, passed)| *passed).map(|(case, _)| case).collect();
    let failed: BTreeSet<&Case> = cases.iter().filter(|(_, passed)| !*passed).map(|(case, _)| case).collect();
    let mut wrong = Vec::new();
    for case in failed.iter().filter(|case| !listed.contains(case)) {
        wrong.push(format!("fails and is not listed: {}: {}", case.file, case.name));
    }
    for case in listed {
        if passed.contains(case) {
            wrong.push(format!("passes and must leave the list: {}: {}", case.file, case.name));
        } else if !failed.contains(case) {
            wrong.push(format!("is listed and there is no such case: {}: {}", case.file, case.name));
        }
    }
    if wrong.is_empty() { Ok(()) } else { bail!("the list and the suite disagree\n  {}", wrong.join("\n  ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(name: &str) -> Case {
        Case { file: "query".to_owned(), name: name.to_owned() }
    }

    #[test]
    fn the_list_may_neither_hold_what_passes_nor_lack_what_fails() {
        let cases = [(case("good"), true), (case("bad"), false)];
        assert!(compare(&cases, &[case("bad")]).is_ok());
        for (listed, word) in [
            (vec![], "not listed"),
            (vec![case("bad"), case("good")], "must leave"),
            (vec![case("bad"), case("gone")], "no such case"),
        ] {
            let message = compare(&cases, &listed).expect_err("they disagree").to_string();
            assert!(message.contains(word), "{message}");
        }
    }

    #[test]
    fn a_report_names_each_case_with_its_outcome() {
        let report = r#"{"testResults": [{"name": "/x/test/query.test.ts", "assertionResults": [
            {"fullName": "twice", "status": "passed"}, {"fullName": "twice", "status": "failed"},
            {"fullName": "good", "status": "passed"}, {"fullName": "left out", "status": "pending"}]}]}"#;
        assert_eq!(read_report(report).expect("a report"), [(case("twice"), false), (case("good"), true)]);
        let broken = r#"{"testResults": [{"name": "/x/test/query.test.ts", "assertionResults": [], "message": "no"}]}"#;
        assert!(read_report(broken).is_err());
    }

    #[test]
    fn a_listed_case_needs_its_reason() {
        let listed = read_listed("[[case]]\nfile = \"query\"\nname = \"bad\"\nreason = \"later\"\n").expect("a list");
        assert_eq!(listed, [case("bad")]);
        assert!(read_listed("[[case]]\nfile = \"query\"\nname = \"bad\"\n").is_err());
        assert!(read_listed("").expect("an empty list").is_empty());
    }
}
