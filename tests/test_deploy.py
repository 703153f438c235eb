"""What ``deploy/`` ships works as docs/deploying.md says: nginx in front of two server processes, systemd, Docker."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest

from tests.conftest import write_files
from tests.running import PASSWORD, Answer, Server, add_accounts, environment, eventually, serving, start, wiki

DEPLOY = Path(__file__).parent.parent / "deploy"
if not DEPLOY.is_dir():
    pytest.skip("deploy/ is not beside the tests", allow_module_level=True)

HOST = "wiki.example.org"
TOKEN = "0123456789abcdef" * 2
FILM = Random(1).randbytes(24_000_000)
FILES: dict[str, str | bytes] = {
    "_public/Harbour.md": "The harbour.",
    "_secret/Merger.md": "cnrysecret0001",
    "_public/film.mp4": FILM,
}
PAGES = 'strata_requests_total{route="/<path:address>",status="2xx"}'
STATIC = 'strata_requests_total{route="/-/static/<path:filename>",status="2xx"}'
SETTINGS = {
    "server_address": f"https://{HOST}",
    "server_trusted_hosts": f'["{HOST}", "127.0.0.1"]',
    "server_proxies": 1,
    "server_processes": 2,
}
needs_nginx = pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")), reason="needs nginx and openssl: apt install nginx-light"
)
_TLS = ssl._create_unverified_context()  # noqa: S323 - the certificate is this test's own


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@dataclass(slots=True)
class Nginx:
    """nginx with the file that ships, in which nothing but ports and places is another; and, where nothing is said of
    it, how often one address may ask."""

    folder: Path
    upstream: int
    limits: bool = False
    plain: int = field(default_factory=free_port)
    tls: int = field(default_factory=free_port)

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def write(self) -> Path:
        self.folder.mkdir()
        pair = ["-keyout", f"{self.folder}/privkey.pem", "-out", f"{self.folder}/fullchain.pem"]
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        make = ["openssl", "req", "-x509", *kind, "-subj", f"/CN={HOST}", *pair]
        subprocess.run(make, check=True, capture_output=True)
        site = (DEPLOY / "nginx.conf").read_text()
        for old, new in {
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ": f"listen 127.0.0.1:{self.tls} ",
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{self.upstream};",
            "/etc/ssl/strata": str(self.folder),
            "/var/cache/nginx/strata": str(self.cache),
            "/var/log/nginx": str(self.folder),
            "rate=50r/s": "rate=50r/s" if self.limits else "rate=9000r/s",
        }.items():
            assert old in site
            site = site.replace(old, new)
        site = re.sub(r"(?m)^ *listen \[::\].*\n", "", site)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)
        file = self.folder / "main.conf"
        file.write_text(
            f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {self.folder}/pid; worker_processes 2;\n"
            f"error_log {self.folder}/error.log; events {{}}\nhttp {{ gzip on; {places}\n{site}\n}}\n"
        )
        return file

    def command(self, *words: str) -> list[str]:
        return ["nginx", "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/main.conf", *words]

    def open(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("127.0.0.1", self.tls, context=_TLS, timeout=60)

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        connection = self.open()
        sent = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def login(self, name: str) -> str:
        form = urlencode({"username": name, "password": PASSWORD}).encode()
        kind = "application/x-www-form-urlencoded"
        answer = self.ask("/-/login", "POST", form, Content_Type=kind, Origin=f"https://{HOST}")
        assert answer.status == 303, answer.status
        return str(answer.headers["Set-Cookie"])


@contextmanager
def nginx_before(port: int, folder: Path, *, limits: bool = False) -> Iterator[Nginx]:
    nginx = Nginx(folder / "nginx", port, limits)
    nginx.write()
    process = subprocess.Popen(nginx.command(), start_new_session=True)
    try:
        eventually(lambda: answers(nginx.tls), 10)
        yield nginx
    finally:
        process.terminate()
        process.wait(10)


def answers(port: int) -> bool:
    with socket.socket() as found:
        return found.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True, slots=True)
class Installation:
    server: Server
    nginx: Nginx
    folder: Path
    env: dict[str, str]

    def counted(self, name: str) -> float:
        text = self.server.get("/-/metrics", Authorization=f"Bearer {TOKEN}").text
        found = re.search(rf"(?m)^{re.escape(name)} (.*)$", text)
        return float(found[1]) if found else 0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installed")
    (folder / "token").write_text(TOKEN)
    settings = {**SETTINGS, "metrics_token_file": folder / "token"}
    env = environment(folder / "data", **settings)
    add_accounts(folder, env, "owner")
    vault = write_files(folder / "vault", FILES)
    with serving(vault, folder, **settings) as server, nginx_before(server.port, folder) as nginx:
        yield Installation(server, nginx, folder, env)


# --- nginx -----------------------------------------------------------------------------------------------------------


@needs_nginx
def test_nginx_takes_the_file(tmp_path: Path) -> None:
    nginx = Nginx(tmp_path / "nginx", 8000)
    nginx.write()
    done = subprocess.run(nginx.command("-t"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


@needs_nginx
def test_plain_http_is_sent_to_tls(installed: Installation) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", installed.nginx.plain, timeout=20)
    connection.request("GET", "/_public/Harbour?x=1", headers={"Host": "other.example"})
    answer = connection.getresponse()
    connection.close()
    # Its own name, not the one that was asked for: else anybody could have it send readers anywhere.
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/_public/Harbour?x=1")


@needs_nginx
@pytest.mark.parametrize(
    "path", ["/", "/_public/Harbour", "/_secret/Merger", "/-/static/style.css", "/_public/film.mp4", "/-/login"]
)
def test_headers_are_strata_s_and_there_once(installed: Installation, path: str) -> None:
    mine = installed.nginx.ask(path, "HEAD").headers
    own = installed.server.get(path, X_Forwarded_Proto="https", X_Forwarded_For="127.0.0.1").headers
    once = Counter(name.lower() for name in mine)
    assert [name for name, count in once.items() if count > 1] == []
    assert mine["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert mine["Server"] == "nginx"
    passed = {"Content-Security-Policy", "Cache-Control", "Vary", "X-Content-Type-Options", "Referrer-Policy"}
    assert {name: mine[name] for name in passed} == {name: own[name] for name in passed}


@needs_nginx
def test_pages_are_never_cached(installed: Installation) -> None:
    nginx, before = installed.nginx, installed.counted(PAGES)
    cookie = nginx.login("owner").partition(";")[0]
    for _ in range(3):
        assert nginx.ask("/_secret/Merger", Cookie=cookie).status == 200
        assert nginx.ask("/_secret/Merger").status == 404
    assert installed.counted(PAGES) == before + 3
    assert all(b"cnrysecret" not in file.read_bytes() for file in nginx.cache.rglob("*") if file.is_file())


@needs_nginx
def test_pages_are_not_packed(installed: Installation) -> None:
    assert "Content-Encoding" not in installed.nginx.ask("/_public/Harbour", Accept_Encoding="gzip").headers


@needs_nginx
def test_static_files_are_cached(installed: Installation) -> None:
    nginx = installed.nginx
    found = re.search(r'href="(/-/static/[0-9a-f]{12}/style\.css)"', nginx.ask("/").text)
    assert found
    before = installed.counted(STATIC)
    plain, *others = (nginx.ask(found[1], Cookie=f"x={number}") for number in range(3))
    packed = [nginx.ask(found[1], Accept_Encoding="gzip") for _ in range(3)]
    assert {answer.data for answer in others} == {plain.data}
    assert {answer.headers["Content-Encoding"] for answer in packed} == {"gzip"}
    assert "immutable" in plain.headers["Cache-Control"]
    assert installed.counted(STATIC) == before + 2


@needs_nginx
def test_session_is_kept_to_tls(installed: Installation) -> None:
    cookie = installed.nginx.login("owner")
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie


@needs_nginx
def test_nobody_says_they_come_from_elsewhere(installed: Installation) -> None:
    form = urlencode({"username": "nobody", "password": "x"}).encode()
    spoofed = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Host": "evil.example", "Forwarded": "for=203.0.113.9"}
    kind = "application/x-www-form-urlencoded"
    answer = installed.nginx.ask("/-/login", "POST", form, Content_Type=kind, Origin=f"https://{HOST}", **spoofed)
    assert answer.status in (200, 401)
    events = [json.loads(line) for line in wiki(installed.folder, installed.env, "audit", "--json").stdout.splitlines()]
    assert {event["address"] for event in events if event["user"] == "nobody"} == {"127.0.0.1"}


@needs_nginx
def test_addresses_are_in_no_log(installed: Installation) -> None:
    installed.nginx.ask("/_secret/Merger?q=cnry")
    log = installed.nginx.folder / "strata.log"
    eventually(lambda: log.read_text())
    assert not re.search("Merger|cnry", log.read_text())


@needs_nginx
def test_large_attachment_comes_whole_and_in_parts(installed: Installation) -> None:
    nginx, size = installed.nginx, len(FILM)
    assert nginx.ask("/_public/film.mp4").data == FILM
    for asked, part in {
        "bytes=0-99": FILM[:100],
        "bytes=20000000-20500000": FILM[20_000_000:20_500_001],
        "bytes=-1000": FILM[-1000:],
        f"bytes={size - 5}-": FILM[-5:],
    }.items():
        answer = nginx.ask("/_public/film.mp4", Range=asked)
        assert (answer.status, answer.data) == (206, part)
        assert answer.headers["Content-Range"].endswith(f"/{size}")
    assert nginx.ask("/_public/film.mp4", Range=f"bytes={size}-").status == 416
    mark = nginx.ask("/_public/film.mp4", "HEAD").headers["ETag"]
    assert nginx.ask("/_public/film.mp4", If_None_Match=mark).status == 304


@needs_nginx
@pytest.mark.parametrize(("address", "at_once", "most"), [("/_public/Harbour", 100, 5_000), ("/-/login", 20, 60)])
def test_who_asks_without_end_has_to_wait(
    address: str, at_once: int, most: int, installed: Installation, tmp_path: Path
) -> None:
    with nginx_before(installed.server.port, tmp_path, limits=True) as nginx, closing(nginx.open()) as connection:

        def asked() -> int:
            connection.request("GET", address, headers={"Host": HOST})
            response = connection.getresponse()
            response.read()
            return response.status

        # As much as pages need comes at once; a copy of the whole vault, or passwords one after the other, do not.
        assert {asked() for _ in range(at_once)} == {200}
        assert any(asked() == 429 for _ in range(most))
        eventually(lambda: asked() == 200)


@needs_nginx
def test_slow_reader_keeps_no_thread(installed: Installation) -> None:
    """With as many readers who take their attachment and do not read as there are threads, pages still come."""
    opened = [installed.nginx.open() for _ in range(12)]
    for connection in opened:
        connection.request("GET", "/_public/film.mp4", headers={"Host": HOST})
    assert [connection.getresponse().status for connection in opened] == [200] * 12
    assert installed.nginx.ask("/_public/Harbour").status == 200
    for connection in opened:
        connection.close()


# --- a server that is replaced ---------------------------------------------------------------------------------------


class Traffic:
    """Readers who ask without pause, each on a connection that they keep."""

    def __init__(self, nginx: Nginx, readers: int = 6) -> None:
        self.nginx, self.ended, self.found = nginx, threading.Event(), Counter[object]()
        self.threads = [threading.Thread(target=self._read) for _ in range(readers)]

    def _read(self) -> None:
        connection = self.nginx.open()
        while not self.ended.is_set():
            try:
                connection.request("GET", "/_public/Harbour", headers={"Host": HOST})
                response = connection.getresponse()
                response.read()
                self.found[response.status] += 1
            except (OSError, http.client.HTTPException) as error:
                self.found[repr(error)] += 1
                connection.close()
        connection.close()

    def more(self) -> None:
        """Wait until a good many more were answered."""
        wanted = self.found.total() + 50
        eventually(lambda: self.found.total() > wanted, 60)

    def __enter__(self) -> "Traffic":
        for thread in self.threads:
            thread.start()
        self.more()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join()


@needs_nginx
def test_reload_replaces_processes_without_a_failed_request(tmp_path: Path) -> None:
    vault = write_files(tmp_path / "vault", {"_public/Harbour.md": "The harbour."})
    with serving(vault, tmp_path, **SETTINGS) as server, nginx_before(server.port, tmp_path) as nginx:
        writer = server.writer()
        with Traffic(nginx) as traffic:
            for _ in range(2):
                before = set(server.workers())
                server.process.send_signal(signal.SIGHUP)
                eventually(lambda old=before: len(server.workers()) == 2 and not old & set(server.workers()), 40)
                traffic.more()
        assert set(traffic.found) == {200}
        assert server.writer() == writer  # the processes that ended took it with them once


@needs_nginx
def test_held_socket_lets_another_server_take_over_without_a_failed_request(tmp_path: Path) -> None:
    vault = write_files(tmp_path / "vault", {"_public/Harbour.md": "The harbour."})
    with socket.create_server(("127.0.0.1", 0), backlog=512) as held:
        first = start(vault, tmp_path, "first", held, **SETTINGS)
        try:
            with nginx_before(first.port, tmp_path) as nginx, Traffic(nginx) as traffic:
                first.stop()
                second = start(vault, tmp_path, "second", held, **SETTINGS)
                try:
                    assert second.port == first.port
                    traffic.more()
                finally:
                    traffic.ended.set()
                    for thread in traffic.threads:
                        thread.join()
                    second.stop()
        finally:
            first.kill()
        assert set(traffic.found) == {200}


def test_no_type_is_decoded_for_the_first_time_in_a_request() -> None:
    """Where two threads of a new process did so at once, it crashed, and took the requests of both with it."""
    for module in {*(DEPLOY.parent / "wiki").rglob("*.py")} - {*(DEPLOY.parent / "wiki" / "export").rglob("*.py")}:
        assert not re.search(r"\bdecode\([^)]*type=", module.read_text()), f"{module}: make a Decoder at import"


def test_socket_for_another_process_is_left_alone(tmp_path: Path) -> None:
    """Variables that a service manager meant for a parent say nothing to its children."""
    vault = write_files(tmp_path / "vault", {"_public/Harbour.md": "x"})
    os.environ.update(LISTEN_FDS="1", LISTEN_PID="1")
    try:
        with serving(vault, tmp_path) as server:
            assert server.get("/_public/Harbour").status == 200
    finally:
        del os.environ["LISTEN_FDS"], os.environ["LISTEN_PID"]


# --- systemd ---------------------------------------------------------------------------------------------------------

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units with a program that is there: systemd looks whether it is."""
    for name in ("strata.service", "strata.socket"):
        text = (DEPLOY / name).read_text().replace("/opt/strata/.venv/bin/python", sys.executable)
        (tmp_path / name).write_text(text)
    return tmp_path


