"""The manifest asks Slack for what the code uses, within the limits of a manifest (PLATFORMS 2.9)."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import bots
from bots.slack.endpoints import PATH

FILE = Path(bots.__file__).parents[1] / "docs" / "slack-manifest.yaml"


@pytest.fixture(scope="module")
def manifest() -> Any:
    return yaml.safe_load(FILE.read_text("utf-8"))


def test_every_address_is_the_one_we_listen_on(manifest: Any) -> None:
    settings = manifest["settings"]
    urls = [
        manifest["features"]["slash_commands"][0]["url"],
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        settings["interactivity"]["message_menu_options_url"],
    ]
    assert all(url.startswith("https://") and url.endswith(PATH) for url in urls)


def test_people_can_write_to_the_app_and_open_its_home(manifest: Any) -> None:
    home = manifest["features"]["app_home"]
    assert home["home_tab_enabled"] and home["messages_tab_enabled"]
    assert home["messages_tab_read_only_enabled"] is False


def test_every_event_has_the_scope_it_needs(manifest: Any) -> None:
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    needed = {
        "app_home_opened": set(),
        "message.im": {"im:history"},
        "message.groups": {"groups:history"},
        "member_joined_channel": {"groups:read"},
        "member_left_channel": {"groups:read"},
    }
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == set(needed)
    assert set().union(*needed.values()) <= scopes
    assert {"chat:write", "commands", "im:write", "users:read", "files:read"} <= scopes


def test_names_and_words_fit(manifest: Any) -> None:
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == "/ouentai"
    assert len(command["description"]) <= 2000 and len(command["usage_hint"]) <= 1000
