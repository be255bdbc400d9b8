"""Opens files under a password with readers that are not ours, and checks that nothing of them opens without it."""

import io
import os

import msoffcrypto
import openpyxl
import pyzipper

password = os.environ["FILE_PASSWORD"]
secret = "Canary deal"

with open(os.environ["XLSX_FILE"], "rb") as file:
    sealed = file.read()
assert sealed.startswith(bytes.fromhex("d0cf11e0a1b11ae1")), sealed[:8]
assert secret.encode() not in sealed and secret.encode("utf-16-le") not in sealed
office = msoffcrypto.OfficeFile(io.BytesIO(sealed))
assert office.is_encrypted()
assert office.keyTypes == ("password", "private_key", "secret_key"), office.keyTypes
office.load_key(password=password, verify_password=True)
plain = io.BytesIO()
office.decrypt(plain, verify_integrity=True)
sheet = openpyxl.load_workbook(plain).worksheets[0]
assert [cell.value for cell in sheet[2]] == [secret, 150.5], [cell.value for cell in sheet[2]]
assert sheet.max_row == int(os.environ["ROWS"]) + 1, sheet.max_row
wrong = msoffcrypto.OfficeFile(io.BytesIO(sealed))
try:
    wrong.load_key(password=password + "x", verify_password=True)
except msoffcrypto.exceptions.InvalidKeyError:
    pass
else:
    raise AssertionError("another password was taken")

with open(os.environ["ZIP_FILE"], "rb") as file:
    sealed = file.read()
archive = pyzipper.AESZipFile(io.BytesIO(sealed))
assert archive.namelist() == ["Deals 2026.csv"], archive.namelist()
info = archive.infolist()[0]
assert info.wz_aes_strength == 3, info.wz_aes_strength
rows = archive.read("Deals 2026.csv", pwd=password.encode()).decode("utf-8-sig").splitlines()
assert rows[1] == f"{secret},150.50,EUR", rows[:3]
assert len(rows) == int(os.environ["ROWS"]) + 1, len(rows)
for words in (None, b"another password"):
    try:
        archive.read("Deals 2026.csv", pwd=words)
    except RuntimeError:
        continue
    raise AssertionError(f"it opened with {words}")
assert secret.encode() not in sealed
print("ok")
