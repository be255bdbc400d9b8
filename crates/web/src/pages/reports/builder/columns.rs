//! What the search boxes of a builder find.

use super::add::{Offer, Use, matching, offers};
use crate::server::{Call, PageResult, reply};
use model::Error;
use serde_json::json;

/// `/reports/columns?type=&use=&q=`: what can be added to a report of a type. `own` are columns that it computes itself.
pub(crate) fn columns(call: &Call<'_>) -> PageResult {
    super::super::object(call.ctx)?;
    let query = &call.visit.query;
    let type_name = query.given("type").ok_or_else(Error::not_found)?;
    let wanted = query.given("use").and_then(Use::parse).ok_or_else(Error::not_found)?;
    let choices = app_reports::report_choices(call.ctx, type_name)?;
    let mut all = offers(&choices, wanted);
    if matches!(wanted, Use::Column | Use::Down | Use::Across | Use::Filter) {
        let own = query.all("own").filter_map(|own| own.split_once('~')).map(|(name, label)| Offer {
            name: name.to_owned(),
            label: label.to_owned(),
            group: "This report".to_owned(),
        });
        all.splice(0..0, own);
    }
    let found = matching(all, query.given("q").unwrap_or_default());
    let shown = found.iter().map(|offer| match offer.group.as_str() {
        "" => json!({"id": offer.name, "label": offer.label}),
        group => json!({"id": offer.name, "label": offer.label, "group": group}),
    });
    Ok(reply::json(&shown.collect()))
}
