"""A real SMTP server for tests: keeps every message as a file and reports each on one line of output.

Started with one JSON argument:
  folder        where messages, and the certificate when there is one, are written
  credentials   {"username", "password"} that a client must sign in with, or null
  starttls      whether the server offers STARTTLS, and asks for it before anything else
  refusals      {address: SMTP reply} for recipients that are refused, such as "550 5.1.1 No such person"
  data_reply    the SMTP reply to every message instead of accepting it, or null
  max_bytes     the largest message accepted, or null for the server's own limit

Lines it writes, each a JSON object: first {"port"}, then for each message {"from", "to", "file"}.
It ends when its standard input does, so it never outlives the test that started it.
"""

import asyncio
import datetime
import ipaddress
import itertools
import json
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult


class Keep:
    """Accepts mail as the options say, and writes each message as it came over the wire."""

    def __init__(self, options):
        self.folder = Path(options["folder"])
        self.refusals = {address.lower(): reply for address, reply in (options.get("refusals") or {}).items()}
        self.data_reply = options.get("data_reply")
        self.numbers = itertools.count(1)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        refusal = self.refusals.get(address.lower())
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data_reply:
            return self.data_reply
        file = self.folder / f"{next(self.numbers):04}.eml"
        file.write_bytes(envelope.original_content)
        say({"from": envelope.mail_from, "to": envelope.rcpt_tos, "file": file.name})
        return "250 2.0.0 Kept"


def say(message):
    print(json.dumps(message), flush=True)


def self_signed_context(folder):
    """A TLS context for localhost, and its certificate as a file that a client can be told to trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    today = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        # Clients refuse an authority as a server's own certificate.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    return context


def authenticator(credentials):
    def check(server, session, envelope, mechanism, offered):
        expected = (credentials["username"].encode(), credentials["password"].encode())
        # Not handled: the server itself sends the reply to a wrong password.
        return AuthResult(success=(offered.login, offered.password) == expected, handled=False)

    return check


def server_settings(options):
    settings = {"hostname": "localhost", "ident": "test mail server", "enable_SMTPUTF8": True}
    if options.get("max_bytes"):
        settings["data_size_limit"] = options["max_bytes"]
    if options.get("starttls"):
        settings |= {"tls_context": self_signed_context(Path(options["folder"])), "require_starttls": True}
    if options.get("credentials"):
        # Without TLS the password crosses only this machine's loopback.
        settings |= {
            "authenticator": authenticator(options["credentials"]),
            "auth_required": True,
            "auth_require_tls": bool(options.get("starttls")),
        }
    return settings


async def serve(options):
    loop = asyncio.get_running_loop()
    keep = Keep(options)
    settings = server_settings(options)
    server = await loop.create_server(lambda: SMTP(keep, loop=loop, **settings), "127.0.0.1", 0)
    say({"port": server.sockets[0].getsockname()[1]})
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
