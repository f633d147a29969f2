"""What a program does with Intercom's own client library, as JSON. The argument is the API's address."""

import json
import sys
from typing import Any

from intercom import CreateContactRequestWithEmail, Intercom, SingleFilterSearchRequest
from intercom.core.api_error import ApiError

client = Intercom(token="test", base_url=sys.argv[1])
seen: dict[str, Any] = {}

made = client.contacts.create(request=CreateContactRequestWithEmail(email="ann@acme.example", name="Ann"))
seen["created"] = [made.email, made.type]
seen["read"] = client.contacts.find(contact_id=made.id).name
updated = client.contacts.update(contact_id=made.id, name="Ann Lee")
seen["updated"] = [updated.name, updated.email]
pages = client.contacts.list(per_page=20)
seen["listed"] = len({one.id for one in pages})
query = SingleFilterSearchRequest(field="email", operator="=", value="ann@acme.example")
seen["found"] = [one.name for one in client.contacts.search(query=query)]
seen["deleted"] = client.contacts.delete(contact_id=made.id).deleted
try:
    client.contacts.find(contact_id=made.id)
except ApiError as error:
    seen["gone"] = error.status_code
print(json.dumps(seen))
