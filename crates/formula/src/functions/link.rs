//! Links and pictures in a text.

use super::Outcome;
use crate::eval::{Args, Fault};
use crate::markup;
use model::{Value, format_decimal};

pub(super) fn hyperlink(args: &Args) -> Outcome {
    let (url, label) = (args.text(0), args.text(1));
    if url.is_empty() {
        return Ok(Value::Text(label.to_owned()));
    }
    check(url)?;
    Ok(Value::Text(markup::link(url, if label.is_empty() { url } else { label }, args.text(2))))
}

pub(super) fn image(args: &Args) -> Outcome {
    let (url, alternate) = (args.text(0), args.text(1));
    if url.is_empty() {
        return Ok(Value::Text(alternate.to_owned()));
    }
    check(url)?;
    let size = |at: usize| args.at(at).as_decimal().map(|size| format_decimal(size.trunc(), None)).unwrap_or_default();
    Ok(Value::Text(markup::image(url, alternate, &size(2), &size(3))))
}

fn check(url: &str) -> Result<(), Fault> {
    if markup::is_allowed(url) { Ok(()) } else { Err(Fault::RefusedLink(url.to_owned())) }
}
