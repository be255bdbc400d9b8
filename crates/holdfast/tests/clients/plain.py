"""The public client library against a server on this machine: it knows https alone, the tests speak plain http."""

import os

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce


class Plain(HTTPAdapter):
    def send(self, request, **options):
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, **options)


def connect(session_id):
    session = requests.Session()
    session.mount("https://", Plain())
    return Salesforce(instance_url=os.environ["SF_URL"], session_id=session_id, version="60.0", session=session)
