//! Places in a file where a fault can be planted, and the faults.

use std::fmt;
use std::ops::Range;

use anyhow::{Context as _, Result};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ReturnType, Stmt, Type};

use crate::workspace::SourceFile;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mutant {
    pub(super) file: String,
    pub(super) line: usize,
    /// What is changed, in words.
    pub(super) what: String,
    /// The bytes of the file it concerns.
    pub(super) range: Range<usize>,
    pub(super) fault: Fault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// This stands for the expression.
    Instead(String),
    /// The function ends with this at once.
    Return(String),
    /// The statement is not run.
    Without,
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// Every fault that can be planted in a file.
pub(super) fn in_file(file: &SourceFile) -> Result<Vec<Mutant>> {
    let syntax = syn::parse_file(&file.text).with_context(|| format!("{} could not be parsed", file.path))?;
    let mut finder = Finder { file, mutants: Vec::new() };
    finder.visit_file(&syntax);
    Ok(finder.mutants)
}

struct Finder<'a> {
    file: &'a SourceFile,
    mutants: Vec<Mutant>,
}

impl Finder<'_> {
    fn text(&self, range: Range<usize>) -> &str {
        self.file.text.get(range).unwrap_or_default()
    }

    fn add(&mut self, range: Range<usize>, what: String, fault: Fault) {
        let line = self.file.text[..range.start].matches('\n').count() + 1;
        self.mutants.push(Mutant { file: self.file.path.clone(), line, what, range, fault });
    }

    fn instead(&mut self, expr: &impl syn::spanned::Spanned, text: String) {
        let range = expr.span().byte_range();
        let what = format!("{} instead of {}", shortened(&text), shortened(self.text(range.clone())));
        self.add(range, what, Fault::Instead(text));
    }

    /// A function that does nothing and gives the plainest value of its type.
    fn body(&mut self, name: &str, output: &ReturnType, block: &Block) {
        if block.stmts.is_empty() {
            return;
        }
        let values: &[&str] = match output {
            ReturnType::Default => &["()"],
            ReturnType::Type(_, of) => plain_values(of),
        };
        let start = block.brace_token.span.open().byte_range().end;
        for value in values {
            self.add(start..start, format!("{name} gives {value} at once"), Fault::Return((*value).to_owned()));
        }
    }

    fn binary(&mut self, expr: &syn::ExprBinary) {
        let others: &[&str] = match expr.op {
            BinOp::And(_) => &["||"],
            BinOp::Or(_) => &["&&"],
            BinOp::Eq(_) => &["!="],
            BinOp::Ne(_) => &["=="],
            BinOp::Lt(_) => &["<=", ">"],
            BinOp::Le(_) => &["<", ">"],
            BinOp::Gt(_) => &[">=", "<"],
            BinOp::Ge(_) => &[">", "<"],
            BinOp::Add(_) => &["-"],
            BinOp::Sub(_) => &["+"],
            BinOp::BitOr(_) => &["&"],
            BinOp::BitAnd(_) => &["|"],
            BinOp::BitOrAssign(_) => &["&="],
            BinOp::BitAndAssign(_) => &["|="],
            _ => &[],
        };
        let left = self.text(expr.left.span().byte_range()).to_owned();
        let right = self.text(expr.right.span().byte_range()).to_owned();
        for other in others {
            self.instead(expr, format!("{left} {other} {right}"));
        }
    }

    fn method(&mut self, expr: &syn::ExprMethodCall) {
        let method = expr.method.to_string();
        let range = expr.span().byte_range();
        let name = expr.method.span().byte_range();
        let swap = match method.as_str() {
            "any" => "all",
            "all" => "any",
            "max" => "min",
            "min" => "max",
            "is_some" => "is_none",
            "is_none" => "is_some",
            "is_some_and" => "is_none_or",
            "is_none_or" => "is_some_and",
            "is_empty" | "contains" | "contains_key" | "starts_with" => {
                let text = format!("!{}", self.text(range));
                self.instead(expr, text);
                return;
            }
            "filter" | "retain" => {
                if let Some(Expr::Closure(closure)) = expr.args.first() {
                    self.instead(&*closure.body, "true".to_owned());
                }
                return;
            }
            _ => return,
        };
        let (before, after) = (self.text(range.start..name.start), self.text(name.end..range.end));
        let text = format!("{before}{swap}{after}");
        self.instead(expr, text);
    }

    /// Words of SQL in a text that ends up in a statement.
    fn words(&mut self, expr: &impl syn::spanned::Spanned) {
        let range = expr.span().byte_range();
        let text = self.text(range).to_owned();
        let swaps = [
            (" AND ", " OR "),
            (" OR ", " AND "),
            ("NOT EXISTS", "EXISTS"),
            ("EXISTS", "NOT EXISTS"),
            (" NOT IN ", " IN "),
            (" IN ", " NOT IN "),
            (" >= ", " > "),
            (" > ", " >= "),
            (" = ", " <> "),
            (" UNION ", " INTERSECT "),
            ("MAX(", "MIN("),
        ];
        // A longer word contains the shorter: the first that fits, once for each text.
        let swap = swaps.iter().find(|(word, _)| text.contains(word));
        if let Some((word, other)) = swap {
            self.instead(expr, text.replacen(word, other, 1));
        }
    }
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(70) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

