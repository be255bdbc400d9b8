"""simple-salesforce, unmodified, at work on many rows by both of Salesforce's bulk interfaces, bad rows among them."""

import csv
import io
import os

from simple_salesforce import Salesforce

ROWS = 10_000
SOME = 1_000
# One row of so many has a name that no record can have.
BAD_EVERY = 100
TOO_LONG = "x" * 81
OBJECT = "UpsertTable__c"

org = Salesforce(session_id=os.environ["SF_TOKEN"], instance_url=os.environ["SF_URL"])


def rows_of(kind):
    return [
        {"Name": TOO_LONG if at % BAD_EVERY == 7 else f"{kind} {at}", "ExtId__c": f"{kind}-{at}"} for at in range(ROWS)
    ]


def count(where):
    return org.query(f"SELECT COUNT() FROM {OBJECT} WHERE {where}")["totalSize"]


def parsed(text):
    return list(csv.DictReader(io.StringIO(text)))


GOOD = ROWS - ROWS // BAD_EVERY

# The older interface: JSON, in batches, with an outcome for each row in the order of the rows.
rows = rows_of("one")
made = org.bulk.UpsertTable__c.insert(rows, batch_size=5_000)
assert len(made) == ROWS, len(made)
for row, outcome in zip(rows, made):
    is_good = row["Name"] != TOO_LONG
    assert (outcome["success"], outcome["created"]) == (is_good, is_good), (row, outcome)
    assert is_good or outcome["errors"][0]["statusCode"] == "STRING_TOO_LONG", outcome
assert count("Name LIKE 'one %'") == GOOD
ids = {row["ExtId__c"]: outcome["id"] for row, outcome in zip(rows, made) if outcome["success"]}
assert len(set(ids.values())) == GOOD

some = [row["ExtId__c"] for row in rows if row["Name"] != TOO_LONG][:SOME]
changed = org.bulk.UpsertTable__c.update([{"Id": ids[key], "Name": f"changed {key}"} for key in some])
assert all(outcome["success"] and not outcome["created"] for outcome in changed) and len(changed) == SOME
both = [{"ExtId__c": key, "Name": f"again {key}"} for key in some] + [{"ExtId__c": "one-new", "Name": "again new"}]
upserted = org.bulk.UpsertTable__c.upsert(both, "ExtId__c")
assert [outcome["created"] for outcome in upserted] == [False] * SOME + [True], upserted[-1]
assert count("Name LIKE 'again %'") == SOME + 1
found = org.bulk.UpsertTable__c.query(f"SELECT Id, Name, ExtId__c FROM {OBJECT} WHERE ExtId__c LIKE 'one-%'")
assert len(found) == GOOD + 1 and {row["Id"] for row in found} >= set(ids.values())
removed = org.bulk.UpsertTable__c.delete([{"Id": ids[key]} for key in some])
assert all(outcome["success"] for outcome in removed)
assert count("ExtId__c LIKE 'one-%'") == GOOD + 1 - SOME
assert len(org.bulk.UpsertTable__c.query_all(f"SELECT Id FROM {OBJECT} WHERE ExtId__c LIKE 'one-%'")) == GOOD + 1
refused = org.bulk.UpsertTable__c.delete([{"Id": ids[some[0]]}])
assert refused[0]["success"] is False and refused[0]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED", refused

# The newer one: CSV, one job, and lists of what became of the rows.
rows = rows_of("two")
bulk = org.bulk2.UpsertTable__c
[job] = bulk.insert(records=rows, wait=1)
told = (job["numberRecordsTotal"], job["numberRecordsProcessed"], job["numberRecordsFailed"])
assert told == (ROWS, ROWS, ROWS // BAD_EVERY), job
good, bad = parsed(bulk.get_successful_records(job["job_id"])), parsed(bulk.get_failed_records(job["job_id"]))
assert [row["ExtId__c"] for row in good] == [row["ExtId__c"] for row in rows if row["Name"] != TOO_LONG]
assert {row["sf__Created"] for row in good} == {"true"} and all(len(row["sf__Id"]) == 18 for row in good)
assert len(bad) == ROWS // BAD_EVERY and all(row["sf__Error"].startswith("STRING_TOO_LONG:") for row in bad), bad[0]
assert parsed(bulk.get_unprocessed_records(job["job_id"])) == []
assert count("Name LIKE 'two %'") == GOOD

some = good[:SOME]
[job] = bulk.update(records=[{"Id": row["sf__Id"], "Name": "changed " + row["ExtId__c"]} for row in some], wait=1)
assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (SOME, 0), job
both = [{"ExtId__c": row["ExtId__c"], "Name": "again"} for row in some] + [{"ExtId__c": "two-new", "Name": "again"}]
[job] = bulk.upsert(records=both, external_id_field="ExtId__c", wait=1)
created = [row["sf__Created"] for row in parsed(bulk.get_successful_records(job["job_id"]))]
assert created == ["false"] * SOME + ["true"], created[-3:]
pages = list(bulk.query(f"SELECT Id, Name, ExtId__c FROM {OBJECT} WHERE ExtId__c LIKE 'two-%'", max_records=4_000, wait=1))
assert [len(parsed(page)) for page in pages] == [4_000, 4_000, GOOD + 1 - 8_000], [len(page) for page in pages]
found = [row for page in pages for row in parsed(page)]
assert len({row["Id"] for row in found}) == GOOD + 1
[job] = bulk.delete(records=[{"Id": row["sf__Id"]} for row in some], wait=1)
assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (SOME, 0), job
assert count("ExtId__c LIKE 'two-%'") == GOOD + 1 - SOME

print("done")
