//! Names that do not exist, or not there.

use super::check;

#[test]
fn names_that_do_not_exist_are_refused_where_they_stand() {
    check(&[
        ("SELECT Id, Account.Foo FROM Contact", "INVALID_FIELD 1:12 No such column 'Foo' on entity 'Account'."),
        ("SELECT Id FROM Contact WHERE Foo = 1", "INVALID_FIELD 1:30 No such column 'Foo' on entity 'Contact'."),
        ("SELECT Id FROM Contact ORDER BY foo", "INVALID_FIELD 1:33 No such column 'foo' on entity 'Contact'."),
        ("SELECT Account FROM Contact", "INVALID_FIELD 1:8 No such column 'Account' on entity 'Contact'."),
        (
            "SELECT AccountId.Name FROM Contact",
            "INVALID_FIELD 1:8 Didn't understand relationship 'AccountId' on entity 'Contact'.",
        ),
        ("SELECT What.Amount FROM Task", "INVALID_FIELD 1:8 No such column 'Amount' on entity 'Name'."),
        (
            "SELECT What.Owner.Name FROM Task",
            "INVALID_FIELD 1:8 Didn't understand relationship 'Owner' on entity 'Name'.",
        ),
        (
            "SELECT (SELECT Id FROM Contact) FROM Account",
            "INVALID_FIELD 1:24 Didn't understand relationship 'Contact' on entity 'Account'.",
        ),
        (
            "SELECT (SELECT Id FROM User.Contacts) FROM Account",
            "INVALID_FIELD 1:24 Didn't understand relationship 'User' on entity 'Account'.",
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Nope)",
            "INVALID_TYPE sObject type 'Nope' is not supported.",
        ),
        (
            "SELECT TYPEOF What WHEN Contact THEN Id END FROM Task",
            "INVALID_TYPE sObject type 'Contact' is not supported.",
        ),
        (
            "SELECT TYPEOF What WHEN Account THEN Foo END FROM Task",
            "INVALID_FIELD 1:38 No such column 'Foo' on entity 'Account'.",
        ),
        (
            "SELECT TYPEOF What WHEN Account THEN Id ELSE Foo END FROM Task",
            "INVALID_FIELD 1:46 No such column 'Foo' on entity 'Name'.",
        ),
        (
            "SELECT TYPEOF Owner WHEN User THEN Id END FROM Account",
            "MALFORMED_QUERY 1:15 TYPEOF needs a polymorphic relationship, and Owner is none.",
        ),
        (
            "SELECT TYPEOF What WHEN Account THEN Owner.Name END FROM Task",
            "FUNCTIONALITY_NOT_ENABLED A relationship path inside TYPEOF is not enabled for this organization.",
        ),
        ("SELECT Id FROM Contact c, c.Account c", "MALFORMED_QUERY 1:37 duplicate alias: c"),
        (
            "SELECT Id FROM Contact, Account",
            "MALFORMED_QUERY 1:25 After the first object, FROM takes relationships of it only, as in 'Contact c, c.Account a'.",
        ),
    ]);
}
