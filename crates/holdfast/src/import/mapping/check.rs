//! Mistakes that the grammar cannot see: parts of a mapping that do not fit together.

use super::rule::{OnError, Rule};
use super::spec::{Existing, MappingSpec, Missing, Order, Source, Step};
use std::collections::HashSet;
use std::path::{Component, Path};

/// All mistakes as byte position and message.
pub(super) fn check(spec: &MappingSpec) -> Vec<(usize, String)> {
    let mut problems = Vec::new();
    if *spec.format.get_ref() != 1 {
        problems.push((spec.format.span().start, "this version reads format = 1".to_owned()));
    }
    if spec.step.is_empty() {
        problems.push((0, "the mapping has no [[step]]".to_owned()));
    }
    for object in &spec.custom_object {
        if !object.get_ref().name.ends_with("__c") {
            let name = &object.get_ref().name;
            problems.push((object.span().start, format!("{name}: the name of a custom object ends in __c")));
        }
    }
    for field in &spec.custom_field {
        let at = field.span().start;
        problems.extend(field.get_ref().problems().into_iter().map(|message| (at, message)));
    }
    for (name, source) in &spec.source {
        let at = source.span().start;
        problems
            .extend(source_problems(source.get_ref()).into_iter().map(|text| (at, format!("source {name}: {text}"))));
    }
    let mut names = HashSet::new();
    for step in &spec.step {
        let at = step.span().start;
        let step = step.get_ref();
        let mut problem = |message: String| problems.push((at, format!("step {}: {message}", step.name)));
        if !names.insert(step.name.as_str()) {
            problem("the name stands twice".to_owned());
        }
        if step.name.is_empty() || step.name.contains('#') {
            problem("a name is not empty and has no #".to_owned());
        }
        if !spec.source.contains_key(&step.source) {
            let known: Vec<&str> = spec.source.keys().map(String::as_str).collect();
            problem(format!("there is no source {:?}; there are: {}", step.source, known.join(", ")));
        }
        step_problems(step).into_iter().for_each(&mut problem);
        for (field, rule) in &step.field {
            let at = rule.span().start;
            let mut found = Vec::new();
            rule_problems(rule.get_ref(), &mut found);
            problems.extend(found.into_iter().map(|text| (at, format!("step {}, field {field}: {text}", step.name))));
        }
    }
    problems.sort();
    problems
}

fn source_problems(source: &Source) -> Vec<String> {
    let mut out = Vec::new();
    match (&source.file, source.rows.is_empty()) {
        (Some(_), false) => out.push("has both file and rows; keep one".to_owned()),
        (None, true) => out.push("needs file or rows".to_owned()),
        _ => {}
    }
    if let Some(file) = &source.file {
        // A mapping may come from somebody else; it reads nothing outside the folder that the user named.
        let inside = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
        if file.is_empty() || !inside {
            out.push(format!("file {file:?} must be a path inside the import's folder, without .."));
        }
    }
    out
}

fn step_problems(step: &Step) -> Vec<String> {
    let mut out = Vec::new();
    if step.field.is_empty() {
        out.push("has no fields".to_owned());
    }
    match &step.key {
        Some(key) if !step.field.contains_key(key) => out.push(format!("key {key} is not among its fields")),
        Some(_) => {}
        None => {
            if step.existing != Existing::Update || step.missing != Missing::Create {
                out.push("existing and missing need a key".to_owned());
            }
            if step.order == Order::SecondPass {
                out.push("order = \"second_pass\" needs a key to find its records again".to_owned());
            }
        }
    }
    let self_references = step.field.values().any(|rule| refers_to(rule.get_ref(), &step.object));
    if step.order != Order::File && !self_references {
        out.push(format!(
            "order is for steps that look up {} by its own records; none of the fields does",
            step.object
        ));
    }
    out
}

/// Whether a rule looks up records of `object`.
pub(in crate::import) fn refers_to(rule: &Rule, object: &str) -> bool {
    rule.lookup.as_ref().is_some_and(|lookup| lookup.object.eq_ignore_ascii_case(object))
        || rule.or.as_ref().is_some_and(|or| refers_to(or, object))
}

fn rule_problems(rule: &Rule, out: &mut Vec<String>) {
    let origins = [rule.column.is_some(), rule.constant.is_some(), rule.template.is_some()];
    match origins.into_iter().filter(|given| *given).count() {
        1 => {}
        0 => out.push("needs column, template or constant".to_owned()),
        _ => out.push("has more than one of column, template and constant; keep one".to_owned()),
    }
    if rule.unmapped.is_some() && rule.map.is_none() {
        out.push("unmapped needs map".to_owned());
    }
    let readers = [rule.date.is_some(), rule.number.is_some(), rule.boolean.is_some(), rule.lookup.is_some()];
    if readers.into_iter().filter(|given| *given).count() > 1 {
        out.push("has more than one of date, number, boolean and lookup; keep one".to_owned());
    }
    if rule.zone.is_some() && rule.date.is_none() {
        out.push("zone needs date".to_owned());
    }
    if (rule.multiply.is_some() || rule.round)
        && (rule.date.is_some() || rule.boolean.is_some() || rule.lookup.is_some())
    {
        out.push("multiply and round are for numbers".to_owned());
    }
    if rule.add_days.is_some() && (rule.number.is_some() || rule.boolean.is_some() || rule.lookup.is_some()) {
        out.push("add_days is for dates".to_owned());
    }
    if rule.on_error == OnError::Repair && rule.or.is_none() {
        out.push("on_error = \"repair\" needs or, the value to take instead".to_owned());
    }
    if rule.required && rule.on_error == OnError::Null {
        out.push("required and on_error = \"null\" contradict each other".to_owned());
    }
    if let Some(or) = &rule.or {
        rule_problems(or, out);
    }
}
