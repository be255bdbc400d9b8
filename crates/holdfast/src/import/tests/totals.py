"""Figures of the data set, worked out from the files alone: the other opinion that the import is compared with."""

import csv
import json
import os
import sys
from collections import defaultdict
from datetime import datetime


def rows(name):
    with open(os.path.join(sys.argv[1], name), newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def totals(deals, key):
    out = defaultdict(lambda: [0, 0])
    for deal in deals:
        entry = out[key(deal)]
        entry[0] += 1
        entry[1] += int(deal["close_value"] or 0)
    return out


def quarter(text):
    day = datetime.strptime(text, "%m/%d/%Y")
    return f"{day.year}-Q{(day.month + 2) // 3}"


deals = rows("sales_pipeline.csv")
managers = {row["sales_agent"]: row["manager"] for row in rows("sales_teams.csv")}
closed = [deal for deal in deals if deal["close_date"]]
accounts = rows("accounts.csv")
print(
    json.dumps(
        {
            "stage": totals(deals, lambda deal: deal["deal_stage"]),
            "agent": totals(deals, lambda deal: deal["sales_agent"]),
            "manager": totals(deals, lambda deal: managers[deal["sales_agent"]]),
            "product": totals(deals, lambda deal: deal["product"].replace("GTXPro", "GTX Pro")),
            "account": totals(deals, lambda deal: deal["account"]),
            "quarter": totals(closed, lambda deal: quarter(deal["close_date"]) + " " + deal["deal_stage"]),
            "counts": {
                "accounts": len(accounts),
                "subsidiaries": sum(1 for account in accounts if account["subsidiary_of"]),
                "misspelt": sum(
                    1
                    for account in accounts
                    if account["sector"] == "technolgy" or account["office_location"] == "Philipines"
                ),
                "regions": len({row["regional_office"] for row in rows("sales_teams.csv")}),
                "managers": len(set(managers.values())),
                "agents": len(managers),
                "products": len(rows("products.csv")),
                "deals": len(deals),
                "without_account": sum(1 for deal in deals if not deal["account"]),
                "to_repair": sum(1 for deal in deals if deal["product"] == "GTXPro" or not deal["close_date"]),
                "revenue_cents": sum(round(float(account["revenue"]) * 100) for account in accounts),
            },
        }
    )
)
