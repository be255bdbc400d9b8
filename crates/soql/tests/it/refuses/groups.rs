//! Rules of grouping and of functions.

use super::check;

#[test]
fn groups_have_rules() {
    check(&[
        ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY 1:8 Field must be grouped or aggregated: Name"),
        ("SELECT Name FROM Account GROUP BY Industry", "MALFORMED_QUERY 1:8 Field must be grouped or aggregated: Name"),
        (
            "SELECT Industry FROM Account GROUP BY Industry ORDER BY Name",
            "MALFORMED_QUERY 1:57 Ordered field must be grouped or aggregated: Name",
        ),
        (
            "SELECT Industry FROM Account GROUP BY Industry HAVING Name = 'x'",
            "MALFORMED_QUERY 1:55 HAVING field must be grouped or aggregated: Name",
        ),
        (
            "SELECT Id FROM Account HAVING COUNT(Id) > 1",
            "MALFORMED_QUERY 1:31 HAVING needs GROUP BY or an aggregate function.",
        ),
        (
            "SELECT COUNT(Id) FROM Account LIMIT 1",
            "MALFORMED_QUERY 1:37 Non-grouped query that uses overall aggregate functions cannot also use LIMIT",
        ),
        (
            "SELECT COUNT(), Name FROM Account",
            "MALFORMED_QUERY 1:8 COUNT() must be the only element in the select list",
        ),
        ("SELECT COUNT() FROM Account ORDER BY Name", "MALFORMED_QUERY 1:8 COUNT() cannot be used with ORDER BY."),
        (
            "SELECT COUNT() FROM Account GROUP BY Name",
            "MALFORMED_QUERY 1:8 COUNT() cannot be used with GROUP BY or HAVING: count a field instead, as in COUNT(Id).",
        ),
        ("SELECT Name n FROM Account", "MALFORMED_QUERY 1:13 only aggregate expressions use field aliasing"),
        (
            "SELECT Name, Owner.Name FROM Account GROUP BY Name, Owner.Name",
            "MALFORMED_QUERY 1:14 duplicate alias: Name",
        ),
        ("SELECT COUNT(Id) a, SUM(AnnualRevenue) A FROM Account", "MALFORMED_QUERY 1:21 duplicate alias: A"),
        ("SELECT Name FROM Account GROUP BY Name, Name", "MALFORMED_QUERY 1:41 duplicate field in GROUP BY: Name"),
        ("SELECT SUM(Name) FROM Account", "INVALID_FIELD 1:12 field Name does not support aggregate operator SUM"),
        (
            "SELECT COUNT(IsClosed) FROM Opportunity",
            "INVALID_FIELD 1:14 field IsClosed does not support aggregate operator COUNT",
        ),
        (
            "SELECT MAX(Skills__c) FROM Project__c",
            "INVALID_FIELD 1:12 field Skills__c does not support aggregate operator MAX",
        ),
        (
            "SELECT MIN(Description) FROM Account",
            "INVALID_FIELD 1:12 field Description does not support aggregate operator MIN",
        ),
        ("SELECT SUM() FROM Account", "MALFORMED_QUERY 1:8 SUM takes one field, as in SUM(Id)."),
        (
            "SELECT Id FROM Account WHERE COUNT(Id) > 1",
            "MALFORMED_QUERY 1:30 COUNT is an aggregate function: it may stand in SELECT, HAVING and ORDER BY only.",
        ),
        (
            "SELECT Id FROM Account ORDER BY COUNT(Id)",
            "MALFORMED_QUERY 1:33 COUNT in ORDER BY needs GROUP BY or an aggregate function in SELECT.",
        ),
        (
            "SELECT CALENDAR_YEAR(CreatedDate) FROM Account",
            "MALFORMED_QUERY 1:8 CALENDAR_YEAR may be selected only when it is grouped by.",
        ),
        (
            "SELECT GROUPING(Name) FROM Account GROUP BY Name",
            "MALFORMED_QUERY 1:8 GROUPING needs GROUP BY ROLLUP or GROUP BY CUBE.",
        ),
        (
            "SELECT GROUPING(Name) FROM Account GROUP BY CUBE(Industry)",
            "MALFORMED_QUERY 1:17 GROUPING takes a field of GROUP BY, and Name is none.",
        ),
        (
            "SELECT COUNT(Id) FROM Account GROUP BY ROLLUP(Name, Industry, Type, Phone)",
            "MALFORMED_QUERY 1:69 ROLLUP and CUBE take at most 3 fields.",
        ),
        (
            "SELECT COUNT(Id), (SELECT Id FROM Contacts) FROM Account",
            "MALFORMED_QUERY 1:20 A query with GROUP BY or aggregate functions takes no sub-query in SELECT.",
        ),
        (
            "SELECT COUNT(Id), TYPEOF What WHEN Account THEN Id END FROM Task",
            "MALFORMED_QUERY 1:26 A query with GROUP BY or aggregate functions takes no TYPEOF.",
        ),
    ]);
}

