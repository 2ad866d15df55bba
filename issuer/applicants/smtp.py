"""The edge to the mail server. What went wrong is a word, never the server's own, which may quote an address."""

import smtplib
import ssl
from email.message import EmailMessage
from typing import ClassVar, Self

from issuer.applicants.mail_settings import MailSettings
from keys.errors import WifError

TIMEOUT = 20
"""Seconds that the server may take for each answer."""


class MailError(WifError):
    """A message that was not taken. ``code`` is ``unreachable``, ``security``, ``credentials``, ``later`` or
    ``refused``.

    ``refused`` is the message's own fault and stays so; ``later`` may go well at another time; the others are the
    server's or the configuration's.
    """

    WORDS: ClassVar = {
        "unreachable": "The mail server does not answer. Check mail.host, mail.port and the network.",
        "security": (
            "The mail server's protection cannot be trusted or is missing. Check mail.security and mail.certificates."
        ),
        "credentials": "The mail server refuses mail.user and mail.password. Correct them.",
        "later": "The mail server cannot take the message now. It is tried again.",
        "refused": "The mail server refuses the message for good. Check the address.",
    }

    def __init__(self, code: str) -> None:
        super().__init__(self.WORDS[code])
        self.code = code


class MailServer:
    """One connection, opened at the first message and kept for the next. A context manager."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def open(self) -> smtplib.SMTP:
        """The connection, made unless it is there. Raises MailError (``unreachable``, ``security``, ``credentials`` or
        ``later``).
        """
        if self._connection is None:
            self._connection = self._connected()
        return self._connection

    def send(self, message: EmailMessage, sender: str, to: str) -> None:
        """Give one message to the server, for one recipient. Raises MailError."""
        connection = self.open()
        try:
            connection.send_message(message, from_addr=sender, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as error:
            raise _fault(next(iter(error.recipients.values()))[0]) from None
        except smtplib.SMTPSenderRefused:
            raise MailError("later") from None  # the configuration's fault: no notice is given up for it
        except smtplib.SMTPServerDisconnected:
            self._connection = None
            raise MailError("unreachable") from None
        except smtplib.SMTPResponseException as error:
            raise _fault(error.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            self.close()
            raise MailError("unreachable") from None
        except ValueError:
            raise MailError("refused") from None  # a header or an address that cannot be written

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        try:
            context = ssl.create_default_context()
            if settings.certificates:
                context.load_verify_locations(cafile=settings.certificates)
            if settings.security == "tls":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    settings.host, settings.port, timeout=TIMEOUT, context=context
                )
            else:
                connection = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
        except ssl.SSLError:
            raise MailError("security") from None
        except (smtplib.SMTPException, OSError):
            raise MailError("unreachable") from None
        try:
            if settings.security == "starttls":
                connection.starttls(context=context)
            if settings.user:
                connection.login(settings.user, settings.password)
        except smtplib.SMTPAuthenticationError as error:
            code = "credentials" if error.smtp_code >= 500 else "later"
        except (ssl.SSLError, smtplib.SMTPNotSupportedError):
            code = "security"
        except (smtplib.SMTPException, OSError):
            code = "unreachable"
        else:
            return connection
        connection.close()
        raise MailError(code)


def _fault(status: int) -> MailError:
    return MailError("refused" if status >= 500 else "later")
