//! The names that reports of standard objects have for their columns: `CLOSE_DATE`, `ACCOUNT_NAME`.

use model::ObjectSchema;

/// Object, name, path; the rest are names of fields with underscores between their words.
const NAMES: &[(&str, &str, &str)] = &[
    ("Opportunity", "OPPORTUNITY_NAME", "Name"),
    ("Opportunity", "STAGE_NAME", "StageName"),
    ("Opportunity", "EXP_AMOUNT", "ExpectedRevenue"),
    ("Opportunity", "WON", "IsWon"),
    ("Opportunity", "CLOSED", "IsClosed"),
    ("Opportunity", "ACCOUNT_NAME", "Account.Name"),
    ("Opportunity", "OPPORTUNITY_ID", "Id"),
    ("Account", "ACCOUNT_NAME", "Name"),
    ("Account", "ACCOUNT_ID", "Id"),
    ("Contact", "ACCOUNT_NAME", "Account.Name"),
    ("Contact", "CONTACT_ID", "Id"),
    ("Lead", "LEAD_ID", "Id"),
    ("Lead", "CONVERTED", "IsConverted"),
    ("Case", "ACCOUNT_NAME", "Account.Name"),
    ("Case", "CASE_ID", "Id"),
    ("Case", "CLOSED", "IsClosed"),
    ("", "FULL_NAME", "Owner.Name"),
    ("", "OWNER", "Owner.Name"),
    ("", "OWNER_NAME", "Owner.Name"),
    ("", "CREATED", "CreatedBy.Name"),
    ("", "CREATED_DATE", "CreatedDate"),
    ("", "LAST_UPDATE", "LastModifiedDate"),
    ("", "UPDATED", "LastModifiedBy.Name"),
];

/// The path behind such a name.
pub(super) fn path(object: &ObjectSchema, name: &str) -> Option<String> {
    let is_it = |(of, known, _): &&(&str, &str, &str)| {
        (of.is_empty() || *of == object.name()) && known.eq_ignore_ascii_case(name)
    };
    if let Some((_, _, path)) = NAMES.iter().find(is_it) {
        return Some((*path).to_owned());
    }
    let is_spelled_so = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let joined = name.replace('_', "");
    (is_spelled_so && name.contains('_')).then(|| object.find_field(&joined).map(|field| field.name().to_owned()))?
}
