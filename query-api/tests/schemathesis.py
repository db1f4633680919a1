"""What OpenAPI cannot say of parameters together, for schemathesis (docs/API.md).

A position is what ingest returned: a made-up one is waited for in vain and answered 503. A cursor is signed for its query,
so a made-up one is always refused; `page` excludes `cursor`, `limit` excludes `per_page`, file names exclude all four, `to`
is not before `from`, and a time series has 10,000 buckets at most.
A value that is wrong by itself stays, since it must be refused. Of six hundred zones a handful is asked for on every route:
west and east, by half and quarter hours, with and without summer time.
"""

import re
from datetime import datetime, timedelta, timezone

import schemathesis

POSITION = re.compile(r"([ceq]\d+:\d+\.?)*")
CURSOR = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
ROWS = re.compile(r"[1-9]\d{0,3}")
NAMES = {"lightroom", "capture_one", "finder", "txt", "xmp"}
PERIOD = timedelta(days=400)
ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]


def at(text):
    try:
        return datetime.fromisoformat(str(text).upper().replace("Z", "+00:00"))
    except ValueError:
        return None


@schemathesis.hook
def before_load_schema(ctx, raw_schema):
    zones = raw_schema["components"]["schemas"]["TimeZone"]["enum"]
    assert set(ZONES) <= set(zones)
    zones[:] = ZONES


@schemathesis.hook
def before_call(ctx, case, kwargs):
    is_right = case.meta is not None and case.meta.generation.mode.is_positive
    for name in [name for name in case.headers or {} if name.lower() == "loupe-min-position"]:
        if is_right or POSITION.fullmatch(str(case.headers[name])):
            del case.headers[name]
    query = case.query or {}
    for name, form in (("cursor", CURSOR), ("per_page", ROWS)):
        if name in query and (is_right or form.fullmatch(str(query[name]))):
            del query[name]
    if is_right and query.get("format") in NAMES:
        for name in ("limit", "page"):
            query.pop(name, None)
    start, end = at(query.get("from")), at(query.get("to"))
    if start and end and start > end:
        del query["to"]
        end = None
    end = end or datetime.now(timezone.utc)
    if is_right and case.path.endswith("/timeseries") and start and end - start > PERIOD:
        del query["from"]
