"""What proves who somebody is: the password, the second factor, the recovery codes."""

import secrets
from collections.abc import Callable

from sqlalchemy import Connection, Engine, select, update

from issuer.accounts import factor, passwords
from issuer.accounts.breached import Known, nobody
from issuer.accounts.directory import Account, end_access, note
from issuer.accounts.sealing import Sealer
from issuer.registry.account_tables import Account as Row
from issuer.registry.database import reading, write


class Credentials:
    """The passwords and second factors of one home's accounts."""

    def __init__(
        self,
        engine: Engine,
        sealer: Sealer,
        clock: Callable[[], int],
        below: Callable[[int], int] = secrets.randbelow,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        breached: Known = nobody,
    ) -> None:
        self.engine, self.sealer, self.clock = engine, sealer, clock
        self._below, self._random, self._breached = below, random_bytes, breached

    def password_is(self, account: Account | None, password: str) -> bool:
        """Whether this is the account's password; without an account it takes as long and is False."""
        stored = None
        if account is not None:
            with reading(self.engine) as connection:
                stored = connection.scalar(select(Row.password).where(Row.id == account.id))
        return passwords.matches(stored, password)

    def set_password(self, account: Account, password: str) -> None:
        """Store a password that the person chose; every session and API token ends. Raises AccountRefused."""
        stored = passwords.hashed(passwords.check(password, account.identifier, self._breached))

        def work(connection: Connection) -> None:
            connection.execute(update(Row).where(Row.id == account.id).values(password=stored, must_change=0))
            now = self.clock()
            note(
                connection,
                now,
                account.author,
                "password_changed",
                account.id,
                **end_access(connection, account.id, now),
            )

        write(self.engine, work)

    def new_secret(self) -> bytes:
        """20 random bytes for a second factor, not stored yet."""
        return self._random(factor.SECRET_LENGTH)

    def set_factor(self, account: Account, secret: bytes, typed: str) -> list[str] | None:
        """Store a second factor once its first code was typed; the recovery codes to show once, or None for a wrong
        code.
        """
        step = factor.matching_step(secret, typed, self.clock(), 0)
        if step is None:
            return None
        codes = factor.draw_recovery(self._below)

        def work(connection: Connection) -> None:
            connection.execute(
                update(Row)
                .where(Row.id == account.id)
                .values(
                    totp=self.sealer.seal(secret),
                    totp_used=step,
                    recovery=self._hashes(account.id, codes),
                )
            )
            note(connection, self.clock(), account.author, "factor_set", account.id)

        write(self.engine, work)
        return codes

    def new_recovery(self, account: Account) -> list[str]:
        """Ten new recovery codes to show once; the former ones no longer count."""
        codes = factor.draw_recovery(self._below)

        def work(connection: Connection) -> None:
            connection.execute(update(Row).where(Row.id == account.id).values(recovery=self._hashes(account.id, codes)))
            note(connection, self.clock(), account.author, "recovery_renewed", account.id)

        write(self.engine, work)
        return codes

    def secret_of(self, account: Account) -> bytes | None:
        """The account's TOTP secret; None without one, or when the server's secret was changed."""
        with reading(self.engine) as connection:
            sealed = connection.scalar(select(Row.totp).where(Row.id == account.id))
        return None if sealed is None else self.sealer.open(bytes(sealed))

    def take_code(self, account: Account, typed: str) -> bool:
        """Whether this is the code of now, never taken before, or a recovery code, which is then used up."""
        secret = self.secret_of(account)

        def work(connection: Connection) -> bool:
            row = connection.execute(select(Row.totp_used, Row.recovery).where(Row.id == account.id)).one()
            step = None if secret is None else factor.matching_step(secret, typed, self.clock(), row.totp_used)
            if step is not None:
                connection.execute(update(Row).where(Row.id == account.id).values(totp_used=step))
                return True
            hash_ = self._hash(account.id, factor.recovery_form(typed))
            left = row.recovery.split()
            if hash_ not in left:
                return False
            left.remove(hash_)
            connection.execute(update(Row).where(Row.id == account.id).values(recovery=" ".join(left)))
            note(connection, self.clock(), account.author, "recovery_used", account.id, left=len(left))
            return True

        return write(self.engine, work)

    def _hash(self, id_: int, code: str) -> str:
        return self.sealer.keyed_hash(f"recovery {id_}", code)

    def _hashes(self, id_: int, codes: list[str]) -> str:
        return " ".join(self._hash(id_, code) for code in codes)
