"""One keep-alive client: signs in as a person would, then asks and times."""

import http.client
import json
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.counting import ANSWER, ASK

SECONDS = 60


class Refused(Exception):
    """A page did not answer as it should; the text says which and how."""


@dataclass(frozen=True)
class Answer:
    """How long it took from sending to the last byte, and what the head of the answer tells."""

    milliseconds: float
    location: str
    statements: list[tuple[float, str]]


class Browser:
    """Cookies, a connection that stays open, forms with their token."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)

    def get(self, path: str, *, count: bool = False) -> Answer:
        """A page; anything but 200 is an error."""
        return self._ask("GET", path, {}, None, count=count, expected=(200,))

    def post(self, path: str, fields: dict[str, str | list[str]], *, count: bool = False) -> Answer:
        """A form; anything but a redirect is an error."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields, doseq=True).encode()
        return self._ask("POST", path, headers, body, count=count, expected=(302, 303))

    def post_json(self, path: str, content: object, *, count: bool = False) -> Answer:
        """What a script of the page sends; anything but 200 is an error."""
        body = json.dumps(content).encode()
        return self._ask("POST", path, {"Content-Type": "application/json"}, body, count=count, expected=(200,))

    def sign_in(self, username: str, password: str) -> None:
        """Through the page that everybody uses."""
        self.get("/accounts/login/")
        self.post("/accounts/login/", {"login": username, "password": password})

    def close(self) -> None:
        """Hang up; the next request calls again."""
        self.connection.close()

    def _ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        *,
        count: bool,
        expected: tuple[int, ...],
    ) -> Answer:
        headers = {**headers, "Host": f"localhost:{self.port}"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers |= {"X-CSRFToken": self.cookies.get("csrftoken", ""), "Origin": f"http://localhost:{self.port}"}
        if count:
            headers[ASK] = "1"
        if self.connection.sock is None:
            self.connection.connect()
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        response.read()
        milliseconds = (time.perf_counter() - began) * 1000
        if response.getheader("Connection", "").lower() == "close":
            self.connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if response.status not in expected:
            raise Refused(f"{method} {path.split('?')[0]} answered {response.status}")
        return Answer(
            milliseconds,
            response.getheader("Location", ""),
            [tuple(row) for row in json.loads(response.getheader(ANSWER, "[]"))],
        )
