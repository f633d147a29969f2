"""One pass over a schema and all schemas in it: the hot loop of reading a document."""

from __future__ import annotations

from mockserver.spec import mend, upgrade_30
from mockserver.spec.model import Json
from mockserver.spec.pointers import Trail, written
from mockserver.spec.references import File
from mockserver.spec.survey import Survey, Task


def walk_schema(survey: Survey, root: Json, trail: Trail, file: File) -> list[Task]:
    """Upgrades and mends a schema in place, keyword by keyword. Gives what its `$ref`s reach in other files.

    A schema with a wrong keyword is mended and then looked at once more, for its children may be others.
    """
    rules, old, users = mend.RULES, file.old, survey.users
    plain = not file.prefix and file.version != "2.0"  # `#/…` stays as it is
    tasks: list[Task] = []
    stack: list[tuple[Json, Trail, bool]] = [(root, trail, False)]
    while stack:
        node, trail, again = stack.pop()
        if node.__class__ is not dict:
            continue
        if old and len(node) > 1 and "$ref" in node:
            upgrade_30.only_reference(node)
        mark, wrong, special = len(stack), [], False
        for key, value in node.items():
            rule = rules.get(key)
            if rule is None:
                special = special or key in SPECIAL
            elif rule is mend.ONE:
                if value.__class__ is dict:
                    stack.append((value, (trail, key), False))
                elif value.__class__ is not bool:
                    wrong.append(key)
            elif rule is mend.MAP or rule is mend.LIST:
                if value.__class__ is not (dict if rule is mend.MAP else list) or (rule is mend.LIST and not value):
                    wrong.append(key)
                    continue
                here = (trail, key)
                for token, one in value.items() if rule is mend.MAP else enumerate(value):  # type: ignore[union-attr]
                    if one.__class__ is dict:
                        stack.append((one, (here, token), False))
                    elif one.__class__ is not bool:
                        wrong.append(key)
                        break
            elif not rule(value):  # type: ignore[operator]
                wrong.append(key)
        if wrong and not again:
            del stack[mark:]
            for key in wrong:
                message = mend.mended(node, key, old) if key in node else None
                if message:
                    survey.note(trail, message)
            stack.append((node, trail, True))
            continue
        if "enum" in node and node.get("type") in mend.UNQUOTED:
            message = mend.excluded_values(node)
            if message:
                survey.note(trail, message)
        if "format" in node and ("maxLength" in node or "minLength" in node):
            message = mend.excluded_format(node)
            if message:
                survey.note(trail, message)
        if "pattern" in node:
            survey.patterns.setdefault(node["pattern"], []).append((node, "pattern", trail))
        for pattern in node.get("patternProperties", ()):
            survey.patterns.setdefault(pattern, []).append((node, "patternProperties", trail))
        if "discriminator" in node and isinstance(node["discriminator"].get("mapping"), dict):
            survey.mappings.append((node["discriminator"]["mapping"], file))
        if special:
            reference = node.get("$ref")
            if plain and len(node) == 1 and reference.__class__ is str and reference[:2] == "#/":
                users.setdefault(reference, []).append((node, "schema", trail))
            else:
                _special(survey, node, trail, file, tasks)
    return tasks


SPECIAL = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor", "$id"})


def _special(survey: Survey, node: dict[str, Json], trail: Trail, file: File, tasks: list[Task]) -> None:
    """References and the names that they may use (JSON Schema 2020-12, core, section 8.2)."""
    for word in ("$dynamicRef", "$recursiveRef"):
        if word in node:
            node.setdefault("$ref", node.pop(word))  # nothing extends a schema from outside: the nearest is meant
    for word in ("$anchor", "$dynamicAnchor"):
        if isinstance(node.get(word), str):
            survey.names.setdefault(f"{file.prefix}#{node[word]}", written(trail))
    if isinstance(node.get("$id"), str):
        survey.names.setdefault(node["$id"], written(trail))
    if "$ref" in node:
        task = survey.refer(node, "schema", trail, file)
        if task:
            tasks.append(task)
