"""The program of the OpenSearch server, made of artifacts from Maven Central, in a cache folder; and a Java to run it.

There is no archive of the server on Maven Central, only its jars. They are laid out as in the archive that
https://opensearch.org distributes: ``lib/``, and a folder for each module with a descriptor. It is the same server.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

OPENSEARCH_3 = "3.9.0"
OPENSEARCH_2 = "2.19.6"
"""The last series that runs on Java 17, which older systems have as their newest."""
SECURED = {"3": ("3.4.0", "3.4.0.0"), "2": ("2.19.4", "2.19.4.0")}
"""For each series, the newest server whose security plugin is on Maven Central, and the version of that plugin."""

INSTALL_JAVA = (
    "a cluster for tests needs Java 17 or newer (21 or newer for OpenSearch 3): apt-get install openjdk-21-jre-headless,"
    " or openjdk-17-jre-headless where that is the newest; OPENSEARCH_JAVA_HOME names a Java elsewhere"
)
INSTALL_MAVEN = "the server for tests is fetched once by Maven: apt-get install maven"

FETCH = (
    "no server for tests is here: in tests/, `python -m cluster.server fetch` fetches one from Maven Central"
)

_MODULES = {
    "transport-netty4-client": ("transport-netty4", "transport.Netty4{}Plugin", ""),
    "lang-painless": ("lang-painless", "painless.Painless{}Plugin", ""),
    "analysis-common": ("analysis-common", "analysis.common.CommonAnalysis{}Plugin", "lang-painless"),
    "reindex-client": ("reindex", "index.reindex.Reindex{}Plugin", ""),
    "parent-join-client": ("parent-join", "join.ParentJoin{}Plugin", ""),
    "mapper-extras-client": ("mapper-extras", "index.mapper.MapperExtras{}Plugin", ""),
}
"""For each artifact of a module of the server: the module's name, its class, and the module that it extends."""

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>opensearch-home</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>{}</dependencies></project>"""
_DEPENDENCY = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"


class CannotStartError(Exception):
    """This machine lacks something that the server needs. The message says what to install."""


class Java(NamedTuple):
    """A Java runtime: its folder, and its version, such as ``25.0.3``."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The number by which a version of Java is called, such as 25."""
        return int(self.version.split(".")[0])

    @property
    def program(self) -> Path:
        """The path of the program ``java``."""
        return self.folder / "bin" / "java"


def _java_in(folder: Path) -> Java | None:
    if not (folder / "bin" / "java").exists():
        return None
    try:
        stated = (folder / "release").read_text(encoding="utf-8")
    except OSError:
        stated = subprocess.run(
            [folder / "bin" / "java", "-version"], capture_output=True, text=True, check=False
        ).stderr
    found = re.search(r'(?:JAVA_VERSION=|version )"([0-9][0-9.]*)', stated)
    return None if found is None else Java(folder, found[1].strip("."))


def find_java() -> Java:
    """Return the Java to run the server with. Raises :class:`CannotStartError` if there is none that is new enough.

    That of ``OPENSEARCH_JAVA_HOME`` is taken if the variable is set. Otherwise it is the first of version 21 or newer
    among ``JAVA_HOME``, those that the system's packages install, and that on the path; if there is none, the first of
    version 17 or newer.
    """
    stated = os.environ.get("OPENSEARCH_JAVA_HOME")
    if stated:
        folders = [Path(stated)]
    else:
        on_path = shutil.which("java")
        folders = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
        folders += sorted(Path("/usr/lib/jvm").glob("*")) if Path("/usr/lib/jvm").is_dir() else []
        folders += [Path(on_path).resolve().parents[1]] if on_path else []
    found = [java for java in map(_java_in, folders) if java is not None]
    for least in (21, 17):
        for java in found:
            if java.major >= least:
                return java
    raise CannotStartError(INSTALL_JAVA)


def cache_folder() -> Path:
    """Return the folder in which servers are kept: ``NEWSSEARCH_OPENSEARCH_HOME``, or one in the cache of the user.

    The server refuses to run as root, and runs as nobody then: the cache of root, which nobody may read, is in ``/var/cache``.
    """
    stated = os.environ.get("NEWSSEARCH_OPENSEARCH_HOME")
    if stated:
        return Path(stated).absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/newssearch")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newssearch"


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock between processes, on a file that is made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


class Home(NamedTuple):
    """A server that can be started: its folder, its version, and the Java that runs it."""

    folder: Path
    version: str
    java: Java

    @property
    def old(self) -> bool:
        """Whether the server is of the series 2."""
        return self.version.startswith("2.")

    @property
    def archive(self) -> Path:
        """The archive of classes as this Java has them in memory, by which the server starts in half the time."""
        return self.folder.parent / f"{self.folder.name}-java-{self.java.version}.jsa"


