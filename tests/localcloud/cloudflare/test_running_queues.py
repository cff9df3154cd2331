"""Queues and Workflows in the real runtime."""

from typing import Any

import httpx

from tests.localcloud.cloudflare.api import NAMESPACES, SCRIPTS, result, upload
from tests.localcloud.cloudflare.conftest import Running
from tests.localcloud.cloudflare.test_queues import consumer, new_queue
from tests.localcloud.cloudflare.test_workflows import ORDERS, WORKFLOWS
from tests.waiting import wait_until

PRODUCER = """
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/seen") return new Response(await env.SEEN.get("seen"));
    await env.JOBS.sendBatch([1, 2, 3].map((body) => ({ body })));
    return new Response("sent");
  },
};
"""
CONSUMER = """
export default {
  async queue(batch, env) {
    const seen = JSON.parse((await env.SEEN.get("seen")) ?? "[]");
    seen.push([batch.queue, ...batch.messages.map(({ body, attempts }) => `${body}#${attempts}`)]);
    await env.SEEN.put("seen", JSON.stringify(seen));
    for (const message of batch.messages) {
      if (batch.queue === "jobs" && message.body === 2) message.retry();
    }
  },
};
"""
WORKFLOW = """
import { WorkflowEntrypoint } from "cloudflare:workers";

export class Orders extends WorkflowEntrypoint {
  async run(event, step) {
    const doubled = await step.do("double", async () => event.payload.number * 2);
    return step.do("add", async () => doubled + 1);
  }
}

export default {
  async fetch(request, env) {
    const id = new URL(request.url).pathname.slice(1);
    try {
      if (id === "start") return new Response((await env.ORDERS.create({ params: { number: 20 } })).id);
      return Response.json(await (await env.ORDERS.get(id)).status());
    } catch (error) {
      return new Response(error.message, { status: 500 });
    }
  },
};
"""


def namespace(client: httpx.Client) -> dict[str, Any]:
    created = result(client.post(NAMESPACES, json={"title": "seen"}))
    return {"type": "kv_namespace", "name": "SEEN", "namespace_id": created["id"]}


def public(client: httpx.Client, script: str) -> None:
    result(client.post(f"{SCRIPTS}/{script}/subdomain", json={"enabled": True}))


def test_messages_arrive_in_batches_are_retried_and_end_in_the_dead_letter_queue(running: Running) -> None:
    client = running.client
    jobs, dead = new_queue(client, "jobs"), new_queue(client, "dead")
    seen = namespace(client)
    result(upload(client, "consumer", seen, source=CONSUMER))
    result(upload(client, "api", seen, {"type": "queue", "name": "JOBS", "queue_name": "jobs"}, source=PRODUCER))
    public(client, "api")
    settings = {"batch_size": 3, "max_wait_time_ms": 1000, "max_retries": 1}
    result(client.post(f"{jobs}/consumers", json=consumer("consumer", dead_letter_queue="dead", settings=settings)))
    result(client.post(f"{dead}/consumers", json=consumer("consumer", settings={"max_wait_time_ms": 0})))
    assert running.ask().text == "sent"

    def batches() -> list[list[str]]:
        found: list[list[str]] = running.ask(path="/seen").json()
        return found

    wait_until(lambda: running.ask(path="/seen").text and len(batches()) == 3, "the third batch did not arrive")
    assert batches() == [["jobs", "1#1", "2#1", "3#1"], ["jobs", "2#2"], ["dead", "2#1"]]


def test_an_instance_of_a_workflow_runs_its_steps(running: Running) -> None:
    client = running.client
    binding = {"type": "workflow", "name": "ORDERS", "workflow_name": "orders", **ORDERS}
    result(upload(client, "api", binding, source=WORKFLOW))
    public(client, "api")
    missing = running.ask(path="/start")
    assert (missing.status_code, missing.text) == (500, "Workflow orders of binding ORDERS does not exist.")
    result(client.put(f"{WORKFLOWS}/orders", json=ORDERS))
    instance = running.ask(path="/start").text
    wait_until(lambda: running.ask(path=f"/{instance}").json()["status"] == "complete", "the instance did not complete")
    assert running.ask(path=f"/{instance}").json()["output"] == 41


def test_a_worker_starts_the_workflow_of_another_worker(running: Running) -> None:
    client = running.client
    result(upload(client, "orders", source=WORKFLOW))
    result(client.put(f"{WORKFLOWS}/orders", json={**ORDERS, "script_name": "orders"}))
    binding = {"type": "workflow", "name": "ORDERS", "workflow_name": "orders", "script_name": "orders"}
    result(upload(client, "api", binding, source=WORKFLOW))
    public(client, "api")
    instance = running.ask(path="/start").text
    wait_until(lambda: running.ask(path=f"/{instance}").json()["status"] == "complete", "the instance did not complete")


def test_an_instance_of_a_workflow_survives_an_upload(running: Running) -> None:
    client = running.client
    binding = {"type": "workflow", "name": "ORDERS", "workflow_name": "orders", **ORDERS}
    result(upload(client, "api", binding, source=WORKFLOW))
    public(client, "api")
    result(client.put(f"{WORKFLOWS}/orders", json=ORDERS))
    instance = running.ask(path="/start").text
    wait_until(lambda: running.ask(path=f"/{instance}").json()["status"] == "complete", "the instance did not complete")
    result(upload(client, "api", binding, source=WORKFLOW + "\n// changed"))
    assert running.ask(path=f"/{instance}").json()["output"] == 41
