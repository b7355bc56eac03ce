"""A node with TLS and users, by the security plugin of OpenSearch."""

from __future__ import annotations

import base64
import json
import re
import shutil
import ssl
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from .home import CannotStartError, Home
from .server import Cluster

PAGE = Path(__file__).resolve().parents[2] / "docs" / "opensearch.md"
PASSWORD = "Seven.green-apples/fell-on-Monday"
"""The password of the reader and of the writer."""
ADMIN = ("admin", "admin-of-the-test-cluster")
_ADMIN_HASH = "$2y$10$MLYABI2sD41CABEeoDkzJuOVtZ9goZWdpPJKESaLdan1BL2cw7WJe"
"""The password of the administrator by bcrypt, in which the plugin reads its first users."""
_USERS = f"""_meta: {{type: internalusers, config_version: 2}}
admin: {{hash: "{_ADMIN_HASH}", reserved: true, backend_roles: ["admin"]}}
"""

_SETTINGS = {
    "plugins.security.ssl.transport.pemcert_filepath": "node.pem",
    "plugins.security.ssl.transport.pemkey_filepath": "node.key",
    "plugins.security.ssl.transport.pemtrustedcas_filepath": "ca.pem",
    "plugins.security.ssl.transport.enforce_hostname_verification": "false",
    "plugins.security.ssl.http.enabled": "true",
    "plugins.security.ssl.http.pemcert_filepath": "node.pem",
    "plugins.security.ssl.http.pemkey_filepath": "node.key",
    "plugins.security.ssl.http.pemtrustedcas_filepath": "ca.pem",
    "plugins.security.allow_default_init_securityindex": "true",
    "plugins.security.nodes_dn": '["CN=node0"]',
    "plugins.security.restapi.roles_enabled": '["all_access"]',
}


def documented_role(name: str) -> object:
    """Return the role that the page on OpenSearch shows under that name."""
    found = re.search(
        rf"<!-- role: {name} -->\n```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert found is not None
    return json.loads(found[1])


def _openssl(folder: Path, *arguments: str) -> None:
    program = shutil.which("openssl")
    if program is None:
        raise CannotStartError("the secured node for tests needs certificates: apt-get install openssl")
    subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True)


def make_certificates(folder: Path) -> None:
    """Write an authority, ``ca.pem``, and a certificate for this machine that it signed."""
    key = ("-newkey", "rsa:2048", "-nodes")
    _openssl(
        folder,
        "req",
        "-x509",
        *key,
        "-days",
        "30",
        "-subj",
        "/CN=authority of tests",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    )
    _openssl(folder, "req", *key, "-subj", "/CN=node0", "-keyout", "traditional.key", "-out", "node.csr")
    _openssl(folder, "pkcs8", "-topk8", "-nocrypt", "-in", "traditional.key", "-out", "node.key")
    (folder / "extensions").write_text(
        "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n"
    )
    _openssl(
        folder, "x509", "-req", "-in", "node.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
        "-extfile", "extensions", "-out", "node.pem",
    )  # fmt: skip


class SecuredCluster(Cluster):
    """A cluster of one node that answers only by TLS, and only to users that it knows."""

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that signed that of the node."""
        return self.folder / "ca.pem"

    def address(self, name: str) -> str:
        """Return the address of an index on the cluster."""
        return f"opensearch://localhost:{self.ports[0]}/{name}"

    def create(self, home: Home, nodes: int = 1, first_port: int | None = None) -> None:
        """Write the configuration of the node, its certificate, and its administrator."""
        assert nodes == 1
        super().create(home, nodes, first_port)
        config = self._node(0) / "config"
        make_certificates(config)
        shutil.copy(config / "ca.pem", self.ca_file)
        security = config / "opensearch-security"
        shutil.copytree(home.folder / "plugins" / "opensearch-security" / "config", security)
        (security / "internal_users.yml").write_text(_USERS)
        self.configure(0, self.settings(0) | _SETTINGS)
        for path in security.iterdir():
            path.chmod(0o600)
        for key in config.glob("*.key"):
            key.chmod(0o600)

    def add_user(self, name: str, password: str, role: str, body: object) -> None:
        """Add a user with a role of its own."""
        api = "/_plugins/_security/api"
        self.request("PUT", f"{api}/roles/{role}", body)
        self.request("PUT", f"{api}/internalusers/{name}", {"password": password})
        self.request("PUT", f"{api}/rolesmapping/{role}", {"users": [name]})

    def environment_of(self, user: str, password: str = PASSWORD) -> dict[str, str]:
        """Return the variables of the environment that let a user in."""
        return {
            "NETRC": "/nonexistent",
            "NEWSSEARCH_OPENSEARCH_CA": str(self.ca_file),
            "NEWSSEARCH_OPENSEARCH_USER": user,
            "NEWSSEARCH_OPENSEARCH_PASSWORD": password,
        }

    def _url(self, node: int) -> str:
        return f"https://localhost:{self.ports[node]}"

    def _open(self, request: urllib.request.Request, seconds: float) -> Any:
        request.add_header("Authorization", "Basic " + base64.b64encode(":".join(ADMIN).encode()).decode())
        context = ssl.create_default_context(cafile=self.ca_file)
        return urllib.request.urlopen(request, timeout=seconds, context=context)
