//! Values and operators that do not fit their field.

use super::check;

#[test]
fn values_must_have_the_type_of_their_field() {
    let wrong = |field: &str, kind: &str| {
        format!("value of filter criterion for field '{field}' must be of type {kind} enclosed in quotes")
    };
    let table = [
        (
            "SELECT Id FROM Account WHERE Name = 5",
            format!("INVALID_FIELD 1:30 {}", wrong("Name", "string and should be")),
        ),
        (
            "SELECT Id FROM Account WHERE Industry = true",
            format!("INVALID_FIELD 1:30 {}", wrong("Industry", "picklist and should be")),
        ),
        (
            "SELECT Id FROM Account WHERE AnnualRevenue = '5'",
            format!("INVALID_FIELD 1:30 {}", wrong("AnnualRevenue", "currency and should not be")),
        ),
        (
            "SELECT Id FROM Account WHERE NumberOfEmployees > 1.5",
            format!("INVALID_FIELD 1:30 {}", wrong("NumberOfEmployees", "int and should not be")),
        ),
        (
            "SELECT Id FROM Opportunity WHERE IsClosed = 'true'",
            format!("INVALID_FIELD 1:34 {}", wrong("IsClosed", "boolean and should not be")),
        ),
        (
            "SELECT Id FROM Opportunity WHERE CloseDate = 2026-01-01T00:00:00Z",
            format!("INVALID_FIELD 1:34 {}", wrong("CloseDate", "date and should not be")),
        ),
        (
            "SELECT Id FROM Opportunity WHERE CreatedDate IN (2026-01-01)",
            format!("INVALID_FIELD 1:34 {}", wrong("CreatedDate", "dateTime and should not be")),
        ),
        (
            "SELECT Id FROM Opportunity WHERE Amount = TODAY",
            format!("INVALID_FIELD 1:34 {}", wrong("Amount", "currency and should not be")),
        ),
        ("SELECT Id FROM Account WHERE Id = 5", format!("INVALID_FIELD 1:30 {}", wrong("Id", "id and should be"))),
        (
            "SELECT COUNT(Id) FROM Account HAVING COUNT(Id) > '1'",
            format!("INVALID_FIELD 1:38 {}", wrong("COUNT", "int and should not be")),
        ),
        (
            "SELECT Id FROM Account WHERE CALENDAR_YEAR(CreatedDate) = '2026'",
            format!("INVALID_FIELD 1:30 {}", wrong("CALENDAR_YEAR", "int and should not be")),
        ),
    ];
    let table: Vec<_> = table.iter().map(|(text, expected)| (*text, expected.as_str())).collect();
    check(&table);
}

#[test]
fn operators_must_fit_their_field() {
    check(&[
        ("SELECT Id FROM Account WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR 1:35 invalid ID field: abc"),
        (
            "SELECT Id FROM Account WHERE ParentId IN ('001000000000001', '1')",
            "INVALID_QUERY_FILTER_OPERATOR 1:62 invalid ID field: 1",
        ),
        (
            "SELECT Id FROM Account WHERE Id LIKE '001%'",
            "INVALID_QUERY_FILTER_OPERATOR 1:30 invalid operator on id field 'Id': LIKE",
        ),
        (
            "SELECT Id FROM Account WHERE AnnualRevenue LIKE '1%'",
            "INVALID_QUERY_FILTER_OPERATOR 1:30 invalid operator on currency field 'AnnualRevenue': LIKE",
        ),
        (
            "SELECT Id FROM Opportunity WHERE IsClosed > false",
            "INVALID_QUERY_FILTER_OPERATOR 1:34 invalid operator on boolean field 'IsClosed': >",
        ),
        (
            "SELECT Id FROM Project__c WHERE Skills__c < 'x'",
            "INVALID_QUERY_FILTER_OPERATOR 1:33 invalid operator on multipicklist field 'Skills__c': <",
        ),
        (
            "SELECT Id FROM Account WHERE Name INCLUDES ('x')",
            "INVALID_QUERY_FILTER_OPERATOR 1:30 includes or excludes operator only valid on multipicklist field",
        ),
        (
            "SELECT Id FROM Task WHERE What.Type > 'A'",
            "INVALID_QUERY_FILTER_OPERATOR 1:27 invalid operator on string field 'Type': >",
        ),
        (
            "SELECT Id FROM Task WHERE What.Type LIKE 'A%'",
            "INVALID_QUERY_FILTER_OPERATOR 1:27 invalid operator on string field 'Type': LIKE",
        ),
        (
            "SELECT Id FROM Account WHERE DISTANCE(BillingAddress, GEOLOCATION(1, 2), 'mi') = 5",
            "INVALID_QUERY_FILTER_OPERATOR 1:30 invalid operator on double field 'DISTANCE': =",
        ),
        (
            "SELECT Id FROM Account WHERE Description = 'x'",
            "INVALID_FIELD 1:30 field 'Description' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM Account WHERE Description = null",
            "INVALID_FIELD 1:30 field 'Description' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM Account WHERE BillingAddress = 'x'",
            "INVALID_FIELD 1:30 field 'BillingAddress' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM Account ORDER BY Description",
            "INVALID_FIELD 1:33 field 'Description' can not be sorted in a query call",
        ),
        (
            "SELECT Id FROM Project__c ORDER BY Skills__c",
            "INVALID_FIELD 1:36 field 'Skills__c' can not be sorted in a query call",
        ),
        (
            "SELECT Description FROM Account GROUP BY Description",
            "INVALID_FIELD 1:42 field 'Description' can not be grouped in a query call",
        ),
        (
            "SELECT Amount FROM Opportunity GROUP BY Amount",
            "MALFORMED_QUERY 1:41 field 'Amount' can not be grouped in a query call",
        ),
        (
            "SELECT Id FROM Opportunity WHERE Amount > USD5",
            "FUNCTIONALITY_NOT_ENABLED Filtering by amounts in USD is not enabled for this organization.",
        ),
    ]);
}
