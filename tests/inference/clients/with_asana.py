"""What a program does with Asana's own client library, as JSON. The argument is the API's address."""

import json
import sys
from typing import Any

import asana

configuration = asana.Configuration()
configuration.access_token = "test"
configuration.host = sys.argv[1]
client = asana.ApiClient(configuration)
tasks, projects = asana.TasksApi(client), asana.ProjectsApi(client)
seen: dict[str, Any] = {}

spaces = list(asana.WorkspacesApi(client).get_workspaces({"limit": 20}))
seen["workspaces"] = len(spaces)
space = spaces[0]["gid"]
project = projects.create_project({"data": {"name": "Launch", "workspace": space}}, {})
seen["its workspace"] = project["workspace"]["name"] == spaces[0]["name"]

body = {"projects": [project["gid"]], "workspace": space}
made = [tasks.create_task({"data": {**body, "name": f"Step {at}"}}, {})["gid"] for at in range(7)]
read = tasks.get_task(made[0], {})
seen["read"] = [read["name"], [one["name"] for one in read["projects"]]]
tasks.update_task({"data": {"name": "Step zero", "completed": True}}, made[0], {})
read = tasks.get_task(made[0], {})
seen["updated"] = [read["name"], read["completed"], read["projects"][0]["gid"] == project["gid"]]
listed = tasks.get_tasks_for_project(project["gid"], {"limit": 3})
seen["listed"] = sorted(one["name"] for one in listed)
seen["filtered"] = len(list(tasks.get_tasks({"project": project["gid"], "limit": 3})))
seen["found"] = [one["gid"] == made[0] for one in tasks.search_tasks_for_workspace(space, {"text": "step ZERO"})]
tasks.delete_task(made[0])
try:
    tasks.get_task(made[0], {})
except asana.rest.ApiException as error:
    seen["deleted"] = error.status
print(json.dumps(seen))
