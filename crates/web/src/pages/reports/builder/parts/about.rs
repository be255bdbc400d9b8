//! What the report is called, where it is filed, what it is for.

use super::{Part, slug};
use crate::kit::{Choice, Field, Input, Select, TextArea};
use crate::pages::reports::builder::state::State;
use crate::pages::reports::folders;
use maud::{Markup, html};
use platform::Ctx;

pub(super) fn part(ctx: &Ctx, state: &State) -> Markup {
    let problems = &state.problems;
    let name = Input::text("name").value(state.name.clone()).max_length(80).placeholder("Open pipeline by stage");
    let folders = folders::of(ctx, "Report").unwrap_or_default();
    let choices: Vec<Choice> = folders.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let has_folders = !choices.is_empty() || !state.folder.is_empty();
    let folder = Select::new("folder", choices).blank("Private to you").selected(state.folder.clone());
    let description = TextArea::new("description").rows(2).value(state.description.clone()).max_length(255);
    let body = html! {
        (Field::new("Name", name).id("report-name").required().error_if(problems.words_at("name")))
        @if has_folders {
            (Field::new("Folder", folder).id(slug("folder")).error_if(problems.words_at("folder")))
        }
        (Field::new("What it is for", description).id("report-description").error_if(problems.words_at("description")))
    };
    let open = state.saved.is_none() || problems.touches(&["name", "description", "folder"]);
    Part { id: "about", title: "Report", note: String::new(), open, problem: None }.with(&body)
}
