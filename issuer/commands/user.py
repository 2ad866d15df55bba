"""``wif user``: the accounts of the issuer's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from issuer.accounts.roles import ROLES
from issuer.commands.terminal import author, emit, meant, open_home, say
from issuer.errors import UnreadableSource

if TYPE_CHECKING:
    from issuer.accounts.directory import Account, Directory


def _directory() -> Directory:
    from issuer.accounts import Directory

    home = open_home()
    return Directory(home.engine, home.clock)


def _person(directory: Directory, identifier: str) -> Account:
    found = directory.by_identifier(identifier)
    if found is None:
        raise UnreadableSource(f'There is no account {identifier}. List them with "wif user list".')
    return found


def _row(person: Account) -> dict:
    return {
        "identifier": person.identifier,
        "role": person.role,
        "departments": list(person.departments),
        "name": person.name,
        "title": person.title,
        "service": person.service,
        "second_factor": person.has_factor,
        "enabled": person.disabled_at is None,
    }


@click.group()
def user() -> None:
    """Add, list, disable and reset the accounts of the issuer's pages."""


@user.command()
@click.argument("identifier")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the person may do.")
@click.option(
    "--department",
    "departments",
    multiple=True,
    metavar="CODE",
    help="A département the person works for; repeat it, * for all.",
)
@click.option("--given-names", help="Given names, shown on decisions.")
@click.option("--family-name", required=True, help="Family name, shown on decisions.")
@click.option("--title", required=True, help="Title, shown on decisions (CRPA L212-1).")
@click.option("--service", required=True, help="Service, shown on decisions.")
def add(
    identifier: str,
    role: str,
    departments: tuple[str, ...],
    given_names: str | None,
    family_name: str,
    title: str,
    service: str,
) -> None:
    """Make the account IDENTIFIER; its provisional password is shown once."""
    person, password = _directory().add(
        identifier, role, departments, family_name, title, service, author(), given_names
    )
    emit({**_row(person), "password": password})
    say("Hand the password over in person. It is changed, and the second factor set up, at the first sign-in.")


@user.command("list")
def list_() -> None:
    """List the accounts."""
    for person in _directory().all():
        emit(_row(person))


@user.command()
@click.argument("identifier")
@click.option("--undo", is_flag=True, help="Let the account in again.")
def disable(identifier: str, undo: bool) -> None:
    """Shut the account IDENTIFIER out at once: its sessions and API tokens end."""
    directory = _directory()
    person = _person(directory, identifier)
    if not undo:
        meant(f"Shut out {person.name} ({identifier}): sessions and API tokens end?")
    directory.set_enabled(person.id, undo, author())
    emit(_row(_person(directory, identifier)))


@user.command()
@click.argument("identifier")
def reset(identifier: str) -> None:
    """Give the account IDENTIFIER a provisional password; its second factor is set up anew."""
    directory = _directory()
    person = _person(directory, identifier)
    meant(f"Take password and second factor from {person.name} ({identifier})?")
    emit({"identifier": person.identifier, "password": directory.reset(person.id, author())})
    say("Hand the password over in person.")
