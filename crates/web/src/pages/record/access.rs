//! Who can see a record and why: oneself, or somebody chosen by whoever may share it.

use super::Seen;
use super::reasons::{self, Names};
use crate::kit::{
    Badge, Button, Cell, Column, Empty, Field, Form, Icon, Lookup, LookupChoice, Panel, Row, Section, Table,
};
use crate::pages::edit::lookup::{self, Matched};
use crate::server::Call;
use crate::show::Show;
use maud::{Markup, Render, html};
use model::schema::GrantRows;
use model::{ObjectSchema, RecordId, Result};
use platform::{Barred, Ctx, Explanation, QueryOptions};

/// Rows shown of the list of shares, and reasons shown of an explanation; what is left out is said.
const SHOWN: usize = 50;

/// Who is asked about.
struct Asked {
    user: Option<RecordId>,
    /// As typed, when it means nobody or several people.
    text: Option<String>,
    matches: Vec<LookupChoice>,
}

pub(super) fn page(call: &Call<'_>, show: &Show, seen: &Seen<'_>) -> Result<Markup> {
    let ctx = call.ctx;
    let for_others = ctx.record_explains_others(seen.id)?;
    let asked = if for_others { asked(call)? } else { Asked { user: None, text: None, matches: Vec::new() } };
    let names = Names::new(ctx);
    let user = match (&asked.text, asked.user) {
        (Some(_), _) => None,
        (None, Some(user)) => Some(user),
        (None, None) => ctx.user_id(),
    };
    let explanation = user.map(|user| ctx.record_explain(user, seen.id)).transpose()?;
    Ok(html! {
        div.stack {
            @if for_others { (choice(seen, &names, &asked)) }
            @if let Some(explanation) = &explanation { (reasons_panel(ctx, seen, &names, explanation)) }
            @if for_others { @if let Some(panel) = shares(ctx, show, seen, &names)? { (panel) } }
        }
    })
}

fn asked(call: &Call<'_>) -> Result<Asked> {
    let query = &call.visit.query;
    let chosen = query.given("user").and_then(|id| RecordId::parse(id).ok());
    let typed = query.given("user.text");
    let Some(text) = typed else { return Ok(Asked { user: chosen, text: None, matches: Vec::new() }) };
    // With script the two agree; without it the text is what was meant.
    if let Some(user) = chosen
        && Names::new(call.ctx).of(user).is_some_and(|name| model::text::eq_fold(&name, text))
    {
        return Ok(Asked { user: chosen, text: None, matches: Vec::new() });
    }
    let unclear = |matches| Asked { user: None, text: Some(text.to_owned()), matches };
    Ok(match lookup::person(call.ctx, text)? {
        Matched::One(user, _) => Asked { user: Some(user), text: None, matches: Vec::new() },
        // A choice among several of one name comes with the name still typed.
        Matched::Several(_) if chosen.is_some() => Asked { user: chosen, text: None, matches: Vec::new() },
        Matched::Several(matches) => unclear(matches),
        Matched::None => unclear(Vec::new()),
    })
}

fn choice(seen: &Seen<'_>, names: &Names<'_>, asked: &Asked) -> Panel {
    let mut control = Lookup::new("user", "/lookup/User").placeholder("A name");
    if let Some(user) = asked.user {
        control = control.chosen(LookupChoice::new(user.to_string(), names.of(user).unwrap_or_default()));
    }
    let mut problem = None;
    if let Some(text) = &asked.text {
        control = control.text(text.clone()).matches(asked.matches.clone());
        problem = Some(if asked.matches.is_empty() {
            format!("Nobody active is called {text}.")
        } else {
            format!("Several people are called {text}: choose one.")
        });
    }
    let mut field = Field::new("Person", control).help("Whose access to this record to explain.");
    if let Some(problem) = problem {
        field = field.error(problem);
    }
    let form = Form::get(seen.href())
        .hidden("tab", "access")
        .section(Section::new(vec![field]))
        .action(Button::submit("Explain").primary())
        .plain()
        .unguarded();
    Panel::new(form.render()).title("Who can see this")
}

