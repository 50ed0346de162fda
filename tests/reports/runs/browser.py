"""A real Chromium, and a page that is open in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_HOW = "install them with: apt-get install chromium chromium-driver"
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--force-color-profile=srgb",
    "--window-size=1280,800",
)
_WAIT = 30  # seconds for a script to answer


def start() -> Any:
    """Start Chromium, or skip the test with the reason why there is none."""
    selenium = pytest.importorskip("selenium", reason="selenium is not installed")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    service = shutil.which("chromedriver")
    if program is None or service is None:
        pytest.skip(f"there is no Chromium with its driver here; {_HOW}")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in _ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    try:
        driver = webdriver.Chrome(options=options, service=Service(service))
    except selenium.common.exceptions.WebDriverException as error:
        pytest.skip(f"Chromium does not start here: {error.msg}")
    driver.set_script_timeout(_WAIT)
    return driver


class Opened:
    """A page that is open in the browser, with what a reader can do to it."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def go(self, file: Path, link: str = "") -> Opened:
        """Open a file, at a step if the link names one, and wait until it is drawn."""
        self.driver.get("about:blank")
        self.forget()
        self.driver.get(file.as_uri() + link)
        self.wait("await gradtutor.player")
        return self

    def forget(self) -> None:
        """Leave behind what was logged until now."""
        self.driver.get_log("browser")
        self.driver.get_log("performance")

    def js(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns that may await something; ``given`` are the arguments."""
        text = (
            "const given = [...arguments]; const done = given.pop();"
            f"(async () => {{ {script} }})()"
            ".then(v => done(['ok', v]), e => done(['bad', e.stack]))"
        )
        said, value = self.driver.execute_async_script(text, *arguments)
        assert said == "ok", value
        return value

    def press(self, *keys: str) -> Opened:
        """Press keys, one after the other, and wait until the page is drawn."""
        from selenium.webdriver import ActionChains

        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()
        self.drawn()
        return self

    def click(self, selector: str) -> Opened:
        """Click on what a selector finds."""
        self.driver.find_element("css selector", selector).click()
        self.drawn()
        return self

    def drawn(self) -> None:
        """Wait for two frames, so that what was asked for is on the screen."""
        self.wait(
            "await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r())))"
        )

    def text(self, selector: str) -> str:
        """Return the text that is seen of an element."""
        return str(
            self.js(
                "const heard = [...document.querySelectorAll('.heard')].filter(e => !e.hidden);"
                "heard.forEach(e => { e.hidden = true });"
                "const text = document.querySelector(arguments[0]).innerText;"
                "heard.forEach(e => { e.hidden = false }); return text",
                selector,
            )
        )

    def whole(self, selector: str) -> str:
        """Return the text of an element, what is only heard included."""
        return str(self.js("return document.querySelector(arguments[0]).textContent", selector))

    def until(self, condition: str) -> Any:
        """Wait until an expression is true, and return it."""
        return self.wait(
            f"for (let i = 0; i < 200; i++) {{ const v = ({condition}); if (v) return v;"
            " await new Promise(r => setTimeout(r, 25)); } throw new Error('it never came true')"
        )

    def said(self) -> str:
        """Return what a screen reader is told once the reader has come to rest."""
        self.js("document.getElementById('said').textContent = ''")
        return str(self.until("document.getElementById('said').textContent"))

    # --- what went wrong, and what went out -------------------------------------------------

    def complaints(self) -> list[str]:
        """Return what the console was told."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Return the addresses that were asked for, those of the page's own file aside."""
        messages = [json.loads(e["message"])["message"] for e in self.driver.get_log("performance")]
        sent = [m for m in messages if m["method"] == "Network.requestWillBeSent"]
        found = [message["params"]["request"]["url"] for message in sent]
        return [url for url in found if not url.startswith(("file:", "data:", "about:"))]

    # --- how it is looked at ----------------------------------------------------------------

    def cdp(self, command: str, **values: Any) -> Any:
        """Return what the browser answers to a command of its own."""
        return self.driver.execute_cdp_cmd(command, values)

    @contextmanager
    def sized(self, width: int, height: int) -> Iterator[None]:
        """Look at it on a screen of another size."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.cdp("Emulation.setDeviceMetricsOverride", **size)
        try:
            yield
        finally:
            self.cdp("Emulation.clearDeviceMetricsOverride")

    @contextmanager
    def preferring(self, media: str = "", **features: str) -> Iterator[None]:
        """Look at it as somebody who prefers dark colours, or on paper."""
        named = [{"name": k.replace("_", "-"), "value": v} for k, v in features.items()]
        self.cdp("Emulation.setEmulatedMedia", media=media, features=named)
        try:
            yield
        finally:
            self.cdp("Emulation.setEmulatedMedia", media="", features=[])
