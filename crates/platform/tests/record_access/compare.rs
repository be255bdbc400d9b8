//! Every way of asking, for one user, against the model.

use crate::load::{Loaded, SECRETIVE, draft, record_name};
use crate::model::{Model, ObjectVerb};
use crate::reasons;
use crate::verbs::{Answer, Verb};
use crate::world::*;
use model::{ErrorCode, RecordId};
use platform::{Cell, Ctx, QueryOptions, RecordRow};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use test_support::Dice;

/// How many single answers were held against the model; an error tells the first that differs.
type Compared = Result<usize, String>;

pub(crate) struct Comparison<'a> {
    loaded: &'a Loaded,
    world: &'a World,
    model: Model<'a>,
    user: UserKey,
    ctx: Ctx,
    /// Chooses which surfaces are asked; none asks them all.
    sample: Option<RefCell<Dice>>,
}

/// Of a hundred surfaces and records, those that a sample takes.
const SAMPLED_PERCENT: usize = 10;

type Ids = BTreeSet<RecordKey>;

impl<'a> Comparison<'a> {
    /// Compares all surfaces, or a sample of them; for a user without a session only that there is none.
    pub(crate) fn run(loaded: &'a Loaded, world: &'a World, user: UserKey, sample: Option<u64>) -> Compared {
        let model = Model::new(world);
        let ctx = match (Ctx::for_user(&loaded.org, loaded.users[&user]), model.has_session(user)) {
            (Ok(ctx), true) => ctx,
            (Err(error), false) if error.code() == ErrorCode::InvalidSessionId => {
                let Some(key) = world.records.keys().next() else { return Ok(1) };
                return reasons::explanation(loaded, &loaded.admin(), &model, user, *key);
            }
            (Ok(_), false) => return Err(format!("{user:?} should have no session")),
            (Err(error), _) => return Err(format!("{user:?} should have a session: {error}")),
        };
        let sample = sample.map(|seed| RefCell::new(Dice::new(seed)));
        let this = Self { loaded, world, model, user, ctx, sample };
        let mut compared = 0;
        for object in Object::ALL.into_iter().filter(|_| this.takes()) {
            compared += this.lists(object).map_err(|error| format!("{user:?}, {}: {error}", object.api_name()))?;
        }
        compared += this.relations().map_err(|error| format!("{user:?}: {error}"))?;
        if this.takes() {
            compared += this.searches().map_err(|error| format!("{user:?}: {error}"))?;
        }
        compared += this.single_records().map_err(|error| format!("{user:?}: {error}"))?;
        compared += this.reasons().map_err(|error| format!("{user:?}: {error}"))?;
        Ok(compared)
    }

    /// Whether to ask the next thing.
    fn takes(&self) -> bool {
        self.sample.as_ref().is_none_or(|dice| dice.borrow_mut().chance(SAMPLED_PERCENT))
    }

    fn readable(&self, object: Object) -> bool {
        self.model.may(self.user, object, ObjectVerb::Read)
    }

    /// Records of an object that the user reads, from the recycle bin too where asked.
    fn visible(&self, object: Object, deleted: bool) -> Ids {
        self.world
            .of(object)
            .filter(|key| deleted || self.world.records[key].is_live())
            .filter(|key| self.model.reads(self.user, *key))
            .collect()
    }

    fn sees(&self, record: Option<RecordKey>) -> bool {
        record.is_some_and(|key| self.world.records[&key].is_live() && self.model.reads(self.user, key))
    }

    fn rows(&self, soql: &str, deleted: bool) -> Result<Vec<RecordRow>, String> {
        let options = QueryOptions { with_deleted: deleted, ..QueryOptions::default() };
        self.ctx.query_all_rows(soql, options).map(|(_, rows)| rows).map_err(|error| format!("{soql}: {error}"))
    }

    fn keys(&self, ids: impl Iterator<Item = RecordId>) -> Ids {
        ids.filter_map(|id| self.loaded.keys.get(&id).copied()).collect()
    }

    fn expect(&self, what: &str, found: Ids, wanted: &Ids) -> Compared {
        if found == *wanted {
            return Ok(wanted.len().max(1));
        }
        let more: Vec<_> = found.difference(wanted).collect();
        let less: Vec<_> = wanted.difference(&found).collect();
        Err(format!("{what} shows {more:?} too many and {less:?} too few"))
    }