def fetch(*, secured: bool = False, download: bool = True) -> Home:
    """Return a server for the Java of this machine, from the cache if it is there, otherwise from Maven Central.

    ``secured`` is for one with the security plugin; without ``download``, only the cache is looked at. ``OPENSEARCH_VERSION`` names a version other than ours.
    Raises :class:`CannotStartError` if Java or Maven is missing, or the artifacts cannot be had.
    """
    java = find_java()
    version = os.environ.get("OPENSEARCH_VERSION") or (OPENSEARCH_3 if java.major >= 21 else OPENSEARCH_2)
    if java.major < 21 and not version.startswith("2."):
        raise CannotStartError(
            f"OpenSearch {version} needs Java 21 or newer, and here is {java.version}: {INSTALL_JAVA}"
        )
    plugin = ""
    if secured:
        version, plugin = SECURED[version[0]]
    cache = cache_folder()
    home = Home(cache / f"opensearch-{version}{'-secured' if secured else ''}", version, java)
    if not home.folder.is_dir():
        if not download:
            raise CannotStartError(FETCH)
        try:
            cache.mkdir(parents=True, exist_ok=True)
            with locked(cache / "fetch.lock"):
                if not home.folder.is_dir():
                    _make(home, plugin)
        except OSError as error:
            raise CannotStartError(
                f"{error}; NEWSSEARCH_OPENSEARCH_HOME names another folder for the server"
            ) from error
    return home


def _maven(folder: Path, *goal: str) -> None:
    program = shutil.which("mvn")
    if program is None:
        raise CannotStartError(INSTALL_MAVEN)
    done = subprocess.run(
        [program, "-q", "-B", *goal], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if line.startswith("[ERROR]")]
        raise CannotStartError("\n".join(["Maven could not fetch the server for tests:", *errors[:3]]))


def _make(home: Home, plugin: str) -> None:
    """Fetch the jars, lay them out, and move the folder to its place when it is complete."""
    with tempfile.TemporaryDirectory(dir=home.folder.parent) as temporary:
        new = Path(temporary) / "home"
        new.mkdir()
        agent = () if home.old else ("opensearch-agent-policy", "opensearch-agent-bootstrap")
        wanted = [
            ("org.opensearch", name) for name in ("opensearch", "opensearch-plugin-classloader", *agent)
        ]
        wanted += [("org.opensearch.plugin", name) for name in _MODULES]
        dependencies = "".join(_DEPENDENCY.format(group, name, home.version) for group, name in wanted)
        (new / "pom.xml").write_text(_POM.format(dependencies))
        _maven(new, "dependency:copy-dependencies", "-DoutputDirectory=lib", "-DincludeScope=runtime")
        # its POM has log4j-core as optional, but the server does not start without it
        log4j = next((new / "lib").glob("log4j-api-*.jar")).stem.removeprefix("log4j-api-")
        _copy(new, f"org.apache.logging.log4j:log4j-core:{log4j}", "lib")
        _lay_out(new, home)
        if plugin:
            _add_security(new, plugin)
        new.rename(home.folder)


def _copy(folder: Path, artifact: str, into: str) -> None:
    _maven(folder, "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={into}")


def _artifact(jar: Path) -> str:
    """Return the name of a jar without its version."""
    return re.sub(r"-[0-9].*", "", jar.name)


def _lay_out(new: Path, home: Home) -> None:
    lib = new / "lib"
    for artifact, (name, plugin, extends) in _MODULES.items():
        module = new / "modules" / name
        module.mkdir(parents=True)
        shutil.move(lib / f"{artifact}-{home.version}.jar", module)
        (module / "plugin-descriptor.properties").write_text(
            f"description={name}\nversion={home.version}\nname={name}\n"
            f"classname=org.opensearch.{plugin.format('' if home.old else 'Module')}\n"
            f"java.version={11 if home.old else 21}\nopensearch.version={home.version}\n"
            f"extended.plugins={extends}\nhas.native.controller=false\n"
        )
        if home.old:  # its security manager wants a policy for each module
            (module / "plugin-security.policy").write_text(
                "grant { permission java.security.AllPermission; };\n"
            )
    for jar in [*lib.glob("netty-*.jar"), *lib.glob("opensearch-netty4-*.jar")]:
        shutil.move(jar, new / "modules" / "transport-netty4")  # other plugins bring their own
    shutil.move(
        lib / f"opensearch-scripting-painless-spi-{home.version}.jar", new / "modules" / "lang-painless"
    )
    for empty in ("plugins", "config", "bin", "agent", "extensions"):  # the server would make them
        (new / empty).mkdir(exist_ok=True)


def _add_security(new: Path, version: str) -> None:
    """Fetch the security plugin, whose archive expects a whole distribution around it."""
    _copy(new, f"org.opensearch.plugin:opensearch-security:{version}:zip", "plugins")
    archive = new / "plugins" / f"opensearch-security-{version}.zip"
    plugin = new / "plugins" / "opensearch-security"
    with zipfile.ZipFile(archive) as content:
        content.extractall(plugin)
    archive.unlink()
    descriptor = plugin / "plugin-descriptor.properties"
    # a module that is not on Maven Central, and that the plugin does without
    descriptor.write_text(re.sub(",?rule-framework", "", descriptor.read_text()))
    of_server = {_artifact(jar) for jar in (new / "lib").glob("*.jar")}
    for jar in plugin.glob("*.jar"):  # the server refuses classes that it has twice
        if _artifact(jar) in of_server:
            jar.unlink()
    _copy(new, "org.apache.commons:commons-collections4:4.4", "plugins/opensearch-security")
