"""simple-salesforce, unmodified, comes in by every way that it knows."""

import os
import time

import jwt
import requests
from simple_salesforce import Salesforce, SalesforceLogin
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceExpiredSession

env = os.environ
url, host = env["SF_URL"], env["SF_URL"].removeprefix("https://")
client = {"consumer_key": env["SF_CLIENT_ID"], "consumer_secret": env["SF_CLIENT_SECRET"]}
person = {"username": env["SF_USERNAME"], "password": env["SF_PASSWORD"]}
key = open(env["SF_JWT_KEY"]).read()


def works(org, as_user=env["SF_USERNAME"]):
    who = org.oauth2("userinfo")
    assert who["preferred_username"] == as_user, who
    assert who["organization_id"] == env["SF_ORG_ID"], who
    assert org.sf_instance == host, org.sf_instance
    assert org.query("SELECT COUNT() FROM Account")["totalSize"] > 0
    return org


# A session and the address that it is of.
works(Salesforce(session_id=env["SF_TOKEN"], instance_url=url))
works(Salesforce(session_id=env["SF_TOKEN"], instance=host))

# SOAP: by the host that is built in, with a token of its own; and by an address.
works(Salesforce(security_token=env["SF_SECURITY_TOKEN"], **person))
works(Salesforce(security_token=env["SF_SECURITY_TOKEN"], domain="test", client_id="nightly", **person))
works(Salesforce(organizationId=env["SF_ORG_ID"], **person))
session, instance = SalesforceLogin(security_token=env["SF_SECURITY_TOKEN"], scratch_url=url, **person)
works(Salesforce(session_id=session, instance=instance))

# OAuth: password, client credentials, and assertions as the library signs them.
works(Salesforce(**person, **client))
works(Salesforce(domain="corvane", **client))
signed = {"username": env["SF_USERNAME"], "consumer_key": env["SF_CLIENT_ID"]}
works(Salesforce(privatekey_file=env["SF_JWT_KEY"], **signed))
works(Salesforce(privatekey=key, instance_url="corvane", **signed))


# The same with an expiry in plain seconds, for a server that is named by its own address.
def assertion(**claims):
    claims = {
        "iss": env["SF_CLIENT_ID"],
        "sub": env["SF_USERNAME"],
        "aud": url,
        "exp": int(time.time()) + 120,
    } | claims
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    form = {"grant_type": grant, "assertion": jwt.encode(claims, key, algorithm="RS256")}
    return requests.post(f"{url}/services/oauth2/token", data=form, timeout=30)


reply = assertion()
assert reply.status_code == 200, reply.text
works(Salesforce(session_id=reply.json()["access_token"], instance_url=reply.json()["instance_url"]))
for wrong, words in [
    ({"aud": "https://elsewhere.example"}, "audience is invalid"),
    ({"sub": "nobody@corvane.example"}, "user hasn't approved this consumer"),
    ({"exp": int(time.time()) - 1}, "expired"),
    ({"iss": "unknown"}, "invalid assertion"),
]:
    reply = assertion(**wrong)
    assert reply.status_code == 400 and reply.json()["error"] == "invalid_grant", reply.text
    assert words in reply.json()["error_description"], reply.text


def refused(kind, act):
    try:
        act()
    except kind as error:
        return error
    raise AssertionError("it should have been refused")


# Refusals, as the library reads them.
wrong = refused(
    SalesforceAuthenticationFailed,
    lambda: Salesforce(username=env["SF_USERNAME"], password="wrong", security_token="x"),
)
assert wrong.code == "INVALID_LOGIN", wrong
assert str(wrong).endswith("Invalid username, password, security token; or user locked out."), wrong
wrong = refused(
    SalesforceAuthenticationFailed,
    lambda: Salesforce(domain="corvane", consumer_key=env["SF_CLIENT_ID"], consumer_secret="wrong"),
)
assert wrong.code == "invalid_client" and str(wrong).endswith("invalid client credentials"), wrong
ended = works(Salesforce(session_id=session, instance=instance))
assert requests.post(f"{url}/services/oauth2/revoke", data={"token": session}, timeout=30).status_code == 200
gone = refused(SalesforceExpiredSession, lambda: ended.query("SELECT Id FROM Account"))
assert (gone.status, gone.content[0]["errorCode"]) == (401, "INVALID_SESSION_ID"), gone

# What a token is worth, for the client that it was given to.
form = {"client_id": env["SF_CLIENT_ID"], "client_secret": env["SF_CLIENT_SECRET"]}
token = requests.post(f"{url}/services/oauth2/token", data=form | {"grant_type": "client_credentials"}, timeout=30)
token = token.json()["access_token"]


def worth(token, **more):
    return requests.post(f"{url}/services/oauth2/introspect", data=form | {"token": token} | more, timeout=30)


told = worth(token).json()
assert told["active"] is True and told["username"] == env["SF_USERNAME"], told
assert told["client_id"] == env["SF_CLIENT_ID"] and told["exp"] > time.time(), told
assert worth(env["SF_TOKEN"]).json() == {"active": False}, "another program's token"
assert worth("garbage").json() == {"active": False}
assert worth(token, client_secret="wrong").status_code == 400
assert worth(token, client_id="PlatformCLI", client_secret="").json()["error"] == "invalid_client"
print("done")