    /// List, recycle bin, count, groups and the secret field of one object.
    fn lists(&self, object: Object) -> Compared {
        let name = object.api_name();
        if !self.readable(object) {
            return match self.ctx.query(&format!("SELECT COUNT() FROM {name}"), QueryOptions::default()) {
                Err(error) if error.code() == ErrorCode::InvalidType => Ok(1),
                Err(error) => Err(format!("an unreadable object answers {}", error.code())),
                Ok(_) => Err("an unreadable object was queried".to_owned()),
            };
        }
        let visible = self.visible(object, false);
        let of_object = self.world.of(object).count();
        let found = self.rows(&format!("SELECT Id FROM {name}"), false)?;
        self.expect("the list", self.keys(found.iter().map(|row| row.id)), &visible)?;
        let all = self.visible(object, true);
        let found = self.rows(&format!("SELECT Id FROM {name}"), true)?;
        self.expect("the list with the recycle bin", self.keys(found.iter().map(|row| row.id)), &all)?;
        let counted = self
            .ctx
            .query(&format!("SELECT COUNT() FROM {name}"), QueryOptions::default())
            .map_err(|error| error.to_string())?
            .total;
        if counted != visible.len() as u64 {
            return Err(format!("COUNT() is {counted}, not {}", visible.len()));
        }
        self.groups(object, &visible)?;
        Ok(of_object * 4)
    }

    /// Counts by owner (or, of details, by first master) over what is visible alone.
    fn groups(&self, object: Object, visible: &Ids) -> Compared {
        let by = if object.is_detail() { object.parent_fields()[0] } else { "OwnerId" };
        let soql = format!("SELECT {by}, COUNT(Id) n FROM {} GROUP BY {by}", object.api_name());
        let answer = self.ctx.query(&soql, QueryOptions::default()).map_err(|error| format!("{soql}: {error}"))?;
        let found: BTreeMap<RecordId, i64> = answer
            .groups()
            .iter()
            .filter_map(|group| {
                let count = group[1].as_decimal().and_then(|count| i64::try_from(count).ok());
                Some((group[0].as_id()?, count?))
            })
            .collect();
        let mut wanted = BTreeMap::new();
        for key in visible {
            let record = &self.world.records[key];
            let group = match record.owner {
                Some(owner) => self.loaded.owner(owner),
                None => self.loaded.records[&record.parents[0].expect("a detail has a master")],
            };
            *wanted.entry(group).or_insert(0) += 1;
        }
        if found == wanted { Ok(wanted.len()) } else { Err(format!("{soql} counts {found:?}, not {wanted:?}")) }
    }

    /// Parents in select, filter and sort, children below parents, semi- and anti-joins.
    fn relations(&self) -> Compared {
        let mut compared = 0;
        for child in [Object::Contact, Object::Opportunity, Object::Case, Object::Link, Object::Part] {
            let parent = child.parent_targets(child.parent_fields().len() - 1)[0];
            let slot = child.parent_fields().len() - 1;
            if !self.takes() || !self.readable(child) || !self.readable(parent) {
                continue;
            }
            compared += self.parent_fields(child, slot)?;
            compared += self.children(child, parent, slot)?;
        }
        Ok(compared)
    }

