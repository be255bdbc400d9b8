"""Asks a served org for the totals of an imported pipeline, and the files themselves for the same."""

import csv
import json
import os
import subprocess
import sys

from plain import connect

folder = os.environ["CRM_DIR"]
totals = os.path.join(os.path.dirname(__file__), "../../src/import/tests/totals.py")
expected = json.loads(subprocess.run([sys.executable, totals, folder], check=True, capture_output=True).stdout)
org = connect(os.environ["SF_TOKEN"])
stages = {"Closed Won": "Won", "Closed Lost": "Lost", "Qualification": "Engaging"}


def answer(grouping, names, key, where="Opportunity_ID__c != null"):
    figures = "COUNT(Id) deals, SUM(Amount) total"
    rows = org.query(f"SELECT {grouping}, {figures} FROM Opportunity WHERE {where} GROUP BY {names}")["records"]
    return {key(row): [row["deals"], round(row["total"] or 0)] for row in rows}


def stage(row):
    return stages.get(row["StageName"], row["StageName"])


assert answer("StageName", "StageName", stage) == expected["stage"]
assert answer("Owner.Name who", "Owner.Name", lambda row: row["who"]) == expected["agent"]
assert answer("Owner.Manager.Name who", "Owner.Manager.Name", lambda row: row["who"]) == expected["manager"]
assert answer("Product__r.Name what", "Product__r.Name", lambda row: row["what"]) == expected["product"]
quarters = "CALENDAR_YEAR(CloseDate) y, CALENDAR_QUARTER(CloseDate) q, StageName"
by_quarter = answer(
    quarters,
    "CALENDAR_YEAR(CloseDate), CALENDAR_QUARTER(CloseDate), StageName",
    lambda row: f"{row['y']}-Q{row['q']} {stage(row)}",
    "Opportunity_ID__c != null AND IsClosed = true",
)
assert by_quarter == expected["quarter"]

# Every deal of the file is there once, with its own value.
deals = org.query_all("SELECT Opportunity_ID__c, Amount FROM Opportunity WHERE Opportunity_ID__c != null")["records"]
amounts = {deal["Opportunity_ID__c"]: deal["Amount"] for deal in deals}
assert len(amounts) == len(deals)
with open(os.path.join(folder, "sales_pipeline.csv"), newline="", encoding="utf-8-sig") as file:
    for row in csv.DictReader(file):
        value = amounts.pop(row["opportunity_id"])
        assert not row["close_value"] or round(value) == int(row["close_value"]), row
assert not amounts
print("ok")
