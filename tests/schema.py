#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""schema.py SCHEMAS OUTPUTS COMMANDS: is what xl printed what its schemas say?

SCHEMAS has COMMAND.json, OUTPUTS files COMMAND@WHATEVER, one a call, COMMANDS is what `xl help --json` printed. Prints
what is wrong, a line each, and ends with 1; else how much was looked at.
"""
import copy
import json
import os
import sys

import jsonschema

# Its scheduler is never the one that the hypervisor has; the schema is the other one's.
TWINS = {"sched-credit": "sched-credit2"}
# Of CPUs that have errata that the machine of the twin has not; of what other tools do not know.
MAY_BE_EMPTY = {"info/default/cpu_notes", "launch/make/relations"}

schemas, outputs, commands = sys.argv[1:]
wrong = []
calls = 0


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def objects_in(schema):
    """All schemas of objects within one."""
    found = []
    rest = [schema]
    while rest:
        part = rest.pop()
        if isinstance(part, dict):
            if "properties" in part and part.get("type") == "object":
                found.append(part)
            rest += part.values()
        elif isinstance(part, list):
            rest += part
    return found


def looks_strict(name, schema):
    for part in objects_in(schema):
        if part.get("additionalProperties") is not False:
            # What a kind of event has besides is said by "then".
            if "details" not in schema.get("properties", {}) or part is not schema["properties"]["details"]:
                wrong.append(f"{name}: {list(part['properties'])} may have other members")
        for member in part.get("required", []):
            if member not in part["properties"]:
                wrong.append(f"{name}: {member} is required and not described")


def first_object(value):
    return value[0] if isinstance(value, list) and value else value


def refuses_others(name, validator, value):
    """With a member too many, or one too few, it is not valid."""
    for change in ("more", "fewer"):
        other = copy.deepcopy(value)
        one = first_object(other)
        if not isinstance(one, dict):
            return
        if change == "more":
            one["of another version"] = 1
        else:
            one.pop(next(iter(one)))
        if validator.is_valid(other):
            wrong.append(f"{name}: with {change} members it is still valid")


def values_of(name, text):
    if name == "events":
        return [json.loads(line) for line in text.splitlines()]
    return [json.loads(text)]


def fitting(schema, value):
    """The names of the forms that a value has, if it is not an empty list, which all have."""
    if value == []:
        return set()
    return {
        form
        for form in schema.get("$defs", {})
        if jsonschema.Draft202012Validator({"$ref": f"#/$defs/{form}", "$defs": schema["$defs"]}).is_valid(value)
    }


def lists_in(schema, value, path, empty):
    """Adds the paths of a form's lists to `empty`, with whether they were so in all values."""
    rest = [(schema, value, path)]
    while rest:
        schema, value, path = rest.pop()
        if "items" in schema:
            empty[path] = empty.get(path, True) and not value
            rest += [(schema["items"], item, path) for item in value]
        for name, member in schema.get("properties", {}).items():
            if name in value:
                rest.append((member, value[name], f"{path}/{name}"))


def check(name, schema):
    global calls
    validator = jsonschema.Draft202012Validator(schema)
    unseen = set(schema.get("$defs", {}))
    kinds = set()
    empty = {}
    for output in sorted(os.listdir(outputs)):
        if output.split("@")[0] != name:
            continue
        for value in values_of(name, read(os.path.join(outputs, output))):
            calls += 1
            for error in validator.iter_errors(value):
                reason = error.context[0].message if error.context else error.message
                wrong.append(f"{output}: {'/'.join(map(str, error.absolute_path))}: {reason[:200]}")
            if value:
                refuses_others(output, validator, value)
            for form in fitting(schema, value):
                unseen.discard(form)
                lists_in(schema["$defs"][form], value, f"{name}/{form}", empty)
            kinds.add(first_object(value).get("event") if name == "events" else None)
    if unseen:
        wrong.append(f"{name}: nothing was printed of the form {', '.join(sorted(unseen))}")
    for path in sorted(path for path, always in empty.items() if always and path not in MAY_BE_EMPTY):
        wrong.append(f"{path}: the list was always empty")
    if name == "events" and len(kinds) < 8:
        wrong.append(f"events: only {', '.join(sorted(kinds))}")


known = {name[: -len(".json")] for name in os.listdir(schemas)}
wanted = {option["command"] for option in json.loads(read(commands))["options"] if option["name"] == "json"}
for name in sorted(wanted - known):
    wrong.append(f"{name}: it has --json and no schema")
for name in sorted(known - wanted):
    wrong.append(f"{name}: a schema, and no --json")
for name in sorted(known & wanted):
    schema = json.loads(read(os.path.join(schemas, name + ".json")))
    jsonschema.Draft202012Validator.check_schema(schema)
    looks_strict(name, schema)
    if name in TWINS:
        twin = json.loads(read(os.path.join(schemas, TWINS[name] + ".json")))
        if {**schema, "title": ""} != {**twin, "title": ""}:
            wrong.append(f"{name}: it is not as {TWINS[name]} is")
    else:
        check(name, schema)
for line in wrong[:40]:
    print(line)
if wrong:
    sys.exit(1)
print(f"{calls} values of {len(wanted)} commands")
