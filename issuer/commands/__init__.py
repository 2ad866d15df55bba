"""The command line: one file a group of commands, each loaded only when it is called."""

import importlib
import os
import sys
import traceback
from pathlib import Path

import click

from issuer.errors import ConfigError
from keys.errors import KeystoreError, LibraryRefused, WifError

COMMANDS = {
    "demo": ("demo", "Make a demonstration home, sign samples, print and verify them."),
    "init": ("home", "Make a home: keys, database, first publication."),
    "issue": ("issue", "Sign and print the records of a file."),
    "verify": ("verify", "Verify QR texts, pictures and PDFs."),
    "receipt": ("verify", "Check receipts of checks beside their papers."),
    "revoke": ("acts", "Revoke an attestation."),
    "suspend": ("acts", "Suspend an attestation during an inquiry."),
    "reinstate": ("acts", "End a suspension."),
    "replace": ("acts", "Issue an attestation that replaces another."),
    "publish": ("home", "Sign and write the trust list and the status lists."),
    "site": ("site", "Make the verifier as a folder of static files."),
    "kit": ("kit", "Make what somebody needs to verify without us."),
    "serve": ("site", "Serve the issuer or the verifier."),
    "keys": ("keys", "List, make, retire and revoke keys; sign the trust list."),
    "audit": ("audit", "Check and export the audit trail."),
    "backup": ("backup", "Write a sealed backup of the home, while it serves."),
    "restore": ("backup", "Make a home of a backup, and prove that it is whole."),
    "seals": ("seals", "Publish the certificates of the State's 2D-DOC seals."),
    "log": ("log", "Reconcile the transparency log, and prove that an attestation stands in it."),
    "user": ("user", "Add, list, disable and reset the accounts of the issuer's pages."),
    "demarches": ("demarches", "Describe and synchronise Démarches simplifiées."),
    "mail": ("mail", "Send notices of requests by e-mail."),
    "retention": ("retention", "Erase the personal data of attestations long expired and of requests long decided."),
    "upgrade": ("home", "Bring the tables of the database up to date."),
    "bench": ("bench", "Measure, and print a table."),
}
"""Name of each command, the module that holds it, and its line in the help."""


class LazyGroup(click.Group):
    """A group that imports a command's module only to run it, so that ``wif --help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands in the order of the day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name, imported now."""
        if name not in COMMANDS:
            return None
        return getattr(importlib.import_module(f"issuer.commands.{COMMANDS[name][0]}"), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The help's list, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_module, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="work-in-france", prog_name="wif")
def wif() -> None:
    """Work In France: sign, print, publish and verify work-permit attestations.

    WIF_HOME is the home folder (./var by default); WIF_PASSPHRASE or WIF_PASSPHRASE_FILE opens its keys;
    WIF_DATABASE_URL replaces its SQLite file. Machine output is JSON lines on standard output; words go to
    standard error. Exit codes: 0 all well, 1 something refused, unreadable or not valid, 2 wrong usage or
    configuration.
    """


def main() -> None:
    """Run the command line and exit with its code. No error ends in a traceback."""
    from issuer.commands.secrecy import keep_memory_private

    keep_memory_private()
    try:
        code = wif.main(prog_name="wif", standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (ConfigError, KeystoreError, LibraryRefused) as error:
        _end(str(error), 2)
    except WifError as error:
        from issuer.commands.terminal import in_words

        _end(in_words(error), 1)
    except (click.Abort, KeyboardInterrupt):
        _end("Interrupted. What was printed is done; run the same command again for the rest.", 1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _end(
            f"The system refused: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}. Check"
            " space and rights, then run it again.",
            1,
        )
    except Exception as error:  # noqa: BLE001 - the last line of defence: a sentence in place of a traceback
        where = traceback.extract_tb(error.__traceback__)[-1]
        _end(
            f"Unexpected {type(error).__name__} in {Path(where.filename).name}:{where.lineno}. This is a fault of the"
            " program: please report it (WIF_DEBUG=1 shows more).",
            1,
        )


def _end(message: str, code: int) -> None:
    """Say it and exit; with WIF_DEBUG=1, after the trace of the error that led here."""
    if os.environ.get("WIF_DEBUG", "") not in ("", "0"):
        traceback.print_exc()
    click.echo(f"wif: {message}", err=True)
    sys.exit(code)
