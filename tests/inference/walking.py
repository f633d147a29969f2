"""A walk through the life of each resource of a document: made, read, listed, filtered, changed, deleted.

The walk knows what an operation does from the mock's own understanding of the document; what comes back it judges by
what was sent. It speaks through a `Send`, so that it runs in one process and over the wire alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from mockserver.service import ServedApi, Service
from mockserver.spec.behaviour import Plan, Resource, read
from mockserver.spec.guess.shapes import body_media
from mockserver.spec.model import Operation, Parameter
from mockserver.steps.call import Request
from mockserver.world.values import Unsatisfiable, generator

Json = Any
Send = Callable[[str, str, str, dict[str, str], bytes], tuple[int, bytes]]
"""send(method, path, query, headers, body) -> (status, body)."""

NOW = 1_780_000_000_000
PAGES = 60  # of one list that are walked at most
UNKNOWN = {"string": ("zzzz_unknown", "00000000-0000-4000-8000-00000000dead", "99999999999"), "integer": (987654321,)}


def in_process(service: Service) -> Send:
    """Asks a service without a network."""
    world = service.new_world()

    def send(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        request = Request(method, path, query, {"host": "mock.example", **headers}, body)
        answer = service.answer(world, request, NOW + world.calls * 1000)
        return answer.status, answer.body

    return send


@dataclass
class Step:
    """One thing that was tried: what came of it is empty when all was well."""

    resource: str
    name: str
    wrong: str = ""


@dataclass
class Walk:
    """What is known while one document is walked."""

    served: ServedApi
    send: Send
    steps: list[Step] = field(default_factory=list)
    label: int = 0
    shown: dict[tuple[str, str], Mapping[str, Json]] = field(default_factory=dict)  # records made, by resource and key
    above: dict[str, Any] = field(default_factory=dict)  # made-up keys of items that the mock doesn't keep, by name

    def __post_init__(self) -> None:
        self.schemas = self.served.around.schemas
        self.plans = {route: read(Plan, said.words) for route, said in self.served.understanding.operations.items()}
        self.make = generator(
            self.schemas.follow, lambda node, value: self.schemas.is_valid(node, value, "request"), 7, mode="request"
        )
        self.base = self.served.api.base_paths[0] if self.served.api.base_paths else ""

    # what there is ---------------------------------------------------------------------------------------------------

    def operations(self, resource: str, does: str) -> Iterator[tuple[Operation, Plan]]:
        """The operations that do something with a resource, its home's first.

        Left out are those that make what isn't there, those about the caller, and those about deleted records.
        """
        found = [
            (self.served.api.operation(*route), plan) for route, plan in self.plans.items()
            if plan.resource == resource and plan.does == does
            and plan.missing == "refuse" and "$eldest" not in str(plan.key) and not plan.trash
        ]  # fmt: skip
        yield from sorted(found, key=lambda one: (one[1].parent is not None, one[0].method != "get", len(one[0].path)))

    def first(self, resource: str, does: str) -> tuple[Operation, Plan] | None:
        return next(self.operations(resource, does), None)

    def keys(self, resource: str) -> list[Any]:
        """The keys of a resource's first records."""
        table = self.served.tables[f"{self.served.api.name}/{resource}"]
        key = key_name(self.served.around.resources[resource])
        return [record[key] for record in table.records()]

    def first_record(self, resource: str, key: Any) -> Mapping[str, Json]:
        """What the mock held at first under a key; just the key where it held nothing."""
        table = self.served.tables[f"{self.served.api.name}/{resource}"]
        name = key_name(self.served.around.resources[resource])
        found = table.get(key) if name == table.layout.key else table.get(table.holder(name, key))
        return found or {name: key}

    # asking ----------------------------------------------------------------------------------------------------------

    def ask(
        self, operation: Operation, path: Mapping[str, Any], query: Mapping[str, Any] | None = None, body: Json = None
    ) -> tuple[int, Json]:  # fmt: skip
        """Status and body of an answer; parameters that must be there and aren't given are made up."""
        filled = dict(path)
        asked = dict(query or {})
        headers: dict[str, str] = {}
        for one in operation.parameters:
            if one.location == "path" and one.name not in filled:
                filled[one.name] = self.above.setdefault(one.name, self._parameter(one))
            elif one.required and one.location == "query" and one.name not in asked:
                asked[one.name] = self._parameter(one)
            elif one.required and one.location == "header":
                headers[one.name.lower()] = str(self._parameter(one))
        self._identify(operation, headers, asked)
        where = re.sub(r"\{([^{}]+)\}", lambda match: quote(str(filled[match[1]]), safe=""), operation.path)
        text = urlencode([(name, _text(value)) for name, value in asked.items()])
        data = b""
        if body is not None:
            headers["content-type"], data = _written(self._media(operation), body)
        status, raw = self.send(operation.method.upper(), self.base + where.partition("#")[0], text, headers, data)
        try:
            return status, json.loads(raw) if raw else None
        except ValueError:
            return status, raw

    def _media(self, operation: Operation) -> str:
        types = [one.type for one in operation.body.media] if operation.body else []
        json_first = [one for one in types if one.partition(";")[0].endswith("json")]
        return next(iter(json_first), next((one for one in types if "form" in one), "application/json"))

    def _parameter(self, one: Parameter) -> Json:
        self.label += 1
        node = self.schemas.look_up(one.schema)
        try:
            return self.make(node, "parameter", one.name, self.label, name=one.name)
        except Unsatisfiable:
            return "a"

    def _identify(self, operation: Operation, headers: dict[str, str], query: dict[str, Any]) -> None:
        """Credentials of every kind that the operation asks for."""
        schemes = (self.schemas.content.get("components") or {}).get("securitySchemes") or {}
        for name in {name for one in operation.security for name in one}:
            scheme = self.schemas.follow(schemes.get(name) or {})
            if scheme.get("type") == "apiKey":
                if scheme.get("in") == "query":
                    query[scheme["name"]] = "test-key"
                else:
                    key = scheme["name"].lower() if scheme.get("in") == "header" else "cookie"
                    headers[key] = "test-key" if key != "cookie" else f"{scheme['name']}=test-key"
            else:
                is_basic = str(scheme.get("scheme", "")).lower() == "basic"
                headers.setdefault("authorization", "Basic dGVzdDp0ZXN0" if is_basic else "Bearer test-key")

    def body(self, operation: Operation) -> Json:
        """A valid body, another one each time; None where the operation takes none."""
        media = body_media(operation)
        if media is None:
            return None
        self.label += 1
        made = self.make(self.schemas.look_up(media), "body", operation.id, self.label)
        return _of_form(made) if "form" in self._media(operation) else made

    # paths -----------------------------------------------------------------------------------------------------------

    def one_of(self, resource: str) -> Any:
        """The key of some record of a resource: the first there is, or one that is made."""
        for key in self.keys(resource)[1:2]:  # the first may be gone by now
            return key
        for operation, plan in self.operations(resource, "create"):
            status, answer = self.ask(operation, self.place(plan), body=self.body(operation))
            record = self.record(plan, answer)
            if 200 <= status < 300 and isinstance(record, dict):
                return key_in(self.served.around.resources[resource], record)
        return None

    def place(self, plan: Plan, key: Any = None, parent: Any = None) -> dict[str, Any]:
        """The path parameters that name a record, and the item above it."""
        found: dict[str, Any] = {}
        if isinstance(plan.parent, Mapping):
            name = str(plan.parent["key"]).removeprefix("$request.path.")
            above = plan.parent.get("resource")
            if parent is None and above:
                parent = self.one_of(above)
            if parent is not None:
                found[name] = parent
            elif name not in self.above:
                return found
            found.setdefault(name, self.above.get(name))
        if key is not None and (named := parameter_of(plan)):
            found[named] = key if isinstance(plan.key, str) else self._named(plan, key)
        return found

    def _named(self, plan: Plan, key: Any) -> Any:
        """What a path that names a record by another property than its key has for the one with this key."""
        resource = plan.resource or ""
        own = {key_name(self.served.around.resources[resource]): key}
        known = {**self.first_record(resource, key), **self.shown.get((resource, str(key)), {}), **own}
        values = (known.get(one) for one in reversed(plan.key["$find"][2:]))
        return next((one for one in values if one is not None), key)

    def record(self, plan: Plan, answer: Json) -> Json:
        """The record in an answer, where its template has it; None when it shows none."""
        way = _way(plan.answer if plan.answer is not None else "$record", "$record")
        return _at(answer, way) if way is not None else None

    def listed(
        self, operation: Operation, plan: Plan, parent: Any = None, record: Mapping[str, Json] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> tuple[list[Json], str]:  # fmt: skip
        """All records of a list, page by page by the document's own paging; and what was wrong on the way.

        Filters that a call must have are set so that they let a record pass.
        """
        records: list[Json] = []
        required = self._required(operation, plan, record or {})
        if required is None:
            return [record] if record else [], ""  # the list can't be asked for a record like this one
        asked: dict[str, Any] = {**required, **(query or {})}
        body = self._search(operation, plan, record or {})
        size, style, position = plan.page.get("size"), plan.page.get("style", "all"), plan.page.get("position")
        if str(size).startswith("$request.sent."):
            asked[str(size).removeprefix("$request.sent.")] = 7
        elif isinstance(size, str) and not size.startswith("$request."):
            asked[size] = self._size(operation, size)
        for _ in range(PAGES):
            status, answer = self.ask(operation, self.place(plan, parent=parent), asked, body)
            if status != 200:
                return records, f"a page of the list is answered {status}: {str(answer)[:200]}"
            way = _way(plan.answer, "$page.records")
            shown = _at(answer, way) if way is not None else None
            if not isinstance(shown, list):
                return records, f"no records where the answer has them: {str(answer)[:200]}"
            shown = [_at(one, _inside(plan.answer)) for one in shown]
            records += shown
            here = _at(body, str(position).split(".")[2:]) if str(position).startswith("$request.body.") else None
            sent = {**asked, **({str(position): here} if here else {})}
            following = self._next(plan, answer, shown, sent, style, position)
            if following is None:
                return records, ""
            if isinstance(following, str) and following.startswith("http"):
                asked = dict(parse_qsl(urlsplit(following).query))
            elif position and str(position).startswith("$request.body."):
                _put(body, str(position).split(".")[2:], following)
            elif position:
                asked[str(position).removeprefix("$request.sent.")] = following
        return records, "the list has no end"

    def _required(self, operation: Operation, plan: Plan, record: Mapping[str, Json]) -> dict[str, Any] | None:
        """The query parameters that a list must have, or that filter also when they aren't sent."""
        found: dict[str, Any] = {}
        for one in operation.parameters:
            by_default = one.name in plan.filters and "default" in self.schemas.follow(self.schemas.look_up(one.schema))
            if not (one.required or by_default) or one.location != "query":
                continue
            if one.name in (plan.page.get("position"), plan.page.get("size")):
                found[one.name] = 1 if plan.page.get("style") == "page" or one.name == plan.page.get("size") else 0
                continue
            words = plan.filters.get(one.name) or {}
            values = [_deep(record, str(name).split(".")) for name in words.get("fields") or ()]
            value = next((one for one in values if one not in (None, "") and not isinstance(one, dict | list)), None)
            if words.get("compare") in ("gte", "lte"):
                value = 0 if words["compare"] == "gte" else None
            fits = self.schemas.is_valid(self.schemas.look_up(one.schema), value, "request")
            if words.get("compare") in ("eq", "has") and not (fits and value is not None):
                if one.required:
                    return None
                continue
            if value is not None or one.required:
                found[one.name] = value if value is not None else self._parameter(one)
        return found

    def _search(self, operation: Operation, plan: Plan, record: Mapping[str, Json]) -> Json:
        """The body of a search for one record by its key."""
        if operation.body is None:
            return None
        where = plan.search.get("where")
        body = self.body(operation)
        if not isinstance(body, dict):
            return body
        kept = {name: body[name] for name in self.schemas.required(self.schemas.look_up(body_media(operation) or ""))}
        if where and not self.served.around.resources[plan.resource or ""].key.startswith("~"):
            name = str(where).split(".")[2]
            key = self.served.around.resources[plan.resource or ""].key
            media = self.schemas.look_up(body_media(operation) or "")
            node = self.schemas.property_schema(media, name) or {}
            leaf: Json = {"field": key, "operator": "=", "value": str(record.get(key, ""))}
            kept[name] = [] if "array" in self.schemas.kinds(node) else leaf
        return kept

    def _size(self, operation: Operation, name: str) -> int:
        node = self.schemas.follow(
            self.schemas.look_up(next(one.schema for one in operation.parameters if one.name == name))
        )
        return max(int(node.get("minimum", 1)), min(7, int(node.get("maximum", 7))))

    def _next(
        self, plan: Plan, answer: Json, shown: list[Json], asked: Mapping[str, Any], style: str, position: Any
    ) -> Any:  # fmt: skip
        """What the answer says comes next; for numbered pages the number that follows, while there are records."""
        for template in ("$page.next", "$page.next-url"):
            way = _way(plan.answer, template)
            if way is not None:
                return _at(answer, way)
        if not position or style not in ("page", "offset", "key") or not shown:
            return None
        here = asked.get(str(position))
        if style == "key":
            own = self.served.around.resources[plan.resource or ""]
            return key_in(own, shown[-1]) if self._more(plan, answer) else None
        if style == "page":
            return (int(here) if here is not None else 1) + 1
        return (int(here) if here is not None else 0) + len(shown)

    def _more(self, plan: Plan, answer: Json) -> bool:
        way = _way(plan.answer, "$page.more")
        return way is None or bool(_at(answer, way))

    # judging ---------------------------------------------------------------------------------------------------------

    def step(self, resource: str, name: str, wrong: str) -> bool:
        self.steps.append(Step(resource, name, wrong))
        return not wrong

    def kept(self, resource: Resource, sent: Mapping[str, Json], shown: Json, node: Json) -> str:
        """Which of what was sent is not shown as it was sent, where request and answer share the property."""
        if not isinstance(shown, dict):
            return f"no record is shown: {str(shown)[:100]}"
        server = {resource.key, *resource.on_create, *resource.on_update, *resource.computed}
        properties = self.schemas.properties(node)
        for name, value in sent.items():
            inner = properties.get(name)
            if name in server or (properties and inner is None) or value is None:
                continue
            if inner is not None and (self._owned(inner) or not self.schemas.is_valid(inner, value, "response")):
                continue
            value = self._shown(value, inner)
            if name in resource.merge and isinstance(value, dict) and isinstance(shown.get(name), dict):
                if not value.items() <= shown[name].items():
                    return f"{name}: sent {value!r}, shown {shown.get(name)!r}"[:300]
            elif shown.get(name) != value:
                return f"{name}: sent {value!r}, shown {shown.get(name)!r}"[:300]
        return ""

    def _shown(self, value: Json, node: Json) -> Json:
        """What an answer may show of a value: what is writeOnly at any depth is never in it (OpenAPI 3.1, 4.8.24.4)."""
        if isinstance(value, list):
            return [self._shown(one, self.schemas.items(node)) for one in value]
        if not isinstance(value, dict):
            return value
        said = self.schemas.properties(node)
        return {
            name: self._shown(one, said.get(name)) for name, one in value.items()
            if not any(part.get("writeOnly") for part in self.schemas.parts(said.get(name)))
        }  # fmt: skip

    def _owned(self, node: Json) -> bool:
        return any(isinstance(one, dict) and one.get("readOnly") for one in (node, self.schemas.follow(node)))


def walk(served: ServedApi, send: Send) -> list[Step]:
    """All steps of all resources of a document."""
    found = Walk(served, send)
    for name in served.around.resources:
        _Life(found, name).go()
    return found.steps


@dataclass
class _Life:
    """The life of one record."""

    walk: Walk
    name: str
    key: Any = None
    parent: Any = None
    sent: dict[str, Json] = field(default_factory=dict)

    @property
    def resource(self) -> Resource:
        return self.walk.served.around.resources[self.name]

    def go(self) -> None:
        walk, name = self.walk, self.name
        self.unknown()
        if walk.first(name, "create"):
            self.refused()
            if not self.created():
                return
            self.seen("read back")
        else:
            keys = walk.keys(name)
            if not keys:
                return
            above = (self.resource.parent or {}).get("resource")
            for key in keys:  # one whose item above is still there
                self.key, self.parent = key, self._parent_of(walk.first_record(name, key))
                if not above or self.parent not in walk.keys(str(above))[:1]:
                    break
            self.seen("read a first record")
        self.listed()
        self.filtered()
        for does in ("update", "replace"):
            self.changed(does)
        children = self.children()
        self.deleted(children)

    def step(self, name: str, wrong: str) -> bool:
        return self.walk.step(self.name, name, wrong)

    def _parent_of(self, record: Mapping[str, Any]) -> Any:
        words = self.resource.parent
        if not words:
            return None
        return _deep(record, str(words["field"]).split("."))

    def created(self) -> bool:
        for operation, plan in self.walk.operations(self.name, "create"):
            body = self._naming(plan, self.walk.body(operation))
            before = set(self.walk.keys(self.name))
            path = self.walk.place(plan)
            status, answer = self.walk.ask(operation, path, body=body)
            if not 200 <= status < 300:
                return self.step("create", f"{operation.method} {operation.path}: {status} {str(answer)[:300]}")
            if isinstance(plan.parent, Mapping) and plan.parent.get("resource"):
                self.parent = path[str(plan.parent["key"]).removeprefix("$request.path.")]
            sent = _at(body, str(plan.input).split(".")[2:])
            self.sent = sent if isinstance(sent, dict) else {}
            shown = self.walk.record(plan, answer)
            self.walk.shown[self.name, str(key_in(self.resource, shown))] = {**self.sent, **(shown or {})}
            if (key := key_in(self.resource, shown)) is not None:
                self.key = key
                media = operation.response(status)
                return self.step("create", "" if media and self.key not in before else "its key was there before")
            way = _way(plan.answer, f"$record.{self.resource.key}")
            self.key = _at(answer, way) if way is not None else self._newest()
            return self.step("create", "" if self.key is not None else "nothing names the new record")
        return False

    def _naming(self, plan: Plan, body: Json) -> Json:
        """A body that makes a record, with the property by which paths name it."""
        sent, name = _at(body, str(plan.input).split(".")[2:]), key_name(self.resource)
        names = [name, *(f for _, one in self.walk.operations(self.name, "read") for f in _fields_of(one))]
        for each in names if isinstance(sent, dict) else ():
            node = self.walk.schemas.property_schema(self.walk.schemas.look_up(self.resource.schema[1:]), each)
            if node and each != self.resource.key:
                own = (f"walk{self.walk.label}.example", f"walk{self.walk.label}@acme.example")
                fits = (one for one in own if self.walk.schemas.is_valid(node, one, "request"))
                sent[each] = next(fits, sent.get(each))
        return body

    def _newest(self) -> Any:
        """The key of the record that a list shows and the first records don't have."""
        listing = self.walk.first(self.name, "list")
        if not listing:
            return None
        known = set(map(str, self.walk.keys(self.name)))
        records, _ = self.walk.listed(*listing, parent=self.parent)
        keys = [key_in(self.resource, one) for one in records]
        return next((one for one in keys if one is not None and str(one) not in known), None)

    def read(self) -> tuple[int, Json, Json] | None:
        """Status, record and its schema, by the operation that reads one."""
        for operation, plan in self.walk.operations(self.name, "read"):
            known = {**self.walk.first_record(self.name, self.key), **self.sent}
            query = {name: known.get(words["fields"][0]) for name, words in plan.filters.items()}
            if plan.where or None in query.values():
                continue
            query, body = self._asked(plan, query)
            status, answer = self.walk.ask(operation, self.walk.place(plan, self.key, self.parent), query, body)
            response = operation.response(status)
            media = next((one.schema for one in response.media if one.schema), None) if response else None
            node = self.walk.schemas.look_up(media) if media else {}
            for part in _way(plan.answer if plan.answer is not None else "$record", "$record") or []:
                items = self.walk.schemas.items(node) if part == "0" else None
                node = items or self.walk.schemas.property_schema(node, part) or {}
            return status, self.walk.record(plan, answer) if status == 200 else answer, node
        return None

    def _asked(self, plan: Plan, query: Mapping[str, Any]) -> tuple[Mapping[str, Any], Json]:
        """Query and body of a call that says there which record it is about."""
        _, part, *way = f"{plan.key if isinstance(plan.key, str) else ''}..".split(".")
        if part == "query":
            return {**query, way[0]: self.key}, None
        return query, {way[0]: self.key} if part == "body" else None

    def seen(self, name: str) -> None:
        found = self.read()
        if found is None:
            return
        status, record, node = found
        wrong = self.walk.kept(self.resource, self.sent, record, node) if status == 200 else f"{status} {record}"[:200]
        self.step(name, wrong)
        again = self.read()
        self.step("read twice the same", "" if again == found else "the second answer differs")

    def listed(self) -> None:
        found = self.read()
        known = {**self.walk.first_record(self.name, self.key), **self.sent}
        record = found[1] if found and isinstance(found[1], dict) else known
        for operation, plan in self.walk.operations(self.name, "list"):
            if plan.where:
                self._listed_above(operation, plan)
                continue
            if str(plan.search.get("text")).startswith("$request.path."):
                continue  # it shows what the path looks for
            parent = self.parent
            if isinstance(plan.parent, Mapping):
                parent = self._above(plan.parent, record)
                if parent is None:
                    continue
            records, wrong = self.walk.listed(operation, plan, parent, record)
            times = [str(key_in(self.resource, one)) for one in records].count(str(self.key))
            self.step(
                f"listed once by {operation.method.upper()} {operation.path}",
                wrong or ("" if times == 1 else f"it is there {times} times among {len(records)}"),
            )

    def _listed_above(self, operation: Operation, plan: Plan) -> None:
        """A list of what the item above names: it shows just those records."""
        named = re.search(r"\$parent\.(\w+)", str(plan.where))
        if not named or not isinstance(plan.parent, Mapping):
            return
        above = str(plan.parent.get("resource"))
        for key in self.walk.keys(above):
            inner = self.walk.first_record(above, key).get(named[1]) or []
            wanted = {str(one.get(self.resource.key)) for one in inner if isinstance(one, Mapping)}
            known = wanted & set(map(str, self.walk.keys(self.name)))
            if known and _Life(self.walk, above, key).exists():
                records, wrong = self.walk.listed(operation, plan, key)
                shown = {str(one[self.resource.key]) for one in records}
                there = {one for one in known if _Life(self.walk, self.name, one).exists()}
                self.step(f"what {above} name", wrong or ("" if there <= shown <= wanted else f"{shown} of {known}"))
                return

    def _above(self, words: Mapping[str, Any], record: Mapping[str, Any]) -> Any:
        """The key of the item above a list that the record belongs to, if it belongs to one that exists."""
        if words.get("field") == (self.resource.parent or {}).get("field"):
            return self.parent
        key = _deep(record, str(words.get("field", "~")).split("."))
        above = str(words.get("resource", ""))
        return key if not above or _Life(self.walk, above, key).exists() else None

    def exists(self) -> bool:
        """Whether a record is there, or nothing tells."""
        found = self.read() if isinstance(self.key, str | int) else (404, None, None)
        return found is None or found[0] == 200

    def filtered(self) -> None:
        listing, found = self.walk.first(self.name, "list"), self.read()
        if not listing or not found or not isinstance(found[1], dict):
            return
        operation, plan = listing
        parent = self._above(plan.parent, found[1]) if isinstance(plan.parent, Mapping) else None
        if isinstance(plan.parent, Mapping) and parent is None:
            return
        for name, words in plan.filters.items():
            if words.get("compare") not in ("eq", "contains", "has") or words.get("each"):
                continue
            way = str(next(iter(words.get("fields", ())), "")).split(".")
            value = _deep(found[1], way)
            if value in (None, "", [], {}):
                continue
            parameter = next((one for one in operation.parameters if one.name == name), None)
            if parameter is None or isinstance(value, dict | list) or not self._fits(parameter, value):
                continue
            records, wrong = self.walk.listed(operation, plan, parent, found[1], {name: value})
            keys = [str(key_in(self.resource, one)) for one in records]
            if not wrong and str(self.key) not in keys:
                wrong = f"?{name}={value} doesn't find it"
            if not wrong and words["compare"] == "eq":
                others = [each for each in (_deep(one, way) for one in records) if each not in (None, value)]
                wrong = f"?{name}={value} finds others: {others[0]!r}" if others else ""
            self.step(f"filter {name}", wrong)

    def _fits(self, parameter: Parameter, value: Json) -> bool:
        node = self.walk.schemas.look_up(parameter.schema)
        items = self.walk.schemas.items(node)
        return self.walk.schemas.is_valid(items or node, value, "request")

    def changed(self, does: str) -> None:
        for operation, plan in self.walk.operations(self.name, does):
            before = self.read()
            if isinstance(plan.parent, Mapping) and self.parent is None and plan.parent.get("resource"):
                continue
            body = self.walk.body(operation)
            if str(plan.key).startswith("$request.body."):
                _put(body, str(plan.key).split(".")[2:], self.key)
            status, answer = self.walk.ask(operation, self.walk.place(plan, self.key, self.parent), body=body)
            if not self.step(does, "" if 200 <= status < 300 else f"{status} {str(answer)[:300]}"):
                return
            if str(plan.key).startswith("$request.body."):
                self.sent = {**self.sent, **body}
            self._renamed(_at(body, str(plan.input).split(".")[2:]))
            after = self.read()
            if before is None or after is None:
                return
            part = _at(body, str(plan.input).split(".")[2:]) if body is not None else None
            sent = part if isinstance(part, dict) else {}
            wrong = self.walk.kept(self.resource, sent, after[1], after[2]) if after[0] == 200 else f"{after[0]}"
            self.step(f"{does}: read shows it", wrong)
            if does == "update" and isinstance(before[1], dict) and isinstance(after[1], dict):
                touched = {*sent, *self.resource.on_update, *self.resource.computed, *plan.set}
                lost = [one for one in before[1] if one not in touched and after[1].get(one) != before[1][one]]
                self.step("update keeps the rest", f"changed: {lost[:5]}" if lost else "")

    def _renamed(self, sent: Json) -> None:
        """A change of the property by which paths name a record: from now on it is named so."""
        if isinstance(sent, dict):
            shown = {**self.walk.shown.get((self.name, str(self.key)), {}), **sent}
            name = key_name(self.resource)
            self.key = sent.get(name, self.key) if name != self.resource.key else self.key
            self.walk.shown[self.name, str(self.key)] = shown

    def unknown(self) -> None:
        """A key that nobody has is 404, whatever is done."""
        for does in ("read", "update", "replace", "delete"):
            for operation, plan in self.walk.operations(self.name, does):
                named = parameter_of(plan)
                if named is None:
                    continue
                parameter = next((one for one in operation.parameters if one.name == named), None)
                node = self.walk.schemas.look_up(parameter.schema) if parameter else {}
                kinds = self.walk.schemas.kinds(node)
                values = UNKNOWN["string" if "string" in kinds else "integer"]
                value = next((one for one in values if self.walk.schemas.is_valid(node, one, "request")), None)
                if value is None:
                    continue
                body = self.walk.body(operation)
                status, answer = self.walk.ask(operation, self.walk.place(plan, value, self.parent), body=body)
                self.step(f"unknown: {does}", "" if status == 404 else f"{status} {str(answer)[:200]}")
                break

    def refused(self) -> None:
        """A body that breaks its schema is refused."""
        found = self.walk.first(self.name, "create")
        media = body_media(found[0]) if found else None
        if not found or media is None:
            return
        operation, plan = found
        node = self.walk.schemas.look_up(media)
        kinds = self.walk.schemas.kinds(node)
        if "form" in self.walk._media(operation):
            return  # a form is always an object
        bad: list[Json] = [one for one in ([], 7, "x") if not self.walk.schemas.is_valid(node, one, "request")]
        if len(kinds) > 5 or not bad:
            return
        status, answer = self.walk.ask(operation, self.walk.place(plan), body=bad[0])
        self.step("bad body refused", "" if 400 <= status < 500 else f"{bad[0]!r}: {status} {str(answer)[:200]}")

    def children(self) -> list[tuple[str, Any]]:
        """Records made below this one, by resource and key."""
        found: list[tuple[str, Any]] = []
        for name, resource in self.walk.served.around.resources.items():
            if (resource.parent or {}).get("resource") != self.name or name == self.name:
                continue
            for operation, plan in self.walk.operations(name, "create"):
                if not isinstance(plan.parent, Mapping) or plan.parent.get("resource") != self.name:
                    continue
                body = self.walk.body(operation)
                status, answer = self.walk.ask(operation, self.walk.place(plan, parent=self.key), body=body)
                record = self.walk.record(plan, answer)
                if 200 <= status < 300 and (key := key_in(resource, record)) is not None:
                    found.append((name, key))
                break
        return found

    def deleted(self, children: list[tuple[str, Any]]) -> None:
        for operation, plan in self.walk.operations(self.name, "delete"):
            if isinstance(plan.parent, Mapping) and plan.parent.get("resource") and self.parent is None:
                continue
            query, body = self._asked(plan, {})
            status, answer = self.walk.ask(operation, self.walk.place(plan, self.key, self.parent), query, body)
            if not self.step("delete", "" if 200 <= status < 300 else f"{status} {str(answer)[:300]}"):
                return
            after = self.read()
            if after is not None:
                self.step("gone from read", "" if after[0] == 404 else f"{after[0]}")
            listing = self.walk.first(self.name, "list")
            if listing and (not isinstance(listing[1].parent, Mapping) or self.parent is not None):
                records, wrong = self.walk.listed(*listing, parent=self.parent)
                there = any(key_in(self.resource, one) == self.key for one in records)
                self.step("gone from list", wrong or ("it is still there" if there else ""))
            self._restored()
            for name, key in children:
                child = _Life(self.walk, name, key, self.key)
                seen = child.read()
                if seen is not None:
                    self.step(f"its {name} go too", "" if seen[0] == 404 else f"{seen[0]}")
            return


    def _restored(self) -> None:
        """What was deleted comes back, and goes again."""
        restoring, deleting = (self.walk.first(self.name, does) for does in ("restore", "delete"))
        if not restoring or not deleting:
            return
        for (operation, plan), there in ((restoring, 200), (deleting, 404)):
            status, answer = self.walk.ask(operation, self.walk.place(plan, self.key, self.parent))
            seen = self.read()
            wrong = f"{status} {str(answer)[:200]}" if status >= 300 else ""
            self.step(f"{plan.does} again", wrong or (f"{seen[0]}" if seen and seen[0] != there else ""))


def key_name(resource: Resource) -> str:
    """The field that tells records apart as clients see them: `name`, where no answer shows the key."""
    unseen = resource.key.startswith("~") and not resource.computed
    return str(resource.unique[0]["field"]) if unseen and resource.unique else resource.key


def parameter_of(plan: Plan) -> str | None:
    """The path parameter that names the record of an operation, by its key or another property; None without one."""
    value = plan.key["$find"][1] if isinstance(plan.key, dict) and "$find" in plan.key else plan.key
    return value.removeprefix("$request.path.") if str(value).startswith("$request.path.") else None


def _fields_of(plan: Plan) -> list[str]:
    """The properties by which the path of an operation names its record, where those aren't its key."""
    return plan.key["$find"][2:] if isinstance(plan.key, dict) and "$find" in plan.key else []


def key_in(resource: Resource, shown: Json) -> Any:
    """The key of a record as it is shown; None where it isn't."""
    if not isinstance(shown, dict):
        return None
    if (name := key_name(resource)) != resource.key:
        return shown.get(name)
    way = _way(dict(resource.computed), f"$record.{resource.key}") if resource.key.startswith("~") else [resource.key]
    return _at(shown, way) if way else None


def _way(template: Json, wanted: str) -> list[str] | None:
    """The path to where a template has a value; None when it has it nowhere."""
    if template == wanted:
        return []
    if isinstance(template, list):
        found = _way(template[0], wanted) if template else None
        return None if found is None else ["0", *found]
    if isinstance(template, dict):
        if "$if" in template:
            return _way(template["$if"][1], wanted)
        if "$each" in template:
            return [] if template["$each"][0] == wanted else None
        for name, inner in template.items():
            found = _way(inner, wanted)
            if found is not None:
                return [name, *found]
    return None


def _inside(template: Json) -> list[str]:
    """The way to the record within an item of a list that wraps each."""
    if isinstance(template, dict):
        if "$each" in template:
            return _way(template["$each"][1], "$item") or []
        return next((way for one in template.values() if (way := _inside(one))), [])
    return []


def _written(media: str, body: Json) -> tuple[str, bytes]:
    """A body as its media type writes it, and that type."""
    if "multipart" in media:
        lines = [
            f'--walk\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{_text(value)}\r\n'
            for name, value in (body.items() if isinstance(body, dict) else ())
        ]
        return "multipart/form-data; boundary=walk", ("".join(lines) + "--walk--\r\n").encode()
    if "urlencoded" in media:
        return media, urlencode(list(_pairs("", body))).encode()
    return media, json.dumps(body).encode()


def _pairs(name: str, value: Json) -> Iterator[tuple[str, str]]:
    """The pairs of a form: members of objects and lists in brackets behind their names."""
    if isinstance(value, dict | list) and (name or isinstance(value, dict)):
        for inner, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _pairs(f"{name}[{inner}]" if name else str(inner), one)
    elif value is not None and name:
        yield name, _text(value)


def _of_form(body: Json) -> Json:
    """A body without what a form has no way to say: objects and lists without anything in them."""
    return {name: one for name, one in body.items() if one not in ({}, [])} if isinstance(body, dict) else body


def _at(value: Json, way: list[str]) -> Json:
    for name in way:
        if isinstance(value, list):
            value = value[int(name)] if name.isdecimal() and int(name) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _deep(value: Any, way: list[str]) -> Any:
    """What a path leads to, through the first items of lists."""
    for part in way:
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(part) if isinstance(value, Mapping) else None
    return value[0] if isinstance(value, list) and value else value


def _put(body: Json, way: list[str], value: Json) -> None:
    for name in way[:-1]:
        body = body.setdefault(name, {}) if body.get(name) is not None else body.__setitem__(name, {}) or body[name]
    body[way[-1]] = value


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(_text, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)
