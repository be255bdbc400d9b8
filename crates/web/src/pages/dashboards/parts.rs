//! What is chosen in the editor of a dashboard.

use super::options::narrowable;
use super::state::State;
use crate::kit::{Choice, Field, Icon, Input, Lookup, LookupChoice, Select, TextArea};
use crate::pages::list::filter::name_of;
use crate::pages::reports::parts::{Item, Part, count, slug};
use crate::pages::reports::{KINDS, folders, kind_of};
use app_reports::definition::{Component, DashboardFilter, Operator};
use maud::{Markup, html};
use model::Result;
use platform::Ctx;

/// The most filters of a dashboard.
const MAX_FILTERS: usize = 5;

pub(super) fn all(ctx: &Ctx, state: &State) -> Result<Markup> {
    let step = |label: &str, act: &str, icon: Icon, none: bool| {
        html! {
            button.button.quiet.small.icon-only.spent[none] type="submit" name="act" value=(act) id={ "builder-" (act) }
                aria-label=(label) title=(label) disabled[none] { (icon) }
        }
    };
    let known = ["name", "description", "folder", "components", "filters", "runningUser", "add."];
    let others: Vec<&str> = state.problems.others(&known).collect();
    Ok(html! {
        section.builder-parts aria-label="What the dashboard shows" {
            div.builder-bar {
                (step("Undo", "undo", Icon::Undo, state.past.is_empty()))
                (step("Redo", "redo", Icon::Redo, state.future.is_empty()))
                a.builder-jump href="#builder-preview" { "See the preview" }
                span.builder-state role="status" { @if state.is_dirty() { "Not saved yet" } }
                noscript { button.button.small type="submit" name="act" value="preview" { "Preview" } }
            }
            @if !state.problems.is_empty() {
                div.form-errors role="alert" {
                    (Icon::Error)
                    div {
                        @if others.is_empty() { p { "Some parts need your attention." } }
                        @for words in &others { p { (words) } }
                    }
                }
            }
            (about(ctx, state)?)
            (components(state))
            (filters(ctx, state)?)
            (rights(ctx, state))
        }
    })
}

fn about(ctx: &Ctx, state: &State) -> Result<Markup> {
    let problems = &state.problems;
    let name = Input::text("name").value(state.name.clone()).max_length(80).placeholder("Monday morning");
    let choices: Vec<Choice> =
        folders::of(ctx, "Dashboard")?.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let has_folders = !choices.is_empty() || !state.folder.is_empty();
    let folder = Select::new("folder", choices).blank("Private to you").selected(state.folder.clone());
    let description = TextArea::new("description").rows(2).value(state.description.clone()).max_length(255);
    let body = html! {
        (Field::new("Name", name).id("dashboard-name").required().error_if(problems.words_at("name")))
        @if has_folders { (Field::new("Folder", folder).id("folder").error_if(problems.words_at("folder"))) }
        (Field::new("What it is for", description).id("dashboard-description").error_if(problems.words_at("description")))
    };
    let open = state.saved.is_none() || problems.touches(&["name", "description", "folder"]);
    Ok(Part { id: "about", title: "Dashboard", note: String::new(), open, problem: None }.with(&body))
}

fn components(state: &State) -> Markup {
    let components = &state.definition.components;
    let mut lookup = Lookup::new("add.component", "/lookup/Report").placeholder("Add a report");
    if let Some(typed) = state.problems.typed_at("add.component") {
        lookup = lookup.text(typed);
    }
    let body = html! {
        ol.builder-items {
            @for (at, component) in components.iter().enumerate() {
                (Item {
                    list: "component",
                    at,
                    of: components.len(),
                    key: &at.to_string(),
                    label: &component.title,
                    problem: state.problems.of_item("components", at),
                }.with(&one(state, at, component)))
            }
        }
        div.builder-add data-add {
            (Field::new("Add a report", lookup).id("add-component").label_hidden().error_if(state.problems.words_at("add.component")))
            noscript { button.button.small type="submit" name="act" value="preview" { "Add" } }
        }
    };
    let problem = state.problems.of_part(&[("components", components.len())]);
    Part { id: "components", title: "Reports", note: count(components.len()), open: true, problem }.with(&body)
}

fn one(state: &State, at: usize, component: &Component) -> Markup {
    let name = |part: &str| format!("component.{at}.{part}");
    let mut kinds: Vec<Choice> = KINDS.iter().map(|(value, words)| Choice::new(*value, *words)).collect();
    kinds.push(Choice::new("Table", "Table"));
    let title = Input::text(name("title")).value(component.title.clone()).max_length(80);
    let footer = Input::text(name("footer")).value(component.footer.clone().unwrap_or_default()).max_length(255);
    let number = |label: &str, part: &str, value: u32| {
        let typed = state.problems.typed_at(&format!("components[{at}].{part}")).unwrap_or_else(|| value.to_string());
        Field::new(label, Input::number(name(part)).value(typed).min("1")).id(slug(&name(part)))
    };
    html! {
        div.builder-row {
            (Field::new("Title", title).id(slug(&name("title"))))
            (Field::new("Drawn as", Select::new(name("kind"), kinds).selected(kind_of(&component.visualization_type))).id(slug(&name("kind"))))
        }
        details.builder-more id=(slug(&name("place"))) {
            summary { "Place, size and footer" }
            div.builder-row.four {
                (number("Column", "column", component.column + 1))
                (number("Row", "row", component.row + 1))
                (number("Width", "width", component.colspan))
                (number("Height", "height", component.rowspan))
            }
            (Field::new("Footer", footer).id(slug(&name("footer"))))
        }
    }
}

