"""The mail of the main job, opened with other people's programs and compared with what the API says."""

import io
import os
from email import policy
from email.parser import BytesParser

import openpyxl
from plain import connect

with open(os.environ["MAIL_FILE"], "rb") as file:
    message = BytesParser(policy=policy.default).parse(file)
assert "Pipeline" in message["subject"], message["subject"]
assert os.environ["MAIL_TO"] in message["to"], message["to"]
assert message["message-id"]

html = message.get_body(("html",)).get_content()
assert "<table" in html and "cid:" in html
assert message.get_body(("plain",)).get_content().strip()
images = [part for part in message.walk() if part.get_content_type() == "image/png"]
assert len(images) == 1 and images[0].get_payload(decode=True).startswith(b"\x89PNG\r\n")
assert images[0]["content-id"].strip("<>") in html

books = [part for part in message.iter_attachments() if part.get_filename("").endswith(".xlsx")]
assert len(books) == 1
book = openpyxl.load_workbook(io.BytesIO(books[0].get_payload(decode=True)))
cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
org = connect(os.environ["SF_TOKEN"])
for row in org.query("SELECT Name, Amount FROM Opportunity WHERE IsClosed = false")["records"]:
    assert row["Name"] in cells, f"{row['Name']} is not in the workbook"
total = org.query("SELECT SUM(Amount) total FROM Opportunity WHERE IsClosed = false")["records"][0]["total"]
assert any(isinstance(cell, (int, float)) and abs(cell - total) < 0.005 for cell in cells), total
print("ok")
