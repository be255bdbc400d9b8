//! What is no query at all.

use super::check;

#[test]
fn what_is_no_query_is_malformed() {
    check(&[
        ("", "MALFORMED_QUERY unexpected token: '<EOF>'"),
        ("SELECT", "MALFORMED_QUERY 1:7 unexpected token: '<EOF>'"),
        ("SELECT FROM Account", "MALFORMED_QUERY 1:8 unexpected token: 'FROM'"),
        ("SELECT Id, FROM Account", "MALFORMED_QUERY 1:12 unexpected token: 'FROM'"),
        ("SELECT Id Account", "MALFORMED_QUERY 1:18 unexpected token: '<EOF>'"),
        ("SELECT * FROM Account", "MALFORMED_QUERY 1:8 unexpected token: '*'"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY 1:29 unexpected token: '<EOF>'"),
        ("SELECT Id FROM Account WHERE Name == 'x'", "MALFORMED_QUERY 1:36 unexpected token: '='"),
        ("SELECT Id FROM Account WHERE Name = x", "MALFORMED_QUERY 1:37 unexpected token: 'x'"),
        ("SELECT Id FROM Account WHERE Name = \"x\"", "MALFORMED_QUERY 1:37 unexpected token: '\"'"),
        (
            "SELECT Id FROM Account WHERE Name = 'x",
            "MALFORMED_QUERY 1:37 unexpected token: '<EOF>'. A text literal is not closed: add the missing '.",
        ),
        ("SELECT Id FROM Account WHERE Name = :x", "MALFORMED_QUERY 1:37 Bind variables only allowed in Apex code"),
        ("SELECT Id FROM Account WHERE Id IN :ids", "MALFORMED_QUERY 1:36 Bind variables only allowed in Apex code"),
        ("SELECT Id FROM Account WHERE Name NOT LIKE 'x'", "MALFORMED_QUERY 1:35 unexpected token: 'NOT'"),
        ("SELECT Id FROM Account WHERE NOT NOT Name = 'x'", "MALFORMED_QUERY 1:34 unexpected token: 'NOT'"),
        ("SELECT Id FROM Account WHERE Name IN ()", "MALFORMED_QUERY 1:39 unexpected token: ')'"),
        (
            "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
            "MALFORMED_QUERY 1:56 unexpected token: 'OR'",
        ),
        (
            "SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Name = 'c'",
            "MALFORMED_QUERY 1:55 unexpected token: 'AND'",
        ),
        ("SELECT Id FROM Account -- all", "MALFORMED_QUERY 1:24 unexpected token: '-'"),
        ("SELECT Id FROM Account /* all */", "MALFORMED_QUERY 1:24 unexpected token: '/'"),
        ("SELECT Id FROM Account ALL ROWS", "MALFORMED_QUERY 1:28 unexpected token: 'ROWS'"),
        ("SELECT Id FROM Account AND Name", "MALFORMED_QUERY 1:24 unexpected token: 'AND'"),
        ("SELECT Id FROM Account AS WHERE Id = null", "MALFORMED_QUERY 1:27 unexpected token: 'WHERE'"),
        ("SELECT Id FROM Account AS a b", "MALFORMED_QUERY 1:29 unexpected token: 'b'"),
        ("SELECT Id FROM Account;", "MALFORMED_QUERY 1:23 unexpected token: ';'"),
        ("SELECT Id FROM Account LIMIT 5 ORDER BY Id", "MALFORMED_QUERY 1:32 unexpected token: 'ORDER'"),
        (
            "SELECT Id FROM Account ORDER BY Name LIMIT 1 WHERE Id = null",
            "MALFORMED_QUERY 1:46 unexpected token: 'WHERE'",
        ),
        ("SELECT Id FROM Account LIMIT -1", "MALFORMED_QUERY 1:30 unexpected token: '-1'"),
        ("SELECT Id FROM Account LIMIT 1.5", "MALFORMED_QUERY 1:30 unexpected token: '1.5'"),
        ("SELECT Id FROM Account GROUP Name", "MALFORMED_QUERY 1:30 unexpected token: 'Name'"),
        (
            "SELECT Id FROM Account WHERE Name = '\\q'",
            "MALFORMED_QUERY 1:38 Invalid string literal: a backslash stands before one of ' \" \\ n r t b f u only.",
        ),
        ("SELECT Id FROM Account WHERE CreatedDate = 2026-02-30", "MALFORMED_QUERY 1:44 Invalid date: 2026-02-30"),
        (
            "SELECT Id FROM Account WHERE CreatedDate = 2026-02-01T10:00:00",
            "MALFORMED_QUERY 1:44 Invalid datetime: 2026-02-01T10:00:00",
        ),
        ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS", "MALFORMED_QUERY 1:55 unexpected token: '<EOF>'"),
        ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:-1", "MALFORMED_QUERY 1:56 unexpected token: '-1'"),
        ("SELECT Id FROM Account WHERE CreatedDate = TODAY:1", "MALFORMED_QUERY 1:49 unexpected token: ':'"),
        (
            "SELECT Id FROM Account WHERE AnnualRevenue = 12345678901234567890123456789012",
            "MALFORMED_QUERY 1:46 The number has more digits than can be kept exactly.",
        ),
        ("SELECT Id FROM Account FOR UPDATE, DELETE", "MALFORMED_QUERY 1:36 unexpected token: 'DELETE'"),
        ("SELECT TYPEOF What END FROM Task", "MALFORMED_QUERY 1:20 unexpected token: 'END'"),
        ("SELECT Id FROM Account WHERE FOO(Name) = 'x'", "MALFORMED_QUERY 1:30 unknown function: FOO"),
        ("SELECT Id FROM Account. WHERE Id = null", "MALFORMED_QUERY 1:23 unexpected token: '.'"),
        ("SELECT Id FROM Account é", "MALFORMED_QUERY 1:24 unexpected token: 'é'"),
    ]);
}