fn filters(ctx: &Ctx, state: &State) -> Result<Markup> {
    let filters = &state.definition.filters;
    let columns: Vec<Choice> = narrowable(ctx, &state.definition.components)?
        .into_iter()
        .map(|column| Choice::new(column.name, column.label).group(column.object))
        .collect();
    let body = html! {
        p.field-help { "Whoever looks can narrow every report that has the column." }
        ol.builder-items {
            @for (at, filter) in filters.iter().enumerate() {
                (Item {
                    list: "narrow",
                    at,
                    of: filters.len(),
                    key: &at.to_string(),
                    label: &filter.name,
                    problem: state.problems.of_item("filters", at),
                }.with(&narrow(at, filter)))
            }
        }
        @if filters.len() < MAX_FILTERS && !columns.is_empty() {
            (Field::new("Add a filter", Select::new("add.narrow", columns).blank("Filter by …")).id("add-narrow").label_hidden())
            noscript { button.button.small type="submit" name="act" value="preview" { "Add" } }
        }
    };
    let problem = state.problems.of_part(&[("filters", filters.len())]);
    Ok(Part { id: "narrow", title: "Filters", note: count(filters.len()), open: !filters.is_empty(), problem }
        .with(&body))
}

const OPERATIONS: [(Operator, &str); 8] = [
    (Operator::Equals, "is"),
    (Operator::NotEqual, "is not"),
    (Operator::LessThan, "is less than"),
    (Operator::GreaterThan, "is greater than"),
    (Operator::LessOrEqual, "is at most"),
    (Operator::GreaterOrEqual, "is at least"),
    (Operator::Contains, "contains"),
    (Operator::StartsWith, "starts with"),
];

fn narrow(at: usize, filter: &DashboardFilter) -> Markup {
    let label = Input::text(format!("narrow.{at}.name")).value(filter.name.clone()).max_length(80);
    let mut operations: Vec<Choice> =
        OPERATIONS.iter().map(|(operator, words)| Choice::new(operator.as_str(), *words)).collect();
    operations.push(Choice::new("between", "is between"));
    html! {
        (Field::new("Called", label).id(format!("narrow_{at}_name")))
        details.builder-more id={ "narrow_" (at) "_options" } {
            summary { (filter.options.len()) @if filter.options.len() == 1 { " choice" } @else { " choices" } }
            @for (inner, option) in filter.options.iter().enumerate() {
                @let name = |part: &str| format!("narrow.{at}.{inner}.{part}");
                @let input = |label: &str, part: &str, value: &Option<String>| {
                    let input = Input::text(name(part)).value(value.clone().unwrap_or_default()).placeholder(label);
                    Field::new(format!("{label} of choice {}", inner + 1), input).id(slug(&name(part))).label_hidden()
                };
                div.builder-row {
                    (input("Called", "alias", &option.alias))
                    (Field::new(format!("Operator of choice {}", inner + 1), Select::new(name("op"), operations.clone()).selected(option.operation.clone())).id(slug(&name("op"))).label_hidden())
                    @if option.operation == "between" {
                        (input("From", "start", &option.start_value))
                        (input("To", "end", &option.end_value))
                    } @else { (input("Value", "value", &option.value)) }
                    @let words = format!("Remove the choice {}", option.label());
                    button.button.quiet.small.icon-only type="submit" name="act" value={ "remove:option." (at) "." (inner) } id={ "remove-option-" (at) "-" (inner) } aria-label=(words) title=(words) { (Icon::Close) }
                }
            }
            button.button.quiet.small type="submit" name="act" value={ "new:option." (at) } id={ "new-option-" (at) } { (Icon::Plus) span { "Add a choice" } }
        }
    }
}

fn rights(ctx: &Ctx, state: &State) -> Markup {
    let user = state.definition.running_user;
    let choices = vec![Choice::new("reader", "of whoever looks"), Choice::new("user", "of one user, who must agree")];
    let select = Select::new("rights", choices).selected(if user.is_some() { "user" } else { "reader" });
    let body = html! {
        (Field::new("Shown with the rights", select).id("rights"))
        @if let Some(user) = user {
            @let name = name_of(ctx, user).unwrap_or_else(|| user.to_string());
            @let lookup = Lookup::new("user", "/lookup/User").chosen(LookupChoice::new(user.to_string(), name)).placeholder("Search by name");
            @let lookup = match state.problems.typed_at("runningUser") { Some(typed) => lookup.text(typed), None => lookup };
            (Field::new("User", lookup).id("running-user").error_if(state.problems.words_at("runningUser")))
            p.field-help { "They are asked when you save. Until they agree the dashboard shows nothing; they can take it back at any time, and are asked again when its reports or filters change." }
        }
    };
    Part { id: "rights", title: "Rights", note: String::new(), open: user.is_some(), problem: None }.with(&body)
}
