"""The mode in which the provider rejects a result that differs from its plan."""

import httpx

MODE = "/__localcloud/unplanned-results"


def test_the_mode_is_off_until_it_is_set_and_after_a_reset(client: httpx.Client) -> None:
    assert client.get(MODE).json() == {"rejected": False}
    assert client.put(MODE, json={"rejected": True}).json() == {"rejected": True}
    assert client.get(MODE).json() == {"rejected": True}
    client.post("/__localcloud/reset").raise_for_status()
    assert client.get(MODE).json() == {"rejected": False}


def test_another_value_than_a_boolean_is_rejected(client: httpx.Client) -> None:
    answer = client.put(MODE, json={"rejected": "yes"})
    assert (answer.status_code, answer.json()["error"]) == (400, "rejected: must be true or false, got 'yes'")
