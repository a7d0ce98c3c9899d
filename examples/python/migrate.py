"""Changes a table from Python, with nothing but JSON and the standard library.

Temporal's HTTP API takes the contract as it is: schemas/online-ddl.*.json say what an input, a command, a status and an
answer are. With Temporal's own SDK for Python the same dictionaries are the arguments of start_workflow, query and
execute_update.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

http = os.environ.get("TEMPORAL_HTTP", "http://localhost:7243")
namespace = os.environ.get("TEMPORAL_NAMESPACE", "default")
task_queue = os.environ.get("SWITCHYARD_TASK_QUEUE", "switchyard")
final = ("completed", "cancelled", "failed")


def ask(workflow_id, path, body):
    """Temporal's answer. Exits where it refuses."""
    escaped = urllib.parse.quote(workflow_id, safe="")
    url = f"{http}/api/v1/namespaces/{namespace}/workflows/{escaped}{path}"
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        sys.exit(json.load(refusal)["message"])


def status(workflow_id):
    return ask(workflow_id, "/query/status", {})["queryResult"][0]


def command(workflow_id, name, payload):
    """The answer of the command: outcome, code, message, at."""
    wait = {"lifecycleStage": "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED"}
    # Two sendings with the same id are one command.
    meta = {"updateId": str(uuid.uuid4()), "identity": "migrate.py"}
    body = {"request": {"meta": meta, "input": {"args": [payload]}}, "waitPolicy": wait}
    outcome = ask(workflow_id, f"/update/{name}", body)["outcome"]
    if "failure" in outcome:
        sys.exit(outcome["failure"]["message"])
    return outcome["success"][0]


def main(cluster, database, table, change):
    # The HTTP API takes no id with a slash, so not the one of the convention. A table has one operation whatever the id is.
    workflow_id = f"online-ddl.{cluster}.{database}.{table}"
    options = {"postponeCompletion": True, "context": "started by migrate.py"}
    statement = f"ALTER TABLE `{table}` {change}"
    ask(workflow_id, "", {
        "workflowType": {"name": "onlineDdl"},
        "taskQueue": {"name": task_queue},
        "input": [{"cluster": cluster, "database": database, "statement": statement, "options": options}],
        "workflowIdConflictPolicy": "WORKFLOW_ID_CONFLICT_POLICY_FAIL",
    })
    resumed = False
    while True:
        now = status(workflow_id)
        print(now["phase"], now["nextStep"], flush=True)
        if now["phase"] in final:
            sys.exit(0 if now["phase"] == "completed" else 1)
        if now["phase"] == "postponed" and not resumed:
            answer = command(workflow_id, "resume", {"by": "migrate.py"})
            print(answer["outcome"], answer["message"], flush=True)
            resumed = answer["outcome"] in ("done", "accepted")
        time.sleep(1)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit('usage: migrate.py commerce shop orders "ADD COLUMN note varchar(200)"')
    main(*sys.argv[1:])
