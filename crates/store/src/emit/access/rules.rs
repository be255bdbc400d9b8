//! Sharing rules: the owners that are members of the sources, and criteria written out.

use super::rows::values;
use super::{Approach, Who, within_end, within_start};
use crate::driver::Param;
use crate::emit::{Emitter, SqlText};
use model::{Error, ObjectIx, ObjectSchema, Result};
use policy::{AccountChild, CompiledRule, CompiledSource, Level};

impl<'a> Who<'a> {
    /// The rules of an object that give the level to a target that reaches the asker.
    pub(super) fn reaching_rules(
        self,
        object: ObjectIx,
        child: Option<AccountChild>,
        at_least: Level,
        hierarchy: bool,
    ) -> impl Iterator<Item = &'a CompiledRule> {
        self.sharing
            .rules
            .of(object)
            .iter()
            .filter(move |rule| rule.gives(child, at_least))
            .filter(move |rule| self.sharing.reach.reaches(rule.rule.target.as_i64(), hierarchy))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one node, and where it stands")]
    pub(super) fn ruled(
        self,
        out: &mut SqlText,
        object: &ObjectSchema,
        alias: &str,
        child: Option<AccountChild>,
        at_least: Level,
        hierarchy: bool,
        approach: Approach,
    ) -> Result<()> {
        let mut sources = Vec::new();
        let mut criteria = Vec::new();
        for rule in self.reaching_rules(object.ix, child, at_least, hierarchy) {
            match &rule.source {
                CompiledSource::Owner(source) => sources.push(source.as_i64()),
                CompiledSource::Criteria(plan) => criteria.push(plan),
            }
        }
        sources.sort_unstable();
        sources.dedup();
        out.push("(");
        let mut word = "";
        if !sources.is_empty() {
            let owner = object.owner_field.ok_or_else(|| Error::internal("a rule on an object without owners"))?;
            let column = &object.field(owner).column;
            if approach == Approach::Probe {
                owner_in(out, alias, column, sources);
            } else {
                within_start(out, alias, column, approach);
                members(out, &sources);
                within_end(out, approach);
            }
            word = " OR ";
        }
        for plan in criteria {
            out.push(word);
            word = " OR ";
            Emitter::condition(out, plan, alias)?;
        }
        out.push(")");
        Ok(())
    }
}

/// A query for the users and queues that the sources stand for: a user, a queue itself, the members of a group.
pub(super) fn members(out: &mut SqlText, sources: &[i64]) {
    values(out, sources.to_vec());
    out.push(" UNION ALL SELECT hl.ref FROM hf_group_leaf hl WHERE hl.kind = 0 AND hl.grp");
    out.bind_list(Param::Ints(sources.to_vec()));
    out.push(
        " UNION ALL SELECT hu.\"Id\" FROM \"User\" hu JOIN hf_group_leaf hl ON hl.ref = hu.\"UserRoleId\" \
         WHERE hl.kind IN (1, 2) AND hl.grp",
    );
    out.bind_list(Param::Ints(sources.to_vec()));
    out.push(
        " UNION ALL SELECT hs.subordinate FROM hf_subordinate hs JOIN hf_group_leaf hl ON hl.ref = hs.role \
         WHERE hl.kind = 2 AND hl.grp",
    );
    out.bind_list(Param::Ints(sources.to_vec()));
    out.push(" UNION ALL SELECT hu.\"Id\" FROM \"User\" hu WHERE EXISTS (SELECT 1 FROM hf_group_leaf hl WHERE hl.kind = 3 AND hl.grp");
    out.bind_list(Param::Ints(sources.to_vec()));
    out.push(")");
}

/// The owner is one of those, looked at from the owner's side.
fn owner_in(out: &mut SqlText, alias: &str, column: &str, sources: Vec<i64>) {
    out.push("(");
    out.column(alias, column);
    out.bind_list(Param::Ints(sources.clone()));
    out.push(" OR EXISTS (SELECT 1 FROM \"User\" hu JOIN hf_group_leaf hl ON hl.grp");
    out.bind_list(Param::Ints(sources));
    out.push(" WHERE hu.\"Id\" = ");
    out.column(alias, column);
    out.push(
        " AND ((hl.kind = 0 AND hl.ref = hu.\"Id\") OR (hl.kind IN (1, 2) AND hl.ref = hu.\"UserRoleId\") \
         OR (hl.kind = 2 AND EXISTS (SELECT 1 FROM hf_subordinate hs WHERE hs.role = hl.ref AND hs.subordinate = \
         hu.\"Id\")) OR hl.kind = 3)))",
    );
}
