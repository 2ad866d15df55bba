"""A real SMTP server on loopback for the tests: it receives, refuses or drops on demand, with TLS and passwords when
asked.
"""

import ssl
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Mailbox:
    """What the server got. ``answers``: answers to give instead of taking the next messages; ``hang_up`` ends the
    connection after taking one.
    """

    def __init__(self, port: int, context: ssl.SSLContext | None = None, password: bytes | None = None) -> None:
        self.messages, self.recipients, self.answers, self.hang_up = [], [], [], False
        options = {"tls_context": context, "require_starttls": context is not None}
        if password is not None:
            options |= {
                "auth_required": True,
                "authenticator": lambda server, session, envelope, mechanism, data: AuthResult(
                    success=data.password == password, handled=False
                ),
            }
        self._controller = Controller(self, hostname="127.0.0.1", port=port, **options)
        self._controller.start()

    async def handle_DATA(self, server, session, envelope):
        """Take a message, or answer as told."""
        if self.answers:
            return self.answers.pop(0)
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        self.recipients.append(envelope.rcpt_tos)
        if self.hang_up:
            self.hang_up = False
            server.transport.abort()
        return "250 OK"

    def stop(self) -> None:
        """End it; once ended it stays so."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()
