//! Records of several objects as one table: of each object those that take part and that the asker may see, with the
//! columns of the union.

use super::{Approach, Emitter};
use crate::codec::codec_of;
use crate::driver::Param;
use model::schema::{Member, MemberWhen, Shown};
use model::{Error, FieldSchema, ObjectSchema, Result, Value};
use policy::Access;
use soql::plan::{Select, SourceIx};

/// The alias of a member's table inside its part of the union.
const ALIAS: &str = "member";

impl Emitter<'_> {
    pub(super) fn union(&mut self, select: &Select, union: &ObjectSchema) -> Result<()> {
        let mut word = "(";
        for (ix, access) in self.plan.access(select.id, SourceIx::ROOT)? {
            let object = self.object(*ix);
            let member = union.members().iter().find(|member| member.object.eq_ignore_ascii_case(object.name()));
            let member = member.ok_or_else(|| Error::internal("an object that is no part of the union"))?;
            self.out.push(word);
            word = " UNION ALL ";
            self.member(union, member, object, access)?;
        }
        self.out.push(")");
        Ok(())
    }

    fn member(&mut self, union: &ObjectSchema, member: &Member, object: &ObjectSchema, access: &Access) -> Result<()> {
        let mut word = "SELECT ";
        for field in union.fields.iter().filter(|field| !field.column.is_empty()) {
            self.out.push(word);
            word = ", ";
            self.shown(field, member, object)?;
            self.out.as_column(codec_of(field)?, &field.column);
        }
        self.out.push(&format!(" FROM \"{}\" {ALIAS} WHERE ", object.table));
        self.takes_part(member, object)?;
        if *access != Access::Everything {
            self.out.push(" AND ");
            self.who().access(&mut self.out, object.ix, ALIAS, access, Approach::Probe)?;
        }
        Ok(())
    }

    /// A column of the union: nothing where the object has no such field, or the asker may not read it, or it is
    /// encrypted, which a list over several objects cannot open.
    fn shown(&mut self, field: &FieldSchema, member: &Member, object: &ObjectSchema) -> Result<()> {
        let readable = self.plan.identity().permissions();
        match member.shows(object, field.name()) {
            Shown::Field(own)
                if readable.field(object.ix, own.ix).read && !own.is_sealed() && !own.column.is_empty() =>
            {
                self.out.column(ALIAS, &own.column);
                Ok(())
            }
            Shown::Fixed(value) => self.out.constant(codec_of(field)?, value),
            Shown::Field(_) | Shown::Nothing => self.out.constant(codec_of(field)?, &Value::Null),
        }
    }

    fn takes_part(&mut self, member: &Member, object: &ObjectSchema) -> Result<()> {
        let column = |name: &str| {
            let field = object.find_field(name).filter(|field| !field.column.is_empty() && !field.is_sealed());
            field.map(|field| field.column.as_str()).ok_or_else(|| {
                Error::internal(format!("{}.{name} tells whether a record takes part and has no column", object.name()))
            })
        };
        match &member.when {
            MemberWhen::Is { field, value } => {
                self.out.column(ALIAS, column(field)?);
                self.out.push(if *value { " = 1" } else { " = 0" });
            }
            MemberWhen::Past { field, value } => {
                let column = column(field)?;
                let now = Param::Int(self.options.now.ms());
                self.out.push("(");
                self.out.column(ALIAS, column);
                self.out.push(if *value { " < " } else { " >= " });
                self.out.bind(now);
                if !*value {
                    // What has no time lies ahead.
                    self.out.push(" OR ");
                    self.out.column(ALIAS, column);
                    self.out.push(" IS NULL");
                }
                self.out.push(")");
            }
        }
        Ok(())
    }
}
