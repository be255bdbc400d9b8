//! Queries and the plans they become.

use crate::compact::compact;
use crate::world::plan;

macro_rules! plans {
    ($($name:ident: $text:expr;)*) => {$(
        #[test]
        fn $name() {
            let text: &str = $text;
            insta::assert_snapshot!(format!("{text}\n{}", compact(&plan(text))));
        }
    )*};
}

plans! {
    fields_are_shown_in_schema_case: "select ID, nAME, billingcity from aCCount";
    parents_become_one_source_each: "SELECT Account.Name, Account.Owner.Name, Owner.Name FROM Contact WHERE Account.Name = 'Acme' ORDER BY Account.Owner.Name";
    a_path_may_start_with_the_object_or_its_alias: "SELECT Contact.Name, c.Account.Name FROM Contact AS c WHERE c.Email != null";
    from_gives_names_to_parents: "SELECT c.Id, a.Name FROM Contact c, c.Account a, a.Owner o WHERE o.Name = 'Ada' AND Account.Phone = null";
    children_are_found_by_relationship_name: "SELECT Name, (SELECT Id, Account.Name FROM Contacts WHERE Email LIKE '%@acme.com' ORDER BY LastName LIMIT 5), (SELECT Id FROM Account.Opportunities) FROM Account";
    children_nest_from_version_58: "SELECT Id, (SELECT Id, (SELECT Id, (SELECT Id, (SELECT Id FROM Phases__r) FROM SubProjects__r) FROM SubProjects__r) FROM Projects__r) FROM Account";
    aggregates_get_aliases_in_order: "SELECT Account.Name, COUNT(Id), SUM(Amount) total, CALENDAR_YEAR(CloseDate) FROM Opportunity GROUP BY Account.Name, CALENDAR_YEAR(CloseDate) HAVING COUNT(Id) > 1 AND MAX(CloseDate) < 2026-01-01 ORDER BY SUM(Amount) DESC NULLS LAST, Account.Name LIMIT 10 OFFSET 20";
    an_aggregate_alone_is_one_group: "SELECT COUNT(Id), AVG(NumberOfEmployees), MIN(Name) FROM Account";
    count_counts_rows: "SELECT COUNT() FROM Account WHERE Industry IN ('Banking', null) LIMIT 5";
    rollup_marks_subtotals: "SELECT StageName, IsClosed, GROUPING(StageName) isTotal, COUNT(Id) FROM Opportunity GROUP BY ROLLUP(StageName, IsClosed)";
    cube_takes_all_combinations: "SELECT StageName s, COUNT_DISTINCT(AccountId) FROM Opportunity GROUP BY CUBE(StageName, Account.Industry)";
    typeof_takes_fields_by_object: "SELECT Subject, TYPEOF What WHEN Account THEN Phone, Name WHEN Opportunity THEN Amount ELSE Name, Email END FROM Task";
    a_polymorphic_reference_shows_the_pseudo_object_name: "SELECT Who.Id, Who.Name, Who.Type, What.Name FROM Task WHERE Who.Type IN ('Contact', 'Lead', 'Account') AND What.Type != 'Account' AND Who.IsActive = true ORDER BY Who.Email";
    a_type_may_be_null: "SELECT Id FROM Task WHERE Who.Type = null OR What.Type NOT IN ('Account', null)";
    semi_joins_and_anti_joins: "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Email != null) AND Id NOT IN (SELECT AccountId FROM Opportunity WHERE CloseDate = TODAY)";
    a_reference_joins_a_reference: "SELECT Id FROM Contact WHERE AccountId IN (SELECT Account__c FROM Project__c) AND Title = 'CEO'";
    date_literals_become_ranges: "SELECT Id FROM Opportunity WHERE CloseDate = THIS_QUARTER AND CreatedDate >= LAST_N_DAYS:30 AND LastModifiedDate != yesterday AND CloseDate < next_fiscal_year";
    date_functions_read_utc_or_the_users_zone: "SELECT Id FROM Account WHERE HOUR_IN_DAY(convertTimezone(CreatedDate)) > 8 AND DAY_ONLY(CreatedDate) = TODAY AND FISCAL_QUARTER(CreatedDate) IN (1, 2)";
    values_take_the_type_of_their_field: "SELECT Id FROM Project__c WHERE Hours__c >= -1.50 AND Starts__c < 10:00:00Z AND Account__c = '001000000000001' AND Key__c = 'it\\'s' AND Cost__c = EUR5 AND CreatedDate < 2026-01-31T10:00:00+01:00 AND Account__r.NumberOfEmployees > 5";
    booleans_are_never_null: "SELECT Id FROM Opportunity WHERE IsClosed = null OR IsClosed != NULL OR IsClosed IN (null, true)";
    empty_text_is_null_for_ids: "SELECT Id FROM Contact WHERE AccountId = '' OR Email = ''";
    multi_select_picklists: "SELECT Skills__c FROM Project__c WHERE Skills__c INCLUDES ('Rust;SQL', 'Sales') AND Skills__c EXCLUDES ('') AND Skills__c = 'Rust;SQL'";
    not_goes_into_tests_that_have_a_negation: "SELECT Id FROM Account WHERE NOT Name LIKE 'A\\%%' AND (NOT (Name IN ('a'))) AND NOT (Name = 'x' OR Phone = null) AND NOT AnnualRevenue > 5";
    labels_formats_and_currencies: "SELECT toLabel(Industry), toLabel(Type) kind, FORMAT(AnnualRevenue) shown, convertCurrency(AnnualRevenue), format(CreatedDate) FROM Account WHERE toLabel(Industry) = 'Bank'";
    formats_of_aggregates: "SELECT FORMAT(MIN(CloseDate)), convertCurrency(SUM(Amount)) total, FORMAT(convertCurrency(MAX(Amount))) FROM Opportunity";
    distances: "SELECT Id, DISTANCE(BillingAddress, GEOLOCATION(52.5, 13.4), 'km') FROM Account WHERE DISTANCE(BillingAddress, GEOLOCATION(52.5, -13.4), 'mi') < 20 ORDER BY DISTANCE(BillingAddress, GEOLOCATION(52.5, 13.4), 'km') DESC";
    a_distance_of_a_parent: "SELECT Id FROM Contact WHERE DISTANCE(Account.BillingAddress, GEOLOCATION(1, 2), 'mi') > 5";
    compound_fields_are_selectable: "SELECT BillingAddress, Name FROM Account";
    all_fields: "SELECT FIELDS(ALL) FROM Phase__c LIMIT 200";
    custom_fields: "SELECT Id, FIELDS(CUSTOM), Project__r.Name FROM Phase__c LIMIT 1";
    standard_fields_need_no_limit: "SELECT FIELDS(STANDARD), (SELECT FIELDS(CUSTOM) FROM Phases__r LIMIT 10) FROM Project__c";
    scope_mine_and_recently_viewed: "SELECT Id FROM Account USING SCOPE mine WITH SECURITY_ENFORCED LIMIT 1 FOR VIEW, REFERENCE UPDATE TRACKING, VIEWSTAT";
    user_mode_and_for_update_say_nothing_new: "SELECT Id FROM Account USING SCOPE Everything WITH USER_MODE FOR UPDATE";
    an_offset_of_children_under_limit_1: "SELECT Id, (SELECT Id FROM Contacts LIMIT 1 OFFSET 2) FROM Account LIMIT 1";
    grouping_by_a_type: "SELECT What.Type, COUNT(Id) n FROM Task GROUP BY What.Type ORDER BY COUNT(Id) DESC";
    grouping_in_the_users_zone: "SELECT HOUR_IN_DAY(convertTimezone(CreatedDate)) hour, COUNT(Id) FROM Account GROUP BY HOUR_IN_DAY(convertTimezone(CreatedDate))";
    keywords_are_contextual: "SELECT Id update, COUNT(Name) order FROM Account scope GROUP BY Id";
    a_custom_relationship: "SELECT Project__r.Account__r.Owner.Manager.Name FROM Phase__c WHERE Project__r.Key__c LIKE '_x%'";
    unicode_text_and_escapes: "SELECT Id FROM Account WHERE Name IN ('Zoë', '\\u00e9\\n', 'a\"b')";
    type_of_a_person_name: "SELECT Name, FirstName FROM Contact WHERE Name > 'M' GROUP BY Name, FirstName";
}
