//! What a search asks of a record, as a condition beside record access, and the order of relevance.

use super::{Emitter, alias};
use crate::search::{Index, Wanted};
use model::{FieldIx, Result};
use soql::plan::{Expr, FieldRef, Search, Select, SourceIx};

impl Emitter<'_> {
    /// The condition that holds for the records found.
    pub(super) fn search(&mut self, select: &Select, search: &Search) -> Result<()> {
        let wanted = Wanted::of(&search.terms)?;
        self.wanted(select, &wanted, &search.fields)
    }

    /// ORDER BY keys, the most relevant first.
    pub(super) fn relevance(&mut self, select: &Select, search: &Search) -> Result<()> {
        let name = self.object(select.object()).name_field;
        if search.fields.contains(&name) {
            let wanted = Wanted::of(&search.terms)?;
            self.out.push("CASE WHEN NOT ");
            self.wanted(select, &wanted, &[name])?;
            self.out.push(" THEN 2 WHEN ");
            match wanted.first_word().map(|first| self.index(select).name_starts(first)) {
                Some(expression) => self.matches(select, expression),
                None => self.out.push("1=0"),
            }
            self.out.push(" THEN 0 ELSE 1 END, ");
            let field = FieldRef { source: SourceIx::ROOT, field: name, position: 0 };
            self.expr(select, &Expr::Field(field))?;
            self.out.push(if self.is_sqlite() { ", " } else { " COLLATE hf_order, " });
        }
        self.out.column(&alias(select.id, SourceIx::ROOT), "Id");
        Ok(())
    }

    fn index(&self, select: &Select) -> Index<'_> {
        Index::of(self.object(select.object()), self.out.dialect)
    }

    fn wanted(&mut self, select: &Select, wanted: &Wanted, fields: &[FieldIx]) -> Result<()> {
        if fields.is_empty() || *wanted == Wanted::Nothing {
            self.out.push("1=0");
            return Ok(());
        }
        if let Some(expression) = self.index(select).expression(wanted, fields) {
            self.matches(select, expression);
            return Ok(());
        }
        // What the index cannot answer by itself is taken apart until it can.
        self.out.push("(");
        match wanted {
            Wanted::And(parts) | Wanted::Or(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    let word = if matches!(wanted, Wanted::And(_)) { " AND " } else { " OR " };
                    self.out.push(if at > 0 { word } else { "" });
                    self.wanted(select, part, fields)?;
                }
            }
            Wanted::Not(inner) => {
                self.out.push("NOT ");
                self.wanted(select, inner, fields)?;
            }
            Wanted::Words(words) => {
                for (at, word) in words.iter().enumerate() {
                    self.out.push(if at > 0 { " AND " } else { "" });
                    let stem = self.index(select).stem(word, fields);
                    self.matches(select, stem);
                    self.out.push(" AND ");
                    self.word_like(select, &word.like(), fields)?;
                }
            }
            Wanted::Nothing => self.out.push("1=0"),
        }
        self.out.push(")");
        Ok(())
    }

    /// The record is among those that the index names.
    fn matches(&mut self, select: &Select, expression: String) {
        self.out.column(&alias(select.id, SourceIx::ROOT), "Id");
        if self.is_sqlite() {
            self.out.push(" IN (SELECT rowid FROM hf_search WHERE hf_search MATCH ");
            self.out.bind(expression.into());
            self.out.push(")");
        } else {
            self.out.push(" IN (SELECT hs.id FROM hf_search hs WHERE hs.terms @@ ");
            self.out.bind(expression.into());
            self.out.push("::tsquery)");
        }
    }

    /// Some word of the fields is as a LIKE pattern says.
    fn word_like(&mut self, select: &Select, pattern: &str, fields: &[FieldIx]) -> Result<()> {
        if self.is_sqlite() {
            self.out.push("hf_word_like(");
            self.out.bind(pattern.into());
            for field in fields {
                let is_phone = crate::search::is_phone(self.object(select.object()).field(*field));
                self.out.push(if is_phone { ", 1, " } else { ", 0, " });
                self.field_column(select, &FieldRef { source: SourceIx::ROOT, field: *field, position: 0 })?;
            }
            self.out.push(")");
            return Ok(());
        }
        let patterns = self.index(select).terms_like(pattern, fields);
        self.out
            .push("EXISTS (SELECT 1 FROM hf_search hs, unnest(tsvector_to_array(hs.terms)) AS w (word) WHERE hs.id = ");
        self.out.column(&alias(select.id, SourceIx::ROOT), "Id");
        self.out.push(" AND w.word LIKE ANY (");
        self.out.bind(crate::driver::Param::Texts(patterns));
        self.out.push("))");
        Ok(())
    }
}
