"""Shows that the installed packages can be imported."""

import os

from dateutil import tz
from openpyxl import load_workbook
from simple_salesforce import Salesforce

berlin = "Europe/Berlin" if tz.gettz("Europe/Berlin") else "no zone"
print(os.environ["GREETING"], Salesforce.__name__, load_workbook.__name__, berlin)