fn plain_values(of: &Type) -> &'static [&'static str] {
    let Type::Path(path) = of else { return &[] };
    let Some(last) = path.path.segments.last() else { return &[] };
    let first_argument = match &last.arguments {
        syn::PathArguments::AngleBracketed(list) => list.args.first(),
        _ => None,
    };
    let name = last.ident.to_string();
    match (name.as_str(), first_argument) {
        ("bool", _) => &["true", "false"],
        ("Option", _) => &["None"],
        ("Vec" | "String" | "BTreeSet" | "HashSet" | "BTreeMap" | "HashMap", _) => &["Default::default()"],
        ("Result", Some(syn::GenericArgument::Type(inner))) => match inner {
            Type::Tuple(tuple) if tuple.elems.is_empty() => &["Ok(())"],
            Type::Path(_) => match plain_values(inner) {
                ["true", "false"] => &["Ok(true)", "Ok(false)"],
                ["None"] => &["Ok(None)"],
                ["Default::default()"] => &["Ok(Default::default())"],
                _ => &[],
            },
            _ => &[],
        },
        _ => &[],
    }
}

/// Whether a condition binds names, which no rewriting keeps.
fn binds(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        Expr::Paren(paren) => binds(&paren.expr),
        _ => false,
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test"))
    })
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if item.sig.constness.is_none() && !is_for_tests(&item.attrs) {
            self.body(&item.sig.ident.to_string(), &item.sig.output, &item.block);
            self.visit_block(&item.block);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if item.sig.constness.is_none() && !is_for_tests(&item.attrs) {
            self.body(&item.sig.ident.to_string(), &item.sig.output, &item.block);
            self.visit_block(&item.block);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        // What is printed for people who search for a fault decides nothing.
        let is_display = item
            .trait_
            .as_ref()
            .and_then(|(_, path, _)| path.segments.last())
            .is_some_and(|last| matches!(last.ident.to_string().as_str(), "Debug" | "Display" | "Drop" | "Hash"));
        if !is_display {
            visit::visit_item_impl(self, item);
        }
    }

    // Constants are known before any switch could be asked.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
    fn visit_type(&mut self, _: &'ast Type) {}

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        if let Stmt::Expr(expr, Some(_)) = stmt {
            let inner = if let Expr::Try(tried) = expr { &*tried.expr } else { expr };
            if matches!(inner, Expr::MethodCall(_) | Expr::Call(_)) {
                let range = stmt.span().byte_range();
                let what = format!("without {}", shortened(self.text(range.clone())));
                self.add(range, what, Fault::Without);
            }
        }
        visit::visit_stmt(self, stmt);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let Some((_, guard)) = &arm.guard
            && !binds(guard)
        {
            self.instead(&**guard, "false".to_owned());
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Binary(binary) if !binds(expr) => self.binary(binary),
            Expr::MethodCall(call) => self.method(call),
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Not(_)) => {
                let inner = self.text(unary.expr.span().byte_range()).to_owned();
                self.instead(expr, inner);
            }
            Expr::If(branch) if matches!(&*branch.cond, Expr::Path(_) | Expr::Field(_) | Expr::Call(_)) => {
                let text = format!("!({})", self.text(branch.cond.span().byte_range()));
                self.instead(&*branch.cond, text);
            }
            Expr::Lit(literal) => match &literal.lit {
                syn::Lit::Bool(value) => self.instead(expr, (!value.value).to_string()),
                syn::Lit::Str(_) => self.words(expr),
                _ => {}
            },
            Expr::Path(path) if path.path.segments.len() > 1 => {
                let text = self.text(expr.span().byte_range()).to_owned();
                let others =
                    [("Level::Read", "Level::Edit"), ("Level::Edit", "Level::Read"), ("Level::All", "Level::Edit")];
                if let Some((word, other)) = others.iter().find(|(word, _)| text.ends_with(word)) {
                    let text = format!("{}{other}", text.strip_suffix(word).unwrap_or_default());
                    self.instead(expr, text);
                }
            }
            Expr::Macro(call) => {
                let name = call.mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
                match name.as_str() {
                    "matches" => {
                        let text = format!("!{}", self.text(expr.span().byte_range()));
                        self.instead(expr, text);
                    }
                    "format" | "write" => self.words(expr),
                    _ => {}
                }
            }
            _ => {}
        }
        visit::visit_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let file = SourceFile::new("a.rs", text);
        in_file(&file).expect("it parses").into_iter().map(|mutant| mutant.what).collect()
    }

    #[test]
    fn a_decision_has_a_fault_for_each_way_it_can_go_wrong() {
        assert_eq!(
            faults("fn may(a: bool, level: u8) -> bool { a && level >= 2 }"),
            [
                "may gives true at once",
                "may gives false at once",
                "a || level >= 2 instead of a && level >= 2",
                "level > 2 instead of level >= 2",
                "level < 2 instead of level >= 2",
            ]
        );
    }

    #[test]
    fn conditions_that_bind_names_and_code_of_tests_stay_as_they_are() {
        assert_eq!(
            faults("fn f(a: Option<u8>) -> u8 { if let Some(b) = a && true { b } else { 0 } }"),
            ["false instead of true"]
        );
        assert_eq!(faults("#[cfg(test)] mod tests { fn f() -> bool { true } }"), Vec::<String>::new());
        assert_eq!(faults("const fn f() -> bool { true }"), Vec::<String>::new());
    }

    #[test]
    fn words_of_sql_are_turned_around() {
        assert_eq!(faults(r#"fn f(s: &str) -> u8 { s.is(" AND b = c") }"#), [r#"" OR b = c" instead of " AND b = c""#]);
    }
}
