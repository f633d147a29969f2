"""Mutants that survive for a reason: (what the line had, what it has instead, why); `…` is any change of the line."""

from __future__ import annotations

Reasons = list[tuple[str, str, str]]

ORDERS = "it orders what happens within one microsecond"
MICROSECOND = "a microsecond earlier or later"
NEVER = "nothing in this server gets there"
NAME = "the name by which a cursor knows its list"
ID = "nobody says what comes after the beginning of an id"
UNSHOWN = "no answer shows it"
MINUTE = "what comes after a minute takes a minute of waiting"
SAME = "another refusal says the same"
EMPTY = "where a path with an empty id leads isn't documented"
TWICE = "what a repeated parameter means isn't documented"
NO_UTF_8 = "what a parameter that is no UTF-8 means isn't documented"
NO_KEY = "no key of an editor's is given to the check"
LONG = "how long a URI may be isn't documented"
LARGE = "how large a body may be isn't documented"
HEAD = "whether `Allow` has HEAD isn't documented"
FORGED = "only a cursor that somebody forges tells"

# No client can tell these from the server as it was.
EQUIVALENT: Reasons = [
    *(("token_hex(8)", f"token_hex({digits})", ID) for digits in (7, 9)),
    *(("token_hex(6)", f"token_hex({digits})", ID) for digits in (5, 7)),
    *((f"f'{start}_{{", f"f'{start}__{{", ID) for start in ("usr", "msg", "thr", "req")),
    ("self.count = 0", "self.count = 1", "only the order of these numbers counts"),
    ("self.count = 0", "self.count = -1", "only the order of these numbers counts"),
    ("self.count += 1", "self.count += 2", "only the order of these numbers counts"),
    ("self.count += 1", "self.count += 0", ORDERS),
    ("self.count += 1", "pass", ORDERS),
    ("one['due'] <= now", "one['due'] < now", MICROSECOND),
    ("now <= moment", "now < moment", MICROSECOND),
    ("moment <= now + FURTHEST", "moment < now + FURTHEST", MICROSECOND),
    ("now - since >= WINDOW", "now - since > WINDOW", MICROSECOND),
    ("return found[0] if found", "return found[-1] if found", "there is one"),
    ("found[0] is None", "found[-1] is None", "there is one"),
    ("['threads', unread, me]", "['threads_', unread, me]", NAME),
    ("['users', status, wanted]", "['users_', status, wanted]", NAME),
    ("'updated': now", "'updated_': now", "it isn't read before a change sets it"),
    ("status, media = (500,", "…", NEVER),
    ("'title': 'Internal Server Error'", "…", NEVER),
    ("'message': 'something went wrong'", "…", NEVER),
    ("status, body, headers = (500,", "…", NEVER),
    ("not 1 <= number <= LARGEST_ID", "not 2 <= number <= LARGEST_ID", "no lead has the id 1: 404 either way"),
    ("not 1 <= number <= LARGEST_ID", "not 0 <= number <= LARGEST_ID", "no lead has the id 0: 404 either way"),
    ("not 1 <= number <= LARGEST_ID", "not 1 < number <= LARGEST_ID", "no lead has the id 1: 404 either way"),
    ("super().__init__(message)", "pass", "nobody reads the exception's own text"),
    ("super().__init__(detail)", "pass", "nobody reads the exception's own text"),
    ("errors or []", "errors", "none and an empty list are told alike"),
    ("deterministic=True", "deterministic=False", "it only lets SQLite use a result again"),
    ("self.seed()", "pass", "a server may begin without records, as the variant few-records does"),
    ("<= number <= LARGEST_ID", "<= number < LARGEST_ID", "no lead has so large an id: 404 either way"),
    ("cursor.lastrowid or 0", "cursor.lastrowid", "what was inserted has an id"),
    ("cursor.lastrowid or 0", "cursor.lastrowid or 1", "what was inserted has an id"),
    ("cursor.lastrowid or 0", "cursor.lastrowid or -1", "what was inserted has an id"),
    ("errors[0]['detail']", "errors[-1]['detail']", "a text for people, of either fault"),
    ("None if text is None else text == 'true'", "text == 'true'", "without it, False either way"),
    ("{seconds(now + FURTHEST)}", "{seconds(now - FURTHEST)}", "a text for people"),
    ("'body': text", "'body_': text", UNSHOWN),
    ("'subject': subject, 'body'", "'subject_': subject, 'body'", UNSHOWN),
    ("validate=True", "validate=False", "what it then ignores isn't in the cursor that is made of it for comparison"),
]
# These do differ, but in nothing that the documents or readings say, or where no check can reach.
UNSEEN: Reasons = [
    ("len(request.path) + len(request.query)", "…", LONG),
    ("the URI is too long", "…", LONG),
    ("'TOO-LARGE'", "…", LARGE),
    ("the body is too large", "…", LARGE),
    ("DELIVERY = timedelta(seconds=2)", "…", "how fast a real server delivers is its own affair"),
    ("ACCOUNTS = [", "…", "which accounts there are isn't documented"),
    ("must be given once", "…", TWICE),
    ("len(found) > 1", "…", TWICE),
    ("if not self.request.body and (not media_type(self.request)):", "if False:", SAME),
    ("not self.request.body and (not media_type(self.request))", "…", SAME),
    ("raise Refusal(400, 'validation_failed', 'a request body is required')", "pass", SAME),
    ("not self.request.body and", "self.request.body and", SAME),
    ("if not call.id.startswith('usr_')", "if False", "such an id isn't found anyway"),
    ("raise not_found('there is no user with this id')", "pass", "such an id isn't found anyway"),
    ("parts[1] and (parts[2] == 'archive')", "parts[0] and (parts[2] == 'archive')", EMPTY),
    ("len(parts) == 2 and parts[1]", "len(parts) == 2 and parts[0]", EMPTY),
    ("== ['v2', 'users'] and parts[2]", "== ['v2', 'users'] and parts[1]", EMPTY),
    ("== ['v2', 'messages'] and parts[2]", "== ['v2', 'messages'] and parts[1]", EMPTY),
    ("'Pro': 1000", "'Pro': 1001", "using up 1,000 requests takes too long"),
    ("'Pro': 1000", "'Pro': 999", "using up 1,000 requests takes too long"),
    ("'editor': {'read'", "'editor': {'read_'", NO_KEY),
    ("'editor': {'read', 'send'}", "'editor': {'read', 'send_'}", NO_KEY),
    ("WINDOW = timedelta(seconds=60)", "WINDOW = timedelta(seconds=59)", MINUTE),
    ("if now - since >= WINDOW", "if False", MINUTE),
    ("since, count = (now, 0)", "since, count = (now, 1)", MINUTE),
    ("since, count = (now, 0)", "since, count = (now, -1)", MINUTE),
    ("is not UTF-8", "…", NO_UTF_8),
    ("found and found[0] is None", "…", NO_UTF_8),
    ("self.read_id(lead_id)", "pass", "of a body and an id that are both wrong, which is told first isn't documented"),
    ("if problem.errors", "if True", "the document lets `errors` be there, and empty"),
    ("if not request.body and media_type(request) in ('', 'application/json'):", "if False:", SAME),
    ("not request.body and media_type(request) in ('', 'application/json')", "not request.body", SAME),
    ("request) in ('', 'application/json')", "request) not in ('', 'application/json')", SAME),
    ("raise Problem(400, 'a request body is required', [{'pointer': '#', 'detail': 'is required'}])", "pass", SAME),
    ("parts[1] and (parts[2] == 'archive')", "parts[2] and (parts[2] == 'archive')", EMPTY),
    ("self.known.add(name)", "pass", TWICE),
    ("[*operations, 'HEAD'] if 'GET' in operations else operations", "operations", HEAD),
    ("'GET' in operations", "'GET_' in operations", HEAD),
    ("self.keys.get(key.strip()) if scheme.lower() == 'bearer' else None", "self.keys.get(key.strip())",
     "whether a valid key is taken under other schemes too isn't documented"),
    ("self.join(thread, [sender])", "pass", "no key sees a thread of others that its user could join"),
    ("known == bound_to and make_cursor(place, known) == cursor and (place < [math.inf])", "known == bound_to", FORGED),
    ("place < [math.inf]", "place <= [math.inf]", FORGED),
]  # fmt: skip
