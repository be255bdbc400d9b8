"""Without a mail server the pipeline report stands in the outbox page."""

import os
import re
import time

import requests

url = os.environ["SF_URL"]
browser = requests.Session()
page = browser.get(f"{url}/sign-in", timeout=30)
form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
form |= {"username": os.environ["SF_USERNAME"], "password": os.environ["SF_PASSWORD"]}
reply = browser.post(f"{url}/sign-in", data=form, timeout=30)
assert reply.status_code == 200 and "/sign-in" not in reply.url, (reply.status_code, reply.url)

deadline = time.monotonic() + 30
while True:
    outbox = browser.get(f"{url}/outbox", timeout=30)
    assert outbox.status_code == 200, outbox.status_code
    if "Pipeline" in outbox.text:
        break
    assert time.monotonic() < deadline, "the pipeline report did not come into the outbox"
    time.sleep(0.2)
number = re.search(r'href="/outbox/(\d+)"', outbox.text).group(1)
message = browser.get(f"{url}/outbox/{number}", timeout=30)
assert message.status_code == 200 and ".xlsx" in message.text
print("ok")