@needs_systemd
def test_systemd_takes_the_units(units: Path) -> None:
    files = [str(units / name) for name in ("strata.service", "strata.socket")]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, timeout=60)
    said = [line for line in done.stderr.splitlines() if "strata" in line]
    assert said == [], done.stderr


@needs_systemd
def test_service_is_exposed_to_little(units: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(units / "strata.service")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-600:] + done.stderr


# --- Docker: what can be seen without building it --------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"(?m)^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text()).replace("\\\n", " ")
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in text.splitlines() if line.strip()]


def test_images_are_pinned_and_come_from_no_named_registry() -> None:
    for name, rest in instructions():
        if name == "FROM":
            image = rest.split()[0]
            assert re.fullmatch(r"(python|node):\d+(\.\d+)*-(slim-bookworm|bookworm-slim)", image), image


def test_container_does_not_run_as_root() -> None:
    last = max(n for n, (name, _) in enumerate(instructions()) if name == "FROM")
    stage = instructions()[last:]
    assert [rest for name, rest in stage if name == "USER"] == ["10001:10001"]
    user = next(n for n, (name, _) in enumerate(stage) if name == "USER")
    assert not any(name in ("RUN", "COPY", "ADD") for name, _ in stage[user:])


def test_libraries_are_those_of_the_lock() -> None:
    runs = " ".join(rest for name, rest in instructions() if name == "RUN")
    assert "--require-hashes -r requirements.lock" in runs
    assert "npm ci" in runs
    assert not re.search(r"apt|curl|wget|npm install", runs)


def test_container_is_healthy_when_the_wiki_answers() -> None:
    assert "/-/health" in dict(instructions())["HEALTHCHECK"]


def test_everything_that_is_copied_is_there_and_let_in() -> None:
    let_in = [line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"]
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (DEPLOY.parent / source).exists(), source
                assert source in let_in


def test_compose_shuts_the_container_in() -> None:
    import yaml

    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["strata"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert [volume.rpartition(":")[2] for volume in service["volumes"]] == ["ro", "/data"]