    fn parent_fields(&self, child: Object, slot: usize) -> Compared {
        let name = child.api_name();
        let field = child.parent_fields()[slot];
        let relation = field
            .strip_suffix("__c")
            .map_or_else(|| field.strip_suffix("Id").expect("a lookup").to_owned(), |stem| format!("{stem}__r"));
        let visible = self.visible(child, false);
        let parent_of = |key: &RecordKey| self.world.records[key].parents[slot];
        for row in
            self.rows(&format!("SELECT {field}, {relation}.Name FROM {name} ORDER BY {relation}.Name, Id"), false)?
        {
            let Some(key) = self.loaded.keys.get(&row.id) else { continue };
            let parent = parent_of(key);
            if row.cells[0].value().as_id() != parent.map(|parent| self.loaded.records[&parent]) {
                return Err(format!("{key:?}: {field} is {:?}", row.cells[0]));
            }
            let wanted = if self.sees(parent) { parent.map(record_name) } else { None };
            let found = row.cells[1].value().as_text().map(str::to_owned);
            if found != wanted {
                return Err(format!("{key:?}: {relation}.Name is {found:?}, not {wanted:?}"));
            }
        }
        let seen: Ids = visible.iter().copied().filter(|key| self.sees(parent_of(key))).collect();
        let found = self.rows(&format!("SELECT Id FROM {name} WHERE {relation}.Name LIKE 'Thing%'"), false)?;
        self.expect("a filter on a parent's name", self.keys(found.iter().map(|row| row.id)), &seen)?;
        let unseen: Ids = visible.difference(&seen).copied().collect();
        let found = self.rows(&format!("SELECT Id FROM {name} WHERE {relation}.Name = null"), false)?;
        self.expect("a filter on no parent's name", self.keys(found.iter().map(|row| row.id)), &unseen)?;
        Ok(visible.len() * 3)
    }

    fn children(&self, child: Object, parent: Object, slot: usize) -> Compared {
        let (name, field) = (parent.api_name(), child.parent_fields()[slot]);
        let list = match child {
            Object::Contact => "Contacts",
            Object::Opportunity => "Opportunities",
            Object::Case => "Cases",
            Object::Part => "Parts__r",
            _ => "Links__r",
        };
        let (parents, children) = (self.visible(parent, false), self.visible(child, false));
        let below = |parent: RecordKey| -> Ids {
            children.iter().copied().filter(|key| self.world.records[key].parents[slot] == Some(parent)).collect()
        };
        for row in self.rows(&format!("SELECT Id, (SELECT Id FROM {list}) FROM {name}"), false)? {
            let Some(key) = self.loaded.keys.get(&row.id) else { continue };
            let found = match &row.cells[1] {
                Cell::Children(rows) => self.keys(rows.iter().map(|row| row.id)),
                other => return Err(format!("{list} of {key:?} is {other:?}")),
            };
            self.expect(&format!("{list} of {key:?}"), found, &below(*key))?;
        }
        let (with, without): (Ids, Ids) = parents.iter().copied().partition(|key| !below(*key).is_empty());
        let inner = format!("(SELECT {field} FROM {})", child.api_name());
        let found = self.rows(&format!("SELECT Id FROM {name} WHERE Id IN {inner}"), false)?;
        self.expect(&format!("a semi-join with {list}"), self.keys(found.iter().map(|row| row.id)), &with)?;
        let found = self.rows(&format!("SELECT Id FROM {name} WHERE Id NOT IN {inner}"), false)?;
        self.expect(&format!("an anti-join with {list}"), self.keys(found.iter().map(|row| row.id)), &without)?;
        Ok(parents.len() * 3)
    }

    /// Search by name and SOSL.
    fn searches(&self) -> Compared {
        let named = [Object::Account, Object::Opportunity, Object::Contact, Object::Lead, Object::Project];
        let readable: Vec<Object> = named.into_iter().filter(|object| self.readable(*object)).collect();
        let names: Vec<&str> = readable.iter().map(|object| object.api_name()).collect();
        let wanted: Ids = readable.iter().flat_map(|object| self.visible(*object, false)).collect();
        let hits = self.ctx.search_names("Thing", Some(&names), 200).map_err(|error| error.to_string())?;
        self.expect("the search by name", self.keys(hits.iter().map(|hit| hit.id)), &wanted)?;
        if readable.is_empty() {
            return Ok(1);
        }
        let returning: Vec<String> = names.iter().map(|name| format!("{name}(Id)")).collect();
        let sosl = format!("FIND {{Thing}} IN NAME FIELDS RETURNING {}", returning.join(", "));
        let found = self.ctx.search(&sosl, QueryOptions::default()).map_err(|error| format!("{sosl}: {error}"))?;
        let found = self.keys(found.iter().flat_map(|part| &part.rows).map(|row| row.id));
        self.expect("SOSL", found, &wanted)?;
        Ok(wanted.len() * 2)
    }

