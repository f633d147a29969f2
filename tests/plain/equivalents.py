"""Mutants that survive for a reason: (what the line had, what it has instead, why)."""

from __future__ import annotations

Reasons = list[tuple[str, str, str]]

# No client can tell these from the server as it was.
EQUIVALENT: Reasons = [
    ("token_hex(", "token_hex(", "ids have another length; nobody says which"),
    ("self.count = 0", "self.count = 1", "only the order of these numbers counts"),
    ("self.count = 0", "self.count = -1", "only the order of these numbers counts"),
    ("self.count += 1", "self.count += 2", "only the order of these numbers counts"),
    ("self.count += 1", "self.count -= 1", "it orders what happens within one microsecond"),
    ("self.count += 1", "self.count += 0", "it orders what happens within one microsecond"),
    ("self.count += 1", "pass", "it orders what happens within one microsecond"),
    ("one['due'] <= now", "one['due'] < now", "a microsecond later"),
    ("now <= moment <= now + FURTHEST", "now < moment <= now + FURTHEST", "a microsecond earlier or later"),
    ("now <= moment <= now + FURTHEST", "now <= moment < now + FURTHEST", "a microsecond earlier or later"),
    ("now - since >= WINDOW", "now - since > WINDOW", "a microsecond later"),
    ("return found[0] if found else None", "return found[-1] if found else None", "there is one"),
    ("['threads', unread, me]", "['threads_', unread, me]", "the name by which a cursor knows its list"),
    ("['users', status, wanted]", "['users_', status, wanted]", "the name by which a cursor knows its list"),
    ("'updated': now", "'updated_': now", "it isn't read before a change sets it"),
    ("status, media = (500,", "status, media = (", "nothing in this server gets there"),
    ("'title': 'Internal Server Error'", "'title': 'Internal Server Error'", "nothing in this server gets there"),
    ("'title': 'Internal Server Error'", "'title_': 'Internal Server Error'", "nothing in this server gets there"),
    ("'code': 'server_error'", "'", "nothing in this server gets there"),
    ("status, body, headers = (500,", "", "nothing in this server gets there"),
    ("not 1 <= number <= LARGEST_ID", "not 2 <= number <= LARGEST_ID", "no lead has the id 1: 404 either way"),
    ("not 1 <= number <= LARGEST_ID", "not 0 <= number <= LARGEST_ID", "no lead has the id 0: 404 either way"),
    ("not 1 <= number <= LARGEST_ID", "not 1 < number <= LARGEST_ID", "no lead has the id 1: 404 either way"),
    ("self.read_id(lead_id)", "pass", "`find` reads it again"),
    ("'message': refusal.message", "'message", "a text for people"),
    ("'body': text", "'body_': text", "no answer shows it"),
    ("'subject': subject, 'body'", "'subject_': subject, 'body'", "no answer shows it"),
]
# These do differ, but in nothing that the documents or readings say, or where no check can reach.
UNSEEN: Reasons = [
    ("8192", "", "how long a URI may be isn't documented"),
    ("'TOO-LARGE'", "", "how large a body may be isn't documented"),
    ("the body is too large", "", "how large a body may be isn't documented"),
    ("the URI is too long", "", "how long a URI may be isn't documented"),
    ("DELIVERY = timedelta(seconds=2)", "DELIVERY", "how fast a real server delivers is its own affair"),
    ("ACCOUNTS = [", "ACCOUNTS = [", "which accounts there are isn't documented"),
    ("must be given once", "pass", "what a repeated parameter means isn't documented"),
    ("a request body is required", "pass", "another refusal says the same"),
    ("not self.request.body and", "not self.request.body or", "another refusal says the same"),
    ("not self.request.body and", "self.request.body and", "another refusal says the same"),
    ("if not call.id.startswith('usr_')", "if False", "such an id isn't found anyway"),
    ("parts[1] and (parts[2] == 'archive')", "parts[0] and (parts[2] == 'archive')", "an empty id is 404 either way"),
    ("len(parts) == 2 and parts[1]", "len(parts) == 2 and parts[0]", "an empty id is 404 either way"),
    ("'Pro'", "'Pro_'", "using up 1,000 requests takes too long"),
    ("'Pro': 1000", "'Pro': ", "using up 1,000 requests takes too long"),
    ("is not UTF-8", "", "what a parameter that is no UTF-8 means isn't documented"),
    ("found[0] is None", "", "what a parameter that is no UTF-8 means isn't documented"),
]
