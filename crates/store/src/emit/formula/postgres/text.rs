//! Functions of texts and ids.

use super::body::{Body, Digits, Operand};
use super::operators::text;
use formula::{Function, Type, TypedExpr};
use model::{Error, Result};

impl Body<'_> {
    pub(super) fn text(&mut self, function: Function, arguments: &[TypedExpr]) -> Result<Operand> {
        let mut given = arguments.iter().map(|argument| self.expr(argument)).collect::<Result<Vec<_>>>()?;
        let is_nullable = given.iter().any(|operand| operand.is_nullable);
        let sql: Vec<String> = given.iter().map(|operand| operand.sql.clone()).collect();
        // Texts where blank counts as empty.
        let full: Vec<String> = given.iter().map(text).collect();
        let most = given.first().and_then(|operand| operand.most_chars);
        let kept = |sql: String| Operand::new(format!("NULLIF({sql}, '')")).chars(most);
        Ok(match function {
            Function::IsNumber => Operand::new(format!("COALESCE(hf_is_number({}), FALSE)", sql[0])).never_null(),
            Function::CaseSafeId if arguments[0].ty == Type::Id => {
                Operand::new(format!("hf_id_text({})", sql[0])).nullable(is_nullable).chars(Some(18))
            }
            Function::CaseSafeId => {
                let given = self.named(given.remove(0), Type::Text);
                let id = self.named(Operand::new(format!("hf_id_read({})", given.sql)), Type::Id);
                self.fail_if(&format!("{} IS NULL AND {} IS NOT NULL", id.sql, given.sql));
                Operand::new(format!("hf_id_text({})", id.sql)).chars(Some(18))
            }
            Function::Ascii => Operand::new(format!("ascii({})::numeric", sql[0]))
                .nullable(is_nullable)
                .digits(Some(Digits::new(7, 0))),
            Function::Begins => Operand::new(format!("starts_with({}, {})", full[0], full[1])).never_null(),
            Function::Contains => Operand::new(format!("(position({} in {}) > 0)", full[1], full[0])).never_null(),
            Function::Br => Operand::new("E'\\n'").never_null().chars(Some(1)),
            Function::Chr => Operand::new(format!("hf_char({})", sql[0])).chars(Some(1)),
            Function::Find => {
                let start = sql.get(2).map_or("0::numeric", String::as_str);
                Operand::new(format!("hf_find({}, {}, {start})", full[0], full[1]))
                    .never_null()
                    .digits(Some(Digits::new(6, 0)))
            }
            Function::InitCap => self.settled(format!("hf_init_cap({})", sql[0]), most.map(|most| most * 3)),
            Function::Left => kept(format!("left({}, hf_count({}))", sql[0], sql[1])),
            Function::Right => kept(format!("right({}, hf_count({}))", sql[0], sql[1])),
            Function::Mid => kept(format!("substr({}, hf_start({}), hf_count({}))", sql[0], sql[1], sql[2])),
            Function::Len => {
                Operand::new(format!("char_length({})::numeric", full[0])).never_null().digits(Some(Digits::new(6, 0)))
            }
            Function::Lower | Function::Upper => {
                let name = if function == Function::Lower { "hf_lower" } else { "hf_upper" };
                let locale = full.get(1).map_or("''", String::as_str);
                self.settled(format!("{name}({}, {locale})", sql[0]), most.map(|most| most * 3))
            }
            Function::Lpad | Function::Rpad => self.padded(function, given, &full),
            Function::Reverse => kept(format!("reverse({})", sql[0])),
            Function::Substitute => {
                let longest = given[0].most_chars.zip(given[2].most_chars).map(|(text, new)| text * new.max(1));
                let sure = longest.is_some_and(|most| most <= formula::MAX_TEXT_CHARS as u64);
                if !sure {
                    let length = format!("hf_substituted_chars({})", full.join(", "));
                    self.fail_if(&format!("{length} > {}", formula::MAX_TEXT_CHARS));
                }
                let most = longest.or(Some(formula::MAX_TEXT_CHARS as u64));
                Operand::new(format!("NULLIF(replace({}), '')", full.join(", "))).chars(most)
            }
            Function::Text => in_text(arguments[0].ty, &sql[0], &given[0]),
            Function::Trim => kept(format!("hf_trim({})", sql[0])),
            Function::Value => self.checked(format!("hf_number({})", sql[0]), Type::Number),
            Function::Hyperlink => self.hyperlink(given, &full),
            Function::Image => self.image(given, &full),
            other => return Err(Error::internal(format!("{} has no form in SQL", other.def().name))),
        })
    }

    fn padded(&mut self, function: Function, given: Vec<Operand>, full: &[String]) -> Operand {
        let mut given = given.into_iter();
        let (Some(text), Some(length)) = (given.next(), given.next()) else { return Operand::new("NULL::text") };
        let text = self.named(text, Type::Text);
        let length = self.named(length, Type::Number);
        let (name, pad) = match function {
            Function::Lpad => ("lpad", full.get(2)),
            _ => ("rpad", full.get(2)),
        };
        let most = formula::MAX_TEXT_CHARS;
        // A text that is long enough is cut, however large the number.
        self.fail_if(&format!(
            "hf_count({}) > {most} AND char_length({}) < hf_count({})",
            length.sql, text.sql, length.sql
        ));
        let pad = pad.map_or("' '", String::as_str);
        Operand::new(format!("NULLIF({name}({}, hf_count({}), {pad}), '')", text.sql, length.sql))
            .chars(Some(most as u64))
    }

    /// A link travels between control characters, as the language's own markup says.
    fn hyperlink(&mut self, given: Vec<Operand>, full: &[String]) -> Operand {
        let url = self.address(given);
        let target = full.get(2).map_or("''", String::as_str);
        let label = format!("COALESCE(NULLIF({}, ''), {url})", full[1]);
        let link = format!("hf_mark('link', {url}, {label}, {target})");
        self.settled(format!("CASE WHEN {url} IS NULL THEN {} ELSE {link} END", full[1]), None)
    }

    fn image(&mut self, given: Vec<Operand>, full: &[String]) -> Operand {
        let sizes: Vec<String> = (2..4)
            .map(|at| given.get(at).map_or("''".to_owned(), |size| format!("COALESCE(trunc({})::text, '')", size.sql)))
            .collect();
        let url = self.address(given);
        let image = format!("hf_mark('image', {url}, {}, {})", full[1], sizes.join(", "));
        self.settled(format!("CASE WHEN {url} IS NULL THEN {} ELSE {image} END", full[1]), None)
    }

    /// The address of a link or picture, if it is one that may be followed.
    fn address(&mut self, given: Vec<Operand>) -> String {
        let url = given.into_iter().next().unwrap_or_else(|| Operand::new("NULL::text"));
        let url = self.named(url, Type::Text);
        self.fail_if(&format!("NOT hf_is_address({})", url.sql));
        url.sql
    }
}

fn in_text(ty: Type, sql: &str, given: &Operand) -> Operand {
    let written = match ty {
        Type::Number => Operand::new(format!("trim_scale({sql})::text")).chars(Some(40)),
        Type::Date => Operand::new(format!("hf_date_text({sql})")).chars(Some(10)),
        Type::DateTime => Operand::new(format!("hf_instant_text({sql})")).chars(Some(20)),
        Type::Time => Operand::new(format!("hf_time_text({sql})")).chars(Some(12)),
        _ => return given.clone(),
    };
    written.nullable(given.is_nullable)
}