#[test]
fn functions_take_what_they_take() {
    check(&[
        (
            "SELECT Id FROM Opportunity WHERE HOUR_IN_DAY(CloseDate) = 1",
            "INVALID_FIELD 1:46 field 'CloseDate' can not be used in HOUR_IN_DAY, which takes a date and time field",
        ),
        (
            "SELECT Id FROM Account WHERE CALENDAR_YEAR(Name) = 1",
            "INVALID_FIELD 1:44 field 'Name' can not be used in CALENDAR_YEAR, which takes a date, or date and time, field",
        ),
        (
            "SELECT Id FROM Opportunity WHERE DAY_IN_WEEK(convertTimezone(CloseDate)) = 1",
            "INVALID_FIELD 1:62 field 'CloseDate' can not be used in DAY_IN_WEEK, which takes a date and time field",
        ),
        (
            "SELECT toLabel(Name) FROM Account",
            "INVALID_FIELD 1:16 field 'Name' can not be used in toLabel, which takes a picklist field",
        ),
        (
            "SELECT Id FROM Account ORDER BY toLabel(Industry)",
            "MALFORMED_QUERY 1:33 toLabel may stand in SELECT and WHERE only.",
        ),
        (
            "SELECT Id FROM Account WHERE convertCurrency(AnnualRevenue) > 5",
            "MALFORMED_QUERY 1:30 convertCurrency may stand in SELECT only.",
        ),
        (
            "SELECT convertCurrency(NumberOfEmployees) FROM Account",
            "INVALID_FIELD 1:24 field 'NumberOfEmployees' can not be used in convertCurrency, which takes a currency field",
        ),
        (
            "SELECT FORMAT(BillingAddress) FROM Account",
            "INVALID_FIELD 1:15 field 'BillingAddress' can not be used in format, which takes a field or an aggregate function",
        ),
        (
            "SELECT DISTANCE(Name, GEOLOCATION(1, 2), 'mi') FROM Account",
            "INVALID_FIELD 1:17 field 'Name' can not be used in DISTANCE, which takes an address or a location",
        ),
        (
            "SELECT DISTANCE(BillingAddress, GEOLOCATION(91, 2), 'mi') FROM Account",
            "MALFORMED_QUERY 1:45 Degrees here are a number from -90 to 90.",
        ),
        (
            "SELECT DISTANCE(BillingAddress, GEOLOCATION(1, 2), 'm') FROM Account",
            "MALFORMED_QUERY 1:52 The unit of DISTANCE is 'mi' or 'km'.",
        ),
        (
            "SELECT DISTANCE(BillingAddress) FROM Account",
            "MALFORMED_QUERY 1:8 DISTANCE is written DISTANCE(location, GEOLOCATION(latitude, longitude), 'mi'), or 'km'.",
        ),
        (
            "SELECT AnnualRevenue, FORMAT(AnnualRevenue) FROM Account",
            "INVALID_FIELD 1:23 duplicate field selected: AnnualRevenue",
        ),
        (
            "SELECT FIELDS(ALL) FROM Account",
            "MALFORMED_QUERY 1:8 The SOQL FIELDS function must have a LIMIT of at most 200",
        ),
        (
            "SELECT FIELDS(CUSTOM) FROM Account LIMIT 201",
            "MALFORMED_QUERY 1:8 The SOQL FIELDS function must have a LIMIT of at most 200",
        ),
        (
            "SELECT FIELDS(SOME) FROM Account LIMIT 1",
            "MALFORMED_QUERY 1:15 The SOQL FIELDS function takes ALL, CUSTOM or STANDARD.",
        ),
        ("SELECT Id, FIELDS(STANDARD) FROM Account", "INVALID_FIELD 1:12 duplicate field selected: Id"),
        (
            "SELECT FIELDS(STANDARD) FROM Account GROUP BY Id",
            "MALFORMED_QUERY 1:8 The SOQL FIELDS function is not supported with GROUP BY.",
        ),
        ("SELECT Id, id FROM Account", "INVALID_FIELD 1:12 duplicate field selected: Id"),
        ("SELECT Account.Name, ACCOUNT.NAME FROM Contact", "INVALID_FIELD 1:22 duplicate field selected: Account.Name"),
        (
            "SELECT (SELECT Id FROM Contacts), (SELECT Id FROM Contacts) FROM Account",
            "INVALID_FIELD 1:51 duplicate field selected: Contacts",
        ),
    ]);
}