    /// One record at a time, each verb, and the secret field.
    fn single_records(&self) -> Compared {
        let mut compared = 0;
        for (key, record) in &self.world.records {
            if !self.takes() {
                continue;
            }
            let id = self.loaded.records[key];
            let said = self.ctx.record_get(record.object.api_name(), id, Some(&["Id".to_owned()]));
            let wanted = match (self.model.decide(self.user, Verb::Read, *key), record.is_live()) {
                (Answer::Yes, true) => None,
                (Answer::Yes, false) => Some(ErrorCode::EntityIsDeleted),
                _ => Some(ErrorCode::NotFound),
            };
            let found = said.err().map(|error| error.code());
            if found != wanted {
                return Err(format!("get {key:?} answers {found:?}, not {wanted:?}"));
            }
            compared += 1;
        }

        compared += self.verbs()?;
        for object in SECRETIVE.into_iter().filter(|object| self.readable(*object)) {
            let soql = format!("SELECT Secret__c FROM {} LIMIT 1", object.api_name());
            let found = self.ctx.query(&soql, QueryOptions::default()).err().map(|error| error.code());
            let wanted = (!self.model.reads_secret(self.user, object)).then_some(ErrorCode::InvalidField);
            if found != wanted {
                return Err(format!("{soql} answers {found:?}, not {wanted:?}"));
            }
            compared += 1;
            if self.takes() {
                compared += self.secret_write(object)?;
            }
        }
        Ok(compared)
    }

    /// A write of the secret field of some record that the user may edit.
    fn secret_write(&self, object: Object) -> Compared {
        let editable = |key: &RecordKey| {
            self.world.records[key].is_live() && self.model.decide(self.user, Verb::Edit, *key) == Answer::Yes
        };
        let Some(key) = self.world.of(object).find(editable) else { return Ok(0) };
        let fields = vec![("Secret__c", "said".into())];
        let change = draft(&self.ctx, object.api_name(), Some(self.loaded.records[&key]), fields);
        let found = self.ctx.record_update(object.api_name(), change).err().map(|error| error.code());
        let wanted = if self.model.edits_secret(self.user, object) {
            None
        } else if self.model.reads_secret(self.user, object) {
            Some(ErrorCode::InvalidFieldForInsertUpdate)
        } else {
            Some(ErrorCode::InvalidField)
        };
        if found == wanted { Ok(1) } else { Err(format!("a write of {key:?}'s secret is {found:?}, not {wanted:?}")) }
    }

    /// Why: explanations, share rows, UserRecordAccess.
    fn reasons(&self) -> Compared {
        let admin = self.loaded.admin();
        let mut compared = 0;
        for key in self.world.records.keys().filter(|_| self.takes()) {
            compared += reasons::explanation(self.loaded, &admin, &self.model, self.user, *key)?;
        }
        for object in Object::OWNED.into_iter().filter(|_| self.takes()) {
            compared += reasons::share_rows(self.loaded, &admin, &self.model, object)?;
        }
        if self.takes() {
            compared += reasons::user_record_access(self.loaded, &self.ctx, &self.model, self.user)?;
        }
        Ok(compared)
    }

    /// What the product says one may do, as an administrator asks for the user.
    fn verbs(&self) -> Compared {
        let live: Vec<RecordKey> =
            self.world.records.iter().filter(|(_, record)| record.is_live()).map(|(key, _)| *key).collect();
        let ids: Vec<RecordId> = live.iter().map(|key| self.loaded.records[key]).collect();
        let answers = self
            .loaded
            .admin()
            .record_access(self.loaded.users[&self.user], &ids)
            .map_err(|error| error.to_string())?;
        if answers.len() != live.len() {
            return Err(format!("{} answers about {} records", answers.len(), live.len()));
        }
        for (key, answer) in live.iter().zip(&answers) {
            let found = [answer.read, answer.edit, answer.delete, answer.transfer, answer.share];
            let wanted = Verb::ALL.map(|verb| self.model.decide(self.user, verb, *key) == Answer::Yes);
            if found != wanted {
                let said = |answers: [bool; 5]| -> Vec<Verb> {
                    Verb::ALL.into_iter().zip(answers).filter(|(_, yes)| *yes).map(|(verb, _)| verb).collect()
                };
                return Err(format!("{key:?}: the product allows {:?}, the model {:?}", said(found), said(wanted)));
            }
        }
        Ok(live.len() * Verb::ALL.len())
    }
}
