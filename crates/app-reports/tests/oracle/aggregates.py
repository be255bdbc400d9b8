"""Figures of a sales pipeline, computed from its rows: by stage and quarter of closing, with totals."""

import csv
import os
from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

STAGES = {"Won": "Closed Won", "Lost": "Closed Lost", "Engaging": "Negotiation/Review", "Prospecting": "Prospecting"}


def rounded(number):
    # Half away from zero, in the cents of the currency.
    return number.quantize(Decimal("0.01"), ROUND_HALF_UP)


def shown(number):
    if number is None:
        return ""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def middle(numbers):
    ordered = sorted(numbers)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else rounded((ordered[half - 1] + ordered[half]) / 2)


cells = defaultdict(list)
with open(os.environ["PIPELINE"], newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        closed = datetime.strptime(row["close_date"] or "12/31/2017", "%m/%d/%Y")
        quarter = f"Q{(closed.month - 1) // 3 + 1} {closed.year}"
        for stage in (STAGES[row["deal_stage"]], "all"):
            for period in (quarter, "all"):
                cells[stage, period].append(row)

for (stage, period), rows in sorted(cells.items()):
    values = [Decimal(row["close_value"]) for row in rows if row["close_value"]]
    average = rounded(sum(values) / len(values)) if values else None
    figures = [
        Decimal(len(rows)),
        sum(values, Decimal(0)),
        average,
        min(values, default=None),
        max(values, default=None),
        middle(values) if values else None,
        Decimal(len({row["sales_agent"].casefold() for row in rows})),
    ]
    print("|".join([stage, period, *map(shown, figures)]))
