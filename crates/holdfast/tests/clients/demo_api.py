"""What a program finds in the demo org: by session, by password, and by client credentials."""

import os

import requests
from plain import connect

url = os.environ["SF_URL"]


def token(**form):
    form |= {"client_id": os.environ["SF_CLIENT_ID"], "client_secret": os.environ["SF_CLIENT_SECRET"]}
    reply = requests.post(f"{url}/services/oauth2/token", data=form, timeout=30)
    assert reply.status_code == 200, reply.text
    return reply.json()["access_token"]


def count(session, source):
    org = connect(session)
    return org.query(f"SELECT COUNT() FROM {source}")["totalSize"]


# Programs append the security token to the password, as the SOAP and password sign-ins of the field ask for.
password = {
    "username": os.environ["SF_USERNAME"],
    "password": os.environ["SF_PASSWORD"] + os.environ["SF_SECURITY_TOKEN"],
}
sessions = [
    os.environ["SF_TOKEN"],
    token(grant_type="password", **password),
    token(grant_type="client_credentials"),
]
for session in sessions:
    assert count(session, "BigTable__c") == 2500
    assert count(session, "UpsertTable__c") == 0
    assert count(session, "Opportunity") > 300
    assert count(session, "User WHERE IsActive = true") >= 24
    assert count(session, "Opportunity WHERE IsClosed = true AND CloseDate > TODAY") == 0

# More rows than a page, and sums that agree whichever way they are asked for.
org = connect(sessions[0])
positions = [int(row["Position__c"]) for row in org.query_all("SELECT Position__c FROM BigTable__c")["records"]]
assert sorted(positions) == list(range(1, 2501))
deals = org.query_all("SELECT Amount, StageName FROM Opportunity WHERE IsClosed = false")["records"]
by_stage = {}
for deal in deals:
    by_stage[deal["StageName"]] = by_stage.get(deal["StageName"], 0) + (deal["Amount"] or 0)
for row in org.query(
    "SELECT StageName, SUM(Amount) total FROM Opportunity WHERE IsClosed = false GROUP BY StageName"
)["records"]:
    assert abs(by_stage.pop(row["StageName"]) - (row["total"] or 0)) < 0.005, row
assert not by_stage

# Pages stand beside the API.
page = requests.get(url, timeout=30)
assert page.status_code == 200 and "text/html" in page.headers["content-type"], page.status_code
print("ok")
