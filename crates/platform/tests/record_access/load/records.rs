//! Records of a world, and what is granted on them: rows, teams, rules, defaults.

use super::{Fields, Loaded, create_all, default_of, level_word, mark_fields, record_name, share_object, team_object};
use crate::world::*;
use model::schema::{GrantLevel, RuleSource as Source, SharingRule};
use model::{Date, Value};
use platform::provision::LOADING;
use platform::{Ctx, SaveOptions};

impl Loaded {
    pub(super) fn load_records(&mut self, ctx: &Ctx, world: &World) {
        // Parents before what hangs on them.
        let order = [
            Object::Account,
            Object::Project,
            Object::Contact,
            Object::Opportunity,
            Object::Case,
            Object::Lead,
            Object::Part,
            Object::Piece,
            Object::Link,
            Object::Task,
            Object::Event,
        ];
        for object in order {
            let keys: Vec<RecordKey> = world.of(object).collect();
            let rows = keys.iter().map(|key| self.record_fields(*key, &world.records[key])).collect();
            for (key, id) in keys.into_iter().zip(create_all(ctx, object.api_name(), rows, LOADING)) {
                self.note_record(key, id);
            }
        }
    }

    /// All that a new record of a world says.
    pub(crate) fn record_fields(&self, key: RecordKey, record: &Record) -> Fields<'static> {
        let name = record_name(key);
        let mut fields: Fields<'static> = match record.object {
            Object::Account | Object::Project | Object::Part | Object::Piece | Object::Link => {
                vec![("Name", name.into())]
            }
            Object::Contact => vec![("LastName", name.into())],
            Object::Opportunity => vec![
                ("Name", name.into()),
                ("StageName", "Prospecting".into()),
                ("CloseDate", Value::Date(Date::parse("2026-12-15").expect("a date"))),
            ],
            Object::Case | Object::Task => vec![("Subject", name.into())],
            Object::Lead => vec![("LastName", name.into()), ("Company", "Some company".into())],
            Object::Event => vec![
                ("Subject", name.into()),
                ("StartDateTime", Value::DateTime(self.org.now())),
                ("DurationInMinutes", Value::Int(30)),
            ],
        };
        if let Some(owner) = record.owner {
            fields.push(("OwnerId", self.owner(owner).into()));
        }
        for (field, parent) in record.object.parent_fields().iter().zip(record.parents) {
            if let Some(parent) = parent {
                fields.push((field, self.records[&parent].into()));
            }
        }
        if Object::OWNED.contains(&record.object) {
            fields.extend(mark_fields(record.mark, record.size));
        }
        fields
    }

    /// Rows, teams, rules, defaults, and at last what lies in the recycle bin.
    pub(super) fn load_grants(&mut self, world: &World) {
        let admin = self.admin();
        for object in Object::OWNED {
            let (share, _, _) = share_object(object);
            let rows = world.of(object).flat_map(|key| {
                let record = &world.records[&key];
                record.manual.iter().map(|row| self.share_fields(key, record.object, row)).collect::<Vec<_>>()
            });
            let rows: Vec<Vec<(String, Value)>> = rows.collect();
            let rows = rows.iter().map(|row| row.iter().map(|(name, value)| (name.as_str(), value.clone())).collect());
            create_all(&admin, &share, rows.collect(), SaveOptions::ALL);
        }
        for level in
            [Level::Read, Level::Edit].into_iter().filter(|_| admin.schema().find_object("CaseTeamRole").is_some())
        {
            let fields =
                vec![("Name", format!("{level:?} {}", self.number).into()), ("AccessLevel", level_word(level))];
            self.team_roles.insert(level, create_all(&admin, "CaseTeamRole", vec![fields], SaveOptions::ALL)[0]);
        }
        for object in Object::OWNED.into_iter().filter(|object| object.has_teams()) {
            let rows = world
                .of(object)
                .flat_map(|key| world.records[&key].team.iter().map(move |row| (key, *row)).collect::<Vec<_>>());
            let rows: Vec<Fields<'static>> = rows.map(|(key, row)| self.team_fields(key, object, &row)).collect();
            create_all(&admin, team_object(object), rows, SaveOptions::ALL);
        }
        for (key, rule) in &world.rules {
            self.rule_put(*key, rule);
        }
        for (object, setting) in &world.settings {
            if setting.default != OrgDefault::Private {
                self.admin().access_default_set(object.api_name(), default_of(setting.default)).expect("a default");
            }
            if !setting.hierarchy {
                self.admin().hierarchy_set(object.api_name(), false).expect("a setting");
            }
        }
    }

    pub(crate) fn share_fields(&self, key: RecordKey, object: Object, row: &ManualRow) -> Vec<(String, Value)> {
        let (_, record, level) = share_object(object);
        let mut fields = vec![
            (record, self.records[&key].into()),
            ("UserOrGroupId".to_owned(), self.grantee(row.grantee).into()),
            (level, level_word(row.level)),
        ];
        if object == Object::Account {
            fields.push(("ContactAccessLevel".to_owned(), level_word(row.children.contact)));
            fields.push(("OpportunityAccessLevel".to_owned(), level_word(row.children.opportunity)));
            fields.push(("CaseAccessLevel".to_owned(), level_word(row.children.case)));
        }
        fields
    }

    pub(crate) fn team_fields(&self, key: RecordKey, object: Object, row: &TeamRow) -> Fields<'static> {
        let (record, member) = (Value::from(self.records[&key]), Value::from(self.users[&row.member]));
        match object {
            Object::Account => vec![
                ("AccountId", record),
                ("UserId", member),
                ("AccountAccessLevel", level_word(row.level)),
                ("ContactAccessLevel", level_word(row.children.contact)),
                ("OpportunityAccessLevel", level_word(row.children.opportunity)),
                ("CaseAccessLevel", level_word(row.children.case)),
            ],
            Object::Opportunity => {
                vec![("OpportunityId", record), ("UserId", member), ("OpportunityAccessLevel", level_word(row.level))]
            }
            _ => vec![("ParentId", record), ("MemberId", member), ("TeamRoleId", self.team_roles[&row.level].into())],
        }
    }

    pub(crate) fn rule_put(&self, key: RuleKey, rule: &Rule) {
        let source = match rule.source {
            RuleSource::OwnedBy(source) => Source::Owner(self.grantee(source)),
            RuleSource::Where(criterion) => Source::Criteria(criterion_text(criterion)),
        };
        let level = |level: Level| match level {
            Level::None => GrantLevel::None,
            Level::Read => GrantLevel::Read,
            Level::Edit | Level::All => GrantLevel::Edit,
        };
        let rule_made = SharingRule {
            name: format!("{key:?}"),
            source,
            target: self.grantee(rule.target),
            level: level(rule.level),
            contacts: level(rule.children.contact),
            opportunities: level(rule.children.opportunity),
            cases: level(rule.children.case),
        };
        let object = rule.object.api_name();
        self.admin().sharing_rule_put(object, rule_made).unwrap_or_else(|error| panic!("{object}: {rule:?}: {error}"));
    }
}

fn criterion_text(criterion: Criterion) -> String {
    let quoted = |mark: Option<&str>| mark.map_or("null".to_owned(), |mark| format!("'{mark}'"));
    match criterion {
        Criterion::MarkIs(mark) => format!("Mark__c = {}", quoted(mark)),
        Criterion::MarkIsNot(mark) => format!("Mark__c != {}", quoted(mark)),
        Criterion::SizeAbove(bound) => format!("Size__c > {bound}"),
        Criterion::SizeAtMost(bound) => format!("Size__c <= {bound}"),
    }
}
