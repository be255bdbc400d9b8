"""Verifies the signatures of a message by dkimpy, with DNS answered from a file, and that what was changed fails."""

import json
import os
import re

import dkim

with open(os.environ["MESSAGE"], "rb") as file:
    message = file.read()
records = {name.rstrip("."): value for name, value in json.loads(os.environ["RECORDS"]).items()}
wanted = os.environ["SIGNED"].split()


def dns(name, timeout=5):
    return records[name.decode().rstrip(".")].encode()


def verified(content, index):
    return dkim.DKIM(content).verify(idx=index, dnsfunc=dns)


signatures = re.findall(rb"^DKIM-Signature:", message, re.M)
assert len(signatures) == len(records), (len(signatures), records)
assert all(len(line) <= 998 for line in message.split(b"\r\n"))
for index in range(len(signatures)):
    assert verified(message, index), f"signature {index} does not verify"
    checker = dkim.DKIM(message)
    assert checker.verify(idx=index, dnsfunc=dns)
    named = re.sub(r"\s", "", checker.signature_fields[b"h"].decode()).lower().split(":")
    for name in wanted:
        assert name in named, (name, named)
    assert named.count("from") == 2, named
    assert checker.signature_fields[b"c"] == b"relaxed/relaxed"
    # Another subject, another body, a second sender, another unsubscribe link.
    changed = [
        re.sub(rb"(?m)^Subject: .", b"Subject: #", message, count=1),
        message[:-6] + b"x" + message[-6:],
        message.replace(b"\r\nFrom: ", b"\r\nFrom: Eve <eve@evil.example>\r\nFrom: ", 1),
    ]
    if "list-unsubscribe" in wanted:
        changed.append(message.replace(b"https://sales.test.example/u/", b"https://evil.example/u/"))
    for number, content in enumerate(changed):
        assert content != message, number
        try:
            passed = verified(content, index)
        except dkim.DKIMException:
            passed = False
        assert not passed, f"change {number} was not noticed by signature {index}"
    # White space that relays change does not break it.
    assert verified(message.replace(b"\r\nSubject: ", b"\r\nSUBJECT:   ", 1), index)
print("ok")
