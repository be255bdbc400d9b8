//! The setup of objects: which there are, their fields and their validation rules; making, changing and deleting them.
//! For those who may customize the organization.

mod field_form;
mod field_words;
mod object;
mod object_form;
mod objects;
mod rule_form;
mod sharing;

pub(crate) use field_form::{change_field, create_field, edit_field, new_field};
pub(crate) use object::{change, page};
pub(crate) use object_form::{create, edit, new, save};
pub(crate) use objects::list;
pub(crate) use rule_form::{change_rule, create_rule, edit_rule, new_rule};
pub(crate) use sharing::{create_sharing_rule, new_sharing_rule, share, sharing};

use crate::kit::{Crumbs, Form};
use crate::server::failure::sentence;
use crate::server::{Call, Params};
use model::{Error, ObjectSchema, Result};
use platform::{Ctx, SystemPermission};

/// Where the list is.
pub(crate) const PATH: &str = "/setup/objects";

/// Whether somebody may see and change the setup of objects.
pub(crate) fn is_offered(ctx: &Ctx) -> bool {
    ctx.has(SystemPermission::CustomizeApplication)
}

/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` naming the permission.
fn check(call: &Call<'_>) -> Result<()> {
    call.ctx.require(SystemPermission::CustomizeApplication)
}

/// The object in the path.
fn object<'a>(call: &'a Call<'_>) -> Result<&'a ObjectSchema> {
    call.ctx.object(call.visit.captured("object")?)
}

fn href(object: &ObjectSchema) -> String {
    format!("{PATH}/{}", object.name())
}

fn crumbs(object: Option<&ObjectSchema>) -> Crumbs {
    let crumbs = Crumbs::new().link("Objects", PATH);
    match object {
        Some(object) => crumbs.link(object.label(), href(object)),
        None => crumbs,
    }
}

/// What was sent is given once more, with what is wrong with it.
struct Sent<'a> {
    params: &'a Params,
    error: Option<&'a Error>,
}

impl Sent<'_> {
    fn text(&self, name: &str) -> String {
        self.params.first(name).unwrap_or_default().to_owned()
    }

    /// What is wrong with the input of a name.
    fn wrong(&self, name: &str) -> Option<String> {
        let error = self.error.filter(|error| error.fields().iter().any(|field| field == name))?;
        Some(sentence(error.message().strip_prefix(&format!("{name}: ")).unwrap_or(error.message())))
    }

    /// What is wrong, above a form whose inputs have these names: all of it where no input is at fault.
    fn banner(&self, form: Form, inputs: &[&str]) -> Form {
        let Some(error) = self.error else { return form };
        match error.fields().iter().any(|field| inputs.contains(&field.as_str())) {
            true => form.error("Something is not right yet: see below."),
            false => form.error(sentence(error.message())),
        }
    }
}

/// A name for programs, made of the words that people read.
fn developer_name(label: &str) -> String {
    let mut name = String::new();
    for c in label.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c),
            _ if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            _ => {}
        }
    }
    let name = name.trim_matches('_');
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name.to_owned(),
        false => format!("X{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::developer_name;

    #[test]
    fn a_name_for_programs_has_letters_digits_and_single_underscores() {
        for (label, name) in [("Start date", "Start_date"), ("  Größe (cm) ", "Gr_e_cm"), ("2nd choice", "X2nd_choice")]
        {
            assert_eq!(developer_name(label), name);
        }
    }
}
