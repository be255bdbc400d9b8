"""Expands recurrences with dateutil and zoneinfo and compares them with the instants it is given.

The file named by CASES holds a list of {rrule, start, zone, after, instants}. A local time inside a gap runs at the
first instant after the gap, one inside an overlap the first time; instants that meet are one.
"""

import json
import os
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr


def instant(local, zone):
    first = local.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    # Inside a gap: the transition lies between the readings with the later and the earlier offset.
    low = local.replace(tzinfo=zone, fold=1).astimezone(timezone.utc)
    high = first
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        middle = middle.replace(microsecond=0)
        if middle <= low:
            break
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def expand(case):
    zone = ZoneInfo(case["zone"])
    after = datetime.fromisoformat(case["after"])
    last = after
    for local in rrulestr(case["rrule"], dtstart=datetime.fromisoformat(case["start"])):
        at = instant(local, zone)
        if at > last:
            last = at
            yield at


def main():
    with open(os.environ["CASES"], encoding="utf-8") as file:
        cases = json.load(file)
    wrong = 0
    for case in cases:
        expected = []
        for at in expand(case):
            expected.append(at.strftime("%Y-%m-%dT%H:%M:%S.000+0000"))
            if len(expected) == len(case["instants"]):
                break
        if expected != case["instants"]:
            wrong += 1
            pairs = zip(expected, case["instants"])
            first = next((pair for pair in pairs if pair[0] != pair[1]), None)
            print(f"{case['rrule']} in {case['zone']}: expected {first and first[0]}, got {first and first[1]}")
    print(f"{len(cases)} recurrences, {wrong} wrong")
    sys.exit(1 if wrong else 0)


main()
