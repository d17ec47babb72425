"""Do the files for a server work? The unit is checked by systemd, nginx runs with its file, the container holds the wheel.

Each test is skipped, with the reason, where its tool is not here.
"""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path
from textwrap import dedent

import pytest

from app.doors import Doors, networks
from app.live import Live
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from graph.maps import load_into
from tests.graph.test_redaction import INFRA, SHOP
from tests.graph.written import write
from tests.house.test_wheel import AROUND, PARTS

DEPLOY = Path(__file__).resolve().parents[2] / "docs" / "deploy"
NAMES = "/sparql?query=SELECT ?n { ?x a sm:Database ; rdfs:label ?n }".replace(" ", "%20")


def tool(name, *words):
    """The path of a program; skips where it is not here or does not run."""
    fetched = Path(sys.executable).parents[1] / name / "usr" / "sbin"  # by `make test`
    found = shutil.which(name) or shutil.which(name, path=f"/usr/sbin:/sbin:{fetched}")
    if found is None:
        pytest.skip(f"{name} is not installed")
    if words and subprocess.run([found, *words], capture_output=True, check=False).returncode:
        pytest.skip(f"{name} does not run here: {name} {' '.join(words)} fails")
    return found


def test_the_container_is_built_from_what_a_wheel_is_made_of():
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    copied = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    assert sorted(copied) == sorted((*AROUND, *PARTS))
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]


def test_the_container_builds():
    docker = tool("docker", "image", "inspect", "python:3.12-slim")
    done = subprocess.run(
        [docker, "build", "--quiet", "-f", DEPLOY / "Dockerfile", DEPLOY.parents[1]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_the_files_start_is_a_command_that_there_is():
    """Every option in them is one of serve."""
    from app.commands.serve import command

    known = {name for each in command.params for name in each.opts}
    unit = re.search(r"^ExecStart=(.*)$", (DEPLOY / "servicemap.service").read_text(), re.MULTILINE)[1]
    container = (DEPLOY / "Dockerfile").read_text().split("CMD [")[-1]
    assert set(re.findall(r"--[a-z-]+", unit + container)) <= known


def test_systemd_takes_the_unit_and_finds_it_well_shut(tmp_path):
    analyze = tool("systemd-analyze", "--version")
    text = (DEPLOY / "servicemap.service").read_text()
    unit = tmp_path / "servicemap.service"
    unit.write_text(
        text.replace("/opt/servicemap/bin/servicemap ", f"{sys.executable} -m servicemap ").replace(
            "User=servicemap", "User=daemon"
        )
    )
    done = subprocess.run([analyze, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    about = [line for line in (done.stdout + done.stderr).splitlines() if "servicemap.service" in line]
    assert about == []
    shut = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=25", unit], capture_output=True, text=True, check=False
    )
    if "nrecognized option" in shut.stderr:
        pytest.skip("this systemd-analyze weighs no files: --offline is not known")
    assert shut.returncode == 0, shut.stdout[-500:]


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(scope="module")
def proxied(tmp_path_factory, serve):
    """The address of nginx with the file as it stands, but for ports, certificates and users; before a real server."""
    nginx, openssl = tool("nginx", "-v"), tool("openssl", "version")
    home = tmp_path_factory.mktemp("nginx")
    backroom = home / "backroom"
    backroom.mkdir()
    (backroom / "map.yaml").write_text(dedent(INFRA))
    live = Live(load_into(home / "store", [write(home, SHOP).parent, backroom]))
    doors = Doors(
        proxies=networks(["127.0.0.1"]), read_groups=("readers",), group_reads=(("shop-team", "shop"),), open=False, own=True
    )  # fmt: skip
    endpoint = Endpoint(lambda: live.atlas.map.store, doors)
    upstream = serve(create_programs(endpoint)).removeprefix("http://")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", home / "key", "-out", home / "pem",
         "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True,
    )  # fmt: skip
    digest = subprocess.run(
        [openssl, "passwd", "-apr1", "secret"], check=True, capture_output=True, text=True
    ).stdout.strip()
    (home / "users").write_text(f"ann:{digest}\nbob:{digest}\n")
    port, text = free_port(), (DEPLOY / "nginx.conf").read_text()
    for before, after in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("server 127.0.0.1:8050", f"server {upstream}"),
        ("/etc/ssl/certs/map.example.org.pem", str(home / "pem")),
        ("/etc/ssl/private/map.example.org.key", str(home / "key")),
        ("/etc/nginx/servicemap.users", str(home / "users")),
    ):
        assert before in text
        text = text.replace(before, after)
    spaces = "".join(
        f"{each}_temp_path {home}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = home / "nginx.conf"
    main.write_text(
        f"daemon off; master_process off; pid {home}/pid; error_log {home}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {spaces}\n{text}\n}}\n"
    )
    command = [nginx, "-p", home, "-e", home / "error.log", "-c", main]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield f"https://127.0.0.1:{port}"
    running.terminate()
    running.wait()
    endpoint.close()


def asked(address, user="", **headers):
    """Status and text of an answer."""
    if user:
        headers["Authorization"] = "Basic " + b64encode(f"{user}:secret".encode()).decode()
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(address, headers={name.replace("_", "-"): text for name, text in headers.items()})
    try:
        with urllib.request.urlopen(request, context=trusting, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as wrong:
        with wrong:
            return wrong.code, wrong.read().decode()


def test_nginx_lets_in_who_has_a_password_and_says_who_it_is(proxied):
    assert asked(proxied + NAMES)[0] == 401
    status, told = asked(proxied + NAMES, "ann")
    assert status == 200
    assert "Crown jewels" in told


def test_a_group_that_nginx_names_sees_its_part(proxied):
    status, told = asked(proxied + NAMES, "bob")
    assert (status, "Crown jewels" in told, "hidden element" in told) == (200, False, True)


def test_nobody_is_somebody_else_by_a_header(proxied):
    forged = {"X_Forwarded_User": "ann", "X_Forwarded_Groups": "readers"}
    assert asked(proxied + NAMES, **forged)[0] == 401
    assert "Crown jewels" not in asked(proxied + NAMES, "bob", **forged)[1]


def test_health_needs_no_name(proxied):
    assert asked(proxied + "/healthz") == (200, "OK")
