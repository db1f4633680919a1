"""What OpenAPI cannot say of parameters together, for schemathesis (docs/API.md).

A position is what ingest returned: a made-up one is waited for in vain and answered 503. A cursor is signed for its query,
so a made-up one is always refused; `page` excludes `cursor`, `limit` excludes `per_page`, and `to` is not before `from`.
Beside positions, only requests meant to be right are touched.
"""

import re
from datetime import datetime

import schemathesis

POSITION = re.compile(r"([ceq]\d+:\d+\.?)*")


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
    if not is_right or not case.query:
        return
    case.query.pop("cursor", None)
    if "limit" in case.query:
        case.query.pop("per_page", None)
    start, end = at(case.query.get("from")), at(case.query.get("to"))
    if "from" in case.query and "to" in case.query and (start is None or end is None or start > end):
        del case.query["to"]
