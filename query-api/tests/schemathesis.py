"""What OpenAPI cannot say of parameters together, for schemathesis (docs/API.md).

A position is what ingest returned: a made-up one is waited for in vain and answered 503. A cursor is signed for its query,
so a made-up one is always refused; `page` excludes `cursor`, `limit` excludes `per_page`, and `to` is not before `from`.
A value that is wrong by itself stays, since it must be refused.
"""

import re
from datetime import datetime

import schemathesis

POSITION = re.compile(r"([ceq]\d+:\d+\.?)*")
CURSOR = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
ROWS = re.compile(r"[1-9]\d{0,3}")


def at(text):
    try:
        return datetime.fromisoformat(str(text).upper().replace("Z", "+00:00"))
    except ValueError:
        return None


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
    start, end = at(query.get("from")), at(query.get("to"))
    if start and end and start > end:
        del query["to"]
