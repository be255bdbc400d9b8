//! Saved lists of an object's records: what each shows a reader, as a query with the reader's own rights.

use crate::ctx::Ctx;
use crate::list_view_said::ListViewSaid;
use crate::literal::quoted;
use crate::provision;
use crate::query::QueryOptions;
use crate::record::{RecordDraft, SaveOptions};
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result, Value};

/// Records of a list of those looked at last.
const RECENT: usize = 200;

/// What every list brings along unseen, so that programs find the records behind its rows and know how old they are.
const HIDDEN: [&str; 4] = ["Id", "CreatedDate", "LastModifiedDate", "SystemModstamp"];

/// A saved list that the reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListView {
    pub id: RecordId,
    pub name: String,
    pub developer_name: String,
    pub object: String,
    scope: String,
    columns: Vec<String>,
    filter: String,
    order_by: String,
}

impl ListView {
    /// Whose records: `Everything`, `Mine` or `Recent`.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// The columns as they were saved, those that a reader may not see among them.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Object, scope, columns, filter and order.
    pub(crate) fn of_texts([object, scope, columns, filter, order_by]: [String; 5]) -> Self {
        Self {
            id: RecordId::from_i64(0),
            name: String::new(),
            developer_name: String::new(),
            object,
            scope,
            columns: columns.split(',').map(str::trim).filter(|path| !path.is_empty()).map(str::to_owned).collect(),
            filter: filter.trim().to_owned(),
            order_by: order_by.trim().to_owned(),
        }
    }

    fn query(&self, columns: &[&str], recent: Option<&[RecordId]>) -> String {
        let mut text = format!("SELECT {} FROM {}", columns.join(", "), self.object);
        if self.scope == "Mine" {
            text.push_str(" USING SCOPE mine");
        }
        let of_recent = recent.map(|ids| {
            let ids: Vec<_> = ids.iter().map(|id| format!("'{id}'")).collect();
            if ids.is_empty() { "Id = null".to_owned() } else { format!("Id IN ({})", ids.join(",")) }
        });
        let conditions: Vec<String> =
            of_recent.into_iter().chain((!self.filter.is_empty()).then(|| format!("({})", self.filter))).collect();
        if !conditions.is_empty() {
            text.push_str(&format!(" WHERE {}", conditions.join(" AND ")));
        }
        if !self.order_by.is_empty() {
            text.push_str(&format!(" ORDER BY {}", self.order_by));
        }
        text
    }
}

impl Ctx {
    /// The saved lists of an object that the reader may see, by name.
    ///
    /// # Errors
    /// `NOT_FOUND` for an object that the reader may not read; what the database reports.
    pub fn list_views(&self, object: &str) -> Result<Vec<ListView>> {
        let object = self.listed_object(object)?.name();
        self.list_views_where(&format!("SobjectType = {} ORDER BY Name, Id", quoted(object)))
    }

    /// One saved list.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that is not there, or whose object the reader may not read.
    pub fn list_view(&self, id: RecordId) -> Result<ListView> {
        let view = self.list_views_where(&format!("Id = '{id}'"))?.into_iter().next().ok_or_else(Error::not_found)?;
        self.listed_object(&view.object)?;
        Ok(view)
    }

    fn list_views_where(&self, condition: &str) -> Result<Vec<ListView>> {
        let text = format!(
            "SELECT Name, DeveloperName, SobjectType, Scope, Columns, Filter, OrderBy FROM ListView WHERE {condition}"
        );
        let (_, rows) = self.query_all_rows(&text, QueryOptions::default())?;
        let view = |row: &store::RecordRow| {
            let text = |at: usize| row.cells[at].value().as_text().unwrap_or_default().to_owned();
            let mut view = ListView { id: row.id, ..ListView::of_texts([text(2), text(3), text(4), text(5), text(6)]) };
            (view.name, view.developer_name) = (text(0), text(1));
            view
        };
        Ok(rows.iter().map(view).collect())
    }

    /// The query that shows a saved list to the reader: columns that the reader may not see are left out, as in any list.
    ///
    /// # Errors
    /// As [`Ctx::list_view`]; those of queries when what the list names is no longer there.
    pub fn list_view_query(&self, id: RecordId) -> Result<String> {
        self.list_view_said(id).map(|said| said.query)
    }

    /// What a saved list says to the reader, taken apart.
    ///
    /// # Errors
    /// As [`Ctx::list_view_query`].
    pub fn list_view_said(&self, id: RecordId) -> Result<ListViewSaid> {
        let view = self.list_view(id)?;
        let object = self.listed_object(&view.object)?;
        let columns: Vec<String> = view.columns.iter().filter(|path| self.sees(object, path)).cloned().collect();
        let hidden: Vec<&str> = HIDDEN
            .into_iter()
            .filter(|name| !columns.iter().any(|column| column.eq_ignore_ascii_case(name)) && self.sees(object, name))
            .collect();
        let selected: Vec<&str> = columns.iter().map(String::as_str).chain(hidden.iter().copied()).collect();
        let recent: Option<Vec<RecordId>> = match view.scope.as_str() {
            "Recent" => Some(self.records_recent(Some(object), RECENT)?.into_iter().map(|seen| seen.id).collect()),
            _ => None,
        };
        let query = view.query(&selected, recent.as_deref());
        // A condition on what the reader may not see is refused before it is told.
        self.plan(&query, QueryOptions::default())?;
        let hidden = hidden.into_iter().map(str::to_owned).collect();
        ListViewSaid::read(query, columns, hidden, view)
    }

