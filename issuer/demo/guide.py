"""The page that hands a phone the certificate of the local authority, with the steps for Android and iOS."""

from pathlib import Path

from flask import Flask, Response, render_template

from issuer.messages import text

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors"
    " 'none'"
)


def create_guide(authority: Path, address: str) -> Flask:
    """The page as a WSGI application: ``authority`` is the certificate's file in PEM, ``address`` the verifier's HTTPS
    address.
    """
    app = Flask(__name__, static_folder=None)

    @app.get("/")
    def guide() -> str:
        """The steps, in French then in English."""
        steps = {
            language: {
                key: text(f"lan.{key}", language, address=address)
                for key in ("title", "why", "get", "android", "ios", "then", "after")
            }
            for language in ("fr", "en")
        }
        return render_template("guide.html", steps=steps, address=address)

    @app.get("/guide.css")
    def style() -> Response:
        """The page's style."""
        return Response(
            (Path(__file__).parent / "templates" / "guide.css").read_text(encoding="utf-8"), mimetype="text/css"
        )

    @app.get("/authority.crt")
    def certificate() -> Response:
        """The authority's certificate, in the type that phones offer to install."""
        return Response(authority.read_bytes(), mimetype="application/x-x509-ca-cert")

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.update(
            {
                "Content-Security-Policy": POLICY,
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
                "Cache-Control": "no-store",
            }
        )
        return response

    return app
