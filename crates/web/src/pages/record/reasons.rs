//! The causes of access in plain words.

use super::Seen;
use crate::kit::{Icon, Tone, visually_hidden};
use crate::pages::list::filter::name_of;
use crate::pages::list::lower;
use maud::{Markup, html};
use model::RecordId;
use platform::{Cause, CauseKind, Ctx, GrantSource, Level, QueryOptions, Via};
use std::cell::RefCell;
use std::collections::HashMap;

/// One reason as it is shown.
pub(super) struct Reason {
    pub(super) icon: Icon,
    pub(super) words: Markup,
    /// Through which groups, people and roles it comes.
    pub(super) way: Option<Markup>,
    pub(super) level: &'static str,
    pub(super) tone: Tone,
}

pub(super) fn of(names: &Names<'_>, seen: &Seen<'_>, cause: &Cause) -> Reason {
    let (level, tone) = match cause.level {
        Level::Read => ("Read", Tone::Neutral),
        Level::Edit => ("Read and edit", Tone::Info),
        Level::All => ("Full access", Tone::Good),
    };
    let plural = lower(&seen.object.def.label_plural);
    let through = || cause.through.map(|id| names.link(id)).unwrap_or_default();
    let source = cause.source.as_ref();
    let (icon, words) = match cause.kind {
        CauseKind::ModifyAllData => (Icon::Shield, html! { "Administers the org: may change all data" }),
        CauseKind::ViewAllData => (Icon::Shield, html! { "May view all data of the org" }),
        CauseKind::ModifyAllRecords => (Icon::Shield, html! { "May change all " (plural) }),
        CauseKind::ViewAllRecords => (Icon::Shield, html! { "May view all " (plural) }),
        CauseKind::Default => (Icon::Building, html! { "Open to everybody: the default for " (plural) }),
        CauseKind::Open => (Icon::Building, html! { "Is open to everybody who may use " (plural) }),
        CauseKind::Owner | CauseKind::Manual | CauseKind::Rule | CauseKind::Team => {
            (icon_of(cause.kind), source.map(|source| given(names, source)).unwrap_or_default())
        }
        CauseKind::ImplicitParent => (
            Icon::Link,
            html! { "Sees " (through()) ", which belongs to this account"
            @if let Some(source) = source { ": " (given(names, source)) } },
        ),
        CauseKind::ImplicitChild => (
            Icon::Link,
            html! { "By the account " (through())
            @if let Some(source) = source { ": " (given(names, source)) } },
        ),
        CauseKind::Master => (Icon::Link, html! { "Belongs to " (through()) ", and goes with it" }),
        CauseKind::ControlledByParent => (Icon::Link, html! { "Has the same access as the account " (through()) }),
        CauseKind::Log => (Icon::Shield, html! { "Is told to the user it is about, and to administrators" }),
        CauseKind::RelatedTo => (Icon::Link, html! { "Is about " (through()) ", which is visible" }),
    };
    let way = source.filter(|source| !source.path.is_empty()).map(|source| way(names, &source.path));
    Reason { icon, words, way, level, tone }
}

fn icon_of(kind: CauseKind) -> Icon {
    match kind {
        CauseKind::Owner => Icon::Person,
        CauseKind::Rule => Icon::Sliders,
        CauseKind::Team => Icon::People,
        _ => Icon::Key,
    }
}

/// What was given, and how it reaches the person.
fn given(names: &Names<'_>, source: &GrantSource) -> Markup {
    let grantee = names.grantee(source.grantee);
    let how = match source.via {
        Via::Own => "",
        Via::Member => ", as a member",
        Via::Hierarchy => ", as somebody above in the role hierarchy",
    };
    match (source.kind, source.via) {
        (CauseKind::Owner, Via::Own) => html! { "Owner" },
        (CauseKind::Owner, Via::Member) => html! { "Member of the owning " (grantee) },
        (CauseKind::Owner, Via::Hierarchy) => html! { "Above the owner, " (grantee) ", in the role hierarchy" },
        (CauseKind::Team, Via::Own) => html! { "On the team" },
        (CauseKind::Team, _) => html! { (grantee) " is on the team" (how) },
        (CauseKind::Rule, _) => {
            html! { "Sharing rule " strong { (source.rule.as_deref().unwrap_or_default()) } " for " (grantee) (how) }
        }
        (_, Via::Own) => html! { "Shared directly" },
        _ => html! { "Shared with " (grantee) (how) },
    }
}

fn way(names: &Names<'_>, path: &[RecordId]) -> Markup {
    html! {
        "By way of "
        @for (at, id) in path.iter().enumerate() {
            @if at > 0 { " " span aria-hidden="true" { "›" } (visually_hidden(", then ")) " " }
            (names.grantee(*id))
        }
    }
}

/// What the highest of the causes allows.
pub(super) fn sum(level: Level) -> &'static str {
    match level {
        Level::Read => "Together: read.",
        Level::Edit => "Together: read and edit, as far as permissions on the object allow.",
        Level::All => "Together: everything, as far as permissions on the object allow.",
    }
}

pub(super) fn row_cause(cause: &str) -> &str {
    match cause {
        "Manual" => "Shared by hand",
        "Rule" => "Sharing rule",
        "ImplicitParent" => "Sees what belongs to it",
        "ImplicitChild" => "By its account",
        other => other,
    }
}

pub(super) fn row_level(level: &str) -> &str {
    match level {
        "Edit" => "Read and edit",
        "All" => "Full access",
        other => other,
    }
}

/// Names of records as the reader may see them, each looked up once.
pub(super) struct Names<'a> {
    ctx: &'a Ctx,
    known: RefCell<HashMap<RecordId, Option<String>>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(ctx: &'a Ctx) -> Self {
        Self { ctx, known: RefCell::default() }
    }

    pub(super) fn of(&self, id: RecordId) -> Option<String> {
        if let Some(known) = self.known.borrow().get(&id) {
            return known.clone();
        }
        let found = self.fetch(id);
        self.known.borrow_mut().insert(id, found.clone());
        found
    }

    /// A user, group, queue or role by name and kind.
    pub(super) fn grantee(&self, id: RecordId) -> String {
        self.of(id).unwrap_or_else(|| "somebody you cannot see".to_owned())
    }

    fn link(&self, id: RecordId) -> Markup {
        match self.of(id) {
            Some(name) => html! { a href={ "/r/" (id) } { (name) } },
            None => html! { "a record that you cannot see" },
        }
    }

    fn fetch(&self, id: RecordId) -> Option<String> {
        let object = self.ctx.schema().find_by_prefix(id.prefix())?;
        match object.name() {
            "UserRole" => name_of(self.ctx, id).map(|name| format!("role {name}")),
            "Group" => self.group(id),
            _ => name_of(self.ctx, id),
        }
    }

    fn group(&self, id: RecordId) -> Option<String> {
        let text = format!("SELECT Name, Type FROM Group WHERE Id = '{id}'");
        let (_, rows) = self.ctx.query_all_rows(&text, QueryOptions::default()).ok()?;
        let cells = &rows.first()?.cells;
        let (name, kind) = (cells[0].value().to_plain(), cells[1].value().to_plain());
        Some(match kind.as_str() {
            "Queue" => format!("queue {name}"),
            "Role" => format!("role {name}"),
            "RoleAndSubordinates" => format!("role {name} and those below"),
            "Organization" => "everybody in the org".to_owned(),
            _ => format!("group {name}"),
        })
    }
}