fn reasons_panel(ctx: &Ctx, seen: &Seen<'_>, names: &Names<'_>, explanation: &Explanation) -> Panel {
    let is_self = ctx.user_id() == Some(explanation.user);
    let who = names.of(explanation.user).unwrap_or_else(|| "This person".to_owned());
    let title = match (is_self, explanation.level) {
        (true, _) => "Why you can see this".to_owned(),
        (false, Some(_)) => format!("Why {who} can see this"),
        (false, None) => format!("{who} cannot see this"),
    };
    let Some(level) = explanation.level else {
        return Panel::new(Empty::new(Icon::EyeOff, nothing(seen.object, &who, explanation.barred)).render())
            .title(title);
    };
    let shown: Vec<_> = explanation.causes.iter().take(SHOWN).map(|cause| reasons::of(names, seen, cause)).collect();
    let left_out = explanation.causes.len() - shown.len();
    let list = html! {
        ul.reasons {
            @for reason in &shown {
                li.reason {
                    span.reason-icon { (reason.icon) }
                    div.reason-main {
                        p { (reason.words) }
                        @if let Some(way) = &reason.way { p.reason-way { (way) } }
                    }
                    (Badge::new(reason.level, reason.tone))
                }
            }
        }
    };
    let panel = Panel::new(list).title(title).subtitle(reasons::sum(level));
    if left_out == 0 {
        return panel;
    }
    panel.foot(html! { "The " (SHOWN) " strongest of " (explanation.causes.len()) " reasons are shown." })
}

fn nothing(object: &ObjectSchema, who: &str, barred: Option<Barred>) -> String {
    let plural = crate::pages::list::lower(&object.def.label_plural);
    match barred {
        Some(Barred::UserCannotAct) => format!("{who} is inactive or frozen: nothing opens until that changes."),
        Some(Barred::ObjectNotReadable) => {
            format!(
                "Neither profile nor permission sets let {who} read {plural}; sharing a record does not change that."
            )
        }
        None => format!(
            "{who} may read {plural}, but owns nothing here, and neither the default, the role hierarchy, a rule, a team \
             nor a share opens this one."
        ),
    }
}

/// Everything that was given on the record, to people and groups.
fn shares(ctx: &Ctx, show: &Show, seen: &Seen<'_>, names: &Names<'_>) -> Result<Option<Panel>> {
    let schema = ctx.schema();
    let table = seen.object.children.iter().find_map(|relation| {
        let table = schema.object(relation.child);
        (table.grant_rows() == Some(GrantRows::Share) && table.masters == [relation.field]).then_some(table)
    });
    let Some(table) = table.filter(|table| ctx.object_permission(table.ix).read) else { return Ok(None) };
    let record = table.field(table.masters[0]).name();
    let own = format!("{}AccessLevel", seen.object.name());
    let level = if table.find_field(&own).is_some() { own.as_str() } else { "AccessLevel" };
    let filter = format!("FROM {} WHERE {record} = '{}'", table.name(), seen.id);
    let total = ctx.query(&format!("SELECT COUNT() {filter}"), QueryOptions::default())?.total;
    let soql = format!("SELECT UserOrGroupId, RowCause, {level} {filter} ORDER BY RowCause, Id LIMIT {SHOWN}");
    let (_, rows) = ctx.query_all_rows(&soql, QueryOptions::default())?;
    let columns = vec![Column::text("User or group"), Column::text("Reason"), Column::text("Access")];
    let shown = rows.iter().map(|row| {
        let text = |at: usize| row.cells[at].value().to_plain();
        let grantee = row.cells[0].value().as_id().map(|id| names.grantee(id)).unwrap_or_default();
        Row::new(vec![
            Cell::text(grantee),
            Cell::text(reasons::row_cause(&text(1))),
            Cell::text(reasons::row_level(&text(2))),
        ])
    });
    let title = "Given to people and groups";
    let panel =
        Panel::new(Table::new(title, columns, shown.collect()).render()).title(title).count(show.whole(total)).flush();
    let all = rows.len() as u64 == total;
    let more = html! { "The first " (rows.len()) " of " (show.whole(total)) " are shown." };
    Ok(Some(if all { panel } else { panel.foot(more) }))
}
