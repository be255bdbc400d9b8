//! Every page of the gallery keeps the promises of structure, security policy and accessibility.

use super::html::{Tag, tags};
use std::collections::{HashMap, HashSet};
use web::kit::{Theme, gallery};

fn pages() -> Vec<(&'static str, Vec<Tag>)> {
    gallery::PLATES.iter().map(|plate| (plate.title, tags(&plate.page(Theme::System).into_string()))).collect()
}

#[test]
fn no_page_has_inline_script_or_style() {
    for (page, tags) in pages() {
        for tag in &tags {
            assert_ne!(tag.name, "style", "{page}");
            if tag.name == "script" {
                assert!(
                    tag.get("src").is_some_and(|src| src.starts_with("/assets/")),
                    "{page}: a script without a source"
                );
            }
            assert!(!tag.within.iter().any(|each| each == "script"), "{page}: a script with a body");
            for (name, value) in tag.attributes() {
                assert!(name != "style" && !name.starts_with("on"), "{page}: <{} {name}>", tag.name);
                assert!(!value.trim_start().to_lowercase().starts_with("javascript:"), "{page}: {value}");
            }
        }
    }
}

#[test]
fn no_page_loads_anything_from_elsewhere() {
    for (page, tags) in pages() {
        for tag in tags.iter().filter(|tag| matches!(tag.name.as_str(), "script" | "link" | "img" | "iframe")) {
            let address = tag.get("src").or(tag.get("href")).unwrap_or_default();
            assert!(address.starts_with('/') && !address.starts_with("//"), "{page}: {address}");
        }
    }
}

#[test]
fn ids_are_unique_and_references_lead_somewhere() {
    for (page, tags) in pages() {
        let mut ids = HashSet::new();
        for id in tags.iter().filter_map(|tag| tag.get("id")) {
            assert!(!id.is_empty() && !id.contains(char::is_whitespace), "{page}: a bad id {id:?}");
            assert!(ids.insert(id), "{page}: the id {id} stands twice");
        }
        let references = ["for", "form", "commandfor", "aria-describedby", "aria-labelledby", "aria-controls"];
        for tag in &tags {
            for (name, value) in tag.attributes().filter(|(name, _)| references.contains(name)) {
                for id in value.split_whitespace() {
                    assert!(ids.contains(id), "{page}: {name}={id} leads nowhere");
                }
            }
            if let Some(dialog) = tag.get("data-dialog") {
                assert!(ids.contains(dialog), "{page}: no dialog {dialog}");
            }
        }
    }
}

#[test]
fn every_control_has_a_label() {
    for (page, tags) in pages() {
        let labelled: HashSet<&str> =
            tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
        for tag in tags.iter().filter(|tag| matches!(tag.name.as_str(), "input" | "select" | "textarea")) {
            let hidden = tag.get("type") == Some("hidden");
            let named = tag.get("aria-label").is_some() || tag.get("id").is_some_and(|id| labelled.contains(id));
            assert!(hidden || named, "{page}: a control without a label: {:?}", tag.get("name"));
        }
    }
}

#[test]
fn an_invalid_control_is_described_by_its_error() {
    let mut seen = 0;
    for (page, tags) in pages() {
        for tag in tags.iter().filter(|tag| tag.get("aria-invalid").is_some()) {
            let described = tag.get("aria-describedby").unwrap_or_default();
            assert!(described.contains("-error"), "{page}: {:?}", tag.get("id"));
            seen += 1;
        }
    }
    assert!(seen > 5);
}

#[test]
fn every_button_and_link_has_a_name() {
    for (page, tags) in pages() {
        for (at, tag) in
            tags.iter().enumerate().filter(|(_, tag)| matches!(tag.name.as_str(), "a" | "button" | "summary"))
        {
            let depth = tag.within.len();
            let inside = tags[at + 1..].iter().take_while(|next| next.within.len() > depth);
            let words: String = inside.map(|next| next.text.as_str()).collect();
            let named = tag.get("aria-label").is_some_and(|label| !label.is_empty()) || !words.is_empty();
            assert!(named, "{page}: a {} without a name: {tag:?}", tag.name);
        }
    }
}

#[test]
fn every_page_has_one_main_one_title_and_a_language() {
    for (page, tags) in pages() {
        let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
        let titles =
            tags.iter().filter(|tag| tag.name == "title" && !tag.within.iter().any(|each| each == "svg")).count();
        assert_eq!((count("main"), titles), (1, 1), "{page}");
        assert!(tags.iter().any(|tag| tag.name == "html" && tag.get("lang") == Some("en")), "{page}");
        assert!(tags.iter().any(|tag| tag.name == "h1"), "{page}: no heading");
    }
}

#[test]
fn every_changing_form_carries_its_token_and_none_stands_in_another() {
    for (page, tags) in pages() {
        for (at, tag) in tags.iter().enumerate().filter(|(_, tag)| tag.name == "form") {
            assert!(!tag.within.iter().any(|each| each == "form"), "{page}: a form in a form");
            let inside = tags[at + 1..].iter().take_while(|next| next.within.len() > tag.within.len());
            let tokens = inside.filter(|next| next.get("name") == Some("csrf_token")).count();
            assert_eq!(tokens, usize::from(tag.get("method") == Some("post")), "{page}: {tag:?}");
        }
    }
}

#[test]
fn sorted_columns_say_so_and_cells_match_their_columns() {
    for (page, tags) in pages() {
        let mut rows: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut table = 0;
        for (at, tag) in tags.iter().enumerate() {
            if tag.name == "table" {
                table += 1;
            }
            if tag.name == "tr" {
                let cells = tags[at + 1..]
                    .iter()
                    .take_while(|next| next.within.len() > tag.within.len())
                    .filter(|next| next.within.len() == tag.within.len() + 1)
                    .map(|cell| cell.get("colspan").and_then(|span| span.parse().ok()).unwrap_or(1_usize))
                    .sum();
                rows.entry(table).or_default().push(cells);
            }
        }
        for widths in rows.values() {
            assert!(widths.iter().all(|width| *width == widths[0]), "{page}: rows of different widths {widths:?}");
        }
    }
    let list = gallery::plate("list").expect("the list is a page of the gallery").page(Theme::System).into_string();
    assert_eq!(list.matches(r#"aria-sort="ascending""#).count(), 1);
}

#[test]
fn a_theme_is_stated_and_the_system_decides_without_one() {
    let page = |theme| gallery::plate("list").expect("the list is a page of the gallery").page(theme).into_string();
    assert!(page(Theme::Dark).contains(r#"data-theme="dark""#));
    assert!(page(Theme::Light).contains(r#"data-theme="light""#));
    assert!(!page(Theme::System).contains("data-theme="));
}
