"""A person's browser as a command line starts it: goes to an address, signs in, allows, and follows where that leads."""

import html
import os
import re
import sys
from urllib.parse import urljoin

import requests

session = requests.Session()
page = session.get(sys.argv[1], timeout=30)


def send(page, **typed):
    """Sends the page's one form, with what is typed into it."""
    form = re.search(r"<form[^>]*>.*?</form>", page.text, re.S).group()
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    fields = {html.unescape(name): html.unescape(value) for name, value in hidden}
    action = html.unescape(re.search(r'action="([^"]*)"', form).group(1))
    return session.post(urljoin(page.url, action), data=fields | typed, timeout=30)


assert "Sign in" in page.text, page.text
page = send(page, username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"])
assert page.status_code == 200 and "Let " in page.text, page.text
page = send(page, decision=os.environ.get("BROWSER_DECISION", "allow"))
# The command line's own page: it stops listening when it has what it wants.
assert page.url.startswith("http://localhost:1717/"), page.url
