"""Sends one message with Python's own SMTP client, as the environment says."""

import os
import smtplib
import ssl

MESSAGE = "Subject: Weekly report\r\n\r\nTotal 1,250.00 €\r\n.a line that begins with a dot\r\n".encode()

with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"]), timeout=30) as client:
    if "SMTP_TRUST" in os.environ:
        client.starttls(context=ssl.create_default_context(cadata=os.environ["SMTP_TRUST"]))
    if "SMTP_USERNAME" in os.environ:
        client.login(os.environ["SMTP_USERNAME"], os.environ["SMTP_PASSWORD"])
    recipients = os.environ.get("MAIL_TO", "one@example.com").split(",")
    client.sendmail("sender@example.com", recipients, MESSAGE)
