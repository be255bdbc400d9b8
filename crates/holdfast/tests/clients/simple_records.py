"""simple-salesforce, unmodified, at everyday work: records, queries, describe, collections, errors."""

import datetime
import io
import os

import openpyxl
import requests
from simple_salesforce import Salesforce, SFType, format_soql
from simple_salesforce.exceptions import (
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

org = Salesforce(session_id=os.environ["SF_TOKEN"], instance_url=os.environ["SF_URL"])
begun = datetime.datetime.now(datetime.timezone.utc)


def refused(kind, act):
    try:
        act()
    except kind as error:
        assert type(error) is kind, type(error)
        return error
    raise AssertionError("it should have been refused")


# One record from its beginning to its end.
name = "Ørsted & Søn ‘24 \\ 100%"
made = org.Account.create({"Name": name, "NumberOfEmployees": 12, "AnnualRevenue": 1234.0})
assert made["success"] is True and made["errors"] == [] and len(made["id"]) == 18, made
account = org.Account.get(made["id"])
assert list(account)[0] == "attributes" and account["attributes"]["type"] == "Account", account
assert (account["Name"], account["NumberOfEmployees"], account["AnnualRevenue"]) == (name, 12, 1234.0), account
assert org.Account.update(made["id"], {"NumberOfEmployees": 13, "Phone": None}) == 204
found = org.query(format_soql("SELECT Id, NumberOfEmployees, Phone FROM Account WHERE Name = {}", name))
assert [(row["Id"], row["NumberOfEmployees"], row["Phone"]) for row in found["records"]] == [(made["id"], 13, None)]
assert org.Account.metadata()["objectDescribe"]["name"] == "Account"
assert org.Account.delete(made["id"]) == 204
gone = refused(SalesforceResourceNotFound, lambda: org.Account.get(made["id"]))
assert gone.status == 404 and gone.content[0]["errorCode"] in ("ENTITY_IS_DELETED", "NOT_FOUND"), gone

# Upsert by an external id; one that stands for several records.
table = org.UpsertTable__c
assert table.upsert("ExtId__c/simple-1", {"Name": "First"}) == 201
assert table.upsert("ExtId__c/simple-1", {"Name": "First, again"}) == 200
row = table.get_by_custom_id("ExtId__c", "simple-1")
assert row["Name"] == "First, again", row
table.create({"Name": "Its twin", "ExtId__c": "simple-1"})
several = refused(SalesforceMoreThanOneRecord, lambda: table.get_by_custom_id("ExtId__c", "simple-1"))
assert several.status == 300 and len(several.content) == 2, several
for url in several.content:
    assert table.delete(url.rsplit("/", 1)[1]) == 204

# 2,500 rows, a page at a time and all at once; rows of the recycle bin.
first = org.query("SELECT Id, Position__c FROM BigTable__c ORDER BY Position__c")
assert (first["totalSize"], len(first["records"]), first["done"]) == (2500, 2000, False)
assert len(org.query_more(first["nextRecordsUrl"], True)["records"]) == 500
places = [int(row["Position__c"]) for row in org.query_all_iter("SELECT Position__c FROM BigTable__c")]
assert sorted(places) == list(range(1, 2501))
everything = org.query_all("SELECT Id FROM BigTable__c")
assert everything["done"] and len(everything["records"]) == 2500
bin_ = org.query_all(f"SELECT Id, IsDeleted FROM Account WHERE Id = '{made['id']}'", include_deleted=True)
assert [row["IsDeleted"] for row in bin_["records"]] == [True], bin_

# Collections.
rows = [{"attributes": {"type": "Account"}, "Name": f"Row {at}"} for at in range(200)]
saved = org.restful("composite/sobjects", method="POST", json={"allOrNone": True, "records": rows})
assert len(saved) == 200 and all(row["success"] for row in saved)
ids = [row["id"] for row in saved]
rows = [{"attributes": {"type": "Account"}, "id": id, "Site": "Hull"} for id in ids[:2]]
rows.append({"attributes": {"type": "Account"}, "id": ids[2], "Name": None})
saved = org.restful("composite/sobjects", method="PATCH", json={"allOrNone": False, "records": rows})
assert [row["success"] for row in saved] == [True, True, False], saved
assert saved[2]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING", saved
read = org.restful("composite/sobjects/Account", params={"ids": ",".join(ids[:3]), "fields": "Id,Site"})
assert [row["Site"] for row in read] == ["Hull", "Hull", None], read
for at in range(0, 200, 100):
    gone = org.restful("composite/sobjects", method="DELETE", params={"ids": ",".join(ids[at : at + 100])})
    assert all(row["success"] for row in gone)

# What changed and what went meanwhile.
end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
start = begun - datetime.timedelta(minutes=1)
deleted = org.Account.deleted(start, end)
assert {made["id"], *ids} <= {row["id"] for row in deleted["deletedRecords"]}, deleted
kept = org.Contact.create({"LastName": "Changed today"})
assert kept["id"] in org.Contact.updated(start, end)["ids"]

# Search, quick and written out.
assert kept["id"] in {row["Id"] for row in org.quick_search("Changed today")["searchRecords"]}
found = org.search("FIND {Changed} IN NAME FIELDS RETURNING Contact(Id, LastName)")
assert [row["LastName"] for row in found["searchRecords"]] == ["Changed today"], found

# Describe.
objects = {one["name"]: one for one in org.describe()["sobjects"]}
assert objects["BigTable__c"]["custom"] and objects["Account"]["createable"]
fields = {field["name"]: field for field in SFType("Opportunity", org.session_id, org.sf_instance).describe()["fields"]}
assert fields["AccountId"]["referenceTo"] == ["Account"] and fields["Amount"]["type"] == "currency"
assert org.limits()["DailyApiRequests"]["Remaining"] > 0
assert org.api_usage["api-usage"].used > 0, org.api_usage
assert org.is_sandbox() is False

# Reports, run, changed for once and asked without being saved.
reports = {one["name"]: one["id"] for one in org.restful("analytics/reports")}
pipeline = org.restful(f"analytics/reports/{reports['Pipeline by stage']}", params={"includeDetails": "true"})
groups = pipeline["groupingsDown"]["groupings"]
assert set(pipeline["factMap"]) == {"T!T"} | {f"{group['key']}!T" for group in groups}, pipeline["factMap"].keys()
count = pipeline["reportMetadata"]["aggregates"].index("RowCount")
rows = sum(len(fact["rows"]) for fact in pipeline["factMap"].values())
assert rows == pipeline["factMap"]["T!T"]["aggregates"][count]["value"] > 0
# The same report as a workbook, for people: groups, records and sums that agree with the figures.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
address = f"{org.base_url}analytics/reports/{reports['Pipeline by stage']}"
headers = {"Authorization": f"Bearer {org.session_id}", "Accept": XLSX}
file = requests.get(address, headers=headers, timeout=60)
assert file.status_code == 200 and file.headers["content-type"] == XLSX, (file.status_code, file.headers)
book = openpyxl.load_workbook(io.BytesIO(file.content))
cells = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
amounts = pipeline["reportMetadata"]["aggregates"].index("s!Amount")
grand = pipeline["factMap"]["T!T"]["aggregates"][amounts]["value"]
last = cells[-1]
assert last[0] == "Total" and grand in [cell for cell in last if isinstance(cell, (int, float))], (last, grand)
named = {row[0] for row in cells[1:] if row[0]}
assert {group["label"] for group in groups} <= named, named
page = requests.get(address, headers=headers | {"Accept": "application/pdf"}, timeout=60)
assert page.content.startswith(b"%PDF-"), page.status_code
metadata = {
    "reportType": {"type": "Account$~Opportunities"},
    "reportFormat": "SUMMARY",
    "groupingsDown": [{"name": "Account.Industry"}],
    "aggregates": ["u!Account.Id", "s!Opportunity.Amount"],
}
asked = org.restful("analytics/reports/query", method="POST", json={"reportMetadata": metadata})
total = org.query("SELECT COUNT(Id) n FROM Account")["records"][0]["n"]
assert asked["factMap"]["T!T"]["aggregates"][0]["value"] == total, (asked["factMap"]["T!T"], total)
described = org.restful(f"analytics/reports/{reports['Pipeline by stage']}/describe")
assert described["reportMetadata"]["reportFormat"] == "SUMMARY"

# Refusals arrive as the library's own errors.
bad = refused(SalesforceMalformedRequest, lambda: org.query("SELECT Nothing__c FROM Account"))
assert (bad.status, bad.content[0]["errorCode"]) == (400, "INVALID_FIELD"), bad
bad = refused(SalesforceMalformedRequest, lambda: org.Account.create({"Site": "without a name"}))
assert bad.content[0]["errorCode"] == "REQUIRED_FIELD_MISSING" and bad.content[0]["fields"] == ["Name"], bad
bad = refused(SalesforceResourceNotFound, lambda: org.Nothing__c.describe())
assert bad.content[0]["errorCode"] == "NOT_FOUND", bad
bad = refused(SalesforceGeneralError, lambda: org.restful("sobjects/Account", method="PUT"))
assert (bad.status, bad.content[0]["errorCode"]) == (405, "METHOD_NOT_ALLOWED"), bad
org.Contact.delete(kept["id"])
print("done")