    fn sees(&self, object: &ObjectSchema, path: &str) -> bool {
        self.plan(&format!("SELECT {path} FROM {} LIMIT 1", object.name()), QueryOptions::default()).is_ok()
    }

    /// Judges what a list that is being saved says: object, columns, condition and order in the words of a query, under
    /// the rights of who saves it.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` naming the field of the list that cannot be asked.
    pub(crate) fn list_view_check(&self, texts: [String; 5]) -> Result<()> {
        let refuse = |field: &str, why: &str| {
            Err(Error::new(ErrorCode::FieldIntegrityException, format!("{field}: {why}")).with_field(field))
        };
        let view = ListView::of_texts(texts);
        let Ok(object) = self.listed_object(&view.object) else {
            return refuse("SobjectType", "there is no object of this name whose records stand in lists");
        };
        if view.scope == "Mine" && object.owner_field.is_none() {
            return refuse("Scope", "records of this object have no owner");
        }
        let ask = |view: &ListView, columns: &[&str]| self.plan(&view.query(columns, None), QueryOptions::default());
        let columns: Vec<&str> = view.columns.iter().map(String::as_str).collect();
        let bare = ListView { filter: String::new(), order_by: String::new(), ..view.clone() };
        if let Err(error) = ask(&bare, &columns) {
            return refuse("Columns", error.message());
        }
        // Parentheses of its own would let a condition say more than a condition.
        let filtered = ListView { filter: view.filter.clone(), ..bare.clone() };
        if let Err(error) = soql_condition(&view.filter).and_then(|()| ask(&filtered, &["Id"]).map(|_| ())) {
            return refuse("Filter", error.message());
        }
        match ask(&ListView { order_by: view.order_by.clone(), ..bare }, &["Id"]) {
            Ok(plan) if plan.plan().select.limit.is_some() || plan.plan().select.offset > 0 => {
                refuse("OrderBy", "a list has no LIMIT or OFFSET")
            }
            Ok(_) => Ok(()),
            Err(error) => refuse("OrderBy", error.message()),
        }
    }
}

/// A condition is whole by itself.
fn soql_condition(filter: &str) -> Result<()> {
    if filter.is_empty() {
        return Ok(());
    }
    soql::parse(&format!("SELECT Id FROM X WHERE {filter}"))
        .and_then(|_| soql::parse(&format!("SELECT Id FROM X WHERE ({filter}) AND (Id != null)")).map(|_| ()))
}

/// Whether an object begins with lists of its records: those that people look for.
pub(crate) fn has_lists(object: &ObjectSchema) -> bool {
    object.def.searchable && !object.def.computed && !object.is_about_a_record() && !object.is_view()
}

/// The lists that every such object begins with: all records, one's own, and those looked at last. Lists that are there
/// stay as they are.
///
/// # Errors
/// As any create.
pub(crate) fn begin_lists(ctx: &Ctx, owner: RecordId, objects: &[String]) -> Result<()> {
    let table = ctx.object("ListView")?;
    let schema = ctx.schema().clone();
    let mut drafts = Vec::new();
    for object in objects.iter().filter_map(|name| schema.find_object(name)).filter(|object| has_lists(object)) {
        let plural = &object.def.label_plural;
        let stem = object.name().trim_end_matches("__c");
        let mut columns = vec![object.name_field().name()];
        let usual = ["AccountId", "OwnerId", "StageName", "Status", "Amount", "CreatedDate"];
        columns.extend(usual.into_iter().filter(|name| object.find_field(name).is_some()));
        let columns = columns.join(", ");
        let mine = object.owner_field.map(|_| ("My", "Mine"));
        for (word, scope) in
            [Some(("All", "Everything")), mine, Some(("Recently Viewed", "Recent"))].into_iter().flatten()
        {
            let name: String = format!("{word} {plural}").chars().take(80).collect();
            let api: String = format!("{}{stem}", word.replace(' ', "")).chars().take(80).collect();
            let values: [(&str, Value); 7] = [
                ("Name", name.into()),
                ("DeveloperName", api.into()),
                ("SobjectType", object.name().into()),
                ("Scope", scope.into()),
                ("Columns", columns.as_str().into()),
                ("Visibility", "All".into()),
                ("OwnerId", owner.into()),
            ];
            let draft = values
                .into_iter()
                .try_fold(RecordDraft::new(), |draft, (field, value)| draft.set(table, field, value))?;
            drafts.push(draft);
        }
    }
    if drafts.is_empty() {
        return Ok(());
    }
    let options = SaveOptions { all_or_none: true, ..provision::LOADING };
    ctx.records_create("ListView", drafts, options)?.into_iter().try_for_each(|result| result.into_id().map(|_| ()))
}
