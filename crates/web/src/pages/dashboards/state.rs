//! What the editor of a dashboard works on, all of it in its form.

use super::layout;
use crate::pages::reports::Problems;
use crate::server::Params;
use app_reports::SavedDashboard;
use app_reports::definition::{Component, DashboardMetadata};
use model::{Error, RecordId, Result};
use platform::Ctx;

/// Steps that can be taken back.
const MAX_STEPS: usize = 40;

pub(super) struct State {
    pub(super) saved: Option<SavedDashboard>,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) folder: String,
    pub(super) definition: DashboardMetadata,
    /// The definition as it was when it was opened.
    pub(super) base: String,
    pub(super) past: Vec<String>,
    pub(super) future: Vec<String>,
    pub(super) problems: Problems,
}

impl State {
    pub(super) fn open(saved: Option<SavedDashboard>) -> Result<Self> {
        let definition = saved.as_ref().map(|saved| saved.definition.clone()).unwrap_or_default();
        let (name, description, folder) = about(saved.as_ref());
        Ok(Self {
            name,
            description,
            folder,
            base: definition.to_json()?,
            definition,
            saved,
            past: Vec::new(),
            future: Vec::new(),
            problems: Problems::default(),
        })
    }

    /// What a form carries, its controls read.
    pub(super) fn sent(ctx: &Ctx, saved: Option<SavedDashboard>, form: &Params) -> Result<(Self, DashboardMetadata)> {
        let before = read(form.first("definition").ok_or_else(Error::not_found)?)?;
        let (name, description, folder) = about(saved.as_ref());
        let given =
            |property: &str, or: String| form.first(property).map_or(or, |value| value.trim().replace("\r\n", "\n"));
        let mut state = Self {
            name: given("name", name),
            description: given("description", description),
            folder: given("folder", folder),
            base: form.first("base").unwrap_or_default().to_owned(),
            definition: before.clone(),
            saved,
            past: form.all("past").map(str::to_owned).collect(),
            future: form.all("future").map(str::to_owned).collect(),
            problems: Problems::default(),
        };
        state.controls(ctx, form)?;
        Ok((state, before))
    }

    fn controls(&mut self, ctx: &Ctx, form: &Params) -> Result<()> {
        let mut touched = None;
        for (at, component) in self.definition.components.iter_mut().enumerate() {
            let name = |part: &str| format!("component.{at}.{part}");
            if let Some(title) = form.first(&name("title")) {
                title.trim().clone_into(&mut component.title);
            }
            if let Some(footer) = form.first(&name("footer")) {
                component.footer = Some(footer.trim().to_owned()).filter(|footer| !footer.is_empty());
            }
            if let Some(kind) = form.given(&name("kind")) {
                kind.clone_into(&mut component.visualization_type);
            }
            let mut place = component_place(component);
            for (part, value, least, most) in [
                ("column", &mut place.1, 1, 12),
                ("row", &mut place.0, 1, 400),
                ("width", &mut place.3, 1, 12),
                ("height", &mut place.2, 1, 40),
            ] {
                let Some(typed) = form.given(&name(part)) else { continue };
                match typed.parse::<u32>() {
                    Ok(number) if (least..=most).contains(&number) => {
                        *value = if matches!(part, "column" | "row") { number - 1 } else { number };
                    }
                    _ => {
                        let words = format!("Give a whole number from {least} to {most}.");
                        self.problems.add_typed(format!("components[{at}].{part}"), typed, words);
                    }
                }
            }
            place.3 = place.3.min(12);
            place.1 = place.1.min(12 - place.3);
            if place != component_place(component) {
                (component.row, component.column, component.rowspan, component.colspan) = place;
                touched = Some(at);
            }
        }
        if let Some(at) = touched {
            layout::settle(&mut self.definition.components, Some(at));
        }
        super::options::read(&mut self.definition, form);
        self.running_user(ctx, form)
    }

    /// Who lends their rights: nobody, or a user chosen by name.
    fn running_user(&mut self, ctx: &Ctx, form: &Params) -> Result<()> {
        use crate::pages::edit::lookup::{Matched, person};
        match form.given("rights") {
            Some("reader") => self.definition.running_user = None,
            Some("user") => {
                let (id, text) = (form.given("user"), form.given("user.text").unwrap_or_default());
                let known = id.and_then(|id| RecordId::parse(id).ok());
                let is_named =
                    known.and_then(|id| crate::pages::list::filter::name_of(ctx, id)).is_some_and(|name| name == text);
                self.definition.running_user = match (text, is_named) {
                    ("", _) => {
                        // Oneself, until somebody else is named.
                        self.definition.running_user.or(ctx.user_id())
                    }
                    (_, true) => known,
                    (text, false) => match person(ctx, text)? {
                        Matched::One(id, _) => Some(id),
                        _ => {
                            let words = format!("“{text}” is no one user that you can see. Type the whole name.");
                            self.problems.add_typed("runningUser", text, words);
                            known
                        }
                    },
                };
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn step_from(&mut self, before: &DashboardMetadata) -> Result<()> {
        if *before != self.definition {
            self.past.push(before.to_json()?);
            self.future.clear();
            let spare = self.past.len().saturating_sub(MAX_STEPS);
            self.past.drain(..spare);
        }
        Ok(())
    }

    pub(super) fn undo(&mut self) -> Result<()> {
        if let Some(step) = self.past.pop() {
            self.future.push(self.definition.to_json()?);
            self.definition = read(&step)?;
        }
        Ok(())
    }

    pub(super) fn redo(&mut self) -> Result<()> {
        if let Some(step) = self.future.pop() {
            self.past.push(self.definition.to_json()?);
            self.definition = read(&step)?;
        }
        Ok(())
    }

    pub(super) fn is_dirty(&self) -> bool {
        let (name, description, folder) = about(self.saved.as_ref());
        let is_base = read(&self.base).is_ok_and(|base| base == self.definition);
        !is_base || self.name != name || self.description != description || self.folder != folder
    }
}

/// Row, column, rows, columns.
const fn component_place(component: &Component) -> (u32, u32, u32, u32) {
    (component.row, component.column, component.rowspan, component.colspan)
}

/// A definition under way: it may not be whole yet, so that only its shape is checked.
fn read(text: &str) -> Result<DashboardMetadata> {
    serde_json::from_str(text).map_err(|_| Error::not_found())
}

fn about(saved: Option<&SavedDashboard>) -> (String, String, String) {
    match saved {
        Some(saved) => (
            saved.name.clone(),
            saved.description.clone().unwrap_or_default(),
            saved.folder.map(|id| id.to_string()).unwrap_or_default(),
        ),
        None => Default::default(),
    }
}
